//! Which vector units there are.

#[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
use super::neon::Neon;
use super::{Kernel, portable::Portable};
#[cfg(target_arch = "x86_64")]
use super::{avx2::Avx2, avx512::Avx512};

/// A vector unit that the CPU has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512),
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
    Neon(Neon),
    Portable(Portable),
}

impl Unit {
    /// Those that there is code for, best first: their names, and whether the CPU has them.
    pub(super) fn all() -> impl Iterator<Item = (&'static str, Option<Self>)> {
        [
            #[cfg(target_arch = "x86_64")]
            ("avx512", Avx512::detect().map(Self::Avx512)),
            #[cfg(target_arch = "x86_64")]
            ("avx2", Avx2::detect().map(Self::Avx2)),
            #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
            ("neon", Some(Self::Neon(Neon::of_target()))),
            ("portable", Some(Self::Portable(Portable))),
        ]
        .into_iter()
    }

    /// The best; in tests, the one that they are to test.
    pub(super) fn best() -> Self {
        #[cfg(all(test, feature = "std"))]
        if let Some(unit) = super::tests::chosen_unit() {
            return unit;
        }
        Self::all().find_map(|(_, unit)| unit).unwrap_or(Self::Portable(Portable))
    }

    /// Runs the copy of a kernel that is made for it.
    #[inline(always)]
    pub(super) fn run<K: Kernel>(self, kernel: K) -> K::Output {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(avx512) => avx512.run(kernel),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(avx2) => avx2.run(kernel),
            #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
            Self::Neon(neon) => kernel.run(neon),
            Self::Portable(portable) => kernel.run(portable),
        }
    }
}
