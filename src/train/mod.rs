//! Training and testing of any network.
//!
//! ```ignore
//! let mut trainer = Trainer::new(&mut net, Sgd::new(0.1).momentum(0.9)).seed(42);
//! while let Some((images, labels)) = epoch.next_batch() {
//!     let loss = trainer.step(images, labels)?;
//! }
//! let test = evaluate(&net, &test, 256)?;
//! println!("{:.2} %\n{}", 100.0 * test.accuracy, test.confusion.names(fashion_mnist::CLASSES));
//! ```

mod confusion;
mod evaluate;
pub mod metrics;
mod trainer;

pub use evaluate::{Evaluation, evaluate, mean_loss};
pub use metrics::ConfusionMatrix;
pub use trainer::Trainer;
