//! Whether a classifier is as sure as it is right.

use super::metrics::{argmax, same_length};
use cnn_runtime::error::Error;
use cnn_runtime::loss::Label;
use cnn_runtime::sample::Sample;
use std::fmt;
use std::slice;

/// How sure a classifier was of its answers, and how often these were right (Guo et al. 2017, *On Calibration of Modern Neural
/// Networks*).
///
/// How sure it is, is the largest probability that softmax makes of its logits. Answers are sorted by that into bins of equal
/// width; in a calibrated classifier, 80 % of the answers of 80 % are right.
///
/// `Display` writes a table with a row for each bin that has answers.
///
/// ```
/// use cnn::prelude::*;
/// use cnn::train::Calibration;
///
/// let mut calibration = Calibration::new(10);
/// // Of probabilities 3/4 and 1/4, twice; one is right.
/// let logits = Vector([3.0_f32.ln(), 0.0]);
/// calibration.add(&[logits, logits], &[0_u8, 1])?;
/// assert!((calibration.error() - 0.25).abs() < 1e-6);
/// # Ok::<(), cnn::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    bins: Vec<Bin>,
}

/// Answers about as sure as each other.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bin {
    /// How many there are.
    pub count: u64,
    /// How many of them are right.
    pub correct: u64,
    /// The sum of their probabilities.
    confidences: f64,
}

impl Bin {
    /// The mean of their probabilities; NaN if there is none.
    #[must_use]
    pub fn confidence(&self) -> f32 {
        (self.confidences / self.count as f64) as f32
    }

    /// The part of them that is right; NaN if there is none.
    #[must_use]
    pub fn accuracy(&self) -> f32 {
        (self.correct as f64 / self.count as f64) as f32
    }
}

impl Calibration {
    /// Nothing counted yet, in so many bins (at least one).
    #[must_use]
    pub fn new(bins: usize) -> Self {
        Self { bins: vec![Bin::default(); bins.max(1)] }
    }

    /// Counts a batch of logits.
    ///
    /// # Errors
    /// If there are not as many labels as outputs. Nothing is counted then.
    pub fn add<O: Sample, L: Label>(&mut self, outputs: &[O], labels: &[L]) -> Result<(), Error> {
        same_length(outputs, labels)?;
        for (output, label) in outputs.iter().zip(labels) {
            let (class, confidence) = answer(O::as_numbers(slice::from_ref(output)));
            let bin = self.bin(confidence);
            let bin = &mut self.bins[bin];
            bin.count += 1;
            bin.correct += u64::from(class == label.class());
            bin.confidences += confidence;
        }
        Ok(())
    }

    /// The bin of a probability: from what is above its lower border up to its upper one.
    #[expect(clippy::cast_sign_loss, reason = "a probability is from 0 to 1; what is not a number goes to 0")]
    fn bin(&self, confidence: f64) -> usize {
        let above = (confidence * self.bins.len() as f64).ceil() as usize;
        above.clamp(1, self.bins.len()) - 1
    }

    /// The bins: of n, number i has the probabilities above i/n up to (i + 1)/n.
    #[must_use]
    pub fn bins(&self) -> &[Bin] {
        &self.bins
    }

    /// The expected calibration error: the mean over all answers of how far the accuracy of their bin is from its
    /// confidence. NaN if there are none.
    #[must_use]
    pub fn error(&self) -> f32 {
        let total: u64 = self.bins.iter().map(|bin| bin.count).sum();
        let gaps = self.bins.iter().map(|bin| (bin.correct as f64 - bin.confidences).abs());
        (gaps.sum::<f64>() / total as f64) as f32
    }
}

/// The class that logits speak for, and its probability.
fn answer(logits: &[f32]) -> (usize, f64) {
    let class = argmax(logits);
    let largest = logits.get(class).copied().unwrap_or(f32::NAN);
    let sum: f64 = logits.iter().map(|logit| f64::from(logit - largest).exp()).sum();
    (class, 1.0 / sum)
}

/// The class that logits speak for, and its probability by softmax.
///
/// ```
/// use cnn::prelude::*;
/// use cnn::train::metrics::confidence;
///
/// let (class, probability) = confidence(&Vector([0.0, 3.0_f32.ln()]));
/// assert_eq!(class, 1);
/// assert!((probability - 0.75).abs() < 1e-6);
/// ```
#[must_use]
pub fn confidence<O: Sample>(output: &O) -> (usize, f32) {
    let (class, confidence) = answer(O::as_numbers(slice::from_ref(output)));
    (class, confidence as f32)
}

impl fmt::Display for Calibration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>12}  {:>8}  {:>10}  {:>8}", "probability", "answers", "confidence", "accuracy")?;
        let percent = |share: f32| format!("{:.1} %", 100.0 * share);
        for (i, bin) in self.bins.iter().enumerate().filter(|(_, bin)| bin.count > 0) {
            let border = |i: usize| 100.0 * i as f64 / self.bins.len() as f64;
            let range = format!("{:.0}–{:.0} %", border(i), border(i + 1));
            let (confidence, accuracy) = (percent(bin.confidence()), percent(bin.accuracy()));
            writeln!(f, "{range:>12}  {:>8}  {confidence:>10}  {accuracy:>8}", bin.count)?;
        }
        writeln!(f, "expected calibration error {}", percent(self.error()))
    }
}
