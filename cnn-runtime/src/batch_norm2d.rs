//! Batch normalisation (Ioffe and Szegedy 2015): PyTorch's `BatchNorm2d`.
//!
//! y = (x − mean) / √(variance + eps) · weight + bias, for each channel. While training, mean and (biased) variance are
//! the batch's; the running statistics move towards its mean and *unbiased* variance. In inference they are the running
//! statistics, and the whole is one multiply-add per number.
//!
//! Sums run over the whole batch and are kept in `f64`, channel by channel, as `LANES` partial sums: splitting the work
//! over channels cannot change them.
#![allow(clippy::inline_always)] // a body takes on its caller's instruction set only where it is inlined

use crate::Write;
use crate::memory::Workspace;
use crate::parallel::{self, Records};
use crate::simd::{Body, vectorized};
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
    let mut work = work;
    let (means, inverse_stds) = core::mem::take(&mut work.saved)[saved].split_at_mut(d.channels);
    let count = (x.count() * d.pixels) as f64;
    let momentum = f64::from(d.momentum);
    let towards = |running: &mut f32, new: f64| {
        *running = (f64::from(*running) * (1.0 - momentum) + new * momentum) as f32;
    };
    let (lanes, scratch) = work.lanes_for(2 * x.count() * x.image_len());
    let one_each = |numbers| Records::new(numbers, 1);
    let kept = (one_each(&mut *means), one_each(&mut *inverse_stds));
    let running = (one_each(running_mean), one_each(running_var));
    parallel::over((0..d.channels, kept, running), scratch, lanes, &|(channels, kept, running), _| {
        let (means, inverse_stds) = (kept.0.items(), kept.1.items());
        let (running_mean, running_var) = (running.0.items(), running.1.items());
        for (i, channel) in channels.enumerate() {
            let (mean, squares) = moments(x, d.plane(channel), count);
            means[i] = mean as f32;
            inverse_stds[i] = (1.0 / libm::sqrt(squares / count + f64::from(d.eps))) as f32;
            towards(&mut running_mean[i], mean);
            // A batch of one number has no unbiased variance; PyTorch refuses it, here it counts as 0.
            towards(&mut running_var[i], squares / (count - 1.0).max(1.0));
        }
    });
    batches_tracked[0] += 1.0;
    let factor = |channel: usize| entry(weight, channel, 1.0) * inverse_stds[channel];
    let summand = |channel: usize| entry(bias, channel, 0.0) - means[channel] * factor(channel);
    d.affine(x, y, work, factor, summand);
}

/// The mean of the `count` numbers of a channel, and the sum of the squares of their distances from it.
///
/// One pass over the numbers less the first of them, which takes the size of the mean out of the squares (Chan, Golub
/// and `LeVeque` 1983, *Algorithms for Computing the Sample Variance*).
fn moments(x: View<'_>, plane: Range<usize>, count: f64) -> (f64, f64) {
    let first = x.images().next().map_or(0.0, |image| f64::from(image[plane.start]));
    let [sum, squares] = sums(x, x, plane, |x, _| {
        let distance = f64::from(x) - first;
        [distance, distance * distance]
    });
    (first + sum / count, (squares - sum * sum / count).max(0.0))
}

/// How many partial sums there are for each sum.
const LANES: usize = 8;

/// Two sums over the numbers of a channel, of what `terms` makes of those of `a` and `b`.
fn sums(a: View<'_>, b: View<'_>, plane: Range<usize>, terms: impl Fn(f32, f32) -> [f64; 2]) -> [f64; 2] {
    let mut partial = [[0.0; LANES]; 2];
    vectorized(Sums { a, b, plane, terms, partial: &mut partial });
    partial.map(|lanes| lanes.iter().sum())
}

struct Sums<'a, F> {
    a: View<'a>,
    b: View<'a>,
    plane: Range<usize>,
    terms: F,
    partial: &'a mut [[f64; LANES]; 2],
}

impl<F: Fn(f32, f32) -> [f64; 2]> Body for Sums<'_, F> {
    #[inline(always)]
    fn run(self) {
        let [mut first, mut second] = *self.partial;
        let mut add = |lane: usize, a: f32, b: f32| {
            let [one, two] = (self.terms)(a, b);
            first[lane] += one;
            second[lane] += two;
        };
        for (a, b) in self.a.images().zip(self.b.images()) {
            let (a, a_rest) = a[self.plane.clone()].as_chunks::<LANES>();
            let (b, b_rest) = b[self.plane.clone()].as_chunks::<LANES>();
            for (a, b) in a.iter().zip(b) {
                for lane in 0..LANES {
                    add(lane, a[lane], b[lane]);
                }
            }
            for (lane, (a, b)) in a_rest.iter().zip(b_rest).enumerate() {
                add(lane, *a, *b);
            }
        }
        *self.partial = [first, second];
    }
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
    let Workspace { saved: all_saved, .. } = work;
    let (means, inverse_stds) = all_saved[saved].split_at(d.channels);
    let count = (x.count() * d.pixels) as f64;
    for channel in 0..d.channels {
        let (mean, inverse_std) = (means[channel], inverse_stds[channel]);
        let [sum, dot] = sums(x, d_y, d.plane(channel), |x, d_y| {
            let d_y = f64::from(d_y);
            [d_y, d_y * (f64::from(x) - f64::from(mean))]
        });
        let dot = dot * f64::from(inverse_std);
        if let Some(d_weight) = &mut d_weight {
            d_weight[channel] = dot as f32;
        }
        if let Some(d_bias) = &mut d_bias {
            d_bias[channel] = sum as f32;
        }
        vectorized(InputGradient {
            x,
            d_y,
            d_x: d_x.reborrow(),
            plane: d.plane(channel),
            factor: entry(weight, channel, 1.0) * inverse_std,
            mean,
            mean_d_y: (sum / count) as f32,
            slope: (dot / count * f64::from(inverse_std)) as f32,
            write,
        });
    }
}

/// `d_x` = factor · (`d_y` − `mean_d_y` − (x − mean) · slope) on one channel.
struct InputGradient<'a> {
    x: View<'a>,
    d_y: View<'a>,
    d_x: ViewMut<'a>,
    plane: Range<usize>,
    factor: f32,
    mean: f32,
    mean_d_y: f32,
    slope: f32,
    write: Write,
}

impl Body for InputGradient<'_> {
    #[inline(always)]
    fn run(mut self) {
        let Self { factor, mean, mean_d_y, slope, .. } = self;
        let gradient = |x: f32, d_y: f32| factor * (d_y - mean_d_y - (x - mean) * slope);
        for ((x, d_y), d_x) in self.x.images().zip(self.d_y.images()).zip(self.d_x.images_mut()) {
            let plane = self.plane.clone();
            let numbers = x[plane.clone()].iter().zip(&d_y[plane.clone()]).zip(&mut d_x[plane]);
            match self.write {
                Write::Overwrite => numbers.for_each(|((x, d_y), d_x)| *d_x = gradient(*x, *d_y)),
                Write::Accumulate => numbers.for_each(|((x, d_y), d_x)| *d_x += gradient(*x, *d_y)),
            }
        }
    }
}

#[cfg(test)]
mod tests;
