//! Which tensors share memory, and which stand inside others.
//!
//! 1. `flatten` only looks at its input in another way, and so does `dropout` in inference: they share its memory.
//! 2. A function of each number may work in place if nobody else needs what stood there before.
//! 3. `add` may add to the memory of one of its summands under the same condition.
//! 4. An input of `concat` that nobody else reads is written straight into its channels of the joined tensor.
//!
//! In training, "nobody needs it" includes the backward pass.

use super::{Place, Root};
use crate::graph::{Graph, Layer, NodeId};
use crate::ops::Op;
use crate::ops::activation::Activation;

/// What the memory is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Inference,
    Training,
}

/// A place for each tensor of a graph.
#[derive(Debug)]
pub(super) struct Storage {
    places: Vec<Place>,
    /// Numbers per image of each buffer.
    pub(super) buffer_lens: Vec<usize>,
}

/// What a layer's backward pass needs of its forward pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Saved {
    Input,
    Output,
    Nothing,
}

/// What the gradient of a layer is computed from.
pub(super) fn saved(op: &Op) -> Saved {
    match op {
        Op::Conv2d(_)
        | Op::ConvTranspose2d(_)
        | Op::Linear(_)
        | Op::MaxPool2d(_)
        | Op::AdaptiveMaxPool2d(_)
        | Op::BatchNorm2d(_)
        | Op::LocalResponseNorm(_) => Saved::Input,
        Op::Activation(activation) => match activation {
            Activation::Relu
            | Activation::Relu6
            | Activation::Sigmoid
            | Activation::HardSigmoid
            | Activation::Tanh => Saved::Output,
            // Where the slope keeps the sign, the output tells which side of 0 the input was on.
            Activation::LeakyRelu { slope } if *slope >= 0.0 => Saved::Output,
            Activation::LeakyRelu { .. } | Activation::Gelu | Activation::Silu | Activation::HardSwish => {
                Saved::Input
            }
        },
        Op::Softmax => Saved::Output,
        Op::AvgPool2d(_)
        | Op::AdaptiveAvgPool2d(_)
        | Op::Upsample(_)
        | Op::Flatten
        | Op::Dropout { .. }
        | Op::Concat
        | Op::Add => Saved::Nothing,
    }
}

/// Tensors that share memory.
#[derive(Debug)]
struct Class {
    len: usize,
    members: Vec<NodeId>,
    /// The class that it stands in, and where.
    parent: Option<(usize, usize)>,
    children: Vec<usize>,
}

struct Assigner<'g> {
    graph: &'g Graph,
    purpose: Purpose,
    readers: Vec<Vec<NodeId>>,
    classes: Vec<Class>,
    /// The class of each tensor.
    class_of: Vec<usize>,
}

impl Storage {
    /// Decides where each tensor stands.
    pub(super) fn assign(graph: &Graph, purpose: Purpose) -> Self {
        let mut assigner =
            Assigner { graph, purpose, readers: graph.readers(), classes: Vec::new(), class_of: Vec::new() };
        assigner.open(NodeId::INPUT, graph.input.len());
        for (node, layer) in graph.nodes() {
            assigner.layer(node, layer);
        }
        assigner.finish()
    }

    /// Where a tensor stands.
    pub(super) fn place(&self, node: NodeId) -> Place {
        self.places[node.0]
    }
}

/// The class of the network's input: it is the user's, nothing may be written there.
const INPUT_CLASS: usize = 0;

impl Assigner<'_> {
    fn open(&mut self, node: NodeId, len: usize) {
        self.class_of.push(self.classes.len());
        self.classes.push(Class { len, members: vec![node], parent: None, children: Vec::new() });
    }

    fn share(&mut self, node: NodeId, class: usize) {
        self.class_of.push(class);
        self.classes[class].members.push(node);
    }

    fn layer(&mut self, node: NodeId, layer: &Layer) {
        let first = self.class_of[layer.inputs[0].0];
        let training = self.purpose == Purpose::Training;
        match &layer.op {
            Op::Flatten => self.share(node, first),
            Op::Dropout { .. } if !training => self.share(node, first),
            Op::Activation(_) if training && saved(&layer.op) == Saved::Input => {
                self.open(node, layer.output.len());
            }
            Op::Activation(_) | Op::Dropout { .. } if self.may_overwrite(first, node) => {
                self.share(node, first);
            }
            Op::Add => {
                let summands = once_each(&self.classes_of(layer));
                let free = summands.into_iter().find(|class| self.may_overwrite(*class, node));
                match free {
                    Some(class) => self.share(node, class),
                    None => self.open(node, layer.output.len()),
                }
            }
            Op::Concat => self.concat(node, layer),
            Op::Conv2d(_)
            | Op::ConvTranspose2d(_)
            | Op::Linear(_)
            | Op::MaxPool2d(_)
            | Op::AvgPool2d(_)
            | Op::AdaptiveAvgPool2d(_)
            | Op::AdaptiveMaxPool2d(_)
            | Op::Upsample(_)
            | Op::BatchNorm2d(_)
            | Op::LocalResponseNorm(_)
            | Op::Activation(_)
            | Op::Softmax
            | Op::Dropout { .. } => self.open(node, layer.output.len()),
        }
    }

    /// Opens the joined tensor, and moves into it the inputs that nobody else reads.
    fn concat(&mut self, node: NodeId, layer: &Layer) {
        let joined = self.classes.len();
        self.open(node, layer.output.len());
        let once = once_each(&self.classes_of(layer));
        let mut start = 0;
        for input in &layer.inputs {
            let class = self.class_of[input.0];
            if once.contains(&class) && self.is_read_only_by(class, node) {
                self.classes[class].parent = Some((joined, start));
                self.classes[joined].children.push(class);
            }
            start += self.graph.shape(*input).len();
        }
    }

    /// The classes of a layer's inputs.
    fn classes_of(&self, layer: &Layer) -> Vec<usize> {
        layer.inputs.iter().map(|input| self.class_of[input.0]).collect()
    }

    /// Whether `reader` is the only one outside of the class that reads it, as the user does an output, and the class is ours and free to move.
    fn is_read_only_by(&self, class: usize, reader: NodeId) -> bool {
        let members = &self.classes[class].members;
        let reads_of = |member: &NodeId| self.readers[member.0].iter();
        class != INPUT_CLASS
            && self.classes[class].parent.is_none()
            && !members.iter().any(|member| self.graph.outputs.contains(member))
            && members.iter().flat_map(reads_of).all(|other| *other == reader || members.contains(other))
    }

    /// Whether `reader` may write over the class.
    fn may_overwrite(&self, class: usize, reader: NodeId) -> bool {
        self.is_read_only_by(class, reader)
            && (self.purpose == Purpose::Inference || !self.keeps_an_output(class))
    }

    /// Whether the backward pass of a layer that wrote to the class needs what it wrote.
    fn keeps_an_output(&self, class: usize) -> bool {
        let class = &self.classes[class];
        let layers = class.members.iter().filter_map(|member| self.graph.layer(*member));
        layers.into_iter().any(|layer| saved(&layer.op) == Saved::Output)
            || class.children.iter().any(|child| self.keeps_an_output(*child))
    }

    /// Turns classes into places.
    fn finish(self) -> Storage {
        let mut roots = vec![Root::Input; self.classes.len()];
        let mut buffer_lens = Vec::new();
        for (class, root) in self.classes.iter().zip(&mut roots).skip(1) {
            if class.parent.is_none() {
                *root = Root::Buffer(buffer_lens.len());
                buffer_lens.push(class.len);
            }
        }
        let place = |(node, class): (usize, &usize)| {
            let (mut class, mut start) = (*class, 0);
            while let Some((parent, at)) = self.classes[class].parent {
                class = parent;
                start += at;
            }
            let len = self.graph.shape(NodeId(node)).len();
            Place { root: roots[class], start, len, stride: self.classes[class].len }
        };
        Storage { places: self.class_of.iter().enumerate().map(place).collect(), buffer_lens }
    }
}

/// The classes that stand once in the list: two inputs of one class are the same numbers.
fn once_each(classes: &[usize]) -> Vec<usize> {
    let stands_once = |class: &usize| classes.iter().filter(|other| *other == class).count() == 1;
    classes.iter().copied().filter(stands_once).collect()
}
