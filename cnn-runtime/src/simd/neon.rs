//! NEON: a line is four registers of four numbers.

use super::registers::{self, Columns, each_register, memory};
use super::{HALF, LINE, Simd};
use core::arch::aarch64::{
    float32x4_t, vaddq_f32, vaddq_s32, vbslq_f32, vceqq_f32, vcgtq_f32, vcltq_f32, vcombine_u8, vcombine_u16,
    vcvtq_f32_u32, vcvtq_u32_f32, vdivq_f32, vdupq_n_f32, vdupq_n_s32, vfmaq_f32, vget_high_u8,
    vget_high_u16, vget_low_u8, vget_low_u16, vld1q_f32, vld1q_u8, vmovl_u8, vmovl_u16, vmovn_u16, vmovn_u32,
    vmulq_f32, vmvnq_u32, vorrq_u32, vreinterpretq_f32_f64, vreinterpretq_f32_s32, vreinterpretq_f64_f32,
    vreinterpretq_s32_f32, vshlq_n_s32, vst1q_f32, vst1q_u8, vsubq_f32, vzip1q_f32, vzip1q_f64, vzip2q_f32,
    vzip2q_f64,
};
use core::array::from_fn;

/// Proof that the CPU has NEON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Neon(());

impl Neon {
    /// This module is compiled for targets only whose CPUs all have it.
    pub(super) fn of_target() -> Self {
        const { assert!(cfg!(target_feature = "neon")) };
        Self(())
    }
}

impl Simd for Neon {
    type Line = [float32x4_t; 4];
    type Half = [float32x4_t; 2];

    memory! { unsafe Line [f32; LINE] by 4: splat => vdupq_n_f32, load => vld1q_f32, store => vst1q_f32 }
    memory! { unsafe Half [f32; HALF] by 4: splat_half => vdupq_n_f32, load_half => vld1q_f32, store_half => vst1q_f32 }

    each_register! { unsafe Line:
        add(a, b) => vaddq_f32(a, b);
        sub(a, b) => vsubq_f32(a, b);
        mul(a, b) => vmulq_f32(a, b);
        div(a, b) => vdivq_f32(a, b);
        mul_add(a, b, c) => vfmaq_f32(c, a, b);
        // Not FMAX and FMIN, which give NaN where one is.
        max(a, b) => vbslq_f32(vcgtq_f32(a, b), a, b);
        min(a, b) => vbslq_f32(vcltq_f32(a, b), a, b);
        if_beats(new, best, a, b) => {
            let is_nan = vmvnq_u32(vceqq_f32(new, new));
            vbslq_f32(vorrq_u32(vcgtq_f32(new, best), is_nan), a, b)
        };
        if_equal(p, q, a, b) => vbslq_f32(vceqq_f32(p, q), a, b);
        power_of_two(shifted) => {
            let n = vshlq_n_s32::<23>(vreinterpretq_s32_f32(shifted));
            vreinterpretq_f32_s32(vaddq_s32(n, vdupq_n_s32(127 << 23)))
        };
    }
    each_register! { unsafe Half:
        add_half(a, b) => vaddq_f32(a, b);
        sub_half(a, b) => vsubq_f32(a, b);
        mul_half(a, b) => vmulq_f32(a, b);
        mul_add_half(a, b, c) => vfmaq_f32(c, a, b);
    }
    #[inline(always)]
    fn join(self, low: Self::Half, high: Self::Half) -> Self::Line {
        [low[0], low[1], high[0], high[1]]
    }
    #[inline(always)]
    fn halves(self, line: Self::Line) -> [Self::Half; 2] {
        [[line[0], line[1]], [line[2], line[3]]]
    }
    #[inline(always)]
    fn prefetch(self, number: &f32) {
        // SAFETY: every AArch64 CPU has this instruction, which changes nothing and fails for no address.
        unsafe {
            core::arch::asm!(
                "prfm pldl2keep, [{}]",
                in(reg) core::ptr::from_ref(number),
                options(nomem, nostack, preserves_flags),
            );
        }
    }
    #[inline(always)]
    fn load_bytes(self, bytes: &[u8; LINE]) -> Self::Line {
        // SAFETY: `self` proves that the CPU has NEON; the load reads 16 bytes, as many as there are.
        unsafe {
            let bytes = vld1q_u8(bytes.as_ptr());
            let [low, high] = [vmovl_u8(vget_low_u8(bytes)), vmovl_u8(vget_high_u8(bytes))];
            [vget_low_u16(low), vget_high_u16(low), vget_low_u16(high), vget_high_u16(high)]
                .map(|words| vcvtq_f32_u32(vmovl_u16(words)))
        }
    }
    #[inline(always)]
    fn store_bytes(self, line: Self::Line, bytes: &mut [u8; LINE]) {
        // SAFETY: `self` proves that the CPU has NEON; the store writes 16 bytes, as many as there are, exclusively
        // borrowed.
        unsafe {
            let [a, b, c, d] = line.map(|numbers| vmovn_u32(vcvtq_u32_f32(numbers)));
            let (low, high) = (vmovn_u16(vcombine_u16(a, b)), vmovn_u16(vcombine_u16(c, d)));
            vst1q_u8(bytes.as_mut_ptr(), vcombine_u8(low, high));
        }
    }
    #[inline(always)]
    fn transpose(self, square: &mut [[f32; LINE]; LINE]) {
        registers::transpose::<_, 4>(self, square);
    }
}

impl Columns<4> for Neon {
    type Register = float32x4_t;
    #[inline(always)]
    fn row(self, numbers: &[f32; 4]) -> float32x4_t {
        // SAFETY: `self` proves that the CPU has NEON; there are four numbers, as many as are read.
        unsafe { vld1q_f32(numbers.as_ptr()) }
    }
    #[inline(always)]
    fn put(self, register: float32x4_t, numbers: &mut [f32; 4]) {
        // SAFETY: `self` proves that the CPU has NEON; there are four numbers, exclusively borrowed, as many as are
        // written.
        unsafe { vst1q_f32(numbers.as_mut_ptr(), register) };
    }
    /// By pairs, then by halves.
    #[inline(always)]
    fn columns(self, [a, b, c, d]: [float32x4_t; 4]) -> [float32x4_t; 4] {
        // SAFETY: `self` proves that the CPU has NEON.
        unsafe {
            let upper = [vzip1q_f32(a, b), vzip2q_f32(a, b)].map(|pair| vreinterpretq_f64_f32(pair));
            let lower = [vzip1q_f32(c, d), vzip2q_f32(c, d)].map(|pair| vreinterpretq_f64_f32(pair));
            from_fn(|column| {
                let (upper, lower) = (upper[column / 2], lower[column / 2]);
                let halves =
                    if column % 2 == 0 { vzip1q_f64(upper, lower) } else { vzip2q_f64(upper, lower) };
                vreinterpretq_f32_f64(halves)
            })
        }
    }
}
