//! What a program is told while a run goes on.

use super::history::{EpochRecord, History, StepRecord};
use crate::Error;

/// Whether a run goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Flow {
    /// It does.
    Continue,
    /// It ends here.
    Stop,
}

/// What is known of a run before its first step.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Start<'r> {
    /// The network's name.
    pub network: &'static str,
    /// How many numbers it learns.
    pub parameters: usize,
    /// After so many epochs the run is over.
    pub epochs: u64,
    /// How many batches an epoch has.
    pub batches: usize,
    /// What was before, if the run goes on from a checkpoint.
    pub history: &'r History,
}

/// Is told of each step and epoch of a run, and may end it.
///
/// Events are figures alone, so a callback is the same for any network. What needs the network itself, as checkpoints and
/// validation do, is done by [`Fit`](super::Fit).
///
/// ```
/// use cnn::train::{Callback, EpochRecord, Flow};
///
/// /// Ends a run that knows enough by heart.
/// struct Until(f32);
///
/// impl Callback for Until {
///     fn on_epoch(&mut self, epoch: &EpochRecord) -> Result<Flow, cnn::Error> {
///         let enough = epoch.training.accuracy.is_some_and(|accuracy| accuracy >= self.0);
///         Ok(if enough { Flow::Stop } else { Flow::Continue })
///     }
/// }
/// ```
pub trait Callback {
    /// The run starts, or goes on.
    ///
    /// # Errors
    /// End the run, as those of the other events do.
    fn on_start(&mut self, start: &Start<'_>) -> Result<(), Error> {
        let _ = start;
        Ok(())
    }

    /// A step was taken.
    ///
    /// # Errors
    /// End the run.
    fn on_step(&mut self, step: &StepRecord) -> Result<Flow, Error> {
        let _ = step;
        Ok(Flow::Continue)
    }

    /// An epoch is over, and the network was validated.
    ///
    /// # Errors
    /// End the run.
    fn on_epoch(&mut self, epoch: &EpochRecord) -> Result<Flow, Error> {
        let _ = epoch;
        Ok(Flow::Continue)
    }

    /// The run is over, but not by an error.
    ///
    /// # Errors
    /// Are given to whoever started the run.
    fn on_end(&mut self, history: &History) -> Result<(), Error> {
        let _ = history;
        Ok(())
    }
}

impl<C: Callback + ?Sized> Callback for &mut C {
    fn on_start(&mut self, start: &Start<'_>) -> Result<(), Error> {
        (**self).on_start(start)
    }

    fn on_step(&mut self, step: &StepRecord) -> Result<Flow, Error> {
        (**self).on_step(step)
    }

    fn on_epoch(&mut self, epoch: &EpochRecord) -> Result<Flow, Error> {
        (**self).on_epoch(epoch)
    }

    fn on_end(&mut self, history: &History) -> Result<(), Error> {
        (**self).on_end(history)
    }
}

/// Tells all of them, and stops if one of them says so.
pub(super) fn tell<'f>(
    callbacks: &mut [Box<dyn Callback + 'f>],
    mut event: impl FnMut(&mut (dyn Callback + 'f)) -> Result<Flow, Error>,
) -> Result<Flow, Error> {
    let mut flow = Flow::Continue;
    for callback in callbacks {
        if event(callback.as_mut())? == Flow::Stop {
            flow = Flow::Stop;
        }
    }
    Ok(flow)
}
