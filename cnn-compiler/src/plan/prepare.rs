//! What inference wants computed once and not in every call: weights as kernels want them, and what batch normalisations
//! come to once their statistics rest.

use super::{Call, Descriptor, LINE, Operand, Parameters};
use crate::graph::Layer;

/// All of it.
#[derive(Debug, Default)]
pub struct Prepared {
    /// In the order of the layers.
    pub pieces: Vec<Piece>,
}

/// One piece of prepared memory.
#[derive(Debug)]
pub struct Piece {
    /// The layer that wants it.
    pub layer: usize,
    /// How many numbers it has.
    pub len: Len,
    /// What writes it.
    pub call: Call,
}

/// The length of a piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Len {
    /// What this `const fn` of the runtime says of the descriptor.
    Kernel(String),
    /// So many numbers.
    Numbers(usize),
}

impl Prepared {
    /// The weight of a convolution; gives the piece's index.
    pub(super) fn weight(
        &mut self,
        layer: usize,
        module: &str,
        descriptor: Option<Descriptor>,
        weight: usize,
    ) -> usize {
        let index = self.pieces.len();
        let operands = vec![Operand::Weight(weight), Operand::PreparedMut(index)];
        let call = Call { kernel: format!("{module}::prepare"), descriptor, operands };
        self.pieces.push(Piece { layer, len: Len::Kernel(format!("{module}::prepared_len")), call });
        index
    }

    /// What becomes of the sums of a convolution with this bias in the normalisation `layer`; gives the piece's index.
    pub(super) fn normalisation(
        &mut self,
        index: usize,
        layer: &Layer,
        parameters: &Parameters,
        bias: Option<usize>,
    ) -> usize {
        let piece = self.pieces.len();
        let running = |name| Operand::Running(parameters.require(index, name));
        let operands = vec![
            Operand::Parameter(parameters.find(index, "weight")),
            Operand::Parameter(parameters.find(index, "bias")),
            running("running_mean"),
            running("running_var"),
            Operand::Parameter(bias),
            Operand::PreparedMut(piece),
        ];
        let descriptor = Descriptor::of(
            layer,
            index,
            super::Layout::planes(layer.input),
            super::Layout::planes(layer.output),
        );
        let call = Call { kernel: "batch_norm2d::prepare".into(), descriptor, operands };
        let len = 3 * layer.input.channels().next_multiple_of(LINE);
        self.pieces.push(Piece { layer: index, len: Len::Numbers(len), call });
        piece
    }
}
