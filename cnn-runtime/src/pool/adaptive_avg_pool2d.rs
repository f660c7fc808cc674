//! The mean of each part of a plane.

use super::AdaptivePool2d;
use crate::Write;
use crate::gemm::sum;
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
        d.for_each_part(|place, len, runs| y[place] = runs.map(|run| sum(&x[run])).sum::<f32>() / len as f32);
    });
}

/// The gradient `d_x` of the input.
///
/// # Panics
/// If a length is not what `d` tells.
pub fn backward(d: &AdaptivePool2d, d_y: View, d_x: ViewMut, write: Write, work: Workspace) {
    d.assert_images(d_x.image_len(), d_y.image_len());
    over_planes(d.channels, d.input_len(), [d_y], d_x, work, &|[d_y]: [&[f32]; 1], d_x: &mut [f32]| {
        if write == Write::Overwrite {
            d_x.fill(0.0);
        }
        d.for_each_part(|place, len, runs| {
            let share = d_y[place] / len as f32;
            runs.for_each(|run| d_x[run].iter_mut().for_each(|d_x| *d_x += share));
        });
    });
}
