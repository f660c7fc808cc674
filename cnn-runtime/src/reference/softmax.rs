//! Softmax over channels.

use super::Real;
use crate::softmax::Softmax;
use alloc::vec::Vec;

/// y = exp(x − max) / Σ exp(x − max), the sum over the channels of a pixel.
pub fn forward<T: Real>(d: &Softmax, x: &[T], y: &mut [T]) {
    for pixel in pixels(d, x.len()) {
        let largest = pixel.iter().fold(x[pixel[0]], |a, i| if x[*i] > a { x[*i] } else { a });
        let sum: T = pixel.iter().map(|i| (x[*i] - largest).exp()).sum();
        for i in pixel {
            y[i] = (x[i] - largest).exp() / sum;
        }
    }
}

/// `d_x` = y · (`d_y` − Σ y · `d_y`)
pub fn backward<T: Real>(d: &Softmax, y: &[T], d_y: &[T], d_x: &mut [T]) {
    for pixel in pixels(d, y.len()) {
        let dot: T = pixel.iter().map(|i| y[*i] * d_y[*i]).sum();
        for i in pixel {
            d_x[i] = y[i] * (d_y[i] - dot);
        }
    }
}

/// For each pixel of a batch of `len` numbers, where its channels stand.
fn pixels(d: &Softmax, len: usize) -> impl Iterator<Item = Vec<usize>> {
    let Softmax { channels, pixels } = *d;
    let firsts = (0..len).filter(move |i| i % (channels * pixels) < pixels);
    firsts.map(move |first| (0..channels).map(|channel| first + channel * pixels).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::gradient_check::{assert_gradient, scattered};
    use alloc::vec;

    #[test]
    fn the_gradient_is_finite_differences() {
        let d = Softmax { channels: 4, pixels: 3 };
        let (x, weights) = (scattered(24, 3), scattered(24, 9));
        let (mut y, mut d_x) = (vec![0.0; 24], vec![0.0; 24]);
        forward(&d, &x, &mut y);
        backward(&d, &y, &weights, &mut d_x);
        let loss = |x: &[f64]| {
            let mut y = vec![0.0; 24];
            forward(&d, x, &mut y);
            y.iter().zip(&weights).map(|(y, w)| y * w).sum()
        };
        assert_gradient("softmax", loss, &x, &d_x);
    }
}
