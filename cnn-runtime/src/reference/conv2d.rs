//! Two-dimensional convolution (cross-correlation, as the field has it), with groups.
//!
//! Forward and both gradients are sums over the same products, of a pixel, a weight and an output:
//!
//! ```text
//! y[n, o, i, j] = bias[o] + Σ_{c, k, l} x[n, c, i·stride + k·dilation − padding, …] · weight[o, c, k, l]
//! ```
//!
//! so the products are listed once, and each function says which factor receives the other two.

use super::Real;
use crate::conv2d::Conv2d;

/// The output for each image of the batch.
pub fn forward<T: Real>(d: &Conv2d, x: &[T], weight: &[T], bias: Option<&[T]>, y: &mut [T]) {
    for (x, y) in x.chunks(d.input_len()).zip(y.chunks_mut(d.output_len())) {
        y.fill(T::ZERO);
        for_each_product(d, |pixel, tap, place| y[place] += x[pixel] * weight[tap]);
        for (y, &bias) in y.chunks_mut(d.window.output_len()).zip(bias.into_iter().flatten()) {
            for y in y {
                *y += bias;
            }
        }
    }
}

/// The gradient of the input.
pub fn backward_input<T: Real>(d: &Conv2d, d_y: &[T], weight: &[T], d_x: &mut [T]) {
    for (d_y, d_x) in d_y.chunks(d.output_len()).zip(d_x.chunks_mut(d.input_len())) {
        d_x.fill(T::ZERO);
        for_each_product(d, |pixel, tap, place| d_x[pixel] += d_y[place] * weight[tap]);
    }
}

/// The gradients of the weight and of the bias.
pub fn backward_weight<T: Real>(
    d: &Conv2d,
    x: &[T],
    d_y: &[T],
    d_weight: &mut [T],
    d_bias: Option<&mut [T]>,
) {
    d_weight.fill(T::ZERO);
    for (x, d_y) in x.chunks(d.input_len()).zip(d_y.chunks(d.output_len())) {
        for_each_product(d, |pixel, tap, place| d_weight[tap] += x[pixel] * d_y[place]);
    }
    if let Some(d_bias) = d_bias {
        for (channel, d_bias) in d_bias.iter_mut().enumerate() {
            let planes = d_y.chunks(d.window.output_len()).skip(channel).step_by(d.out_channels);
            *d_bias = planes.flatten().copied().sum();
        }
    }
}

/// Calls `product` with the indices into `x`, `weight` and `y` of every product that one image needs.
fn for_each_product(d: &Conv2d, mut product: impl FnMut(usize, usize, usize)) {
    let window = &d.window;
    let [taps_down, taps_across] = window.kernel;
    let (group_in, group_out) = (d.in_channels / d.groups, d.out_channels / d.groups);
    for o in 0..d.out_channels {
        for i in 0..window.output[0] {
            for j in 0..window.output[1] {
                let place = (o * window.output[0] + i) * window.output[1] + j;
                for c in 0..group_in {
                    for k in 0..taps_down {
                        for l in 0..taps_across {
                            let channel = o / group_out * group_in + c;
                            let (Some(row), Some(col)) = (window.tap(0, i, k), window.tap(1, j, l)) else {
                                continue;
                            };
                            let pixel = (channel * window.input[0] + row) * window.input[1] + col;
                            product(pixel, ((o * group_in + c) * taps_down + k) * taps_across + l, place);
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conv2d::testing::{GOLDEN_IMAGE, GOLDEN_KERNEL, conv2d};
    use crate::reference::gradient_check::{assert_gradient, scattered};
    use alloc::vec;

    /// The numbers of a lecture's worked example.
    #[test]
    fn golden_numbers() {
        let cases: [(_, _, &[f64]); 3] = [
            (1, 1, &[10.0, 12.0, 12.0, 18.0, 16.0, 16.0, 13.0, 9.0, 3.0]),
            (2, 1, &[10.0, 12.0, 13.0, 3.0]),
            (1, 2, &[7.0]),
        ];
        for (stride, dilation, expected) in cases {
            let d = conv2d([1, 1, 1], [5, 5], [3, 3], [stride; 2], [0, 0], [dilation; 2]);
            let mut y = vec![0.0; expected.len()];
            forward(&d, &GOLDEN_IMAGE.map(f64::from), &GOLDEN_KERNEL.map(f64::from), None, &mut y);
            assert_eq!(y, expected, "stride {stride}, dilation {dilation}");
        }
    }

    /// ```python
    /// # torch 2.15.0
    /// x = torch.arange(16.).reshape(1, 4, 2, 2); w = torch.arange(8.).reshape(4, 2, 1, 1)
    /// F.conv2d(x, w, torch.tensor([.5, 1, 1.5, 2]), stride=(1, 2), padding=(0, 1), groups=2)
    /// ```
    #[test]
    fn golden_numbers_of_groups() {
        let d = conv2d([4, 4, 2], [2, 2], [1, 1], [1, 2], [0, 1], [1, 1]);
        let x: [f64; 16] = core::array::from_fn(|i| i as f64);
        let weight: [f64; 8] = core::array::from_fn(|i| i as f64);
        let mut y = vec![0.0; d.output_len()];
        forward(&d, &x, &weight, Some(&[0.5, 1.0, 1.5, 2.0]), &mut y);
        assert_eq!(
            y,
            [0.5, 5.5, 0.5, 7.5, 1.0, 18.0, 1.0, 28.0, 1.5, 102.5, 1.5, 120.5, 2.0, 147.0, 2.0, 173.0]
        );
    }

    #[test]
    fn gradients() {
        let cases = [
            conv2d([1, 2, 1], [4, 5], [3, 2], [1, 1], [0, 0], [1, 1]),
            conv2d([4, 6, 2], [5, 4], [2, 3], [2, 1], [1, 2], [1, 1]),
            conv2d([3, 3, 3], [6, 5], [2, 2], [1, 3], [2, 0], [3, 2]),
        ];
        for d in cases {
            let (x, weight) = (scattered(2 * d.input_len(), 1), scattered(d.weight_len(), 2));
            let (bias, d_y) = (scattered(d.out_channels, 3), scattered(2 * d.output_len(), 4));
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
