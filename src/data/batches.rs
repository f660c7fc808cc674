//! Hands out a data set in batches, shuffled for each epoch.

use super::Dataset;
use cnn_runtime::random;
use cnn_runtime::sample::Sample;
use std::slice;

/// Cuts a data set into batches, in a new order for each epoch.
///
/// A batch is copied into memory that is allocated once. The order of an epoch follows from the seed and the epoch's
/// number alone, so training can go on where it stopped.
///
/// ```
/// use cnn::data::{Batches, Dataset};
/// use cnn::prelude::*;
///
/// let dataset = Dataset::new(vec![Vector([1.0]), Vector([2.0]), Vector([3.0])], vec![1, 2, 3])?;
/// let mut batches = Batches::new(&dataset, 2).shuffled(7);
/// let mut epoch = batches.epoch(0);
/// let mut sizes = Vec::new();
/// while let Some((images, labels)) = epoch.next_batch() {
///     assert_eq!(images[0].0[0], f32::from(labels[0]));
///     sizes.push(images.len());
/// }
/// assert_eq!(sizes, [2, 1]);
/// # Ok::<(), cnn::data::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Batches<'d, I: Sample> {
    dataset: &'d Dataset<I>,
    seed: Option<u64>,
    order: Vec<usize>,
    images: Vec<I>,
    labels: Vec<u8>,
}

impl<'d, I: Sample> Batches<'d, I> {
    /// Batches of `batch` images (at least one) in the data set's order; the last of an epoch has what is left.
    #[must_use]
    pub fn new(dataset: &'d Dataset<I>, batch: usize) -> Self {
        let batch = batch.clamp(1, dataset.len().max(1));
        let order = (0..dataset.len()).collect();
        Self { dataset, seed: None, order, images: I::zeros(batch), labels: vec![0; batch] }
    }

    /// Shuffles each epoch, anew and evenly.
    #[must_use]
    pub fn shuffled(self, seed: u64) -> Self {
        Self { seed: Some(seed), ..self }
    }

    /// How many batches an epoch has.
    #[must_use]
    pub fn count(&self) -> usize {
        self.order.len().div_ceil(self.images.len())
    }

    /// Starts epoch number `epoch`: every image once.
    pub fn epoch(&mut self, epoch: u64) -> Epoch<'_, 'd, I> {
        self.epoch_from(epoch, 0)
    }

    /// Starts in the middle of epoch number `epoch`, with its batch number `first`.
    pub fn epoch_from(&mut self, epoch: u64, first: usize) -> Epoch<'_, 'd, I> {
        order(self.seed, epoch, &mut self.order);
        let next = first.saturating_mul(self.images.len()).min(self.order.len());
        Epoch { batches: self, next }
    }
}

/// Writes the order of an epoch: that of the indices, shuffled if there is a seed.
pub(super) fn order(seed: Option<u64>, epoch: u64, order: &mut [usize]) {
    for (position, index) in order.iter_mut().enumerate() {
        *index = position;
    }
    if let Some(seed) = seed {
        random::shuffle(random::Stream::new(seed, epoch).bits(0), order);
    }
}

/// One pass over a data set.
#[derive(Debug)]
pub struct Epoch<'b, 'd, I: Sample> {
    batches: &'b mut Batches<'d, I>,
    next: usize,
}

impl<I: Sample> Epoch<'_, '_, I> {
    /// The next images and their labels; `None` at the end.
    pub fn next_batch(&mut self) -> Option<(&[I], &[u8])> {
        let Batches { dataset, order, images, labels, .. } = &mut *self.batches;
        let end = order.len().min(self.next + images.len());
        let indices = &order[self.next..end];
        if indices.is_empty() {
            return None;
        }
        self.next = end;
        for ((image, label), &index) in images.iter_mut().zip(labels.iter_mut()).zip(indices) {
            // Number by number, because a large image assigned whole may pass the stack in a debug build.
            let source = I::as_numbers(slice::from_ref(&dataset.images()[index]));
            I::as_numbers_mut(slice::from_mut(image)).copy_from_slice(source);
            *label = dataset.labels()[index];
        }
        Some((&images[..indices.len()], &labels[..indices.len()]))
    }
}
