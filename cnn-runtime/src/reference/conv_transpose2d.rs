//! Transposed convolution, with groups: each pixel of the input adds the kernel, times itself, to the output around it.
//!
//! ```text
//! y[n, o, i·stride + k·dilation − padding, …] += x[n, c, i, j] · weight[c, o, k, l]
//! ```
//!
//! The descriptor is that of the convolution that this is the transpose of. What is said here is said without that one's
//! definition on purpose: the kernels are its kernels, so this is what shows that they are the right ones.

use super::Real;
use crate::conv2d::Conv2d;

/// The output for each image of the batch.
pub fn forward<T: Real>(d: &Conv2d, x: &[T], weight: &[T], bias: Option<&[T]>, y: &mut [T]) {
    let plane = d.window.input_len();
    for (i, y) in y.iter_mut().enumerate() {
        *y = bias.map_or(T::ZERO, |bias| bias[i / plane % d.in_channels]);
    }
    for (x, y) in x.chunks(d.output_len()).zip(y.chunks_mut(d.input_len())) {
        for_each_product(d, |pixel, tap, place| y[place] += x[pixel] * weight[tap]);
    }
}

/// The gradient of the input.
pub fn backward_input<T: Real>(d: &Conv2d, d_y: &[T], weight: &[T], d_x: &mut [T]) {
    d_x.fill(T::ZERO);
    for (d_y, d_x) in d_y.chunks(d.input_len()).zip(d_x.chunks_mut(d.output_len())) {
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
    for (x, d_y) in x.chunks(d.output_len()).zip(d_y.chunks(d.input_len())) {
        for_each_product(d, |pixel, tap, place| d_weight[tap] += x[pixel] * d_y[place]);
    }
    if let Some(d_bias) = d_bias {
        d_bias.fill(T::ZERO);
        for (i, d_y) in d_y.iter().enumerate() {
            d_bias[i / d.window.input_len() % d.in_channels] += *d_y;
        }
    }
}

/// Calls `product` with the indices into `x`, `weight` and `y` of every product that one image needs.
fn for_each_product(d: &Conv2d, mut product: impl FnMut(usize, usize, usize)) {
    let window = &d.window;
    let ([rows, cols], [height, width], [taps_down, taps_across]) =
        (window.output, window.input, window.kernel);
    let (group_in, group_out) = (d.out_channels / d.groups, d.in_channels / d.groups);
    let land = |axis: usize, i: usize, k: usize| {
        let place = i * window.stride[axis] + k * window.dilation[axis];
        place.checked_sub(window.padding[axis]).filter(|place| *place < window.input[axis])
    };
    for c in 0..d.out_channels {
        for (i, j) in (0..rows).flat_map(|i| (0..cols).map(move |j| (i, j))) {
            for o in 0..group_out {
                for (k, l) in (0..taps_down).flat_map(|k| (0..taps_across).map(move |l| (k, l))) {
                    let (Some(row), Some(col)) = (land(0, i, k), land(1, j, l)) else { continue };
                    let channel = c / group_in * group_out + o;
                    let tap = ((c * group_out + o) * taps_down + k) * taps_across + l;
                    product((c * rows + i) * cols + j, tap, (channel * height + row) * width + col);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::gradient_check::{assert_gradient, scattered};
    use crate::window::Window;
    use alloc::vec;

    #[test]
    fn gradients_are_finite_differences() {
        let window = Window {
            input: [6, 8],
            output: [3, 2],
            kernel: [2, 3],
            stride: [2, 3],
            padding: [0, 1],
            dilation: [1, 2],
        };
        let d = Conv2d { in_channels: 4, out_channels: 6, groups: 2, window };
        let (x, weight) = (scattered(2 * d.output_len(), 1), scattered(d.weight_len(), 2));
        let (bias, d_y) = (scattered(4, 3), scattered(2 * d.input_len(), 4));
        let loss = |x: &[f64], weight: &[f64], bias: &[f64]| {
            let mut y = vec![0.0; d_y.len()];
            forward(&d, x, weight, Some(bias), &mut y);
            y.iter().zip(&d_y).map(|(y, d_y)| y * d_y).sum()
        };
        let (mut d_x, mut d_weight) = (vec![f64::NAN; x.len()], vec![f64::NAN; weight.len()]);
        let mut d_bias = vec![f64::NAN; 4];
        backward_input(&d, &d_y, &weight, &mut d_x);
        backward_weight(&d, &x, &d_y, &mut d_weight, Some(&mut d_bias));
        assert_gradient("input", |x| loss(x, &weight, &bias), &x, &d_x);
        assert_gradient("weight", |weight| loss(&x, weight, &bias), &weight, &d_weight);
        assert_gradient("bias", |bias| loss(&x, &weight, bias), &bias, &d_bias);
    }
}
