//! CIFAR-10 (Krizhevsky 2009): 60,000 colour images of 32×32 pixels in ten classes, in the binary version's files.
//!
//! ```text
//! byte 0  label      0 to 9
//!      1  1024 × u8  red, row by row
//!   1025  1024 × u8  green
//!   2049  1024 × u8  blue
//!   3073  the next image
//! ```

use super::{Error, Picture, Source};
use std::fs;
use std::path::{Path, PathBuf};

/// What an image of label 0, 1, … shows.
pub const CLASSES: [&str; 10] =
    ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

/// The mean of each channel over the images for training as it is usually given, for
/// [`normalize`](super::Transform::normalize).
pub const MEAN: [f32; 3] = [0.4914, 0.4822, 0.4465];

/// The standard deviation of each channel over the images for training as it is usually given.
pub const STD: [f32; 3] = [0.2470, 0.2435, 0.2616];

const SIDE: usize = 32;
const CHANNELS: usize = 3;

/// The bytes of an image with its label.
const RECORD: usize = 1 + CHANNELS * SIDE * SIDE;

/// Images of CIFAR-10, kept as bytes.
#[derive(Clone, Debug)]
pub struct Cifar10 {
    files: Vec<(PathBuf, Vec<u8>)>,
}

/// Opens the images for training, `data_batch_1.bin` to `data_batch_5.bin`, and those for testing, `test_batch.bin`.
///
/// ```no_run
/// use cnn::data::{Loader, Transform, cifar10};
/// use cnn::prelude::*;
///
/// let (train, test) = cifar10::load("cifar-10-batches-bin")?;
/// let transform = Transform::new()
///     .random_crop(32, 32, 4)
///     .random_horizontal_flip(0.5)
///     .normalize(&cifar10::MEAN, &cifar10::STD);
/// let train = Loader::<Image<3, 32, 32>>::new(train, transform, 128).shuffled(42);
/// # Ok::<(), cnn::data::Error>(())
/// ```
///
/// # Errors
/// As [`Cifar10::read`].
pub fn load(dir: impl AsRef<Path>) -> Result<(Cifar10, Cifar10), Error> {
    let dir = dir.as_ref();
    let train = (1..=5).map(|number| dir.join(format!("data_batch_{number}.bin")));
    Ok((Cifar10::read(train)?, Cifar10::read([dir.join("test_batch.bin")])?))
}

impl Cifar10 {
    /// Reads files of images, one after the other.
    ///
    /// # Errors
    /// If a file cannot be read, is empty or ends within an image, or has a label above 9. The error names the file and
    /// the byte.
    pub fn read(files: impl IntoIterator<Item = impl AsRef<Path>>) -> Result<Self, Error> {
        let files = files.into_iter().map(|file| {
            let file = file.as_ref();
            let bytes =
                fs::read(file).map_err(|source| Error::Read { file: file.to_owned(), offset: 0, source })?;
            check(file, &bytes)?;
            Ok((file.to_owned(), bytes))
        });
        Ok(Self { files: files.collect::<Result<_, Error>>()? })
    }

    /// The file of an item, its place there, and its bytes.
    fn record(&self, index: usize) -> (&Path, usize, &[u8]) {
        let mut place = index;
        for (file, bytes) in &self.files {
            let records = bytes.as_chunks::<RECORD>().0;
            if let Some(record) = records.get(place) {
                return (file, place, record);
            }
            place -= records.len();
        }
        panic!("there are {} images, none of index {index}", self.len())
    }
}

/// Makes sure that a file is whole images with labels that are classes.
fn check(file: &Path, bytes: &[u8]) -> Result<(), Error> {
    let whole = bytes.len().next_multiple_of(RECORD).max(RECORD);
    if bytes.len() != whole {
        let (offset, expected) = (bytes.len() as u64, whole as u64);
        return Err(Error::Truncated { file: file.to_owned(), offset, expected });
    }
    let labels = bytes.iter().step_by(RECORD);
    match labels.enumerate().find(|&(_, &label)| usize::from(label) >= CLASSES.len()) {
        None => Ok(()),
        Some((index, &found)) => {
            let (offset, classes) = ((index * RECORD) as u64, CLASSES.len());
            Err(Error::Label { file: file.to_owned(), offset, found, classes })
        }
    }
}

impl Source for Cifar10 {
    fn len(&self) -> usize {
        self.files.iter().map(|(_, bytes)| bytes.len() / RECORD).sum()
    }

    fn get(&self, index: usize) -> Result<(Picture, usize), Error> {
        let (_, _, record) = self.record(index);
        let picture = Picture::from_planes(CHANNELS, SIDE, SIDE, &record[1..])
            .map_err(|error| Error::item(self.name(index), error))?;
        Ok((picture, record[0].into()))
    }

    fn name(&self, index: usize) -> String {
        let (file, place, _) = self.record(index);
        format!("{}, image {place}", file.display())
    }
}
