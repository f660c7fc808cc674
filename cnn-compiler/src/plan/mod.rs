//! A graph in, a plan out: which kernels run, in which order, on which memory.
//!
//! A plan is two lists of [`Step`]s, for inference and for training, whose operands are [`Place`]s. Everything that costs
//! time or memory is decided here; emitting code is then a matter of writing the steps down.

mod algorithm;
mod arena;
mod backward;
mod bundle;
mod descriptor;
mod display;
mod forward;
mod gradients;
mod halo;
mod layout;
mod lower;
mod parameters;
mod prepare;
mod storage;

pub use algorithm::{Algorithm, Choice, Choices, Tile};
pub use bundle::Bundled;
pub use descriptor::{Descriptor, Images, Window};
pub use layout::{Blocked, Layout};
pub use parameters::{Parameters, Placed};
pub use prepare::{Len, Piece, Prepared};

use crate::graph::Graph;
use crate::ops::activation::Activation;
use lower::Unit;
use storage::{Purpose, Storage};

/// Offsets and lengths are rounded up to so many numbers: a cache line.
const LINE: usize = 16;

/// How a network runs.
#[derive(Debug)]
pub struct Plan {
    /// Where each tensor of the state stands.
    pub parameters: Parameters,
    /// What inference wants computed beforehand.
    pub prepared: Prepared,
    /// For each layer the kernel of inference and why, where there is a choice.
    pub kernels: Vec<String>,
    /// Inference.
    pub inference: Pass,
    /// Training: the forward steps, then the backward steps, over the same memory.
    pub forward: Pass,
    /// The backward steps of training.
    pub backward: Pass,
    /// The same for large batches of a tiny network.
    pub bundled: Option<Bundled>,
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
    Observe(Observed),
}

/// What can be looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    /// What the layer, or the last that its kernel computes too, has given.
    pub place: Place,
    /// What its kernel did behind the convolution itself.
    pub epilogue: Epilogue,
}

/// What the kernel of a convolution does with its sums: bias, batch normalisation, activation, pool.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Epilogue {
    /// The channels of the sums.
    pub channels: usize,
    /// The bias, by its index in [`Parameters`].
    pub bias: Option<usize>,
    /// The normalisation, by its index in [`Prepared`].
    pub norm: Option<usize>,
    /// What comes last.
    pub activation: Option<Activation>,
    /// The layers that these are, but for the bias.
    pub followers: Vec<usize>,
    /// The max-pool that comes last: the kernel's descriptor, and its weight by its index in [`Prepared`].
    pub pool: Option<(Descriptor, usize)>,
}

/// A kernel and its operands.
#[derive(Clone, Debug)]
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
    /// What the kernel must know beside its first descriptor.
    Descriptor(Descriptor),
    /// A prepared piece to be read.
    Prepared(usize),
    /// A prepared piece to be written.
    PreparedMut(usize),
    /// What becomes of a convolution's sums in inference.
    Epilogue(Epilogue),
    /// What becomes of a convolution's sums in training.
    Activation(Option<Activation>),
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
    /// Which of its numbers is which of the tensor's.
    pub layout: Layout,
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
    fn whole(root: Root, layout: Layout) -> Self {
        let len = layout.len();
        Self { root, start: 0, len, stride: len, layout }
    }

    /// A part of it.
    fn part(self, start: usize, layout: Layout) -> Self {
        Self { start: self.start + start, len: layout.len(), layout, ..self }
    }

    /// The same memory, looked at in another way.
    fn seen_as(self, layout: Layout) -> Self {
        self.part(0, layout)
    }

    /// Whether it is all of its memory.
    pub(crate) fn is_whole(self) -> bool {
        self.len == self.stride
    }
}

/// Plans a network.
pub fn plan(graph: &Graph) -> Plan {
    let parameters = Parameters::lay_out(graph);

    let lowered = lower::lower(graph, Purpose::Inference, Unit::Image);
    let kernels = lowered.kernels();
    let storage = Storage::assign(&lowered, Purpose::Inference);
    let (steps, prepared) = forward::inference(&lowered, &storage, &parameters);
    let (offsets, image_len) = arena::arrange(&[&steps], &storage.buffer_lens);
    let inference = Pass { steps, offsets, image_len };

    let lowered = lower::lower(graph, Purpose::Training, Unit::Image);
    let storage = Storage::assign(&lowered, Purpose::Training);
    let (forward, saved) = forward::training(&lowered, &storage, &parameters);
    let (backward, buffer_lens) = backward::backward(&lowered, &storage, &parameters, &saved);
    let (offsets, image_len) = arena::arrange(&[&forward, &backward], &buffer_lens);
    let bundled = bundle::plan(graph, &parameters);
    Plan {
        kernels,
        bundled,
        parameters,
        prepared,
        inference,
        forward: Pass { steps: forward, offsets: offsets.clone(), image_len },
        backward: Pass { steps: backward, offsets, image_len },
        saved_len: saved.len().next_multiple_of(LINE),
    }
}

#[cfg(test)]
mod tests;
