//! How well a network does on a data set it does not learn from.

use super::calibration::Calibration;
use super::confusion::ConfusionMatrix;
use crate::data::{Dataset, Loader};
use cnn_runtime::error::Error;
use cnn_runtime::loss::{CrossEntropy, Label, Logits, Loss};
use cnn_runtime::network::{Network, Session};
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
    /// Whether it is as sure as it is right, in 15 bins.
    pub calibration: Calibration,
}

impl Evaluation {
    /// Nothing tested yet.
    fn of<O: Sample>() -> Self {
        let (confusion, calibration) = (ConfusionMatrix::new(O::LEN), Calibration::new(15));
        Self { loss: 0.0, accuracy: 0.0, confusion, calibration }
    }

    fn add<O: Sample, L: Label>(&mut self, outputs: &[O], labels: &[L]) -> Result<(), Error> {
        self.confusion.add(outputs, labels)?;
        self.calibration.add(outputs, labels)
    }

    fn with_loss(self, loss: f32) -> Self {
        Self { loss, accuracy: self.confusion.accuracy(), ..self }
    }
}

/// Tests a classifier, `batch` images at a time (at least one).
///
/// # Errors
/// If the data set is empty, or has a label that the network has no class for.
pub fn evaluate<N: Network<Output: Logits<u8>>>(
    network: &N,
    dataset: &Dataset<N::Input>,
    batch: usize,
) -> Result<Evaluation, Error> {
    let mut evaluation = Evaluation::of::<N::Output>();
    let mut pass = Pass::new(network, CrossEntropy, batch.clamp(1, dataset.len().max(1)));
    pass.all(dataset.images(), dataset.labels(), |outputs, labels| evaluation.add(outputs, labels))?;
    Ok(evaluation.with_loss(pass.mean()?))
}

/// Tests a classifier on what a loader prepares, which is not shuffled or varied then, if it is to be a test.
///
/// ```
/// use cnn::data::{Loader, Transform};
/// use cnn::prelude::*;
/// use cnn::train::evaluate_loader;
/// # network!(pub fn Net(image: Image<3, 8, 8>) -> Vector<4> { conv2d(2, kernel_size = 3); flatten; linear(4) });
/// # let small = Dataset::new(vec![Image([[[0.5; 2]; 2]]); 6], vec![0, 1, 2, 3, 0, 1])?;
///
/// let loader = Loader::new(small, Transform::new().resize(8, 8).rgb(), 4);
/// let test = evaluate_loader(&Net::new(42), &loader)?;
/// println!("{:.2} %", 100.0 * test.accuracy);
/// # Ok::<(), cnn::Error>(())
/// ```
///
/// # Errors
/// If the loader has no images, one of them cannot be read, or a label is of a class that the network does not have.
pub fn evaluate_loader<N: Network<Output: Logits<usize>>>(
    network: &N,
    loader: &Loader<N::Input>,
) -> Result<Evaluation, crate::Error> {
    let mut evaluation = Evaluation::of::<N::Output>();
    let mut pass = Pass::new(network, CrossEntropy, loader.batch());
    let mut epoch = loader.epoch(0);
    while let Some((images, labels)) = epoch.next_batch()? {
        pass.batch(images, labels, &mut |outputs, labels| evaluation.add(outputs, labels))?;
    }
    Ok(evaluation.with_loss(pass.mean()?))
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
    let mut pass = Pass::new(network, loss, batch.clamp(1, inputs.len().max(1)));
    pass.all(inputs, targets, |_, _| Ok(()))?;
    pass.mean()
}

/// A network that is run once over all inputs, and the sum of a loss.
struct Pass<'n, N: Network, L> {
    session: Session<'n, N>,
    loss: L,
    outputs: Vec<N::Output>,
    /// The loss writes gradients too, at which nobody looks.
    d_outputs: Vec<N::Output>,
    sum: f64,
    count: usize,
}

impl<'n, N: Network, L> Pass<'n, N, L> {
    fn new(network: &'n N, loss: L, batch: usize) -> Self {
        let (outputs, d_outputs) = (N::Output::zeros(batch), N::Output::zeros(batch));
        Self { session: network.session(batch), loss, outputs, d_outputs, sum: 0.0, count: 0 }
    }

    /// Runs all inputs, in batches, and shows `look` what comes out.
    fn all<T>(
        &mut self,
        inputs: &[N::Input],
        targets: &[T],
        mut look: impl FnMut(&[N::Output], &[T]) -> Result<(), Error>,
    ) -> Result<(), Error>
    where
        L: Loss<N::Output, T>,
    {
        if targets.len() != inputs.len() {
            return Err(Error::BatchLength { what: "targets", expected: inputs.len(), found: targets.len() });
        }
        let batch = self.outputs.len();
        let mut batches = inputs.chunks(batch).zip(targets.chunks(batch));
        batches.try_for_each(|(inputs, targets)| self.batch(inputs, targets, &mut look))
    }

    /// Runs one batch.
    fn batch<T>(
        &mut self,
        inputs: &[N::Input],
        targets: &[T],
        look: &mut impl FnMut(&[N::Output], &[T]) -> Result<(), Error>,
    ) -> Result<(), Error>
    where
        L: Loss<N::Output, T>,
    {
        let (outputs, d_outputs) = (&mut self.outputs[..inputs.len()], &mut self.d_outputs[..inputs.len()]);
        self.session.forward(inputs, outputs)?;
        self.sum += f64::from(self.loss.evaluate(outputs, targets, d_outputs)?) * inputs.len() as f64;
        self.count += inputs.len();
        look(outputs, targets)
    }

    /// The mean loss.
    fn mean(&self) -> Result<f32, Error> {
        if self.count == 0 { Err(Error::EmptyBatch) } else { Ok((self.sum / self.count as f64) as f32) }
    }
}
