//! AVX2 with FMA: a line is two registers of eight numbers.

use super::{HALF, Kernel, LINE, Simd};
use core::arch::x86_64::{
    __m256, _MM_HINT_T1, _mm_prefetch, _mm256_add_ps, _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_max_ps,
    _mm256_min_ps, _mm256_mul_ps, _mm256_set1_ps, _mm256_storeu_ps, _mm256_sub_ps,
};

/// Proof that the CPU has AVX2 and FMA: a value exists only where it has.
#[derive(Clone, Copy)]
pub(super) struct Avx2(());

impl Avx2 {
    /// Asks the CPU, or without `std` the target that the program is compiled for.
    pub(super) fn detect() -> Option<Self> {
        #[cfg(feature = "std")]
        let has = std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma");
        #[cfg(not(feature = "std"))]
        let has = cfg!(all(target_feature = "avx2", target_feature = "fma"));
        has.then_some(Self(()))
    }

    /// Runs the copy of a kernel that is made for AVX2.
    pub(super) fn run<K: Kernel>(self, kernel: K) -> K::Output {
        #[target_feature(enable = "avx2,fma")]
        fn with_avx2<K: Kernel>(simd: Avx2, kernel: K) -> K::Output {
            kernel.run(simd)
        }
        // SAFETY: `with_avx2` needs a CPU with AVX2 and FMA, and `self` exists only after `detect` found both.
        unsafe { with_avx2(self, kernel) }
    }
}

impl Simd for Avx2 {
    type Line = [__m256; 2];

    #[inline(always)]
    fn splat(self, number: f32) -> Self::Line {
        // SAFETY: `self` proves that the CPU has AVX2.
        [unsafe { _mm256_set1_ps(number) }; 2]
    }
    #[inline(always)]
    fn load(self, numbers: &[f32; LINE]) -> Self::Line {
        let first = numbers.as_ptr();
        // SAFETY: `self` proves that the CPU has AVX2; there are 16 numbers behind `first`, and both loads read 8 of them.
        unsafe { [_mm256_loadu_ps(first), _mm256_loadu_ps(first.add(8))] }
    }
    #[inline(always)]
    fn store(self, line: Self::Line, numbers: &mut [f32; LINE]) {
        let first = numbers.as_mut_ptr();
        // SAFETY: `self` proves that the CPU has AVX2; there are 16 numbers behind `first`, exclusively borrowed, and both
        // stores write 8 of them.
        unsafe {
            _mm256_storeu_ps(first, line[0]);
            _mm256_storeu_ps(first.add(8), line[1]);
        }
    }
    #[inline(always)]
    fn add(self, a: Self::Line, b: Self::Line) -> Self::Line {
        // SAFETY: `self` proves that the CPU has AVX2.
        unsafe { [_mm256_add_ps(a[0], b[0]), _mm256_add_ps(a[1], b[1])] }
    }
    #[inline(always)]
    fn sub(self, a: Self::Line, b: Self::Line) -> Self::Line {
        // SAFETY: `self` proves that the CPU has AVX2.
        unsafe { [_mm256_sub_ps(a[0], b[0]), _mm256_sub_ps(a[1], b[1])] }
    }
    #[inline(always)]
    fn mul(self, a: Self::Line, b: Self::Line) -> Self::Line {
        // SAFETY: `self` proves that the CPU has AVX2.
        unsafe { [_mm256_mul_ps(a[0], b[0]), _mm256_mul_ps(a[1], b[1])] }
    }
    #[inline(always)]
    fn max(self, a: Self::Line, b: Self::Line) -> Self::Line {
        // SAFETY: `self` proves that the CPU has AVX2.
        unsafe { [_mm256_max_ps(a[0], b[0]), _mm256_max_ps(a[1], b[1])] }
    }
    #[inline(always)]
    fn min(self, a: Self::Line, b: Self::Line) -> Self::Line {
        // SAFETY: `self` proves that the CPU has AVX2.
        unsafe { [_mm256_min_ps(a[0], b[0]), _mm256_min_ps(a[1], b[1])] }
    }
    #[inline(always)]
    fn mul_add(self, a: Self::Line, b: Self::Line, c: Self::Line) -> Self::Line {
        // SAFETY: `self` proves that the CPU has FMA.
        unsafe { [_mm256_fmadd_ps(a[0], b[0], c[0]), _mm256_fmadd_ps(a[1], b[1], c[1])] }
    }
    #[inline(always)]
    fn prefetch(self, numbers: &[f32; LINE]) {
        // SAFETY: `self` proves that the CPU has AVX2, and so SSE.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(numbers.as_ptr().cast()) }
    }

    type Half = __m256;

    #[inline(always)]
    fn splat_half(self, number: f32) -> Self::Half {
        // SAFETY: `self` proves that the CPU has AVX2.
        unsafe { _mm256_set1_ps(number) }
    }
    #[inline(always)]
    fn load_half(self, numbers: &[f32; HALF]) -> Self::Half {
        // SAFETY: `self` proves that the CPU has AVX2; there are 8 numbers, as many as are read.
        unsafe { _mm256_loadu_ps(numbers.as_ptr()) }
    }
    #[inline(always)]
    fn store_half(self, half: Self::Half, numbers: &mut [f32; HALF]) {
        // SAFETY: `self` proves that the CPU has AVX2; there are 8 numbers, exclusively borrowed, as many as are written.
        unsafe { _mm256_storeu_ps(numbers.as_mut_ptr(), half) }
    }
    #[inline(always)]
    fn add_half(self, a: Self::Half, b: Self::Half) -> Self::Half {
        // SAFETY: `self` proves that the CPU has AVX2.
        unsafe { _mm256_add_ps(a, b) }
    }
    #[inline(always)]
    fn sub_half(self, a: Self::Half, b: Self::Half) -> Self::Half {
        // SAFETY: `self` proves that the CPU has AVX2.
        unsafe { _mm256_sub_ps(a, b) }
    }
    #[inline(always)]
    fn mul_half(self, a: Self::Half, b: Self::Half) -> Self::Half {
        // SAFETY: `self` proves that the CPU has AVX2.
        unsafe { _mm256_mul_ps(a, b) }
    }
    #[inline(always)]
    fn mul_add_half(self, a: Self::Half, b: Self::Half, c: Self::Half) -> Self::Half {
        // SAFETY: `self` proves that the CPU has FMA.
        unsafe { _mm256_fmadd_ps(a, b, c) }
    }
}
