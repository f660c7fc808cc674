//! Which learning rate to begin with.

use super::fit::{Flow, TrainingData};
use super::{Trainer, checkpoint};
use crate::{Error, network};
use cnn_runtime::loss::Loss;
use cnn_runtime::network::Network;
use cnn_runtime::optim::Optimizer;
use std::path::Path;

/// Tries larger and larger learning rates, one a step, until the loss runs away: the range test of Smith (2017, *Cyclical Learning
/// Rates for Training Neural Networks*), with rates that grow exponentially.
///
/// Afterwards network and trainer are what they were before.
///
/// ```
/// # use cnn::prelude::*;
/// # network!(pub fn Net(image: Image<1, 8, 8>) -> Vector<4> { let conv1 = conv2d(2, kernel_size = 3); flatten; linear(4) });
/// # let data = Dataset::new(vec![Image([[[0.5; 8]; 8]]); 6], vec![0, 1, 2, 3, 0, 1])?;
/// # let mut net = Net::new(42);
/// use cnn::train::LearningRateFinder;
///
/// let mut trainer = Trainer::new(&mut net, Sgd::new(0.1));
/// let curve = LearningRateFinder::new().run(&mut trainer, Batches::new(&data, 4).shuffled(42))?;
/// if let Some(rate) = curve.suggestion() {
///     trainer.optimizer_mut().set_learning_rate(rate);
/// }
/// # Ok::<(), cnn::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LearningRateFinder {
    from: f32,
    to: f32,
    steps: u32,
    smoothing: f64,
}

/// A smoothed loss of so many times the smallest has run away.
const RUN_AWAY: f32 = 4.0;

impl Default for LearningRateFinder {
    fn default() -> Self {
        Self::new()
    }
}

impl LearningRateFinder {
    /// A hundred rates from 1e-6 to 10.
    #[must_use]
    pub fn new() -> Self {
        Self { from: 1e-6, to: 10.0, steps: 100, smoothing: 0.9 }
    }

    /// The first rate and the last, both above 0.
    #[must_use]
    pub fn between(self, from: f32, to: f32) -> Self {
        Self { from, to, ..self }
    }

    /// How many rates are tried (at least 2).
    #[must_use]
    pub fn steps(self, steps: u32) -> Self {
        Self { steps: steps.max(2), ..self }
    }

    /// How much of the losses before stays in the smoothed one, from 0 to below 1; 0.9 unless set. A smoothed loss is late by
    /// about as many steps as that leaves over, 10 for 0.9.
    #[must_use]
    pub fn smoothing(self, smoothing: f64) -> Self {
        Self { smoothing: smoothing.clamp(0.0, 0.999), ..self }
    }

    /// Rate number `step`.
    fn rate(&self, step: u32) -> f32 {
        let (from, to) = (f64::from(self.from), f64::from(self.to));
        (from * (to / from).powf(f64::from(step) / f64::from(self.steps - 1))) as f32
    }

    /// Tries the rates on as many epochs as it needs.
    ///
    /// # Errors
    /// If the data gives one or is empty, or a step cannot be taken.
    pub fn run<N, O, L, D>(
        &self,
        trainer: &mut Trainer<'_, N, O, L>,
        mut data: D,
    ) -> Result<LearningRateCurve, Error>
    where
        N: Network,
        O: Optimizer,
        D: TrainingData<N::Input>,
        L: Loss<N::Output, D::Target>,
    {
        if data.batches() == 0 {
            return Err(network::Error::EmptyBatch.into());
        }
        let before = trainer.encode(checkpoint::Values::new());
        let finite_only = trainer.set_finite_only(true);
        let mut curve = LearningRateCurve { points: Vec::new(), diverged: false };
        let mut outcome = Ok(());
        for epoch in 0.. {
            outcome =
                data.epoch(epoch, 0, &mut |inputs, targets| self.step(&mut curve, trainer, inputs, targets));
            if outcome.is_err() || curve.diverged || curve.points.len() >= self.steps as usize {
                break;
            }
        }
        trainer.set_finite_only(finite_only);
        trainer.decode(&before, Path::new("before the learning rates were tried"))?;
        outcome.map(|()| curve)
    }

    /// Tries the next rate.
    fn step<N: Network, O: Optimizer, L: Loss<N::Output, T>, T>(
        &self,
        curve: &mut LearningRateCurve,
        trainer: &mut Trainer<'_, N, O, L>,
        inputs: &[N::Input],
        targets: &[T],
    ) -> Result<Flow, Error> {
        let step = curve.points.len() as u32;
        if curve.diverged || step >= self.steps {
            return Ok(Flow::Stop);
        }
        let learning_rate = self.rate(step);
        trainer.optimizer_mut().set_learning_rate(learning_rate);
        match trainer.step(inputs, targets) {
            Ok(loss) => curve.push(learning_rate, loss, self.smoothing),
            Err(network::Error::NotFinite { .. }) => curve.diverged = true,
            Err(error) => return Err(error.into()),
        }
        Ok(Flow::Continue)
    }
}

/// What losses the learning rates gave.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LearningRateCurve {
    /// One for each rate, in the order in which they were tried.
    pub points: Vec<RatePoint>,
    /// Whether the loss has run away before the last rate.
    pub diverged: bool,
}

/// One learning rate.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct RatePoint {
    /// The rate.
    pub learning_rate: f32,
    /// The loss of its batch, before the step.
    pub loss: f32,
    /// The mean of the losses so far, of which the later count more.
    pub smoothed: f32,
}

impl LearningRateCurve {
    fn push(&mut self, learning_rate: f32, loss: f32, smoothing: f64) {
        // The mean with weights that fall exponentially into the past, and add up to 1 from the first point on.
        let past = smoothing * (1.0 - smoothing.powf(self.points.len() as f64));
        let before = self.points.last().map_or(0.0, |point| f64::from(point.smoothed));
        let all = past + 1.0 - smoothing;
        let smoothed = ((past * before + (1.0 - smoothing) * f64::from(loss)) / all) as f32;
        self.points.push(RatePoint { learning_rate, loss, smoothed });
        self.diverged = smoothed > RUN_AWAY * self.lowest().1;
    }

    /// Where the smoothed loss is smallest, and that loss.
    fn lowest(&self) -> (usize, f32) {
        let losses = self.points.iter().map(|point| point.smoothed).enumerate();
        losses.fold((0, f32::INFINITY), |best, each| if each.1 < best.1 { each } else { best })
    }

    /// The rate at which the smoothed loss falls most steeply over the logarithm of the rate, before it is smallest: to begin
    /// with, or for the largest of a schedule. `None` if it never falls.
    #[must_use]
    pub fn suggestion(&self) -> Option<f32> {
        let slope = |around: &[RatePoint]| {
            let rates = [0, 2].map(|i| f64::from(around[i].learning_rate).ln());
            f64::from(around[2].smoothed - around[0].smoothed) / (rates[1] - rates[0])
        };
        let (before, _) = self.points.split_at(self.points.len().min(self.lowest().0 + 1));
        let slopes = before.windows(3).map(|around| (slope(around), around[1].learning_rate));
        let steepest = slopes.min_by(|(a, _), (b, _)| a.total_cmp(b));
        steepest.filter(|(slope, _)| *slope < 0.0).map(|(_, rate)| rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(losses: &[f32], smoothing: f64) -> LearningRateCurve {
        let mut curve = LearningRateCurve { points: Vec::new(), diverged: false };
        for (i, loss) in losses.iter().enumerate() {
            curve.push(10_f32.powf(i as f32), *loss, smoothing);
        }
        curve
    }

    #[test]
    fn the_steepest_fall_before_the_lowest_point_is_suggested() {
        let losses = [2.0, 1.9, 1.5, 0.7, 0.5, 0.4, 1.0];
        assert_eq!(curve(&losses, 0.0).suggestion(), Some(1e2), "from 1.9 to 0.7");
        let after = [2.0, 1.9, 1.7, 3.0, 2.9, 1.8];
        assert_eq!(curve(&after, 0.0).suggestion(), Some(1e1), "a fall from a peak is none");
        assert_eq!(curve(&[1.0, 1.1, 1.2, 1.3], 0.0).suggestion(), None);
        assert_eq!(curve(&[], 0.0).suggestion(), None);
    }

    #[test]
    fn a_smoothed_loss_is_a_mean_of_which_the_later_count_more() {
        let smoothed: Vec<f32> =
            curve(&[1.0, 2.0, 4.0], 0.5).points.iter().map(|point| point.smoothed).collect();
        let expected = [1.0, (0.5 * 1.0 + 2.0) / 1.5, (0.25 * 1.0 + 0.5 * 2.0 + 4.0) / 1.75];
        assert!(
            smoothed.iter().zip(expected).all(|(a, b): (&f32, f32)| (a - b).abs() < 1e-6),
            "{smoothed:?}"
        );
        assert!(!curve(&[1.0, 0.5, 1.9], 0.0).diverged && curve(&[1.0, 0.5, 2.1], 0.0).diverged);
    }
}
