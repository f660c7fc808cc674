//! The forward pass of a fully connected layer with the images in the lanes.
//!
//! The simple way, for each image m: `for o { for k { y[m][o] += weight[o][k] * x[m][k] } }`. Here sixteen images stand in
//! the lanes of a line, so that a weight, read where it stands, is broadcast to all of them:
//!
//! ```text
//! for each 32 images
//!     xt[k][m] = x[m][k]                                transposed once: two lines for each k
//!     for each K-block of KC                            its lines of xt stay in a core's own cache
//!         for each MR = 6 outputs                       6 runs of KC weights, read in order
//!             for each line of 16 images                6 × 16 sums in registers
//!                 for k { for o { sum[o] += weight[o][k] * xt[k] } }
//!     y[m][o] = yt[o][m] + bias[o]
//! ```
//!
//! Up to eight images take half a line. The weight is the large operand. It is neither copied nor transposed, and it comes from memory once for 32 images.

use super::Linear;
use crate::memory::{LINE, Workspace};
use crate::parallel::{self, Records};
use crate::simd::{HALF, Kernel, Simd, on_best_unit};
use crate::view::{View, ViewMut};
use core::array::from_fn;
use core::ops::Range;

/// Images at a time: two lines.
const IMAGES: usize = 2 * LINE;
/// Outputs of a tile.
const MR: usize = 6;
/// Weights of a run: KC lines of two are 128 KiB.
const KC: usize = 1024;

/// Numbers of scratch that [`forward`] needs for the step: all inputs and outputs of 32 images, transposed.
pub(super) const fn step_len(d: &Linear) -> usize {
    (d.in_features + d.out_features) * IMAGES
}

/// `y = x weightᵀ + bias`.
pub(super) fn forward(
    d: &Linear,
    x: View,
    weight: &[f32],
    bias: Option<&[f32]>,
    mut y: ViewMut,
    mut work: Workspace,
) {
    let scratch = &mut core::mem::take(&mut work.step_scratch)[..step_len(d)];
    for first in (0..x.count()).step_by(IMAGES) {
        let images = first..x.count().min(first + IMAGES);
        let width = if images.len() <= HALF { HALF } else { images.len().next_multiple_of(LINE) };
        let (xt, yt) = scratch.split_at_mut(IMAGES * d.in_features);
        let (xt, yt) = (&mut xt[..width * d.in_features], &mut yt[..width * d.out_features]);
        transpose(x, images.clone(), xt, width);
        let xt = &*xt;

        let (lanes, scratch) = work.lanes_for(width * d.weight_len());
        let parts = (0..d.out_features, Records::new(&mut *yt, width));
        parallel::over(parts, scratch, lanes, &|(outputs, yt): (Range<usize>, Records<&mut [f32]>), _| {
            let weight = &weight[outputs.start * d.in_features..outputs.end * d.in_features];
            on_best_unit(Tiles { weight, depth: d.in_features, xt, yt: yt.items(), width });
        });

        let (_, outputs) = y.reborrow().split_at(first);
        let (mut outputs, _) = outputs.split_at(images.len());
        for (image, y) in outputs.images_mut().enumerate() {
            for (y, images) in y.iter_mut().zip(yt.chunks_exact(width)) {
                *y = images[image];
            }
            if let Some(bias) = bias {
                y.iter_mut().zip(bias).for_each(|(y, bias)| *y += bias);
            }
        }
    }
}

/// `xt[k]` becomes the numbers k of all images, and zeros where there are no more images.
fn transpose(x: View, images: Range<usize>, xt: &mut [f32], width: usize) {
    xt.fill(0.0);
    for (lane, image) in images.enumerate() {
        for (xt, x) in xt.chunks_exact_mut(width).zip(x.image(image)) {
            xt[lane] = *x;
        }
    }
}

/// Some outputs of all images that are in the lanes.
struct Tiles<'a> {
    /// Outputs × depth.
    weight: &'a [f32],
    depth: usize,
    /// Depth × images.
    xt: &'a [f32],
    /// Outputs × images.
    yt: &'a mut [f32],
    /// Half a line of images, or whole lines.
    width: usize,
}

impl Kernel for Tiles<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { weight, depth, xt, yt, width } = self;
        yt.fill(0.0);
        for first in (0..depth).step_by(KC) {
            let ks = first..depth.min(first + KC);
            let xt = &xt[ks.start * width..ks.end * width];
            let mut rows = weight.chunks_exact(depth).map(|row| &row[ks.clone()]);
            for yt in yt.chunks_mut(MR * width) {
                if yt.len() == MR * width {
                    let rows = from_fn(|_| rows.next().unwrap_or_default());
                    some_outputs::<S, MR>(simd, rows, xt, yt, width);
                } else {
                    for yt in yt.chunks_exact_mut(width) {
                        some_outputs::<S, 1>(simd, [rows.next().unwrap_or_default()], xt, yt, width);
                    }
                }
            }
        }
    }
}

/// Adds a K-block to `R` outputs of all images.
#[inline(always)]
fn some_outputs<S: Simd, const R: usize>(
    simd: S,
    rows: [&[f32]; R],
    xt: &[f32],
    yt: &mut [f32],
    width: usize,
) {
    if width == HALF {
        few_images(simd, rows, xt.as_chunks().0, yt.as_chunks_mut().0);
    } else {
        tile(simd, rows, xt.as_chunks().0, yt.as_chunks_mut().0, width / LINE);
    }
}

/// With the images in half a line: even and odd k have sums of their own, or there would be too few to hide how long a
/// multiply-add takes.
#[inline(always)]
fn few_images<S: Simd, const R: usize>(
    simd: S,
    rows: [&[f32]; R],
    xt: &[[f32; HALF]],
    yt: &mut [[f32; HALF]],
) {
    let rows = rows.map(|row| row[..xt.len()].as_chunks::<2>());
    let (pairs, last) = xt.as_chunks::<2>();
    let mut sums = [[simd.splat_half(0.0); 2]; R];
    for (k, pair) in pairs.iter().enumerate() {
        let pair = pair.each_ref().map(|x| simd.load_half(x));
        for (sums, (weights, _)) in sums.iter_mut().zip(&rows) {
            for (sum, (weight, x)) in sums.iter_mut().zip(weights[k].iter().zip(pair)) {
                *sum = simd.mul_add_half(simd.splat_half(*weight), x, *sum);
            }
        }
    }
    for ((y, [even, odd]), (_, weights)) in yt.iter_mut().zip(sums).zip(rows) {
        let mut sum = simd.add_half(even, odd);
        for (weight, x) in weights.iter().zip(last) {
            sum = simd.mul_add_half(simd.splat_half(*weight), simd.load_half(x), sum);
        }
        simd.store_half(simd.add_half(simd.load_half(y), sum), y);
    }
}

/// With the images in whole lines.
#[inline(always)]
fn tile<S: Simd, const R: usize>(
    simd: S,
    rows: [&[f32]; R],
    xt: &[[f32; LINE]],
    yt: &mut [[f32; LINE]],
    lines: usize,
) {
    for line in 0..lines {
        let mut sums = [simd.splat(0.0); R];
        for (r, sum) in sums.iter_mut().enumerate() {
            *sum = simd.load(&yt[r * lines + line]);
        }
        let len = xt.len() / lines;
        let rows = rows.map(|row| &row[..len]);
        for (k, x) in xt.iter().skip(line).step_by(lines).enumerate() {
            let x = simd.load(x);
            for (sum, row) in sums.iter_mut().zip(&rows) {
                *sum = simd.mul_add(simd.splat(row[k]), x, *sum);
            }
        }
        for (r, sum) in sums.into_iter().enumerate() {
            simd.store(sum, &mut yt[r * lines + line]);
        }
    }
}
