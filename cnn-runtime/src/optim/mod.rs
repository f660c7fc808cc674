//! Optimisers as PyTorch defines them: loops over the one vector of parameters and its gradient.
//!
//! Beside them stand vectors of the same length, which an optimiser keeps from step to step ([`Kept`]). Parameters that a
//! step treats alike are a [`Group`], a range of the vector, so a step is a loop over slices however many groups there are.

mod adam;
pub mod gradients;
mod kept;
mod sgd;

pub use adam::{Adam, AdamW};
pub use gradients::Clip;
pub use kept::Kept;
pub use sgd::Sgd;

use crate::memory::AlignedBuffer;
use crate::parallel::{self, Split};
use crate::simd::{Body, vectorized};
use core::ops::Range;

/// Changes parameters by their gradient.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no optimiser",
    label = "an optimiser with its learning rate is needed here: `Sgd::new(0.1)`, `Adam::new(0.001)`"
)]
pub trait Optimizer {
    /// One step against `gradients`, which is laid out as `parameters`.
    ///
    /// # Panics
    /// If there are not as many gradients as parameters.
    fn step(&mut self, parameters: &mut [f32], gradients: &[f32]) {
        self.step_groups(parameters, gradients, &[Group::all(parameters.len())]);
    }

    /// One step of the parameters that are in a group; the others stay what they are.
    ///
    /// # Panics
    /// If there are not as many gradients as parameters, or a group reaches beyond them.
    fn step_groups(&mut self, parameters: &mut [f32], gradients: &[f32], groups: &[Group]);

    /// The learning rate of the next step.
    fn learning_rate(&self) -> f32;

    /// Sets the learning rate of the steps from now on, for a schedule.
    fn set_learning_rate(&mut self, learning_rate: f32);

    /// What it is called: `Sgd`. A checkpoint is for optimisers of one name.
    fn name(&self) -> &'static str;

    /// What it keeps from step to step.
    fn kept(&self) -> &Kept;

    /// What it keeps from step to step, to be restored.
    fn kept_mut(&mut self) -> &mut Kept;
}

/// Parameters that a step treats alike.
///
/// The learning rate and the weight decay are factors of the optimiser's own, so that a schedule changes all groups.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Where they stand in the vector of parameters.
    pub range: Range<usize>,
    /// Times the optimiser's learning rate.
    pub learning_rate: f32,
    /// Times the optimiser's weight decay.
    pub weight_decay: f32,
}

impl Group {
    /// All of so many parameters, treated as the optimiser says.
    #[must_use]
    pub const fn all(parameters: usize) -> Self {
        Self { range: 0..parameters, learning_rate: 1.0, weight_decay: 1.0 }
    }
}

/// How a step changes one parameter, and the `K` numbers that are kept beside it.
trait Rule<const K: usize>: Copy + Sync {
    /// The parameter and what is kept, after the step. Implementations are `#[inline(always)]`.
    fn update(self, parameter: f32, gradient: f32, kept: [f32; K]) -> (f32, [f32; K]);
}

/// To move the numbers of a parameter to and from memory takes as long as so many multiply-adds, for each vector.
const COST: usize = 8;

/// Changes the parameters of all groups, over the threads.
fn each<const K: usize, R: Rule<K>>(
    groups: &[Group],
    rule: impl Fn(&Group) -> R,
    parameters: &mut [f32],
    gradients: &[f32],
    mut kept: [&mut AlignedBuffer; K],
) {
    assert_eq!(gradients.len(), parameters.len(), "as many gradients as parameters");
    for group in groups {
        let range = || group.range.clone();
        let kept = kept.each_mut().map(|kept| &mut kept[range()]);
        let vectors = Vectors { parameters: &mut parameters[range()], gradients: &gradients[range()], kept };
        let lanes = parallel::threads().min(COST * (2 + K) * range().len() / parallel::WORTH_SPLITTING + 1);
        let rule = rule(group);
        parallel::over(vectors, &mut [], lanes, &|vectors, _: &mut [f32]| {
            vectorized(Step { rule, vectors });
        });
    }
}

/// Some parameters and what belongs to them.
struct Vectors<'a, const K: usize> {
    parameters: &'a mut [f32],
    gradients: &'a [f32],
    kept: [&'a mut [f32]; K],
}

impl<const K: usize> Split for Vectors<'_, K> {
    fn units(&self) -> usize {
        self.parameters.len()
    }

    fn cut(self, middle: usize) -> (Self, Self) {
        let (parameters_a, parameters_b) = self.parameters.split_at_mut(middle);
        let (gradients_a, gradients_b) = self.gradients.split_at(middle);
        let mut halves = self.kept.map(|kept| kept.split_at_mut(middle));
        let kept_a = halves.each_mut().map(|(a, _)| core::mem::take(a));
        let kept_b = halves.map(|(_, b)| b);
        (
            Self { parameters: parameters_a, gradients: gradients_a, kept: kept_a },
            Self { parameters: parameters_b, gradients: gradients_b, kept: kept_b },
        )
    }
}

struct Step<'a, const K: usize, R> {
    rule: R,
    vectors: Vectors<'a, K>,
}

impl<const K: usize, R: Rule<K>> Body for Step<'_, K, R> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let Vectors { parameters, gradients, kept } = self.vectors;
        let len = parameters.len();
        let gradients = &gradients[..len];
        let mut kept = kept.map(|kept| &mut kept[..len]);
        for i in 0..len {
            let before = kept.each_ref().map(|kept| kept[i]);
            let (parameter, after) = self.rule.update(parameters[i], gradients[i], before);
            parameters[i] = parameter;
            for (kept, after) in kept.iter_mut().zip(after) {
                kept[i] = after;
            }
        }
    }
}

#[cfg(test)]
mod tests;
