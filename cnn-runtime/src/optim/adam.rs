//! Adam, with weight decay in the gradient or beside it.

use super::{Optimizer, Rule, each};
use crate::memory::AlignedBuffer;
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
    /// How many steps there were with so many parameters.
    steps: u32,
    parameters: usize,
    mean: AlignedBuffer,
    square: AlignedBuffer,
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

        impl Optimizer for $name {
            fn step(&mut self, parameters: &mut [f32], gradients: &[f32]) {
                self.0.step(parameters, gradients, $decoupled);
            }

            fn learning_rate(&self) -> f32 {
                self.0.learning_rate
            }

            fn set_learning_rate(&mut self, learning_rate: f32) {
                self.0.learning_rate = learning_rate;
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
            steps: 0,
            parameters: 0,
            mean: AlignedBuffer::zeros(0),
            square: AlignedBuffer::zeros(0),
        }
    }

    fn step(&mut self, parameters: &mut [f32], gradients: &[f32], decoupled: bool) {
        if self.parameters != parameters.len() {
            self.mean = AlignedBuffer::zeros(parameters.len());
            self.square = AlignedBuffer::zeros(parameters.len());
            (self.parameters, self.steps) = (parameters.len(), 0);
        }
        self.steps = self.steps.saturating_add(1);
        let (learning_rate, weight_decay) = (f64::from(self.learning_rate), f64::from(self.weight_decay));
        let [correction_of_mean, correction_of_square] =
            self.betas.map(|beta| 1.0 - libm::pow(beta, f64::from(self.steps)));
        let rule = Update {
            shrink: if decoupled { (1.0 - learning_rate * weight_decay) as f32 } else { 1.0 },
            decay: if decoupled { 0.0 } else { self.weight_decay },
            mean_share: (1.0 - self.betas[0]) as f32,
            square_kept: self.betas[1] as f32,
            square_share: (1.0 - self.betas[1]) as f32,
            step_size: (learning_rate / correction_of_mean) as f32,
            root_of_correction: libm::sqrt(correction_of_square) as f32,
            eps: self.eps,
        };
        each(rule, parameters, gradients, [&mut self.mean, &mut self.square]);
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
