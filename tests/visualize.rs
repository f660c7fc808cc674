//! What is shown of a network is what it has learned and what it computes.

use cnn::prelude::*;
use cnn::visualize::{self, Error, Occlusion, Switch};

network!(
    /// A window of 3×3 that pads, then one of 2×2.
    pub fn Net(image: Image<1, 6, 6>) -> Vector<2> {
        let conv = conv2d(2, kernel_size = 3, padding = 1, bias = false);
        let pool = max_pool2d(2, padding = 1);
        flatten;
        let fc = linear(2);
    }
    pub fn Colored(image: Image<3, 4, 4>) -> Image<2, 3, 3> {
        let conv = conv2d(2, kernel_size = 2);
    }
    pub fn Alone(image: Image<1, 4, 4>) -> Vector<2> {
        flatten;
        let fc = linear(2, bias = false);
    }
);

/// Numbers that are all different, and in no order.
fn images(count: usize) -> Vec<Image<1, 6, 6>> {
    let mut images = Image::zeros(count);
    let numbers = Image::<1, 6, 6>::as_numbers_mut(&mut images).iter_mut();
    numbers.enumerate().for_each(|(i, number)| *number = (i * 7919 % 1009) as f32 / 500.0 - 1.0);
    images
}

#[test]
fn each_kernel_is_a_tile() {
    let sheet = visualize::kernels(&Net::new(1), "conv").unwrap();
    assert_eq!(sheet.tiles().iter().map(visualize::Tile::size).collect::<Vec<_>>(), [[3, 3], [3, 3]]);
    let sheet = visualize::kernels(&Colored::new(1), "conv").unwrap();
    assert_eq!((sheet.tiles().len(), sheet.tiles()[1].size()), (2, [2, 2]), "in colour");
    let sheet = visualize::kernels(&Net::new(1), "fc");
    assert_eq!(sheet.unwrap_err().to_string(), "layer `fc` is no convolution, but a `linear`");
    let Err(Error::Layer(error)) = visualize::kernels(&Net::new(1), "cnov") else { panic!("it is unknown") };
    assert_eq!(error.nearest, Some("conv"));
}

/// For each channel and image the largest output is found, and the strongest images in order.
#[test]
fn the_strongest_are_those_of_a_search_by_hand() {
    let (net, images) = (Net::new(3), images(40)); // more than a batch
    let found = visualize::strongest(&net, "conv", &images, 5).unwrap();
    assert_eq!(found.len(), 2);
    for (channel, found) in found.iter().enumerate() {
        let largest = |image: &Image<1, 6, 6>| {
            let activations = net.activations(image);
            let plane = activations.get("conv").unwrap().numbers()[channel * 36..][..36].to_vec();
            plane.into_iter().enumerate().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap()
        };
        let mut by_hand: Vec<_> = images.iter().map(largest).enumerate().collect();
        by_hand.sort_by(|a, b| b.1.1.total_cmp(&a.1.1));
        assert_eq!(found.len(), 5);
        for (found, (image, (place, value))) in found.iter().zip(by_hand) {
            assert_eq!((found.image, found.value), (image, value));
            assert_eq!(found.place, [place / 6, place % 6]);
            let (row, column) = ((place / 6).cast_signed(), (place % 6).cast_signed());
            assert_eq!(found.field(), [row - 1..row + 2, column - 1..column + 2], "a window that pads");
            let inside = |at: isize| (at - 1).max(0)..(at + 2).min(6);
            let expected = [inside(row).len(), inside(column).len()];
            assert_eq!(found.tile(&images).size(), expected, "what is beyond the border is left out");
        }
    }
}

/// A class that one pixel decides falls where that pixel is covered, and nowhere else.
#[test]
fn only_what_decides_counts() {
    let mut net = Alone::new(0);
    let mut weight = [0.0; 32];
    weight[4 + 2] = 3.0; // of class 0: row 1, column 2
    net.set_tensor("fc.weight", &weight).unwrap();
    let how = Occlusion { size: 1, stride: 1, fill: 0.0 };
    let hidden = visualize::occlusion(&net, &Image([[[1.0; 4]; 4]]), 0, how).unwrap();
    let seen = 1.0 / (1.0 + (-3.0_f32).exp());
    assert!((hidden.seen - seen).abs() < 1e-6);
    assert_eq!(hidden.size, [4, 4]);
    for (place, fall) in hidden.fall.iter().enumerate() {
        let expected = if place == 4 + 2 { seen - 0.5 } else { 0.0 };
        assert!((fall - expected).abs() < 1e-6, "{place}: {fall}, not {expected}");
    }
    // Squares of 3×3 at each second pixel: those around rows 0 and 2 and around column 2 reach it.
    let how = Occlusion { size: 3, stride: 2, fill: 0.0 };
    let hidden = visualize::occlusion(&net, &Image([[[1.0; 4]; 4]]), 0, how).unwrap();
    assert_eq!(hidden.fall.iter().map(|fall| *fall > 0.1).collect::<Vec<_>>(), [false, true, false, true]);
    let error = visualize::occlusion(&net, &Image([[[1.0; 4]; 4]]), 2, how).unwrap_err();
    assert_eq!(error.to_string(), "class 2 was asked for, but there are 2, counted from 0");
}

/// Each output of the pool is the number at its source, which is the largest of the window.
#[test]
fn switches_are_where_the_largest_numbers_stand() {
    let (net, image) = (Net::new(5), images(1)[0]);
    let activations = net.activations(&image);
    let (input, output) = (activations.get("conv").unwrap(), activations.get("pool").unwrap());
    let switches = visualize::switches(&net, "pool", &image).unwrap();
    assert_eq!(switches.len(), 2 * 4 * 4);
    for (Switch { channel, place, source, value }, expected) in switches.iter().zip(output.numbers()) {
        assert_eq!(value.to_bits(), expected.to_bits());
        let taken = input.numbers()[channel * 36 + source[0] * 6 + source[1]];
        assert_eq!(value.to_bits(), taken.to_bits());
        for axis in [0, 1] {
            let start = 2 * place[axis].cast_signed() - 1;
            assert!((start..start + 2).contains(&source[axis].cast_signed()), "{source:?} at {place:?}");
        }
    }
    let error = visualize::switches(&net, "conv", &image).unwrap_err();
    assert_eq!(error.to_string(), "layer `conv` is no max_pool2d, but a `conv2d`");
}
