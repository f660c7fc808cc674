//! A bar while an epoch runs, a line when it is over.

use super::callback::{Callback, Flow, Start};
use super::history::{EpochRecord, History, StepRecord};
use crate::Error;
use indicatif::{ProgressBar, ProgressStyle};
use std::fmt::Write as _;
use std::io::{self, Write as _};

/// Shows on the terminal how far a run has come: a bar while an epoch runs, a line when it is over. Only lines where there is no
/// terminal.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    epochs: u64,
}

impl Progress {
    /// Shows nothing yet.
    #[must_use]
    pub fn new() -> Self {
        // Without a terminal, indicatif draws nothing by itself.
        let bar = ProgressBar::new(0);
        let template = "{prefix} [{bar:24}] {pos}/{len}  {msg}  {eta} left";
        let style = ProgressStyle::with_template(template);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar, epochs: 0 }
    }

    fn title(&self, epoch: u64) -> String {
        format!("epoch {:>2}/{}", epoch + 1, self.epochs)
    }
}

impl Default for Progress {
    fn default() -> Self {
        Self::new()
    }
}

impl Callback for Progress {
    fn on_start(&mut self, start: &Start<'_>) -> Result<(), Error> {
        self.epochs = start.epochs;
        self.bar.set_length(start.batches as u64);
        Ok(())
    }

    fn on_step(&mut self, step: &StepRecord) -> Result<Flow, Error> {
        if step.batch == 0 || self.bar.prefix().is_empty() {
            self.bar.reset();
            self.bar.set_prefix(self.title(step.epoch));
        }
        self.bar.set_position(step.batch as u64 + 1);
        self.bar.set_message(format!("{}  {:.0} images/s", step.so_far, step.images_per_second));
        Ok(Flow::Continue)
    }

    fn on_epoch(&mut self, epoch: &EpochRecord) -> Result<Flow, Error> {
        let EpochRecord { training, images_per_second, validation, best, .. } = epoch;
        let mut line = format!("{}  {training}  {images_per_second:.0} images/s", self.title(epoch.epoch));
        if let Some(validation) = validation {
            let _ = write!(line, "  validation {validation}");
        }
        if *best {
            line += "  best";
        }
        self.bar.suspend(|| writeln!(io::stdout(), "{line}"))?;
        Ok(Flow::Continue)
    }

    fn on_end(&mut self, _history: &History) -> Result<(), Error> {
        self.bar.finish_and_clear();
        Ok(())
    }
}
