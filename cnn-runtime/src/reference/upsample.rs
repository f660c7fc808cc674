//! Upsampling by whole factors.
//!
//! ```text
//! y[o, p] = Σᵢⱼ w(o, i) · w(p, j) · x[i, j]
//! ```
//!
//! where w(o, i) is 1 for the nearest pixel and 0 for the others; or 1 − |s − i|, but 0 at least, with s the place of o
//! among the pixels of the input (bilinear).

use super::Real;
use crate::upsample::Upsample;

/// How pixels between pixels are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The nearest.
    Nearest,
    /// Between the nearest four.
    Bilinear,
}

/// The output for each image of the batch.
pub fn forward<T: Real>(d: &Upsample, mode: Mode, x: &[T], y: &mut [T]) {
    y.fill(T::ZERO);
    for_each_product(d, mode, x.len(), |pixel, place, weight: T| y[place] += weight * x[pixel]);
}

/// The gradient of the input.
pub fn backward<T: Real>(d: &Upsample, mode: Mode, d_y: &[T], d_x: &mut [T]) {
    d_x.fill(T::ZERO);
    for_each_product(d, mode, d_x.len(), |pixel, place, weight: T| d_x[pixel] += weight * d_y[place]);
}

/// Calls `product` with the indices into `x` and `y` and the weight of every product of a batch of `len` numbers.
fn for_each_product<T: Real>(d: &Upsample, mode: Mode, len: usize, mut product: impl FnMut(usize, usize, T)) {
    let ([height, width], [rows, cols]) = (d.input, d.output());
    for plane in 0..len / (height * width) {
        for (o, i) in (0..rows).flat_map(|o| (0..height).map(move |i| (o, i))) {
            for (p, j) in (0..cols).flat_map(|p| (0..width).map(move |j| (p, j))) {
                let weight = weight::<T>(d, mode, 0, o, i) * weight(d, mode, 1, p, j);
                product((plane * height + i) * width + j, (plane * rows + o) * cols + p, weight);
            }
        }
    }
}

fn weight<T: Real>(d: &Upsample, mode: Mode, axis: usize, o: usize, i: usize) -> T {
    let weight = match mode {
        Mode::Nearest => f64::from(u8::from(o / d.scale[axis] == i)),
        Mode::Bilinear => {
            let source = f64::from(d.source(axis, o)).min((d.input[axis] - 1) as f64);
            (1.0 - (source - i as f64).abs()).max(0.0)
        }
    };
    T::from_f64(weight)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::gradient_check::{assert_gradient, scattered};
    use alloc::vec;

    #[test]
    fn gradients_are_finite_differences() {
        for (mode, align_corners) in [(Mode::Nearest, false), (Mode::Bilinear, false), (Mode::Bilinear, true)]
        {
            let d = Upsample { channels: 2, input: [3, 2], scale: [2, 3], align_corners };
            let (x, d_y) = (scattered(24, 1), scattered(24 * 6, 2));
            let mut d_x = vec![f64::NAN; x.len()];
            backward(&d, mode, &d_y, &mut d_x);
            let loss = |x: &[f64]| {
                let mut y = vec![0.0; d_y.len()];
                forward(&d, mode, x, &mut y);
                y.iter().zip(&d_y).map(|(y, d_y)| y * d_y).sum()
            };
            assert_gradient("input", loss, &x, &d_x);
        }
    }
}
