//! The largest pixel of each window that slides over a plane.
//!
//! The loops stand inside out: for each row of output, each tap of the window is compared with what was found so far, for
//! all places of the row at once. A tap's places that read padding are left out beforehand, so nothing is asked in the
//! innermost loop. Backward looks for the largest again instead of storing where it was.

use super::MaxPool2d;
use super::taps::for_each_tap;
use super::two_by_two;
use crate::Write;
use crate::memory::Workspace;
use crate::planes::over_planes;
use crate::view::{View, ViewMut};
use crate::window::{Window, read_strided};

/// How many places of a row are treated at once in backward.
const SPAN: usize = 64;

/// No pixel found yet that is larger than minus infinity.
const NOWHERE: u32 = u32::MAX;

/// Whether `new` takes the place of `best`, the largest so far: the first of equals stays, but NaN yields to NaN alone.
#[inline]
pub(super) fn beats(new: f32, best: f32) -> bool {
    new > best || new.is_nan()
}

/// The output `y` for each image of `x`.
///
/// # Panics
/// If a length is not what `d` tells.
pub fn forward(d: &MaxPool2d, x: View, y: ViewMut, work: Workspace) {
    d.assert_images(x.image_len(), y.image_len());
    let window = &d.window;
    let looks = window.output_len() * window.kernel_len();
    over_planes(d.channels, looks, [x], y, work, &|[x]: [&[f32]; 1], y: &mut [f32]| {
        if two_by_two::applies(window) {
            return two_by_two::forward(window, x, y);
        }
        for (i, y) in y.chunks_exact_mut(window.output[1]).enumerate() {
            y.fill(f32::NEG_INFINITY);
            for_each_tap(window, i, &(0..window.output[1]), |places, pixel| {
                raise(&mut y[places], &x[pixel..], window.stride[1]);
            });
        }
    });
}

/// Replaces the largest so far by what beats them among every `stride`-th of `x`.
#[inline]
fn raise(largest: &mut [f32], x: &[f32], stride: usize) {
    read_strided(largest.iter_mut(), x, stride, |largest, x| {
        *largest = if beats(x, *largest) { x } else { *largest };
    });
}

/// The gradient `d_x` of the input.
///
/// # Panics
/// If a length is not what `d` tells.
pub fn backward(d: &MaxPool2d, x: View, d_y: View, d_x: ViewMut, write: Write, work: Workspace) {
    d.assert_images(x.image_len(), d_y.image_len());
    d.assert_images(d_x.image_len(), d_y.image_len());
    let window = &d.window;
    let looks = window.output_len() * window.kernel_len();
    over_planes(d.channels, looks, [x, d_y], d_x, work, &|[x, d_y]: [&[f32]; 2], d_x: &mut [f32]| {
        if write == Write::Overwrite {
            d_x.fill(0.0);
        }
        if two_by_two::applies(window) {
            return two_by_two::backward(window, x, d_y, d_x);
        }
        for (i, d_y) in d_y.chunks_exact(window.output[1]).enumerate() {
            for (span, d_y) in d_y.chunks(SPAN).enumerate() {
                backward_span(window, x, i, span * SPAN, d_y, d_x);
            }
        }
    });
}

/// Adds the gradients `d_y` of the places from `first` on in row `i` to the pixels that were largest there.
fn backward_span(window: &Window, x: &[f32], i: usize, first: usize, d_y: &[f32], d_x: &mut [f32]) {
    let (mut best, mut at) = ([f32::NEG_INFINITY; SPAN], [NOWHERE; SPAN]);
    for_each_tap(window, i, &(first..first + d_y.len()), |places, pixel| {
        let (best, at) = (&mut best[places.clone()], &mut at[places]);
        raise_and_note(best, at, &x[pixel..], pixel as u32, window.stride[1]);
    });
    for (j, (&d_y, &at)) in d_y.iter().zip(&at).enumerate() {
        if at != NOWHERE {
            d_x[at as usize] += d_y;
        } else if let Some(pixel) = first_pixel(window, [i, first + j]) {
            d_x[pixel] += d_y;
        }
    }
}

/// As [`raise`], and notes where in the plane it was; `x` starts at pixel `first`.
///
/// Not inlined: in a function of its own the optimiser knows that the slices are apart and has registers to spare.
#[inline(never)]
fn raise_and_note(largest: &mut [f32], at: &mut [u32], x: &[f32], first: u32, stride: usize) {
    let mut pixel = first;
    read_strided(largest.iter_mut().zip(at), x, stride, |(largest, at), x| {
        // By masks: which pixel is the largest cannot be foretold, so a branch would be mistaken every other time.
        let mask = u32::from(beats(x, *largest)).wrapping_neg();
        *largest = f32::from_bits((x.to_bits() & mask) | (largest.to_bits() & !mask));
        *at = (pixel & mask) | (*at & !mask);
        pixel += stride as u32;
    });
}

/// The first pixel that the window sees at place `at`, if it sees any.
fn first_pixel(window: &Window, at: [usize; 2]) -> Option<usize> {
    let row = (0..window.kernel[0]).find_map(|tap| window.tap(0, at[0], tap))?;
    let col = (0..window.kernel[1]).find_map(|tap| window.tap(1, at[1], tap))?;
    Some(row * window.input[1] + col)
}

impl MaxPool2d {
    /// The contract on lengths.
    fn assert_images(&self, x_len: usize, y_len: usize) {
        let lens = [self.window.input_len(), self.window.output_len()].map(|plane| self.channels * plane);
        assert_eq!([x_len, y_len], lens, "image lengths of {self:?}");
    }
}
