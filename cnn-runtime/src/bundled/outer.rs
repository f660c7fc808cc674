//! The gradient of a weight on bundles.
//!
//! The simple way: `d_weight[o][c][k][l] += d_y[o][i][j] * x[c][i + k][j + l]` over all images and places (i, j), where
//! both factors are lines of sixteen images; at the end the lanes are added up.
//!
//! ```text
//! for each bundle
//!     for some rows of y                          they, and what they see of x, stay in the first-level cache
//!         for R outputs, for each channel of x, for each row of taps, for C taps of it
//!             R × C sums in registers
//!             for each place { for o { for l { sum[o][l] += d_y[o][place] * x[place + l] } } }
//! ```
//!
//! Lanes 0 to 7 and 8 to 15 share a sum, so that it takes one register. Where a row of taps does not lie within the
//! plane, each tap goes by itself.

use super::Line;
use crate::conv2d::Conv2d;
use crate::simd::{HALF, Kernel, Simd};
use crate::view::View;
use core::array::from_fn;
use core::ops::Range;

/// Lines that may stay in the first-level cache: 24 KiB.
const CACHED: usize = 384;

/// The products of one bundle, added to `sums`: eight partial sums for each weight of some outputs.
pub(super) struct Outer<'a, 'k> {
    pub(super) d: &'k Conv2d,
    pub(super) x: &'a [Line],
    pub(super) d_y: &'a [Line],
    pub(super) outputs: Range<usize>,
    pub(super) sums: &'k mut [[f32; HALF]],
}

/// Taps of a row at a time, most first.
const TAPS: [usize; 3] = [5, 3, 1];

impl Kernel for Outer<'_, '_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        let window = &self.d.window;
        let [height, width] = window.output;
        let of_row = 2 * width + window.stride[0] * window.input[1];
        let rows_at_a_time = (CACHED / of_row.max(1)).max(1);
        let outputs = self.outputs.clone();
        for first in (0..height).step_by(rows_at_a_time) {
            let rows = first..height.min(first + rows_at_a_time);
            // As many outputs at a time as registers hold beside the taps.
            let mut output = outputs.start;
            let most = if window.kernel[1] >= TAPS[0] { 2 } else { 4 };
            while output < outputs.end {
                let left = outputs.end - output;
                output += match left.min(most) {
                    4 => self.of_outputs::<S, 4>(simd, output, &rows),
                    2 | 3 => self.of_outputs::<S, 2>(simd, output, &rows),
                    _ => self.of_outputs::<S, 1>(simd, output, &rows),
                };
            }
        }
    }
}

impl Outer<'_, '_> {
    /// All products of `R` outputs and some rows; gives R.
    #[inline(always)]
    fn of_outputs<S: Simd, const R: usize>(&mut self, simd: S, output: usize, rows: &Range<usize>) -> usize {
        let window = &self.d.window;
        for channel in 0..self.d.in_channels {
            for tap in 0..window.kernel[0] {
                let places = window.places(0, tap);
                let rows = rows.start.max(places.start)..rows.end.min(places.end);
                if rows.is_empty() {
                    continue;
                }
                let mut first = 0;
                while first < window.kernel[1] {
                    let at = &At { output, channel, taps: [tap, first], rows: rows.clone() };
                    first += match window.kernel[1] - first {
                        // Ten sums are as many as the registers hold beside their factors.
                        5.. if R <= 2 => self.of_taps::<S, R, 5>(simd, at),
                        3.. => self.of_taps::<S, R, 3>(simd, at),
                        _ => self.of_taps::<S, R, 1>(simd, at),
                    };
                }
            }
        }
        R
    }

    /// All products of `C` taps; gives C.
    #[inline(always)]
    fn of_taps<S: Simd, const R: usize, const C: usize>(&mut self, simd: S, at: &At) -> usize {
        let window = &self.d.window;
        let places: [Range<usize>; C] = from_fn(|c| window.places(1, at.taps[1] + c));
        let common = places.iter().fold(0..window.output[1], |common, places| {
            common.start.max(places.start)..common.end.min(places.end)
        });
        let common = if common.is_empty() { 0..0 } else { common };
        if !common.is_empty() {
            self.places::<S, R, C>(simd, at, 0, common.clone());
        }
        for (c, places) in places.into_iter().enumerate() {
            if C > 1 || common.is_empty() {
                let before = places.start..places.end.min(common.start);
                let behind = places.start.max(common.end)..places.end;
                for places in [before, behind] {
                    if !places.is_empty() {
                        self.places::<S, R, 1>(simd, at, c, places);
                    }
                }
            }
        }
        C
    }

    /// The products of some columns with `C` taps from the `c`-th on, all of which lie within the plane.
    #[inline(always)]
    fn places<S: Simd, const R: usize, const C: usize>(
        &mut self,
        simd: S,
        at: &At,
        c: usize,
        columns: Range<usize>,
    ) {
        let Self { d, x, d_y, ref outputs, .. } = *self;
        let window = &d.window;
        let taps = [at.taps[0], at.taps[1] + c];
        let within = |axis: usize, place: usize| {
            place * window.stride[axis] + taps[axis] * window.dilation[axis] - window.padding[axis]
        };
        let (step, tap_step) = (window.stride[1], window.dilation[1]);
        let weight = |r: usize, c: usize| {
            let output = at.output - outputs.start + r;
            ((output * d.in_channels + at.channel) * window.kernel[0] + taps[0]) * window.kernel[1]
                + taps[1]
                + c
        };
        let zero = simd.splat_half(0.0);
        let mut sums = [[zero; C]; R];
        for (r, sums) in sums.iter_mut().enumerate() {
            for (c, sum) in sums.iter_mut().enumerate() {
                *sum = simd.load_half(&self.sums[weight(r, c)]);
            }
        }
        for row in at.rows.clone() {
            let x_first =
                (at.channel * window.input[0] + within(0, row)) * window.input[1] + within(1, columns.start);
            let x = &x[x_first..][..=(columns.len() - 1) * step + (C - 1) * tap_step];
            let d_y: [&[Line]; R] = from_fn(|r| {
                let first = ((at.output + r) * window.output[0] + row) * window.output[1] + columns.start;
                &d_y[first..][..columns.len()]
            });
            for half in 0..2 {
                for place in 0..columns.len() {
                    let mut pixels = [zero; C];
                    for (c, pixel) in pixels.iter_mut().enumerate() {
                        // SAFETY: `place` is below the number of columns, so this is at most where x was cut off above.
                        let line = unsafe { x.get_unchecked(place * step + c * tap_step) };
                        *pixel = simd.load_half(&line.as_chunks().0[half]);
                    }
                    for (d_y, sums) in d_y.iter().zip(&mut sums) {
                        // SAFETY: each row of d_y has as many lines as there are columns.
                        let line = unsafe { d_y.get_unchecked(place) };
                        let d_y = simd.load_half(&line.as_chunks().0[half]);
                        for (sum, x) in sums.iter_mut().zip(pixels) {
                            *sum = simd.mul_add_half(d_y, x, *sum);
                        }
                    }
                }
            }
        }
        for (r, sums) in sums.into_iter().enumerate() {
            for (c, sum) in sums.into_iter().enumerate() {
                simd.store_half(sum, &mut self.sums[weight(r, c)]);
            }
        }
    }
}

/// Where some taps and outputs meet.
struct At {
    output: usize,
    channel: usize,
    /// Row and first column of the taps.
    taps: [usize; 2],
    rows: Range<usize>,
}

/// The gradient of a fully connected layer's weight: as every place is a bundle, all sums stay in registers.
pub(super) struct OuterOfPixel<'a, 'k> {
    pub(super) x: View<'a>,
    pub(super) d_y: View<'a>,
    pub(super) outputs: Range<usize>,
    /// (some outputs, inputs)
    pub(super) d_weight: &'k mut [f32],
}

/// Inputs and outputs of a tile.
const PIXEL: [usize; 2] = [4, 3];

impl Kernel for OuterOfPixel<'_, '_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        let (inputs, outputs) = (self.x.image_len() / (2 * HALF), self.outputs.len());
        for input in (0..inputs).step_by(PIXEL[0]) {
            for output in (0..outputs).step_by(PIXEL[1]) {
                if inputs - input >= PIXEL[0] && outputs - output >= PIXEL[1] {
                    self.tile::<S, { PIXEL[1] }, { PIXEL[0] }>(simd, output, input);
                } else {
                    for output in output..outputs.min(output + PIXEL[1]) {
                        for input in input..inputs.min(input + PIXEL[0]) {
                            self.tile::<S, 1, 1>(simd, output, input);
                        }
                    }
                }
            }
        }
    }
}

impl OuterOfPixel<'_, '_> {
    #[inline(always)]
    fn tile<S: Simd, const R: usize, const C: usize>(&mut self, simd: S, output: usize, input: usize) {
        let inputs = self.x.image_len() / (2 * HALF);
        let mut sums = [[simd.splat_half(0.0); C]; R];
        for (x, d_y) in self.x.images().zip(self.d_y.images()) {
            let (x, d_y) = (x.as_chunks::<HALF>().0, d_y.as_chunks::<HALF>().0);
            let x = &x[2 * input..][..2 * C];
            let d_y = &d_y[2 * (self.outputs.start + output)..][..2 * R];
            for half in 0..2 {
                let mut pixels = [simd.splat_half(0.0); C];
                for (c, pixel) in pixels.iter_mut().enumerate() {
                    *pixel = simd.load_half(&x[2 * c + half]);
                }
                for (r, sums) in sums.iter_mut().enumerate() {
                    let d_y = simd.load_half(&d_y[2 * r + half]);
                    for (sum, x) in sums.iter_mut().zip(pixels) {
                        *sum = simd.mul_add_half(d_y, x, *sum);
                    }
                }
            }
        }
        for (r, sums) in sums.into_iter().enumerate() {
            for (c, sum) in sums.into_iter().enumerate() {
                let mut lanes = [0.0; HALF];
                simd.store_half(sum, &mut lanes);
                self.d_weight[(output + r) * inputs + input + c] = lanes.iter().sum();
            }
        }
    }
}
