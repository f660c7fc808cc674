//! Losses: how wrong a batch of outputs is, and the gradient of that.

use crate::error::Error;
use crate::sample::{Sample, Vector};

/// A loss over outputs of one type and targets of another.
pub trait Loss<Output: Sample, Target> {
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

/// Cross-entropy of logits with the numbers of the right classes, mean over the batch: PyTorch's `CrossEntropyLoss`.
///
/// The loss of logits z with label k is ln Σᵢ exp(zᵢ) − zₖ; its gradient is softmax(z) less 1 at k.
#[derive(Clone, Copy, Debug, Default)]
pub struct CrossEntropy;

/// Mean of the squared differences over all numbers of the batch: PyTorch's `MSELoss`.
#[derive(Clone, Copy, Debug, Default)]
pub struct MeanSquaredError;

impl<const C: usize, L: Copy + Into<usize>> Loss<Vector<C>, L> for CrossEntropy {
    fn evaluate(
        &self,
        outputs: &[Vector<C>],
        targets: &[L],
        d_outputs: &mut [Vector<C>],
    ) -> Result<f32, Error> {
        check_lengths(outputs.len(), targets.len(), d_outputs.len())?;
        for (index, label) in targets.iter().enumerate() {
            let found: usize = (*label).into();
            if found >= C {
                return Err(Error::Label { index, found, classes: C });
            }
        }
        let scale = 1.0 / outputs.len() as f32;
        let mut sum = 0.0;
        for ((logits, label), d_logits) in outputs.iter().zip(targets).zip(d_outputs) {
            sum += cross_entropy(&logits.0, (*label).into(), scale, &mut d_logits.0);
        }
        Ok((sum / outputs.len() as f64) as f32)
    }
}

/// The loss of one item; writes its gradient times `scale`.
fn cross_entropy(logits: &[f32], label: usize, scale: f32, d_logits: &mut [f32]) -> f64 {
    // Less the largest, so that no exponential overflows.
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for (d, logit) in d_logits.iter_mut().zip(logits) {
        *d = libm::expf(logit - largest);
        sum += f64::from(*d);
    }
    let factor = scale / sum as f32;
    for d in d_logits.iter_mut() {
        *d *= factor;
    }
    d_logits[label] -= scale;
    libm::log(sum) - f64::from(logits[label] - largest)
}

impl<S: Sample> Loss<S, S> for MeanSquaredError {
    fn evaluate(&self, outputs: &[S], targets: &[S], d_outputs: &mut [S]) -> Result<f32, Error> {
        check_lengths(outputs.len(), targets.len(), d_outputs.len())?;
        let (outputs, targets) = (S::as_numbers(outputs), S::as_numbers(targets));
        let scale = 2.0 / outputs.len() as f32;
        let mut sum = 0.0;
        for ((y, target), d) in outputs.iter().zip(targets).zip(S::as_numbers_mut(d_outputs)) {
            let difference = y - target;
            sum += f64::from(difference) * f64::from(difference);
            *d = scale * difference;
        }
        Ok((sum / outputs.len() as f64) as f32)
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
mod tests {
    use super::*;
    use crate::reference::loss as definition;
    use approx::assert_relative_eq;

    const LOGITS: [Vector<3>; 2] = [Vector([1.0, 2.0, 3.0]), Vector([-1.0, 0.5, 100.0])];

    #[test]
    fn cross_entropy_is_pytorchs() {
        // PyTorch 2.15: z = torch.tensor([[1., 2., 3.], [-1., .5, 100.]], requires_grad=True)
        // l = torch.nn.functional.cross_entropy(z, torch.tensor([0, 2])); l.backward(); l, z.grad
        let mut d = [Vector([0.0; 3]); 2];
        let loss = CrossEntropy.evaluate(&LOGITS, &[0_u8, 2], &mut d).unwrap();
        assert_relative_eq!(loss, 1.203_803, epsilon = 1e-6);
        let expected = [-0.454_984_7, 0.122_364_24, 0.332_620_5, 0.0, 0.0, 0.0];
        for (d, expected) in Vector::as_numbers(&d).iter().zip(expected) {
            assert_relative_eq!(*d, expected, epsilon = 1e-6);
        }
    }

    #[test]
    fn mean_squared_error_is_pytorchs() {
        // PyTorch 2.15: y = torch.tensor([[1., 2., 3.], [-1., .5, 100.]], requires_grad=True)
        // t = torch.tensor([[.5, -2., 3.], [0., 1., 90.]])
        // l = torch.nn.functional.mse_loss(y, t); l.backward(); l, y.grad
        let targets = [Vector([0.5, -2.0, 3.0]), Vector([0.0, 1.0, 90.0])];
        let mut d = [Vector([0.0; 3]); 2];
        let loss = MeanSquaredError.evaluate(&LOGITS, &targets, &mut d).unwrap();
        assert_relative_eq!(loss, 19.583_334, epsilon = 1e-6);
        let expected = [0.166_666_67, 1.333_333_4, 0.0, -0.333_333_34, -0.166_666_67, 3.333_333_5];
        for (d, expected) in Vector::as_numbers(&d).iter().zip(expected) {
            assert_relative_eq!(*d, expected, epsilon = 1e-6);
        }
    }

    #[test]
    fn both_are_the_definition() {
        let targets = [Vector([0.5, -2.0, 3.0]), Vector([0.0, 1.0, 90.0])];
        let mut d = [Vector([0.0; 3]); 2];
        let mut expected = [0.0; 6];
        let loss = MeanSquaredError.evaluate(&LOGITS, &targets, &mut d).unwrap();
        let numbers = (Vector::as_numbers(&LOGITS), Vector::as_numbers(&targets));
        assert_relative_eq!(loss, definition::mean_squared_error(numbers.0, numbers.1, &mut expected));
        for (d, expected) in Vector::as_numbers(&d).iter().zip(expected) {
            assert_relative_eq!(*d, expected, epsilon = 1e-6);
        }
        let loss = CrossEntropy.evaluate(&LOGITS, &[1_usize, 0], &mut d).unwrap();
        assert_relative_eq!(
            loss,
            definition::cross_entropy(numbers.0, 3, &[1, 0], &mut expected),
            epsilon = 1e-5
        );
        for (d, expected) in Vector::as_numbers(&d).iter().zip(expected) {
            assert_relative_eq!(*d, expected, epsilon = 1e-6);
        }
    }

    #[test]
    fn a_wrong_batch_changes_nothing() {
        let mut d = [Vector([7.0; 3]); 2];
        let errors = [
            CrossEntropy.evaluate(&LOGITS, &[0_u8, 3], &mut d),
            CrossEntropy.evaluate(&LOGITS, &[0_u8], &mut d),
            CrossEntropy.evaluate(&LOGITS[..0], &[0_u8; 0], &mut d),
            CrossEntropy.evaluate(&LOGITS, &[0_u8, 1], &mut d[..1]),
            MeanSquaredError.evaluate(&LOGITS, &LOGITS[..1], &mut d),
            MeanSquaredError.evaluate(&LOGITS, &LOGITS, &mut d[..1]),
            MeanSquaredError.evaluate(&LOGITS[..0], &LOGITS[..0], &mut d),
        ];
        let expected = [
            Error::Label { index: 1, found: 3, classes: 3 },
            Error::BatchLength { what: "targets", expected: 2, found: 1 },
            Error::EmptyBatch,
            Error::BatchLength { what: "output gradients", expected: 2, found: 1 },
            Error::BatchLength { what: "targets", expected: 2, found: 1 },
            Error::BatchLength { what: "output gradients", expected: 2, found: 1 },
            Error::EmptyBatch,
        ];
        for (error, expected) in errors.into_iter().zip(expected) {
            assert_eq!(error, Err(expected));
        }
        assert_eq!(d, [Vector([7.0; 3]); 2]);
    }
}
