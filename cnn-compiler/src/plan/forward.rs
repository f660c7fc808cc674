//! The forward steps, of inference and of training.

use super::layout::Layout;
use super::lower::{Fused, Lowered, Node, Work};
use super::prepare::Prepared;
use super::storage::{Purpose, Saved, Storage, parts, saved};
use super::{
    Action, Algorithm, Call, Descriptor, Epilogue, Images, Mode, Observed, Operand, Parameters, Place, Root,
    Step,
};
use crate::graph::{Layer, NodeId};
use crate::ops::{Op, activation::Activation};
use std::ops::Range;

/// Where normalisations keep their statistics for backward, by layer.
#[derive(Debug, Default)]
pub(super) struct SavedStatistics {
    ranges: Vec<(usize, Range<usize>)>,
}

impl SavedStatistics {
    pub(super) fn len(&self) -> usize {
        self.ranges.last().map_or(0, |(_, range)| range.end)
    }

    pub(super) fn of(&self, layer: usize) -> Range<usize> {
        let found = self.ranges.iter().find(|(index, _)| *index == layer);
        found.map_or_else(|| unreachable!("layer {layer} has saved statistics"), |(_, range)| range.clone())
    }

    fn reserve(&mut self, layer: usize, len: usize) -> Range<usize> {
        let range = self.len()..self.len() + len;
        self.ranges.push((layer, range.clone()));
        range
    }
}

/// The steps of inference, and what they want prepared; each layer's output can be observed.
pub(super) fn inference(
    lowered: &Lowered<'_>,
    storage: &Storage,
    parameters: &Parameters,
) -> (Vec<Step>, Prepared) {
    let mut steps = Steps::new(lowered, storage, parameters, Purpose::Inference);
    steps.all();
    (steps.done, steps.prepared)
}

/// The forward steps of training, and where they leave statistics for backward.
pub(super) fn training(
    lowered: &Lowered<'_>,
    storage: &Storage,
    parameters: &Parameters,
) -> (Vec<Step>, SavedStatistics) {
    let mut steps = Steps::new(lowered, storage, parameters, Purpose::Training);
    steps.all();
    (steps.done, steps.saved)
}

struct Steps<'l> {
    lowered: &'l Lowered<'l>,
    storage: &'l Storage,
    parameters: &'l Parameters,
    purpose: Purpose,
    done: Vec<Step>,
    saved: SavedStatistics,
    prepared: Prepared,
}

impl<'l> Steps<'l> {
    fn new(
        lowered: &'l Lowered<'l>,
        storage: &'l Storage,
        parameters: &'l Parameters,
        purpose: Purpose,
    ) -> Self {
        Self {
            lowered,
            storage,
            parameters,
            purpose,
            done: Vec::new(),
            saved: SavedStatistics::default(),
            prepared: Prepared::default(),
        }
    }

    fn all(&mut self) {
        for (tensor, node) in self.lowered.nodes() {
            self.node(tensor, node);
        }
        for (tensor, output) in outputs(self.lowered, Root::Output) {
            let call = moved(self.storage.place(tensor), output, Mode::Overwrite);
            self.done.push(Step { layer: None, action: Action::Call(call) });
        }
    }

    fn node(&mut self, tensor: NodeId, node: &Node<'_>) {
        match &node.work {
            Work::FromPlanes | Work::ToPlanes => {
                let call =
                    moved(self.storage.place(node.inputs[0]), self.storage.place(tensor), Mode::Overwrite);
                self.push(node.index, call);
            }
            Work::Conv2d(fused) => self.conv2d(tensor, node, fused),
            Work::Layer(layer) => {
                self.layer(tensor, node, layer);
                self.observe(node.index, self.storage.place(tensor), Epilogue::default());
            }
        }
    }

    /// In inference, what a layer gives can be looked at.
    fn observe(&mut self, layer: usize, place: Place, epilogue: Epilogue) {
        if self.purpose == Purpose::Inference {
            let action = Action::Observe(Observed { place, epilogue });
            self.done.push(Step { layer: Some(layer), action });
        }
    }

    fn push(&mut self, layer: usize, call: Call) {
        self.done.push(Step { layer: Some(layer), action: Action::Call(call) });
    }

    fn layer(&mut self, tensor: NodeId, node: &Node<'_>, layer: &Layer) {
        let index = node.index;
        let (x, y) = (self.storage.place(node.inputs[0]), self.storage.place(tensor));
        let read_write = || vec![Operand::Read(x), Operand::Write(y)];
        let descriptor = Descriptor::of(layer, index, x.layout, y.layout);
        let call = |kernel: String, operands| Call { kernel, descriptor: descriptor.clone(), operands };
        let call = match &layer.op {
            Op::Conv2d(_) | Op::ConvTranspose2d(_) | Op::Linear(_) => {
                let weight = Operand::Weight(self.parameters.require(index, "weight"));
                let bias = Operand::Parameter(self.parameters.find(index, "bias"));
                call(
                    format!("{}::forward", module(&layer.op)),
                    vec![Operand::Read(x), weight, bias, Operand::Write(y)],
                )
            }
            Op::MaxPool2d(_) | Op::AdaptiveMaxPool2d(_) if self.purpose == Purpose::Training => {
                debug_assert_eq!(saved(&layer.op), Saved::Indices);
                let indices = Operand::Write(self.storage.indices(tensor));
                let operands = vec![Operand::Read(x), Operand::Write(y), indices];
                call(format!("{}::train_forward", module(&layer.op)), operands)
            }
            Op::MaxPool2d(_)
            | Op::AvgPool2d(_)
            | Op::AdaptiveAvgPool2d(_)
            | Op::AdaptiveMaxPool2d(_)
            | Op::Upsample(_)
            | Op::LocalResponseNorm(_)
            | Op::Softmax => call(format!("{}::forward", module(&layer.op)), read_write()),
            Op::BatchNorm2d(_) => self.batch_norm(index, layer, x, y),
            Op::Activation(activation) => {
                let (kernel, places) = if x == y {
                    ("forward_in_place", vec![Operand::Write(y)])
                } else {
                    ("forward", read_write())
                };
                let operands = slope(*activation).into_iter().chain(places).collect();
                numberwise(&module(&layer.op), kernel, operands)
            }
            Op::Dropout { .. } if self.purpose == Purpose::Training => {
                let (kernel, places) = if x == y {
                    ("apply_in_place", vec![Operand::Write(y)])
                } else {
                    ("apply", read_write())
                };
                dropout(kernel, descriptor, places)
            }
            Op::Flatten if x.root == y.root => return,
            Op::Flatten => moved(x, y, Mode::Overwrite),
            Op::Dropout { .. } => return,
            Op::Concat => return self.concat(tensor, node, y),
            Op::Add => return self.add(node, y),
        };
        self.push(index, call);
    }

    /// A convolution and what is fused with it.
    fn conv2d(&mut self, tensor: NodeId, node: &Node<'_>, fused: &Fused<'_>) {
        let index = node.index;
        let (x, y) = (self.storage.place(node.inputs[0]), self.storage.place(tensor));
        let weight = self.parameters.require(index, "weight");
        let bias = self.parameters.find(index, "bias");
        let module = fused.algorithm.module();
        let pool = self.lowered.pool(fused);
        // Before a pool nothing stands in the layout of the convolution's output.
        let sums = if pool.is_some() { Layout::blocked(fused.conv.output) } else { y.layout };
        let descriptor = Descriptor::of(fused.conv, index, x.layout, sums);
        if !fused.algorithm.fuses() {
            let operands =
                vec![Operand::Read(x), Operand::Weight(weight), Operand::Parameter(bias), Operand::Write(y)];
            self.push(index, Call { kernel: format!("{module}::forward"), descriptor, operands });
            return self.observe(index, y, Epilogue::default());
        }
        let activation = self.lowered.activation(fused);
        let of_sums = || Epilogue {
            channels: fused.conv.output.channels(),
            bias,
            norm: None,
            activation,
            followers: fused.followers(),
            pool: None,
        };
        let (kernel, operands) = match self.purpose {
            _ if fused.algorithm == Algorithm::Bundled => {
                let operands = vec![
                    Operand::Read(x),
                    Operand::Weight(weight),
                    Operand::Parameter(bias),
                    Operand::Activation(activation),
                    Operand::Write(y),
                ];
                self.push(index, Call { kernel: format!("{module}::forward"), descriptor, operands });
                return self.observe(index, y, of_sums());
            }
            Purpose::Training => {
                let operands = vec![
                    Operand::Read(x),
                    Operand::Weight(weight),
                    Operand::Parameter(bias),
                    Operand::Activation(activation),
                    Operand::Write(y),
                ];
                (format!("{module}::train_forward"), operands)
            }
            Purpose::Inference => {
                let prepared = self.prepared.weight(index, module, descriptor.clone(), weight);
                let folded = fused.norm.map(|norm| {
                    let layer = &self.lowered.graph.layers[norm];
                    self.prepared.normalisation(norm, layer, self.parameters, bias)
                });
                let pooled = descriptor
                    .clone()
                    .zip(pool)
                    .map(|(first, pool)| Descriptor::first_pooled(first, pool, y.layout));
                let (kernel, descriptor) = match &pooled {
                    Some(pooled) => ("forward_max_pool", Some(pooled.clone())),
                    None => ("forward", descriptor),
                };
                let pool = pooled.map(|pooled| (pooled, prepared));
                let epilogue = Epilogue { norm: folded, pool, ..of_sums() };
                let operands = vec![
                    Operand::Read(x),
                    Operand::Prepared(prepared),
                    Operand::Epilogue(epilogue.clone()),
                    Operand::Write(y),
                ];
                self.push(index, Call { kernel: format!("{module}::{kernel}"), descriptor, operands });
                return self.observe(index, y, epilogue);
            }
        };
        self.push(index, Call { kernel, descriptor, operands });
    }

    fn batch_norm(&mut self, index: usize, layer: &Layer, x: Place, y: Place) -> Call {
        let mut operands = vec![
            Operand::Read(x),
            Operand::Parameter(self.parameters.find(index, "weight")),
            Operand::Parameter(self.parameters.find(index, "bias")),
        ];
        let running = ["running_mean", "running_var", "num_batches_tracked"]
            .map(|name| self.parameters.require(index, name));
        let kernel = match self.purpose {
            Purpose::Inference => {
                operands.extend(running[..2].iter().map(|tensor| Operand::Running(*tensor)));
                "forward"
            }
            Purpose::Training => {
                operands.extend(running.map(Operand::RunningMut));
                operands.push(Operand::Saved(self.saved.reserve(index, 2 * layer.input.channels())));
                "train_forward"
            }
        };
        operands.push(Operand::Write(y));
        batch_norm(kernel, Descriptor::of(layer, index, x.layout, y.layout), operands)
    }

    /// Copies the inputs that do not stand in the joined tensor already.
    fn concat(&mut self, tensor: NodeId, node: &Node<'_>, y: Place) {
        let mut first = 0;
        for (input, start) in node.inputs.iter().zip(parts(self.lowered, tensor, &node.inputs)) {
            let x = self.storage.place(*input);
            match start.map(|start| y.part(start, x.layout)) {
                Some(part) if x == part => {}
                Some(part) => self.push(node.index, moved(x, part, Mode::Overwrite)),
                None => self.push(node.index, into_channels(x, y, first)),
            }
            first += x.layout.channels();
        }
    }

    /// Adds all summands to the one that shares the sum's memory, or to a copy of the first.
    fn add(&mut self, node: &Node<'_>, y: Place) {
        let places: Vec<Place> = node.inputs.iter().map(|input| self.storage.place(*input)).collect();
        let base = places.iter().position(|place| *place == y).unwrap_or_else(|| {
            self.push(node.index, moved(places[0], y, Mode::Overwrite));
            0
        });
        for (_, x) in places.into_iter().enumerate().filter(|(i, _)| *i != base) {
            self.push(node.index, moved(x, y, Mode::Accumulate));
        }
    }
}

/// Each output of the network, and its part of the user's memory, where they stand one behind the other.
pub(super) fn outputs(lowered: &Lowered<'_>, root: Root) -> Vec<(NodeId, Place)> {
    let graph = lowered.graph;
    let all = Place::whole(root, Layout::Planes(graph.outputs_len()));
    let mut start = 0;
    let place = |(shape, tensor): (crate::shape::Shape, &NodeId)| {
        let part = all.part(start, Layout::planes(shape));
        start += part.len;
        (*tensor, part)
    };
    graph.output_shapes().into_iter().zip(&lowered.outputs).map(place).collect()
}

/// What stands at `x` is written to `y`, or added to it, in the layout of `y`.
pub(super) fn moved(x: Place, y: Place, mode: Mode) -> Call {
    let mut operands = vec![Operand::Read(x), Operand::Write(y)];
    let (kernel, blocked) = match (x.layout, y.layout) {
        (Layout::Planes(_), Layout::Blocked(blocked)) => ("blocked::from_planes", blocked),
        (Layout::Blocked(blocked), Layout::Planes(_)) => ("blocked::to_planes", blocked),
        (Layout::Planes(_), Layout::Bundled(_)) => {
            let is_gradient = x.root == Root::OutputGradient;
            operands.extend(is_gradient.then_some(Operand::Mode(mode)));
            let kernel = if is_gradient { "from_gradients" } else { "from_images" };
            return Call { kernel: format!("bundled::{kernel}"), descriptor: None, operands };
        }
        (Layout::Bundled(_), Layout::Planes(_)) => {
            return Call { kernel: "bundled::to_images".into(), descriptor: None, operands };
        }
        (Layout::Blocked(_), Layout::Bundled(_)) | (Layout::Bundled(_), Layout::Blocked(_)) => {
            unreachable!("no pass has both: {x:?}, {y:?}")
        }
        (Layout::Planes(_), Layout::Planes(_))
        | (Layout::Blocked(_), Layout::Blocked(_))
        | (Layout::Bundled(_), Layout::Bundled(_)) => {
            let kernel = match mode {
                Mode::Overwrite => "copy",
                Mode::Accumulate => "accumulate",
            };
            return numberwise("elementwise", kernel, operands);
        }
    };
    operands.push(Operand::Mode(mode));
    Call { kernel: kernel.into(), descriptor: Some(Descriptor::Blocked(blocked)), operands }
}

/// A kernel whose numbers depend on nothing but the numbers at the same place.
pub(super) fn numberwise(module: &str, kernel: &str, operands: Vec<Operand>) -> Call {
    match Images::of(&operands) {
        Some(images) => {
            let descriptor = Some(Descriptor::Images(images));
            Call { kernel: format!("{module}::blocked::{kernel}"), descriptor, operands }
        }
        None => Call { kernel: format!("{module}::{kernel}"), descriptor: None, operands },
    }
}

/// A kernel of dropout, which has the masks' key before its other operands.
pub(super) fn dropout(kernel: &str, layer: Option<Descriptor>, places: Vec<Operand>) -> Call {
    let images = Images::of(&places);
    let mut operands = vec![Operand::DropoutKey];
    operands.extend(places);
    let Some(images) = images else {
        return Call { kernel: format!("dropout::{kernel}"), descriptor: layer, operands };
    };
    operands.splice(..0, layer.map(Operand::Descriptor));
    let descriptor = Some(Descriptor::Images(images));
    Call { kernel: format!("dropout::blocked::{kernel}"), descriptor, operands }
}

/// A kernel of batch normalisation.
pub(super) fn batch_norm(kernel: &str, norm: Option<Descriptor>, operands: Vec<Operand>) -> Call {
    let (Some(images), Some(norm)) = (Images::of(&operands), norm) else {
        unreachable!("only images are normalised, and they stand in blocks: {operands:?}")
    };
    let descriptor = Some(Descriptor::BlockedBatchNorm2d { norm: Box::new(norm), images });
    Call { kernel: format!("batch_norm2d::{kernel}"), descriptor, operands }
}

/// Writes the channels of `x` to those of `y` from `first` on.
fn into_channels(x: Place, y: Place, first: usize) -> Call {
    let descriptor = Some(Descriptor::part(y.layout, x.layout, first));
    let operands = vec![Operand::Read(x), Operand::Write(y)];
    Call { kernel: "elementwise::blocked::copy_channels".into(), descriptor, operands }
}

/// Writes the channels of `x` from `first` on to `y`, or adds them.
pub(super) fn from_channels(x: Place, y: Place, first: usize, mode: Mode) -> Call {
    let descriptor = Some(Descriptor::part(x.layout, y.layout, first));
    let operands = vec![Operand::Read(x), Operand::Write(y), Operand::Mode(mode)];
    Call { kernel: "elementwise::blocked::take_channels".into(), descriptor, operands }
}

/// The leading operand of a leaky relu.
pub(super) fn slope(activation: Activation) -> Option<Operand> {
    match activation {
        Activation::LeakyRelu { slope } => Some(Operand::Number(slope)),
        Activation::Relu
        | Activation::Relu6
        | Activation::Sigmoid
        | Activation::HardSigmoid
        | Activation::Tanh
        | Activation::Gelu
        | Activation::Silu
        | Activation::HardSwish => None,
    }
}

/// The runtime's module of the kernels of a layer that is no convolution.
pub(super) fn module(op: &Op) -> String {
    match op {
        Op::Activation(_) => format!("activation::{}", op.name()),
        Op::MaxPool2d(_) | Op::AvgPool2d(_) | Op::AdaptiveAvgPool2d(_) | Op::AdaptiveMaxPool2d(_) => {
            format!("pool::{}", op.name())
        }
        Op::Upsample(upsample) if upsample.bilinear => "upsample::bilinear".into(),
        Op::Upsample(_) => "upsample::nearest".into(),
        Op::Conv2d(_) => unreachable!("its algorithm knows"),
        Op::ConvTranspose2d(_)
        | Op::Linear(_)
        | Op::BatchNorm2d(_)
        | Op::LocalResponseNorm(_)
        | Op::Softmax
        | Op::Dropout { .. } => op.name().into(),
        Op::Flatten | Op::Concat | Op::Add => "elementwise".into(),
    }
}
