//! Elementary functions without branches, so that loops over them become vector code.
//!
//! They are sums and products in a fixed order, never fused, so each instruction set gives the same bits; but for those
//! of a line, which kernels take that have it in registers.

use super::Simd;

/// e to the power of x, within 2 units in the last place; 0 and infinity where that is the nearest number.
///
/// x = n·ln 2 + r with |r| <= ln 2 / 2; eʳ is a polynomial (coefficients of Cephes' `expf`, Moshier 1989) and 2ⁿ an
/// exponent. ln 2 is taken in two parts, so that n times the first is exact; 2ⁿ in two factors, so that results below
/// the smallest normal number come out too.
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    // Beyond these the result is infinite or 0 anyway. Comparisons that NaN fails leave it as it is.
    let x = if x > 90.0 { 90.0 } else { x };
    let x = if x < -104.0 { -104.0 } else { x };
    let shifted = x * core::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = x - n * (355.0 / 512.0) - n * -2.121_944_4e-4;
    let p = 1.987_569_1e-4;
    let p = p * r + 1.398_199_9e-3;
    let p = p * r + 8.333_452e-3;
    let p = p * r + 4.166_579_6e-2;
    let p = p * r + 1.666_666_5e-1;
    let p = p * r + 0.5;
    let p = p * r * r + r + 1.0;
    let exponent = shifted.to_bits().wrapping_sub(ROUND.to_bits()).cast_signed();
    let half = exponent >> 1;
    p * power_of_two(half) * power_of_two(exponent - half)
}

/// So large that numbers beside it have no fraction: adding it rounds to an integer, which then stands in the low bits.
pub(super) const ROUND: f32 = 12_582_912.0;

/// 2ⁿ for -126 <= n <= 127; nothing of use for other n, which only NaN brings about.
#[inline(always)]
fn power_of_two(n: i32) -> f32 {
    f32::from_bits(n.wrapping_add(127).cast_unsigned() << 23)
}

/// 2ⁿ, where `shifted` is [`ROUND`] + n.
#[inline(always)]
pub(super) fn power_of_two_of(shifted: f32) -> f32 {
    f32::from_bits((shifted.to_bits() << 23).wrapping_add(127 << 23))
}

/// [`exp`] for x <= 0, where 2ⁿ·2⁶⁴ is a normal number: so one factor beside the constant is enough. What depends on each
/// other is a shorter chain here (Estrin's scheme instead of Horner's), because whoever calls it has little else to do.
#[inline(always)]
fn exp_of_negative(x: f32) -> f32 {
    let x = if x < -104.0 { -104.0 } else { x };
    let shifted = x * core::f32::consts::LOG2_E + (ROUND + 64.0);
    let n = shifted - (ROUND + 64.0);
    let r = x - n * (355.0 / 512.0) - n * -2.121_944_4e-4;
    let square = r * r;
    let high = (1.987_569_1e-4 * r + 1.398_199_9e-3) * square + (8.333_452e-3 * r + 4.166_579_6e-2);
    let p = high * square + (1.666_666_5e-1 * r + 0.5);
    let p = p * square + r + 1.0;
    p * power_of_two_of(shifted) * SMALL
}

/// 2⁻⁶⁴
const SMALL: f32 = 1.0 / (1_u128 << 64) as f32;

/// 1 / (1 + e⁻ˣ)
///
/// From e to the power of −|x|, which does not overflow: so the smallest results come out too.
#[inline(always)]
pub(crate) fn sigmoid(x: f32) -> f32 {
    let e = exp_of_negative(-x.abs());
    let numerator = if x < 0.0 { e } else { 1.0 };
    numerator / (1.0 + e)
}

/// The same of lines in registers, step by step for all of them: each step of a line waits for the one before, and what the
/// CPU does meanwhile are the other lines'.
///
/// From e⁻ˣ = 2ⁿ·e⁻ʳ, of which it has 2⁻⁶⁴ times as much, and so of 1: then neither overflows for any x of which the result
/// is neither 0 nor 1.
#[inline(always)]
pub(crate) fn sigmoid_of_lines<S: Simd, const N: usize>(simd: S, x: [S::Line; N]) -> [S::Line; N] {
    let (mut shifted, mut r, mut p) = (x, x, x);
    for i in 0..N {
        r[i] = simd.min(simd.splat(40.0), simd.max(simd.splat(-104.0), x[i])); // NaN stays NaN
    }
    for i in 0..N {
        shifted[i] = line(simd, r[i], -core::f32::consts::LOG2_E, ROUND - 64.0);
    }
    for part in [355.0 / 512.0, -2.121_944_4e-4] {
        for i in 0..N {
            let n = simd.sub(shifted[i], simd.splat(ROUND - 64.0));
            r[i] = line_of(simd, n, part, r[i]);
        }
    }
    // e⁻ʳ = 1 - r + r²·(…); minimax for |r| <= ln 2 / 2, to a relative error of 4·10⁻⁹.
    for i in 0..N {
        p[i] = line(simd, r[i], 1.381_432e-3, -8.368_851e-3);
    }
    for coefficient in [4.166_84e-2, -1.666_652e-1, 0.499_999_94, -1.0, 1.0] {
        for i in 0..N {
            p[i] = simd.mul_add(p[i], r[i], simd.splat(coefficient));
        }
    }
    let one = simd.splat(SMALL);
    for i in 0..N {
        p[i] = simd.mul_add(p[i], simd.power_of_two(shifted[i]), one);
    }
    for p in &mut p {
        *p = simd.div(one, *p);
    }
    p
}

/// `a·x + b`
#[inline(always)]
fn line<S: Simd>(simd: S, x: S::Line, a: f32, b: f32) -> S::Line {
    line_of(simd, x, a, simd.splat(b))
}

/// `a·x + b`, where `b` is another for each lane.
#[inline(always)]
fn line_of<S: Simd>(simd: S, x: S::Line, a: f32, b: S::Line) -> S::Line {
    simd.mul_add(x, simd.splat(a), b)
}

/// [`sigmoid`] and what it lacks to 1, which a difference would leave without digits for large x.
#[inline(always)]
pub(crate) fn sigmoid_and_rest(x: f32) -> (f32, f32) {
    let e = exp_of_negative(-x.abs());
    let (larger, smaller) = (1.0 / (1.0 + e), e / (1.0 + e));
    if x < 0.0 { (smaller, larger) } else { (larger, smaller) }
}

/// The hyperbolic tangent.
///
/// Near 0, where 1 − 2/(e²ˣ + 1) would lose all its digits, it is an odd polynomial (coefficients of Cephes' `tanhf`).
#[inline(always)]
pub(crate) fn tanh(x: f32) -> f32 {
    let magnitude = x.abs();
    let z = x * x;
    let p = -5.704_988_7e-3;
    let p = p * z + 2.063_908_8e-2;
    let p = p * z - 5.373_971_4e-2;
    let p = p * z + 1.333_144_2e-1;
    let p = p * z - 3.333_328e-1;
    let near = p * z * magnitude + magnitude;
    let far = 1.0 - 2.0 / (exp(2.0 * magnitude) + 1.0);
    let value = if magnitude < 0.625 { near } else { far };
    value.copysign(x)
}

/// The normal distribution function and the normal density at x.
///
/// Below 0 the distribution is the density times a function that varies little: t·P(t) with t = 1 / (1 + 0.35·|x|), in
/// the manner of Hastings (1955), P of degree 8 and fitted for |x| <= 14 to a relative error of 3·10⁻⁸. So small tails
/// keep their digits; above 0 it is 1 less the other tail.
#[inline(always)]
pub(crate) fn normal(x: f32) -> (f32, f32) {
    let bell = exp(-0.5 * x * x);
    let t = 1.0 / (1.0 + 0.35 * x.abs());
    let p = -0.029_145_94;
    let p = p * t + 0.143_971_74;
    let p = p * t - 0.255_714_36;
    let p = p * t + 0.159_174_26;
    let p = p * t - 0.023_109_904;
    let p = p * t + 0.105_508_03;
    let p = p * t + 0.119_832_86;
    let p = p * t + 0.139_861_87;
    let p = p * t + 0.139_621_4;
    let tail = bell * p * t;
    let distribution = if x < 0.0 { tail } else { 1.0 - tail };
    // 1 / √(2π)
    (distribution, 0.398_942_3 * bell)
}

/// The square root, correctly rounded.
#[inline(always)]
pub(crate) fn sqrt(x: f32) -> f32 {
    // Both give the same bits, but only the first is an instruction that loops over vectors can hold.
    #[cfg(feature = "std")]
    return x.sqrt();
    #[cfg(not(feature = "std"))]
    return libm::sqrtf(x);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::LINE;
    use crate::simd::{Kernel, on_best_unit};

    struct SigmoidOfLine(f32);

    impl Kernel for SigmoidOfLine {
        type Output = f32;
        #[inline(always)]
        fn run<S: Simd>(self, simd: S) -> f32 {
            let mut line = [f32::NAN; LINE];
            let [sigmoid] = sigmoid_of_lines(simd, [simd.splat(self.0)]);
            simd.store(sigmoid, &mut line);
            line[3]
        }
    }

    fn sigmoid_in_lines(x: f32) -> f32 {
        on_best_unit(SigmoidOfLine(x))
    }

    /// The largest relative error over a dense grid, in units of 2⁻²⁴.
    fn worst(f: fn(f32) -> f32, exact: fn(f64) -> f64, from: f32, to: f32) -> f64 {
        let steps = 1_000_000;
        let at = |i: i32| (f64::from(from) + f64::from(to - from) * f64::from(i) / f64::from(steps)) as f32;
        let error = |x: f32| {
            let exact = exact(f64::from(x));
            if exact == 0.0 { 0.0 } else { ((f64::from(f(x)) - exact) / exact).abs() }
        };
        (0..=steps).map(|i| error(at(i))).fold(0.0, f64::max) * f64::from(1 << 24)
    }

    fn distribution(x: f64) -> f64 {
        0.5 * libm::erfc(-x * core::f64::consts::FRAC_1_SQRT_2)
    }

    #[test]
    fn functions_are_accurate_over_their_range() {
        let logistic = |x: f64| 1.0 / (1.0 + libm::exp(-x));
        let density = |x: f64| libm::exp(-0.5 * x * x) / libm::sqrt(2.0 * core::f64::consts::PI);
        let (normal_at, density_at) = (|x| normal(x).0, |x| normal(x).1);
        // The name, the error found and what it may be: a unit in the last place is 1 to 2 of these.
        let errors = [
            ("exp", worst(exp, libm::exp, -87.3, 88.7), 2.5),
            ("exp near 0", worst(exp, libm::exp, -0.4, 0.4), 2.0),
            ("sigmoid", worst(sigmoid, logistic, -87.0, 87.0), 4.5),
            ("sigmoid of a line", worst(sigmoid_in_lines, logistic, -87.0, 87.0), 4.5),
            ("sigmoid with its rest", worst(|x| sigmoid_and_rest(x).0, logistic, -87.0, 87.0), 4.5),
            ("the rest", worst(|x| sigmoid_and_rest(-x).1, logistic, -87.0, 87.0), 4.5),
            ("tanh", worst(tanh, libm::tanh, -10.0, 10.0), 3.0),
            ("tanh near 0", worst(tanh, libm::tanh, -1e-3, 1e-3), 1.5),
            ("tanh of tiny numbers", worst(tanh, libm::tanh, -1e-30, 1e-30), 1.0),
            ("normal distribution", worst(normal_at, distribution, -2.0, 9.0), 12.0),
            // e to a large power makes much of that power's rounding.
            ("its tail", worst(normal_at, distribution, -13.0, -2.0), 100.0),
            ("normal density", worst(density_at, density, -2.0, 2.0), 6.0),
        ];
        for (name, error, bound) in errors {
            assert!(error < bound, "{name}: {error} units of 2^-24");
        }
    }

    /// Below the smallest normal number there are only the digits that such a number has.
    #[test]
    fn results_fade_out_evenly() {
        let least = f64::from(f32::from_bits(1));
        for i in 0..20_000 {
            let x = -104.5 + i as f32 * 1e-3;
            let exact = libm::exp(f64::from(x));
            for (name, found) in
                [("exp", exp(x)), ("sigmoid", sigmoid(x)), ("of a line", sigmoid_in_lines(x))]
            {
                let error = (f64::from(found) - exact).abs();
                assert!(error <= 0.51 * least + 2.5e-7 * exact, "{name}({x}) is off by {error}");
            }
        }
    }

    #[test]
    fn the_ends_are_right() {
        let infinity = f32::INFINITY;
        let pairs = [
            (exp(0.0), 1.0),
            (exp(-0.0), 1.0),
            (exp(infinity), infinity),
            (exp(88.73), infinity),
            (exp(f32::MAX), infinity),
            (exp(-infinity), 0.0),
            (exp(-104.0), 0.0),
            (exp(f32::MIN), 0.0),
            (tanh(50.0), 1.0),
            (tanh(-50.0), -1.0),
            (tanh(infinity), 1.0),
            (tanh(-infinity), -1.0),
            (tanh(0.0), 0.0),
            (tanh(-0.0), -0.0),
            (tanh(1e-20), 1e-20),
            (tanh(-1e-40), -1e-40),
            (sigmoid(0.0), 0.5),
            (sigmoid(infinity), 1.0),
            (sigmoid(-infinity), 0.0),
            (sigmoid_in_lines(0.0), 0.5),
            (sigmoid_in_lines(infinity), 1.0),
            (sigmoid_in_lines(-infinity), 0.0),
            (normal(infinity).0, 1.0),
            (normal(-infinity).0, 0.0),
            (normal(infinity).1, 0.0),
        ];
        for (i, (found, expected)) in pairs.into_iter().enumerate() {
            assert!(found.to_bits() == expected.to_bits(), "pair {i}: {found}, not {expected}");
        }
        let of_nan = [
            exp(f32::NAN),
            tanh(f32::NAN),
            sigmoid(f32::NAN),
            sigmoid_in_lines(f32::NAN),
            normal(f32::NAN).0,
            normal(f32::NAN).1,
        ];
        assert!(of_nan.iter().all(|value| value.is_nan()), "{of_nan:?}");
    }
}
