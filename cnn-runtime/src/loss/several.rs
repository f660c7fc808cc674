//! Losses of networks with several outputs: a tuple of losses, one for each.

use super::Loss;
use crate::error::Error;
use crate::sample::{Outputs, Sample, Samples};
use alloc::vec::Vec;

/// A loss that counts `weight` times, as that of an auxiliary output does.
///
/// ```
/// # use cnn_runtime::loss::{CrossEntropy, Loss, MeanSquaredError, Weighted};
/// # use cnn_runtime::sample::{Outputs, Sample, Vector};
/// // Classes, and four numbers that count a tenth.
/// let loss = (CrossEntropy, Weighted { weight: 0.1, loss: MeanSquaredError });
/// # let outputs = Outputs::<(Vector<3>, Vector<4>), 7>::zeros(2);
/// # let mut d_outputs = outputs.clone();
/// let targets = [(2_u8, Vector([0.5; 4])), (0, Vector([0.25; 4]))];
/// let sum = loss.evaluate(&outputs, &targets, &mut d_outputs)?;
/// # assert!((sum - (3.0_f32.ln() + 0.1 * 0.5 * (0.25 + 0.0625))).abs() < 1e-6);
/// # Ok::<(), cnn_runtime::error::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Weighted<L> {
    /// How much it counts.
    pub weight: f32,
    /// The loss.
    pub loss: L,
}

#[diagnostic::do_not_recommend]
impl<S: Sample, T, L: Loss<S, T>> Loss<S, T> for Weighted<L> {
    fn check(&self, targets: &[T]) -> Result<(), Error> {
        self.loss.check(targets)
    }

    fn evaluate(&self, outputs: &[S], targets: &[T], d_outputs: &mut [S]) -> Result<f32, Error> {
        let loss = self.loss.evaluate(outputs, targets, d_outputs)?;
        for number in S::as_numbers_mut(d_outputs) {
            *number *= self.weight;
        }
        Ok(self.weight * loss)
    }
}

/// The sum of the losses, each of its own output and target. Outputs are sorted into batches first, which allocates.
macro_rules! losses {
    ($($part:ident $loss:ident $target:ident $index:tt),+) => {
        #[diagnostic::do_not_recommend]
        impl<$($part: Sample, $loss: Loss<$part, $target>, $target: Clone,)+ const LEN: usize>
            Loss<Outputs<($($part,)+), LEN>, ($($target,)+)> for ($($loss,)+)
        {
            fn check(&self, targets: &[($($target,)+)]) -> Result<(), Error> {
                $(self.$index.check(&targets.iter().map(|target| target.$index.clone()).collect::<Vec<_>>())?;)+
                Ok(())
            }

            fn evaluate(
                &self,
                outputs: &[Outputs<($($part,)+), LEN>],
                targets: &[($($target,)+)],
                d_outputs: &mut [Outputs<($($part,)+), LEN>],
            ) -> Result<f32, Error> {
                super::check_lengths(outputs.len(), targets.len(), d_outputs.len())?;
                let outputs = <($($part,)+)>::batches(Outputs::as_numbers(outputs));
                let mut d_batches = ($($part::zeros(targets.len()),)+);
                let mut sum = 0.0;
                $(
                    let targets_of_one: Vec<$target> = targets.iter().map(|target| target.$index.clone()).collect();
                    sum += self.$index.evaluate(&outputs.$index, &targets_of_one, &mut d_batches.$index)?;
                )+
                <($($part,)+)>::join(&d_batches, Outputs::as_numbers_mut(d_outputs));
                Ok(sum)
            }
        }
    };
}

losses!(A LA TA 0, B LB TB 1);
losses!(A LA TA 0, B LB TB 1, C LC TC 2);
losses!(A LA TA 0, B LB TB 1, C LC TC 2, D LD TD 3);
losses!(A LA TA 0, B LB TB 1, C LC TC 2, D LD TD 3, E LE TE 4);
losses!(A LA TA 0, B LB TB 1, C LC TC 2, D LD TD 3, E LE TE 4, F LF TF 5);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::{CrossEntropy, MeanSquaredError};
    use crate::sample::Vector;

    type Two = Outputs<(Vector<3>, Vector<2>), 5>;

    #[test]
    fn a_tuple_is_the_sum_of_its_losses() {
        let numbers: Vec<f32> = (0_u8..10).map(|i| f32::from(i * 7 % 10) / 5.0).collect();
        let outputs = Two::from_numbers(&numbers).expect("two items");
        let targets = [(2_u8, Vector([0.5, -1.0])), (1, Vector([0.0, 2.0]))];
        let mut d_outputs = Two::zeros(2);
        let loss = (CrossEntropy, Weighted { weight: 0.5, loss: MeanSquaredError });
        let sum = loss.evaluate(outputs, &targets, &mut d_outputs).expect("a batch that fits");

        let (classes, numbers) = <(Vector<3>, Vector<2>)>::batches(&numbers);
        let (mut d_classes, mut d_numbers) = (Vector::zeros(2), Vector::zeros(2));
        let a = CrossEntropy.evaluate(&classes, &[2_u8, 1], &mut d_classes).expect("a batch that fits");
        let targets = targets.map(|(_, numbers)| numbers);
        let b = MeanSquaredError.evaluate(&numbers, &targets, &mut d_numbers).expect("a batch that fits");
        assert!((sum - (a + 0.5 * b)).abs() < 1e-6);
        for (d, (d_class, d_number)) in d_outputs.iter().zip(d_classes.iter().zip(&d_numbers)) {
            assert_eq!(d.parts(), (d_class, &Vector(d_number.0.map(|d| 0.5 * d))));
        }
    }

    #[test]
    fn a_wrong_label_is_found_in_the_tuple() {
        let loss = (CrossEntropy, MeanSquaredError);
        let targets = [(1_u8, Vector([0.0; 2])), (3, Vector([0.0; 2]))];
        let found = Loss::<Two, _>::check(&loss, &targets);
        assert_eq!(found, Err(Error::Label { index: 1, found: 3, classes: 3 }));
    }
}
