//! Batch normalisation, over (N, C, H, W).

use super::Real;
use crate::batch_norm2d::BatchNorm2d;
use alloc::vec::Vec;

/// Mean and biased variance of each channel over the batch.
pub fn statistics<T: Real>(d: &BatchNorm2d, x: &[T]) -> (Vec<T>, Vec<T>) {
    let count = T::from_f64((x.len() / d.channels) as f64);
    let mean = |channel: usize| members(d, x.len(), channel).map(|i| x[i]).sum::<T>() / count;
    let means: Vec<T> = (0..d.channels).map(mean).collect();
    let variance = |channel: usize| {
        let square = |i: usize| (x[i] - means[channel]) * (x[i] - means[channel]);
        members(d, x.len(), channel).map(square).sum::<T>() / count
    };
    let variances = (0..d.channels).map(variance).collect();
    (means, variances)
}

/// What the running statistics are after a training step: they move towards mean and unbiased variance of the batch.
pub fn update_running<T: Real>(d: &BatchNorm2d, x: &[T], running_mean: &mut [T], running_var: &mut [T]) {
    let (mean, variance) = statistics(d, x);
    let count = (x.len() / d.channels) as f64;
    let unbiased = T::from_f64(count / (count - 1.0));
    let momentum = T::from_f64(f64::from(d.momentum));
    for c in 0..d.channels {
        running_mean[c] = (T::ONE - momentum) * running_mean[c] + momentum * mean[c];
        running_var[c] = (T::ONE - momentum) * running_var[c] + momentum * unbiased * variance[c];
    }
}

/// y = (x − mean) / √(variance + eps) · weight + bias, where weight is 1 and bias 0 in a layer without them.
pub fn forward<T: Real>(
    d: &BatchNorm2d,
    x: &[T],
    weight: Option<&[T]>,
    bias: Option<&[T]>,
    mean: &[T],
    variance: &[T],
    y: &mut [T],
) {
    for c in 0..d.channels {
        let std = (variance[c] + T::from_f64(f64::from(d.eps))).sqrt();
        let (weight, bias) = (weight.map_or(T::ONE, |w| w[c]), bias.map_or(T::ZERO, |b| b[c]));
        for i in members(d, x.len(), c) {
            y[i] = (x[i] - mean[c]) / std * weight + bias;
        }
    }
}

/// The gradients of [`forward`] where mean and variance are the batch's own.
#[allow(clippy::too_many_arguments)] // the layer's whole state
pub fn backward<T: Real>(
    d: &BatchNorm2d,
    x: &[T],
    d_y: &[T],
    weight: Option<&[T]>,
    d_x: &mut [T],
    d_weight: &mut [T],
    d_bias: &mut [T],
) {
    let (mean, variance) = statistics(d, x);
    let count = T::from_f64((x.len() / d.channels) as f64);
    for c in 0..d.channels {
        let std = (variance[c] + T::from_f64(f64::from(d.eps))).sqrt();
        let normalised = |i: usize| (x[i] - mean[c]) / std;
        d_bias[c] = members(d, x.len(), c).map(|i| d_y[i]).sum();
        d_weight[c] = members(d, x.len(), c).map(|i| d_y[i] * normalised(i)).sum();
        let weight = weight.map_or(T::ONE, |w| w[c]);
        for i in members(d, x.len(), c) {
            d_x[i] = weight / std * (d_y[i] - (d_bias[c] + normalised(i) * d_weight[c]) / count);
        }
    }
}

/// Where the numbers of a channel stand in a batch of `len` numbers.
fn members(d: &BatchNorm2d, len: usize, channel: usize) -> impl Iterator<Item = usize> {
    let (channels, pixels) = (d.channels, d.pixels);
    (0..len).filter(move |i| i / pixels % channels == channel)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::gradient_check::{assert_gradient, scattered};
    use alloc::vec;

    #[test]
    fn gradients_are_finite_differences() {
        let d = BatchNorm2d { channels: 2, pixels: 3, eps: 1e-3, momentum: 0.1 };
        let (x, weights, weight, bias) =
            (scattered(24, 3), scattered(24, 9), scattered(2, 0), scattered(2, 1));
        let loss = |x: &[f64], weight: &[f64], bias: &[f64]| -> f64 {
            let (mean, variance) = statistics(&d, x);
            let mut y = vec![0.0; 24];
            forward(&d, x, Some(weight), Some(bias), &mean, &variance, &mut y);
            y.iter().zip(&weights).map(|(y, w)| y * w).sum()
        };
        let (mut d_x, mut d_weight, mut d_bias) = (vec![0.0; 24], vec![0.0; 2], vec![0.0; 2]);
        backward(&d, &x, &weights, Some(&weight), &mut d_x, &mut d_weight, &mut d_bias);
        assert_gradient("d_x", |x| loss(x, &weight, &bias), &x, &d_x);
        assert_gradient("d_weight", |weight| loss(&x, weight, &bias), &weight, &d_weight);
        assert_gradient("d_bias", |bias| loss(&x, &weight, bias), &bias, &d_bias);
    }
}
