//! A bar while an epoch runs, a line when it is over; only lines where there is no terminal.

use super::Epoch;
use cnn::train::Evaluation;
use indicatif::{ProgressBar, ProgressStyle};

/// The progress of one epoch.
pub(crate) struct Progress {
    bar: ProgressBar,
    epoch: String,
}

impl Progress {
    /// Shows an epoch over `images` images.
    pub(crate) fn start(epoch: u64, epochs: u64, images: usize) -> Self {
        // Without a terminal, indicatif draws nothing by itself.
        let bar = ProgressBar::new(images as u64);
        let template = "{prefix} [{bar:24}] {pos}/{len}  {msg}  {eta} left";
        bar.set_style(
            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        let epoch = format!("epoch {epoch:>2}/{epochs}");
        bar.set_prefix(epoch.clone());
        Self { bar, epoch }
    }

    /// Shows nothing.
    #[cfg(test)]
    pub(crate) fn hidden() -> Self {
        Self { bar: ProgressBar::hidden(), epoch: String::new() }
    }

    /// So many images have been seen.
    pub(crate) fn advance(&self, seen: usize, so_far: &Epoch) {
        self.bar.set_position(seen as u64);
        self.bar.set_message(figures(so_far));
    }

    /// Turns the bar into a line, with what the network is worth on whole sets.
    pub(crate) fn finish(self, epoch: &Epoch, sets: &[(&str, &Evaluation)]) {
        self.bar.finish_and_clear();
        print!("{}  {}", self.epoch, figures(epoch));
        for (name, Evaluation { loss, accuracy, .. }) in sets {
            print!("  {name} loss {loss:.4} accuracy {accuracy:.4}");
        }
        println!();
    }
}

fn figures(epoch: &Epoch) -> String {
    format!("loss {:.4} accuracy {:.4}  {:.0} images/s", epoch.loss, epoch.accuracy, epoch.images_per_second)
}
