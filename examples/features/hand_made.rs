//! Kernels made by hand, and what they find.

use cnn::prelude::*;
use cnn::visualize::Colors::{self, Grey, Signed};
use cnn::visualize::{Page, Sheet, Tile, image_tile};

cnn::network!(
    /// One convolution with five kernels.
    pub fn Filters(image: Image<1, 28, 28>) -> Image<5, 28, 28> {
        let filters = conv2d(5, kernel_size = 3, padding = 1, bias = false);
    }
    /// One kernel.
    pub fn Cross(image: Image<1, 9, 9>) -> Image<1, 7, 7> {
        let cross = conv2d(1, kernel_size = 3, bias = false);
    }
);

/// What each kernel is for, the colours of what it finds, and its nine numbers.
const FILTERS: [(&str, Colors, [f32; 9]); 5] = [
    ("edges from left to right (Sobel)", Signed, [-1.0, 0.0, 1.0, -2.0, 0.0, 2.0, -1.0, 0.0, 1.0]),
    ("edges from top to bottom (Sobel)", Signed, [-1.0, -2.0, -1.0, 0.0, 0.0, 0.0, 1.0, 2.0, 1.0]),
    ("edges of any direction (Laplace)", Signed, [0.0, 1.0, 0.0, 1.0, -4.0, 1.0, 0.0, 1.0, 0.0]),
    ("blur", Grey, [1.0 / 9.0; 9]),
    ("sharpen", Grey, [0.0, -1.0, 0.0, -1.0, 5.0, -1.0, 0.0, -1.0, 0.0]),
];

/// An × of three pixels.
const CROSS: [f32; 9] = [1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0];

/// An × at the upper left, a + at the lower right.
const SHAPES: [&str; 9] = [
    ".........", //
    ".#.#.....",
    "..#......",
    ".#.#.....",
    ".........",
    "......#..",
    ".....###.",
    "......#..",
    ".........",
];

/// Adds the sections about them; gives the sheet of what they find.
pub(crate) fn show(page: &mut Page, images: &[Image<1, 28, 28>]) -> Result<Sheet, cnn::Error> {
    let mut net = Filters::new(0);
    net.set_tensor("filters.weight", FILTERS.map(|(_, _, kernel)| kernel).as_flattened())?;
    let kernels = FILTERS.map(|(name, _, kernel)| Tile::plane(3, 3, &kernel, Signed).caption(name));
    let found = page.section("Kernels made by hand");
    found
        .text("A kernel is moved over the image. At each place its numbers are multiplied with those of the image below, and the products added.")
        .sheet(&Sheet::new(kernels.into()).columns(5))
        .text("What they make of six images, a row each: the image, then the five kernels in the same order. Edges from dark to bright are blue, from bright to dark red.");
    let mut tiles = Vec::new();
    for image in images {
        tiles.push(image_tile(image));
        let [Image(found)] = net.forward(std::slice::from_ref(image))[..] else { unreachable!("one image") };
        let tile = |(plane, (_, colors, _)): (&[[f32; 28]; 28], _)| {
            Tile::plane(28, 28, plane.as_flattened(), colors)
        };
        tiles.extend(found.iter().zip(FILTERS).map(tile));
    }
    let sheet = Sheet::new(tiles).columns(6);
    found.sheet(&sheet);
    cross(page)?;
    Ok(sheet)
}

/// Why a large sum of products means likeness.
fn cross(page: &mut Page) -> Result<(), cnn::Error> {
    let mut net = Cross::new(0);
    net.set_tensor("cross.weight", &CROSS)?;
    let mut image = Image([[[0.0; 9]; 9]]);
    for (row, line) in image.0[0].iter_mut().zip(SHAPES) {
        for (number, pixel) in row.iter_mut().zip(line.chars()) {
            *number = f32::from(u8::from(pixel == '#'));
        }
    }
    let answers = net.forward(std::slice::from_ref(&image))[0];
    let table: Vec<String> =
        answers.0[0].iter().map(|row| row.map(|number| format!("{number:3}")).join(" ")).collect();
    page.section("A large sum of products means likeness")
        .text("The kernel is an ×: 1 on its strokes, -1 beside them. On the × of the image every stroke meets a 1 and everything beside it a 0: five products of 1, the most there can be. On the + only the middle fits, and four strokes meet a -1.")
        .sheet(
            &Sheet::new(vec![
                Tile::plane(3, 3, &CROSS, Signed).caption("the kernel"),
                image_tile(&image).caption("the image"),
                Tile::plane(7, 7, answers.0[0].as_flattened(), Signed).caption("its answers"),
            ])
            .columns(3),
        )
        .preformatted(&table.join("\n"));
    println!("an × over an image with an × and a +:\n{}", table.join("\n"));
    Ok(())
}
