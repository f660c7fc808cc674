//! Elementary functions without branches, so that loops over them become vector code.

/// e to the power of x, within 2 units in the last place.
///
/// x = n·ln 2 + r with |r| <= ln 2 / 2; eʳ is a polynomial (coefficients of Cephes' `expf`, Moshier 1989) and 2ⁿ an
/// exponent. ln 2 is taken in two parts, so that n times the first is exact; 2ⁿ in two factors, so that results below
/// the smallest normal number come out too.
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    // Beyond these the result is infinite or 0 anyway. Comparisons that NaN fails leave it as it is.
    let x = if x > 90.0 { 90.0 } else { x };
    let x = if x < -104.0 { -104.0 } else { x };
    // Adding 1.5·2²³ rounds to an integer, which then stands in the low bits.
    let shifted = x * core::f32::consts::LOG2_E + 12_582_912.0;
    let n = shifted - 12_582_912.0;
    let r = x - n * 0.693_359_4 - n * -2.121_944_4e-4;
    let p = 1.987_569_1e-4;
    let p = p * r + 1.398_199_9e-3;
    let p = p * r + 8.333_452e-3;
    let p = p * r + 4.166_579_6e-2;
    let p = p * r + 1.666_666_5e-1;
    let p = p * r + 0.5;
    let p = p * r * r + r + 1.0;
    let exponent = shifted.to_bits().cast_signed().wrapping_sub(0x4b40_0000);
    let half = exponent >> 1;
    p * power_of_two(half) * power_of_two(exponent - half)
}

/// 2ⁿ for -126 <= n <= 127.
#[inline(always)]
fn power_of_two(n: i32) -> f32 {
    f32::from_bits(n.wrapping_add(127).cast_unsigned() << 23)
}

/// 1 / (1 + e⁻ˣ)
#[inline(always)]
pub(crate) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// The hyperbolic tangent.
///
/// Near 0, where 1 − 2/(e²ˣ + 1) would lose all its digits, it is an odd polynomial (coefficients of Cephes' `tanhf`).
#[inline(always)]
pub(crate) fn tanh(x: f32) -> f32 {
    let magnitude = x.abs();
    let z = x * x;
    let p = -5.704_988_7e-3;
    let p = p * z + 2.063_909e-2;
    let p = p * z - 5.373_971_5e-2;
    let p = p * z + 1.333_144_2e-1;
    let p = p * z - 3.333_328e-1;
    let near = p * z * x + x;
    let far = (1.0 - 2.0 / (exp(2.0 * magnitude) + 1.0)).copysign(x);
    if magnitude < 0.625 { near } else { far }
}

/// The error function, with a relative error below 4 · 2⁻²⁴.
///
/// Near 0 it is an odd polynomial; beyond, 1 − e to the power of a polynomial, which reaches 1 and stays there
/// (coefficients of N. Juffa, *Efficient faithfully-rounded implementation of error function erff*, Stack Overflow).
#[inline(always)]
pub(crate) fn erf(x: f32) -> f32 {
    let magnitude = x.abs();
    let z = x * x;
    let p = -5.967_617e-4;
    let p = p * z + 4.991_194e-3;
    let p = p * z - 2.676_813_5e-2;
    let p = p * z + 1.128_199_25e-1;
    let p = p * z - 3.761_253_4e-1;
    let p = p * z + 1.283_791_7e-1;
    let near = p * x + x;
    let q = (-1.728_534_7e-5 * magnitude + 3.831_971_3e-4) * z;
    let q = q + (-3.883_964_4e-3 * magnitude + 2.425_462_2e-2);
    let q = q * magnitude - 1.067_778_8e-1;
    let q = q * magnitude - 6.348_467e-1;
    let q = q * magnitude - 1.287_175_1e-1;
    let far = (1.0 - exp(q * magnitude - magnitude)).copysign(x);
    if magnitude < 0.927_734_4 { near } else { far }
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // the ends are exact
mod tests {
    use super::*;

    /// The largest relative error over a dense grid, in units of 2⁻²⁴.
    fn worst(f: fn(f32) -> f32, exact: fn(f64) -> f64, from: f32, to: f32) -> f64 {
        let steps = 400_000;
        (0..=steps)
            .map(|i| from + (to - from) * i as f32 / steps as f32)
            .map(|x| {
                let exact = exact(f64::from(x));
                if exact == 0.0 { 0.0 } else { ((f64::from(f(x)) - exact) / exact).abs() }
            })
            .fold(0.0, f64::max)
            * f64::from(1 << 24)
    }

    #[test]
    fn functions_are_accurate_over_their_range() {
        let sigmoid_exact = |x: f64| 1.0 / (1.0 + libm::exp(-x));
        let errors = [
            ("exp", worst(exp, libm::exp, -87.0, 88.0)),
            ("sigmoid", worst(sigmoid, sigmoid_exact, -86.0, 86.0)),
            ("erf", worst(erf, libm::erf, -6.0, 6.0)),
            ("erf near 0", worst(erf, libm::erf, -1e-3, 1e-3)),
            ("tanh", worst(tanh, libm::tanh, -10.0, 10.0)),
            ("tanh near 0", worst(tanh, libm::tanh, -1e-3, 1e-3)),
        ];
        for (name, error) in errors {
            assert!(error < 4.0, "{name}: {error} units of 2^-24");
        }
    }

    #[test]
    fn the_ends_are_right() {
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(exp(f32::INFINITY), f32::INFINITY);
        assert_eq!(exp(89.0), f32::INFINITY);
        assert_eq!(exp(f32::NEG_INFINITY), 0.0);
        assert_eq!(exp(-200.0), 0.0);
        assert!(exp(f32::NAN).is_nan() && tanh(f32::NAN).is_nan() && sigmoid(f32::NAN).is_nan());
        let subnormal = f64::from(exp(-100.0)) / libm::exp(-100.0);
        assert!((subnormal - 1.0).abs() < 0.02, "a number of few bits: {subnormal}");
        assert_eq!((tanh(50.0), tanh(-50.0)), (1.0, -1.0));
        assert_eq!((sigmoid(200.0), sigmoid(-200.0)), (1.0, 0.0));
        assert_eq!(tanh(1e-20), 1e-20);
        assert_eq!(tanh(f32::INFINITY), 1.0);
        assert!(erf(f32::NAN).is_nan());
        assert_eq!([4.0, 9.0, 1e9, f32::INFINITY].map(erf), [1.0; 4]);
        assert_eq!([-4.0, -9.0, -1e30, f32::NEG_INFINITY].map(erf), [-1.0; 4]);
        assert_eq!(erf(-0.0).to_bits(), (-0.0_f32).to_bits());
    }
}
