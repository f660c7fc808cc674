//! The first layer and the max-pool behind it in one: what lies between is the largest tensor of most networks.
//!
//! ```text
//! for each image, for each block of y
//!     for each row of y
//!         the rows of the convolution that its windows see and that are not there yet   a few, in the first-level cache
//!         the largest of each window
//! ```

use super::{Block, FirstConv2d, dispatch_row, forward_lane_len, pad, prepared_len};
use crate::blocked::{Blocked, Pixel};
use crate::conv2d::epilogue::Epilogue;
use crate::conv2d::rows::{BlockRows, RowsMut};
use crate::memory::{LINE, Workspace};
use crate::parallel;
use crate::simd::{Kernel, Simd, on_best_unit};
use crate::view::{View, ViewMut};
use crate::window::Window;
use core::ops::Range;

/// A first layer and a max-pool whose taps are neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstPooled {
    /// The convolution; nothing stands in the layout of its output.
    pub first: FirstConv2d,
    /// What slides over its output.
    pub pool: Window,
    /// The halo of `y`.
    pub y_halo: [usize; 2],
}

impl FirstPooled {
    /// The layout of `y`.
    #[must_use]
    pub const fn y(&self) -> Blocked {
        Blocked { channels: self.first.conv.out_channels, plane: self.pool.output, halo: self.y_halo }
    }

    /// The rows or columns of the convolution that a window sees.
    fn seen(&self, axis: usize, place: usize) -> Range<usize> {
        let Window { input, kernel, stride, padding, .. } = self.pool;
        let (first, padding) = (place * stride[axis], padding[axis]);
        first.saturating_sub(padding)..(first + kernel[axis]).saturating_sub(padding).min(input[axis])
    }

    /// Pixels of the rows of the convolution that stay.
    const fn rows_len(&self) -> usize {
        self.pool.kernel[0] * self.pool.input[1]
    }
}

/// Numbers of scratch that [`forward_max_pool`] needs for each thread.
#[must_use]
pub const fn forward_max_pool_lane_len(d: &FirstPooled) -> usize {
    forward_lane_len(&d.first) + d.rows_len() * LINE
}

/// The output `y` for each image of `x`, by a weight that [`prepare`](super::prepare) has packed for the convolution. The
/// epilogue is what stands between convolution and pool.
///
/// # Panics
/// If a length is not what `d` tells, `d` has groups, the pool does not take the convolution's output or its taps are not
/// neighbours, or the scratch is smaller than [`forward_max_pool_lane_len`].
pub fn forward_max_pool(
    d: &FirstPooled,
    x: View,
    prepared: &[f32],
    epilogue: Epilogue,
    mut y: ViewMut,
    mut work: Workspace,
) {
    let conv = &d.first.conv;
    assert_eq!(conv.groups, 1, "no groups in {d:?}");
    assert_eq!((d.pool.input, d.pool.dilation), (conv.window.output, [1, 1]), "the pool of {d:?}");
    assert_eq!((x.count(), x.image_len()), (y.count(), conv.input_len()), "images of {d:?}");
    assert_eq!(prepared.len(), prepared_len(&d.first), "prepared weight of {d:?}");
    epilogue.assert_channels(conv.out_channels);
    work.assert_lanes(forward_max_pool_lane_len(d));
    let (lanes, scratch) = work.lanes_for(y.count() * prepared.len() * conv.window.output_len());
    let rows = RowsMut::new(d.y(), &mut y);
    parallel::over(rows, scratch, lanes, &|rows: RowsMut, scratch: &mut [f32]| {
        let (padded, scratch) = scratch.split_at_mut(forward_lane_len(&d.first));
        let sums = &mut scratch[..d.rows_len() * LINE];
        let (weight, sums) = (prepared.as_chunks().0, sums.as_chunks_mut().0);
        on_best_unit(Share { d, x, weight, epilogue, rows, padded, sums });
    });
}

/// One thread's share of the output.
struct Share<'a> {
    d: &'a FirstPooled,
    x: View<'a>,
    weight: &'a [Pixel],
    epilogue: Epilogue<'a>,
    rows: RowsMut<'a>,
    padded: &'a mut [f32],
    /// The newest rows of the convolution: row r stands at r modulo the height of the pool's window.
    sums: &'a mut [Pixel],
}

impl Kernel for Share<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { d, x, weight, epilogue, mut rows, padded, sums } = self;
        let patch_len = d.first.conv.patch_len();
        let mut image = None;
        for block in 0..rows.blocks() {
            let mut y = rows.block(block);
            if image != Some(y.image) {
                pad(&d.first, x.image(y.image), padded);
                image = Some(y.image);
            }
            d.y().clear_halo_of(y.rows.clone(), y.pixels);
            let block = Block {
                d: &d.first,
                x: padded,
                weight: &weight[y.block * patch_len..(y.block + 1) * patch_len],
                finish: epilogue.of_block(simd, y.block),
            };
            rows_of_block(simd, d, &block, &mut y, sums);
            d.y().clear_spare(y.block, y.pixels);
        }
    }
}

#[inline(always)]
fn rows_of_block<S: Simd>(simd: S, d: &FirstPooled, block: &Block<S>, y: &mut BlockRows, sums: &mut [Pixel]) {
    let ([height, width], layout) = ([d.pool.kernel[0], d.pool.input[1]], d.y());
    let first = y.rows.start * layout.padded()[1];
    let mut next = 0;
    for row in y.rows.start.max(layout.halo[0])..y.rows.end.min(layout.halo[0] + layout.plane[0]) {
        let row = row - layout.halo[0];
        let seen = d.seen(0, row);
        for row in seen.start.max(next)..seen.end {
            dispatch_row(simd, block, y.block, row, &mut sums[row % height * width..][..width]);
        }
        next = seen.end;
        let pixels = layout.row(row);
        for (column, to) in y.pixels[pixels.start - first..pixels.end - first].iter_mut().enumerate() {
            let columns = d.seen(1, column);
            let mut largest = simd.splat(f32::NEG_INFINITY);
            for row in seen.clone() {
                for pixel in &sums[row % height * width..][columns.clone()] {
                    largest = simd.larger(simd.load(pixel), largest);
                }
            }
            simd.store(largest, to);
        }
    }
}
