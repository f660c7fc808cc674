//! Naive kernels of every layer and loss, forward and backward: the executable specification.
//!
//! Each is the definition written as loops, generic over `f32` and `f64`, without a thought for speed. Faster kernels
//! are tested against these, and these against finite differences in `f64`.
//!
//! Batches are dense slices in the order (N, C, H, W); N follows from a slice's length. Backward functions overwrite the
//! gradients that they compute.

pub mod activation;
pub mod batch_norm2d;
pub mod conv2d;
pub mod conv_transpose2d;
#[cfg(test)]
pub(crate) mod gradient_check;
pub mod linear;
pub mod local_response_norm;
pub mod loss;
pub mod pool;
pub mod softmax;
pub mod upsample;

/// The numbers that the reference kernels compute with.
#[allow(clippy::return_self_not_must_use)] // arithmetic
pub trait Real:
    Copy
    + PartialOrd
    + core::fmt::Debug
    + core::ops::Add<Output = Self>
    + core::ops::Sub<Output = Self>
    + core::ops::Mul<Output = Self>
    + core::ops::Div<Output = Self>
    + core::ops::Neg<Output = Self>
    + core::ops::AddAssign
    + core::iter::Sum
{
    /// 0
    const ZERO: Self;
    /// 1
    const ONE: Self;
    /// The nearest number.
    fn from_f64(value: f64) -> Self;
    /// The number as `f64`.
    fn to_f64(self) -> f64;
    /// e to this power.
    fn exp(self) -> Self;
    /// The natural logarithm.
    fn ln(self) -> Self;
    /// The square root.
    fn sqrt(self) -> Self;
    /// The hyperbolic tangent.
    fn tanh(self) -> Self;
    /// The error function.
    fn erf(self) -> Self;
}

/// Implements [`Real`] by the functions of `libm`.
macro_rules! real {
    ($t:ty, $exp:ident, $ln:ident, $sqrt:ident, $tanh:ident, $erf:ident) => {
        #[allow(clippy::cast_lossless)] // one macro for both types
        impl Real for $t {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            fn from_f64(value: f64) -> Self {
                value as $t
            }
            fn to_f64(self) -> f64 {
                self as f64
            }
            fn exp(self) -> Self {
                libm::$exp(self)
            }
            fn ln(self) -> Self {
                libm::$ln(self)
            }
            fn sqrt(self) -> Self {
                libm::$sqrt(self)
            }
            fn tanh(self) -> Self {
                libm::$tanh(self)
            }
            fn erf(self) -> Self {
                libm::$erf(self)
            }
        }
    };
}
real!(f32, expf, logf, sqrtf, tanhf, erff);
real!(f64, exp, log, sqrt, tanh, erf);
