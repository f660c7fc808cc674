//! Which figure says how good a network is, and what follows from it.

use super::history::EpochRecord;
use crate::train::{EarlyStopping, Verdict};
use std::fmt;

/// The figure of an epoch that tells which is the best, and when it does not get better any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Monitor {
    /// The loss while learning.
    TrainingLoss,
    /// The accuracy while learning.
    TrainingAccuracy,
    /// The loss of the validation.
    ValidationLoss,
    /// The accuracy of the validation.
    ValidationAccuracy,
}

impl Monitor {
    /// That figure of an epoch, if there is one.
    #[must_use]
    pub fn figure(self, epoch: &EpochRecord) -> Option<f32> {
        match self {
            Self::TrainingLoss => Some(epoch.training.loss),
            Self::TrainingAccuracy => epoch.training.accuracy,
            Self::ValidationLoss => epoch.validation.map(|scores| scores.loss),
            Self::ValidationAccuracy => epoch.validation.and_then(|scores| scores.accuracy),
        }
    }

    /// A watch of it in its direction.
    fn watch(self, stopping: EarlyStopping) -> EarlyStopping {
        match self {
            Self::TrainingLoss | Self::ValidationLoss => stopping,
            Self::TrainingAccuracy | Self::ValidationAccuracy => stopping.more_is_better(),
        }
    }
}

impl fmt::Display for Monitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TrainingLoss => "training loss",
            Self::TrainingAccuracy => "training accuracy",
            Self::ValidationLoss => "validation loss",
            Self::ValidationAccuracy => "validation accuracy",
        })
    }
}

/// A run was to watch a figure that it does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoFigure {
    /// The figure.
    pub monitor: Monitor,
}

impl fmt::Display for NoFigure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let help = match self.monitor {
            Monitor::TrainingLoss => "",
            Monitor::TrainingAccuracy => "; `Fit::accuracy` counts it",
            Monitor::ValidationLoss => "; `Fit::validation` gives it",
            Monitor::ValidationAccuracy => {
                "; give `Fit::validation` a function that counts it, such as `evaluate`"
            }
        };
        write!(f, "the run has no {} to watch{help}", self.monitor)
    }
}

impl std::error::Error for NoFigure {}

/// Watches that figure.
pub(super) struct Watch {
    monitor: Monitor,
    best: EarlyStopping,
    stopping: Option<EarlyStopping>,
}

impl Watch {
    pub(super) fn new(monitor: Monitor, stopping: Option<EarlyStopping>) -> Self {
        let best = monitor.watch(EarlyStopping::new(u32::MAX));
        Self { monitor, best, stopping: stopping.map(|stopping| monitor.watch(stopping)) }
    }

    /// Takes note of an epoch, and marks it if it is the best; gives whether it should be the last.
    pub(super) fn observe(&mut self, epoch: &mut EpochRecord) -> Result<bool, NoFigure> {
        let figure = self.monitor.figure(epoch).ok_or(NoFigure { monitor: self.monitor })?;
        epoch.best = self.best.observe(figure) == Verdict::Better;
        Ok(self.stopping.as_mut().is_some_and(|stopping| stopping.observe(figure) == Verdict::Stop))
    }
}
