//! What a kernel's speed is measured against: as many multiply-adds as one core can do, from registers alone.

use crate::memory::LINE;
use crate::simd::{Kernel, Simd, on_best_unit};

/// Independent sums, each of a cache line of numbers: enough to hide how long one multiply-add takes, and few enough for
/// the registers.
const SUMS: usize = 6;

/// Multiply-adds in one turn of [`multiply_adds`].
pub const PER_TURN: usize = SUMS * LINE;

/// Does `turns` × [`PER_TURN`] multiply-adds on the best vector unit that there is. The sum of all results is given back,
/// so that nothing is left out.
#[must_use]
pub fn multiply_adds(turns: usize) -> f32 {
    struct Turns(usize);
    impl Kernel for Turns {
        type Output = f32;
        #[inline(always)]
        fn run<S: Simd>(self, simd: S) -> f32 {
            let (factor, summand) = (simd.splat(0.999), simd.splat(0.001));
            // No two numbers alike, or the compiler finds that a sum is computed twice, and leaves one out.
            let start = |sum| core::array::from_fn(|lane| sum as f32 + (lane as f32 - 7.5) / LINE as f32);
            let mut sums: [S::Line; SUMS] = core::array::from_fn(|sum| simd.load(&start(sum)));
            for _ in 0..self.0 {
                for sum in &mut sums {
                    *sum = simd.mul_add(*sum, factor, summand);
                }
            }
            let mut numbers = [0.0; LINE];
            let sum = sums.into_iter().fold(simd.splat(0.0), |a, b| simd.add(a, b));
            simd.store(sum, &mut numbers);
            numbers.iter().sum()
        }
    }
    on_best_unit(Turns(turns))
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_turn_counts() {
        let after = |turns| super::multiply_adds(turns) / super::PER_TURN as f32;
        assert!((after(0) - 2.5).abs() < 1e-5, "the mean of 0 to 5");
        assert!((after(1) - (2.5 * 0.999 + 0.001)).abs() < 1e-5);
        assert!((after(100_000) - 1.0).abs() < 1e-3, "where x = 0.999 x + 0.001");
    }
}
