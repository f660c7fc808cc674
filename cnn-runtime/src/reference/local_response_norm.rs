//! Local response normalisation.

use super::Real;
use crate::local_response_norm::LocalResponseNorm;

/// `y[c] = x[c] · s[c]^(−beta)`
pub fn forward<T: Real>(d: &LocalResponseNorm, x: &[T], y: &mut [T]) {
    for i in 0..x.len() {
        y[i] = x[i] * power(scale(d, x, i), -d.beta);
    }
}

/// The sum over all outputs that a number goes to.
pub fn backward<T: Real>(d: &LocalResponseNorm, x: &[T], d_y: &[T], d_x: &mut [T]) {
    d_x.fill(T::ZERO);
    let factor = T::from_f64(-2.0 * f64::from(d.alpha) * f64::from(d.beta) / d.size as f64);
    for i in 0..x.len() {
        let s = scale(d, x, i);
        d_x[i] += d_y[i] * power(s, -d.beta);
        for other in around(d, i) {
            d_x[other] += factor * d_y[i] * x[i] * power(s, -d.beta - 1.0) * x[other];
        }
    }
}

/// s of number `i` of a batch.
fn scale<T: Real>(d: &LocalResponseNorm, x: &[T], i: usize) -> T {
    let sum: T = around(d, i).map(|other| x[other] * x[other]).sum();
    T::from_f64(f64::from(d.k)) + T::from_f64(f64::from(d.alpha) / d.size as f64) * sum
}

/// The numbers at the same pixel in the channels around that of number `i`.
fn around(d: &LocalResponseNorm, i: usize) -> impl Iterator<Item = usize> + use<> {
    let (channel, pixels) = (i / d.pixels % d.channels, d.pixels);
    let first = i - channel * pixels;
    d.around(channel).map(move |other| first + other * pixels)
}

fn power<T: Real>(base: T, exponent: f32) -> T {
    (T::from_f64(f64::from(exponent)) * base.ln()).exp()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::gradient_check::{assert_gradient, scattered};
    use alloc::vec;

    #[test]
    fn gradients_are_finite_differences() {
        for size in [1, 2, 3, 5] {
            let d = LocalResponseNorm { channels: 4, pixels: 3, size, alpha: 0.5, beta: 0.75, k: 1.0 };
            let (x, d_y) = (scattered(24, 1), scattered(24, 2));
            let mut d_x = vec![f64::NAN; 24];
            backward(&d, &x, &d_y, &mut d_x);
            let loss = |x: &[f64]| {
                let mut y = vec![0.0; 24];
                forward(&d, x, &mut y);
                y.iter().zip(&d_y).map(|(y, d_y)| y * d_y).sum()
            };
            assert_gradient("input", loss, &x, &d_x);
        }
    }
}
