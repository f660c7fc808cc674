//! How well a network does on a data set it does not learn from.

use super::confusion::ConfusionMatrix;
use crate::data::Dataset;
use cnn_runtime::error::Error;
use cnn_runtime::loss::{CrossEntropy, Loss};
use cnn_runtime::network::Network;
use cnn_runtime::sample::Sample;

/// What a classifier gives on a data set.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// The mean cross-entropy.
    pub loss: f32,
    /// The part of the images that was recognised.
    pub accuracy: f32,
    /// Which classes were taken for which.
    pub confusion: ConfusionMatrix,
}

/// Tests a classifier, `batch` images at a time (at least one).
///
/// # Errors
/// If the data set is empty, or has a label that the network has no class for.
pub fn evaluate<N: Network>(
    network: &N,
    dataset: &Dataset<N::Input>,
    batch: usize,
) -> Result<Evaluation, Error>
where
    CrossEntropy: Loss<N::Output, u8>,
{
    let mut confusion = ConfusionMatrix::new(N::Output::LEN);
    let (images, labels) = (dataset.images(), dataset.labels());
    let loss = pass(network, &CrossEntropy, images, labels, batch, |outputs, labels| {
        confusion.add(outputs, labels)
    })?;
    Ok(Evaluation { loss, accuracy: confusion.accuracy(), confusion })
}

/// The mean of a loss over inputs and their targets, `batch` at a time (at least one).
///
/// # Errors
/// If there are not as many targets as inputs, there are none, or the loss does not accept them.
pub fn mean_loss<N: Network, T>(
    network: &N,
    loss: &impl Loss<N::Output, T>,
    inputs: &[N::Input],
    targets: &[T],
    batch: usize,
) -> Result<f32, Error> {
    pass(network, loss, inputs, targets, batch, |_, _| Ok(()))
}

/// Runs the network once over all inputs and shows `look` each batch; gives the mean loss.
fn pass<N: Network, T>(
    network: &N,
    loss: &impl Loss<N::Output, T>,
    inputs: &[N::Input],
    targets: &[T],
    batch: usize,
    mut look: impl FnMut(&[N::Output], &[T]) -> Result<(), Error>,
) -> Result<f32, Error> {
    if targets.len() != inputs.len() {
        return Err(Error::BatchLength { what: "targets", expected: inputs.len(), found: targets.len() });
    }
    if inputs.is_empty() {
        return Err(Error::EmptyBatch);
    }
    let batch = batch.clamp(1, inputs.len());
    let mut session = network.session(batch);
    let mut outputs = N::Output::zeros(batch);
    let mut d_outputs = N::Output::zeros(batch);
    let mut sum = 0.0;
    for (inputs, targets) in inputs.chunks(batch).zip(targets.chunks(batch)) {
        let (outputs, d_outputs) = (&mut outputs[..inputs.len()], &mut d_outputs[..inputs.len()]);
        session.forward(inputs, outputs)?;
        sum += f64::from(loss.evaluate(outputs, targets, d_outputs)?) * inputs.len() as f64;
        look(outputs, targets)?;
    }
    Ok((sum / inputs.len() as f64) as f32)
}
