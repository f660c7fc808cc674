//! Loops compiled for the vector units that the CPU has.
//!
//! A [`Body`] is a plain loop over slices. [`vectorized`] runs it in a copy that the compiler made for AVX2 and FMA where
//! the CPU has them, and in the ordinary copy elsewhere. The choice is made once a call, never in the loop. Which copy
//! runs cannot be seen in the results: the compiler may not fuse or reorder what a body says.

pub(crate) mod math;
mod sum;

pub(crate) use sum::sums;

/// A loop, to be compiled for several instruction sets.
pub(crate) trait Body {
    /// What the loop is for, if not for what it writes: a sum.
    type Output;

    /// Runs it. Implementations are `#[inline(always)]`, so that they take on the instruction set of their caller.
    fn run(self) -> Self::Output;
}

/// Runs a loop on the best vector unit there is.
pub(crate) fn vectorized<B: Body>(body: B) -> B::Output {
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = Avx2::detect() {
        return avx2.run(body);
    }
    body.run()
}

/// Proof that the CPU has AVX2 and FMA: a value exists only where it has.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
struct Avx2(());

#[cfg(target_arch = "x86_64")]
impl Avx2 {
    /// Asks the CPU, or without `std` the target that the program is compiled for.
    fn detect() -> Option<Self> {
        #[cfg(feature = "std")]
        let has = std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma");
        #[cfg(not(feature = "std"))]
        let has = cfg!(all(target_feature = "avx2", target_feature = "fma"));
        has.then_some(Self(()))
    }

    /// Runs the copy of a loop that is made for AVX2.
    fn run<B: Body>(self, body: B) -> B::Output {
        #[target_feature(enable = "avx2,fma")]
        fn with_avx2<B: Body>(body: B) -> B::Output {
            body.run()
        }
        let Self(()) = self;
        // SAFETY: `with_avx2` needs a CPU with AVX2 and FMA, and `self` exists only after `detect` found both.
        unsafe { with_avx2(body) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    /// Every function of [`math`] of every number.
    struct Functions<'a>(&'a [f32], &'a mut [[f32; 6]]);

    impl Body for Functions<'_> {
        type Output = ();
        #[allow(clippy::inline_always)] // as any body
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
        if Avx2::detect().is_none() {
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
}
