//! Loops compiled for the vector units that the CPU has.
//!
//! A [`Kernel`] is code over a [`Simd`] unit, whose registers it names; [`on_best_unit`] compiles it for each unit and runs
//! the copy for the best one there is. The choice is made once a call, never in the loop.
//!
//! A [`Body`] is a plain loop over slices, of which the compiler makes vector code; [`vectorized`] runs it in the same way.
//! Which copy of a body runs cannot be seen in the results: the compiler may not fuse or reorder what it says. Copies of a
//! kernel may differ, where a unit rounds [`Simd::mul_add`] once and another twice.

#[cfg(target_arch = "x86_64")]
mod avx2;
pub(crate) mod math;
mod portable;
mod sum;

pub(crate) use sum::{lane_sums, sums};

use crate::memory::LINE;

/// Half a cache line of numbers.
pub(crate) const HALF: usize = LINE / 2;

/// A vector unit: a value exists only where the CPU has it.
pub(crate) trait Simd: Copy {
    /// A cache line of numbers in registers.
    type Line: Copy;

    /// The same number everywhere.
    fn splat(self, number: f32) -> Self::Line;
    /// Numbers from memory.
    fn load(self, numbers: &[f32; LINE]) -> Self::Line;
    /// Numbers to memory.
    fn store(self, line: Self::Line, numbers: &mut [f32; LINE]);
    /// `a + b`.
    fn add(self, a: Self::Line, b: Self::Line) -> Self::Line;
    /// `a - b`.
    fn sub(self, a: Self::Line, b: Self::Line) -> Self::Line;
    /// `a * b`.
    fn mul(self, a: Self::Line, b: Self::Line) -> Self::Line;
    /// The larger of both; `b` where one is NaN.
    fn max(self, a: Self::Line, b: Self::Line) -> Self::Line;
    /// The smaller of both; `b` where one is NaN.
    fn min(self, a: Self::Line, b: Self::Line) -> Self::Line;
    /// `a * b + c`, rounded once or twice.
    fn mul_add(self, a: Self::Line, b: Self::Line, c: Self::Line) -> Self::Line;
    /// `a / b`.
    fn div(self, a: Self::Line, b: Self::Line) -> Self::Line;
    /// 2ⁿ, where each number is n beside one so large ([`math::ROUND`]) that n stands in its low bits; -126 <= n <= 127.
    fn power_of_two(self, shifted: Self::Line) -> Self::Line;
    /// `-|a|`.
    fn negative_abs(self, a: Self::Line) -> Self::Line;
    /// `a` where the sign of `x` is negative, that of zero too, otherwise `b`.
    fn if_negative(self, x: Self::Line, a: Self::Line, b: Self::Line) -> Self::Line;
    /// Asks for the cache line around a number, which will be read some time later; cannot be seen in any result.
    #[allow(clippy::trivially_copy_pass_by_ref)] // it is about where the number stands
    fn prefetch(self, number: &f32);

    /// Half a cache line of numbers, for kernels of which many more must be in registers at a time.
    type Half: Copy;

    /// The same number everywhere.
    fn splat_half(self, number: f32) -> Self::Half;
    /// Numbers from memory.
    fn load_half(self, numbers: &[f32; HALF]) -> Self::Half;
    /// Numbers to memory.
    fn store_half(self, half: Self::Half, numbers: &mut [f32; HALF]);
    /// `a + b`.
    fn add_half(self, a: Self::Half, b: Self::Half) -> Self::Half;
    /// `a - b`.
    fn sub_half(self, a: Self::Half, b: Self::Half) -> Self::Half;
    /// `a * b`.
    fn mul_half(self, a: Self::Half, b: Self::Half) -> Self::Half;
    /// `a * b + c`, rounded as [`Simd::mul_add`] does.
    fn mul_add_half(self, a: Self::Half, b: Self::Half, c: Self::Half) -> Self::Half;
    /// A line of two halves.
    fn join(self, low: Self::Half, high: Self::Half) -> Self::Line;
    /// The halves of a line.
    fn halves(self, line: Self::Line) -> [Self::Half; 2];
    /// `new` where it is larger than `best` or is NaN, otherwise `best`.
    #[inline(always)]
    fn larger(self, new: Self::Line, best: Self::Line) -> Self::Line {
        self.if_beats(new, best, new, best)
    }
    /// `a` where `new` is larger than `best` or is NaN, otherwise `b`.
    fn if_beats(self, new: Self::Line, best: Self::Line, a: Self::Line, b: Self::Line) -> Self::Line;
    /// `a` where `p == q`, otherwise `b`.
    fn if_equal(self, p: Self::Line, q: Self::Line, a: Self::Line, b: Self::Line) -> Self::Line;
    /// Numbers from bytes.
    fn load_bytes(self, bytes: &[u8; LINE]) -> Self::Line;
    /// Numbers to bytes; each is whole and from 0 to 255.
    fn store_bytes(self, line: Self::Line, bytes: &mut [u8; LINE]);
    /// Makes columns of rows.
    fn transpose(self, square: &mut [[f32; LINE]; LINE]) {
        let rows = *square;
        *square = core::array::from_fn(|i| rows.map(|row| row[i]));
    }
}

/// Code over any vector unit.
pub(crate) trait Kernel {
    /// What it computes, if not what it writes.
    type Output;

    /// Runs it. Implementations are `#[inline(always)]`, so that they take on the instruction set of their caller.
    fn run<S: Simd>(self, simd: S) -> Self::Output;
}

/// Runs a kernel on the best vector unit there is.
pub(crate) fn on_best_unit<K: Kernel>(kernel: K) -> K::Output {
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = avx2::Avx2::detect() {
        return avx2.run(kernel);
    }
    kernel.run(portable::Portable)
}

/// A loop, to be compiled for several instruction sets.
pub(crate) trait Body {
    /// What the loop is for, if not for what it writes: a sum.
    type Output;

    /// Runs it. Implementations are `#[inline(always)]`, so that they take on the instruction set of their caller.
    fn run(self) -> Self::Output;
}

/// Runs a loop on the best vector unit there is.
pub(crate) fn vectorized<B: Body>(body: B) -> B::Output {
    struct Loop<B>(B);
    impl<B: Body> Kernel for Loop<B> {
        type Output = B::Output;
        #[inline(always)]
        fn run<S: Simd>(self, _: S) -> B::Output {
            self.0.run()
        }
    }
    on_best_unit(Loop(body))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    /// Every function of [`math`] of every number.
    struct Functions<'a>(&'a [f32], &'a mut [[f32; 6]]);

    impl Body for Functions<'_> {
        type Output = ();
        #[inline(always)]
        fn run(self) {
            for (x, y) in self.0.iter().zip(self.1) {
                let (distribution, density) = math::normal(*x);
                let root = math::sqrt(x.abs());
                *y = [math::exp(*x), math::sigmoid(*x), math::tanh(*x), distribution, density, root];
            }
        }
    }

    #[test]
    fn instruction_sets_agree_to_the_bit() {
        #[cfg(all(target_arch = "x86_64", feature = "std"))]
        if avx2::Avx2::detect().is_none() {
            assert!(std::env::var_os("CI").is_none(), "this machine cannot test the copies for AVX2");
        }
        let x: Vec<f32> = (-60_000..60_000).map(|i| i as f32 * 1.7e-3).collect();
        let mut portable = alloc::vec![[0.0; 6]; x.len()];
        let mut vector = portable.clone();
        Functions(&x, &mut portable).run();
        vectorized(Functions(&x, &mut vector));
        let differs = |(a, b): (&[f32; 6], &[f32; 6])| a.map(f32::to_bits) != b.map(f32::to_bits);
        assert_eq!(portable.iter().zip(&vector).position(differs), None);
    }

    /// Every operation of a unit, one line each.
    struct Operations<'a>(&'a [[f32; LINE]; 3], &'a mut [[f32; LINE]; 16]);

    impl Kernel for Operations<'_> {
        type Output = ();
        #[inline(always)]
        fn run<S: Simd>(self, simd: S) {
            let Self(from, to) = self;
            let [a, b, c] = [0, 1, 2].map(|i| simd.load(&from[i]));
            let mixed = simd.mul(a, simd.splat(f32::NAN));
            let mut bytes = [0; LINE];
            simd.store_bytes(simd.add(a, simd.splat(239.0)), &mut bytes);
            let results = [
                simd.splat(from[0][3]),
                a,
                simd.add(a, b),
                simd.mul_add(a, b, c),
                simd.sub(a, b),
                simd.mul(a, b),
                simd.max(mixed, simd.max(a, c)),
                simd.min(mixed, simd.min(a, c)),
                simd.if_beats(mixed, c, simd.if_beats(b, a, b, a), c),
                simd.if_beats(a, a, b, simd.if_beats(a, mixed, b, a)),
                simd.if_equal(mixed, mixed, a, simd.if_equal(a, simd.splat(from[0][2]), b, c)),
                simd.load_bytes(&bytes),
                simd.div(a, b),
                simd.if_negative(simd.sub(a, simd.splat(3.5)), a, simd.if_negative(simd.splat(-0.0), b, c)),
                simd.negative_abs(simd.sub(a, simd.splat(3.0))),
                simd.power_of_two(simd.add(simd.splat(math::ROUND - 60.0), a)),
            ];
            for (result, to) in results.into_iter().zip(to) {
                simd.store(result, to);
            }
        }
    }

    /// Every operation of a unit on halves, the first halves of a line each.
    struct HalfOperations<'a>(&'a [[f32; LINE]; 3], &'a mut [[f32; HALF]; 7]);

    impl Kernel for HalfOperations<'_> {
        type Output = ();
        #[inline(always)]
        fn run<S: Simd>(self, simd: S) {
            let Self(from, to) = self;
            let [a, b, c] = [0, 1, 2].map(|i| simd.load_half(&from[i].as_chunks().0[0]));
            let results = [
                simd.splat_half(from[0][3]),
                a,
                simd.add_half(a, b),
                simd.mul_add_half(a, b, c),
                simd.sub_half(a, b),
                simd.mul_half(a, b),
                simd.halves(simd.mul(simd.join(b, a), simd.splat(1.0)))[1],
            ];
            for (result, to) in results.into_iter().zip(to) {
                simd.store_half(result, to);
            }
        }
    }

    struct Transpose<'a>(&'a mut [[f32; LINE]; LINE]);

    impl Kernel for Transpose<'_> {
        type Output = ();
        #[inline(always)]
        fn run<S: Simd>(self, simd: S) {
            simd.transpose(self.0);
        }
    }

    #[test]
    fn units_make_columns_of_rows() {
        let square = |step: [usize; 2]| -> [[f32; LINE]; LINE] {
            core::array::from_fn(|row| {
                core::array::from_fn(|column| (row * step[0] + column * step[1]) as f32)
            })
        };
        let mut found = square([LINE, 1]);
        Transpose(&mut found).run(portable::Portable);
        assert_eq!(found, square([1, LINE]));
        let mut found = square([LINE, 1]);
        on_best_unit(Transpose(&mut found));
        assert_eq!(found, square([1, LINE]));
    }

    #[test]
    fn units_compute_what_they_say() {
        let from = [0, 1, 2].map(|row| core::array::from_fn(|i| (1 + row * LINE + i) as f32)); // exact products
        let expected: [[f32; LINE]; 16] = [
            [4.0; LINE],
            from[0],
            core::array::from_fn(|i| from[0][i] + from[1][i]),
            core::array::from_fn(|i| from[0][i] * from[1][i] + from[2][i]),
            core::array::from_fn(|i| from[0][i] - from[1][i]),
            core::array::from_fn(|i| from[0][i] * from[1][i]),
            from[2],
            from[0],
            from[1],
            from[0],
            core::array::from_fn(|i| if i == 2 { from[1][i] } else { from[2][i] }),
            core::array::from_fn(|i| from[0][i] + 239.0),
            core::array::from_fn(|i| from[0][i] / from[1][i]),
            core::array::from_fn(|i| if i < 3 { from[0][i] } else { from[1][i] }),
            core::array::from_fn(|i| -(from[0][i] - 3.0).abs()),
            core::array::from_fn(|i| libm::exp2f(from[0][i] - 60.0)),
        ];
        let mut found = [[0.0; LINE]; 16];
        Operations(&from, &mut found).run(portable::Portable);
        assert_eq!(found, expected);
        let mut found = [[0.0; LINE]; 16];
        on_best_unit(Operations(&from, &mut found));
        assert_eq!(found, expected);

        let expected = [0, 1, 2, 3, 4, 5, 1].map(|row| expected[row].as_chunks::<HALF>().0[0]);
        let mut found = [[0.0; HALF]; 7];
        HalfOperations(&from, &mut found).run(portable::Portable);
        assert_eq!(found, expected);
        let mut found = [[0.0; HALF]; 7];
        on_best_unit(HalfOperations(&from, &mut found));
        assert_eq!(found, expected);
    }
}
