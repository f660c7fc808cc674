//! Activations: functions of each number, and their derivatives as a function of the input.

use super::Real;

/// One of the functions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Activation {
    /// max(x, 0)
    Relu,
    /// x, or slope·x below 0
    LeakyRelu(f64),
    /// 1 / (1 + e⁻ˣ)
    Sigmoid,
    /// The hyperbolic tangent.
    Tanh,
    /// x·Φ(x)
    Gelu,
    /// x·sigmoid(x)
    Silu,
    /// min(max(x, 0), 6)
    Relu6,
    /// relu6(x + 3) / 6
    HardSigmoid,
    /// x·relu6(x + 3) / 6
    HardSwish,
}

impl Activation {
    /// The value at x.
    pub fn value<T: Real>(self, x: T) -> T {
        match self {
            Self::Relu if x < T::ZERO => T::ZERO,
            Self::Relu => x,
            Self::LeakyRelu(_) if x > T::ZERO => x,
            Self::LeakyRelu(slope) => T::from_f64(slope) * x,
            Self::Sigmoid => T::ONE / (T::ONE + (-x).exp()),
            Self::Tanh => x.tanh(),
            Self::Gelu => x * distribution(x),
            Self::Silu => x * Self::Sigmoid.value(x),
            Self::Relu6 if x > T::from_f64(6.0) => T::from_f64(6.0),
            Self::Relu6 => Self::Relu.value(x),
            Self::HardSigmoid => Self::Relu6.value(x + T::from_f64(3.0)) / T::from_f64(6.0),
            Self::HardSwish => x * Self::HardSigmoid.value(x),
        }
    }

    /// The derivative at x.
    pub fn derivative<T: Real>(self, x: T) -> T {
        match self {
            Self::Relu if x <= T::ZERO => T::ZERO,
            Self::LeakyRelu(slope) if x <= T::ZERO => T::from_f64(slope),
            Self::Relu | Self::LeakyRelu(_) => T::ONE,
            Self::Sigmoid => {
                let y = self.value(x);
                y * (T::ONE - y)
            }
            Self::Tanh => {
                let y = self.value(x);
                T::ONE - y * y
            }
            Self::Gelu => {
                let density = (x * x * T::from_f64(-0.5)).exp() * T::from_f64(0.398_942_280_401_432_7);
                distribution(x) + x * density
            }
            Self::Silu => {
                let s = Self::Sigmoid.value(x);
                s * (T::ONE + x * (T::ONE - s))
            }
            Self::Relu6 if x >= T::from_f64(6.0) => T::ZERO,
            Self::Relu6 => Self::Relu.derivative(x),
            Self::HardSigmoid => Self::Relu6.derivative(x + T::from_f64(3.0)) / T::from_f64(6.0),
            Self::HardSwish if x >= T::from_f64(3.0) => T::ONE,
            Self::HardSwish if x <= T::from_f64(-3.0) => T::ZERO,
            Self::HardSwish => x / T::from_f64(3.0) + T::from_f64(0.5),
        }
    }
}

/// The normal distribution function.
fn distribution<T: Real>(x: T) -> T {
    (T::ONE + (x * T::from_f64(core::f64::consts::FRAC_1_SQRT_2)).erf()) * T::from_f64(0.5)
}

/// y = f(x)
pub fn forward<T: Real>(f: Activation, x: &[T], y: &mut [T]) {
    for (x, y) in x.iter().zip(y) {
        *y = f.value(*x);
    }
}

/// `d_x` = f′(x) · `d_y`
pub fn backward<T: Real>(f: Activation, x: &[T], d_y: &[T], d_x: &mut [T]) {
    for ((x, d_y), d_x) in x.iter().zip(d_y).zip(d_x) {
        *d_x = f.derivative(*x) * *d_y;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::gradient_check::{assert_gradient, scattered};
    use alloc::vec;

    #[test]
    fn derivatives_are_finite_differences() {
        let functions = [
            Activation::Relu,
            Activation::LeakyRelu(0.1),
            Activation::LeakyRelu(-0.5),
            Activation::Sigmoid,
            Activation::Tanh,
            Activation::Gelu,
            Activation::Silu,
            Activation::Relu6,
            Activation::HardSigmoid,
            Activation::HardSwish,
        ];
        for f in functions {
            let x: vec::Vec<f64> = scattered(23, 5).iter().map(|x| 4.0 * x).collect();
            let weights = scattered(23, 11);
            let mut d_x = vec![0.0; 23];
            backward(f, &x, &weights, &mut d_x);
            let loss = |x: &[f64]| x.iter().zip(&weights).map(|(x, w)| w * f.value(*x)).sum();
            assert_gradient(&alloc::format!("{f:?}"), loss, &x, &d_x);
        }
    }
}
