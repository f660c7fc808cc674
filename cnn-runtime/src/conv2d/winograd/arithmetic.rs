//! What the maps compute with: half a line in registers, or doubles where accuracy is worth more than time.

use crate::memory::LINE;
use crate::simd::{HALF, Simd};
use core::array::from_fn;

/// Vectors with sums and multiples by constants.
pub(super) trait Arithmetic: Copy {
    type Vector: Copy;
    fn zero(self) -> Self::Vector;
    /// `factor * a`
    fn times(self, factor: f64, a: Self::Vector) -> Self::Vector;
    /// `sum + factor * a`
    fn plus(self, sum: Self::Vector, factor: f64, a: Self::Vector) -> Self::Vector;
}

/// Half a line: with sixteen numbers a vector, the columns of a tile would not fit the registers.
#[derive(Clone, Copy)]
pub(super) struct Halves<S>(pub(super) S);

impl<S: Simd> Halves<S> {
    /// One half of a pixel.
    #[inline(always)]
    pub(super) fn load(self, pixel: &[f32; LINE], half: usize) -> S::Half {
        self.0.load_half(&pixel.as_chunks::<HALF>().0[half])
    }

    /// Writes one half of a pixel.
    #[inline(always)]
    pub(super) fn store(self, vector: S::Half, pixel: &mut [f32; LINE], half: usize) {
        self.0.store_half(vector, &mut pixel.as_chunks_mut::<HALF>().0[half]);
    }
}

impl<S: Simd> Arithmetic for Halves<S> {
    type Vector = S::Half;
    #[inline(always)]
    fn zero(self) -> S::Half {
        self.0.splat_half(0.0)
    }
    #[inline(always)]
    fn times(self, factor: f64, a: S::Half) -> S::Half {
        if is(factor, 1.0) { a } else { self.0.mul_half(self.0.splat_half(factor as f32), a) }
    }
    #[inline(always)]
    fn plus(self, sum: S::Half, factor: f64, a: S::Half) -> S::Half {
        if is(factor, 1.0) {
            self.0.add_half(sum, a)
        } else if is(factor, -1.0) {
            self.0.sub_half(sum, a)
        } else {
            self.0.mul_add_half(self.0.splat_half(factor as f32), a, sum)
        }
    }
}

/// Whether a factor, known when this is compiled, spares the product.
#[inline(always)]
fn is(factor: f64, number: f64) -> bool {
    factor.to_bits() == number.to_bits()
}

/// A line of doubles.
#[derive(Clone, Copy)]
pub(super) struct Doubles;

impl Arithmetic for Doubles {
    type Vector = [f64; LINE];
    #[inline(always)]
    fn zero(self) -> [f64; LINE] {
        [0.0; LINE]
    }
    #[inline(always)]
    fn times(self, factor: f64, a: [f64; LINE]) -> [f64; LINE] {
        a.map(|a| factor * a)
    }
    #[inline(always)]
    fn plus(self, sum: [f64; LINE], factor: f64, a: [f64; LINE]) -> [f64; LINE] {
        from_fn(|i| sum[i] + factor * a[i])
    }
}
