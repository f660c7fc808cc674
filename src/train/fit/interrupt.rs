//! A run that is ended from outside.

use super::callback::{Callback, Flow};
use super::history::StepRecord;
use crate::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Ends a run after the step that it is at, when another thread, or whoever holds the keyboard, says so.
///
/// With a [checkpoint](super::Fit::checkpoint) the run can go on later as if nothing had been.
///
/// ```
/// # use cnn::prelude::*;
/// # network!(pub fn Net(image: Image<1, 8, 8>) -> Vector<4> { conv2d(2, kernel_size = 3); flatten; linear(4) });
/// # let data = Dataset::new(Image::zeros(6), vec![0, 1, 2, 3, 0, 1])?;
/// # let mut net = Net::new(42);
/// # let mut trainer = Trainer::new(&mut net, Sgd::new(0.1));
/// use cnn::train::{Fit, Interrupt};
///
/// let interrupt = Interrupt::new();
/// let elsewhere = interrupt.clone();
/// std::thread::spawn(move || elsewhere.raise());
/// let history = Fit::new(&mut trainer, Batches::new(&data, 2)).callback(interrupt).run()?;
/// # Ok::<(), cnn::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Interrupt {
    raised: Arc<AtomicBool>,
}

impl Interrupt {
    /// One that nobody has raised.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One that Ctrl-C raises; a second Ctrl-C ends the program at once. A program can ask for it once.
    ///
    /// # Errors
    /// If the program has asked for Ctrl-C before, or the system does not give it.
    #[cfg(feature = "ctrlc")]
    pub fn on_ctrl_c() -> std::io::Result<Self> {
        let interrupt = Self::new();
        let raised = interrupt.clone();
        let handler = move || {
            if raised.raised.swap(true, Ordering::Relaxed) {
                // As a shell says of a program that Ctrl-C has ended.
                std::process::exit(130);
            }
        };
        ctrlc::set_handler(handler).map_err(std::io::Error::other)?;
        Ok(interrupt)
    }

    /// Ends the run after the step that it is at.
    pub fn raise(&self) {
        self.raised.store(true, Ordering::Relaxed);
    }

    /// Whether it was raised.
    #[must_use]
    pub fn is_raised(&self) -> bool {
        self.raised.load(Ordering::Relaxed)
    }
}

impl Callback for Interrupt {
    fn on_step(&mut self, _step: &StepRecord) -> Result<Flow, Error> {
        Ok(if self.is_raised() { Flow::Stop } else { Flow::Continue })
    }
}
