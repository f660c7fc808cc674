//! Batch normalisation (Ioffe and Szegedy 2015): PyTorch's `BatchNorm2d`.
//!
//! y = (x − mean) / √(variance + eps) · weight + bias, for each channel. While training, mean and (biased) variance are
//! the batch's; the running statistics move towards its mean and *unbiased* variance. In inference they are the running
//! statistics.
//!
//! Sums run over the whole batch, in `f64`. Threads share out the channels, so that no sum is split, and each channel is
//! normalised while it is still in the cache.

mod prepare;

pub(crate) use prepare::norm_parts;
pub use prepare::prepare;

use crate::Write;
use crate::elementwise::{self, Added, MOVE_COST, Pointwise};
use crate::gemm::MatrixMut;
use crate::memory::Workspace;
use crate::parallel::{self, Split};
use crate::simd::sums;
use crate::view::{View, ViewMut};
use core::ops::Range;

pub mod blocked;

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

impl BatchNorm2d {
    /// The contract: the operands are (count, length) of `count` images; the tensors have a number for each channel.
    fn assert_operands(&self, count: usize, operands: &[(usize, usize)], tensors: &[Option<&[f32]>]) {
        let image = (count, self.channels * self.pixels);
        assert!(operands.iter().all(|operand| *operand == image), "{count} images of {self:?}: {operands:?}");
        for tensor in tensors.iter().flatten() {
            assert_eq!(tensor.len(), self.channels, "numbers of a tensor of {self:?}");
        }
    }

    /// A channel of each image.
    fn planes<'a>(&self, images: View<'a>, channel: usize) -> impl Iterator<Item = &'a [f32]> {
        let plane = channel * self.pixels..(channel + 1) * self.pixels;
        images.images().map(move |image| &image[plane.clone()])
    }

    /// The mean and the sum of the squared distances from it, over a channel of all images.
    ///
    /// One pass over the numbers less one of them, so that what is squared is no larger than they are spread (Chan, Golub
    /// and `LeVeque` 1983, *Algorithms for Computing the Sample Variance*).
    fn statistics(&self, x: View<'_>, channel: usize) -> (f64, f64) {
        let origin = f64::from(x.numbers()[channel * self.pixels]);
        let [sum, squares] = sums(self.planes(x, channel).map(|plane| [plane]), |[x]| {
            let distance = f64::from(x) - origin;
            [distance, distance * distance]
        });
        let count = (x.count() * self.pixels) as f64;
        let squares = squares - sum * sum / count;
        // Rounding can make it negative; NaN stays.
        (origin + sum / count, if squares < 0.0 { 0.0 } else { squares })
    }
}

/// The tensor's entry, or what stands for it in a layer without one.
fn entry(tensor: Option<&[f32]>, channel: usize, otherwise: f32) -> f32 {
    tensor.map_or(otherwise, |tensor| tensor[channel])
}

/// y = (x − mean) · factor + bias
#[derive(Clone, Copy)]
struct Normalize {
    mean: f32,
    factor: f32,
    bias: f32,
}

impl Pointwise<1> for Normalize {
    const COST: usize = MOVE_COST;
    #[allow(clippy::inline_always)] // it must take on the instruction set of the loop
    #[inline(always)]
    fn value(self, [x]: [f32; 1], _y: f32) -> f32 {
        (x - self.mean) * self.factor + self.bias
    }
}

/// Inference: normalises by the running statistics.
///
/// # Panics
/// If a length is not what `d` tells.
#[allow(clippy::too_many_arguments)] // the layer's whole state
pub fn forward(
    d: &BatchNorm2d,
    x: View<'_>,
    weight: Option<&[f32]>,
    bias: Option<&[f32]>,
    running_mean: &[f32],
    running_var: &[f32],
    y: ViewMut<'_>,
    work: Workspace<'_>,
) {
    let operands = [(x.count(), x.image_len()), (y.count(), y.image_len())];
    d.assert_operands(x.count(), &operands, &[weight, bias, Some(running_mean), Some(running_var)]);
    elementwise::over_runs(d.pixels, MOVE_COST, [x], y, work, &|run, [x], y| {
        for (channel, (x, y)) in run.units.zip(x.chunks(d.pixels).zip(y.chunks_mut(d.pixels))) {
            let inverse_std = 1.0 / libm::sqrt(f64::from(running_var[channel]) + f64::from(d.eps));
            let normalize = Normalize {
                mean: running_mean[channel],
                factor: entry(weight, channel, 1.0) * inverse_std as f32,
                bias: entry(bias, channel, 0.0),
            };
            elementwise::apply(normalize, [x], y);
        }
    });
}

/// Training: normalises by the batch, moves the running statistics, counts the batch, and leaves mean and 1/std of each
/// channel for [`backward`]: `work.saved[saved]` is all means, then all 1/std.
///
/// A batch of no images changes nothing. For a batch of one number a channel, which PyTorch refuses, the unbiased variance
/// counts as 0.
///
/// # Panics
/// If a length is not what `d` tells.
#[allow(clippy::too_many_arguments)] // the layer's whole state
pub fn train_forward(
    d: &BatchNorm2d,
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
    let (count, image_len) = (x.count(), x.image_len());
    let operands = [(count, image_len), (y.count(), y.image_len())];
    d.assert_operands(count, &operands, &[weight, bias, Some(running_mean), Some(running_var)]);
    if count == 0 {
        return;
    }
    for batches in batches_tracked {
        *batches += 1.0;
    }
    let (means, inverse_stds) = core::mem::take(&mut work.saved)[saved].split_at_mut(d.channels);
    let y_stride = y.stride();
    let part = Part {
        d,
        channels: 0..d.channels,
        written: MatrixMut::strided(y.numbers_mut(), count, image_len, y_stride),
        tensors: [running_mean, running_var, means, inverse_stds],
    };
    let (lanes, scratch) = work.lanes_for(SUM_COST * count * image_len);
    parallel::over(part, scratch, lanes, &|mut part: Part<4>, _: &mut [f32]| {
        for (i, channel) in part.channels.clone().enumerate() {
            let numbers = (count * d.pixels) as f64;
            let (mean, squares) = d.statistics(x, channel);
            let inverse_std = 1.0 / libm::sqrt(squares / numbers + f64::from(d.eps));
            let [running_mean, running_var, means, inverse_stds] = &mut part.tensors;
            move_towards(&mut running_mean[i], mean, d.momentum);
            move_towards(&mut running_var[i], squares / (numbers - 1.0).max(1.0), d.momentum);
            means[i] = mean as f32;
            inverse_stds[i] = inverse_std as f32;
            let factor = entry(weight, channel, 1.0) * inverse_stds[i];
            let normalize = Normalize { mean: means[i], factor, bias: entry(bias, channel, 0.0) };
            for (image, x) in d.planes(x, channel).enumerate() {
                elementwise::apply(normalize, [x], part.plane(image, i));
            }
        }
    });
}

/// Moves a running statistic.
fn move_towards(running: &mut f32, value: f64, momentum: f32) {
    let momentum = f64::from(momentum);
    *running = ((1.0 - momentum) * f64::from(*running) + momentum * value) as f32;
}

/// All gradients, from the batch and from what [`train_forward`] left in `work.saved[saved]`.
///
/// With x̂ = (x − mean) / std: `d_bias` = Σ `d_y`, `d_weight` = Σ `d_y` · x̂, and
/// `d_x` = weight / std · (`d_y` − (`d_bias` + x̂ · `d_weight`) / M) over the M numbers of a channel.
///
/// # Panics
/// If a length is not what `d` tells.
#[allow(clippy::too_many_arguments)] // the layer's whole state
pub fn backward(
    d: &BatchNorm2d,
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
    let (count, image_len) = (x.count(), x.image_len());
    let operands = [(count, image_len), (d_y.count(), d_y.image_len()), (d_x.count(), d_x.image_len())];
    d.assert_operands(count, &operands, &[weight, d_weight.as_deref(), d_bias.as_deref()]);
    let (means, inverse_stds) = core::mem::take(&mut work.saved)[saved].split_at(d.channels);
    let d_x_stride = d_x.stride();
    let part = Part {
        d,
        channels: 0..d.channels,
        written: MatrixMut::strided(d_x.numbers_mut(), count, image_len, d_x_stride),
        tensors: [d_weight.unwrap_or(&mut []), d_bias.unwrap_or(&mut [])],
    };
    let (lanes, scratch) = work.lanes_for(SUM_COST * count * image_len);
    parallel::over(part, scratch, lanes, &|mut part: Part<2>, _: &mut [f32]| {
        for (i, channel) in part.channels.clone().enumerate() {
            let (mean, inverse_std) = (means[channel], inverse_stds[channel]);
            let planes = || d.planes(x, channel).zip(d.planes(d_y, channel)).map(|(x, d_y)| [x, d_y]);
            let [sum, dot] =
                sums(planes(), |[x, d_y]| [f64::from(d_y), f64::from(d_y) * f64::from(x - mean)]);
            let dot = dot * f64::from(inverse_std);
            for (tensor, total) in part.tensors.iter_mut().zip([dot, sum]) {
                if let Some(number) = tensor.get_mut(i) {
                    *number = total as f32;
                }
            }
            let numbers = (count * d.pixels) as f64;
            let gradient = Gradient {
                mean,
                factor: entry(weight, channel, 1.0) * inverse_std,
                mean_d_y: (sum / numbers) as f32,
                slope: (f64::from(inverse_std) * dot / numbers) as f32,
            };
            for (image, planes) in planes().enumerate() {
                let d_x = part.plane(image, i);
                match write {
                    Write::Overwrite => elementwise::apply(gradient, planes, d_x),
                    Write::Accumulate => elementwise::apply(Added(gradient), planes, d_x),
                }
            }
        }
    });
}

/// `d_x` = factor · (`d_y` − `mean_d_y` − (x − mean) · slope)
#[derive(Clone, Copy)]
struct Gradient {
    mean: f32,
    factor: f32,
    mean_d_y: f32,
    slope: f32,
}

impl Pointwise<2> for Gradient {
    const COST: usize = MOVE_COST;
    #[allow(clippy::inline_always)] // it must take on the instruction set of the loop
    #[inline(always)]
    fn value(self, [x, d_y]: [f32; 2], _d_x: f32) -> f32 {
        self.factor * (d_y - self.mean_d_y - (x - self.mean) * self.slope)
    }
}

/// Some channels of the layer: what one thread works on.
struct Part<'a, const T: usize> {
    d: &'a BatchNorm2d,
    channels: Range<usize>,
    /// These channels of all images: images × numbers.
    written: MatrixMut<'a>,
    /// A number for each of these channels; empty where the layer has no such tensor.
    tensors: [&'a mut [f32]; T],
}

impl<const T: usize> Part<'_, T> {
    /// An image's plane of the part's channel number `i`.
    fn plane(&mut self, image: usize, i: usize) -> &mut [f32] {
        &mut self.written.row_mut(image)[i * self.d.pixels..(i + 1) * self.d.pixels]
    }
}

impl<const T: usize> Split for Part<'_, T> {
    fn units(&self) -> usize {
        self.channels.len()
    }

    fn cut(self, middle: usize) -> (Self, Self) {
        let Self { d, channels, written, tensors } = self;
        let (channels_a, channels_b) = channels.cut(middle);
        let (written_a, written_b) = written.split_cols(middle * d.pixels);
        let mut halves = tensors.map(|tensor| tensor.split_at_mut(middle.min(tensor.len())));
        let tensors_a = halves.each_mut().map(|(a, _)| core::mem::take(a));
        let tensors_b = halves.map(|(_, b)| b);
        (
            Self { d, channels: channels_a, written: written_a, tensors: tensors_a },
            Self { d, channels: channels_b, written: written_b, tensors: tensors_b },
        )
    }
}

#[cfg(test)]
mod tests;
