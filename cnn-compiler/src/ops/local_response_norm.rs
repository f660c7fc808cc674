//! `local_response_norm`: PyTorch's `LocalResponseNorm` (Krizhevsky, Sutskever and Hinton 2012).

use super::{Default, Kind, Misfit, Op, Parameter, Shape, Signature, needs_image};

pub(super) static SIGNATURE: Signature = Signature {
    name: "local_response_norm",
    parameters: &[
        Parameter::required("size", Kind::Count),
        Parameter::optional("alpha", Kind::Number, Default::Number(1e-4)),
        Parameter::optional("beta", Kind::Number, Default::Number(0.75)),
        Parameter::optional("k", Kind::Number, Default::Number(1.0)),
    ],
    summary: "Divides each number by a power of the squares of `size` channels around it.",
    build: |arguments| {
        Ok(Op::LocalResponseNorm(LocalResponseNorm {
            size: arguments.count("size"),
            alpha: arguments.number("alpha"),
            beta: arguments.number("beta"),
            k: arguments.number("k"),
        }))
    },
};

/// A local response normalisation's arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct LocalResponseNorm {
    /// How many channels are summed over.
    pub size: usize,
    /// Weight of the mean of the squares.
    pub alpha: f64,
    /// The exponent.
    pub beta: f64,
    /// Added to the mean of the squares.
    pub k: f64,
}

impl LocalResponseNorm {
    pub(super) fn output(input: Shape) -> Result<Shape, Misfit> {
        match input {
            Shape::Image(_) => Ok(input),
            Shape::Vector(_) => Err(needs_image("local_response_norm", input)),
        }
    }
}
