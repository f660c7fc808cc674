//! Images with labels: reading them, and handing them out in batches.
//!
//! IDX files come in ([`idx`], [`fashion_mnist`]), a [`Dataset`] of typed images goes out, and [`Batches`] shuffles and
//! cuts it up for training.
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

mod batches;
mod dataset;
mod error;
pub mod fashion_mnist;
pub mod idx;
mod picture;
pub mod transform;

pub use batches::{Batches, Epoch};
pub use dataset::Dataset;
pub use error::Error;
pub use picture::Picture;
pub use transform::Transform;
