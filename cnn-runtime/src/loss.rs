//! Losses: how wrong a batch of outputs is, and the gradient of that.

use crate::elementwise::{self, MOVE_COST, Pointwise};
use crate::error::Error;
use crate::sample::Sample;
use crate::simd::sums;
use crate::softmax;

mod label;
mod pixels;
mod several;

pub use label::{Label, Logits};
pub use several::Weighted;

/// A loss over outputs of one type and targets of another.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no loss for outputs `{Output}` and targets `{Target}`",
    label = "the network's outputs and these targets do not go together by this loss",
    note = "`CrossEntropy`: `Vector<C>` and labels (`0_u8`, `u16`, `u32`, `usize`), or `Image<C, H, W>` and `[[label; W]; H]`",
    note = "`MeanSquaredError`: outputs and targets of one type",
    note = "several outputs: a tuple of losses, and a tuple of their targets for each image"
)]
pub trait Loss<Output: Sample, Target> {
    /// Finds what is wrong with targets before anything is computed with them.
    ///
    /// # Errors
    /// If a target cannot be.
    fn check(&self, targets: &[Target]) -> Result<(), Error> {
        let _ = targets;
        Ok(())
    }

    /// The mean loss of a batch; writes its gradient for each output.
    ///
    /// # Errors
    /// If the batch is empty, its parts differ in length, or a target cannot be. Nothing is written then.
    fn evaluate(
        &self,
        outputs: &[Output],
        targets: &[Target],
        d_outputs: &mut [Output],
    ) -> Result<f32, Error>;
}

/// A loss by reference is the same loss.
#[diagnostic::do_not_recommend]
impl<Output: Sample, Target, L: Loss<Output, Target>> Loss<Output, Target> for &L {
    fn check(&self, targets: &[Target]) -> Result<(), Error> {
        (*self).check(targets)
    }

    fn evaluate(
        &self,
        outputs: &[Output],
        targets: &[Target],
        d_outputs: &mut [Output],
    ) -> Result<f32, Error> {
        (*self).evaluate(outputs, targets, d_outputs)
    }
}

/// Cross-entropy of logits with the numbers of the right classes, mean over the batch: PyTorch's `CrossEntropyLoss`.
///
/// The loss of logits z with label k is ln Σᵢ exp(zᵢ) − zₖ; its gradient is softmax(z) less 1 at k.
///
/// Outputs that are images have a class for each pixel, and targets `[[label; W]; H]`; the mean is over all pixels then.
#[derive(Clone, Copy, Debug, Default)]
pub struct CrossEntropy;

impl CrossEntropy {
    /// Gives so much of each target, 0 to 1, to all classes alike: PyTorch's `CrossEntropyLoss(label_smoothing=…)`
    /// (Szegedy et al. 2015).
    ///
    /// ```
    /// use cnn_runtime::loss::{CrossEntropy, Loss};
    /// use cnn_runtime::sample::Vector;
    ///
    /// let (outputs, mut d_outputs) = ([Vector([2.0, 0.0])], [Vector([0.0; 2])]);
    /// let loss = CrossEntropy.label_smoothing(0.1).evaluate(&outputs, &[0_u8], &mut d_outputs)?;
    /// // Between ln(1 + e⁻²) for class 0 and ln(1 + e²) for class 1.
    /// assert!((loss - (0.95 * 0.126928 + 0.05 * 2.126928)).abs() < 1e-5);
    /// # Ok::<(), cnn_runtime::error::Error>(())
    /// ```
    #[must_use]
    pub const fn label_smoothing(self, label_smoothing: f32) -> SmoothedCrossEntropy {
        SmoothedCrossEntropy { label_smoothing }
    }
}

/// Cross-entropy with smoothed labels; [`CrossEntropy::label_smoothing`] makes it.
///
/// With C classes and smoothing ε the target is 1 − ε + ε/C for the right class and ε/C for each other. So the loss of
/// logits z with label k is ln Σᵢ exp(zᵢ) − (1 − ε) · zₖ − ε/C · Σᵢ zᵢ; its gradient is softmax(z) less the target.
#[derive(Clone, Copy, Debug)]
pub struct SmoothedCrossEntropy {
    label_smoothing: f32,
}

/// Mean of the squared differences over all numbers of the batch: PyTorch's `MSELoss`.
#[derive(Clone, Copy, Debug, Default)]
pub struct MeanSquaredError;

#[diagnostic::do_not_recommend]
impl<O: Logits<L>, L> Loss<O, L> for CrossEntropy {
    fn check(&self, targets: &[L]) -> Result<(), Error> {
        Loss::<O, L>::check(&self.label_smoothing(0.0), targets)
    }

    fn evaluate(&self, outputs: &[O], targets: &[L], d_outputs: &mut [O]) -> Result<f32, Error> {
        self.label_smoothing(0.0).evaluate(outputs, targets, d_outputs)
    }
}

#[diagnostic::do_not_recommend]
impl<O: Logits<L>, L> Loss<O, L> for SmoothedCrossEntropy {
    fn check(&self, targets: &[L]) -> Result<(), Error> {
        if !(0.0..=1.0).contains(&self.label_smoothing) {
            return Err(Error::LabelSmoothing { found: self.label_smoothing });
        }
        let classes = O::LEN;
        match targets.iter().map(O::class).enumerate().find(|(_, found)| *found >= classes) {
            Some((index, found)) => Err(Error::Label { index, found, classes }),
            None => Ok(()),
        }
    }

    fn evaluate(&self, outputs: &[O], targets: &[L], d_outputs: &mut [O]) -> Result<f32, Error> {
        check_lengths(outputs.len(), targets.len(), d_outputs.len())?;
        Loss::<O, L>::check(self, targets)?;
        let scale = 1.0 / outputs.len() as f32;
        let logits = O::as_numbers(outputs).chunks_exact(O::LEN);
        let d_logits = O::as_numbers_mut(d_outputs).chunks_exact_mut(O::LEN);
        let mut sum = 0.0;
        for ((logits, label), d_logits) in logits.zip(targets).zip(d_logits) {
            sum += self.one(logits, O::class(label), scale, d_logits);
        }
        Ok((sum / outputs.len() as f64) as f32)
    }
}

impl SmoothedCrossEntropy {
    /// The loss of one item; writes its gradient times `scale`.
    fn one(self, logits: &[f32], label: usize, scale: f32, d_logits: &mut [f32]) -> f64 {
        let (largest, sum) = softmax::exponentials(logits, d_logits);
        let factor = (f64::from(scale) / sum) as f32;
        let of_each = self.label_smoothing / logits.len() as f32;
        for d_logit in &mut *d_logits {
            *d_logit = *d_logit * factor - scale * of_each;
        }
        d_logits[label] -= scale * (1.0 - self.label_smoothing);
        let below = |logit: f32| f64::from(logit - largest);
        let mut loss = libm::log(sum) - f64::from(1.0 - self.label_smoothing) * below(logits[label]);
        // Without smoothing a logit of -∞ must not count at all, rather than 0 times.
        if self.label_smoothing > 0.0 {
            loss -= f64::from(of_each) * logits.iter().copied().map(below).sum::<f64>();
        }
        loss
    }
}

#[diagnostic::do_not_recommend]
impl<S: Sample> Loss<S, S> for MeanSquaredError {
    fn evaluate(&self, outputs: &[S], targets: &[S], d_outputs: &mut [S]) -> Result<f32, Error> {
        check_lengths(outputs.len(), targets.len(), d_outputs.len())?;
        let d_outputs = S::as_numbers_mut(d_outputs);
        Ok(mean_squared_error(S::as_numbers(outputs), S::as_numbers(targets), d_outputs))
    }
}

/// Mean over all numbers; writes its gradient.
fn mean_squared_error(outputs: &[f32], targets: &[f32], d_outputs: &mut [f32]) -> f32 {
    let [sum] = sums(core::iter::once([outputs, targets]), |[y, target]| {
        let difference = f64::from(y - target);
        [difference * difference]
    });
    elementwise::apply(ScaledDifference(2.0 / outputs.len() as f32), [outputs, targets], d_outputs);
    (sum / outputs.len() as f64) as f32
}

#[derive(Clone, Copy)]
struct ScaledDifference(f32);

impl Pointwise<2> for ScaledDifference {
    const COST: usize = MOVE_COST;
    #[inline(always)]
    fn value(self, [y, target]: [f32; 2], _before: f32) -> f32 {
        self.0 * (y - target)
    }
}

fn check_lengths(outputs: usize, targets: usize, d_outputs: usize) -> Result<(), Error> {
    if outputs == 0 {
        return Err(Error::EmptyBatch);
    }
    for (what, found) in [("targets", targets), ("output gradients", d_outputs)] {
        if found != outputs {
            return Err(Error::BatchLength { what, expected: outputs, found });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
