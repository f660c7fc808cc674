//! Which tensors share memory, and which stand inside others.
//!
//! 1. `flatten` only looks at its input in another way, if that has a layout of which this is true, and so does `dropout` in
//!    inference: they share its memory.
//! 2. A function of each number may work in place if nobody else needs what stood there before.
//! 3. `add` may add to the memory of one of its summands under the same condition.
//! 4. An input of `concat` that nobody else reads is written straight into its channels of the joined tensor.
//!
//! In training, "nobody needs it" includes the backward pass.

use super::layout::{Blocked, Layout};
use super::lower::{Lowered, Node, Work};
use super::{Place, Root};
use crate::graph::{Layer, NodeId};
use crate::ops::Op;
use crate::ops::activation::Activation;

/// What the memory is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Inference,
    Training,
}

/// A place for each tensor of a network.
#[derive(Debug)]
pub(super) struct Storage {
    places: Vec<Place>,
    /// Where a max-pool keeps which of its pixels were the largest, by the tensor that it gives.
    indices: Vec<Option<Place>>,
    /// Numbers per image of each buffer.
    pub(super) buffer_lens: Vec<usize>,
}

/// What a layer's backward pass needs of its forward pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Saved {
    Input,
    Output,
    /// Which pixel of each window is the largest.
    Indices,
    Nothing,
}

/// What the gradient of a layer is computed from.
pub(super) fn saved(op: &Op) -> Saved {
    match op {
        Op::Conv2d(_)
        | Op::ConvTranspose2d(_)
        | Op::Linear(_)
        | Op::BatchNorm2d(_)
        | Op::LocalResponseNorm(_) => Saved::Input,
        Op::MaxPool2d(_) | Op::AdaptiveMaxPool2d(_) => Saved::Indices,
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

/// Whether the backward pass needs what a node gave: for the node's own gradient, or for that of an activation before the
/// node, which is a max-pool.
fn keeps_output(node: &Node<'_>, pooled: Option<Activation>) -> bool {
    match &node.work {
        Work::Layer(layer) => saved(&layer.op) == Saved::Output || pooled.is_some(),
        Work::Conv2d(fused) => fused.activation.is_some(),
        Work::FromPlanes | Work::ToPlanes => false,
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

struct Assigner<'l> {
    lowered: &'l Lowered<'l>,
    purpose: Purpose,
    readers: Vec<Vec<NodeId>>,
    /// [`Lowered::pooled_activations`]
    pooled: Vec<Option<Activation>>,
    classes: Vec<Class>,
    /// The class of each tensor.
    class_of: Vec<usize>,
}

impl Storage {
    /// Decides where each tensor stands.
    pub(super) fn assign(lowered: &Lowered<'_>, purpose: Purpose) -> Self {
        let readers = lowered.readers();
        let pooled = lowered.pooled_activations();
        let mut assigner =
            Assigner { lowered, purpose, readers, pooled, classes: Vec::new(), class_of: Vec::new() };
        assigner.open(NodeId::INPUT);
        for (tensor, node) in lowered.nodes() {
            assigner.node(tensor, node);
        }
        let mut storage = assigner.finish();
        if purpose == Purpose::Training {
            storage.keep_indices(lowered);
        }
        storage
    }

    /// Where a tensor stands.
    pub(super) fn place(&self, tensor: NodeId) -> Place {
        self.places[tensor.0]
    }

    /// Where the max-pool that gives this tensor keeps its indices.
    pub(super) fn indices(&self, tensor: NodeId) -> Place {
        self.indices[tensor.0]
            .unwrap_or_else(|| unreachable!("{tensor:?} is given by a max-pool of training"))
    }

    /// Room for the indices of max-pools: for each number of the output, halo not included, a byte if that tells the taps of
    /// a window apart, otherwise a number.
    fn keep_indices(&mut self, lowered: &Lowered<'_>) {
        for (tensor, node) in lowered.nodes() {
            let (Work::Layer(layer), Some(blocked)) = (&node.work, lowered.layout(tensor).as_blocks()) else {
                continue;
            };
            if let Some(taps) = most_taps(layer) {
                let numbers = Blocked { halo: [0, 0], ..blocked }.channels_len(blocked.channels);
                let len = if taps <= 1 << u8::BITS { numbers / 4 } else { numbers };
                let place = Place::whole(Root::Buffer(self.buffer_lens.len()), Layout::Planes(len));
                self.indices[tensor.0] = Some(place);
                self.buffer_lens.push(len);
            }
        }
    }
}

/// How many taps a window of a max-pool has at most.
fn most_taps(layer: &Layer) -> Option<usize> {
    let of_axis = |axis: usize| match &layer.op {
        Op::MaxPool2d(pool) => pool.window.kernel[axis],
        // A part reaches a pixel further at most than an even share would.
        _ => layer.input.plane()[axis].div_ceil(layer.output.plane()[axis]) + 1,
    };
    (saved(&layer.op) == Saved::Indices).then(|| of_axis(0) * of_axis(1))
}

/// The class of the network's input: it is the user's, nothing may be written there.
const INPUT_CLASS: usize = 0;

impl Assigner<'_> {
    fn open(&mut self, tensor: NodeId) {
        let len = self.lowered.layout(tensor).len();
        self.class_of.push(self.classes.len());
        self.classes.push(Class { len, members: vec![tensor], parent: None, children: Vec::new() });
    }

    fn share(&mut self, tensor: NodeId, class: usize) {
        self.class_of.push(class);
        self.classes[class].members.push(tensor);
    }

    fn node(&mut self, tensor: NodeId, node: &Node<'_>) {
        match &node.work {
            Work::Layer(layer) => self.layer(tensor, node, layer),
            Work::Conv2d(_) | Work::FromPlanes | Work::ToPlanes => self.open(tensor),
        }
    }

    fn layer(&mut self, tensor: NodeId, node: &Node<'_>, layer: &Layer) {
        let first = self.class_of[node.inputs[0].0];
        let training = self.purpose == Purpose::Training;
        match &layer.op {
            Op::Flatten => {
                let [before, after] = [node.inputs[0], tensor].map(|tensor| self.lowered.layout(tensor));
                if before.is_same_memory(after) {
                    self.share(tensor, first);
                } else {
                    self.open(tensor);
                }
            }
            Op::Dropout { .. } if !training => self.share(tensor, first),
            Op::Activation(_) if training && saved(&layer.op) == Saved::Input => self.open(tensor),
            Op::Activation(_) | Op::Dropout { .. } if self.may_overwrite(first, tensor) => {
                self.share(tensor, first);
            }
            Op::Add => {
                let summands = once_each(&self.classes_of(node));
                let free = summands.into_iter().find(|class| self.may_overwrite(*class, tensor));
                match free {
                    Some(class) => self.share(tensor, class),
                    None => self.open(tensor),
                }
            }
            Op::Concat => self.concat(tensor, node),
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
            | Op::Dropout { .. } => self.open(tensor),
        }
    }

    /// Opens the joined tensor, and moves into it the inputs that nobody else reads.
    fn concat(&mut self, tensor: NodeId, node: &Node<'_>) {
        let joined = self.classes.len();
        self.open(tensor);
        let once = once_each(&self.classes_of(node));
        for (input, start) in node.inputs.iter().zip(parts(self.lowered, tensor, &node.inputs)) {
            let class = self.class_of[input.0];
            if let Some(start) = start
                && once.contains(&class)
                && self.is_read_only_by(class, tensor)
            {
                self.classes[class].parent = Some((joined, start));
                self.classes[joined].children.push(class);
            }
        }
    }

    /// The classes of a node's inputs.
    fn classes_of(&self, node: &Node<'_>) -> Vec<usize> {
        node.inputs.iter().map(|input| self.class_of[input.0]).collect()
    }

    /// Whether `reader` is the only one outside of the class that reads it, as the user does an output, and the class is ours and free to move.
    fn is_read_only_by(&self, class: usize, reader: NodeId) -> bool {
        let members = &self.classes[class].members;
        let reads_of = |member: &NodeId| self.readers[member.0].iter();
        class != INPUT_CLASS
            && self.classes[class].parent.is_none()
            && !members.iter().any(|member| self.lowered.outputs.contains(member))
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
        let mut nodes = class
            .members
            .iter()
            .filter_map(|member| Some((self.lowered.node(*member)?, self.pooled[member.0])));
        nodes.any(|(node, pooled)| keeps_output(node, pooled))
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
        let place = |(tensor, class): (usize, &usize)| {
            let (mut class, mut start) = (*class, 0);
            while let Some((parent, at)) = self.classes[class].parent {
                class = parent;
                start += at;
            }
            let layout = self.lowered.layout(NodeId(tensor));
            Place { root: roots[class], start, len: layout.len(), stride: self.classes[class].len, layout }
        };
        let places: Vec<Place> = self.class_of.iter().enumerate().map(place).collect();
        Storage { indices: vec![None; places.len()], places, buffer_lens }
    }
}

/// Where in a joined tensor each of its parts starts; `None` for one that cannot stand there as it is.
pub(super) fn parts(lowered: &Lowered<'_>, joined: NodeId, inputs: &[NodeId]) -> Vec<Option<usize>> {
    let mut first = 0;
    let joined = lowered.layout(joined);
    let part = |input: &NodeId| match (joined, lowered.layout(*input)) {
        (Layout::Blocked(joined), Layout::Blocked(part)) => {
            let start = joined.part(first, part.channels);
            first += part.channels;
            start
        }
        (_, part) => {
            let start = first;
            first += part.len();
            Some(start)
        }
    };
    inputs.iter().map(part).collect()
}

/// The classes that stand once in the list: two inputs of one class are the same numbers.
fn once_each(classes: &[usize]) -> Vec<usize> {
    let stands_once = |class: &usize| classes.iter().filter(|other| *other == class).count() == 1;
    classes.iter().copied().filter(stands_once).collect()
}
