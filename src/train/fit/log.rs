//! A log that programs read.

use super::callback::{Callback, Flow, Start};
use super::history::{End, EpochRecord, History, StepRecord};
use crate::Error;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

/// Writes a line of JSON for each event of a run, as soon as it happens.
///
/// | `event` | and |
/// |:--|:--|
/// | `start` | `network`, `parameters`, `epochs`, `batches`, `epoch`: the first that is to come |
/// | `step` | `step`, `epoch`, `batch`, `images`, `loss`, `learning_rate`, `images_per_second`, `gradient_norms` if asked for |
/// | `epoch` | `epoch`, `steps`, `loss`, `accuracy`, `validation_loss`, `validation_accuracy`, `learning_rate`, `seconds`, `images_per_second`, `best` |
/// | `end` | `reason`: `completed`, `early_stopping` or `callback`; `epochs`: how many there were |
///
/// Numbers count from 0, but for how many there are. What is not finite is `null`, what was not asked for is missing.
#[derive(Debug)]
pub struct JsonLines<W = File> {
    to: W,
    every: u64,
}

impl JsonLines {
    /// Writes a new file, in the place of one that is there.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn create(path: impl AsRef<Path>) -> io::Result<Self> {
        Ok(Self::new(File::create(path)?))
    }

    /// Goes on with a file, for a run that goes on. Steps after its checkpoint stand there twice.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn append(path: impl AsRef<Path>) -> io::Result<Self> {
        Ok(Self::new(File::options().append(true).create(true).open(path)?))
    }
}

impl<W: Write> JsonLines<W> {
    /// Writes to anything.
    pub fn new(to: W) -> Self {
        Self { to, every: 1 }
    }

    /// Writes only each so many steps (at least 1).
    #[must_use]
    pub fn every(self, every: u64) -> Self {
        Self { every: every.max(1), ..self }
    }

    fn line(&mut self, json: &Value) -> Result<(), Error> {
        self.to.write_all(format!("{json}\n").as_bytes())?;
        Ok(self.to.flush()?)
    }
}

impl<W: Write> Callback for JsonLines<W> {
    fn on_start(&mut self, start: &Start<'_>) -> Result<(), Error> {
        let Start { network, parameters, epochs, batches, history } = *start;
        self.line(&json!({
            "event": "start", "network": network, "parameters": parameters, "epochs": epochs, "batches": batches,
            "epoch": history.epochs.len(),
        }))
    }

    fn on_step(&mut self, step: &StepRecord) -> Result<Flow, Error> {
        if step.step.is_multiple_of(self.every) {
            self.line(&step.to_json())?;
        }
        Ok(Flow::Continue)
    }

    fn on_epoch(&mut self, epoch: &EpochRecord) -> Result<Flow, Error> {
        self.line(&epoch.to_json())?;
        Ok(Flow::Continue)
    }

    fn on_end(&mut self, history: &History) -> Result<(), Error> {
        let reason = match history.end {
            End::Completed => "completed",
            End::EarlyStopping => "early_stopping",
            End::Callback => "callback",
        };
        self.line(&json!({ "event": "end", "reason": reason, "epochs": history.epochs.len() }))
    }
}
