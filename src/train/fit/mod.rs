//! A whole run of training, with what one wants around it.
//!
//! What comes in is a [`Trainer`] and its data, and what is to happen meanwhile; what goes out is the [`History`] of the run.
//!
//! ```text
//! for each epoch
//!     for each batch: rate of the schedule → step → on_step     a step that is not finite ends the run, and says where
//!     validate → watch the figure → keep the best → on_epoch → checkpoint
//! ```

mod callback;
mod data;
mod finite;
mod history;
mod interrupt;
mod log;
#[cfg(feature = "progress")]
mod progress;
mod run;
mod state;
mod watch;

pub use callback::{Callback, Flow, Start};
pub use data::{Learn, TrainingData};
pub use finite::{NotFinite, Place};
pub use history::{End, EpochRecord, History, Scores, StepPoint, StepRecord};
pub use interrupt::Interrupt;
pub use log::JsonLines;
#[cfg(feature = "progress")]
pub use progress::Progress;
pub use watch::{Monitor, NoFigure};

use super::checkpoint::Scalars;
use super::schedule::Schedule;
use super::{EarlyStopping, Trainer, metrics};
use crate::weights::{self, file};
use crate::{Error, network};
use cnn_runtime::loss::Label;
use cnn_runtime::network::Network;
use cnn_runtime::optim::Optimizer;
use state::State;
use std::path::{Path, PathBuf};
use watch::Watch;

/// Trains for some epochs: PyTorch-Lightning's and Keras' `fit`.
///
/// ```
/// # network!(pub fn Net(image: Image<1, 8, 8>) -> Vector<4> { let conv1 = conv2d(2, kernel_size = 3); flatten; linear(4) });
/// # let train = Dataset::new(Image::zeros(6), vec![0, 1, 2, 3, 0, 1])?;
/// # let test = train.clone();
/// # let folder = tempfile::tempdir()?;
/// # let (best, log) = (folder.path().join("best.safetensors"), folder.path().join("run.jsonl"));
/// use cnn::prelude::*;
/// use cnn::train::schedule::OneCycle;
/// use cnn::train::{EarlyStopping, Fit, JsonLines};
///
/// let mut net = Net::new(42);
/// let mut trainer = Trainer::new(&mut net, Adam::new(0.003));
/// let batches = Batches::new(&train, 4).shuffled(42);
/// let steps = 10 * batches.count() as u64;
/// let history = Fit::new(&mut trainer, batches)
///     .epochs(10)
///     .accuracy()
///     .validation(|net| evaluate(net, &test, 256))
///     .schedule(OneCycle::new(0.003, steps))
///     .stop_early(EarlyStopping::new(3))
///     .keep_best(&best)
///     .callback(JsonLines::create(&log)?)
///     .run()?;
/// for epoch in &history.epochs {
///     println!("{}: {}", epoch.epoch, epoch.training); // 0: loss 1.3863 accuracy 0.3333
/// }
/// trainer.load_checkpoint(&best)?; // the epoch that did best on `test`
/// # Ok::<(), cnn::Error>(())
/// ```
///
/// A step whose loss or gradient is not finite is not taken: the run ends with [`Error::NotFinite`], which names the step and the
/// layer where it began.
#[must_use = "nothing happens before `run`"]
pub struct Fit<'f, 'n, N: Network, O, L, D: TrainingData<N::Input>> {
    trainer: &'f mut Trainer<'n, N, O, L>,
    data: D,
    epochs: u64,
    correct: Option<Correct<N, D>>,
    gradient_norms: Option<u64>,
    rates: Option<Rates<'f>>,
    validation: Option<Validation<'f, N>>,
    monitor: Option<Monitor>,
    stopping: Option<EarlyStopping>,
    best: Option<PathBuf>,
    checkpoint: Option<PathBuf>,
    callbacks: Vec<Box<dyn Callback + 'f>>,
    state: State,
}

/// How many outputs of a batch are right.
type Correct<N, D> = fn(
    &[<N as Network>::Output],
    &[<D as TrainingData<<N as Network>::Input>>::Target],
) -> Result<usize, network::Error>;

/// What a network is worth on images that it does not learn from.
type Validation<'f, N> = Box<dyn FnMut(&N) -> Result<Scores, Error> + 'f>;

/// A schedule, and what it counts.
enum Rates<'f> {
    OfSteps(Box<dyn Schedule + 'f>),
    OfEpochs(Box<dyn Schedule + 'f>),
}

impl<'f, 'n, N: Network, O: Optimizer, L, D: TrainingData<N::Input>> Fit<'f, 'n, N, O, L, D> {
    /// One epoch, and nothing around it.
    pub fn new(trainer: &'f mut Trainer<'n, N, O, L>, data: D) -> Self {
        Self {
            trainer,
            data,
            epochs: 1,
            correct: None,
            gradient_norms: None,
            rates: None,
            validation: None,
            monitor: None,
            stopping: None,
            best: None,
            checkpoint: None,
            callbacks: Vec::new(),
            state: State::default(),
        }
    }

    /// The run is over after so many epochs; 1 unless set.
    pub fn epochs(self, epochs: u64) -> Self {
        Self { epochs, ..self }
    }

    /// Counts what is recognised while learning, too; targets are labels.
    pub fn accuracy(self) -> Self
    where
        D::Target: Label,
    {
        Self { correct: Some(metrics::correct), ..self }
    }

    /// Sets the learning rate before each step, by the step's number in the run.
    pub fn schedule(self, schedule: impl Schedule + 'f) -> Self {
        Self { rates: Some(Rates::OfSteps(Box::new(schedule))), ..self }
    }

    /// Sets the learning rate before each epoch, by the epoch's number.
    pub fn schedule_of_epochs(self, schedule: impl Schedule + 'f) -> Self {
        Self { rates: Some(Rates::OfEpochs(Box::new(schedule))), ..self }
    }

    /// Tests the network when an epoch is over, mostly by [`evaluate`](super::evaluate) or
    /// [`evaluate_loader`](super::evaluate_loader); what `validation` gives is a [`Scores`], an
    /// [`Evaluation`](super::Evaluation) or a loss.
    pub fn validation<S: Into<Scores>, E: Into<Error>>(
        self,
        mut validation: impl FnMut(&N) -> Result<S, E> + 'f,
    ) -> Self {
        let validation = move |network: &N| validation(network).map(Into::into).map_err(Into::into);
        Self { validation: Some(Box::new(validation)), ..self }
    }

    /// The figure that says how good the network is. Unless set, that is the loss: of the validation if there is one.
    pub fn monitor(self, monitor: Monitor) -> Self {
        Self { monitor: Some(monitor), ..self }
    }

    /// Ends the run when [that figure](Self::monitor) does not get better any more. Whether less or more is better follows
    /// from the figure.
    pub fn stop_early(self, stopping: EarlyStopping) -> Self {
        Self { stopping: Some(stopping), ..self }
    }

    /// Writes a checkpoint after each epoch that is the best so far by [that figure](Self::monitor), in the place of the one
    /// before; [`Trainer::load_checkpoint`] reads it.
    pub fn keep_best(self, path: impl Into<PathBuf>) -> Self {
        Self { best: Some(path.into()), ..self }
    }

    /// Writes a checkpoint after each epoch, and where a callback ends the run, in the place of the one before;
    /// [`resume`](Self::resume) goes on from it.
    pub fn checkpoint(self, path: impl Into<PathBuf>) -> Self {
        Self { checkpoint: Some(path.into()), ..self }
    }

    /// Measures the norm of each layer's gradient, as the step is taken against it, at each so many steps (at least 1).
    pub fn gradient_norms(self, every: u64) -> Self {
        Self { gradient_norms: Some(every.max(1)), ..self }
    }

    /// Tells a callback, or a reference to one, what happens. The first that was given is the first to be told.
    pub fn callback(mut self, callback: impl Callback + 'f) -> Self {
        self.callbacks.push(Box::new(callback));
        self
    }

    /// Goes on from a [checkpoint](Self::checkpoint), in the middle of an epoch if it was written there: network, optimiser and
    /// figures are what they would have been without the stop, bit by bit, if data, schedule and trainer are the same.
    ///
    /// ```
    /// # use cnn::prelude::*;
    /// # network!(pub fn Net(image: Image<1, 8, 8>) -> Vector<4> { let conv1 = conv2d(2, kernel_size = 3); flatten; linear(4) });
    /// # let data = Dataset::new(Image::zeros(6), vec![0, 1, 2, 3, 0, 1])?;
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("run.safetensors");
    /// use cnn::train::Fit;
    ///
    /// let mut net = Net::new(42);
    /// let mut trainer = Trainer::new(&mut net, Adam::new(0.003));
    /// Fit::new(&mut trainer, Batches::new(&data, 4)).epochs(2).checkpoint(&path).run()?;
    ///
    /// let mut net = Net::new(0);
    /// let mut trainer = Trainer::new(&mut net, Adam::new(0.003));
    /// let history = Fit::new(&mut trainer, Batches::new(&data, 4)).epochs(5).resume(&path)?.run()?;
    /// assert_eq!(history.epochs.len(), 5);
    /// # Ok::<(), cnn::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the file cannot be read, is damaged, is not the checkpoint of a run, or is one of another network, optimiser or
    /// number of batches; nothing has changed then.
    pub fn resume(mut self, path: impl AsRef<Path>) -> Result<Self, weights::Error> {
        let path = path.as_ref();
        let bytes = file::read(path)?;
        let state = State::read(&Scalars::read(&bytes, path)?, self.data.batches())?;
        self.trainer.decode(&bytes, path)?;
        self.state = state;
        Ok(self)
    }

    /// The figure to watch, and what follows from it.
    fn watch(&self) -> Watch {
        let default = if self.validation.is_some() { Monitor::ValidationLoss } else { Monitor::TrainingLoss };
        Watch::new(self.monitor.unwrap_or(default), self.stopping)
    }
}
