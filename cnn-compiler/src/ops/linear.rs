//! `linear`: PyTorch's `Linear`, a fully connected layer.

use super::{Default, Kind, Misfit, Op, Parameter, Shape, Signature, Tensor, TensorKind};
use crate::diagnostics::Message;

pub(super) static SIGNATURE: Signature = Signature {
    name: "linear",
    parameters: &[
        Parameter::required("features", Kind::Count),
        Parameter::optional("bias", Kind::Flag, Default::Flag(true)),
        Parameter::optional("in_features", Kind::Count, Default::Unset),
    ],
    summary: "Gives `features` weighted sums of all features that come in.",
    build: |arguments| {
        Ok(Op::Linear(Linear {
            features: arguments.count("features"),
            bias: arguments.flag("bias"),
            in_features: arguments.optional_count("in_features"),
        }))
    },
};

/// A linear layer's arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linear {
    /// Features that come out.
    pub features: usize,
    /// Whether a bias is added.
    pub bias: bool,
    /// What the user expects to go in.
    pub in_features: Option<usize>,
}

impl Linear {
    pub(super) fn output(&self, input: Shape) -> Result<Shape, Misfit> {
        let Shape::Vector(in_features) = input else {
            return Err(Misfit::layer(
                Message::new(format_args!("`linear` needs a vector, but here stands an image {input}"))
                    .help("write `flatten;` before it"),
            ));
        };
        if let Some(expected) = self.in_features
            && expected != in_features
        {
            return Err(Misfit::argument(
                "in_features",
                Message::new(format_args!(
                    "in_features = {expected}, but the vector that comes in has {in_features} features"
                ))
                .help(format_args!("write in_features = {in_features}, or leave it out")),
            ));
        }
        Ok(Shape::Vector(self.features))
    }

    /// (O, I)
    pub(super) fn weight_shape(&self, input: Shape) -> Vec<usize> {
        vec![self.features, input.channels()]
    }

    pub(super) fn tensors(&self, input: Shape) -> Vec<Tensor> {
        let (fan_in, fan_out) = (input.channels(), self.features);
        let shape = self.weight_shape(input);
        let mut tensors =
            vec![Tensor { name: "weight", shape, kind: TensorKind::Weight { fan_in, fan_out } }];
        if self.bias {
            tensors.push(Tensor {
                name: "bias",
                shape: vec![self.features],
                kind: TensorKind::Bias { fan_in },
            });
        }
        tensors
    }
}
