//! A network with every layer laid out and every shape known.

use crate::diagnostics::Place;
use crate::ops::{Op, Reach, Tensor};
use crate::shape::Shape;
use std::fmt;
use std::ops::Range;

/// Index of a tensor in a [`Graph`]: 0 is the network's input, every other one is what a layer gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeId(pub usize);

impl NodeId {
    /// The network's input.
    pub const INPUT: Self = Self(0);
}

/// A network: its layers in an order in which they can run.
#[derive(Debug)]
pub struct Graph {
    /// The shape of the input.
    pub input: Shape,
    /// The layers; the one at index i gives tensor i + 1.
    pub layers: Vec<Layer>,
    /// The tensors that are the network's outputs: one, or several; none after an error.
    pub outputs: Vec<NodeId>,
    /// What belongs together in the source, each before what is inside of it.
    pub groups: Vec<Group>,
}

/// Layers that belong together in the source, by their indices: calls and forks lie in one another or apart.
#[derive(Debug)]
pub enum Group {
    /// A call of a block.
    Call(BlockCall),
    /// The branches of a join, or of several outputs, side by side; one of no layers is empty.
    Fork(Vec<Range<usize>>),
}

/// A call of a block.
#[derive(Debug)]
pub struct BlockCall {
    /// The call with its values, `inception(64, (96, 128))`.
    pub text: String,
    /// Its path, as PyTorch names modules.
    pub path: String,
    /// What goes in.
    pub input: NodeId,
    /// What comes out; `None` after an error.
    pub output: Option<NodeId>,
    /// The layers that it lays.
    pub layers: Range<usize>,
    /// Where it stands.
    pub place: Place,
}

impl Group {
    /// The layers of all of it.
    pub fn layers(&self) -> Range<usize> {
        match self {
            Self::Call(call) => call.layers.clone(),
            Self::Fork(branches) => {
                let start = branches.first().map_or(0, |branch| branch.start);
                start..branches.last().map_or(start, |branch| branch.end)
            }
        }
    }
}

/// One layer.
#[derive(Debug)]
pub struct Layer {
    /// What it does.
    pub op: Op,
    /// The call with its values, `conv2d(64, kernel_size = 3)`.
    pub text: String,
    /// Its path, as PyTorch names modules.
    pub path: String,
    /// What goes in: one tensor, or those that a join joins.
    pub inputs: Vec<NodeId>,
    /// The shape of its first input.
    pub input: Shape,
    /// The shape of what comes out.
    pub output: Shape,
    /// How far it sees.
    pub field: Field,
    /// The outermost block call that it belongs to, counted within the network.
    pub block: Option<usize>,
    /// Where it stands.
    pub place: Place,
}

impl Layer {
    /// The tensors that it keeps.
    pub fn tensors(&self) -> Vec<Tensor> {
        self.op.tensors(self.input)
    }

    /// The key of one of them in PyTorch's `state_dict`.
    pub fn key(&self, tensor: &Tensor) -> String {
        format!("{}.{}", self.path, tensor.name)
    }

    /// How many numbers it learns.
    pub fn parameters(&self) -> usize {
        self.tensors().iter().filter(|tensor| tensor.kind.is_parameter()).map(Tensor::len).sum()
    }

    /// Its multiply-adds for one image.
    pub fn macs(&self) -> usize {
        self.op.macs(self.input, self.output)
    }
}

impl Graph {
    /// A graph without layers yet: what goes in comes out.
    pub fn new(input: Shape) -> Self {
        Self { input, layers: Vec::new(), outputs: vec![NodeId::INPUT], groups: Vec::new() }
    }

    /// Adds a layer; gives the tensor that it makes.
    pub fn push(&mut self, layer: Layer) -> NodeId {
        self.layers.push(layer);
        NodeId(self.layers.len())
    }

    /// Every tensor but the input, with the layer that gives it.
    pub fn nodes(&self) -> impl DoubleEndedIterator<Item = (NodeId, &Layer)> {
        self.layers.iter().enumerate().map(|(i, layer)| (NodeId(i + 1), layer))
    }

    /// The layer that gives a tensor; `None` for the input.
    pub fn layer(&self, node: NodeId) -> Option<&Layer> {
        node.0.checked_sub(1).map(|i| &self.layers[i])
    }

    /// A tensor's shape.
    pub fn shape(&self, node: NodeId) -> Shape {
        self.layer(node).map_or(self.input, |layer| layer.output)
    }

    /// How far a tensor sees.
    pub fn field(&self, node: NodeId) -> Field {
        self.layer(node).map_or_else(|| Field::input(self.input), |layer| layer.field)
    }

    /// The layers that read each tensor, by the tensor's index. A layer that reads one twice stands there twice.
    pub fn readers(&self) -> Vec<Vec<NodeId>> {
        let mut readers = vec![Vec::new(); self.layers.len() + 1];
        for (node, layer) in self.nodes() {
            for input in &layer.inputs {
                readers[input.0].push(node);
            }
        }
        readers
    }

    /// Whether nothing is missing because of an error here or in an imported block.
    pub fn is_whole(&self) -> bool {
        !self.outputs.is_empty()
    }

    /// The shapes of the outputs.
    pub fn output_shapes(&self) -> Vec<Shape> {
        self.outputs.iter().map(|node| self.shape(*node)).collect()
    }

    /// How many numbers the outputs have together.
    pub fn outputs_len(&self) -> usize {
        self.output_shapes().into_iter().map(Shape::len).sum()
    }

    /// How many numbers the network learns.
    pub fn parameters(&self) -> usize {
        self.layers.iter().map(Layer::parameters).sum()
    }

    /// Multiply-adds for one image.
    pub fn macs(&self) -> usize {
        self.layers.iter().map(Layer::macs).fold(0, usize::saturating_add)
    }
}

/// A line for each layer: what it is called, what it is, what it reads, and the shape that it gives.
impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "%0: {}", self.input)?;
        for (node, layer) in self.nodes() {
            let inputs: Vec<String> = layer.inputs.iter().map(|input| format!("%{}", input.0)).collect();
            let (path, text) = (&layer.path, &layer.text);
            writeln!(f, "%{} {path}: {text} of {} -> {}", node.0, inputs.join(", "), layer.output)?;
        }
        let outputs: Vec<String> = self.outputs.iter().map(|output| format!("%{}", output.0)).collect();
        writeln!(f, "output: {}", outputs.join(", "))
    }
}

/// The receptive field of a tensor: the part of the network's input that one of its numbers depends on.
///
/// After Araujo, Norris and Sim (2019), *Computing Receptive Fields of Convolutional Neural Networks*: a window of extent
/// e adds (e − 1) steps of the input, and its stride makes later steps longer. Axes are (height, width).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Pixels of the input that it spans, those beyond the border counted.
    pub size: [usize; 2],
    /// Pixels of the input from one position to the next.
    pub step: [usize; 2],
    /// The pixel of the input where the first position's begins; before the border where layers pad.
    pub start: [isize; 2],
    /// How many positions there are; a flattened image keeps those of the image.
    positions: [usize; 2],
}

impl Field {
    /// The field of the input itself.
    pub fn input(shape: Shape) -> Self {
        Self { size: [1, 1], step: [1, 1], start: [0, 0], positions: shape.plane() }
    }

    /// The field behind a layer of this reach that gives `output`.
    #[must_use]
    pub fn through(self, reach: Reach, output: Shape) -> Self {
        let mut field = self;
        for axis in [0, 1] {
            let (extent, before, step) = match reach {
                Reach::Pixel => continue,
                Reach::Window(window) => (
                    window.extent(axis),
                    window.padding[axis],
                    self.step[axis].saturating_mul(window.stride[axis]),
                ),
                // Steps of less than a pixel count as one.
                Reach::Spread { taps, scale } => {
                    (taps[axis], (taps[axis] - 1) / 2, self.step[axis].div_ceil(scale[axis]))
                }
                Reach::Plane => (self.positions[axis], 0, self.step[axis]),
            };
            let before = isize::try_from(before.saturating_mul(self.step[axis])).unwrap_or(isize::MAX);
            field.size[axis] = self.size[axis].saturating_add((extent - 1).saturating_mul(self.step[axis]));
            field.start[axis] = self.start[axis].saturating_sub(before);
            field.step[axis] = step;
            field.positions[axis] = output.plane()[axis];
        }
        field
    }

    /// The field of a join: from where the first of its branches' begins to where the last ends.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        let mut field = self;
        for axis in [0, 1] {
            let end = |field: Self| field.start[axis].saturating_add_unsigned(field.size[axis]);
            let start = self.start[axis].min(other.start[axis]);
            field.size[axis] = start.abs_diff(end(self).max(end(other)));
            field.start[axis] = start;
            field.step[axis] = self.step[axis].max(other.step[axis]);
            field.positions[axis] = self.positions[axis].max(other.positions[axis]);
        }
        field
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::window::Sliding;

    fn padded(kernel: usize, stride: usize, padding: usize) -> Reach {
        let [kernel, stride, padding, dilation] = [kernel, stride, padding, 1].map(|size| [size; 2]);
        Reach::Window(Sliding { kernel, stride, padding, dilation })
    }

    #[test]
    fn fields_grow_by_window_and_stride() {
        let window = |kernel, stride| padded(kernel, stride, 0);
        // LeNet: 5x5, pool 2/2, 5x5, pool 2/2, then everything.
        let field = Field::input(Shape::Image([1, 28, 28])).through(window(5, 1), Shape::Image([6, 28, 28]));
        assert_eq!((field.size, field.step), ([5, 5], [1, 1]));
        let field = field.through(window(2, 2), Shape::Image([6, 14, 14]));
        assert_eq!((field.size, field.step), ([6, 6], [2, 2]));
        let field = field.through(window(5, 1), Shape::Image([16, 10, 10]));
        assert_eq!(field.size, [14, 14]);
        let field = field.through(window(2, 2), Shape::Image([16, 5, 5]));
        assert_eq!((field.size, field.step), ([16, 16], [4, 4]));
        let field = field.through(Reach::Pixel, Shape::Vector(400)).through(Reach::Plane, Shape::Vector(120));
        assert_eq!(field.size, [32, 32], "16 + (5 - 1) steps of 4");
        assert_eq!(field.through(Reach::Plane, Shape::Vector(10)).size, [32, 32]);
    }

    #[test]
    fn fields_begin_where_padding_does() {
        let image = Shape::Image([1, 32, 32]);
        let first = Field::input(image).through(padded(3, 2, 1), image);
        assert_eq!((first.start, first.size), ([-1, -1], [3, 3]));
        let second = first.through(padded(5, 1, 2), image);
        assert_eq!((second.start, second.size), ([-5, -5], [11, 11]), "2 steps of 2 before -1");
        assert_eq!(second.through(Reach::Plane, Shape::Vector(10)).start, [-5, -5]);
        // A branch from -1 to 1 beside one from 0 to 8.
        let joined = first.join(Field::input(image).through(padded(9, 1, 0), image));
        assert_eq!((joined.start, joined.size), ([-1, -1], [10, 10]));
    }
}
