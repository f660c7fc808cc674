//! Local response normalisation (Krizhevsky, Sutskever and Hinton 2012): PyTorch's `LocalResponseNorm`.
//!
//! ```text
//! y[c] = x[c] · s[c]^(−beta),   s[c] = k + alpha / size · Σ x[c']²   over the `size` channels c' around c
//! ```
//!
//! Channels beyond the ends count as zeros; of an even number of channels, one more lies before c than behind it. With
//! `t[c] = d_y[c] · x[c] · s[c]^(−beta − 1)`, the gradient is
//!
//! ```text
//! d_x[c] = d_y[c] · s[c]^(−beta) − 2 · alpha · beta / size · x[c] · Σ t[c']   over the channels c' that have c around them
//! ```

use crate::Write;
use crate::memory::Workspace;
use crate::parallel;
use crate::view::{View, ViewMut};
use core::ops::Range;

/// A local response normalisation over (C, H, W) images.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LocalResponseNorm {
    /// Channels of an image.
    pub channels: usize,
    /// Pixels of a plane.
    pub pixels: usize,
    /// How many channels are summed over.
    pub size: usize,
    /// Weight of the mean of the squares.
    pub alpha: f32,
    /// The exponent.
    pub beta: f32,
    /// Added to the mean of the squares.
    pub k: f32,
}

/// So many pixels are worked on side by side.
const SPAN: usize = 64;

/// What a number costs beside its window, in multiply-adds.
const COST: usize = 32;

impl LocalResponseNorm {
    /// The channels around one.
    pub(crate) fn around(&self, channel: usize) -> Range<usize> {
        let end = channel + self.size.div_ceil(2);
        channel.saturating_sub(self.size / 2)..end.min(self.channels)
    }

    /// The channels that have this one around them.
    fn seen_by(&self, channel: usize) -> Range<usize> {
        let first = (channel + 1).saturating_sub(self.size.div_ceil(2));
        first..(channel + self.size / 2 + 1).min(self.channels)
    }

    /// s of a channel, for some pixels of an image.
    fn scales(&self, x: &[f32], channel: usize, span: &Range<usize>) -> [f32; SPAN] {
        let mut scales = [0.0; SPAN];
        for other in self.around(channel) {
            for (sum, x) in scales.iter_mut().zip(self.row(x, other, span)) {
                *sum += x * x;
            }
        }
        let alpha = self.alpha / self.size as f32;
        scales.map(|sum| self.k + alpha * sum)
    }

    /// s^(−beta); the usual exponent by roots, which vector units have.
    fn power(&self, scale: f32) -> f32 {
        #[allow(clippy::float_cmp)] // exactly the default
        if self.beta == 0.75 {
            let root = libm::sqrtf(scale);
            1.0 / (root * libm::sqrtf(root))
        } else {
            libm::powf(scale, -self.beta)
        }
    }

    fn row<'a>(&self, image: &'a [f32], channel: usize, span: &Range<usize>) -> &'a [f32] {
        &image[channel * self.pixels..][span.clone()]
    }

    fn spans(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let pixels = self.pixels;
        (0..pixels).step_by(SPAN).map(move |first| first..pixels.min(first + SPAN))
    }

    /// The contract: these are (count, length) of `count` images.
    fn assert_operands(&self, operands: &[(usize, usize)]) {
        let image = (operands[0].0, self.channels * self.pixels);
        assert!(operands.iter().all(|operand| *operand == image), "images of {self:?}: {operands:?}");
    }

    fn cost(&self, count: usize) -> usize {
        count * self.channels * self.pixels * (COST + self.size)
    }
}

/// Numbers of scratch that [`forward`] needs for each thread.
pub const fn forward_lane_len(_: &LocalResponseNorm) -> usize {
    0
}

/// Numbers of scratch that [`backward`] needs for each thread.
pub const fn backward_lane_len(d: &LocalResponseNorm) -> usize {
    2 * d.channels * SPAN
}

/// The output `y` for each image of `x`.
///
/// # Panics
/// If a length is not what `d` tells.
pub fn forward(d: &LocalResponseNorm, x: View, y: ViewMut, mut work: Workspace) {
    d.assert_operands(&[(x.count(), x.image_len()), (y.count(), y.image_len())]);
    let (lanes, scratch) = work.lanes_for(d.cost(x.count()));
    parallel::over((y, x), scratch, lanes, &|(mut y, x), _| {
        for (y, x) in y.images_mut().zip(x.images()) {
            for (channel, y) in y.chunks_exact_mut(d.pixels).enumerate() {
                for span in d.spans() {
                    let scales = d.scales(x, channel, &span);
                    let x = d.row(x, channel, &span);
                    for ((y, x), scale) in y[span].iter_mut().zip(x).zip(scales) {
                        *y = x * d.power(scale);
                    }
                }
            }
        }
    });
}

/// The gradient `d_x` of the input.
///
/// # Panics
/// If a length is not what `d` tells, or the scratch is smaller than the functions above tell.
pub fn backward(d: &LocalResponseNorm, x: View, d_y: View, d_x: ViewMut, write: Write, mut work: Workspace) {
    d.assert_operands(&[
        (x.count(), x.image_len()),
        (d_y.count(), d_y.image_len()),
        (d_x.count(), d_x.image_len()),
    ]);
    work.assert_lanes(backward_lane_len(d));
    let (lanes, scratch) = work.lanes_for(2 * d.cost(x.count()));
    let factor = 2.0 * d.alpha * d.beta / d.size as f32;
    parallel::over((d_x, x, d_y), scratch, lanes, &|(mut d_x, x, d_y), scratch| {
        let (powers, terms) = scratch[..backward_lane_len(d)].split_at_mut(d.channels * SPAN);
        for ((d_x, x), d_y) in d_x.images_mut().zip(x.images()).zip(d_y.images()) {
            for span in d.spans() {
                let rows = powers.chunks_exact_mut(SPAN).zip(terms.chunks_exact_mut(SPAN));
                for (channel, (powers, terms)) in rows.enumerate() {
                    let scales = d.scales(x, channel, &span);
                    let numbers = d.row(x, channel, &span).iter().zip(d.row(d_y, channel, &span)).zip(scales);
                    for ((power, term), ((x, d_y), scale)) in powers.iter_mut().zip(terms).zip(numbers) {
                        *power = d.power(scale);
                        *term = d_y * x * *power / scale;
                    }
                }
                for channel in 0..d.channels {
                    let mut sums = [0.0; SPAN];
                    for other in d.seen_by(channel) {
                        let terms = &terms[other * SPAN..][..span.len()];
                        sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
                    }
                    let numbers = d.row(x, channel, &span).iter().zip(d.row(d_y, channel, &span));
                    let numbers = numbers.zip(powers[channel * SPAN..].iter().zip(sums));
                    let d_x = &mut d_x[channel * d.pixels..][span.clone()];
                    for (d_x, ((x, d_y), (power, sum))) in d_x.iter_mut().zip(numbers) {
                        let gradient = d_y * power - factor * x * sum;
                        match write {
                            Write::Overwrite => *d_x = gradient,
                            Write::Accumulate => *d_x += gradient,
                        }
                    }
                }
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conv2d::testing::{Batch, Scratch, assert_close, numbers};
    use crate::reference::local_response_norm as reference;
    use alloc::vec;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn run_forward(d: &LocalResponseNorm, x: &Batch, y: &Batch, lanes: usize) -> Vec<f32> {
        let (mut scratch, mut y) = (Scratch::new(lanes, forward_lane_len(d), 0), y.clone());
        forward(d, x.view(), y.view_mut(), scratch.workspace());
        y.dense()
    }

    fn run_backward(d: &LocalResponseNorm, x: &Batch, d_y: &Batch, write: Write, lanes: usize) -> Vec<f32> {
        let (mut scratch, mut d_x) = (Scratch::new(lanes, backward_lane_len(d), 0), d_y.clone());
        backward(d, x.view(), d_y.view(), d_x.view_mut(), write, scratch.workspace());
        d_x.dense()
    }

    proptest! {
        #[test]
        fn kernels_are_the_definition(
            channels in 1..9_usize,
            pixels in 1..150_usize,
            size in 1..7_usize,
            beta in prop_oneof![Just(0.75_f32), Just(0.5)],
            count in 1..4_usize,
            gaps in [0..5_usize, 0..5],
        ) {
            let d = LocalResponseNorm { channels, pixels, size, alpha: 0.5, beta, k: 1.5 };
            let len = channels * pixels;
            let (x, d_y) = (numbers(count * len, 1), numbers(count * len, 2));
            let (x_images, y_images) = (Batch::new(&x, len, gaps[0]), Batch::new(&d_y, len, gaps[1]));
            let (mut y, mut d_x) = (vec![f32::NAN; x.len()], vec![f32::NAN; x.len()]);
            reference::forward(&d, &x, &mut y);
            assert_close("y", &run_forward(&d, &x_images, &y_images, 1), &y, 8);
            reference::backward(&d, &x, &d_y, &mut d_x);
            assert_close("d_x", &run_backward(&d, &x_images, &y_images, Write::Overwrite, 1), &d_x, 16);
            d_x.iter_mut().zip(&d_y).for_each(|(d_x, d_y)| *d_x += d_y);
            assert_close("sum in d_x", &run_backward(&d, &x_images, &y_images, Write::Accumulate, 1), &d_x, 16);
        }
    }

    #[cfg(feature = "rayon")]
    #[test]
    fn bits_do_not_depend_on_the_threads() {
        use crate::conv2d::testing::assert_same_bits;
        let d = LocalResponseNorm { channels: 32, pixels: 900, size: 5, alpha: 1e-4, beta: 0.75, k: 1.0 };
        let x = Batch::new(&numbers(7 * 32 * 900, 1), 32 * 900, 3);
        assert_same_bits("y", |lanes| run_forward(&d, &x, &x, lanes));
        assert_same_bits("d_x", |lanes| run_backward(&d, &x, &x, Write::Overwrite, lanes));
    }

    /// ```python
    /// # torch 2.15.0, for each (size, alpha, beta, k)
    /// x = (torch.arange(12.).reshape(1, 4, 1, 3) / 4 - 1).requires_grad_()
    /// y = F.local_response_norm(x, size, alpha, beta, k)
    /// (y * torch.arange(12.).reshape(1, 4, 1, 3)).sum().backward(); y, x.grad
    /// ```
    #[test]
    #[rustfmt::skip]
    fn numbers_are_pytorchs() {
        let x: Vec<f32> = (0_u8..12).map(|i| f32::from(i) / 4.0 - 1.0).collect();
        let d_y: Vec<f32> = (0_u8..12).map(f32::from).collect();
        let (x, d_y) = (Batch::new(&x, 12, 0), Batch::new(&d_y, 12, 0));
        let odd = LocalResponseNorm { channels: 4, pixels: 3, size: 3, alpha: 0.5, beta: 0.75, k: 1.0 };
        let even = LocalResponseNorm { size: 2, beta: 0.5, k: 1.5, ..odd };
        let cases = [
            (odd, [
                -0.884_900_75, -0.701_249_7, -0.481_318_3, -0.215_528_16, 0.0, 0.215_528_16,
                0.407_751_47, 0.562_147_6, 0.675_409_5, 1.025_488_7, 1.124_295_2, 1.187_468_4,
            ], [
                -0.132_632_72, 0.814_785_36, 1.921_427_7, 2.669_68, 3.516_290_7, 4.112_365,
                3.840_310_6, 3.309_095_9, 2.434_583_2, 4.585_962, 3.620_070_7, 2.655_720_2,
            ]),
            (even, [
                -0.755_929, -0.585_54, -0.4, -0.188_144_18, 0.0, 0.199_007_45,
                0.398_014_9, 0.585_54, 0.752_576_7, 0.894_427_2, 1.010_582_3, 1.103_354_6,
            ], [
                -0.079_919_65, 0.713_801_2, 1.614_814_9, 2.332_327_8, 3.122_880_2, 3.727_622_5,
                4.071_833, 4.136_538_5, 3.961_985_6, 5.151_900_3, 5.017_075, 4.824_606,
            ]),
        ];
        for (d, y, d_x) in cases {
            assert_close("y", &run_forward(&d, &x, &x, 1), &y, 4);
            assert_close("d_x", &run_backward(&d, &x, &d_y, Write::Overwrite, 1), &d_x, 16);
        }
    }
}
