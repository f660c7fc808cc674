//! Convolution of a network's input: few channels, NCHW without halo in, the layout of the network out.
//!
//! Sixteen lanes for one or three channels would mostly multiply zeros. So here the channels of x are planes, as they come,
//! and a tap is one number for each pixel:
//!
//! ```text
//! for each image                               padded into scratch, once
//!     for each block of y
//!         for each row of y
//!             for each tile of six pixels      the last one ends with the row, and may compute some pixels again
//!                 for c { for k {              one row of x
//!                     for l { for pixel in 0..6 {
//!                         sums[pixel][0..16] += x[c][row + k][STRIDE * pixel + l] * weight[c][k][l][0..16]
//!                 }}}}
//! ```
//!
//! Where a block has eight channels or fewer, a line holds those of two neighbouring pixels, beside weights that stand in
//! both halves; so such a block costs half as much.
//!
//! STRIDE is a constant, for those that first layers have: then the pixels of a tile are one address and constants. The
//! width of the kernel is none: if it were, the optimiser would see that pixels share numbers of x, keep these in registers
//! and have none left for sums (7 taps, 2 apart, came to two thirds of the speed). Other strides, and taps that are not
//! neighbours, take the same way with numbers for constants, and more time.

mod pooled;

pub use super::first_layer_weight::{backward_weight, backward_weight_lane_len, backward_weight_step_len};

pub use pooled::{FirstPooled, forward_max_pool, forward_max_pool_lane_len};

use super::Conv2d;
use super::epilogue::{Activation, BlockEpilogue, Epilogue};
use super::rows::RowsMut;
use super::tile::TILE;
use crate::blocked::{Blocked, Pixel};
use crate::memory::{LINE, Workspace};
use crate::parallel;
use crate::simd::{HALF, Kernel, Simd, on_best_unit};
use crate::view::{View, ViewMut};

/// A convolution from a network's input to images in the layout of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstConv2d {
    /// What is computed.
    pub conv: Conv2d,
    /// The halo of `y`.
    pub y_halo: [usize; 2],
}

impl FirstConv2d {
    /// The layout of `y`.
    #[must_use]
    pub const fn y(&self) -> Blocked {
        Blocked { channels: self.conv.out_channels, plane: self.conv.window.output, halo: self.y_halo }
    }

    /// Rows and columns of a plane of `x` with its padding.
    pub(super) const fn padded(&self) -> [usize; 2] {
        let window = &self.conv.window;
        [window.input[0] + 2 * window.padding[0], window.input[1] + 2 * window.padding[1]]
    }
}

/// Numbers of a weight as [`forward`] takes it.
#[must_use]
pub const fn prepared_len(d: &FirstConv2d) -> usize {
    d.y().blocks() * d.conv.patch_len() * LINE
}

/// Numbers of scratch that [`forward`] needs for each thread.
#[must_use]
pub const fn forward_lane_len(d: &FirstConv2d) -> usize {
    d.conv.in_channels * d.padded()[0] * d.padded()[1]
}

/// Packs a weight of shape (O, I, Kh, Kw) to (blocks of O, I, Kh, Kw, 16 of O), for [`forward`]; where there are eight of O
/// or fewer, twice.
///
/// # Panics
/// If a length is not what `d` tells, or `d` has groups.
pub fn prepare(d: &FirstConv2d, weight: &[f32], prepared: &mut [f32], _: Workspace) {
    assert_eq!(d.conv.groups, 1, "no groups in {d:?}");
    d.conv.assert_parameters(weight, None);
    assert_eq!(prepared.len(), prepared_len(d), "prepared weight of {d:?}");
    prepared.fill(0.0);
    let patch_len = d.conv.patch_len();
    let (lines, _) = prepared.as_chunks_mut::<LINE>();
    for (o, patch) in weight.chunks_exact(patch_len).enumerate() {
        let is_half = d.y().channels_of(o / LINE) <= HALF;
        for (line, number) in lines[o / LINE * patch_len..].iter_mut().zip(patch) {
            line[o % LINE] = *number;
            if is_half {
                line[o % LINE + HALF] = *number;
            }
        }
    }
}

/// The output `y` for each image of `x`, by the weight that [`prepare`] packed.
///
/// # Panics
/// If a length is not what `d` tells, `d` has groups, or the scratch is smaller than [`forward_lane_len`].
pub fn forward(
    d: &FirstConv2d,
    x: View,
    prepared: &[f32],
    epilogue: Epilogue,
    mut y: ViewMut,
    mut work: Workspace,
) {
    assert_eq!(d.conv.groups, 1, "no groups in {d:?}");
    assert_eq!((x.count(), x.image_len()), (y.count(), d.conv.input_len()), "images of {d:?}");
    assert_eq!(prepared.len(), prepared_len(d), "prepared weight of {d:?}");
    epilogue.assert_channels(d.conv.out_channels);
    work.assert_lanes(forward_lane_len(d));
    let (lanes, scratch) = work.lanes_for(y.count() * prepared.len() * d.conv.window.output_len());
    let rows = RowsMut::new(d.y(), &mut y);
    parallel::over(rows, scratch, lanes, &|rows: RowsMut, padded: &mut [f32]| {
        let padded = &mut padded[..forward_lane_len(d)];
        on_best_unit(Share { d, x, weight: prepared.as_chunks().0, epilogue, rows, padded });
    });
}

/// [`prepare`] and [`forward`] in one.
///
/// # Panics
/// As they do, or if the step's scratch is smaller than [`prepared_len`] tells.
pub fn train_forward(
    d: &FirstConv2d,
    x: View,
    weight: &[f32],
    bias: Option<&[f32]>,
    activation: Activation,
    y: ViewMut,
    mut work: Workspace,
) {
    let prepared = work.take_step(prepared_len(d));
    prepare(d, weight, prepared, work.reborrow());
    forward(d, x, prepared, Epilogue { activation, ..Epilogue::bias(bias) }, y, work);
}

/// Copies an image to the middle of its padding.
pub(super) fn pad(d: &FirstConv2d, x: &[f32], padded: &mut [f32]) {
    let (window, [height, width]) = (&d.conv.window, d.padded());
    padded.fill(0.0);
    for (x, padded) in x.chunks_exact(window.input_len()).zip(padded.chunks_exact_mut(height * width)) {
        let rows = padded.chunks_exact_mut(width).skip(window.padding[0]);
        for (x, row) in x.chunks_exact(window.input[1]).zip(rows) {
            row[window.padding[1]..][..x.len()].copy_from_slice(x);
        }
    }
}

/// Lines of a tile where the last of larger ones would compute more pixels again: enough sums still.
const FEWER: usize = 5;

/// One thread's share of the output.
struct Share<'a> {
    d: &'a FirstConv2d,
    x: View<'a>,
    weight: &'a [Pixel],
    epilogue: Epilogue<'a>,
    rows: RowsMut<'a>,
    padded: &'a mut [f32],
}

impl Kernel for Share<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { d, x, weight, epilogue, mut rows, padded } = self;
        let mut image = None;
        for block in 0..rows.blocks() {
            let y = rows.block(block);
            if image != Some(y.image) {
                let Some(x) = x.images().nth(y.image) else { unreachable!("as many images in as out") };
                pad(d, x, padded);
                image = Some(y.image);
            }
            d.y().clear_halo_of(y.rows.clone(), y.pixels);
            let patch_len = d.conv.patch_len();
            let block = Block {
                d,
                x: padded,
                weight: &weight[y.block * patch_len..(y.block + 1) * patch_len],
                finish: epilogue.of_block(simd, y.block),
            };
            let (first, layout) = (y.rows.start * d.y().padded()[1], d.y());
            for row in y.rows.start.max(layout.halo[0])..y.rows.end.min(layout.halo[0] + layout.plane[0]) {
                let row = row - layout.halo[0];
                let pixels = layout.row(row);
                let to = &mut y.pixels[pixels.start - first..pixels.end - first];
                dispatch_row(simd, &block, y.block, row, to);
            }
            d.y().clear_spare(y.block, y.pixels);
        }
    }
}

/// A row of the output, by the way that its stride has, and with two pixels in a line if these have room.
#[inline(always)]
fn dispatch_row<S: Simd>(simd: S, block: &Block<S>, index: usize, row: usize, y: &mut [Pixel]) {
    let window = &block.d.conv.window;
    let x = &block.x[row * window.stride[0] * block.d.padded()[1]..];
    let is_half = block.d.y().channels_of(index) <= HALF;
    match (window.stride[1], window.dilation[1]) {
        (1, 1) if is_half => block.row::<2>(simd, Neighbours::<1>, x, y),
        (1, 1) => block.row::<1>(simd, Neighbours::<1>, x, y),
        (2, 1) => block.row::<1>(simd, Neighbours::<2>, x, y),
        (4, 1) => block.row::<1>(simd, Neighbours::<4>, x, y),
        (stride, dilation) => block.row::<1>(simd, Any { stride, dilation }, x, y),
    }
}

/// A row of a kernel.
trait KernelRow: Copy {
    /// Adds to the sums of neighbouring pixels, the first of which sees `x` from its start on, what a row of x contributes.
    /// There are `R` lines of `P` pixels.
    fn add<S: Simd, const R: usize, const P: usize>(
        self,
        simd: S,
        x: &[f32],
        weight: &[Pixel],
        sums: &mut [S::Line; R],
    );
}

/// A number of x for each of the `P` pixels of a line, `stride` apart: one, or two for half of it each.
#[inline(always)]
fn spread<S: Simd, const P: usize>(simd: S, x: &[f32], at: usize, stride: usize) -> S::Line {
    match P {
        1 => simd.splat(x[at]),
        _ => simd.join(simd.splat_half(x[at]), simd.splat_half(x[at + stride])),
    }
}

/// Taps that are neighbours, `STRIDE` from pixel to pixel.
#[derive(Clone, Copy)]
struct Neighbours<const STRIDE: usize>;

impl<const STRIDE: usize> KernelRow for Neighbours<STRIDE> {
    #[inline(always)]
    fn add<S: Simd, const R: usize, const P: usize>(
        self,
        simd: S,
        x: &[f32],
        weight: &[Pixel],
        sums: &mut [S::Line; R],
    ) {
        for (x, weight) in x.windows(STRIDE * (R * P - 1) + 1).zip(weight) {
            let weight = simd.load(weight);
            for (line, sum) in sums.iter_mut().enumerate() {
                *sum = simd.mul_add(spread::<S, P>(simd, x, STRIDE * P * line, STRIDE), weight, *sum);
            }
        }
    }
}

/// Any other row.
#[derive(Clone, Copy)]
struct Any {
    stride: usize,
    dilation: usize,
}

impl KernelRow for Any {
    #[inline(always)]
    fn add<S: Simd, const R: usize, const P: usize>(
        self,
        simd: S,
        x: &[f32],
        weight: &[Pixel],
        sums: &mut [S::Line; R],
    ) {
        let Self { stride, dilation } = self;
        for (l, weight) in weight.iter().enumerate() {
            let weight = simd.load(weight);
            for (line, sum) in sums.iter_mut().enumerate() {
                let x = spread::<S, P>(simd, x, stride * P * line + dilation * l, stride);
                *sum = simd.mul_add(x, weight, *sum);
            }
        }
    }
}

/// What computes the pixels of a block of `y`.
struct Block<'a, S: Simd> {
    d: &'a FirstConv2d,
    /// A padded image.
    x: &'a [f32],
    weight: &'a [Pixel],
    finish: BlockEpilogue<S>,
}

impl<S: Simd> Block<'_, S> {
    /// A row of `y`, which sees `x` from its start on, in lines of `P` pixels.
    #[inline(always)]
    fn row<const P: usize>(&self, simd: S, kernel_row: impl KernelRow, x: &[f32], y: &mut [Pixel]) {
        let pixels = |lines: usize| y.len().div_ceil(lines * P) * lines;
        if y.len() < FEWER * P {
            self.tiles::<1, 1>(simd, kernel_row, x, y);
        } else if pixels(FEWER) < pixels(TILE) || y.len() < TILE * P {
            self.tiles::<FEWER, P>(simd, kernel_row, x, y);
        } else {
            self.tiles::<TILE, P>(simd, kernel_row, x, y);
        }
    }

    /// A row in tiles of `R` lines, which it has enough pixels for.
    #[inline(always)]
    fn tiles<const R: usize, const P: usize>(
        &self,
        simd: S,
        kernel_row: impl KernelRow,
        x: &[f32],
        y: &mut [Pixel],
    ) {
        let stride = self.d.conv.window.stride[1];
        let Some(last) = y.len().checked_sub(R * P) else { return };
        for tile in 0..y.len().div_ceil(R * P) {
            let pixel = last.min(tile * R * P);
            self.tile::<R, P>(simd, kernel_row, &x[stride * pixel..], &mut y[pixel..]);
        }
    }

    /// The first `R` lines of `P` pixels of `y`, the first of which sees `x` from its start on.
    #[inline(always)]
    fn tile<const R: usize, const P: usize>(
        &self,
        simd: S,
        kernel_row: impl KernelRow,
        x: &[f32],
        y: &mut [Pixel],
    ) {
        let (conv, [height, width]) = (&self.d.conv, self.d.padded());
        let mut sums = [simd.splat(0.0); R];
        let mut weight = self.weight.chunks_exact(conv.window.kernel[1]);
        for c in 0..conv.in_channels {
            for (k, weight) in weight.by_ref().take(conv.window.kernel[0]).enumerate() {
                let row = c * height + k * conv.window.dilation[0];
                kernel_row.add::<S, R, P>(simd, &x[row * width..], weight, &mut sums);
            }
        }
        for (sum, y) in sums.into_iter().zip(y.chunks_exact_mut(P)) {
            let line = self.finish.apply(simd, sum);
            match y {
                [pixel] => simd.store(line, pixel),
                // The other halves are spare lanes.
                pixels => {
                    for (half, pixel) in simd.halves(line).into_iter().zip(pixels) {
                        simd.store(simd.join(half, half), pixel);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
