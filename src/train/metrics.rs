//! How good a classifier is.

use cnn_runtime::error::Error;
use cnn_runtime::loss::Label;
use cnn_runtime::sample::Sample;
use std::cmp::Ordering;
use std::slice;

pub use super::calibration::{Bin, Calibration, confidence};
pub use super::confusion::ConfusionMatrix;

/// Where the largest number stands: the first of equals, and NaN counts as the largest, both as in PyTorch. 0 if there
/// is none.
///
/// ```
/// use cnn::train::metrics::argmax;
///
/// assert_eq!(argmax(&[0.1, 0.7, 0.2]), 1);
/// assert_eq!(argmax(&[0.5, 0.5]), 0);
/// ```
#[must_use]
pub fn argmax(numbers: &[f32]) -> usize {
    let mut best = 0;
    for (index, &number) in numbers.iter().enumerate() {
        if numbers[best].is_nan() {
            break;
        }
        if number > numbers[best] || number.is_nan() {
            best = index;
        }
    }
    best
}

/// The class that each output of a batch speaks for.
pub fn predictions<O: Sample>(outputs: &[O]) -> impl ExactSizeIterator<Item = usize> {
    outputs.iter().map(|output| argmax(O::as_numbers(slice::from_ref(output))))
}

/// How many outputs of a batch speak for the right class.
///
/// ```
/// use cnn::prelude::*;
/// use cnn::train::metrics::correct;
///
/// let outputs = [Vector([0.1, 0.9]), Vector([0.8, 0.2])];
/// assert_eq!(correct(&outputs, &[1_u8, 1])?, 1);
/// # Ok::<(), cnn::Error>(())
/// ```
///
/// # Errors
/// If there are not as many labels as outputs.
pub fn correct<O: Sample, L: Label>(outputs: &[O], labels: &[L]) -> Result<usize, Error> {
    same_length(outputs, labels)?;
    Ok(predictions(outputs).zip(labels).filter(|&(predicted, &label)| predicted == label.class()).count())
}

/// How many outputs of a batch have the right class among their `k` largest numbers. For `k` of 1 that is [`correct`].
///
/// ```
/// use cnn::prelude::*;
/// use cnn::train::metrics::top_k;
///
/// let outputs = [Vector([0.1, 0.7, 0.2]), Vector([0.5, 0.3, 0.2])];
/// assert_eq!(top_k(&outputs, &[2_u8, 2], 2)?, 1);
/// # Ok::<(), cnn::Error>(())
/// ```
///
/// # Errors
/// If there are not as many labels as outputs, or a label is of a class that there is not.
pub fn top_k<O: Sample, L: Label>(outputs: &[O], labels: &[L], k: usize) -> Result<usize, Error> {
    same_length(outputs, labels)?;
    let mut found = 0;
    for (index, (output, label)) in outputs.iter().zip(labels).enumerate() {
        let (numbers, label) = (O::as_numbers(slice::from_ref(output)), label.class());
        let Some(own) = numbers.get(label) else {
            return Err(Error::Label { index, found: label, classes: O::LEN });
        };
        // As `argmax` has it: the first of equals, and NaN is the largest.
        let before = |(other, number): (usize, &f32)| match number.partial_cmp(own) {
            Some(Ordering::Greater) => true,
            Some(Ordering::Equal) => other < label,
            Some(Ordering::Less) => false,
            None => number.is_nan() && (!own.is_nan() || other < label),
        };
        found += usize::from(numbers.iter().enumerate().filter(|&each| before(each)).count() < k);
    }
    Ok(found)
}

pub(super) fn same_length<O, L>(outputs: &[O], labels: &[L]) -> Result<(), Error> {
    if outputs.len() == labels.len() {
        return Ok(());
    }
    Err(Error::BatchLength { what: "labels", expected: outputs.len(), found: labels.len() })
}
