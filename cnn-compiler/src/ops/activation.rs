//! Functions of each number by itself.

use super::{Kind, Op, Parameter, Signature};

/// Which function.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Activation {
    /// max(x, 0)
    Relu,
    /// x, or slope·x below 0
    LeakyRelu {
        /// The slope below 0.
        slope: f64,
    },
    /// 1 / (1 + e⁻ˣ)
    Sigmoid,
    /// Hyperbolic tangent.
    Tanh,
    /// x·Φ(x), exactly
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
    /// Its entry in the table.
    pub fn signature(self) -> &'static Signature {
        match self {
            Self::Relu => &RELU,
            Self::LeakyRelu { .. } => &LEAKY_RELU,
            Self::Sigmoid => &SIGMOID,
            Self::Tanh => &TANH,
            Self::Gelu => &GELU,
            Self::Silu => &SILU,
            Self::Relu6 => &RELU6,
            Self::HardSigmoid => &HARDSIGMOID,
            Self::HardSwish => &HARDSWISH,
        }
    }
}

/// The entry of a function without arguments.
macro_rules! signature {
    ($entry:ident, $name:literal, $activation:ident, $summary:literal) => {
        pub(super) static $entry: Signature = Signature {
            name: $name,
            parameters: &[],
            summary: $summary,
            build: |_| Ok(Op::Activation(Activation::$activation)),
        };
    };
}
signature!(RELU, "relu", Relu, "Keeps what is positive: max(x, 0).");
signature!(SIGMOID, "sigmoid", Sigmoid, "Squeezes into (0, 1): 1 / (1 + exp(-x)).");
signature!(TANH, "tanh", Tanh, "Squeezes into (-1, 1).");
signature!(GELU, "gelu", Gelu, "x times the normal distribution function of x.");
signature!(SILU, "silu", Silu, "x times sigmoid(x).");
signature!(RELU6, "relu6", Relu6, "Keeps what is positive, but 6 at most.");
signature!(HARDSIGMOID, "hardsigmoid", HardSigmoid, "A sigmoid of straight lines: relu6(x + 3) / 6.");
signature!(HARDSWISH, "hardswish", HardSwish, "x times hardsigmoid(x).");

pub(super) static LEAKY_RELU: Signature = Signature {
    name: "leaky_relu",
    parameters: &[Parameter::required("slope", Kind::Number)],
    summary: "x, or slope times x below 0.",
    build: |arguments| Ok(Op::Activation(Activation::LeakyRelu { slope: arguments.number("slope") })),
};
