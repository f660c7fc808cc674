//! The backward steps: the layers in reverse, each turning the gradient of its output into those of its tensors and its
//! inputs. A tensor that leads to nothing learned gets no gradient at all.

use super::forward::{SavedStatistics, accumulate, copy, descriptor, module, outputs, slope};
use super::gradients::Gradients;
use super::storage::{Saved, Storage, saved};
use super::{Action, Call, Mode, Operand, Parameters, Place, Root, Step};
use crate::graph::{Graph, Layer, NodeId};
use crate::ops::Op;

/// The steps, and the lengths of all buffers, those of the forward pass first.
pub(super) fn backward(
    graph: &Graph,
    storage: &Storage,
    parameters: &Parameters,
    statistics: &SavedStatistics,
) -> (Vec<Step>, Vec<usize>) {
    let mut backward = Backward {
        graph,
        storage,
        parameters,
        statistics,
        learns: learns(graph),
        gradients: Gradients::new(graph, &storage.buffer_lens),
        steps: Vec::new(),
    };
    backward.all();
    (backward.steps, backward.gradients.buffer_lens)
}

/// Whether a tensor depends on anything learned, by the tensor's index.
fn learns(graph: &Graph) -> Vec<bool> {
    let mut learns = vec![false];
    for layer in &graph.layers {
        let itself = layer.parameters() > 0;
        learns.push(itself || layer.inputs.iter().any(|input| learns[input.0]));
    }
    learns
}

struct Backward<'g> {
    graph: &'g Graph,
    storage: &'g Storage,
    parameters: &'g Parameters,
    statistics: &'g SavedStatistics,
    learns: Vec<bool>,
    gradients: Gradients<'g>,
    steps: Vec<Step>,
}

impl Backward<'_> {
    fn all(&mut self) {
        // The user's gradient is only read; a copy of it may be changed in place.
        for (output, given) in outputs(self.graph, Root::OutputGradient) {
            if self.learns[output.0] {
                let call = self.passed_on(output, given);
                self.steps.push(Step { layer: None, action: Action::Call(call) });
            }
        }
        for (node, layer) in self.graph.nodes().rev() {
            if let Some(d_y) = self.gradients.get(node) {
                self.layer(node, layer, d_y);
            }
        }
    }

    fn push(&mut self, layer: usize, call: Call) {
        self.steps.push(Step { layer: Some(layer), action: Action::Call(call) });
    }

    fn layer(&mut self, node: NodeId, layer: &Layer, d_y: Place) {
        let index = node.0 - 1;
        let input = layer.inputs[0];
        match &layer.op {
            Op::Conv2d(_) | Op::ConvTranspose2d(_) | Op::Linear(_) => self.weighted(index, layer, d_y),
            Op::BatchNorm2d(_) => self.batch_norm(index, layer, d_y),
            Op::MaxPool2d(_)
            | Op::AvgPool2d(_)
            | Op::AdaptiveAvgPool2d(_)
            | Op::AdaptiveMaxPool2d(_)
            | Op::Upsample(_)
            | Op::LocalResponseNorm(_)
            | Op::Softmax => {
                let operands = self.saved_operand(node, layer).into_iter().collect();
                self.through(index, layer, operands, d_y);
            }
            Op::Activation(activation) => {
                let operands: Vec<Operand> =
                    slope(*activation).into_iter().chain(self.saved_operand(node, layer)).collect();
                if self.gradients.take_over(input, d_y) {
                    self.in_place(index, layer, "backward_in_place", operands, d_y);
                } else {
                    self.through(index, layer, operands, d_y);
                }
            }
            Op::Dropout { .. } => {
                if self.gradients.take_over(input, d_y) {
                    self.in_place(index, layer, "apply_in_place", vec![Operand::DropoutKey], d_y);
                } else {
                    self.through(index, layer, vec![Operand::DropoutKey], d_y);
                }
            }
            Op::Flatten => {
                if !self.gradients.take_over(input, d_y) {
                    self.pass_on(index, input, d_y);
                }
            }
            Op::Concat => self.concat(index, layer, d_y),
            Op::Add => self.add(index, layer, d_y),
        }
    }

    /// What the layer kept of its forward pass.
    fn saved_operand(&self, node: NodeId, layer: &Layer) -> Option<Operand> {
        match saved(&layer.op) {
            Saved::Input => Some(Operand::Read(self.storage.place(layer.inputs[0]))),
            Saved::Output => Some(Operand::Read(self.storage.place(node))),
            Saved::Nothing => None,
        }
    }

    /// A kernel that turns `d_y` into `d_x`, with these operands before them.
    fn through(&mut self, index: usize, layer: &Layer, mut operands: Vec<Operand>, d_y: Place) {
        let (d_x, mode) = self.gradients.sink(layer.inputs[0]);
        operands.extend([Operand::Read(d_y), Operand::Write(d_x), Operand::Mode(mode)]);
        let kernel = format!("{}::backward", module(&layer.op));
        self.push(index, Call { kernel, descriptor: descriptor(layer, index), operands });
    }

    /// A kernel that turns `d_y` into `d_x` where it stands.
    fn in_place(&mut self, index: usize, layer: &Layer, kernel: &str, mut operands: Vec<Operand>, d: Place) {
        operands.push(Operand::Write(d));
        let kernel = format!("{}::{kernel}", module(&layer.op));
        self.push(index, Call { kernel, descriptor: descriptor(layer, index), operands });
    }

    /// A convolution or linear layer.
    fn weighted(&mut self, index: usize, layer: &Layer, d_y: Place) {
        let input = layer.inputs[0];
        let module = module(&layer.op);
        let descriptor = descriptor(layer, index);
        let weight = self.parameters.require(index, "weight");
        let operands = vec![
            Operand::Read(self.storage.place(input)),
            Operand::Read(d_y),
            Operand::WeightGradient(weight),
            Operand::Gradient(self.parameters.find(index, "bias")),
        ];
        let kernel = format!("{module}::backward_weight");
        self.push(index, Call { kernel, descriptor: descriptor.clone(), operands });
        if self.learns[input.0] {
            let (d_x, mode) = self.gradients.sink(input);
            let operands =
                vec![Operand::Read(d_y), Operand::Weight(weight), Operand::Write(d_x), Operand::Mode(mode)];
            self.push(index, Call { kernel: format!("{module}::backward_input"), descriptor, operands });
        }
    }

    fn batch_norm(&mut self, index: usize, layer: &Layer, d_y: Place) {
        let input = layer.inputs[0];
        // The kernel computes both gradients at once; where nobody asks for d_x, its buffer is scratch.
        let (d_x, mode) = if self.learns[input.0] {
            self.gradients.sink(input)
        } else {
            (self.gradients.scratch(input), Mode::Overwrite)
        };
        let weight = self.parameters.find(index, "weight");
        let operands = vec![
            Operand::Read(self.storage.place(input)),
            Operand::Read(d_y),
            Operand::Parameter(weight),
            Operand::Saved(self.statistics.of(index)),
            Operand::Write(d_x),
            Operand::Mode(mode),
            Operand::Gradient(weight),
            Operand::Gradient(self.parameters.find(index, "bias")),
        ];
        let kernel = "batch_norm2d::backward".into();
        self.push(index, Call { kernel, descriptor: descriptor(layer, index), operands });
    }

    /// Copies or adds a gradient as it is.
    fn pass_on(&mut self, index: usize, input: NodeId, d_y: Place) {
        let call = self.passed_on(input, d_y);
        self.push(index, call);
    }

    fn passed_on(&mut self, input: NodeId, d_y: Place) -> Call {
        let (d_x, mode) = self.gradients.sink(input);
        match mode {
            Mode::Overwrite => copy(d_y, d_x),
            Mode::Accumulate => accumulate(d_y, d_x),
        }
    }

    /// Each input's gradient is a part of the joined one.
    fn concat(&mut self, index: usize, layer: &Layer, d_y: Place) {
        let mut start = 0;
        for input in &layer.inputs {
            let len = self.graph.shape(*input).len();
            let part = d_y.part(start, len);
            start += len;
            if self.learns[input.0] && !self.gradients.take_over(*input, part) {
                self.pass_on(index, *input, part);
            }
        }
    }

    /// Each input's gradient is that of the sum: one takes over its place, after the others have got a copy.
    fn add(&mut self, index: usize, layer: &Layer, d_y: Place) {
        let stands_once = |input: &NodeId| layer.inputs.iter().filter(|other| *other == input).count() == 1;
        let heir = layer.inputs.iter().copied().rfind(|input| {
            self.learns[input.0] && stands_once(input) && self.gradients.get(*input).is_none()
        });
        for input in &layer.inputs {
            if self.learns[input.0] && Some(*input) != heir {
                self.pass_on(index, *input, d_y);
            }
        }
        if let Some(heir) = heir
            && !self.gradients.take_over(heir, d_y)
        {
            self.pass_on(index, heir, d_y);
        }
    }
}
