//! Batch normalisation (Ioffe and Szegedy 2015): PyTorch's `BatchNorm2d`.
//!
//! y = (x − mean) / √(variance + eps) · weight + bias, for each channel. While training, mean and (biased) variance are
//! the batch's; the running statistics move towards its mean and *unbiased* variance. In inference they are the running
//! statistics, and the whole is one multiply-add per number.
//!
//! Sums run over the whole batch and are kept in `f64`, channel by channel: splitting the work over channels cannot
//! change them.

use crate::Write;
use crate::memory::Workspace;
use crate::parallel;
use crate::view::{View, ViewMut};
use core::ops::Range;

/// A batch normalisation layer over (C, H, W) images.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatchNorm2d {
    /// Channels, each normalised by itself.
    pub channels: usize,
    /// Pixels of a plane.
    pub pixels: usize,
    /// Added to the variance.
    pub eps: f32,
    /// Weight of the newest batch in the running statistics.
    pub momentum: f32,
}

impl BatchNorm2d {
    fn plane(&self, channel: usize) -> Range<usize> {
        channel * self.pixels..(channel + 1) * self.pixels
    }

    fn check(&self, view: View<'_>, count: usize) {
        let shape = (count, self.channels * self.pixels);
        assert_eq!((view.count(), view.image_len()), shape, "images of channels times pixels");
    }

    /// y = x · factor + summand, both by channel.
    fn affine(
        &self,
        x: View<'_>,
        y: ViewMut<'_>,
        mut work: Workspace<'_>,
        factor: impl Fn(usize) -> f32 + Sync,
        summand: impl Fn(usize) -> f32 + Sync,
    ) {
        let (lanes, scratch) = work.lanes_for(x.count() * x.image_len());
        parallel::over((x, y), scratch, lanes, &|(x, mut y), _| {
            for (x, y) in x.images().zip(y.images_mut()) {
                for channel in 0..self.channels {
                    let (factor, summand) = (factor(channel), summand(channel));
                    let plane = self.plane(channel);
                    for (y, x) in y[plane.clone()].iter_mut().zip(&x[plane]) {
                        *y = x * factor + summand;
                    }
                }
            }
        });
    }
}

/// The tensor's entry, or what stands for it in a layer without one.
fn entry(tensor: Option<&[f32]>, channel: usize, otherwise: f32) -> f32 {
    tensor.map_or(otherwise, |tensor| tensor[channel])
}

/// Inference.
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
    d.check(x, x.count());
    d.check(y.view(), x.count());
    let factor = |channel: usize| entry(weight, channel, 1.0) / libm::sqrtf(running_var[channel] + d.eps);
    let summand = |channel: usize| entry(bias, channel, 0.0) - running_mean[channel] * factor(channel);
    d.affine(x, y, work, factor, summand);
}

/// Training: normalises by the batch, updates the running statistics, and leaves mean and 1/std of each channel in
/// `work.saved[saved]`.
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
    y: ViewMut<'_>,
    work: Workspace<'_>,
) {
    d.check(x, x.count());
    d.check(y.view(), x.count());
    let Workspace { lanes, lane_scratch, step_scratch, saved: all_saved } = work;
    let (means, inverse_stds) = all_saved[saved].split_at_mut(d.channels);
    let count = (x.count() * d.pixels) as f64;
    for channel in 0..d.channels {
        let numbers = || x.images().flat_map(|image| &image[d.plane(channel)]).map(|x| f64::from(*x));
        let mean = numbers().sum::<f64>() / count;
        let squares: f64 = numbers().map(|x| (x - mean) * (x - mean)).sum();
        means[channel] = mean as f32;
        inverse_stds[channel] = (1.0 / libm::sqrt(squares / count + f64::from(d.eps))) as f32;
        // A batch of one number has no unbiased variance; PyTorch refuses it, here it counts as 0.
        let unbiased = squares / (count - 1.0).max(1.0);
        let towards = |running: &mut f32, new: f64| {
            *running =
                (f64::from(*running) * (1.0 - f64::from(d.momentum)) + new * f64::from(d.momentum)) as f32;
        };
        towards(&mut running_mean[channel], mean);
        towards(&mut running_var[channel], unbiased);
    }
    batches_tracked[0] += 1.0;
    let factor = |channel: usize| entry(weight, channel, 1.0) * inverse_stds[channel];
    let summand = |channel: usize| entry(bias, channel, 0.0) - means[channel] * factor(channel);
    let work = Workspace { lanes, lane_scratch, step_scratch, saved: &mut [] };
    d.affine(x, y, work, factor, summand);
}

/// All gradients. With x̂ = (x − mean) / std: `d_bias` = Σ `d_y`, `d_weight` = Σ `d_y` · x̂, and
/// `d_x` = weight / std · (`d_y` − (`d_bias` + x̂ · `d_weight`) / M) over the M numbers of a channel.
#[allow(clippy::too_many_arguments)] // the layer's whole state
pub fn backward(
    d: &BatchNorm2d,
    x: View<'_>,
    d_y: View<'_>,
    weight: Option<&[f32]>,
    saved: Range<usize>,
    mut d_x: ViewMut<'_>,
    write: Write,
    mut d_weight: Option<&mut [f32]>,
    mut d_bias: Option<&mut [f32]>,
    work: Workspace<'_>,
) {
    for view in [x, d_y, d_x.view()] {
        d.check(view, x.count());
    }
    let (means, inverse_stds) = work.saved[saved].split_at(d.channels);
    let count = (x.count() * d.pixels) as f64;
    for channel in 0..d.channels {
        let (mean, inverse_std) = (means[channel], inverse_stds[channel]);
        let plane = d.plane(channel);
        let (mut sum, mut dot) = (0.0, 0.0);
        for (x, d_y) in x.images().zip(d_y.images()) {
            for (x, d_y) in x[plane.clone()].iter().zip(&d_y[plane.clone()]) {
                sum += f64::from(*d_y);
                dot += f64::from(*d_y) * f64::from((x - mean) * inverse_std);
            }
        }
        if let Some(d_weight) = &mut d_weight {
            d_weight[channel] = dot as f32;
        }
        if let Some(d_bias) = &mut d_bias {
            d_bias[channel] = sum as f32;
        }
        let factor = entry(weight, channel, 1.0) * inverse_std;
        let (mean_d_y, mean_dot) = ((sum / count) as f32, (dot / count) as f32);
        for ((x, d_y), d_x) in x.images().zip(d_y.images()).zip(d_x.images_mut()) {
            let numbers = x[plane.clone()].iter().zip(&d_y[plane.clone()]).zip(&mut d_x[plane.clone()]);
            for ((x, d_y), d_x) in numbers {
                let gradient = factor * (d_y - mean_d_y - (x - mean) * inverse_std * mean_dot);
                match write {
                    Write::Overwrite => *d_x = gradient,
                    Write::Accumulate => *d_x += gradient,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
