//! Loops compiled for the vector units that the CPU has.
//!
//! A [`Kernel`] is code over a [`Simd`] unit, whose registers it names; [`on_best_unit`] compiles it for each unit and runs
//! the copy for the best one there is. The choice is made once a call, never in the loop.
//!
//! A [`Body`] is a plain loop over slices, of which the compiler makes vector code; [`vectorized`] runs it in the same way.
//! Which copy of a body runs cannot be seen in the results: the compiler may not fuse or reorder what it says. Copies of a
//! kernel give the same bits on AVX-512, AVX2 and NEON, which round [`Simd::mul_add`] once; the portable one, which rounds
//! it twice, gives others. Which NaN a result is may differ everywhere.
//!
//! | unit | line of sixteen numbers | chosen if |
//! |---|---|---|
//! | AVX-512 | a register | the CPU has it, with its parts F, BW, DQ and VL |
//! | AVX2 | two registers | the CPU has it, and FMA |
//! | NEON | four registers | the program is compiled for an AArch64 that has it, as all but bare metal do |
//! | portable | an array | there is none of these |

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
pub(crate) mod math;
#[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
mod neon;
mod portable;
mod registers;
mod sum;
#[cfg(test)]
mod tests;
mod unit;

pub(crate) use sum::{lane_sums, sums};

use crate::memory::LINE;
use unit::Unit;

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
    fn transpose(self, square: &mut [[f32; LINE]; LINE]);
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
    Unit::best().run(kernel)
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
    on_best_unit(Loop(body))
}

/// A body as a kernel that names no registers.
struct Loop<B>(B);

impl<B: Body> Kernel for Loop<B> {
    type Output = B::Output;
    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> B::Output {
        self.0.run()
    }
}
