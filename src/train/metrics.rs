//! How good a classifier is.

use cnn_runtime::error::Error;
use cnn_runtime::sample::Sample;

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
    outputs.iter().map(|output| argmax(O::as_numbers(std::slice::from_ref(output))))
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
pub fn correct<O: Sample, L: Copy + Into<usize>>(outputs: &[O], labels: &[L]) -> Result<usize, Error> {
    same_length(outputs, labels)?;
    Ok(predictions(outputs).zip(labels).filter(|&(predicted, &label)| predicted == label.into()).count())
}

pub(super) fn same_length<O, L>(outputs: &[O], labels: &[L]) -> Result<(), Error> {
    if outputs.len() == labels.len() {
        return Ok(());
    }
    Err(Error::BatchLength { what: "labels", expected: outputs.len(), found: labels.len() })
}
