//! The largest pixel of each part of a plane. Backward looks for it again instead of storing where it was.

use super::AdaptivePool2d;
use super::Runs;
use super::max_pool2d::beats;
use crate::Write;
use crate::memory::Workspace;
use crate::planes::over_planes;
use crate::view::{View, ViewMut};

/// The output `y` for each image of `x`.
///
/// # Panics
/// If a length is not what `d` tells.
pub fn forward(d: &AdaptivePool2d, x: View, y: ViewMut, work: Workspace) {
    d.assert_images(x.image_len(), y.image_len());
    over_planes(d.channels, d.input_len(), [x], y, work, &|[x]: [&[f32]; 1], y: &mut [f32]| {
        d.for_each_part(|place, _, runs| y[place] = x[largest(x, runs)]);
    });
}

/// The gradient `d_x` of the input.
///
/// # Panics
/// If a length is not what `d` tells.
pub fn backward(d: &AdaptivePool2d, x: View, d_y: View, d_x: ViewMut, write: Write, work: Workspace) {
    d.assert_images(x.image_len(), d_y.image_len());
    d.assert_images(d_x.image_len(), d_y.image_len());
    over_planes(d.channels, d.input_len(), [x, d_y], d_x, work, &|[x, d_y]: [&[f32]; 2], d_x: &mut [f32]| {
        if write == Write::Overwrite {
            d_x.fill(0.0);
        }
        d.for_each_part(|place, _, runs| d_x[largest(x, runs)] += d_y[place]);
    });
}

/// The pixel that holds the largest number of `runs`.
fn largest(x: &[f32], runs: Runs) -> usize {
    let pixels = runs.flatten();
    pixels.reduce(|best, pixel| if beats(x[pixel], x[best]) { pixel } else { best }).unwrap_or(0)
}
