//! The figures of a run.

use crate::train::Evaluation;
use serde_json::{Map, Value, json};
use std::fmt;

/// What a network is worth on some images.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scores {
    /// The mean loss.
    pub loss: f32,
    /// The part that was recognised, where that was counted.
    pub accuracy: Option<f32>,
}

impl From<Evaluation> for Scores {
    fn from(Evaluation { loss, accuracy, .. }: Evaluation) -> Self {
        Self { loss, accuracy: Some(accuracy) }
    }
}

/// A loss alone.
impl From<f32> for Scores {
    fn from(loss: f32) -> Self {
        Self { loss, accuracy: None }
    }
}

/// `loss 0.3124 accuracy 0.8910`
impl fmt::Display for Scores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "loss {:.4}", self.loss)?;
        self.accuracy.map_or(Ok(()), |accuracy| write!(f, " accuracy {accuracy:.4}"))
    }
}

/// One step of a run.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct StepRecord {
    /// Its number in the run, the first being 0.
    pub step: u64,
    /// The epoch's number, the first being 0.
    pub epoch: u64,
    /// The batch's number in the epoch, the first being 0.
    pub batch: usize,
    /// How many images the batch had.
    pub images: usize,
    /// The batch's loss before it was learned from.
    pub loss: f32,
    /// By which the step was taken.
    pub learning_rate: f32,
    /// Of the epoch so far; each batch was measured before it was learned from.
    pub so_far: Scores,
    /// How fast that went.
    pub images_per_second: f32,
    /// The norm of each layer's gradient, in the order of [`History::layers`]; empty unless it was
    /// [asked for](super::Fit::gradient_norms).
    pub gradient_norms: Vec<f32>,
}

/// One epoch of a run.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct EpochRecord {
    /// Its number, the first being 0.
    pub epoch: u64,
    /// How many steps the run has taken when it ends.
    pub steps: u64,
    /// Means over its batches, each measured before it was learned from.
    pub training: Scores,
    /// On images that are not learned from, when it ends.
    pub validation: Option<Scores>,
    /// Of its last step.
    pub learning_rate: f32,
    /// How long its steps took.
    pub seconds: f64,
    /// How fast that went.
    pub images_per_second: f32,
    /// Whether the figure that is [watched](super::Fit::monitor) is the best so far.
    pub best: bool,
}

/// What one step adds to a curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepPoint {
    /// The step's number.
    pub step: u64,
    /// Its loss.
    pub loss: f32,
    /// Its learning rate.
    pub learning_rate: f32,
}

/// Why a run was over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum End {
    /// There were as many epochs as it was to have.
    #[default]
    Completed,
    /// It did not get better any more.
    EarlyStopping,
    /// A callback has ended it.
    Callback,
}

/// All figures of a run.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct History {
    /// The layers that learn, in the order in which they run.
    pub layers: Vec<&'static str>,
    /// All epochs; those before a checkpoint too.
    pub epochs: Vec<EpochRecord>,
    /// All steps since the run started, or went on from a checkpoint.
    pub steps: Vec<StepPoint>,
    /// The norms of the layers' gradients at the steps where they were asked for.
    pub gradient_norms: Vec<(u64, Vec<f32>)>,
    /// Why it was over.
    pub end: End,
}

impl History {
    /// The epoch whose watched figure is the best.
    #[must_use]
    pub fn best(&self) -> Option<&EpochRecord> {
        self.epochs.iter().rfind(|epoch| epoch.best)
    }
}

/// A number as short as it can be read back from; JSON has no NaN and no infinity, so these are `null`.
fn number(number: f32) -> Value {
    number.to_string().parse::<f64>().map_or(Value::Null, Value::from)
}

/// What [`number`] has written.
fn read(value: &Value) -> Option<f32> {
    if value.is_null() { Some(f32::NAN) } else { value.as_f64().map(|number| number as f32) }
}

impl Scores {
    fn write(&self, prefix: &str, to: &mut Map<String, Value>) {
        to.insert(format!("{prefix}loss"), number(self.loss));
        if let Some(accuracy) = self.accuracy {
            to.insert(format!("{prefix}accuracy"), number(accuracy));
        }
    }

    fn read(prefix: &str, from: &Value) -> Option<Self> {
        let get = |name: &str| from.get(format!("{prefix}{name}"));
        Some(Self { loss: read(get("loss")?)?, accuracy: get("accuracy").and_then(read) })
    }
}

impl StepRecord {
    pub(super) fn to_json(&self) -> Value {
        let mut json = json!({
            "event": "step", "step": self.step, "epoch": self.epoch, "batch": self.batch, "images": self.images,
            "loss": number(self.loss), "learning_rate": number(self.learning_rate),
            "images_per_second": number(self.images_per_second),
        });
        if !self.gradient_norms.is_empty() {
            json["gradient_norms"] = self.gradient_norms.iter().copied().map(number).collect();
        }
        json
    }
}

impl EpochRecord {
    pub(super) fn to_json(&self) -> Value {
        let mut json = json!({
            "event": "epoch", "epoch": self.epoch, "steps": self.steps,
            "learning_rate": number(self.learning_rate), "seconds": self.seconds,
            "images_per_second": number(self.images_per_second), "best": self.best,
        });
        if let Value::Object(entries) = &mut json {
            self.training.write("", entries);
            if let Some(validation) = &self.validation {
                validation.write("validation_", entries);
            }
        }
        json
    }

    /// What [`to_json`](Self::to_json) has written; `None` if it is something else.
    pub(super) fn from_json(json: &Value) -> Option<Self> {
        Some(Self {
            epoch: json.get("epoch")?.as_u64()?,
            steps: json.get("steps")?.as_u64()?,
            training: Scores::read("", json)?,
            validation: Scores::read("validation_", json),
            learning_rate: read(json.get("learning_rate")?)?,
            seconds: json.get("seconds")?.as_f64()?,
            images_per_second: read(json.get("images_per_second")?)?,
            best: json.get("best")?.as_bool()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_back_as_they_were() {
        for bits in (0..u32::MAX).step_by(9973) {
            let expected = f32::from_bits(bits);
            let json: Value = serde_json::from_str(&self::number(expected).to_string()).expect("JSON");
            let found = read(&json).expect("a number");
            let same = if expected.is_finite() { found.to_bits() == bits } else { found.is_nan() };
            assert!(same, "{expected:e} became {found:e}");
        }
        assert_eq!(self::number(0.1).to_string(), "0.1", "and short");
    }

    #[test]
    fn an_epoch_is_read_back_as_it_was() {
        let scores = |loss, accuracy| Scores { loss, accuracy };
        let mut epoch = EpochRecord {
            epoch: 3,
            steps: 17,
            training: scores(0.1, Some(0.7)),
            validation: Some(scores(0.3, None)),
            learning_rate: 1e-3,
            seconds: 0.25,
            images_per_second: 1e4,
            best: true,
        };
        assert_eq!(EpochRecord::from_json(&epoch.to_json()), Some(epoch.clone()));
        (epoch.validation, epoch.training.accuracy) = (None, None);
        assert_eq!(EpochRecord::from_json(&epoch.to_json()), Some(epoch));
        assert_eq!(EpochRecord::from_json(&json!({ "epoch": 3 })), None);
    }
}
