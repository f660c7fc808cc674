//! AVX2 with FMA: a line is two registers of eight numbers.

use super::registers::{self, Columns, each_register, memory};
use super::{HALF, Kernel, LINE, Simd};
use core::arch::x86_64::{
    __m256, _CMP_EQ_OQ, _CMP_GT_OQ, _CMP_UNORD_Q, _MM_HINT_T1, _mm_loadu_si128, _mm_packus_epi16,
    _mm_prefetch, _mm_storeu_si128, _mm_unpackhi_epi64, _mm256_add_epi32, _mm256_add_ps, _mm256_blendv_ps,
    _mm256_castps_si256, _mm256_castsi256_ps, _mm256_castsi256_si128, _mm256_cmp_ps, _mm256_cvtepi32_ps,
    _mm256_cvtepu8_epi32, _mm256_cvttps_epi32, _mm256_div_ps, _mm256_extracti128_si256, _mm256_fmadd_ps,
    _mm256_loadu_ps, _mm256_max_ps, _mm256_min_ps, _mm256_mul_ps, _mm256_or_ps, _mm256_packus_epi32,
    _mm256_permute2f128_ps, _mm256_permute4x64_epi64, _mm256_set1_epi32, _mm256_set1_ps, _mm256_shuffle_ps,
    _mm256_slli_epi32, _mm256_storeu_ps, _mm256_sub_ps, _mm256_unpackhi_ps, _mm256_unpacklo_ps,
};
use core::array::from_fn;

/// Proof that the CPU has AVX2 and FMA: a value exists only where it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    type Half = [__m256; 1];

    memory! { unsafe Line [f32; LINE] by 8: splat => _mm256_set1_ps, load => _mm256_loadu_ps, store => _mm256_storeu_ps }
    memory! { unsafe Half [f32; HALF] by 8:
        splat_half => _mm256_set1_ps, load_half => _mm256_loadu_ps, store_half => _mm256_storeu_ps
    }

    each_register! { unsafe Line:
        add(a, b) => _mm256_add_ps(a, b);
        sub(a, b) => _mm256_sub_ps(a, b);
        mul(a, b) => _mm256_mul_ps(a, b);
        div(a, b) => _mm256_div_ps(a, b);
        mul_add(a, b, c) => _mm256_fmadd_ps(a, b, c);
        max(a, b) => _mm256_max_ps(a, b);
        min(a, b) => _mm256_min_ps(a, b);
        // Of the mask only the sign counts.
        larger(new, best) => {
            // The second where one is NaN or both are zero.
            let larger = _mm256_max_ps(new, best);
            _mm256_blendv_ps(larger, new, _mm256_cmp_ps::<_CMP_UNORD_Q>(new, new))
        };
        if_beats(new, best, a, b) => {
            let larger = _mm256_cmp_ps::<_CMP_GT_OQ>(new, best);
            let nan = _mm256_cmp_ps::<_CMP_UNORD_Q>(new, new);
            _mm256_blendv_ps(b, a, _mm256_or_ps(larger, nan))
        };
        if_equal(p, q, a, b) => _mm256_blendv_ps(b, a, _mm256_cmp_ps::<_CMP_EQ_OQ>(p, q));
        power_of_two(shifted) => {
            let n = _mm256_slli_epi32::<23>(_mm256_castps_si256(shifted));
            _mm256_castsi256_ps(_mm256_add_epi32(n, _mm256_set1_epi32(127 << 23)))
        };
    }
    each_register! { unsafe Half:
        add_half(a, b) => _mm256_add_ps(a, b);
        sub_half(a, b) => _mm256_sub_ps(a, b);
        mul_half(a, b) => _mm256_mul_ps(a, b);
        mul_add_half(a, b, c) => _mm256_fmadd_ps(a, b, c);
    }
    #[inline(always)]
    fn join(self, [low]: Self::Half, [high]: Self::Half) -> Self::Line {
        [low, high]
    }
    #[inline(always)]
    fn halves(self, line: Self::Line) -> [Self::Half; 2] {
        line.map(|half| [half])
    }
    #[inline(always)]
    fn prefetch(self, number: &f32) {
        // SAFETY: every x86-64 CPU has this instruction, which changes nothing and fails for no address.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(core::ptr::from_ref(number).cast()) }
    }
    #[inline(always)]
    fn load_bytes(self, bytes: &[u8; LINE]) -> Self::Line {
        // SAFETY: `self` proves that the CPU has AVX2; the load reads 16 bytes, as many as there are.
        unsafe {
            let bytes = _mm_loadu_si128(bytes.as_ptr().cast());
            [bytes, _mm_unpackhi_epi64(bytes, bytes)]
                .map(|half| _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(half)))
        }
    }
    #[inline(always)]
    fn store_bytes(self, line: Self::Line, bytes: &mut [u8; LINE]) {
        // SAFETY: `self` proves that the CPU has AVX2; the store writes 16 bytes, as many as there are, exclusively
        // borrowed.
        unsafe {
            let [a, b] = line.map(|half| _mm256_cvttps_epi32(half));
            // Packing goes on within halves of a register: quarters come out as 0 2 1 3.
            let words = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packus_epi32(a, b));
            let (low, high) = (_mm256_castsi256_si128(words), _mm256_extracti128_si256::<1>(words));
            _mm_storeu_si128(bytes.as_mut_ptr().cast(), _mm_packus_epi16(low, high));
        }
    }
    #[inline(always)]
    fn transpose(self, square: &mut [[f32; LINE]; LINE]) {
        registers::transpose::<_, HALF>(self, square);
    }
}

impl Columns<HALF> for Avx2 {
    type Register = [__m256; 1];
    #[inline(always)]
    fn row(self, numbers: &[f32; HALF]) -> [__m256; 1] {
        self.load_half(numbers)
    }
    #[inline(always)]
    fn put(self, register: [__m256; 1], numbers: &mut [f32; HALF]) {
        self.store_half(register, numbers);
    }
    /// By pairs, by fours, by halves.
    #[inline(always)]
    fn columns(self, rows: [[__m256; 1]; HALF]) -> [[__m256; 1]; HALF] {
        // SAFETY: `self` proves that the CPU has AVX2.
        unsafe {
            let pairs: [[__m256; 2]; 4] = from_fn(|i| {
                let ([a], [b]) = (rows[2 * i], rows[2 * i + 1]);
                [_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b)]
            });
            let fours: [[__m256; 4]; 2] = from_fn(|i| {
                let [[a, c], [b, d]] = [pairs[2 * i], pairs[2 * i + 1]];
                [
                    _mm256_shuffle_ps::<0b01_00_01_00>(a, b),
                    _mm256_shuffle_ps::<0b11_10_11_10>(a, b),
                    _mm256_shuffle_ps::<0b01_00_01_00>(c, d),
                    _mm256_shuffle_ps::<0b11_10_11_10>(c, d),
                ]
            });
            let [a, b] = fours;
            from_fn(|column| {
                let (a, b) = (a[column % 4], b[column % 4]);
                [if column < 4 {
                    _mm256_permute2f128_ps::<0x20>(a, b)
                } else {
                    _mm256_permute2f128_ps::<0x31>(a, b)
                }]
            })
        }
    }
}
