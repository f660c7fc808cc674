//! The backward steps: the layers in reverse, each turning the gradient of its output into those of its tensors and its
//! inputs. A tensor that leads to nothing learned gets no gradient at all.

use super::forward::{
    SavedStatistics, batch_norm, dropout, from_channels, module, moved, numberwise, outputs, slope,
};
use super::gradients::Gradients;
use super::lower::{Fused, Lowered, Node, Work};
use super::storage::{Saved, Storage, parts, saved};
use super::{Action, Call, Descriptor, Mode, Operand, Parameters, Place, Root, Step};
use crate::graph::{Layer, NodeId};
use crate::ops::Op;
use crate::ops::activation::Activation;

/// The steps, and the lengths of all buffers, those of the forward pass first.
pub(super) fn backward(
    lowered: &Lowered<'_>,
    storage: &Storage,
    parameters: &Parameters,
    statistics: &SavedStatistics,
) -> (Vec<Step>, Vec<usize>) {
    let mut backward = Backward {
        lowered,
        storage,
        parameters,
        statistics,
        learns: lowered.learns(),
        pooled: lowered.pooled_activations(),
        gradients: Gradients::new(lowered, &storage.buffer_lens),
        steps: Vec::new(),
    };
    backward.all();
    (backward.steps, backward.gradients.buffer_lens)
}

struct Backward<'g> {
    lowered: &'g Lowered<'g>,
    storage: &'g Storage,
    parameters: &'g Parameters,
    statistics: &'g SavedStatistics,
    learns: Vec<bool>,
    /// [`Lowered::pooled_activations`]
    pooled: Vec<Option<Activation>>,
    gradients: Gradients<'g>,
    steps: Vec<Step>,
}

impl Backward<'_> {
    fn all(&mut self) {
        // The user's gradient is only read; a copy of it may be changed in place.
        for (output, given) in outputs(self.lowered, Root::OutputGradient) {
            if self.learns[output.0] {
                let call = self.passed_on(output, given);
                self.steps.push(Step { layer: None, action: Action::Call(call) });
            }
        }
        let lowered = self.lowered;
        for (tensor, node) in lowered.nodes().rev() {
            let Some(d_y) = self.gradients.get(tensor) else { continue };
            match &node.work {
                Work::FromPlanes | Work::ToPlanes => {
                    if self.learns[node.inputs[0].0] {
                        self.pass_on(node.index, node.inputs[0], d_y);
                    }
                }
                Work::Conv2d(fused) => self.conv2d(tensor, node, fused, d_y),
                Work::Layer(layer) => self.layer(tensor, node, layer, d_y),
            }
        }
    }

    fn push(&mut self, layer: usize, call: Call) {
        self.steps.push(Step { layer: Some(layer), action: Action::Call(call) });
    }

    fn layer(&mut self, tensor: NodeId, node: &Node<'_>, layer: &Layer, d_y: Place) {
        let index = node.index;
        let input = node.inputs[0];
        let call = Through { index, input, layer };
        match &layer.op {
            Op::Conv2d(_) => unreachable!("it has a node of its own kind"),
            Op::ConvTranspose2d(_) | Op::Linear(_) => {
                let descriptor = Descriptor::of(layer, index, self.lowered.layout(input), d_y.layout);
                self.weighted(index, input, &module(&layer.op), descriptor, d_y);
            }
            Op::BatchNorm2d(_) => self.batch_norm(call, d_y),
            Op::MaxPool2d(_) | Op::AdaptiveMaxPool2d(_) => {
                if let Some(activation) = self.pooled[tensor.0] {
                    self.fused_activation(index, tensor, activation, d_y);
                }
                let indices = Operand::Read(self.storage.indices(tensor));
                self.through(call, vec![indices], d_y);
            }
            Op::AvgPool2d(_)
            | Op::AdaptiveAvgPool2d(_)
            | Op::Upsample(_)
            | Op::LocalResponseNorm(_)
            | Op::Softmax => {
                let operands = self.saved_operand(tensor, input, layer).into_iter().collect();
                self.through(call, operands, d_y);
            }
            Op::Activation(activation) => {
                let saved = self.saved_operand(tensor, input, layer);
                let operands: Vec<Operand> = slope(*activation).into_iter().chain(saved).collect();
                self.activation(call, &module(&layer.op), operands, d_y);
            }
            Op::Dropout { .. } => self.dropout(call, d_y),
            Op::Flatten => {
                if !self.gradients.take_over(input, d_y) {
                    self.pass_on(index, input, d_y);
                }
            }
            Op::Concat => self.concat(tensor, node, d_y),
            Op::Add => self.add(node, d_y),
        }
    }

    /// What the layer kept of its forward pass.
    fn saved_operand(&self, tensor: NodeId, input: NodeId, layer: &Layer) -> Option<Operand> {
        match saved(&layer.op) {
            Saved::Input => Some(Operand::Read(self.storage.place(input))),
            Saved::Output => Some(Operand::Read(self.storage.place(tensor))),
            Saved::Indices | Saved::Nothing => None,
        }
    }

    /// A kernel that turns `d_y` into `d_x`, with these operands before them.
    fn through(&mut self, of: Through<'_>, mut operands: Vec<Operand>, d_y: Place) {
        let (d_x, mode) = self.gradients.sink(of.input);
        operands.extend([Operand::Read(d_y), Operand::Write(d_x), Operand::Mode(mode)]);
        let kernel = format!("{}::backward", module(&of.layer.op));
        let descriptor = Descriptor::of(of.layer, of.index, d_x.layout, d_y.layout);
        self.push(of.index, Call { kernel, descriptor, operands });
    }

    /// The kernel of a function of each number, where `d_y` stands if that may be.
    fn activation(&mut self, of: Through<'_>, module: &str, mut operands: Vec<Operand>, d_y: Place) {
        let kernel = if self.gradients.take_over(of.input, d_y) {
            operands.push(Operand::Write(d_y));
            "backward_in_place"
        } else {
            let (d_x, mode) = self.gradients.sink(of.input);
            operands.extend([Operand::Read(d_y), Operand::Write(d_x), Operand::Mode(mode)]);
            "backward"
        };
        self.push(of.index, numberwise(module, kernel, operands));
    }

    /// The same for dropout.
    fn dropout(&mut self, of: Through<'_>, d_y: Place) {
        let descriptor = Descriptor::of(of.layer, of.index, d_y.layout, d_y.layout);
        let call = if self.gradients.take_over(of.input, d_y) {
            dropout("apply_in_place", descriptor, vec![Operand::Write(d_y)])
        } else {
            let (d_x, mode) = self.gradients.sink(of.input);
            let operands = vec![Operand::Read(d_y), Operand::Write(d_x), Operand::Mode(mode)];
            dropout("backward", descriptor, operands)
        };
        self.push(of.index, call);
    }

    /// The activation that a convolution's kernel computes too, in place, from what it gave.
    fn fused_activation(&mut self, index: usize, given: NodeId, activation: Activation, d_y: Place) {
        let module = module(&Op::Activation(activation));
        let operands = vec![Operand::Read(self.storage.place(given)), Operand::Write(d_y)];
        self.push(index, numberwise(&module, "backward_in_place", operands));
    }

    /// A convolution, and before it the activation behind it, unless the gradient has come through that behind a max-pool.
    fn conv2d(&mut self, tensor: NodeId, node: &Node<'_>, fused: &Fused<'_>, d_y: Place) {
        let (index, input) = (node.index, node.inputs[0]);
        let is_pooled = |(reader, node): (NodeId, &Node<'_>)| {
            self.pooled[reader.0].is_some() && node.inputs.contains(&tensor)
        };
        if let Some(activation) = self.lowered.activation(fused)
            && !self.lowered.nodes().any(is_pooled)
        {
            self.fused_activation(index, tensor, activation, d_y);
        }
        let descriptor = Descriptor::of(fused.conv, index, self.lowered.layout(input), d_y.layout);
        self.weighted(index, input, fused.algorithm.module(), descriptor, d_y);
    }

    /// The gradients of a layer's weight and bias, and of its input.
    fn weighted(
        &mut self,
        index: usize,
        input: NodeId,
        module: &str,
        descriptor: Option<Descriptor>,
        d_y: Place,
    ) {
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

    fn batch_norm(&mut self, of: Through<'_>, d_y: Place) {
        let Through { index, input, layer } = of;
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
        let descriptor = Descriptor::of(layer, index, d_x.layout, d_y.layout);
        self.push(index, batch_norm("backward", descriptor, operands));
    }

    /// Copies or adds a gradient as it is.
    fn pass_on(&mut self, index: usize, input: NodeId, d_y: Place) {
        let call = self.passed_on(input, d_y);
        self.push(index, call);
    }

    fn passed_on(&mut self, input: NodeId, d_y: Place) -> Call {
        let (d_x, mode) = self.gradients.sink(input);
        moved(d_y, d_x, mode)
    }

    /// Each input's gradient is a part of the joined one.
    fn concat(&mut self, tensor: NodeId, node: &Node<'_>, d_y: Place) {
        let mut first = 0;
        for (input, start) in node.inputs.iter().zip(parts(self.lowered, tensor, &node.inputs)) {
            let layout = self.lowered.layout(*input);
            if self.learns[input.0] {
                match start.map(|start| d_y.part(start, layout)) {
                    Some(part) if self.gradients.take_over(*input, part) => {}
                    Some(part) => self.pass_on(node.index, *input, part),
                    None => {
                        let (d_x, mode) = self.gradients.sink(*input);
                        self.push(node.index, from_channels(d_y, d_x, first, mode));
                    }
                }
            }
            first += layout.channels();
        }
    }

    /// Each input's gradient is that of the sum: one takes over its place, after the others have got a copy.
    fn add(&mut self, node: &Node<'_>, d_y: Place) {
        let stands_once = |input: &NodeId| node.inputs.iter().filter(|other| *other == input).count() == 1;
        let heir = node.inputs.iter().copied().rfind(|input| {
            self.learns[input.0] && stands_once(input) && self.gradients.get(*input).is_none()
        });
        for input in &node.inputs {
            if self.learns[input.0] && Some(*input) != heir {
                self.pass_on(node.index, *input, d_y);
            }
        }
        if let Some(heir) = heir
            && !self.gradients.take_over(heir, d_y)
        {
            self.pass_on(node.index, heir, d_y);
        }
    }
}

/// A layer whose gradient goes through to its input.
#[derive(Clone, Copy)]
struct Through<'g> {
    index: usize,
    input: NodeId,
    layer: &'g Layer,
}
