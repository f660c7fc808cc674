//! Where a run stands, and how a checkpoint keeps that.
//!
//! What early stopping knows is not in it: it follows from the figures of the epochs.

use super::history::{EpochRecord, History, Scores};
use crate::train::checkpoint::{Scalars, Values};
use crate::weights::Error;
use serde_json::Value;

/// Where a run stands.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    pub(super) epoch: u64,
    /// How many batches of that epoch were learned from.
    pub(super) batch: usize,
    pub(super) running: Running,
    pub(super) history: History,
}

/// Sums of the epoch so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Running {
    pub(super) images: u64,
    /// Of each image.
    pub(super) loss: f64,
    pub(super) correct: u64,
    /// How long the steps took.
    pub(super) seconds: f64,
}

impl Running {
    /// Means; the accuracy only where it was counted.
    pub(super) fn scores(&self, counted: bool) -> Scores {
        let images = self.images as f64;
        let accuracy = counted.then(|| (self.correct as f64 / images) as f32);
        Scores { loss: (self.loss / images) as f32, accuracy }
    }

    pub(super) fn images_per_second(&self) -> f32 {
        (self.images as f64 / self.seconds) as f32
    }
}

impl State {
    /// What a checkpoint keeps of it; `batches` is how many an epoch has.
    pub(super) fn write(&self, batches: usize) -> Values {
        let epochs: Value = self.history.epochs.iter().map(EpochRecord::to_json).collect();
        let Running { images, loss, correct, seconds } = self.running;
        let values = [
            ("batch", self.batch.to_string()),
            ("batches", batches.to_string()),
            ("correct", correct.to_string()),
            ("epoch", self.epoch.to_string()),
            ("epochs", epochs.to_string()),
            ("images", images.to_string()),
            ("loss", loss.to_string()),
            ("seconds", seconds.to_string()),
        ];
        values.map(|(name, value)| (format!("run.{name}"), value)).into()
    }

    /// What [`write`](Self::write) has written, for a run with so many batches in an epoch.
    pub(super) fn read(scalars: &Scalars<'_>, batches: usize) -> Result<Self, Error> {
        let before: usize = scalars.parse("run.batches")?;
        if before != batches {
            return Err(scalars.wrong(
                "run.batches",
                &format!("{batches}, as the data has"),
                &before.to_string(),
            ));
        }
        let epochs = scalars.get("run.epochs");
        let records: Option<Vec<EpochRecord>> = serde_json::from_str(epochs)
            .ok()
            .and_then(|json: Vec<Value>| json.iter().map(EpochRecord::from_json).collect());
        let Some(records) = records else {
            return Err(scalars.wrong("run.epochs", "the figures of the epochs as JSON", epochs));
        };
        Ok(Self {
            epoch: scalars.parse("run.epoch")?,
            batch: scalars.parse("run.batch")?,
            running: Running {
                images: scalars.parse("run.images")?,
                loss: scalars.parse("run.loss")?,
                correct: scalars.parse("run.correct")?,
                seconds: scalars.parse("run.seconds")?,
            },
            history: History { epochs: records, ..History::default() },
        })
    }
}
