//! A graph in, a plan out: which kernels run, in which order, on which memory.
//!
//! A plan is two lists of [`Step`]s, for inference and for training, whose operands are [`Place`]s. Everything that costs
//! time or memory is decided here; emitting code is then a matter of writing the steps down.

mod algorithm;
mod arena;
mod backward;
mod display;
mod forward;
mod gradients;
mod parameters;
mod storage;

pub use algorithm::Algorithm;
pub use parameters::{Parameters, Placed};

use crate::graph::Graph;
use crate::ops::window::Sliding;
use storage::Storage;

/// Offsets and lengths are rounded up to so many numbers: a cache line.
const LINE: usize = 16;

/// How a network runs.
#[derive(Debug)]
pub struct Plan {
    /// Where each tensor of the state stands.
    pub parameters: Parameters,
    /// Inference.
    pub inference: Pass,
    /// Training: the forward steps, then the backward steps, over the same memory.
    pub forward: Pass,
    /// The backward steps of training.
    pub backward: Pass,
    /// Numbers that normalisations keep from forward to backward.
    pub saved_len: usize,
}

/// Steps, and the memory of an image while they run.
#[derive(Debug)]
pub struct Pass {
    /// In order.
    pub steps: Vec<Step>,
    /// Where each buffer starts; its offset per image.
    pub offsets: Vec<usize>,
    /// Numbers per image.
    pub image_len: usize,
}

/// One step.
#[derive(Debug)]
pub struct Step {
    /// The layer that it belongs to, by index; `None` for what belongs to the whole network.
    pub layer: Option<usize>,
    /// What happens.
    pub action: Action,
}

/// What happens in a step.
#[derive(Debug)]
pub enum Action {
    /// A kernel runs.
    Call(Call),
    /// The layer's output stands here, to be looked at.
    Observe(Place),
}

/// A kernel and its operands.
#[derive(Debug)]
pub struct Call {
    /// Its path within the runtime: `conv2d::im2col::forward`.
    pub kernel: String,
    /// What the kernel must know of the layer.
    pub descriptor: Option<Descriptor>,
    /// In the order of the kernel's parameters; the workspace comes last by itself.
    pub operands: Vec<Operand>,
}

/// One operand of a kernel.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// Images to be read.
    Read(Place),
    /// Images to be written.
    Write(Place),
    /// A learned tensor, by its index in [`Parameters`]; `None` where the layer has none.
    Parameter(Option<usize>),
    /// A learned tensor that the layer cannot do without.
    Weight(usize),
    /// The gradient of a learned tensor.
    Gradient(Option<usize>),
    /// The gradient of a tensor that the layer cannot do without.
    WeightGradient(usize),
    /// A running statistic to be read.
    Running(usize),
    /// A running statistic to be updated.
    RunningMut(usize),
    /// Where forward leaves numbers for backward.
    Saved(std::ops::Range<usize>),
    /// Whether a gradient is written or added.
    Mode(Mode),
    /// What dropout's masks follow from.
    DropoutKey,
    /// A number.
    Number(f64),
}

/// Whether a gradient is the first to be written, or added to what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The place holds nothing yet.
    Overwrite,
    /// The place holds the sum of what came before.
    Accumulate,
}

/// Where a batch of tensors stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The memory.
    pub root: Root,
    /// Where an image's part starts within its memory; 0 but for a part of a `concat`.
    pub start: usize,
    /// How many numbers an image has.
    pub len: usize,
    /// How many numbers lie between the starts of two images.
    pub stride: usize,
}

/// Memory that a place is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Root {
    /// The user's images.
    Input,
    /// What the user gets.
    Output,
    /// The gradient of the loss for the network's output, from the user.
    OutputGradient,
    /// A buffer of the arena.
    Buffer(usize),
}

impl Place {
    /// All of its memory.
    fn whole(root: Root, len: usize) -> Self {
        Self { root, start: 0, len, stride: len }
    }

    /// A part of it.
    fn part(self, start: usize, len: usize) -> Self {
        Self { start: self.start + start, len, ..self }
    }

    /// Whether it is all of its memory.
    pub(crate) fn is_whole(self) -> bool {
        self.len == self.stride
    }
}

/// What a kernel must know of its layer; the runtime has types of the same names.
#[derive(Clone, Debug, PartialEq)]
pub enum Descriptor {
    /// Convolution; of a transposed one, the convolution that it is the transpose of.
    Conv2d {
        /// Channels that go in.
        in_channels: usize,
        /// Channels that come out.
        out_channels: usize,
        /// Groups.
        groups: usize,
        /// Its window.
        window: Window,
    },
    /// Fully connected layer.
    Linear {
        /// Features that go in.
        in_features: usize,
        /// Features that come out.
        out_features: usize,
    },
    /// Max-pool.
    MaxPool2d {
        /// Channels.
        channels: usize,
        /// Its window.
        window: Window,
    },
    /// Average pool.
    AvgPool2d {
        /// Channels.
        channels: usize,
        /// Its window.
        window: Window,
        /// Whether padding counts.
        count_include_pad: bool,
    },
    /// Adaptive pool.
    AdaptivePool2d {
        /// Channels.
        channels: usize,
        /// Plane before.
        input: [usize; 2],
        /// Plane after.
        output: [usize; 2],
    },
    /// Upsampling.
    Upsample {
        /// Channels.
        channels: usize,
        /// Plane before.
        input: [usize; 2],
        /// How many times larger it becomes.
        scale: [usize; 2],
        /// Whether the corner pixels lie on each other.
        align_corners: bool,
    },
    /// Local response normalisation.
    LocalResponseNorm {
        /// Channels.
        channels: usize,
        /// Pixels of a plane.
        pixels: usize,
        /// Channels that are summed over.
        size: usize,
        /// Weight of the squares.
        alpha: f64,
        /// The exponent.
        beta: f64,
        /// Added to the squares.
        k: f64,
    },
    /// Softmax.
    Softmax {
        /// Channels.
        channels: usize,
        /// Pixels of a plane.
        pixels: usize,
    },
    /// Batch normalisation.
    BatchNorm2d {
        /// Channels.
        channels: usize,
        /// Pixels of a plane.
        pixels: usize,
        /// Added to the variance.
        eps: f64,
        /// Weight of the newest batch.
        momentum: f64,
    },
    /// Dropout.
    Dropout {
        /// Share that becomes zero.
        p: f64,
        /// Index of the layer: each has masks of its own.
        layer: usize,
    },
}

/// A sliding window over a plane of known size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The plane before.
    pub input: [usize; 2],
    /// The plane after.
    pub output: [usize; 2],
    /// The window.
    pub sliding: Sliding,
}

/// Plans a network.
pub fn plan(graph: &Graph) -> Plan {
    let parameters = Parameters::lay_out(graph);

    let storage = Storage::assign(graph, storage::Purpose::Inference);
    let steps = forward::inference(graph, &storage, &parameters);
    let (offsets, image_len) = arena::arrange(&[&steps], &storage.buffer_lens);
    let inference = Pass { steps, offsets, image_len };

    let storage = Storage::assign(graph, storage::Purpose::Training);
    let (forward, saved) = forward::training(graph, &storage, &parameters);
    let (backward, buffer_lens) = backward::backward(graph, &storage, &parameters, &saved);
    let (offsets, image_len) = arena::arrange(&[&forward, &backward], &buffer_lens);
    Plan {
        parameters,
        inference,
        forward: Pass { steps: forward, offsets: offsets.clone(), image_len },
        backward: Pass { steps: backward, offsets, image_len },
        saved_len: saved.len().next_multiple_of(LINE),
    }
}

#[cfg(test)]
mod tests;
