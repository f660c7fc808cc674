//! What is done to a gradient before a step is taken against it.

use super::{Group, Rule, each};
use crate::elementwise::{self, MOVE_COST, Pointwise};
use crate::parallel::{self, Records};
use crate::simd::sums;

/// Limits a gradient, so that one bad batch cannot throw the parameters far.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Clip {
    /// Scales the whole gradient down to this norm if it is longer: PyTorch's `clip_grad_norm_`.
    ///
    /// The norm is the root of the sum of all squares, over all parameters together. A gradient with a number that is not
    /// finite does not get better by it: what was infinite becomes NaN.
    Norm(f32),
    /// Brings each number between ±this: PyTorch's `clip_grad_value_`.
    Value(f32),
}

impl Clip {
    /// Changes `gradients`, whose norm may be known; gives the norm that they had if this needs it.
    pub fn apply(self, gradients: &mut [f32], known: Option<f32>) -> Option<f32> {
        match self {
            Self::Norm(max) => {
                let norm = known.unwrap_or_else(|| norm(gradients));
                // As PyTorch has it, so that a norm of 0 divides nothing by 0.
                let factor = max / (norm + 1e-6);
                if factor < 1.0 || factor.is_nan() {
                    map(Scaled(factor), gradients);
                }
                Some(norm)
            }
            Self::Value(max) => {
                map(Between(max), gradients);
                None
            }
        }
    }
}

/// The root of the sum of all squares, the same bits for any number of threads.
#[must_use]
pub fn norm(numbers: &[f32]) -> f32 {
    let mut squares = [0.0; PARTS];
    let start = |part: usize| numbers.len() / PARTS * part + (numbers.len() % PARTS).min(part);
    let parts = (0..PARTS, Records::new(&mut squares[..], 1));
    parallel::over(parts, &mut [], lanes(numbers.len()), &|(parts, squares), _: &mut [f32]| {
        for (part, square) in parts.zip(squares.items()) {
            let numbers = &numbers[start(part)..start(part + 1)];
            [*square] = sums(core::iter::once([numbers]), |[x]| [f64::from(x) * f64::from(x)]);
        }
    });
    libm::sqrt(squares.iter().sum()) as f32
}

/// So many sums make up a norm, whatever the threads.
const PARTS: usize = 64;

/// Adds `share` of `gradients` to `total`.
///
/// # Panics
/// If they differ in length.
pub fn accumulate(share: f32, gradients: &[f32], total: &mut [f32]) {
    each(&[Group::all(total.len())], |_| AddShare(share), total, gradients, []);
}

#[derive(Clone, Copy)]
struct AddShare(f32);

impl Rule<0> for AddShare {
    #[inline(always)]
    fn update(self, total: f32, gradient: f32, []: [f32; 0]) -> (f32, [f32; 0]) {
        (total + self.0 * gradient, [])
    }
}

#[derive(Clone, Copy)]
struct Scaled(f32);

impl Pointwise<0> for Scaled {
    const COST: usize = MOVE_COST;
    #[inline(always)]
    fn value(self, []: [f32; 0], gradient: f32) -> f32 {
        self.0 * gradient
    }
}

/// NaN stays NaN.
#[derive(Clone, Copy)]
struct Between(f32);

impl Pointwise<0> for Between {
    const COST: usize = MOVE_COST;
    #[inline(always)]
    fn value(self, []: [f32; 0], gradient: f32) -> f32 {
        if gradient > self.0 {
            self.0
        } else if gradient < -self.0 {
            -self.0
        } else {
            gradient
        }
    }
}

/// Changes each number by itself, over the threads.
fn map(f: impl Pointwise<0>, numbers: &mut [f32]) {
    let lanes = lanes(numbers.len());
    parallel::over(Records::new(numbers, 1), &mut [], lanes, &|numbers, _: &mut [f32]| {
        elementwise::apply(f, [], numbers.items());
    });
}

/// As many threads as so many numbers are worth.
fn lanes(len: usize) -> usize {
    parallel::threads().min(MOVE_COST * len / parallel::WORTH_SPLITTING + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conv2d::testing::{assert_close, numbers};

    const GRADIENT: [f32; 5] = [0.5, -1.0, 0.25, 4.0, 0.01];

    fn clipped(clip: Clip, gradient: [f32; 5]) -> (Option<f32>, [f32; 5]) {
        let mut gradient = gradient;
        (clip.apply(&mut gradient, None), gradient)
    }

    #[test]
    fn clipping_is_pytorchs() {
        // PyTorch 2.15.0; p = torch.nn.Parameter(torch.zeros(5)); U = torch.nn.utils
        // p.grad = torch.tensor([.5, -1., .25, 4., .01]); U.clip_grad_norm_([p], 1.0), p.grad
        let (norm, gradient) = clipped(Clip::Norm(1.0), GRADIENT);
        assert_close("norm", &[norm.unwrap()], &[4.160_841], 0);
        let expected = [0.120_167_986, -0.240_335_97, 0.060_083_993, 0.961_343_9, 0.002_403_359_6];
        assert_close("clipped to norm 1", &gradient, &expected, 0);
        // p.grad = …; U.clip_grad_norm_([p], 10.0), p.grad
        assert_eq!(clipped(Clip::Norm(10.0), GRADIENT), (norm, GRADIENT));
        // p.grad = …; U.clip_grad_value_([p], 0.3); p.grad
        assert_eq!(clipped(Clip::Value(0.3), GRADIENT), (None, [0.3, -0.3, 0.25, 0.3, 0.01]));
    }

    /// As PyTorch: nothing pretends that such a gradient is good.
    #[test]
    fn what_is_not_a_number_stays_so() {
        let bad = |x| [x, 1.0, 1.0, 1.0, 1.0];
        assert!(clipped(Clip::Norm(1.0), bad(f32::NAN)).1.iter().all(|x| x.is_nan()));
        let (norm, gradient) = clipped(Clip::Norm(1.0), bad(f32::INFINITY));
        assert_eq!(norm, Some(f32::INFINITY));
        assert!(gradient[0].is_nan() && gradient[1..] == [0.0; 4], "{gradient:?}");
        assert!(clipped(Clip::Value(1.0), bad(f32::NAN)).1[0].is_nan());
        assert_eq!(clipped(Clip::Norm(1.0), [0.0; 5]), (Some(0.0), [0.0; 5]));
    }

    #[test]
    fn every_number_counts_once() {
        for len in [0, 1, 63, 64, 65, 1000, 4097] {
            let numbers = numbers(len, 1);
            let expected = numbers.iter().map(|x| f64::from(*x) * f64::from(*x)).sum::<f64>();
            assert_close("norm", &[norm(&numbers)], &[libm::sqrt(expected) as f32], len);
        }
    }

    #[test]
    fn shares_add_up() {
        let mut total = [1.0, 2.0];
        accumulate(0.25, &[4.0, -8.0], &mut total);
        assert_close("total", &total, &[2.0, 0.0], 0);
    }

    #[cfg(feature = "rayon")]
    #[test]
    fn bits_do_not_depend_on_the_threads() {
        use crate::conv2d::testing::assert_same_bits;
        let gradient = numbers(400_001, 1);
        assert!(MOVE_COST * gradient.len() > 2 * parallel::WORTH_SPLITTING, "worth three threads");
        for clip in [Clip::Norm(0.5), Clip::Value(0.5)] {
            assert_same_bits("clipped", |_| {
                let mut gradient = gradient.clone();
                let norm = clip.apply(&mut gradient, None);
                gradient.push(norm.unwrap_or_default());
                gradient
            });
        }
    }
}
