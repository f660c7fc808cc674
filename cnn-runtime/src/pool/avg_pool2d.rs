//! The mean of each window that slides over a plane.
//!
//! As in [`max_pool2d`](super::max_pool2d), each tap is treated for many places of a row at once. How many taps the mean
//! counts is the product of a number for the row and one for the column.

use super::AvgPool2d;
use super::taps::for_each_tap;
use crate::Write;
use crate::memory::Workspace;
use crate::planes::over_planes;
use crate::view::{View, ViewMut};
use crate::window::{add_strided, read_strided};

/// How many places of a row are treated at once.
const SPAN: usize = 64;

/// The output `y` for each image of `x`.
///
/// # Panics
/// If a length is not what `d` tells.
pub fn forward(d: &AvgPool2d, x: View, y: ViewMut, work: Workspace) {
    d.assert_images(x.image_len(), y.image_len());
    let window = &d.window;
    let looks = window.output_len() * window.kernel_len();
    over_planes(d.channels, looks, [x], y, work, &|[x]: [&[f32]; 1], y: &mut [f32]| {
        d.for_each_span(|i, first, counted| {
            let y = &mut y[i * window.output[1] + first..][..counted.len()];
            y.fill(0.0);
            for_each_tap(window, i, &(first..first + y.len()), |places, pixel| {
                add_from_strided(&mut y[places], &x[pixel..], window.stride[1]);
            });
            y.iter_mut().zip(counted).for_each(|(y, counted)| *y /= *counted);
        });
    });
}

/// The gradient `d_x` of the input.
///
/// # Panics
/// If a length is not what `d` tells.
pub fn backward(d: &AvgPool2d, d_y: View, d_x: ViewMut, write: Write, work: Workspace) {
    d.assert_images(d_x.image_len(), d_y.image_len());
    let window = &d.window;
    let looks = window.output_len() * window.kernel_len();
    over_planes(d.channels, looks, [d_y], d_x, work, &|[d_y]: [&[f32]; 1], d_x: &mut [f32]| {
        if write == Write::Overwrite {
            d_x.fill(0.0);
        }
        d.for_each_span(|i, first, shares| {
            let d_y = &d_y[i * window.output[1] + first..][..shares.len()];
            shares.iter_mut().zip(d_y).for_each(|(share, d_y)| *share = d_y / *share);
            for_each_tap(window, i, &(first..first + d_y.len()), |places, pixel| {
                add_strided(&shares[places], &mut d_x[pixel..], window.stride[1]);
            });
        });
    });
}

/// Adds every `stride`-th of `x` to the sums.
///
/// Not inlined: in a function of its own the optimiser knows that the slices are apart and has registers to spare.
#[inline(never)]
fn add_from_strided(sums: &mut [f32], x: &[f32], stride: usize) {
    read_strided(sums.iter_mut(), x, stride, |sum, x| *sum += x);
}

impl AvgPool2d {
    /// The contract on lengths.
    fn assert_images(&self, x_len: usize, y_len: usize) {
        let lens = [self.window.input_len(), self.window.output_len()].map(|plane| self.channels * plane);
        assert_eq!([x_len, y_len], lens, "image lengths of {self:?}");
    }

    /// Calls `body` with each row of the output, the first of up to [`SPAN`] places there, and what to divide each by.
    ///
    /// Where nothing counts that is 1: the sum is 0 all the same.
    fn for_each_span(&self, mut body: impl FnMut(usize, usize, &mut [f32])) {
        let [height, width] = self.window.output;
        for first in (0..width).step_by(SPAN) {
            let mut across = [0.0; SPAN];
            let across = &mut across[..SPAN.min(width - first)];
            for (j, across) in across.iter_mut().enumerate() {
                *across = self.counted(1, first + j) as f32;
            }
            for i in 0..height {
                let down = self.counted(0, i) as f32;
                let mut counted = [0.0; SPAN];
                let counted = &mut counted[..across.len()];
                counted.iter_mut().zip(&*across).for_each(|(both, across)| *both = (down * across).max(1.0));
                body(i, first, counted);
            }
        }
    }
}
