//! Optimisers as PyTorch defines them: loops over the one vector of parameters and its gradient.

use crate::parallel::{self, Records};
use alloc::vec;
use alloc::vec::Vec;

/// Changes parameters by their gradient.
pub trait Optimizer {
    /// One step. Later steps must have as many parameters as the first.
    fn step(&mut self, parameters: &mut [f32], gradients: &[f32]);
    /// The learning rate of the next step.
    fn learning_rate(&self) -> f32;
    /// Changes the learning rate.
    fn set_learning_rate(&mut self, learning_rate: f32);
}

/// Stochastic gradient descent: PyTorch's `SGD`.
///
/// With g = gradient + `weight_decay` · parameter, the velocity is g at the first step and later
/// v = momentum · v + (1 − dampening) · g; the parameter loses learning rate · v, with Nesterov's
/// momentum (Sutskever et al. 2013) learning rate · (g + momentum · v).
#[derive(Clone, Debug)]
pub struct Sgd {
    learning_rate: f32,
    momentum: f32,
    dampening: f32,
    nesterov: bool,
    weight_decay: f32,
    velocity: Vec<f32>,
}

impl Sgd {
    /// Plain gradient descent.
    #[must_use]
    pub fn new(learning_rate: f32) -> Self {
        let velocity = Vec::new();
        Self { learning_rate, momentum: 0.0, dampening: 0.0, nesterov: false, weight_decay: 0.0, velocity }
    }

    /// How much of the velocity is kept from step to step; 0 at first.
    #[must_use]
    pub fn momentum(self, momentum: f32) -> Self {
        Self { momentum, ..self }
    }

    /// How much of the gradient is kept out of the velocity; 0 at first. It excludes Nesterov's momentum, as in PyTorch.
    #[must_use]
    pub fn dampening(self, dampening: f32) -> Self {
        Self { dampening, nesterov: false, ..self }
    }

    /// Nesterov's momentum. It excludes dampening, as in PyTorch.
    #[must_use]
    pub fn nesterov(self) -> Self {
        Self { nesterov: true, dampening: 0.0, ..self }
    }

    /// Adds so much of each parameter to its gradient; 0 at first.
    #[must_use]
    pub fn weight_decay(self, weight_decay: f32) -> Self {
        Self { weight_decay, ..self }
    }
}

impl Optimizer for Sgd {
    fn step(&mut self, parameters: &mut [f32], gradients: &[f32]) {
        let Self { learning_rate, momentum, dampening, nesterov, weight_decay, .. } = *self;
        if momentum == 0.0 {
            return each(
                (Records::new(parameters, 1), Records::new(gradients, 1)),
                move |(parameters, gradients)| {
                    for (parameter, gradient) in parameters.items().iter_mut().zip(gradients.items()) {
                        *parameter -= learning_rate * (gradient + weight_decay * *parameter);
                    }
                },
            );
        }
        // The first velocity is the gradient itself.
        let (keep, take) = if self.velocity.is_empty() { (0.0, 1.0) } else { (momentum, 1.0 - dampening) };
        self.velocity.resize(parameters.len(), 0.0);
        let work = (
            Records::new(parameters, 1),
            Records::new(gradients, 1),
            Records::new(&mut self.velocity[..], 1),
        );
        each(work, move |(parameters, gradients, velocity)| {
            let items = parameters.items().iter_mut().zip(gradients.items()).zip(velocity.items());
            for ((parameter, gradient), velocity) in items {
                let gradient = gradient + weight_decay * *parameter;
                *velocity = keep * *velocity + take * gradient;
                let step = if nesterov { gradient + momentum * *velocity } else { *velocity };
                *parameter -= learning_rate * step;
            }
        });
    }

    fn learning_rate(&self) -> f32 {
        self.learning_rate
    }

    fn set_learning_rate(&mut self, learning_rate: f32) {
        self.learning_rate = learning_rate;
    }
}

/// Adam (Kingma and Ba 2014): PyTorch's `Adam`.
#[derive(Clone, Debug)]
pub struct Adam(Moments);

/// Adam with decoupled weight decay (Loshchilov and Hutter 2017): PyTorch's `AdamW`.
#[derive(Clone, Debug)]
pub struct AdamW(Moments);

/// What both keep: running means of the gradient and of its square.
#[derive(Clone, Debug)]
struct Moments {
    learning_rate: f32,
    betas: (f32, f32),
    eps: f32,
    weight_decay: f32,
    steps: i32,
    first: Vec<f32>,
    second: Vec<f32>,
}

/// Writes what `Adam` and `AdamW` have in common.
macro_rules! adam {
    ($name:ident, $weight_decay:literal, $decoupled:literal, $decay_doc:literal) => {
        impl $name {
            /// With betas 0.9 and 0.999 and eps 1e-8.
            #[must_use]
            pub fn new(learning_rate: f32) -> Self {
                Self(Moments {
                    learning_rate,
                    betas: (0.9, 0.999),
                    eps: 1e-8,
                    weight_decay: $weight_decay,
                    steps: 0,
                    first: vec![],
                    second: vec![],
                })
            }

            /// How much of the means of the gradient and of its square is kept from step to step.
            #[must_use]
            pub fn betas(mut self, first: f32, second: f32) -> Self {
                self.0.betas = (first, second);
                self
            }

            /// Added to the root of the mean square.
            #[must_use]
            pub fn eps(mut self, eps: f32) -> Self {
                self.0.eps = eps;
                self
            }

            #[doc = $decay_doc]
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
adam!(Adam, 0.0, false, "Adds so much of each parameter to its gradient; 0 at first.");
adam!(AdamW, 0.01, true, "Takes learning rate times so much off each parameter; 0.01 at first.");

impl Moments {
    fn step(&mut self, parameters: &mut [f32], gradients: &[f32], decoupled: bool) {
        self.steps += 1;
        self.first.resize(parameters.len(), 0.0);
        self.second.resize(parameters.len(), 0.0);
        let Self { learning_rate, betas: (beta1, beta2), eps, weight_decay, .. } = *self;
        let (shrink, decay) =
            if decoupled { (1.0 - learning_rate * weight_decay, 0.0) } else { (1.0, weight_decay) };
        // Means that start at 0 are too small at first: these undo it.
        let correction = |beta: f32| 1.0 - libm::pow(f64::from(beta), f64::from(self.steps));
        let step_size = (f64::from(learning_rate) / correction(beta1)) as f32;
        let root = libm::sqrt(correction(beta2)) as f32;
        let work = (
            Records::new(parameters, 1),
            Records::new(gradients, 1),
            Records::new(&mut self.first[..], 1),
            Records::new(&mut self.second[..], 1),
        );
        each(work, move |(parameters, gradients, first, second)| {
            let moments = first.items().iter_mut().zip(second.items());
            let items = parameters.items().iter_mut().zip(gradients.items()).zip(moments);
            for ((parameter, gradient), (first, second)) in items {
                *parameter *= shrink;
                let gradient = gradient + decay * *parameter;
                *first += (1.0 - beta1) * (gradient - *first);
                *second = beta2 * *second + (1.0 - beta2) * gradient * gradient;
                *parameter -= step_size * *first / (square_root(*second) / root + eps);
            }
        });
    }
}

/// The compiler turns the standard library's root into vector instructions, but not `libm`'s; both round correctly, so
/// the bits are the same.
#[inline]
fn square_root(x: f32) -> f32 {
    #[cfg(feature = "std")]
    return x.sqrt();
    #[cfg(not(feature = "std"))]
    return libm::sqrtf(x);
}

/// Runs `body` on parts of the vectors, over the threads where they are long.
///
/// `body` should own its coefficients (`move`): behind references they could alias what it writes, and its loop would not
/// become vector instructions.
fn each<W: parallel::Split>(work: W, body: impl Fn(W) + Sync) {
    let lanes = parallel::threads().min(work.units() / (parallel::WORTH_SPLITTING / 4) + 1);
    parallel::over(work, &mut [], lanes, &|work, _| body(work));
}

#[cfg(test)]
mod tests;
