//! Loops compiled for the vector units that the CPU has.
//!
//! A [`Body`] is a plain loop over slices. [`vectorized`] runs it in a copy that the compiler made for AVX2 and FMA where
//! the CPU has them, and in the ordinary copy elsewhere. The choice is made once a call, never in the loop.

#![allow(clippy::inline_always)] // a body takes on its caller's instruction set only where it is inlined

pub(crate) mod math;

/// A loop, to be compiled for several instruction sets.
pub(crate) trait Body {
    /// Runs it. Implementations are `#[inline(always)]`, so that they take on the instruction set of their caller.
    fn run(self);
}

/// Runs a loop on the best vector unit there is.
pub(crate) fn vectorized(body: impl Body) {
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = Avx2::detect() {
        return avx2.run(body);
    }
    body.run();
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

    fn run(self, body: impl Body) {
        #[target_feature(enable = "avx2,fma")]
        fn with_avx2(body: impl Body) {
            body.run();
        }
        let Self(()) = self;
        // SAFETY: `with_avx2` needs a CPU with AVX2 and FMA, and `self` exists only after `detect` found both.
        unsafe { with_avx2(body) }
    }
}
