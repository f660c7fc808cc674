//! What a compiled network is to everything that is written against networks in general: the tables of its layers and
//! tensors, its state, and the three passes that the compiler emits.

use crate::dropout;
use crate::error::Error;
use crate::memory::{AlignedBuffer, Arena, ArenaLayout};
use crate::parallel;
use crate::policy::Policy;
use crate::sample::Sample;
use crate::view::View;
use alloc::vec::Vec;

mod layer;

pub use layer::LayerInfo;

/// How a tensor starts out and what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TensorKind {
    /// The weight of a convolution or a linear layer.
    Weight {
        /// Inputs that one output sums over.
        fan_in: usize,
        /// Outputs that one input goes to.
        fan_out: usize,
    },
    /// The bias beside such a weight.
    Bias {
        /// The weight's.
        fan_in: usize,
    },
    /// A normalisation's factor, one at first.
    Scale,
    /// A normalisation's summand, zero at first.
    Shift,
    /// A running mean, zero at first; not learned.
    RunningMean,
    /// A running variance, one at first; not learned.
    RunningVar,
    /// How many batches the running statistics have seen; not learned.
    BatchesTracked,
}

impl TensorKind {
    /// Whether training learns it: then it stands in [`State::parameters`], otherwise in [`State::buffers`].
    #[must_use]
    pub const fn is_parameter(self) -> bool {
        matches!(self, Self::Weight { .. } | Self::Bias { .. } | Self::Scale | Self::Shift)
    }

    /// Whether it is a weight, which has fans.
    #[must_use]
    pub const fn has_fans(self) -> bool {
        matches!(self, Self::Weight { .. })
    }
}

/// One tensor of a network's state, in the order of PyTorch's `state_dict`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TensorInfo {
    /// Its key in the `state_dict`: `conv1.weight`.
    pub name: &'static str,
    /// Its shape there: (O, I, H, W) for a convolution.
    pub shape: &'static [usize],
    /// What it is.
    pub kind: TensorKind,
    /// Where it starts in its vector of the state.
    pub offset: usize,
}

impl TensorInfo {
    /// How many numbers it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where it stands in its vector of the state.
    #[must_use]
    pub fn range(&self) -> core::ops::Range<usize> {
        self.offset..self.offset + self.len()
    }
}

/// All numbers that a network holds.
#[derive(Clone, Debug)]
pub struct State {
    /// What training learns: one vector, so that an optimiser is a loop over a slice.
    pub parameters: AlignedBuffer,
    /// Running statistics.
    pub buffers: AlignedBuffer,
}

impl State {
    /// A state of zeros.
    #[must_use]
    pub fn zeros(parameters_len: usize, buffers_len: usize) -> Self {
        Self { parameters: AlignedBuffer::zeros(parameters_len), buffers: AlignedBuffer::zeros(buffers_len) }
    }

    /// The numbers of one tensor.
    #[must_use]
    pub fn tensor(&self, tensor: &TensorInfo) -> &[f32] {
        let of = if tensor.kind.is_parameter() { &self.parameters } else { &self.buffers };
        &of[tensor.range()]
    }

    /// The numbers of one tensor, to be written.
    #[must_use]
    pub fn tensor_mut(&mut self, tensor: &TensorInfo) -> &mut [f32] {
        let of = if tensor.kind.is_parameter() { &mut self.parameters } else { &mut self.buffers };
        &mut of[tensor.range()]
    }
}

/// Looks at what each layer gives during inference.
pub trait Observer {
    /// Layer `layer` of [`Network::LAYERS`] has given `output`, in PyTorch's layout.
    fn observe(&mut self, layer: usize, output: View<'_>);

    /// Whether it looks at all. While someone does, layers that one kernel computes are computed one by one.
    fn looks(&self) -> bool {
        true
    }

    /// Whether it wants to be told by [`pass`](Self::pass). While someone does, a tiny network takes the bundles of a large
    /// batch one after the other, on one thread.
    fn listens(&self) -> bool {
        false
    }

    /// Layer `layer` has been computed, of the whole batch or of sixteen images, and nobody looks. Of layers that one kernel
    /// computes, the first comes first.
    fn pass(&mut self, _layer: usize) {}
}

/// Looks at nothing, and costs nothing.
impl Observer for () {
    fn observe(&mut self, _layer: usize, _output: View<'_>) {}
    fn looks(&self) -> bool {
        false
    }
}

/// A network that `network!` compiled. The compiler implements it; nobody else needs to.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no network",
    label = "a network is a type that `network!` declares"
)]
pub trait Network: Clone + Send + Sync + Sized + 'static {
    /// What it takes.
    type Input: Sample;
    /// What it gives.
    type Output: Sample;

    /// Its name in the source.
    const NAME: &'static str;
    /// How many numbers are learned.
    const PARAMETERS: usize;
    /// Multiply-adds for one image.
    const MACS: usize;
    /// How exact the sums of its convolutions are unless a session or trainer says otherwise: `#[policy(exact)]`.
    const POLICY: Policy = Policy::Fast;
    /// Its layers in the order in which they run.
    const LAYERS: &'static [LayerInfo];
    /// Its tensors in the order of PyTorch's `state_dict`.
    const TENSORS: &'static [TensorInfo];
    /// The working memory of inference.
    const INFERENCE: ArenaLayout;
    /// The working memory of training.
    const TRAINING: ArenaLayout;

    /// The network initialised as PyTorch does, from a seed.
    #[must_use]
    fn new(seed: u64) -> Self;
    /// Its numbers.
    fn state(&self) -> &State;
    /// Its numbers, to be changed.
    fn state_mut(&mut self) -> &mut State;

    /// Computes what inference wants of the weights once for all calls, and leaves it in the arena.
    fn prepare(&self, _arena: &mut Arena) {}

    /// Inference for at most as many images as the arena holds, which [`prepare`](Self::prepare) has seen since the weights
    /// changed last. Dropout does not exist here.
    ///
    /// # Panics
    /// If there are more images than that, or not as many outputs as inputs; [`Session`] checks both.
    fn infer(
        &self,
        arena: &mut Arena,
        inputs: &[Self::Input],
        outputs: &mut [Self::Output],
        observer: &mut dyn Observer,
    );

    /// The forward pass of training: keeps in the arena what backward needs, and updates running statistics.
    ///
    /// # Panics
    /// As [`infer`](Self::infer).
    fn train_forward(
        &mut self,
        arena: &mut Arena,
        inputs: &[Self::Input],
        outputs: &mut [Self::Output],
        dropout: dropout::Key,
    );

    /// The backward pass for the batch that [`train_forward`](Self::train_forward) ran on last, with the gradient of the
    /// loss for its outputs: overwrites `gradients`, which is laid out as [`State::parameters`], but for those of layers that
    /// no output depends on, which stay as they are.
    ///
    /// # Panics
    /// As [`infer`](Self::infer).
    fn train_backward(
        &self,
        arena: &mut Arena,
        inputs: &[Self::Input],
        d_outputs: &[Self::Output],
        dropout: dropout::Key,
        gradients: &mut [f32],
    );

    /// Inference for any number of images. A [`Session`] does the same without allocating each time.
    fn forward(&self, inputs: &[Self::Input]) -> Vec<Self::Output> {
        let mut outputs = Self::Output::zeros(inputs.len());
        let batch = inputs.len().min(MOST_AT_A_TIME);
        self.session(batch).run(inputs, &mut outputs);
        outputs
    }

    /// Memory for inference on up to `batch` images at a time (at least one).
    fn session(&self, batch: usize) -> Session<'_, Self> {
        self.session_with(Self::POLICY, batch)
    }

    /// The same, with sums as exact as `policy` says.
    fn session_with(&self, policy: Policy, batch: usize) -> Session<'_, Self> {
        Session::new(self, policy, batch)
    }
}

/// [`Network::forward`] takes this many images at a time, so that its arena stays small.
const MOST_AT_A_TIME: usize = 64;

/// A network with the memory that its inference needs: nothing is allocated per call, and weights are brought into the
/// layouts of the kernels once, when the session begins.
#[derive(Debug)]
pub struct Session<'n, N: Network> {
    network: &'n N,
    arena: Arena,
}

impl<'n, N: Network> Session<'n, N> {
    fn new(network: &'n N, policy: Policy, batch: usize) -> Self {
        let mut arena = Arena::new(N::INFERENCE, policy, batch.max(1));
        parallel::enter(N::PARAMETERS, || network.prepare(&mut arena));
        Self { network, arena }
    }

    /// Runs the network on any number of images, as many at a time as the session was made for.
    ///
    /// # Errors
    /// If there are not as many outputs as inputs.
    pub fn forward(&mut self, inputs: &[N::Input], outputs: &mut [N::Output]) -> Result<(), Error> {
        if inputs.len() != outputs.len() {
            return Err(Error::BatchLength { what: "outputs", expected: inputs.len(), found: outputs.len() });
        }
        self.run(inputs, outputs);
        Ok(())
    }

    /// The bytes of working memory.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.arena.bytes()
    }

    /// Runs the network on as many images as [`forward`](Self::forward) would at a time, and shows `observer` what each layer
    /// gives.
    ///
    /// # Panics
    /// If there are more images than the session was made for, or not as many outputs.
    pub fn observe(&mut self, inputs: &[N::Input], outputs: &mut [N::Output], observer: &mut dyn Observer) {
        self.network.infer(&mut self.arena, inputs, outputs, observer);
    }

    fn run(&mut self, inputs: &[N::Input], outputs: &mut [N::Output]) {
        let batch = self.arena.batch();
        parallel::enter(inputs.len().saturating_mul(N::MACS), || {
            for (inputs, outputs) in inputs.chunks(batch).zip(outputs.chunks_mut(batch)) {
                self.network.infer(&mut self.arena, inputs, outputs, &mut ());
            }
        });
    }
}
