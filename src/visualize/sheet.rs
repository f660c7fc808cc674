//! Tiles side by side.

use super::colors::{Colors, Scale};
use image::{ImageFormat, Rgb, RgbImage, Rgba, RgbaImage, imageops};
use std::io::{self, Cursor};
use std::path::Path;

/// A small picture with a caption.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    pub(super) pixels: RgbImage,
    pub(super) caption: String,
}

impl Tile {
    /// `height` × `width` numbers, row by row, as a picture.
    ///
    /// # Panics
    /// If there is not a number for each pixel.
    #[must_use]
    pub fn plane(height: usize, width: usize, numbers: &[f32], colors: Colors) -> Self {
        Self::scaled(height, width, numbers, colors, Scale::of(numbers, colors))
    }

    /// The same on a scale that several share.
    pub(super) fn scaled(height: usize, width: usize, numbers: &[f32], colors: Colors, scale: Scale) -> Self {
        assert_eq!(numbers.len(), height * width, "a number for each pixel");
        Self::from_fn(height, width, |index| scale.color(numbers[index], colors))
    }

    /// `(3, height, width)` numbers as a picture in red, green and blue.
    pub(super) fn rgb(height: usize, width: usize, numbers: &[f32], scale: Scale) -> Self {
        assert_eq!(numbers.len(), 3 * height * width, "a number for each pixel of each colour");
        let plane = height * width;
        Self::from_fn(height, width, |index| {
            Rgb([0, 1, 2].map(|channel| scale.brightness(numbers[channel * plane + index])))
        })
    }

    fn from_fn(height: usize, width: usize, color: impl Fn(usize) -> Rgb<u8>) -> Self {
        let pixels =
            RgbImage::from_fn(width as u32, height as u32, |x, y| color(y as usize * width + x as usize));
        Self { pixels, caption: String::new() }
    }

    /// Says what it shows.
    #[must_use]
    pub fn caption(self, caption: impl Into<String>) -> Self {
        Self { caption: caption.into(), ..self }
    }

    /// Height and width in pixels.
    #[must_use]
    pub fn size(&self) -> [usize; 2] {
        [self.pixels.height(), self.pixels.width()].map(|size| size as usize)
    }

    /// It as a PNG file.
    pub(super) fn png(&self) -> Vec<u8> {
        png(|to| self.pixels.write_to(to, ImageFormat::Png))
    }
}

/// Tiles in rows, from left to right and from top to bottom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    pub(super) tiles: Vec<Tile>,
    pub(super) columns: usize,
}

/// Pixels of a sheet between two tiles.
const GAP: usize = 2;

/// A tile is enlarged until it has about so many rows or columns.
const TILE: usize = 128;

impl Sheet {
    /// A sheet that is about as wide as it is high.
    #[must_use]
    pub fn new(tiles: Vec<Tile>) -> Self {
        let columns = tiles.len().isqrt() + usize::from(tiles.len().isqrt().pow(2) < tiles.len());
        Self { tiles, columns: columns.max(1) }
    }

    /// Has so many tiles in a row (at least one).
    #[must_use]
    pub fn columns(self, columns: usize) -> Self {
        Self { columns: columns.max(1), ..self }
    }

    /// The tiles.
    #[must_use]
    pub fn tiles(&self) -> &[Tile] {
        &self.tiles
    }

    /// One picture of all tiles, each pixel as a square. There is nothing between tiles, so that it goes with any background.
    #[must_use]
    pub fn to_image(&self) -> RgbaImage {
        let largest = |axis: usize| self.tiles.iter().map(|tile| tile.size()[axis]).max().unwrap_or(0);
        let [height, width] = [largest(0), largest(1)];
        let zoom = (TILE / height.max(width).max(1)).max(1);
        let [cell_height, cell_width] = [height, width].map(|size| size * zoom + GAP);
        let columns = self.columns.min(self.tiles.len()).max(1);
        let rows = self.tiles.len().div_ceil(columns);
        let size =
            [columns * cell_width, rows * cell_height].map(|size| size.saturating_sub(GAP).max(1) as u32);
        let mut sheet = RgbaImage::from_pixel(size[0], size[1], Rgba([0; 4]));
        for (index, tile) in self.tiles.iter().enumerate() {
            let [height, width] = tile.size().map(|size| (size * zoom) as u32);
            let enlarged = imageops::resize(&tile.pixels, width, height, imageops::FilterType::Nearest);
            let enlarged = image::DynamicImage::ImageRgb8(enlarged).into_rgba8();
            let (row, column) = (index / columns, index % columns);
            imageops::replace(
                &mut sheet,
                &enlarged,
                (column * cell_width).cast_signed() as i64,
                (row * cell_height).cast_signed() as i64,
            );
        }
        sheet
    }

    /// [`to_image`](Self::to_image) as a PNG file.
    #[must_use]
    pub fn to_png(&self) -> Vec<u8> {
        let image = self.to_image();
        png(|to| image.write_to(to, ImageFormat::Png))
    }

    /// Writes [`to_png`](Self::to_png) to a file, which is whole or not there at all.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> io::Result<()> {
        crate::files::replace(path.as_ref(), &self.to_png())
    }
}

pub(super) fn png(write: impl FnOnce(&mut Cursor<Vec<u8>>) -> image::ImageResult<()>) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    if let Err(error) = write(&mut bytes) {
        unreachable!("PNG has all of these colours, and memory does not fail: {error}");
    }
    bytes.into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_stand_in_rows_with_nothing_between() {
        let scale = Scale::of(&[0.0, 1.0], Colors::Grey);
        let tile = |number| Tile::scaled(2, 2, &[number; 4], Colors::Grey, scale);
        let sheet = Sheet::new(vec![tile(0.0), tile(1.0), tile(0.5)]);
        let image = sheet.to_image();
        // Two columns of two pixels, each 64 wide, and a gap.
        assert_eq!(image.dimensions(), (2 * 128 + 2, 2 * 128 + 2));
        let at = |x, y| image.get_pixel(x, y).0;
        assert_eq!(at(0, 0), [0, 0, 0, 255]);
        assert_eq!(at(127, 127), [0, 0, 0, 255]);
        assert_eq!(at(128, 10)[3], 0, "nothing between");
        assert_eq!(at(130, 0), [255; 4]);
        assert_eq!(at(10, 134), [128, 128, 128, 255]);
        assert_eq!(at(200, 200)[3], 0, "no fourth tile");
        assert_eq!(sheet.columns(3).to_image().dimensions(), (3 * 130 - 2, 128));
    }

    #[test]
    fn a_file_holds_what_the_sheet_shows() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sheet.png");
        let sheet = Sheet::new(vec![Tile::plane(3, 5, &[0.25; 15], Colors::Heat)]);
        sheet.save(&path).expect("the folder can be written");
        let read = image::open(&path).expect("it is a PNG file").into_rgba8();
        assert_eq!(read, sheet.to_image());
    }

    #[test]
    fn a_sheet_of_nothing_is_a_picture_too() {
        assert_eq!(Sheet::new(Vec::new()).to_image().dimensions(), (1, 1));
    }
}
