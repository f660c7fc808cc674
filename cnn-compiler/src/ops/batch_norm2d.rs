//! `batch_norm2d`: PyTorch's `BatchNorm2d` (Ioffe and Szegedy 2015).

use super::{Default, Kind, Misfit, Op, Parameter, Shape, Signature, Tensor, TensorKind, needs_image};

pub(super) static SIGNATURE: Signature = Signature {
    name: "batch_norm2d",
    parameters: &[
        Parameter::optional("eps", Kind::Number, Default::Number(1e-5)),
        Parameter::optional("momentum", Kind::Number, Default::Number(0.1)),
        Parameter::optional("affine", Kind::Flag, Default::Flag(true)),
    ],
    summary: "Normalises each channel: over the batch while training, by the running statistics in inference.",
    build: |arguments| {
        Ok(Op::BatchNorm2d(BatchNorm2d {
            eps: arguments.number("eps"),
            momentum: arguments.number("momentum"),
            affine: arguments.flag("affine"),
        }))
    },
};

/// A batch normalisation's arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchNorm2d {
    /// Added to the variance.
    pub eps: f64,
    /// Weight of the newest batch in the running statistics.
    pub momentum: f64,
    /// Whether a factor and a summand are learned.
    pub affine: bool,
}

impl BatchNorm2d {
    pub(super) fn output(input: Shape) -> Result<Shape, Misfit> {
        match input {
            Shape::Image(_) => Ok(input),
            Shape::Vector(_) => Err(needs_image("batch_norm2d", input)),
        }
    }

    pub(super) fn tensors(&self, input: Shape) -> Vec<Tensor> {
        let shape = vec![input.channels()];
        let learned = [("weight", TensorKind::Scale), ("bias", TensorKind::Shift)];
        let running = [("running_mean", TensorKind::RunningMean), ("running_var", TensorKind::RunningVar)];
        let learned = learned.into_iter().filter(|_| self.affine);
        let mut tensors: Vec<Tensor> =
            learned.chain(running).map(|(name, kind)| Tensor { name, shape: shape.clone(), kind }).collect();
        tensors.push(Tensor {
            name: "num_batches_tracked",
            shape: Vec::new(),
            kind: TensorKind::BatchesTracked,
        });
        tensors
    }
}
