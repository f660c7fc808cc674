//! Fully connected layer: `y[n, o] = bias[o] + Σ_i x[n, i] · weight[o, i]`.

use super::Real;
use crate::linear::Linear;

/// The output for each image of the batch.
pub fn forward<T: Real>(d: &Linear, x: &[T], weight: &[T], bias: Option<&[T]>, y: &mut [T]) {
    for (x, y) in x.chunks(d.in_features).zip(y.chunks_mut(d.out_features)) {
        for (o, y) in y.iter_mut().enumerate() {
            let weight = &weight[o * d.in_features..][..d.in_features];
            *y = bias.map_or(T::ZERO, |bias| bias[o]);
            for (&x, &weight) in x.iter().zip(weight) {
                *y += x * weight;
            }
        }
    }
}

/// The gradient of the input.
pub fn backward_input<T: Real>(d: &Linear, d_y: &[T], weight: &[T], d_x: &mut [T]) {
    d_x.fill(T::ZERO);
    for (d_y, d_x) in d_y.chunks(d.out_features).zip(d_x.chunks_mut(d.in_features)) {
        for (&d_y, weight) in d_y.iter().zip(weight.chunks(d.in_features)) {
            for (d_x, &weight) in d_x.iter_mut().zip(weight) {
                *d_x += d_y * weight;
            }
        }
    }
}

/// The gradients of the weight and of the bias.
pub fn backward_weight<T: Real>(
    d: &Linear,
    x: &[T],
    d_y: &[T],
    d_weight: &mut [T],
    d_bias: Option<&mut [T]>,
) {
    d_weight.fill(T::ZERO);
    for (x, d_y) in x.chunks(d.in_features).zip(d_y.chunks(d.out_features)) {
        for (&d_y, d_weight) in d_y.iter().zip(d_weight.chunks_mut(d.in_features)) {
            for (d_weight, &x) in d_weight.iter_mut().zip(x) {
                *d_weight += d_y * x;
            }
        }
    }
    if let Some(d_bias) = d_bias {
        for (o, d_bias) in d_bias.iter_mut().enumerate() {
            *d_bias = d_y.iter().skip(o).step_by(d.out_features).copied().sum();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::gradient_check::{assert_gradient, scattered};
    use alloc::vec;

    #[test]
    fn two_images() {
        let d = Linear { in_features: 3, out_features: 2 };
        let mut y = vec![0.0; 4];
        forward(
            &d,
            &[1.0, 2.0, 3.0, 0.0, -1.0, 1.0],
            &[1.0, 10.0, 100.0, 2.0, 3.0, 4.0],
            Some(&[0.5, 7.0]),
            &mut y,
        );
        assert_eq!(y, [321.5, 27.0, 90.5, 8.0]);
    }

    #[test]
    fn gradients() {
        for (count, in_features, out_features) in [(1, 1, 1), (1, 5, 3), (3, 4, 6)] {
            let d = Linear { in_features, out_features };
            let (x, weight) = (scattered(count * in_features, 1), scattered(in_features * out_features, 2));
            let (bias, d_y) = (scattered(out_features, 3), scattered(count * out_features, 4));
            let loss = |x: &[f64], weight: &[f64], bias: &[f64]| {
                let mut y = vec![0.0; d_y.len()];
                forward(&d, x, weight, Some(bias), &mut y);
                y.iter().zip(&d_y).map(|(y, d_y)| y * d_y).sum()
            };
            let (mut d_x, mut d_weight) = (vec![f64::NAN; x.len()], vec![f64::NAN; weight.len()]);
            let mut d_bias = vec![f64::NAN; bias.len()];
            backward_input(&d, &d_y, &weight, &mut d_x);
            backward_weight(&d, &x, &d_y, &mut d_weight, Some(&mut d_bias));
            assert_gradient("input", |x| loss(x, &weight, &bias), &x, &d_x);
            assert_gradient("weight", |weight| loss(&x, weight, &bias), &weight, &d_weight);
            assert_gradient("bias", |bias| loss(&x, &weight, bias), &bias, &d_bias);
        }
    }
}
