//! The core of the kernels on bundles: up to six channels × sixteen images, summed in registers.
//!
//! ```text
//! for tap in taps {
//!     for channel in channels {
//!         sums[channel][0..16] += weight[channel][tap] * x[pixel + tap][0..16]
//!     }
//! }
//! ```
//!
//! A tap is a channel of x, a row and a column of the window. Those of a pixel are a table, so that the loop has no inner
//! ones; pixels whose windows lie within the plane share one, and those at the border have shorter ones. It is a
//! convolution or, read backwards, its input's gradient.

#![allow(clippy::cast_possible_wrap, clippy::cast_sign_loss)] // the contract: places are below 2³¹

use super::Line;
use crate::Write;
use crate::conv2d::epilogue::Activation;
use crate::simd::{Kernel, Simd};
use crate::window::Window;
use core::array::from_fn;

/// Channels of a tile at most.
const TILE: usize = 6;

/// The longest side of a window: the taps of one side are the bits of a number.
pub(super) const LONGEST: usize = u32::BITS as usize;

/// Which way sums go along a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// From inputs to outputs: a convolution.
    Forward,
    /// From the gradients of outputs to those of inputs.
    Backward,
}

impl Direction {
    /// Which pixel of x tap `k` of a pixel sees, if any: what it reads, or the output that has read the pixel by it.
    #[inline]
    fn sees(self, window: &Window, axis: usize, pixel: usize, tap: usize) -> Option<usize> {
        if self == Self::Forward {
            return window.tap(axis, pixel, tap);
        }
        let from_first = (pixel + window.padding[axis]).checked_sub(tap * window.dilation[axis])?;
        let place = from_first / window.stride[axis];
        (from_first.is_multiple_of(window.stride[axis]) && place < window.output[axis]).then_some(place)
    }

    /// How far what a tap sees is from what another sees, so many taps before it.
    fn distance(self, window: &Window, axis: usize, taps: i32) -> i32 {
        let pixels = taps * window.dilation[axis] as i32;
        if self == Self::Forward { pixels } else { -pixels / window.stride[axis] as i32 }
    }
}

/// All sums of a plane: each pixel of y and channel of y, over all channels of x and taps.
#[derive(Clone, Copy, Debug)]
pub(super) struct Correlation<'a> {
    pub(super) window: &'a Window,
    pub(super) direction: Direction,
    pub(super) x_channels: usize,
    pub(super) y_channels: usize,
    pub(super) x_plane: [usize; 2],
    pub(super) y_plane: [usize; 2],
    pub(super) weight: &'a [f32],
    /// Numbers from the weights of a channel of x to those of the next.
    pub(super) x_step: usize,
    /// The same for y.
    pub(super) y_step: usize,
}

impl Correlation<'_> {
    /// Numbers of scratch for a kernel of so many channels of x that writes such planes.
    pub(super) const fn scratch_len(x_channels: usize, window: &Window, y_plane: [usize; 2]) -> usize {
        2 * (x_channels * window.kernel_len() + y_plane[0] + y_plane[1])
    }
}

/// A tap: how far its line of x stands from the one that the pixel's first tap sees, and how far its weight from the first of
/// a channel of y.
type Tap = [i32; 2];

/// The taps of a pixel along an axis that see something: a bit for each; and what the first of them sees.
type Seen = [i32; 2];

impl Correlation<'_> {
    fn seen(&self, axis: usize, pixel: usize) -> Seen {
        let mut seen = [0; 2];
        for tap in (0..self.window.kernel[axis]).rev() {
            if let Some(first) = self.direction.sees(self.window, axis, pixel, tap) {
                seen = [seen[0] | 1 << tap, first as i32];
            }
        }
        seen
    }
}

/// The taps of pixels that see as much. The bounds hold for all of them, and nothing else changes the taps.
struct Table<'a> {
    taps: &'a mut [Tap],
    len: usize,
}

impl Table<'_> {
    /// Becomes that of a pixel, given by what it sees along each axis.
    fn fill(&mut self, of: &Correlation, seen: [Seen; 2]) {
        let [height, width] = of.x_plane;
        // Taps along an axis, and how far what they see is from what the first sees.
        let along = |axis: usize| {
            let [taps, _] = seen[axis];
            let first = taps.trailing_zeros() as i32;
            (0..of.window.kernel[axis] as i32)
                .filter(move |tap| taps & 1 << tap != 0)
                .map(move |tap| (tap, of.direction.distance(of.window, axis, tap - first)))
        };
        let mut of_channel = 0;
        for (row, down) in along(0) {
            for (column, across) in along(1) {
                let weight = row * of.window.kernel[1] as i32 + column;
                self.taps[of_channel] = [down * width as i32 + across, weight];
                of_channel += 1;
            }
        }
        for channel in 1..of.x_channels {
            for tap in 0..of_channel {
                let [line, weight] = self.taps[tap];
                let (line, weight) =
                    (line + (channel * height * width) as i32, weight + (channel * of.x_step) as i32);
                self.taps[channel * of_channel + tap] = [line, weight];
            }
        }
        self.len = of.x_channels * of_channel;
    }

    /// The taps part by part, at least one, as many as stay in the first-level cache with what they read.
    fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        let parts = self.len.div_ceil(DEPTH).max(1);
        (0..parts).map(move |i| Part::new(&self.taps[self.len * i / parts..self.len * (i + 1) / parts]))
    }
}

/// Taps at a time: their lines of x are 10 KiB.
const DEPTH: usize = 160;

/// Taps, and the bounds of their places. No weight's place is negative.
#[derive(Clone, Copy)]
struct Part<'k> {
    taps: &'k [Tap],
    nearest: i32,
    farthest: i32,
    heaviest: i32,
}

impl<'k> Part<'k> {
    fn new(taps: &'k [Tap]) -> Self {
        let mut part = Self { taps, nearest: 0, farthest: 0, heaviest: 0 };
        for [line, weight] in taps {
            assert!(*weight >= 0, "places of weights are below 2^31");
            part.nearest = part.nearest.min(*line);
            part.farthest = part.farthest.max(*line);
            part.heaviest = part.heaviest.max(*weight);
        }
        part
    }
}

/// What the sums begin with, and what becomes of them.
#[derive(Clone, Copy)]
pub(super) struct Finish<'k> {
    pub(super) bias: Option<&'k [f32]>,
    pub(super) activation: Activation,
    /// Where there is a bias, sums are not added to anything else.
    pub(super) write: Write,
}

/// [`Correlation`] of one bundle.
pub(super) struct Correlate<'a, 'k> {
    pub(super) of: &'k Correlation<'k>,
    pub(super) x: &'a [Line],
    pub(super) y: &'a mut [Line],
    pub(super) finish: Finish<'k>,
    pub(super) scratch: &'a mut [f32],
}

impl Kernel for Correlate<'_, '_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { of, x, y, finish, scratch } = self;
        let [height, width] = of.y_plane;
        let (scratch, _) = bytemuck::cast_slice_mut::<f32, i32>(scratch).as_chunks_mut::<2>();
        let (rows, scratch) = scratch.split_at_mut(height);
        let (columns, taps) = scratch.split_at_mut(width);
        for (axis, seen) in [&mut *rows, &mut *columns].into_iter().enumerate() {
            seen.iter_mut().enumerate().for_each(|(pixel, seen)| *seen = of.seen(axis, pixel));
        }
        let mut table = Table { taps, len: 0 };
        // Rows and columns that see as much as their neighbours share a table.
        let mut first_column = 0;
        for columns in columns.chunk_by(|a, b| a[0] == b[0]) {
            let mut first_row = 0;
            for rows in rows.chunk_by(|a, b| a[0] == b[0]) {
                table.fill(of, [rows[0], columns[0]]);
                let last = table.len.div_ceil(DEPTH).max(1) - 1;
                for (i, part) in table.parts().enumerate() {
                    let [is_first, is_last] = [i == 0, i == last];
                    let pixels = Pixels { of, x, part, rows, columns, finish, is_first, is_last };
                    pixels.all(simd, &mut y[first_row * width + first_column..]);
                }
                first_row += rows.len();
            }
            first_column += columns.len();
        }
    }
}

/// Neighbouring pixels of y that see as much.
struct Pixels<'k> {
    of: &'k Correlation<'k>,
    x: &'k [Line],
    part: Part<'k>,
    rows: &'k [Seen],
    columns: &'k [Seen],
    finish: Finish<'k>,
    /// Whether no other part of the taps has been summed.
    is_first: bool,
    /// Whether no other part is to come.
    is_last: bool,
}

impl Pixels<'_> {
    /// The sums of all channels; `y` starts at the first pixel in the first of them.
    #[inline(always)]
    fn all<S: Simd>(&self, simd: S, y: &mut [Line]) {
        // As even as may be: a tile of few channels has too few sums to hide how long a multiply-add takes.
        let mut left = self.of.y_channels;
        let mut tiles = left.div_ceil(TILE);
        while left > 0 {
            let channel = self.of.y_channels - left;
            let tile = left.div_ceil(tiles);
            match tile {
                6 => self.channels::<S, 6>(simd, channel, y),
                5 => self.channels::<S, 5>(simd, channel, y),
                4 => self.channels::<S, 4>(simd, channel, y),
                3 => self.channels::<S, 3>(simd, channel, y),
                2 => self.channels::<S, 2>(simd, channel, y),
                _ => self.channels::<S, 1>(simd, channel, y),
            }
            (left, tiles) = (left - tile, tiles - 1);
        }
    }

    /// The sums of `R` channels.
    #[inline(always)]
    fn channels<S: Simd, const R: usize>(&self, simd: S, channel: usize, y: &mut [Line]) {
        let &Self { of, x, part, rows, columns, finish, .. } = self;
        let products = Products::new(part, from_fn(|r| &of.weight[(channel + r) * of.y_step..]));
        let [height, width] = of.y_plane;
        let y = &mut y[channel * height * width..];
        let reads = !self.is_first || finish.write == Write::Accumulate;
        for (row, down) in rows.iter().enumerate() {
            let first = down[1] as usize * of.x_plane[1];
            for (column, across) in columns.iter().enumerate() {
                let (first, at) = (first + across[1] as usize, row * width + column);
                let mut sums: [S::Line; R] = from_fn(|r| match finish.bias {
                    _ if reads => simd.load(&y[r * height * width + at]),
                    Some(bias) => simd.splat(bias[channel + r]),
                    None => simd.splat(0.0),
                });
                products.add(simd, x, first, &mut sums);
                for (r, sum) in sums.into_iter().enumerate() {
                    simd.store(sum, &mut y[r * height * width + at]);
                }
            }
            // In a loop of its own, because it waits for results where the sums do not.
            if self.is_last && finish.activation != Activation::Identity {
                for r in 0..R {
                    let row = &mut y[r * height * width + row * width..][..columns.len()];
                    finish.activation.apply_to_all(simd, row);
                }
            }
        }
    }
}

/// Some taps, and their weights for `R` channels of y.
struct Products<'k, const R: usize> {
    part: Part<'k>,
    /// Each begins with a weight for every tap, and nothing changes that.
    weight: [&'k [f32]; R],
}

impl<'k, const R: usize> Products<'k, R> {
    #[inline(always)]
    fn new(part: Part<'k>, weight: [&'k [f32]; R]) -> Self {
        let heaviest = part.heaviest as usize;
        assert!(weight.iter().all(|row| heaviest < row.len()), "a weight for each tap");
        Self { part, weight }
    }

    /// Adds the products of a pixel whose first tap sees line `first` of the first channel of x.
    #[inline(always)]
    fn add<S: Simd>(&self, simd: S, x: &[Line], first: usize, sums: &mut [S::Line; R]) {
        let Self { part, weight } = self;
        if part.taps.is_empty() {
            return;
        }
        let first = first as isize;
        let is_within = |line: i32| (0..x.len() as isize).contains(&(first + line as isize));
        assert!(is_within(part.nearest) && is_within(part.farthest), "taps lead out of the planes of x");
        for [line, weight_at] in part.taps {
            // SAFETY: `Part::new` holds every line between `nearest` and `farthest`, and the assertion both within x.
            let line = simd.load(unsafe { x.get_unchecked((first + *line as isize) as usize) });
            for (sum, row) in sums.iter_mut().zip(weight) {
                // SAFETY: `Part::new` holds every weight's place between 0 and `heaviest`, and `Products::new` that within
                // each row.
                let weight = unsafe { row.get_unchecked(*weight_at as usize) };
                *sum = simd.mul_add(simd.splat(*weight), line, *sum);
            }
        }
    }
}
