//! Plain arrays, for the instruction set that the program is compiled for.

use super::{HALF, LINE, Simd, math};
use core::array::from_fn;

/// The unit that every CPU has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    fn div(self, a: Self::Line, b: Self::Line) -> Self::Line {
        from_fn(|i| a[i] / b[i])
    }
    #[inline(always)]
    fn power_of_two(self, shifted: Self::Line) -> Self::Line {
        shifted.map(math::power_of_two_of)
    }
    #[inline(always)]
    fn prefetch(self, _: &f32) {}

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
    #[inline(always)]
    fn join(self, low: Self::Half, high: Self::Half) -> Self::Line {
        from_fn(|i| if i < HALF { low[i] } else { high[i - HALF] })
    }
    #[inline(always)]
    fn halves(self, line: Self::Line) -> [Self::Half; 2] {
        [from_fn(|i| line[i]), from_fn(|i| line[i + HALF])]
    }
    #[inline(always)]
    fn if_beats(self, new: Self::Line, best: Self::Line, a: Self::Line, b: Self::Line) -> Self::Line {
        from_fn(|i| if new[i] > best[i] || new[i].is_nan() { a[i] } else { b[i] })
    }
    #[inline(always)]
    fn if_equal(self, p: Self::Line, q: Self::Line, a: Self::Line, b: Self::Line) -> Self::Line {
        #[allow(clippy::float_cmp)] // it is what is asked for
        from_fn(|i| if p[i] == q[i] { a[i] } else { b[i] })
    }
    #[inline(always)]
    fn load_bytes(self, bytes: &[u8; LINE]) -> Self::Line {
        bytes.map(f32::from)
    }
    #[inline(always)]
    fn store_bytes(self, line: Self::Line, bytes: &mut [u8; LINE]) {
        #[allow(clippy::cast_sign_loss)] // none is negative
        let whole = |number| number as u8;
        *bytes = line.map(whole);
    }
    #[inline(always)]
    fn transpose(self, square: &mut [[f32; LINE]; LINE]) {
        let rows = *square;
        *square = from_fn(|i| rows.map(|row| row[i]));
    }
}
