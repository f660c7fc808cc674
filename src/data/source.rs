//! What images can come from.

use super::{Dataset, Error, Picture};
use cnn_runtime::sample::{Image, Sample};
use std::slice;
use std::sync::Arc;

/// Images with labels, each known by its index: what a [`Loader`](super::Loader) draws from.
///
/// ```
/// use cnn::data::{Error, Picture, Source};
///
/// /// Bright and dark squares.
/// struct Squares;
///
/// impl Source for Squares {
///     fn len(&self) -> usize {
///         100
///     }
///     fn get(&self, index: usize) -> Result<(Picture, usize), Error> {
///         let label = index % 2;
///         let picture = Picture::from_planes(1, 8, 8, &[255 * label as u8; 64]);
///         Ok((picture.map_err(|error| Error::item(self.name(index), error))?, label))
///     }
/// }
/// assert_eq!(Squares.get(3)?.1, 1);
/// # Ok::<(), Error>(())
/// ```
pub trait Source: Send + Sync {
    /// How many items there are.
    fn len(&self) -> usize;

    /// An item: the image and the number of its class. The same index must always give the same; any thread may ask.
    ///
    /// # Errors
    /// If it cannot be read; the error names the item.
    fn get(&self, index: usize) -> Result<(Picture, usize), Error>;

    /// What messages call an item: its file, or something else by which it can be found.
    fn name(&self, index: usize) -> String {
        format!("item {index}")
    }
}

impl<const C: usize, const H: usize, const W: usize> Source for Dataset<Image<C, H, W>> {
    fn len(&self) -> usize {
        self.len()
    }

    fn get(&self, index: usize) -> Result<(Picture, usize), Error> {
        let numbers = Image::as_numbers(slice::from_ref(&self.images()[index])).to_vec();
        let picture = Picture::new(C, H, W, numbers).map_err(|error| Error::item(self.name(index), error))?;
        Ok((picture, self.labels()[index].into()))
    }
}

impl<S: Source + ?Sized> Source for Arc<S> {
    fn len(&self) -> usize {
        (**self).len()
    }

    fn get(&self, index: usize) -> Result<(Picture, usize), Error> {
        (**self).get(index)
    }

    fn name(&self, index: usize) -> String {
        (**self).name(index)
    }
}
