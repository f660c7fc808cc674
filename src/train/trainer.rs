//! One network, its optimiser and all the memory that training needs.

use super::checkpoint::{self, Counters, Values};
use super::groups::{Groups, Resolved};
use crate::weights::{self, TensorView, file};
use cnn_runtime::dropout::Key;
use cnn_runtime::error::Error;
use cnn_runtime::loss::{CrossEntropy, Loss};
use cnn_runtime::memory::{AlignedBuffer, Arena};
use cnn_runtime::network::Network;
use cnn_runtime::optim::{Clip, Group, Optimizer, gradients};
use cnn_runtime::parallel;
use cnn_runtime::policy::Policy;
use cnn_runtime::sample::Sample;
use std::mem;
use std::path::Path;

/// Trains a network, one batch at a time.
///
/// Memory is allocated for the first batch and whenever a batch is larger than all before; other steps allocate nothing,
/// but for what a loss of several outputs does.
///
/// ```
/// # use cnn::prelude::*;
/// # network!(pub fn Net(image: Image<1, 8, 8>) -> Vector<4> { let conv1 = conv2d(2, kernel_size = 3); flatten; linear(4) });
/// # let (images, labels) = (Image::zeros(2), [0_u8, 3]);
/// let mut net = Net::new(42);
/// let mut trainer = Trainer::new(&mut net, Sgd::new(0.1).momentum(0.9));
/// let loss = trainer.step(&images, &labels)?;
/// # Ok::<(), cnn::Error>(())
/// ```
#[derive(Debug)]
pub struct Trainer<'n, N: Network, O, L = CrossEntropy> {
    network: &'n mut N,
    optimizer: O,
    loss: L,
    seed: u64,
    steps: u64,
    groups: Resolved,
    clip: Option<Clip>,
    /// The norm of the last step's gradient before it was clipped to one.
    gradient_norm: Option<f32>,
    /// Whether a step that is not finite is refused.
    finite_only: bool,
    /// How many images run at a time.
    micro_batch: usize,
    policy: Policy,
    arena: Arena,
    gradients: AlignedBuffer,
    /// Of one micro-batch; empty unless a batch was run in parts.
    micro_gradients: AlignedBuffer,
    outputs: Vec<N::Output>,
    d_outputs: Vec<N::Output>,
    /// How many of the outputs are the last step's.
    last_batch: usize,
}

impl<'n, N: Network, O: Optimizer> Trainer<'n, N, O> {
    /// Trains `network` by `optimizer`, for classification: labels are numbers of classes, outputs are logits.
    pub fn new(network: &'n mut N, optimizer: O) -> Self {
        let parameters = network.state().parameters.len();
        Self {
            network,
            optimizer,
            loss: CrossEntropy,
            seed: 0,
            steps: 0,
            groups: Resolved { groups: vec![Group::all(parameters)], frozen: Vec::new() },
            clip: None,
            gradient_norm: None,
            finite_only: false,
            micro_batch: usize::MAX,
            policy: N::POLICY,
            arena: Arena::new(N::TRAINING, N::POLICY, 0),
            gradients: AlignedBuffer::zeros(parameters),
            micro_gradients: AlignedBuffer::zeros(0),
            outputs: Vec::new(),
            d_outputs: Vec::new(),
            last_batch: 0,
        }
    }
}

impl<'n, N: Network, O: Optimizer, L> Trainer<'n, N, O, L> {
    /// Minimises another loss.
    #[must_use]
    pub fn loss<L2>(self, loss: L2) -> Trainer<'n, N, O, L2> {
        Trainer {
            network: self.network,
            optimizer: self.optimizer,
            loss,
            seed: self.seed,
            steps: self.steps,
            groups: self.groups,
            clip: self.clip,
            gradient_norm: self.gradient_norm,
            finite_only: self.finite_only,
            micro_batch: self.micro_batch,
            policy: self.policy,
            arena: self.arena,
            gradients: self.gradients,
            micro_gradients: self.micro_gradients,
            outputs: self.outputs,
            d_outputs: self.d_outputs,
            last_batch: self.last_batch,
        }
    }

    /// What dropout's masks follow from, together with the number of the step. 0 unless set.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Treats some parameters in their own way: other learning rates, no weight decay, or no learning at all.
    ///
    /// What an optimiser keeps counts all steps, so what is to learn later needs a new trainer for that.
    ///
    /// # Errors
    /// If the network has nothing of a name, or nothing of it is learned.
    pub fn groups(mut self, groups: &Groups) -> Result<Self, weights::Error> {
        self.groups = groups.resolve::<N>()?;
        Ok(self)
    }

    /// Limits each step's gradient.
    #[must_use]
    pub fn clip(self, clip: Clip) -> Self {
        Self { clip: Some(clip), ..self }
    }

    /// Refuses a step whose loss or gradient has a number that is not finite: an error, rather than parameters that are lost.
    ///
    /// It looks at every gradient once a step. [`Fit`](super::Fit) asks for it, and says which layer it was.
    #[must_use]
    pub fn finite_only(self) -> Self {
        Self { finite_only: true, ..self }
    }

    /// Runs at most `micro_batch` images (at least one) at a time, and takes one step for all: gradients accumulate.
    ///
    /// A step does the same as on the whole batch at once, but for rounding, in the memory of a part of it; dropout has the
    /// same masks. Only batch normalisation sees the parts: it normalises each by itself, as in PyTorch.
    ///
    /// ```
    /// # use cnn::prelude::*;
    /// # network!(pub fn Net(image: Image<1, 8, 8>) -> Vector<4> { let conv1 = conv2d(2, kernel_size = 3); flatten; linear(4) });
    /// # let (images, labels) = (Image::zeros(5), [0_u8, 3, 1, 2, 0]);
    /// # let mut net = Net::new(42);
    /// let mut trainer = Trainer::new(&mut net, Sgd::new(0.1)).micro_batch(2);
    /// let loss = trainer.step(&images, &labels)?; // of five images: two, two and one
    /// # Ok::<(), cnn::Error>(())
    /// ```
    #[must_use]
    pub fn micro_batch(self, micro_batch: usize) -> Self {
        Self { micro_batch: micro_batch.max(1), ..self }
    }

    /// How exact the sums of convolutions are: [`Policy::Fast`] if nothing is said. To be set before the first step.
    #[must_use]
    pub fn policy(self, policy: Policy) -> Self {
        Self { policy, ..self }
    }

    /// Allocates the memory for batches of up to `batch` images now, or for parts of them if [`micro_batch`] was set before.
    ///
    /// [`micro_batch`]: Self::micro_batch
    #[must_use]
    pub fn batch(mut self, batch: usize) -> Self {
        self.make_room(batch);
        self
    }

    /// Learns from one batch; gives the batch's loss as it was before.
    ///
    /// # Errors
    /// If there are not as many targets as inputs, there are none at all, or a label names a class that the network does
    /// not have; nothing has changed then. If [`finite_only`](Self::finite_only) refuses the step; nothing but running
    /// statistics has changed then.
    pub fn step<T>(&mut self, inputs: &[N::Input], targets: &[T]) -> Result<f32, Error>
    where
        L: Loss<N::Output, T>,
    {
        let count = inputs.len();
        if targets.len() != count {
            return Err(Error::BatchLength { what: "targets", expected: count, found: targets.len() });
        }
        if count == 0 {
            return Err(Error::EmptyBatch);
        }
        self.loss.check(targets)?;
        self.make_room(count);
        self.last_batch = count;
        let loss = self.differentiate(inputs, targets)?;
        for range in &self.groups.frozen {
            self.gradients[range.clone()].fill(0.0);
        }
        let norm = self.finite_only.then(|| gradients::norm(&self.gradients));
        if let Some(norm) = norm {
            for (what, number) in [("loss", loss), ("gradient", norm)] {
                if !number.is_finite() {
                    return Err(Error::NotFinite { what });
                }
            }
        }
        self.gradient_norm = self.clip.and_then(|clip| clip.apply(&mut self.gradients, norm));
        let parameters = &mut self.network.state_mut().parameters;
        self.optimizer.step_groups(parameters, &self.gradients, &self.groups.groups);
        self.steps = self.steps.saturating_add(1);
        Ok(loss)
    }

    /// The mean loss of a batch and its gradient, one micro-batch after the other.
    fn differentiate<T>(&mut self, inputs: &[N::Input], targets: &[T]) -> Result<f32, Error>
    where
        L: Loss<N::Output, T>,
    {
        let count = inputs.len();
        let micro_batch = self.micro_batch.min(count);
        let whole = micro_batch == count;
        if !whole {
            self.gradients.fill(0.0);
        }
        let mut loss = 0.0;
        let parts = inputs.chunks(micro_batch).zip(targets.chunks(micro_batch));
        for (first, (inputs, targets)) in (0..count).step_by(micro_batch).zip(parts) {
            let outputs = &mut self.outputs[first..][..inputs.len()];
            let d_outputs = &mut self.d_outputs[..inputs.len()];
            let dropout = Key { seed: self.seed, step: self.steps, first_image: first as u64 };
            let cost = inputs.len().saturating_mul(N::MACS);
            let (network, arena) = (&mut *self.network, &mut self.arena);
            let gradients = if whole { &mut self.gradients } else { &mut self.micro_gradients };
            parallel::enter(cost, || network.train_forward(arena, inputs, outputs, dropout));
            let mean = self.loss.evaluate(outputs, targets, d_outputs)?;
            parallel::enter(cost, || network.train_backward(arena, inputs, d_outputs, dropout, gradients));
            let share = inputs.len() as f32 / count as f32;
            if !whole {
                gradients::accumulate(share, &self.micro_gradients, &mut self.gradients);
            }
            loss += share * mean;
        }
        Ok(loss)
    }

    /// What the network gave for the last step's batch, before it learned from it.
    #[must_use]
    pub fn outputs(&self) -> &[N::Output] {
        &self.outputs[..self.last_batch]
    }

    /// The last step's gradient of the loss with respect to a parameter, in PyTorch's layout; zero before any step.
    ///
    /// # Errors
    /// If the network has no tensor of that name, or it is not learned.
    pub fn gradient(&self, name: &str) -> Result<TensorView<'_>, weights::Error> {
        let info = weights::find::<N>(name)?;
        if !info.kind.is_parameter() {
            return Err(weights::Error::NoGradient { tensor: info.name });
        }
        Ok(TensorView::new(info, &self.gradients[info.range()]))
    }

    /// The norm that the last step's gradient had before it was clipped; `None` unless [`Clip::Norm`] did that.
    #[must_use]
    pub fn gradient_norm(&self) -> Option<f32> {
        self.gradient_norm
    }

    /// Writes all that training needs to go on: the network, what the optimiser keeps, its learning rate, the seed and the
    /// number of steps.
    ///
    /// It is one safetensors file, whole or not there at all, as [`Weights::save`](crate::weights::Weights::save) writes.
    /// What the program says itself is not in it: the loss, the optimiser's other numbers, groups, clipping; nor is the
    /// order of the data, which follows from a seed and the epoch.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save_checkpoint(&self, path: impl AsRef<Path>) -> Result<(), weights::Error> {
        file::write(path.as_ref(), &self.encode(Values::new()))
    }

    /// The bytes of a checkpoint, with what a run adds.
    pub(super) fn encode(&self, run: Values) -> Vec<u8> {
        let counters = Counters { seed: self.seed, steps: self.steps };
        checkpoint::encode(&*self.network, &self.optimizer, counters, run)
    }

    /// Goes on from a checkpoint: the steps from here on have the bits that they would have had without the stop.
    ///
    /// ```
    /// # use cnn::prelude::*;
    /// # network!(pub fn Net(image: Image<1, 8, 8>) -> Vector<4> { let conv1 = conv2d(2, kernel_size = 3); flatten; linear(4) });
    /// # let (images, labels) = (Image::zeros(2), [0_u8, 3]);
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("net.safetensors");
    /// let (mut net, mut other) = (Net::new(42), Net::new(0));
    /// let mut trainer = Trainer::new(&mut net, Adam::new(0.003)).seed(42);
    /// trainer.step(&images, &labels)?;
    /// trainer.save_checkpoint(&path)?;
    /// let mut resumed = Trainer::new(&mut other, Adam::new(0.003));
    /// resumed.load_checkpoint(&path)?;
    /// assert_eq!(resumed.steps(), 1);
    /// assert_eq!(resumed.step(&images, &labels)?, trainer.step(&images, &labels)?);
    /// # Ok::<(), cnn::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the file cannot be read, is damaged, is no checkpoint, or is one of another network or optimiser; nothing has
    /// changed then.
    pub fn load_checkpoint(&mut self, path: impl AsRef<Path>) -> Result<(), weights::Error> {
        self.decode(&file::read(path.as_ref())?, path.as_ref())
    }

    /// Goes on from the bytes of a checkpoint, which come from that file.
    pub(super) fn decode(&mut self, bytes: &[u8], file: &Path) -> Result<(), weights::Error> {
        let counters = checkpoint::decode(self.network, &mut self.optimizer, bytes, file)?;
        (self.seed, self.steps) = (counters.seed, counters.steps);
        (self.last_batch, self.gradient_norm) = (0, None);
        self.gradients.fill(0.0);
        Ok(())
    }

    /// [`finite_only`](Self::finite_only), while a run goes on.
    pub(super) fn set_finite_only(&mut self, finite_only: bool) -> bool {
        mem::replace(&mut self.finite_only, finite_only)
    }

    /// How exact the sums of convolutions are.
    pub(super) fn sums(&self) -> Policy {
        self.policy
    }

    /// The network as it is now.
    #[must_use]
    pub fn network(&self) -> &N {
        self.network
    }

    /// The optimiser.
    #[must_use]
    pub fn optimizer(&self) -> &O {
        &self.optimizer
    }

    /// The optimiser, so that its learning rate can follow a schedule.
    pub fn optimizer_mut(&mut self) -> &mut O {
        &mut self.optimizer
    }

    /// How many steps there were.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// The bytes of working memory, the optimiser's apart.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let gradients = self.gradients.len() + self.micro_gradients.len();
        let numbers = gradients + (self.outputs.len() + self.d_outputs.len()) * N::Output::LEN;
        self.arena.bytes() + numbers * size_of::<f32>()
    }

    fn make_room(&mut self, batch: usize) {
        let micro_batch = batch.min(self.micro_batch);
        if micro_batch > self.arena.batch() {
            self.arena = Arena::new(N::TRAINING, self.policy, micro_batch);
            self.d_outputs = N::Output::zeros(micro_batch);
        }
        if batch > self.outputs.len() {
            self.outputs = N::Output::zeros(batch);
            self.last_batch = 0;
        }
        if micro_batch < batch && self.micro_gradients.is_empty() {
            self.micro_gradients = AlignedBuffer::zeros(self.gradients.len());
        }
    }
}
