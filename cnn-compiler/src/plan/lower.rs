//! A graph in, the same network as kernels compute it out: images in blocks of channels where kernels want them so, and
//! layers that one kernel computes together.
//!
//! 1. Every image inside of the network stands in blocks ([`Layout::Blocked`]); what has no kernel for blocks (grouped
//!    convolutions, `conv_transpose2d`, `local_response_norm`, `softmax` over channels) is given planes, and what the user
//!    gives or gets are planes. Reorderings are put in between, each tensor's at most once.
//! 2. A convolution takes the batch normalisation (in inference) and the relu behind it along, and the first layer, in
//!    inference, the max-pool too, if nobody else looks at what stands between them.
//! 3. A halo is as wide as the widest that a reader of the tensor, or of its gradient, wants. Tensors that may come to share
//!    memory (in and out of a function of each number, of `add` and `concat`) get the same.

use super::Algorithm;
use super::layout::Layout;
use super::storage::Purpose;
use crate::graph::{Graph, Layer, NodeId};
use crate::ops::{Op, activation::Activation};
use crate::shape::Shape;

/// A network as kernels compute it.
#[derive(Debug)]
pub(super) struct Lowered<'g> {
    /// What it was made of.
    pub(super) graph: &'g Graph,
    /// How each tensor stands in memory; the first is the network's input.
    pub(super) layouts: Vec<Layout>,
    /// What is computed; the node at index i gives tensor i + 1.
    pub(super) nodes: Vec<Node<'g>>,
    /// The tensors that are the network's outputs.
    pub(super) outputs: Vec<NodeId>,
}

/// What is computed at once.
#[derive(Clone, Debug)]
pub(super) struct Node<'g> {
    /// What happens.
    pub(super) work: Work<'g>,
    /// The index of the layer that it belongs to; of those that it fuses, the first.
    pub(super) index: usize,
    /// What goes in.
    pub(super) inputs: Vec<NodeId>,
}

/// What happens to the inputs.
#[derive(Clone, Copy, Debug)]
pub(super) enum Work<'g> {
    /// A layer of any other kind.
    Layer(&'g Layer),
    /// A convolution and what follows it.
    Conv2d(Fused<'g>),
    /// Planes become blocks, or bundles.
    FromPlanes,
    /// Blocks become planes.
    ToPlanes,
}

/// A convolution and the layers behind it that its kernel computes too, by index.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fused<'g> {
    /// The convolution; in bundles also a fully connected layer.
    pub(super) conv: &'g Layer,
    /// How it is computed.
    pub(super) algorithm: Algorithm,
    /// A batch normalisation with running statistics.
    pub(super) norm: Option<usize>,
    /// A relu, relu6 or sigmoid.
    pub(super) activation: Option<usize>,
    /// A max-pool, behind the first layer in inference.
    pub(super) pool: Option<usize>,
}

impl Fused<'_> {
    /// The layers behind the convolution.
    pub(super) fn followers(&self) -> Vec<usize> {
        self.norm.into_iter().chain(self.activation).chain(self.pool).collect()
    }
}

impl<'g> Lowered<'g> {
    /// The max-pool that a convolution's kernel computes too.
    pub(super) fn pool(&self, fused: &Fused<'_>) -> Option<&'g Layer> {
        fused.pool.map(|pool| &self.graph.layers[pool])
    }

    /// The activation that a convolution's kernel computes too.
    pub(super) fn activation(&self, fused: &Fused<'_>) -> Option<Activation> {
        let layer = &self.graph.layers[fused.activation?];
        match layer.op {
            Op::Activation(activation) => Some(activation),
            _ => unreachable!("{} is an activation", layer.path),
        }
    }

    /// Every tensor but the input, with the node that gives it.
    pub(super) fn nodes(&self) -> impl DoubleEndedIterator<Item = (NodeId, &Node<'g>)> {
        self.nodes.iter().enumerate().map(|(i, node)| (NodeId(i + 1), node))
    }

    /// The node that gives a tensor; `None` for the input.
    pub(super) fn node(&self, tensor: NodeId) -> Option<&Node<'g>> {
        tensor.0.checked_sub(1).map(|i| &self.nodes[i])
    }

    /// How a tensor stands in memory.
    pub(super) fn layout(&self, tensor: NodeId) -> Layout {
        self.layouts[tensor.0]
    }

    /// The nodes that read each tensor, by the tensor's index. A node that reads one twice stands there twice.
    pub(super) fn readers(&self) -> Vec<Vec<NodeId>> {
        let mut readers = vec![Vec::new(); self.layouts.len()];
        for (node, Node { inputs, .. }) in self.nodes() {
            for input in inputs {
                readers[input.0].push(node);
            }
        }
        readers
    }

    /// The activation that a convolution's kernel computes before a max-pool, by the index of the pool's tensor, if nobody
    /// else sees what stands between them.
    ///
    /// The gradient of a window goes to its largest pixel alone, which is what the pool gives. So the activation's gradient
    /// follows from that as well, and is computed behind the pool, where there are fewer numbers.
    pub(super) fn pooled_activations(&self) -> Vec<Option<Activation>> {
        let readers = self.readers();
        let of_tensor = |(tensor, node): (NodeId, &Node<'_>)| {
            let Work::Layer(Layer { op: Op::MaxPool2d(_) | Op::AdaptiveMaxPool2d(_), .. }) = node.work else {
                return None;
            };
            let input = node.inputs[0];
            let Work::Conv2d(fused) = &self.node(input)?.work else { return None };
            let seen_by_others = readers[input.0] != [tensor] || self.outputs.contains(&input);
            if seen_by_others { None } else { self.activation(fused) }
        };
        std::iter::once(None).chain(self.nodes().map(of_tensor)).collect()
    }

    /// Whether a tensor depends on anything learned, by the tensor's index.
    pub(super) fn learns(&self) -> Vec<bool> {
        let mut learns = vec![false];
        for node in &self.nodes {
            let itself = match &node.work {
                Work::Layer(layer) => layer.parameters() > 0,
                Work::Conv2d(_) => true,
                Work::FromPlanes | Work::ToPlanes => false,
            };
            learns.push(itself || node.inputs.iter().any(|input| learns[input.0]));
        }
        learns
    }
}

/// What the kernels see as one image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// An image in blocks of channels.
    Image,
    /// Sixteen images in bundles: all layers have kernels for them.
    Bundle,
}

impl Lowered<'_> {
    /// For each layer of the graph what computes it, where there is a choice; nothing for others.
    pub(super) fn kernels(&self) -> Vec<String> {
        let mut kernels = vec![String::new(); self.graph.layers.len()];
        for node in &self.nodes {
            let Work::Conv2d(fused) = &node.work else { continue };
            let Op::Conv2d(conv) = &fused.conv.op else { continue };
            let (channels, output) = (fused.conv.input.channels(), fused.conv.output.plane());
            kernels[node.index] = super::algorithm::described(fused.algorithm, conv, channels, output);
            for follower in fused.followers() {
                kernels[follower] = format!("that of {}", fused.conv.path);
            }
        }
        kernels
    }
}

/// Lowers a graph for inference or for training.
pub(super) fn lower(graph: &Graph, purpose: Purpose, unit: Unit) -> Lowered<'_> {
    let mut lowering = Lowering::new(graph, purpose, unit);
    for (node, layer) in graph.nodes() {
        if !lowering.taken_along[node.0] {
            lowering.layer(node, layer);
        }
    }
    lowering.finish()
}

/// A layout for a tensor of some shape, its halo not known yet.
type LayoutOf = fn(Shape) -> Layout;

struct Lowering<'g> {
    lowered: Lowered<'g>,
    purpose: Purpose,
    unit: Unit,
    readers: Vec<Vec<NodeId>>,
    /// The tensor that stands for each tensor of the graph; none for one that only a fused kernel sees.
    native: Vec<Option<NodeId>>,
    /// Whether the kernel of an earlier layer computes the layer that gives a tensor of the graph.
    taken_along: Vec<bool>,
    /// The same tensor in the other layout, once someone wants it so, by index of the first.
    other: Vec<Option<NodeId>>,
}

impl<'g> Lowering<'g> {
    fn new(graph: &'g Graph, purpose: Purpose, unit: Unit) -> Self {
        let mut native = vec![None; graph.layers.len() + 1];
        native[0] = Some(NodeId::INPUT);
        let taken_along = vec![false; native.len()];
        let layouts = vec![Layout::planes(graph.input)];
        let lowered = Lowered { graph, layouts, nodes: Vec::new(), outputs: Vec::new() };
        Self { lowered, purpose, unit, readers: graph.readers(), native, taken_along, other: vec![None] }
    }

    fn push(&mut self, node: Node<'g>, layout: Layout) -> NodeId {
        self.lowered.nodes.push(node);
        self.lowered.layouts.push(layout);
        self.other.push(None);
        NodeId(self.lowered.nodes.len())
    }

    fn native(&self, tensor: NodeId) -> NodeId {
        self.native[tensor.0]
            .unwrap_or_else(|| unreachable!("tensor {tensor:?} is read, so it stands somewhere"))
    }

    /// A tensor of the graph as `wanted` stands; a vector is always planes.
    fn input(&mut self, tensor: NodeId, wanted: LayoutOf, index: usize) -> NodeId {
        let native = self.native(tensor);
        let layout = wanted(self.lowered.graph.shape(tensor));
        let kind = std::mem::discriminant::<Layout>;
        if kind(&layout) == kind(&self.lowered.layout(native)) {
            return native;
        }
        if let Some(other) = self.other[native.0] {
            return other;
        }
        let work = if matches!(layout, Layout::Planes(_)) { Work::ToPlanes } else { Work::FromPlanes };
        let other = self.push(Node { work, index, inputs: vec![native] }, layout);
        self.other[native.0] = Some(other);
        other
    }

    fn layer(&mut self, node: NodeId, layer: &'g Layer) {
        let index = node.0 - 1;
        if let Op::Conv2d(conv) = &layer.op {
            let is_user_input = self.native(layer.inputs[0]) == NodeId::INPUT;
            let algorithm = match self.unit {
                Unit::Image => Algorithm::choose(conv, layer.input.channels(), is_user_input),
                Unit::Bundle => Algorithm::Bundled,
            };
            return self.conv2d(node, layer, algorithm);
        }
        if self.unit == Unit::Bundle && matches!(layer.op, Op::Linear(_)) {
            return self.conv2d(node, layer, Algorithm::Bundled); // of one pixel
        }
        let (wanted, given) = match self.unit {
            Unit::Image => layouts(layer),
            Unit::Bundle => (Layout::bundled as LayoutOf, Layout::bundled as LayoutOf),
        };
        let inputs = match &layer.op {
            // It reads either, and is the reordering itself.
            Op::Flatten if self.unit == Unit::Image => vec![self.native(layer.inputs[0])],
            _ => layer.inputs.iter().map(|input| self.input(*input, wanted, index)).collect(),
        };
        let tensor = self.push(Node { work: Work::Layer(layer), index, inputs }, given(layer.output));
        self.native[node.0] = Some(tensor);
    }

    fn conv2d(&mut self, node: NodeId, layer: &'g Layer, algorithm: Algorithm) {
        let index = node.0 - 1;
        let (wanted, given): (LayoutOf, LayoutOf) = match algorithm {
            Algorithm::Im2col | Algorithm::Pointwise => (Layout::planes, Layout::planes),
            Algorithm::FirstLayer => (Layout::planes, Layout::blocked),
            Algorithm::Dense | Algorithm::Depthwise => (Layout::blocked, Layout::blocked),
            Algorithm::Bundled => (Layout::bundled, Layout::bundled),
        };
        let input = self.input(layer.inputs[0], wanted, index);
        let mut fused = Fused { conv: layer, algorithm, norm: None, activation: None, pool: None };
        let mut last = node;
        if given(layer.output) != Layout::planes(layer.output) {
            if self.purpose == Purpose::Inference
                && self.unit == Unit::Image
                && let Some(next) = self.follower(last, |op| matches!(op, Op::BatchNorm2d(_)))
            {
                fused.norm = Some(next.0 - 1);
                self.taken_along[next.0] = true;
                last = next;
            }
            let cheap = |op: &Op| {
                matches!(op, Op::Activation(Activation::Relu | Activation::Relu6 | Activation::Sigmoid))
            };
            if let Some(next) = self.follower(last, cheap) {
                fused.activation = Some(next.0 - 1);
                self.taken_along[next.0] = true;
                last = next;
            }
            let pool = |op: &Op| matches!(op, Op::MaxPool2d(pool) if pool.window.dilation == [1, 1]);
            if self.purpose == Purpose::Inference
                && algorithm == Algorithm::FirstLayer
                && let Some(next) = self.follower(last, pool)
            {
                fused.pool = Some(next.0 - 1);
                self.taken_along[next.0] = true;
                last = next;
            }
        }
        let layout = given(self.lowered.graph.shape(last));
        let tensor = self.push(Node { work: Work::Conv2d(fused), index, inputs: vec![input] }, layout);
        self.native[last.0] = Some(tensor);
    }

    /// The only reader of a tensor, if it is of this kind and the user does not get the tensor.
    fn follower(&self, tensor: NodeId, is_wanted: impl Fn(&Op) -> bool) -> Option<NodeId> {
        let [reader] = self.readers[tensor.0][..] else { return None };
        let graph = self.lowered.graph;
        let layer = graph.layer(reader)?;
        (is_wanted(&layer.op) && !graph.outputs.contains(&tensor)).then_some(reader)
    }

    fn finish(mut self) -> Lowered<'g> {
        self.lowered.outputs = self.lowered.graph.outputs.iter().map(|output| self.native(*output)).collect();
        super::halo::widen(&mut self.lowered, self.purpose);
        self.lowered
    }
}

/// How the images that a layer reads and gives stand in memory; vectors are planes.
fn layouts(layer: &Layer) -> (LayoutOf, LayoutOf) {
    let of_image = match &layer.op {
        Op::MaxPool2d(_)
        | Op::AvgPool2d(_)
        | Op::AdaptiveAvgPool2d(_)
        | Op::AdaptiveMaxPool2d(_)
        | Op::Upsample(_)
        | Op::BatchNorm2d(_)
        | Op::Activation(_)
        | Op::Dropout { .. }
        | Op::Concat
        | Op::Add => Layout::blocked as LayoutOf,
        Op::Conv2d(_)
        | Op::ConvTranspose2d(_)
        | Op::Linear(_)
        | Op::LocalResponseNorm(_)
        | Op::Softmax
        | Op::Flatten => Layout::planes,
    };
    let of = |shape: Shape| if matches!(shape, Shape::Image(_)) { of_image } else { Layout::planes };
    (of(layer.input), of(layer.output))
}
