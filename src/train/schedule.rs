//! Learning rates that follow the number of the step or of the epoch, whichever the caller counts.
//!
//! Each schedule is a pure function of that number, so a run that goes on where another stopped needs nothing but the
//! number. They are those of `torch.optim.lr_scheduler`, which counts likewise from 0.
//!
//! ```
//! # use cnn::prelude::*;
//! # network!(pub fn Net(image: Image<1, 8, 8>) -> Vector<4> { let conv1 = conv2d(2, kernel_size = 3); flatten; linear(4) });
//! use cnn::train::schedule::{CosineAnnealing, Schedule, Warmup};
//!
//! # let data = Dataset::new(Image::zeros(6), vec![0, 1, 2, 3, 0, 1])?;
//! # let mut batches = Batches::new(&data, 4);
//! # let mut net = Net::new(42);
//! # let mut trainer = Trainer::new(&mut net, Sgd::new(0.1));
//! let schedule = Warmup::new(5, 0.1, CosineAnnealing::new(0.1, 25));
//! for epoch in 0..30 {
//!     trainer.optimizer_mut().set_learning_rate(schedule.rate(epoch));
//!     let mut epoch = batches.epoch(epoch);
//!     while let Some((images, labels)) = epoch.next_batch() {
//!         trainer.step(images, labels)?;
//!     }
//! }
//! # Ok::<(), cnn::Error>(())
//! ```

use std::f64::consts::PI;

/// A learning rate for each step or epoch.
pub trait Schedule {
    /// The learning rate of number `t`, the first being 0.
    fn rate(&self, t: u64) -> f32;
}

impl<S: Schedule + ?Sized> Schedule for Box<S> {
    fn rate(&self, t: u64) -> f32 {
        (**self).rate(t)
    }
}

/// Times `gamma` every `step_size`: PyTorch's `StepLR`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    rate: f64,
    every: u64,
    gamma: f64,
}

impl Step {
    /// Starts at `rate`; `step_size` is at least 1.
    #[must_use]
    pub fn new(rate: f32, step_size: u64, gamma: f64) -> Self {
        Self { rate: rate.into(), every: step_size.max(1), gamma }
    }
}

impl Schedule for Step {
    fn rate(&self, t: u64) -> f32 {
        (self.rate * self.gamma.powf((t / self.every) as f64)) as f32
    }
}

/// Times `gamma` at each milestone: PyTorch's `MultiStepLR`.
#[derive(Clone, Debug, PartialEq)]
pub struct MultiStep {
    rate: f64,
    milestones: Vec<u64>,
    gamma: f64,
}

impl MultiStep {
    /// Starts at `rate`. A milestone that is given twice counts twice.
    #[must_use]
    pub fn new(rate: f32, milestones: impl Into<Vec<u64>>, gamma: f64) -> Self {
        Self { rate: rate.into(), milestones: milestones.into(), gamma }
    }
}

impl Schedule for MultiStep {
    fn rate(&self, t: u64) -> f32 {
        let passed = self.milestones.iter().filter(|milestone| **milestone <= t).count();
        (self.rate * self.gamma.powf(passed as f64)) as f32
    }
}

/// Times `gamma` every time: PyTorch's `ExponentialLR`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exponential {
    rate: f64,
    gamma: f64,
}

impl Exponential {
    /// Starts at `rate`.
    #[must_use]
    pub fn new(rate: f32, gamma: f64) -> Self {
        Self { rate: rate.into(), gamma }
    }
}

impl Schedule for Exponential {
    fn rate(&self, t: u64) -> f32 {
        (self.rate * self.gamma.powf(t as f64)) as f32
    }
}

/// Half a cosine from the rate down to `eta_min` (Loshchilov and Hutter 2016): PyTorch's `CosineAnnealingLR`.
///
/// It gets there at `t_max` and, as in PyTorch, rises again after that.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CosineAnnealing {
    rate: f64,
    t_max: u64,
    eta_min: f64,
}

impl CosineAnnealing {
    /// Starts at `rate`; `t_max` is at least 1.
    #[must_use]
    pub fn new(rate: f32, t_max: u64) -> Self {
        Self { rate: rate.into(), t_max: t_max.max(1), eta_min: 0.0 }
    }

    /// The lowest rate; 0 unless set.
    #[must_use]
    pub fn eta_min(self, eta_min: f32) -> Self {
        Self { eta_min: eta_min.into(), ..self }
    }
}

impl Schedule for CosineAnnealing {
    fn rate(&self, t: u64) -> f32 {
        cosine(self.rate, self.eta_min, t as f64 / self.t_max as f64) as f32
    }
}

/// Half a cosine from `start` to `end`, at `part` of the way.
fn cosine(start: f64, end: f64, part: f64) -> f64 {
    end + (start - end) * f64::midpoint(1.0, (PI * part).cos())
}

/// Rises in a straight line to the first rate of another schedule, which then begins: PyTorch's
/// `SequentialLR(o, [LinearLR(o, start_factor, total_iters=…), then], [total_iters])`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Warmup<S> {
    total_iters: u64,
    start_factor: f64,
    then: S,
}

impl<S: Schedule> Warmup<S> {
    /// Starts at `start_factor` of the first rate of `then`, and reaches it at `total_iters`.
    #[must_use]
    pub fn new(total_iters: u64, start_factor: f64, then: S) -> Self {
        Self { total_iters, start_factor, then }
    }
}

impl<S: Schedule> Schedule for Warmup<S> {
    fn rate(&self, t: u64) -> f32 {
        if let Some(t) = t.checked_sub(self.total_iters) {
            return self.then.rate(t);
        }
        let part = t as f64 / self.total_iters as f64;
        let factor = self.start_factor + (1.0 - self.start_factor) * part;
        (f64::from(self.then.rate(0)) * factor) as f32
    }
}

/// How [`OneCycle`] goes from one rate to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Anneal {
    /// By half a cosine.
    #[default]
    Cos,
    /// In a straight line.
    Linear,
}

/// Up to a high rate and down to almost none (Smith and Topin 2017): PyTorch's `OneCycleLR`, which is meant for steps.
///
/// The momentum stays what it is, as with `cycle_momentum=False`. After the last step the rate stays where it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OneCycle {
    max: f64,
    total_steps: u64,
    pct_start: f64,
    anneal: Anneal,
    div_factor: f64,
    final_div_factor: f64,
    three_phase: bool,
}

impl OneCycle {
    /// Up to `max_lr` and down in `total_steps` (at least 1) in all.
    #[must_use]
    pub fn new(max_lr: f32, total_steps: u64) -> Self {
        Self {
            max: max_lr.into(),
            total_steps: total_steps.max(1),
            pct_start: 0.3,
            anneal: Anneal::Cos,
            div_factor: 25.0,
            final_div_factor: 1e4,
            three_phase: false,
        }
    }

    /// The part of all steps that go up; 0.3 unless set.
    #[must_use]
    pub fn pct_start(self, pct_start: f64) -> Self {
        Self { pct_start, ..self }
    }

    /// The way up and down; [`Anneal::Cos`] unless set.
    #[must_use]
    pub fn anneal(self, anneal: Anneal) -> Self {
        Self { anneal, ..self }
    }

    /// The first rate is `max_lr` divided by this; 25 unless set.
    #[must_use]
    pub fn div_factor(self, div_factor: f64) -> Self {
        Self { div_factor, ..self }
    }

    /// The last rate is the first divided by this; 10,000 unless set.
    #[must_use]
    pub fn final_div_factor(self, final_div_factor: f64) -> Self {
        Self { final_div_factor, ..self }
    }

    /// Goes down to the first rate in as many steps as it went up, and to the last rate only then.
    #[must_use]
    pub fn three_phase(self) -> Self {
        Self { three_phase: true, ..self }
    }
}

impl Schedule for OneCycle {
    fn rate(&self, t: u64) -> f32 {
        let first = self.max / self.div_factor;
        let last = first / self.final_div_factor;
        let end = (self.total_steps - 1) as f64;
        let up = self.pct_start * self.total_steps as f64 - 1.0;
        // Where each phase ends, and at which rate; as PyTorch has it, not always at a whole step.
        let phases: &[(f64, f64)] = if self.three_phase {
            &[(up, self.max), (2.0 * up, first), (end, last)]
        } else {
            &[(up, self.max), (end, last)]
        };
        let t = (t as f64).min(end);
        let (mut start, mut rate) = (0.0, first);
        for &(end, next) in phases {
            if t <= end {
                let part = if end > start { (t - start) / (end - start) } else { 1.0 };
                rate = match self.anneal {
                    Anneal::Cos => cosine(rate, next, part),
                    Anneal::Linear => rate + (next - rate) * part,
                };
                break;
            }
            (start, rate) = (end, next);
        }
        rate as f32
    }
}

#[cfg(test)]
mod tests;
