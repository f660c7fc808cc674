//! Fashion-MNIST (Xiao, Rasul, Vollgraf 2017): grey images of clothes, 28×28 pixels, in ten classes.
//!
//! A balanced subset stands in this repository in `data/fashion-mnist`; the full set has the same four file names.

use super::{Dataset, Error};
use cnn_runtime::sample::Image;
use std::path::{Path, PathBuf};

/// What an image of label 0, 1, … shows.
pub const CLASSES: [&str; 10] = [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
];

/// Reads the images for training and those for testing from a folder with the set's four files, gzipped or not.
///
/// Pixels become numbers from 0 to 1. MNIST and KMNIST have the same format and the same file names.
///
/// ```
/// use cnn::data::fashion_mnist;
///
/// let (train, test) = fashion_mnist::load("data/fashion-mnist")?;
/// assert_eq!((train.len(), test.len()), (10_000, 2_000));
/// # Ok::<(), cnn::data::Error>(())
/// ```
///
/// # Errors
/// If a file is missing or is not what it should be.
pub fn load(dir: impl AsRef<Path>) -> Result<(Dataset<Image<1, 28, 28>>, Dataset<Image<1, 28, 28>>), Error> {
    let dir = dir.as_ref();
    Ok((part(dir, "train")?, part(dir, "t10k")?))
}

fn part(dir: &Path, prefix: &str) -> Result<Dataset<Image<1, 28, 28>>, Error> {
    let images = find(dir, &format!("{prefix}-images-idx3-ubyte"))?;
    let labels = find(dir, &format!("{prefix}-labels-idx1-ubyte"))?;
    Dataset::read_idx(images, labels, CLASSES.len())
}

/// The file as it is, or gzipped.
fn find(dir: &Path, name: &str) -> Result<PathBuf, Error> {
    let plain = dir.join(name);
    let gzipped = dir.join(format!("{name}.gz"));
    if gzipped.exists() {
        Ok(gzipped)
    } else if plain.exists() {
        Ok(plain)
    } else {
        Err(Error::Missing { gzipped, plain })
    }
}
