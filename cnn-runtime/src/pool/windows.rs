//! Where pools look, and the loops over it.
//!
//! A window that slides and the parts of adaptive pooling are both `Windows`: places on the output, each with a
//! rectangle of taps. So there are two kinds of kernels, over any of them: `largest` and `mean`. Taps that would see
//! padding are left out beforehand, for the halo of an image is zero and padding is not, to the largest; where a row has
//! places that see all their taps, these go in a loop of their own, in which the usual windows are constants.

use super::{AdaptivePool2d, AvgPool2d, MaxPool2d};
use crate::Write;
use crate::blocked::over::moves;
use crate::blocked::{Blocked, Haloed, Pixel};
use crate::memory::LINE;
use crate::simd::{Kernel, Simd};
use crate::window::Window;
use core::ops::Range;

/// Where a pool's output looks at its input. Axis 0 is the height.
pub(super) trait Windows: Copy + Sync {
    /// Planes of an image.
    fn channels(&self) -> usize;
    /// Size of a plane before.
    fn input(&self) -> [usize; 2];
    /// Size of a plane after.
    fn output(&self) -> [usize; 2];
    /// The most taps of a place, along each axis.
    fn kernel(&self) -> [usize; 2];
    /// Pixels from one tap to the next.
    fn dilation(&self) -> [usize; 2];
    /// The taps along an axis that see a pixel at place `o`.
    fn span(&self, axis: usize, o: usize) -> Span;
    /// Places along an axis that see all their taps, each so many pixels behind the one before: the stride.
    fn whole(&self, axis: usize) -> (Range<usize>, usize);
    /// How many taps a mean counts along an axis at place `o`.
    fn counted(&self, axis: usize, o: usize) -> usize;
}

/// Taps along an axis.
#[derive(Clone, Copy)]
pub(super) struct Span {
    /// The pixel that the first sees.
    pixel: usize,
    /// How many there are.
    count: usize,
}

impl Span {
    /// The taps of a sliding window: one run, since those that see padding are at its ends.
    fn of_window(window: &Window, axis: usize, o: usize) -> Self {
        let (place, dilation) = (o * window.stride[axis], window.dilation[axis]);
        let before = |end: usize| match dilation {
            1 => end.saturating_sub(place),
            dilation => end.saturating_sub(place).div_ceil(dilation),
        };
        let (padding, kernel) = (window.padding[axis], window.kernel[axis]);
        let (first, end) = (before(padding).min(kernel), before(padding + window.input[axis]).min(kernel));
        let pixel = (place + first * dilation).saturating_sub(padding);
        Self { pixel, count: end - first }
    }
}

/// Places of a sliding window that see all their taps.
fn whole_places(window: &Window, axis: usize) -> (Range<usize>, usize) {
    let (first, last) = (window.places(axis, 0), window.places(axis, window.kernel[axis] - 1));
    let (start, end) = (first.start.max(last.start), first.end.min(last.end));
    (start.min(end)..end, window.stride[axis])
}

/// A pool with a sliding window; how many taps count is its own.
macro_rules! sliding_windows {
    ($pool:ident, |$d:ident, $axis:ident, $o:ident| $counted:expr) => {
        impl Windows for $pool {
            fn channels(&self) -> usize {
                self.channels
            }
            fn input(&self) -> [usize; 2] {
                self.window.input
            }
            fn output(&self) -> [usize; 2] {
                self.window.output
            }
            fn kernel(&self) -> [usize; 2] {
                self.window.kernel
            }
            fn dilation(&self) -> [usize; 2] {
                self.window.dilation
            }
            fn span(&self, axis: usize, o: usize) -> Span {
                Span::of_window(&self.window, axis, o)
            }
            fn whole(&self, axis: usize) -> (Range<usize>, usize) {
                whole_places(&self.window, axis)
            }
            fn counted(&self, $axis: usize, $o: usize) -> usize {
                let $d = self;
                $counted
            }
        }
    };
}
sliding_windows!(MaxPool2d, |d, axis, o| d.span(axis, o).count);
sliding_windows!(AvgPool2d, |d, axis, o| AvgPool2d::counted(d, axis, o));

impl Windows for AdaptivePool2d {
    fn channels(&self) -> usize {
        self.channels
    }
    fn input(&self) -> [usize; 2] {
        self.input
    }
    fn output(&self) -> [usize; 2] {
        self.output
    }
    fn kernel(&self) -> [usize; 2] {
        self.longest_part()
    }
    fn dilation(&self) -> [usize; 2] {
        [1, 1]
    }
    fn span(&self, axis: usize, o: usize) -> Span {
        let part = self.part(axis, o);
        Span { pixel: part.start, count: part.len() }
    }
    fn whole(&self, axis: usize) -> (Range<usize>, usize) {
        // Unless they divide the plane evenly, parts are not all of a size.
        let (input, output) = (self.input[axis], self.output[axis]);
        if input.is_multiple_of(output) { (0..output, input / output) } else { (0..0, 0) }
    }
    fn counted(&self, axis: usize, o: usize) -> usize {
        self.part(axis, o).len()
    }
}

impl AdaptivePool2d {
    /// No part is longer, along each axis: a pixel more than input/output where these do not divide, and perhaps two.
    pub(super) const fn longest_part(&self) -> [usize; 2] {
        let mut longest = [0, 0];
        let mut axis = 0;
        while axis < 2 {
            let mut o = 0;
            while o < self.output[axis] {
                let part = self.part(axis, o);
                if part.end - part.start > longest[axis] {
                    longest[axis] = part.end - part.start;
                }
                o += 1;
            }
            axis += 1;
        }
        longest
    }
}

/// The layouts that a pool works between.
pub(super) trait Layouts {
    /// The layout of `x`.
    fn x(&self) -> Blocked;
    /// The layout of `y`.
    fn y(&self) -> Blocked;
    /// What a block costs, in multiply-adds.
    fn cost(&self) -> usize {
        moves(self.x().block_pixels() + self.y().block_pixels())
    }
}

impl<P: Windows> Layouts for Haloed<P> {
    fn x(&self) -> Blocked {
        Blocked { channels: self.layer.channels(), plane: self.layer.input(), halo: self.x_halo }
    }
    fn y(&self) -> Blocked {
        Blocked { channels: self.layer.channels(), plane: self.layer.output(), halo: self.y_halo }
    }
}

/// The taps of a place that see a pixel: a rectangle, empty if its window sees nothing but padding.
#[derive(Clone, Copy)]
pub(super) struct Taps {
    /// The pixel of the block that the first sees.
    pub(super) pixel: usize,
    /// Pixels from one tap to that below and to that beside it.
    pub(super) step: [usize; 2],
    /// How many there are down and across.
    pub(super) count: [usize; 2],
    /// How many taps a mean counts.
    pub(super) counted: usize,
}

impl Taps {
    /// The pixels from the first tap of a row to its last: one check of bounds for all of them.
    #[inline(always)]
    pub(super) fn row(self, down: usize) -> Range<usize> {
        let first = self.pixel + down * self.step[0];
        first..first + (self.count[1] - 1) * self.step[1] + 1
    }

    /// The number of a tap: they are counted row by row, those that see padding not at all.
    #[inline(always)]
    pub(super) fn number(self, down: usize, across: usize) -> usize {
        down * self.count[1] + across
    }

    /// Whether there is none.
    #[inline(always)]
    pub(super) fn is_empty(self) -> bool {
        self.count[0] * self.count[1] == 0
    }
}

/// What a kernel does at each place of a block.
pub(super) trait OnPlace {
    /// Comes before the places of each row; what they see of `x` ends before row `end`. Comes last with the end of `x`.
    #[inline(always)]
    fn before_row(&mut self, _end: usize) {}

    /// What is done at `place` (row, column). Implementations are `#[inline(always)]`.
    fn place<S: Simd>(&mut self, simd: S, place: [usize; 2], taps: Taps);
}

/// Rows of a gradient that is a sum over places: they become zero right before the first place that adds to them, while
/// they come into the cache, unless the sum goes on from what is there.
pub(super) struct FreshRows {
    x: Blocked,
    /// Rows before this one are as they should be.
    cleared: usize,
}

impl FreshRows {
    pub(super) fn new(x: Blocked, write: Write) -> Self {
        let cleared = match write {
            Write::Overwrite => 0,
            Write::Accumulate => x.plane[0],
        };
        Self { x, cleared }
    }

    /// Makes zeros of the rows before `end` that are not yet.
    #[inline(always)]
    pub(super) fn clear_until(&mut self, end: usize, d_x: &mut [Pixel]) {
        for row in self.cleared..end {
            d_x[self.x.row(row)].fill([0.0; LINE]);
        }
        self.cleared = self.cleared.max(end);
    }
}

/// The places of a block, row by row.
pub(super) struct EachPlace<'a, P, V> {
    pub(super) d: &'a Haloed<P>,
    pub(super) on: V,
}

impl<P: Windows, V: OnPlace> Kernel for EachPlace<'_, P, V> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        let windows = &self.d.layer;
        let [rows, columns] = windows.output();
        let (whole, _) = windows.whole(1);
        for row in 0..rows {
            let down = windows.span(0, row);
            let end =
                if down.count == 0 { 0 } else { down.pixel + (down.count - 1) * windows.dilation()[0] + 1 };
            self.on.before_row(end);
            for column in (0..whole.start).chain(whole.end..columns) {
                let taps = self.taps(row, down, windows.span(1, column), windows.counted(1, column));
                self.on.place(simd, [row, column], taps);
            }
            if !whole.is_empty() {
                self.whole_places(simd, row, down);
            }
        }
        self.on.before_row(windows.input()[0]);
    }
}

impl<P: Windows, V: OnPlace> EachPlace<'_, P, V> {
    /// The taps of a place in `row`.
    #[inline(always)]
    fn taps(&self, row: usize, down: Span, across: Span, counted_across: usize) -> Taps {
        let (x, windows) = (self.d.x(), &self.d.layer);
        let (width, [dilation_down, dilation_across]) = (x.padded()[1], windows.dilation());
        Taps {
            pixel: (x.halo[0] + down.pixel) * width + x.halo[1] + across.pixel,
            step: [dilation_down * width, dilation_across],
            count: [down.count, across.count],
            counted: windows.counted(0, row) * counted_across,
        }
    }

    /// The places of a row that see all their taps across.
    #[inline(always)]
    fn whole_places<S: Simd>(&mut self, simd: S, row: usize, down: Span) {
        let windows = &self.d.layer;
        let (whole, stride) = windows.whole(1);
        let first = self.taps(row, down, windows.span(1, whole.start), windows.counted(1, whole.start));
        // Told as constants, the usual windows have no loops.
        let constant = |size: usize| Taps { count: [size; 2], step: [first.step[0], 1], ..first };
        match (first.count, first.step[1]) {
            ([2, 2], 1) => self.run_of_places(simd, row, &whole, stride, constant(2)),
            ([3, 3], 1) => self.run_of_places(simd, row, &whole, stride, constant(3)),
            _ => self.run_of_places(simd, row, &whole, stride, first),
        }
    }

    #[inline(always)]
    fn run_of_places<S: Simd>(
        &mut self,
        simd: S,
        row: usize,
        columns: &Range<usize>,
        stride: usize,
        mut taps: Taps,
    ) {
        for column in columns.clone() {
            self.on.place(simd, [row, column], taps);
            taps.pixel += stride;
        }
    }
}
