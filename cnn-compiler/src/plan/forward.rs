//! The forward steps, of inference and of training.

use super::storage::{Purpose, Storage};
use super::{Action, Algorithm, Call, Descriptor, Operand, Parameters, Place, Root, Step, Window};
use crate::graph::{Graph, Layer, NodeId};
use crate::ops::window::Sliding;
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

/// The steps of inference; each layer's output can be observed.
pub(super) fn inference(graph: &Graph, storage: &Storage, parameters: &Parameters) -> Vec<Step> {
    let mut steps = Steps::new(graph, storage, parameters, Purpose::Inference);
    steps.all();
    steps.done
}

/// The forward steps of training, and where they leave statistics for backward.
pub(super) fn training(
    graph: &Graph,
    storage: &Storage,
    parameters: &Parameters,
) -> (Vec<Step>, SavedStatistics) {
    let mut steps = Steps::new(graph, storage, parameters, Purpose::Training);
    steps.all();
    (steps.done, steps.saved)
}

struct Steps<'g> {
    graph: &'g Graph,
    storage: &'g Storage,
    parameters: &'g Parameters,
    purpose: Purpose,
    done: Vec<Step>,
    saved: SavedStatistics,
}

impl<'g> Steps<'g> {
    fn new(graph: &'g Graph, storage: &'g Storage, parameters: &'g Parameters, purpose: Purpose) -> Self {
        Self { graph, storage, parameters, purpose, done: Vec::new(), saved: SavedStatistics::default() }
    }

    fn all(&mut self) {
        for (node, layer) in self.graph.nodes() {
            self.layer(node, layer);
            if self.purpose == Purpose::Inference {
                let observe = Action::Observe(self.storage.place(node));
                self.done.push(Step { layer: Some(node.0 - 1), action: observe });
            }
        }
        for (node, output) in outputs(self.graph, Root::Output) {
            let copy = copy(self.storage.place(node), output);
            self.done.push(Step { layer: None, action: Action::Call(copy) });
        }
    }

    fn layer(&mut self, node: NodeId, layer: &Layer) {
        let index = node.0 - 1;
        let (x, y) = (self.storage.place(layer.inputs[0]), self.storage.place(node));
        let read_write = || vec![Operand::Read(x), Operand::Write(y)];
        let descriptor = descriptor(layer, index);
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
            Op::MaxPool2d(_)
            | Op::AvgPool2d(_)
            | Op::AdaptiveAvgPool2d(_)
            | Op::AdaptiveMaxPool2d(_)
            | Op::Upsample(_)
            | Op::LocalResponseNorm(_)
            | Op::Softmax => call(format!("{}::forward", module(&layer.op)), read_write()),
            Op::BatchNorm2d(_) => self.batch_norm(index, layer, x, y),
            Op::Activation(activation) => {
                let module = module(&layer.op);
                let (kernel, operands) = if x == y {
                    (format!("{module}::forward_in_place"), vec![Operand::Write(y)])
                } else {
                    (format!("{module}::forward"), read_write())
                };
                call(kernel, slope(*activation).into_iter().chain(operands).collect())
            }
            Op::Dropout { .. } if self.purpose == Purpose::Training => {
                let (kernel, operands) = if x == y {
                    ("dropout::apply_in_place", vec![Operand::Write(y)])
                } else {
                    ("dropout::apply", read_write())
                };
                call(kernel.into(), std::iter::once(Operand::DropoutKey).chain(operands).collect())
            }
            Op::Flatten | Op::Dropout { .. } => return,
            Op::Concat => return self.concat(index, layer, y),
            Op::Add => return self.add(index, layer, y),
        };
        self.push(index, call);
    }

    fn push(&mut self, layer: usize, call: Call) {
        self.done.push(Step { layer: Some(layer), action: Action::Call(call) });
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
                "batch_norm2d::forward"
            }
            Purpose::Training => {
                operands.extend(running.map(Operand::RunningMut));
                operands.push(Operand::Saved(self.saved.reserve(index, 2 * layer.input.channels())));
                "batch_norm2d::train_forward"
            }
        };
        operands.push(Operand::Write(y));
        Call { kernel: kernel.into(), descriptor: descriptor(layer, index), operands }
    }

    /// Copies the inputs that do not stand in the joined tensor already.
    fn concat(&mut self, index: usize, layer: &Layer, y: Place) {
        let mut start = 0;
        for input in &layer.inputs {
            let x = self.storage.place(*input);
            let part = y.part(start, x.len);
            if x != part {
                self.push(index, copy(x, part));
            }
            start += x.len;
        }
    }

    /// Adds all summands to the one that shares the sum's memory, or to a copy of the first.
    fn add(&mut self, index: usize, layer: &Layer, y: Place) {
        let places: Vec<Place> = layer.inputs.iter().map(|input| self.storage.place(*input)).collect();
        let base = places.iter().position(|place| *place == y).unwrap_or_else(|| {
            self.push(index, copy(places[0], y));
            0
        });
        for (_, x) in places.into_iter().enumerate().filter(|(i, _)| *i != base) {
            self.push(index, accumulate(x, y));
        }
    }
}

/// Each output of the network, and its part of the user's memory, where they stand one behind the other.
pub(super) fn outputs(graph: &Graph, root: Root) -> Vec<(NodeId, Place)> {
    let all = Place::whole(root, graph.outputs_len());
    let mut start = 0;
    let place = |node: &NodeId| {
        let part = all.part(start, graph.shape(*node).len());
        start += part.len;
        (*node, part)
    };
    graph.outputs.iter().map(place).collect()
}

pub(super) fn copy(x: Place, y: Place) -> Call {
    let operands = vec![Operand::Read(x), Operand::Write(y)];
    Call { kernel: "elementwise::copy".into(), descriptor: None, operands }
}

pub(super) fn accumulate(x: Place, y: Place) -> Call {
    let operands = vec![Operand::Read(x), Operand::Write(y)];
    Call { kernel: "elementwise::accumulate".into(), descriptor: None, operands }
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

/// The runtime's module of a layer's kernels.
pub(super) fn module(op: &Op) -> String {
    match op {
        Op::Conv2d(conv) => Algorithm::choose(conv).module().into(),
        Op::Activation(_) => format!("activation::{}", op.name()),
        Op::MaxPool2d(_) | Op::AvgPool2d(_) | Op::AdaptiveAvgPool2d(_) | Op::AdaptiveMaxPool2d(_) => {
            format!("pool::{}", op.name())
        }
        Op::Upsample(upsample) if upsample.bilinear => "upsample::bilinear".into(),
        Op::Upsample(_) => "upsample::nearest".into(),
        Op::ConvTranspose2d(_)
        | Op::Linear(_)
        | Op::BatchNorm2d(_)
        | Op::LocalResponseNorm(_)
        | Op::Softmax
        | Op::Dropout { .. } => op.name().into(),
        Op::Flatten | Op::Concat | Op::Add => "elementwise".into(),
    }
}

/// What the kernels of a layer must know of it.
pub(super) fn descriptor(layer: &Layer, index: usize) -> Option<Descriptor> {
    let (input, output) = (layer.input, layer.output);
    let window = |sliding: Sliding| Window { input: input.plane(), output: output.plane(), sliding };
    let (channels, pixels) = (input.channels(), input.plane_len());
    match &layer.op {
        Op::Conv2d(conv) => Some(Descriptor::Conv2d {
            in_channels: channels,
            out_channels: conv.channels,
            groups: conv.groups,
            window: window(conv.window),
        }),
        // Of the convolution that it is the transpose of, as the kernels have it.
        Op::ConvTranspose2d(conv) => Some(Descriptor::Conv2d {
            in_channels: conv.channels,
            out_channels: channels,
            groups: conv.groups,
            window: Window { input: output.plane(), output: input.plane(), sliding: conv.window },
        }),
        Op::Upsample(upsample) => Some(Descriptor::Upsample {
            channels,
            input: input.plane(),
            scale: upsample.scale,
            align_corners: upsample.align_corners,
        }),
        Op::LocalResponseNorm(norm) => Some(Descriptor::LocalResponseNorm {
            channels,
            pixels,
            size: norm.size,
            alpha: norm.alpha,
            beta: norm.beta,
            k: norm.k,
        }),
        Op::Linear(linear) => {
            Some(Descriptor::Linear { in_features: channels, out_features: linear.features })
        }
        Op::MaxPool2d(pool) => Some(Descriptor::MaxPool2d { channels, window: window(pool.window) }),
        Op::AvgPool2d(pool) => Some(Descriptor::AvgPool2d {
            channels,
            window: window(pool.window),
            count_include_pad: pool.count_include_pad,
        }),
        Op::AdaptiveAvgPool2d(_) | Op::AdaptiveMaxPool2d(_) => {
            Some(Descriptor::AdaptivePool2d { channels, input: input.plane(), output: output.plane() })
        }
        Op::BatchNorm2d(norm) => {
            Some(Descriptor::BatchNorm2d { channels, pixels, eps: norm.eps, momentum: norm.momentum })
        }
        Op::Softmax => Some(Descriptor::Softmax { channels, pixels }),
        Op::Dropout { p } => Some(Descriptor::Dropout { p: *p, layer: index }),
        Op::Activation(_) | Op::Flatten | Op::Concat | Op::Add => None,
    }
}
