//! Adam, with weight decay in the gradient or beside it.

use super::{Group, Kept, Optimizer, Rule, each};
use crate::simd::math;

/// Adam (Kingma and Ba 2014): PyTorch's `Adam`.
///
/// Keeps running means m of the gradient and s of its square, each divided by 1 − βᵗ after t steps because it starts
/// at 0. The parameter loses learning rate · m / (√s + eps).
#[derive(Clone, Debug)]
pub struct Adam(Moments);

/// Adam whose weight decay does not pass through the gradient (Loshchilov and Hutter 2017): PyTorch's `AdamW`.
///
/// Before a step as [`Adam`]'s, the parameter loses learning rate · `weight_decay` of itself.
#[derive(Clone, Debug)]
pub struct AdamW(Moments);

/// What both are.
#[derive(Clone, Debug)]
struct Moments {
    learning_rate: f32,
    betas: [f64; 2],
    eps: f32,
    weight_decay: f32,
    /// The means of the gradient and of its square.
    kept: Kept,
}

/// Writes the methods of either.
macro_rules! adam {
    ($name:ident, decoupled: $decoupled:literal, weight_decay: $weight_decay:literal, $(#[$decay_doc:meta])*) => {
        impl $name {
            /// With β of 0.9 and 0.999 and eps 10⁻⁸.
            #[must_use]
            pub fn new(learning_rate: f32) -> Self {
                Self(Moments::new(learning_rate, $weight_decay))
            }

            /// How much of the means of the gradient and of its square is kept from step to step: 0 <= β < 1.
            ///
            /// They are `f64` because 1 − 0.999 would lose four of its digits in `f32`.
            #[must_use]
            pub fn betas(mut self, mean: f64, square: f64) -> Self {
                self.0.betas = [mean, square];
                self
            }

            /// Added to the root of the mean square; 10⁻⁸ unless set.
            #[must_use]
            pub fn eps(mut self, eps: f32) -> Self {
                self.0.eps = eps;
                self
            }

            $(#[$decay_doc])*
            #[must_use]
            pub fn weight_decay(mut self, weight_decay: f32) -> Self {
                self.0.weight_decay = weight_decay;
                self
            }
        }

        #[diagnostic::do_not_recommend]
        impl Optimizer for $name {
            fn step_groups(&mut self, parameters: &mut [f32], gradients: &[f32], groups: &[Group]) {
                self.0.step(parameters, gradients, groups, $decoupled);
            }

            fn learning_rate(&self) -> f32 {
                self.0.learning_rate
            }

            fn set_learning_rate(&mut self, learning_rate: f32) {
                self.0.learning_rate = learning_rate;
            }

            fn name(&self) -> &'static str {
                stringify!($name)
            }

            fn kept(&self) -> &Kept {
                &self.0.kept
            }

            fn kept_mut(&mut self) -> &mut Kept {
                &mut self.0.kept
            }
        }
    };
}
adam!(Adam, decoupled: false, weight_decay: 0.0,
    /// Adds so much of each parameter to its gradient; 0 unless set.
);
adam!(AdamW, decoupled: true, weight_decay: 0.01,
    /// Takes learning rate · `weight_decay` of itself off each parameter; 0.01 unless set.
);

impl Moments {
    fn new(learning_rate: f32, weight_decay: f32) -> Self {
        Self {
            learning_rate,
            betas: [0.9, 0.999],
            eps: 1e-8,
            weight_decay,
            kept: Kept::new(&["exp_avg", "exp_avg_sq"]),
        }
    }

    fn step(&mut self, parameters: &mut [f32], gradients: &[f32], groups: &[Group], decoupled: bool) {
        let Self { learning_rate, betas, eps, weight_decay, ref mut kept } = *self;
        let (step, [mean, square]) = kept.advance(parameters.len());
        let [correction_of_mean, correction_of_square] = betas.map(|beta| 1.0 - libm::pow(beta, step as f64));
        let rule = |group: &Group| {
            let learning_rate = f64::from(learning_rate * group.learning_rate);
            let weight_decay = weight_decay * group.weight_decay;
            Update {
                shrink: if decoupled { (1.0 - learning_rate * f64::from(weight_decay)) as f32 } else { 1.0 },
                decay: if decoupled { 0.0 } else { weight_decay },
                mean_share: (1.0 - betas[0]) as f32,
                square_kept: betas[1] as f32,
                square_share: (1.0 - betas[1]) as f32,
                step_size: (learning_rate / correction_of_mean) as f32,
                root_of_correction: libm::sqrt(correction_of_square) as f32,
                eps,
            }
        };
        each(groups, rule, parameters, gradients, [mean, square]);
    }
}

/// One step, in the order of operations of PyTorch.
#[derive(Clone, Copy)]
struct Update {
    shrink: f32,
    decay: f32,
    mean_share: f32,
    square_kept: f32,
    square_share: f32,
    step_size: f32,
    root_of_correction: f32,
    eps: f32,
}

impl Rule<2> for Update {
    #[inline(always)]
    fn update(self, parameter: f32, gradient: f32, [mean, square]: [f32; 2]) -> (f32, [f32; 2]) {
        let parameter = parameter * self.shrink;
        let gradient = gradient + self.decay * parameter;
        let mean = mean + self.mean_share * (gradient - mean);
        let square = self.square_kept * square + self.square_share * gradient * gradient;
        let root = math::sqrt(square) / self.root_of_correction + self.eps;
        (parameter - self.step_size * mean / root, [mean, square])
    }
}
