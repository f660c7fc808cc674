//! One network, its optimiser and all the memory that training needs.

use crate::weights::{self, TensorView};
use cnn_runtime::dropout::Key;
use cnn_runtime::error::Error;
use cnn_runtime::loss::{CrossEntropy, Loss};
use cnn_runtime::memory::{AlignedBuffer, Arena};
use cnn_runtime::network::Network;
use cnn_runtime::optim::Optimizer;
use cnn_runtime::parallel;
use cnn_runtime::sample::Sample;

/// Trains a network, one batch at a time.
///
/// Memory is allocated for the first batch and whenever a batch is larger than all before; other steps allocate nothing.
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
    arena: Arena,
    gradients: AlignedBuffer,
    outputs: Vec<N::Output>,
    d_outputs: Vec<N::Output>,
    /// How many of the outputs are the last step's.
    last_batch: usize,
}

impl<'n, N: Network, O: Optimizer> Trainer<'n, N, O> {
    /// Trains `network` by `optimizer`, for classification: labels are numbers of classes, outputs are logits.
    pub fn new(network: &'n mut N, optimizer: O) -> Self {
        let gradients = AlignedBuffer::zeros(network.state().parameters.len());
        Self {
            network,
            optimizer,
            loss: CrossEntropy,
            seed: 0,
            steps: 0,
            arena: Arena::new(N::TRAINING, 0),
            gradients,
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
        let Self {
            network, optimizer, seed, steps, arena, gradients, outputs, d_outputs, last_batch, ..
        } = self;
        Trainer { network, optimizer, loss, seed, steps, arena, gradients, outputs, d_outputs, last_batch }
    }

    /// What dropout's masks follow from, together with the number of the step. 0 unless set.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Allocates the memory for batches of up to `batch` images now.
    #[must_use]
    pub fn batch(mut self, batch: usize) -> Self {
        self.make_room(batch);
        self
    }

    /// Learns from one batch; gives the batch's loss as it was before.
    ///
    /// # Errors
    /// If there are not as many targets as inputs, there are none at all, or a label names a class that the network does
    /// not have. Nothing has changed then.
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
        let (outputs, d_outputs) = (&mut self.outputs[..count], &mut self.d_outputs[..count]);
        let dropout = Key { seed: self.seed, step: self.steps };
        let cost = count.saturating_mul(N::MACS);
        let (network, arena, gradients) = (&mut *self.network, &mut self.arena, &mut self.gradients);
        parallel::enter(cost, || network.train_forward(arena, inputs, outputs, dropout));
        let loss = self.loss.evaluate(outputs, targets, d_outputs)?;
        parallel::enter(cost, || network.train_backward(arena, inputs, d_outputs, dropout, gradients));
        self.optimizer.step(&mut self.network.state_mut().parameters, &self.gradients);
        self.steps += 1;
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
        let numbers = self.gradients.len() + (self.outputs.len() + self.d_outputs.len()) * N::Output::LEN;
        self.arena.bytes() + numbers * size_of::<f32>()
    }

    fn make_room(&mut self, batch: usize) {
        if batch > self.arena.batch() {
            self.arena = Arena::new(N::TRAINING, batch);
            self.outputs = N::Output::zeros(batch);
            self.d_outputs = N::Output::zeros(batch);
            self.last_batch = 0;
        }
    }
}
