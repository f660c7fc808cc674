//! What most programs need: `use cnn::prelude::*;`.

pub use crate::activations::Inspect;
pub use crate::data::{Batches, Dataset};
pub use crate::init::{Init, Initialize};
pub use crate::loss::{CrossEntropy, Loss, MeanSquaredError};
pub use crate::network::{Image, Network, Policy, Sample, Session, Vector};
pub use crate::optim::{Adam, AdamW, Optimizer, Sgd};
pub use crate::summary::Summarize;
pub use crate::train::{Evaluation, Trainer, evaluate};
pub use crate::weights::Weights;
pub use cnn_macros::network;
