//! Images with labels in memory.

use super::Error;
use super::idx::Idx;
use super::picture::brightness;
use cnn_runtime::sample::Sample;
use std::path::Path;

/// Images, each with a label: the number of its class.
#[derive(Clone, Debug)]
pub struct Dataset<I: Sample> {
    images: Vec<I>,
    labels: Vec<u8>,
}

impl<I: Sample> Dataset<I> {
    /// Images and their labels, in the same order.
    ///
    /// ```
    /// use cnn::data::Dataset;
    /// use cnn::prelude::*;
    ///
    /// let images = vec![Image([[[0.0, 1.0]]]), Image([[[1.0, 0.0]]])];
    /// let dataset = Dataset::new(images, vec![0, 1])?;
    /// assert_eq!(dataset.len(), 2);
    /// # Ok::<(), cnn::data::Error>(())
    /// ```
    ///
    /// # Errors
    /// If there are not as many labels as images.
    pub fn new(images: Vec<I>, labels: Vec<u8>) -> Result<Self, Error> {
        if images.len() != labels.len() {
            let (images, labels) = (images.len(), labels.len());
            return Err(Error::Count { images_file: None, labels_file: None, images, labels });
        }
        Ok(Self { images, labels })
    }

    /// Reads an IDX file of images and one of labels, gzipped or not.
    ///
    /// Pixels are bytes, and become numbers from 0 to 1 by division by 255, as torchvision's `ToTensor` has it. The
    /// dimensions are those of `I` behind the number of images; a single channel may be left out, as MNIST does.
    ///
    /// # Errors
    /// If a file cannot be read or is damaged, the images are not of type `I`, there are not as many labels as images,
    /// or a label is not below `classes`.
    pub fn read_idx(
        images: impl AsRef<Path>,
        labels: impl AsRef<Path>,
        classes: usize,
    ) -> Result<Self, Error> {
        let images = Idx::read(images)?;
        let labels = Idx::read(labels)?;
        let dataset = Self { images: pixels(&images)?, labels: classes_in(&labels, classes)?.to_vec() };
        if dataset.images.len() != dataset.labels.len() {
            return Err(Error::Count {
                images_file: Some(images.file().to_owned()),
                labels_file: Some(labels.file().to_owned()),
                images: dataset.images.len(),
                labels: dataset.labels.len(),
            });
        }
        Ok(dataset)
    }

    /// The images.
    #[must_use]
    pub fn images(&self) -> &[I] {
        &self.images
    }

    /// The labels, in the order of the images.
    #[must_use]
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// How many images there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.images.len()
    }

    /// Whether there is no image.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.images.is_empty()
    }
}

/// The images of an IDX file as numbers from 0 to 1.
fn pixels<I: Sample>(idx: &Idx) -> Result<Vec<I>, Error> {
    let bytes = idx.bytes()?;
    let (&count, image) = idx.shape().split_first().unwrap_or((&0, &[]));
    let without_channel = I::SHAPE.strip_prefix(&[1]).filter(|rest| !rest.is_empty());
    if image != I::SHAPE && Some(image) != without_channel {
        return Err(idx.wrong_shape(batch_of(without_channel.unwrap_or(I::SHAPE))));
    }
    let mut images = I::zeros(count);
    for (number, &byte) in I::as_numbers_mut(&mut images).iter_mut().zip(bytes) {
        *number = brightness(byte);
    }
    Ok(images)
}

/// A shape with the batch dimension, in words: `(N, 28, 28)`.
fn batch_of(shape: &[usize]) -> String {
    let dimensions: Vec<_> = shape.iter().map(|dimension| format!(", {dimension}")).collect();
    format!("(N{})", dimensions.concat())
}

/// The labels of an IDX file, each below `classes`.
fn classes_in(idx: &Idx, classes: usize) -> Result<&[u8], Error> {
    let labels = idx.bytes()?;
    if idx.shape().len() != 1 {
        return Err(idx.wrong_shape("(N)".to_owned()));
    }
    match labels.iter().position(|&label| usize::from(label) >= classes) {
        None => Ok(labels),
        Some(index) => Err(Error::Label {
            file: idx.file().to_owned(),
            offset: idx.offset_of(index),
            found: labels[index],
            classes,
        }),
    }
}
