//! Where the batches of a run come from.

use super::Flow;
use crate::Error;
use crate::data::{Batches, Loader};
use cnn_runtime::sample::Sample;

/// Learns from the inputs and targets of a batch, and says whether the epoch goes on.
pub type Learn<'l, I, T> = dyn FnMut(&[I], &[T]) -> Result<Flow, Error> + 'l;

/// Inputs and targets in batches, epoch by epoch: [`Batches`], a [`Loader`], or what a program makes itself.
///
/// For a run to go on where it stopped, an epoch must be the same whenever it is asked for.
pub trait TrainingData<I> {
    /// What the network should give, or what the loss makes that of: a label.
    type Target;

    /// How many batches an epoch has.
    fn batches(&self) -> usize;

    /// Shows `learn` the batches of epoch number `epoch` in order, beginning with number `first`, until there is none left or it says
    /// [`Flow::Stop`].
    ///
    /// # Errors
    /// If a batch cannot be made, and what `learn` gives.
    fn epoch(
        &mut self,
        epoch: u64,
        first: usize,
        learn: &mut Learn<'_, I, Self::Target>,
    ) -> Result<(), Error>;
}

impl<I: Sample> TrainingData<I> for Batches<'_, I> {
    type Target = u8;

    fn batches(&self) -> usize {
        self.count()
    }

    fn epoch(&mut self, epoch: u64, first: usize, learn: &mut Learn<'_, I, u8>) -> Result<(), Error> {
        let mut epoch = self.epoch_from(epoch, first);
        while let Some((images, labels)) = epoch.next_batch() {
            if learn(images, labels)? == Flow::Stop {
                break;
            }
        }
        Ok(())
    }
}

impl<I: Sample> TrainingData<I> for &Loader<I> {
    type Target = usize;

    fn batches(&self) -> usize {
        self.count()
    }

    fn epoch(&mut self, epoch: u64, first: usize, learn: &mut Learn<'_, I, usize>) -> Result<(), Error> {
        let mut epoch = self.epoch_from(epoch, first);
        while let Some((images, labels)) = epoch.next_batch()? {
            if learn(images, labels)? == Flow::Stop {
                break;
            }
        }
        Ok(())
    }
}

impl<I, D: TrainingData<I>> TrainingData<I> for &mut D {
    type Target = D::Target;

    fn batches(&self) -> usize {
        (**self).batches()
    }

    fn epoch(&mut self, epoch: u64, first: usize, learn: &mut Learn<'_, I, D::Target>) -> Result<(), Error> {
        (**self).epoch(epoch, first, learn)
    }
}
