//! What can go wrong while a network runs.

use core::fmt;

/// A mistake in what a network was given.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// Two parts of a batch that belong together differ in length.
    BatchLength {
        /// Which part is wrong: `outputs`, `labels`.
        what: &'static str,
        /// As many as there are inputs.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A label names a class that the network does not have.
    Label {
        /// Where it stands in the batch.
        index: usize,
        /// The label.
        found: usize,
        /// How many classes there are.
        classes: usize,
    },
    /// A share of all that a loss gives to the other classes is no share.
    LabelSmoothing {
        /// What was given.
        found: f32,
    },
    /// A step of training would have made parameters that are not finite.
    NotFinite {
        /// What is not: `loss`, `gradient`.
        what: &'static str,
    },
    /// A batch without any item, where a mean over the batch is asked for.
    EmptyBatch,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BatchLength { what, expected, found } => {
                write!(f, "the batch has {expected} inputs but {found} {what}")
            }
            Self::Label { index, found, classes } => {
                write!(f, "label {found} at index {index} is not below {classes}, the number of classes")
            }
            Self::LabelSmoothing { found } => {
                write!(f, "label_smoothing is {found}, expected a number from 0 to 1")
            }
            Self::NotFinite { what } => write!(f, "the {what} is not finite"),
            Self::EmptyBatch => write!(f, "the batch is empty"),
        }
    }
}

impl core::error::Error for Error {}
