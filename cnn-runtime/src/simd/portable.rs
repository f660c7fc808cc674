//! Plain arrays, for the instruction set that the program is compiled for.

use super::{HALF, LINE, Simd};
use core::array::from_fn;

/// The unit that every CPU has.
#[derive(Clone, Copy)]
pub(super) struct Portable;

impl Simd for Portable {
    type Line = [f32; LINE];

    #[inline(always)]
    fn splat(self, number: f32) -> Self::Line {
        [number; LINE]
    }
    #[inline(always)]
    fn load(self, numbers: &[f32; LINE]) -> Self::Line {
        *numbers
    }
    #[inline(always)]
    fn store(self, line: Self::Line, numbers: &mut [f32; LINE]) {
        *numbers = line;
    }
    #[inline(always)]
    fn add(self, a: Self::Line, b: Self::Line) -> Self::Line {
        from_fn(|i| a[i] + b[i])
    }
    #[inline(always)]
    fn sub(self, a: Self::Line, b: Self::Line) -> Self::Line {
        from_fn(|i| a[i] - b[i])
    }
    #[inline(always)]
    fn mul(self, a: Self::Line, b: Self::Line) -> Self::Line {
        from_fn(|i| a[i] * b[i])
    }
    #[inline(always)]
    fn max(self, a: Self::Line, b: Self::Line) -> Self::Line {
        from_fn(|i| if a[i] > b[i] { a[i] } else { b[i] })
    }
    #[inline(always)]
    fn min(self, a: Self::Line, b: Self::Line) -> Self::Line {
        from_fn(|i| if a[i] < b[i] { a[i] } else { b[i] })
    }
    #[inline(always)]
    fn mul_add(self, a: Self::Line, b: Self::Line, c: Self::Line) -> Self::Line {
        from_fn(|i| a[i] * b[i] + c[i])
    }
    #[inline(always)]
    fn prefetch(self, _: &[f32; LINE]) {}

    type Half = [f32; HALF];

    #[inline(always)]
    fn splat_half(self, number: f32) -> Self::Half {
        [number; HALF]
    }
    #[inline(always)]
    fn load_half(self, numbers: &[f32; HALF]) -> Self::Half {
        *numbers
    }
    #[inline(always)]
    fn store_half(self, half: Self::Half, numbers: &mut [f32; HALF]) {
        *numbers = half;
    }
    #[inline(always)]
    fn add_half(self, a: Self::Half, b: Self::Half) -> Self::Half {
        from_fn(|i| a[i] + b[i])
    }
    #[inline(always)]
    fn sub_half(self, a: Self::Half, b: Self::Half) -> Self::Half {
        from_fn(|i| a[i] - b[i])
    }
    #[inline(always)]
    fn mul_half(self, a: Self::Half, b: Self::Half) -> Self::Half {
        from_fn(|i| a[i] * b[i])
    }
    #[inline(always)]
    fn mul_add_half(self, a: Self::Half, b: Self::Half, c: Self::Half) -> Self::Half {
        from_fn(|i| a[i] * b[i] + c[i])
    }
}
