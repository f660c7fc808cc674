//! Training and testing of any network.
//!
//! [`Fit`] trains for whole epochs, with validation, checkpoints and whatever else is wanted around them. A [`Trainer`] alone
//! takes one step after the other, in a loop of the program's own:
//!
//! ```
//! # use cnn::prelude::*;
//! # network!(pub fn Net(image: Image<1, 8, 8>) -> Vector<4> { let conv1 = conv2d(2, kernel_size = 3); flatten; linear(4) });
//! # let data = Dataset::new(Image::zeros(6), vec![0, 1, 2, 3, 0, 1])?;
//! # let mut batches = Batches::new(&data, 4);
//! # let mut epoch = batches.epoch(0);
//! let mut net = Net::new(42);
//! let mut trainer = Trainer::new(&mut net, Sgd::new(0.1).momentum(0.9)).seed(42);
//! while let Some((images, labels)) = epoch.next_batch() {
//!     let loss = trainer.step(images, labels)?;
//! }
//! let test = evaluate(&net, &data, 256)?;
//! println!("{:.2} %\n{}", 100.0 * test.accuracy, test.confusion.names(["shirt", "shoe", "coat", "bag"]));
//! # Ok::<(), cnn::Error>(())
//! ```

mod calibration;
mod checkpoint;
mod confusion;
mod early_stopping;
mod evaluate;
mod fit;
mod groups;
pub mod metrics;
mod rate_finder;
pub mod schedule;
mod trainer;

pub use early_stopping::{EarlyStopping, Verdict};
pub use evaluate::{Evaluation, evaluate, evaluate_loader, mean_loss};
#[cfg(feature = "progress")]
pub use fit::Progress;
pub use fit::{
    Callback, End, EpochRecord, Fit, Flow, History, Interrupt, JsonLines, Learn, Monitor, NoFigure,
    NotFinite, Place, Scores, Start, StepPoint, StepRecord, TrainingData,
};
pub use groups::Groups;
pub use metrics::{Calibration, ConfusionMatrix};
pub use rate_finder::{LearningRateCurve, LearningRateFinder, RatePoint};
pub use trainer::Trainer;
