//! AVX-512: a line is one register of sixteen numbers, half a line one of AVX2's.

use super::registers::{self, Columns, each_register, memory};
use super::{HALF, Kernel, LINE, Simd, avx2::Avx2};
use core::arch::x86_64::{
    __m256, __m512, _CMP_EQ_OQ, _CMP_GT_OQ, _CMP_UNORD_Q, _mm_loadu_si128, _mm_storeu_si128, _mm256_add_ps,
    _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_mul_ps, _mm256_set1_ps, _mm256_storeu_ps, _mm256_sub_ps,
    _mm512_add_epi32, _mm512_add_ps, _mm512_castps_si512, _mm512_castps256_ps512, _mm512_castps512_ps256,
    _mm512_castsi512_ps, _mm512_cmp_ps_mask, _mm512_cvtepi32_epi8, _mm512_cvtepi32_ps, _mm512_cvtepu8_epi32,
    _mm512_cvttps_epi32, _mm512_div_ps, _mm512_extractf32x8_ps, _mm512_fmadd_ps, _mm512_insertf32x8,
    _mm512_loadu_ps, _mm512_mask_blend_ps, _mm512_max_ps, _mm512_min_ps, _mm512_mul_ps, _mm512_set1_epi32,
    _mm512_set1_ps, _mm512_shuffle_f32x4, _mm512_shuffle_ps, _mm512_slli_epi32, _mm512_storeu_ps,
    _mm512_sub_ps, _mm512_unpackhi_ps, _mm512_unpacklo_ps,
};
use core::array::from_fn;

/// Proof that the CPU has AVX-512 with all parts that are asked for here: a value exists only where it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Avx512 {
    /// It has AVX2 too.
    avx2: Avx2,
}

impl Avx512 {
    /// Asks the CPU, or without `std` the target that the program is compiled for.
    pub(super) fn detect() -> Option<Self> {
        #[cfg(feature = "std")]
        let has = std::arch::is_x86_feature_detected!("avx512f")
            && std::arch::is_x86_feature_detected!("avx512bw")
            && std::arch::is_x86_feature_detected!("avx512dq")
            && std::arch::is_x86_feature_detected!("avx512vl");
        #[cfg(not(feature = "std"))]
        let has = cfg!(all(
            target_feature = "avx512f",
            target_feature = "avx512bw",
            target_feature = "avx512dq",
            target_feature = "avx512vl",
        ));
        let avx2 = Avx2::detect()?;
        has.then_some(Self { avx2 })
    }

    /// Runs the copy of a kernel that is made for AVX-512.
    pub(super) fn run<K: Kernel>(self, kernel: K) -> K::Output {
        // Bytes and words (BW) are for what the compiler makes of loops; VL gives AVX2's registers the numbers 16 to 31.
        #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
        fn with_avx512<K: Kernel>(simd: Avx512, kernel: K) -> K::Output {
            kernel.run(simd)
        }
        // SAFETY: `with_avx512` needs a CPU with all that is enabled there, and `self` exists only after `detect` found it.
        unsafe { with_avx512(self, kernel) }
    }
}

impl Simd for Avx512 {
    type Line = [__m512; 1];
    type Half = [__m256; 1];

    memory! { unsafe Line [f32; LINE] by 16: splat => _mm512_set1_ps, load => _mm512_loadu_ps, store => _mm512_storeu_ps }
    memory! { unsafe Half [f32; HALF] by 8:
        splat_half => _mm256_set1_ps, load_half => _mm256_loadu_ps, store_half => _mm256_storeu_ps
    }

    each_register! { unsafe Line:
        add(a, b) => _mm512_add_ps(a, b);
        sub(a, b) => _mm512_sub_ps(a, b);
        mul(a, b) => _mm512_mul_ps(a, b);
        div(a, b) => _mm512_div_ps(a, b);
        mul_add(a, b, c) => _mm512_fmadd_ps(a, b, c);
        max(a, b) => _mm512_max_ps(a, b);
        min(a, b) => _mm512_min_ps(a, b);
        larger(new, best) => {
            // The second where one is NaN or both are zero.
            let larger = _mm512_max_ps(new, best);
            _mm512_mask_blend_ps(_mm512_cmp_ps_mask::<_CMP_UNORD_Q>(new, new), larger, new)
        };
        if_beats(new, best, a, b) => {
            let larger = _mm512_cmp_ps_mask::<_CMP_GT_OQ>(new, best);
            let nan = _mm512_cmp_ps_mask::<_CMP_UNORD_Q>(new, new);
            _mm512_mask_blend_ps(larger | nan, b, a)
        };
        if_equal(p, q, a, b) => _mm512_mask_blend_ps(_mm512_cmp_ps_mask::<_CMP_EQ_OQ>(p, q), b, a);
        power_of_two(shifted) => {
            let n = _mm512_slli_epi32::<23>(_mm512_castps_si512(shifted));
            _mm512_castsi512_ps(_mm512_add_epi32(n, _mm512_set1_epi32(127 << 23)))
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
        // SAFETY: `self` proves that the CPU has AVX-512.
        [unsafe { _mm512_insertf32x8::<1>(_mm512_castps256_ps512(low), high) }]
    }
    #[inline(always)]
    fn halves(self, [line]: Self::Line) -> [Self::Half; 2] {
        // SAFETY: `self` proves that the CPU has AVX-512.
        unsafe { [[_mm512_castps512_ps256(line)], [_mm512_extractf32x8_ps::<1>(line)]] }
    }
    #[inline(always)]
    fn prefetch(self, number: &f32) {
        self.avx2.prefetch(number);
    }
    #[inline(always)]
    fn load_bytes(self, bytes: &[u8; LINE]) -> Self::Line {
        // SAFETY: `self` proves that the CPU has AVX-512; the load reads 16 bytes, as many as there are.
        unsafe { [_mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128(bytes.as_ptr().cast())))] }
    }
    #[inline(always)]
    fn store_bytes(self, [line]: Self::Line, bytes: &mut [u8; LINE]) {
        // SAFETY: `self` proves that the CPU has AVX-512; the store writes 16 bytes, as many as there are, exclusively
        // borrowed.
        unsafe {
            _mm_storeu_si128(bytes.as_mut_ptr().cast(), _mm512_cvtepi32_epi8(_mm512_cvttps_epi32(line)));
        }
    }
    #[inline(always)]
    fn transpose(self, square: &mut [[f32; LINE]; LINE]) {
        registers::transpose::<_, LINE>(self, square);
    }
}

impl Columns<LINE> for Avx512 {
    type Register = [__m512; 1];
    #[inline(always)]
    fn row(self, numbers: &[f32; LINE]) -> [__m512; 1] {
        self.load(numbers)
    }
    #[inline(always)]
    fn put(self, register: [__m512; 1], numbers: &mut [f32; LINE]) {
        self.store(register, numbers);
    }
    /// By pairs, by fours within quarters of a register, by quarters.
    #[inline(always)]
    fn columns(self, rows: [[__m512; 1]; LINE]) -> [[__m512; 1]; LINE] {
        // SAFETY: `self` proves that the CPU has AVX-512.
        unsafe {
            let pairs: [[__m512; 2]; 8] = from_fn(|i| {
                let ([a], [b]) = (rows[2 * i], rows[2 * i + 1]);
                [_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b)]
            });
            // Quarter q of number c is column 4·q + c of four rows.
            let fours: [[__m512; 4]; 4] = from_fn(|i| {
                let [[a, c], [b, d]] = [pairs[2 * i], pairs[2 * i + 1]];
                [
                    _mm512_shuffle_ps::<0b01_00_01_00>(a, b),
                    _mm512_shuffle_ps::<0b11_10_11_10>(a, b),
                    _mm512_shuffle_ps::<0b01_00_01_00>(c, d),
                    _mm512_shuffle_ps::<0b11_10_11_10>(c, d),
                ]
            });
            let columns: [[__m512; 4]; 4] = from_fn(|c| {
                let [a, b, c, d] = [0, 1, 2, 3].map(|i| fours[i][c]);
                let even = [(a, b), (c, d)].map(|(a, b)| _mm512_shuffle_f32x4::<0b10_00_10_00>(a, b));
                let odd = [(a, b), (c, d)].map(|(a, b)| _mm512_shuffle_f32x4::<0b11_01_11_01>(a, b));
                [
                    _mm512_shuffle_f32x4::<0b10_00_10_00>(even[0], even[1]),
                    _mm512_shuffle_f32x4::<0b10_00_10_00>(odd[0], odd[1]),
                    _mm512_shuffle_f32x4::<0b11_01_11_01>(even[0], even[1]),
                    _mm512_shuffle_f32x4::<0b11_01_11_01>(odd[0], odd[1]),
                ]
            });
            from_fn(|column| [columns[column % 4][column / 4]])
        }
    }
}
