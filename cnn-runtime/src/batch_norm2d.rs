//! Batch normalisation (Ioffe and Szegedy 2015): PyTorch's `BatchNorm2d`.
//!
//! y = (x − mean) / √(variance + eps) · weight + bias, for each channel. While training, mean and (biased) variance are
//! the batch's; the running statistics move towards its mean and *unbiased* variance. In inference they are the running
//! statistics.
//!
//! Sums run over the whole batch, in `f64`, each in the order of its pixels. Threads share out blocks of sixteen channels,
//! which stand side by side in the lanes; so no sum is split, and a block of all images is normalised while it is still in
//! the cache.

mod lines;
mod prepare;

pub(crate) use prepare::norm_parts;
pub use prepare::prepare;

use crate::Write;
use crate::blocked::over::{moves, over_blocks};
use crate::blocked::{Blocked, Operands, Pixel};
use crate::gemm::MatrixMut;
use crate::memory::{LINE, Workspace};
use crate::parallel::{self, Split};
use crate::simd::lane_sums;
use crate::view::{View, ViewMut};
use core::array::from_fn;
use core::ops::Range;
use lines::{Added, Gradient, Normalize, each_line};

/// A batch normalisation layer over (C, H, W) images.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatchNorm2d {
    /// Channels, each normalised by itself.
    pub channels: usize,
    /// Pixels of a plane.
    pub pixels: usize,
    /// Added to the variance.
    pub eps: f32,
    /// How far the running statistics move towards the newest batch's: 0 for not at all, 1 for all the way.
    pub momentum: f32,
}

/// What a number costs where sums are made of it first, in multiply-adds.
const SUM_COST: usize = 16;

/// The tensor's entry, or what stands for it in a layer without one.
fn entry(tensor: Option<&[f32]>, channel: usize, otherwise: f32) -> f32 {
    tensor.map_or(otherwise, |tensor| tensor[channel])
}

/// Moves a running statistic.
fn move_towards(running: &mut f32, value: f64, momentum: f32) {
    let momentum = f64::from(momentum);
    *running = ((1.0 - momentum) * f64::from(*running) + momentum * value) as f32;
}

/// A batch normalisation layer between images with halos.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BlockedBatchNorm2d<const N: usize> {
    /// What is computed.
    pub norm: BatchNorm2d,
    /// The images, in the order of the operands.
    pub images: Operands<N>,
}

impl<const N: usize> BlockedBatchNorm2d<N> {
    /// The contract: the operands are (count, length) of `count` images; the tensors have a number for each channel.
    fn assert_operands(&self, count: usize, operands: [(usize, usize); N], tensors: &[Option<&[f32]>]) {
        let images = &self.images;
        let sizes = (images.channels, images.plane[0] * images.plane[1]);
        assert_eq!(sizes, (self.norm.channels, self.norm.pixels), "images of {self:?}");
        for (layout, (images, len)) in images.layouts().iter().zip(operands) {
            assert_eq!(images, count, "as many images everywhere");
            layout.assert_image(len);
        }
        for tensor in tensors.iter().flatten() {
            assert_eq!(tensor.len(), images.channels, "numbers of a tensor of {self:?}");
        }
    }

    /// Numbers of a channel over all images.
    fn numbers(&self, count: usize) -> f64 {
        (count * self.norm.pixels) as f64
    }
}

/// 1 / √(variance + eps)
fn inverse_std(variance: f64, eps: f32) -> f64 {
    1.0 / libm::sqrt(variance + f64::from(eps))
}

/// Inference: normalises by the running statistics. The images are x and y.
///
/// # Panics
/// If a length is not what `d` tells.
#[allow(clippy::too_many_arguments)] // the layer's whole state
pub fn forward(
    d: &BlockedBatchNorm2d<2>,
    x: View<'_>,
    weight: Option<&[f32]>,
    bias: Option<&[f32]>,
    running_mean: &[f32],
    running_var: &[f32],
    y: ViewMut<'_>,
    work: Workspace<'_>,
) {
    let operands = [(x.count(), x.image_len()), (y.count(), y.image_len())];
    d.assert_operands(x.count(), operands, &[weight, bias, Some(running_mean), Some(running_var)]);
    let [from, to] = d.images.layouts();
    let cost = moves(from.block_pixels() + to.block_pixels());
    over_blocks(to.blocks(), cost, [from.read(x)], [to.written(y)], work, &|at, [x], [y]| {
        let constants = of_running(&d.norm, at.block, weight, bias, [running_mean, running_var]);
        each_line(Normalize, &constants, [(from, x)], (to, y));
    });
}

/// The constants of [`Normalize`] for a block in inference.
fn of_running(
    d: &BatchNorm2d,
    block: usize,
    weight: Option<&[f32]>,
    bias: Option<&[f32]>,
    [mean, var]: [&[f32]; 2],
) -> [Pixel; 3] {
    by_channel(d.channels, block, |channel| {
        let factor = entry(weight, channel, 1.0) * inverse_std(f64::from(var[channel]), d.eps) as f32;
        [mean[channel], factor, entry(bias, channel, 0.0)]
    })
}

/// Constants for each channel of a block; zeros in the lanes beyond the last.
fn by_channel<const K: usize>(
    channels: usize,
    block: usize,
    constants: impl Fn(usize) -> [f32; K],
) -> [Pixel; K] {
    let mut lines = [[0.0; LINE]; K];
    for (lane, channel) in (block * LINE..channels).take(LINE).enumerate() {
        for (line, constant) in lines.iter_mut().zip(constants(channel)) {
            line[lane] = constant;
        }
    }
    lines
}

/// Training: normalises by the batch, moves the running statistics, counts the batch, and leaves mean and 1/std of each
/// channel for [`backward`]: `work.saved[saved]` is all means, then all 1/std. The images are x and y.
///
/// A batch of no images changes nothing. For a batch of one number a channel, which PyTorch refuses, the unbiased variance
/// counts as 0.
///
/// # Panics
/// If a length is not what `d` tells.
#[allow(clippy::too_many_arguments)] // the layer's whole state
pub fn train_forward(
    d: &BlockedBatchNorm2d<2>,
    x: View<'_>,
    weight: Option<&[f32]>,
    bias: Option<&[f32]>,
    running_mean: &mut [f32],
    running_var: &mut [f32],
    batches_tracked: &mut [f32],
    saved: Range<usize>,
    mut y: ViewMut<'_>,
    mut work: Workspace<'_>,
) {
    let count = x.count();
    let operands = [(count, x.image_len()), (y.count(), y.image_len())];
    d.assert_operands(count, operands, &[weight, bias, Some(running_mean), Some(running_var)]);
    if count == 0 {
        return;
    }
    for batches in batches_tracked {
        *batches += 1.0;
    }
    let (means, inverse_stds) = core::mem::take(&mut work.saved)[saved].split_at_mut(d.norm.channels);
    let [from, to] = d.images.layouts();
    let part = Part::new(to, &mut y, [running_mean, running_var, means, inverse_stds]);
    let (lanes, scratch) = work.lanes_for(SUM_COST * count * from.len());
    parallel::over(part, scratch, lanes, &|mut part: Part<4>, _: &mut [f32]| {
        for (i, block) in part.blocks.clone().enumerate() {
            let statistics = statistics(d, x, block);
            for lane in 0..from.channels_of(block) {
                let (mean, squares) = (statistics[0][lane], statistics[1][lane]);
                let [running_mean, running_var, means, inverse_stds] =
                    part.tensors.each_mut().map(|tensor| &mut tensor[i * LINE + lane]);
                move_towards(running_mean, mean, d.norm.momentum);
                move_towards(running_var, squares / (d.numbers(count) - 1.0).max(1.0), d.norm.momentum);
                *means = mean as f32;
                *inverse_stds = inverse_std(squares / d.numbers(count), d.norm.eps) as f32;
            }
            let constants = by_channel(d.norm.channels, block, |channel| {
                let at = channel - block * LINE + i * LINE;
                let [_, _, means, inverse_stds] = &part.tensors;
                let factor = entry(weight, channel, 1.0) * inverse_stds[at];
                [means[at], factor, entry(bias, channel, 0.0)]
            });
            for image in 0..count {
                let x = from.block_of(x, image, block);
                each_line(Normalize, &constants, [(from, x)], (to, part.block(image, i)));
            }
        }
    });
}

/// The mean and the sum of the squared distances from it, of each channel of a block over all images.
///
/// One pass over the numbers less one of them, so that what is squared is no larger than they are spread (Chan, Golub
/// and `LeVeque` 1983, *Algorithms for Computing the Sample Variance*).
fn statistics(d: &BlockedBatchNorm2d<2>, x: View<'_>, block: usize) -> [[f64; LINE]; 2] {
    let [layout, _] = d.images.layouts();
    let first = layout.row(0).start;
    let origin = layout.block_of(x, 0, block).as_chunks::<LINE>().0[first].map(f64::from);
    let rows = rows(&layout, x, block).map(|row| [row]);
    let [sums, squares] = lane_sums(rows, |lane, [x]| {
        let distance = f64::from(x) - origin[lane];
        [distance, distance * distance]
    });
    let count = d.numbers(x.count());
    // Rounding can make a square negative; NaN stays.
    let not_negative = |x: f64| if x < 0.0 { 0.0 } else { x };
    [
        from_fn(|lane| origin[lane] + sums[lane] / count),
        from_fn(|lane| not_negative(squares[lane] - sums[lane] * sums[lane] / count)),
    ]
}

/// The rows of a block, of all images.
fn rows<'a>(layout: &Blocked, images: View<'a>, block: usize) -> impl Iterator<Item = &'a [Pixel]> {
    (0..images.count()).flat_map(move |image| {
        let (pixels, _) = layout.block_of(images, image, block).as_chunks::<LINE>();
        (0..layout.plane[0]).map(move |row| &pixels[layout.row(row)])
    })
}

/// All gradients, from the batch and from what [`train_forward`] left in `work.saved[saved]`. The images are x, `d_y` and
/// `d_x`.
///
/// With x̂ = (x − mean) / std: `d_bias` = Σ `d_y`, `d_weight` = Σ `d_y` · x̂, and
/// `d_x` = weight / std · (`d_y` − (`d_bias` + x̂ · `d_weight`) / M) over the M numbers of a channel.
///
/// # Panics
/// If a length is not what `d` tells.
#[allow(clippy::too_many_arguments)] // the layer's whole state
pub fn backward(
    d: &BlockedBatchNorm2d<3>,
    x: View<'_>,
    d_y: View<'_>,
    weight: Option<&[f32]>,
    saved: Range<usize>,
    mut d_x: ViewMut<'_>,
    write: Write,
    d_weight: Option<&mut [f32]>,
    d_bias: Option<&mut [f32]>,
    mut work: Workspace<'_>,
) {
    let count = x.count();
    let operands = [(count, x.image_len()), (d_y.count(), d_y.image_len()), (d_x.count(), d_x.image_len())];
    d.assert_operands(count, operands, &[weight, d_weight.as_deref(), d_bias.as_deref()]);
    let (means, inverse_stds) = core::mem::take(&mut work.saved)[saved].split_at(d.norm.channels);
    let [of_x, of_d_y, of_d_x] = d.images.layouts();
    let part = Part::new(of_d_x, &mut d_x, [d_weight.unwrap_or(&mut []), d_bias.unwrap_or(&mut [])]);
    let (lanes, scratch) = work.lanes_for(SUM_COST * count * of_x.len());
    parallel::over(part, scratch, lanes, &|mut part: Part<2>, _: &mut [f32]| {
        for (i, block) in part.blocks.clone().enumerate() {
            let [mean] = by_channel(d.norm.channels, block, |channel| [means[channel]]);
            let rows = rows(&of_x, x, block).zip(rows(&of_d_y, d_y, block)).map(|(x, d_y)| [x, d_y]);
            let [sums, mut dots] = lane_sums(rows, |lane, [x, d_y]| {
                [f64::from(d_y), f64::from(d_y) * f64::from(x - mean[lane])]
            });
            for lane in 0..of_x.channels_of(block) {
                dots[lane] *= f64::from(inverse_stds[block * LINE + lane]);
                for (tensor, total) in part.tensors.iter_mut().zip([dots[lane], sums[lane]]) {
                    if let Some(number) = tensor.get_mut(i * LINE + lane) {
                        *number = total as f32;
                    }
                }
            }
            let numbers = d.numbers(count);
            let constants = by_channel(d.norm.channels, block, |channel| {
                let (lane, inverse_std) = (channel % LINE, inverse_stds[channel]);
                let slope = f64::from(inverse_std) * dots[lane] / numbers;
                let factor = entry(weight, channel, 1.0) * inverse_std;
                [means[channel], factor, (sums[lane] / numbers) as f32, slope as f32]
            });
            for image in 0..count {
                let read =
                    [(of_x, of_x.block_of(x, image, block)), (of_d_y, of_d_y.block_of(d_y, image, block))];
                let written = (of_d_x, part.block(image, i));
                match write {
                    Write::Overwrite => each_line(Gradient, &constants, read, written),
                    Write::Accumulate => each_line(Added(Gradient), &constants, read, written),
                }
            }
        }
    });
}

/// Some blocks of channels: what one thread works on.
struct Part<'a, const T: usize> {
    /// Of the images that are written.
    layout: Blocked,
    blocks: Range<usize>,
    /// These blocks of all images: images × numbers.
    written: MatrixMut<'a>,
    /// A number for each channel of these blocks; empty where the layer has no such tensor.
    tensors: [&'a mut [f32]; T],
}

impl<'a, const T: usize> Part<'a, T> {
    /// All blocks.
    fn new(layout: Blocked, images: &'a mut ViewMut<'_>, tensors: [&'a mut [f32]; T]) -> Self {
        let (count, stride) = (images.count(), images.stride());
        let written = MatrixMut::strided(images.numbers_mut(), count, layout.len(), stride);
        Self { layout, blocks: 0..layout.blocks(), written, tensors }
    }

    /// An image's block number `i` of the part.
    fn block(&mut self, image: usize, i: usize) -> &mut [f32] {
        let len = self.layout.block_len();
        &mut self.written.row_mut(image)[i * len..(i + 1) * len]
    }
}

impl<const T: usize> Split for Part<'_, T> {
    fn units(&self) -> usize {
        self.blocks.len()
    }

    fn cut(self, middle: usize) -> (Self, Self) {
        let Self { layout, blocks, written, tensors } = self;
        let (blocks_a, blocks_b) = blocks.cut(middle);
        let (written_a, written_b) = written.split_cols(middle * layout.block_len());
        let mut halves = tensors.map(|tensor| tensor.split_at_mut((middle * LINE).min(tensor.len())));
        let tensors_a = halves.each_mut().map(|(a, _)| core::mem::take(a));
        let tensors_b = halves.map(|(_, b)| b);
        (
            Self { layout, blocks: blocks_a, written: written_a, tensors: tensors_a },
            Self { layout, blocks: blocks_b, written: written_b, tensors: tensors_b },
        )
    }
}

#[cfg(test)]
mod tests;
