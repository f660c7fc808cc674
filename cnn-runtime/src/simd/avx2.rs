//! AVX2 with FMA: a line is two registers of eight numbers.

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
    fn div(self, a: Self::Line, b: Self::Line) -> Self::Line {
        // SAFETY: `self` proves that the CPU has AVX2.
        unsafe { [_mm256_div_ps(a[0], b[0]), _mm256_div_ps(a[1], b[1])] }
    }
    #[inline(always)]
    fn negative_abs(self, a: Self::Line) -> Self::Line {
        // SAFETY: `self` proves that the CPU has AVX2.
        unsafe {
            let sign = _mm256_set1_ps(-0.0);
            [_mm256_or_ps(a[0], sign), _mm256_or_ps(a[1], sign)]
        }
    }
    #[inline(always)]
    fn if_negative(self, x: Self::Line, a: Self::Line, b: Self::Line) -> Self::Line {
        // SAFETY: `self` proves that the CPU has AVX2; of the mask only the sign counts.
        unsafe { [_mm256_blendv_ps(b[0], a[0], x[0]), _mm256_blendv_ps(b[1], a[1], x[1])] }
    }
    #[inline(always)]
    fn power_of_two(self, shifted: Self::Line) -> Self::Line {
        // SAFETY: `self` proves that the CPU has AVX2.
        unsafe {
            let [a, b] = [
                _mm256_slli_epi32::<23>(_mm256_castps_si256(shifted[0])),
                _mm256_slli_epi32::<23>(_mm256_castps_si256(shifted[1])),
            ];
            let one = _mm256_set1_epi32(127 << 23);
            [_mm256_castsi256_ps(_mm256_add_epi32(a, one)), _mm256_castsi256_ps(_mm256_add_epi32(b, one))]
        }
    }
    #[inline(always)]
    fn prefetch(self, number: &f32) {
        // SAFETY: every x86-64 CPU has this instruction, which changes nothing and fails for no address.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(core::ptr::from_ref(number).cast()) }
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
    #[inline(always)]
    fn join(self, low: Self::Half, high: Self::Half) -> Self::Line {
        [low, high]
    }
    #[inline(always)]
    fn halves(self, line: Self::Line) -> [Self::Half; 2] {
        line
    }
    #[inline(always)]
    fn larger(self, new: Self::Line, best: Self::Line) -> Self::Line {
        let half = |i: usize| {
            // SAFETY: `self` proves that the CPU has AVX2.
            unsafe {
                // The second where one is NaN or both are zero.
                let larger = _mm256_max_ps(new[i], best[i]);
                _mm256_blendv_ps(larger, new[i], _mm256_cmp_ps::<_CMP_UNORD_Q>(new[i], new[i]))
            }
        };
        [half(0), half(1)]
    }
    #[inline(always)]
    fn if_beats(self, new: Self::Line, best: Self::Line, a: Self::Line, b: Self::Line) -> Self::Line {
        let half = |i: usize| {
            // SAFETY: `self` proves that the CPU has AVX2.
            unsafe {
                let larger = _mm256_cmp_ps::<_CMP_GT_OQ>(new[i], best[i]);
                let nan = _mm256_cmp_ps::<_CMP_UNORD_Q>(new[i], new[i]);
                _mm256_blendv_ps(b[i], a[i], _mm256_or_ps(larger, nan))
            }
        };
        [half(0), half(1)]
    }
    #[inline(always)]
    fn if_equal(self, p: Self::Line, q: Self::Line, a: Self::Line, b: Self::Line) -> Self::Line {
        let half = |i: usize| {
            // SAFETY: `self` proves that the CPU has AVX2.
            unsafe { _mm256_blendv_ps(b[i], a[i], _mm256_cmp_ps::<_CMP_EQ_OQ>(p[i], q[i])) }
        };
        [half(0), half(1)]
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
        // Two squares of eight by eight stay where they are, two change places.
        for (row, column) in [(0, 0), (8, 8), (0, 8)] {
            let (a, b) = (self.eighth(square, row, column), self.eighth(square, column, row));
            self.store_eighth(self.transpose_eight(a), square, column, row);
            if row != column {
                self.store_eighth(self.transpose_eight(b), square, row, column);
            }
        }
    }
}

#[allow(clippy::unused_self)] // it is the proof that the CPU has AVX2
impl Avx2 {
    /// Eight numbers of each of eight rows.
    #[inline(always)]
    fn eighth(self, square: &[[f32; LINE]; LINE], row: usize, column: usize) -> [__m256; 8] {
        from_fn(|i| {
            let numbers = &square[row + i][column..column + 8];
            // SAFETY: `self` proves that the CPU has AVX2; the load reads the eight numbers of the slice.
            unsafe { _mm256_loadu_ps(numbers.as_ptr()) }
        })
    }

    #[inline(always)]
    fn store_eighth(self, lines: [__m256; 8], square: &mut [[f32; LINE]; LINE], row: usize, column: usize) {
        for (i, line) in lines.into_iter().enumerate() {
            let numbers = &mut square[row + i][column..column + 8];
            // SAFETY: `self` proves that the CPU has AVX2; the store writes the eight numbers of the slice.
            unsafe { _mm256_storeu_ps(numbers.as_mut_ptr(), line) };
        }
    }

    /// By pairs, by fours, by halves.
    #[inline(always)]
    fn transpose_eight(self, rows: [__m256; 8]) -> [__m256; 8] {
        // SAFETY: `self` proves that the CPU has AVX2.
        unsafe {
            let pairs: [[__m256; 2]; 4] = from_fn(|i| {
                let (a, b) = (rows[2 * i], rows[2 * i + 1]);
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
            let low: [__m256; 4] = from_fn(|i| _mm256_permute2f128_ps::<0x20>(a[i], b[i]));
            let high: [__m256; 4] = from_fn(|i| _mm256_permute2f128_ps::<0x31>(a[i], b[i]));
            [low[0], low[1], low[2], low[3], high[0], high[1], high[2], high[3]]
        }
    }
}
