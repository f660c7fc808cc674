//! The figures of an epoch while it goes on: a bar while it runs, a line when it is over; only lines where there is no terminal.

use crate::shared::Epoch;
use cnn::loss::Label;
use cnn::prelude::*;
use cnn::train::metrics;
use indicatif::{ProgressBar, ProgressStyle};
use std::time::Instant;

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

/// The figures of an epoch while it goes on.
pub(crate) struct Running {
    start: Instant,
    loss: f64,
    correct: usize,
    seen: usize,
}

impl Running {
    pub(crate) fn start() -> Self {
        Self { start: Instant::now(), loss: 0.0, correct: 0, seen: 0 }
    }

    /// Takes one step, and shows what the epoch has come to.
    pub(crate) fn step<N: Network<Output = Vector<10>>, O: Optimizer, L: Label>(
        &mut self,
        trainer: &mut Trainer<'_, N, O>,
        images: &[N::Input],
        labels: &[L],
        progress: &Progress,
    ) -> Result<Epoch, cnn::Error> {
        self.loss += f64::from(trainer.step(images, labels)?) * images.len() as f64;
        self.correct += metrics::correct(trainer.outputs(), labels)?;
        self.seen += images.len();
        let seen = self.seen as f64;
        let figures = Epoch {
            loss: self.loss / seen,
            accuracy: self.correct as f64 / seen,
            images_per_second: seen / self.start.elapsed().as_secs_f64(),
        };
        progress.advance(self.seen, &figures);
        Ok(figures)
    }
}
