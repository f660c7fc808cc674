//! Images with labels: reading them, transforming them, and handing them out in batches.
//!
//! There are two ways. What fits into memory as it is becomes a [`Dataset`] of typed images, which [`Batches`] shuffles
//! and cuts up:
//!
//! ```no_run
//! use cnn::data::{Batches, fashion_mnist};
//!
//! let (train, test) = fashion_mnist::load("data/fashion-mnist")?;
//! println!("{} images to learn from, {} to test on", train.len(), test.len());
//!
//! let mut batches = Batches::new(&train, 256).shuffled(42);
//! for epoch in 0..10 {
//!     let mut epoch = batches.epoch(epoch);
//!     while let Some((images, labels)) = epoch.next_batch() {
//!         assert_eq!(images.len(), labels.len());
//!     }
//! }
//! # Ok::<(), cnn::data::Error>(())
//! ```
//!
//! What must be decoded, resized or varied comes from a [`Source`], image by image as a [`Picture`] of any size; a
//! [`Transform`] makes it what the network takes, and a [`Loader`] prepares batches of it in the background. Sources are
//! a [`Dataset`], [`cifar10`], a folder of images by class (`ImageFolder`, with the feature `image`), and whatever
//! implements the trait:
//!
//! ```
//! use cnn::data::{Loader, Transform, fashion_mnist};
//! use cnn::prelude::*;
//!
//! let (train, _) = fashion_mnist::load("data/fashion-mnist")?;
//! let transform = Transform::new().random_horizontal_flip(0.5).resize(224, 224);
//! let loader = Loader::<Image<1, 224, 224>>::new(train, transform, 32).shuffled(42);
//! let mut epoch = loader.epoch(0);
//! if let Some((images, labels)) = epoch.next_batch()? {
//!     assert_eq!((images.len(), labels.len()), (32, 32));
//! }
//! # Ok::<(), cnn::data::Error>(())
//! ```

mod batches;
pub mod cifar10;
mod dataset;
mod error;
pub mod fashion_mnist;
pub mod idx;
#[cfg(feature = "image")]
mod image_folder;
mod loader;
mod picture;
mod source;
pub mod transform;

pub use batches::{Batches, Epoch};
pub use dataset::Dataset;
pub use error::Error;
#[cfg(feature = "image")]
pub use image_folder::ImageFolder;
pub use loader::{Loader, LoaderBatch, LoaderEpoch};
pub use picture::Picture;
pub use source::Source;
pub use transform::Transform;
