//! Stochastic gradient descent.

use super::{Optimizer, Rule, each};
use crate::memory::AlignedBuffer;

/// Stochastic gradient descent: PyTorch's `SGD`.
///
/// With g = gradient + `weight_decay` · parameter, the velocity v is g at the first step, and later
/// momentum · v + (1 − dampening) · g. The parameter loses learning rate · v, with Nesterov's momentum (Sutskever et
/// al. 2013) learning rate · (g + momentum · v). Without momentum there is no velocity, and it loses learning rate · g.
#[derive(Clone, Debug)]
pub struct Sgd {
    learning_rate: f32,
    momentum: f32,
    dampening: f32,
    nesterov: bool,
    weight_decay: f32,
    /// Of no parameters before the first step.
    velocity: AlignedBuffer,
    parameters: usize,
}

impl Sgd {
    /// Plain gradient descent.
    #[must_use]
    pub fn new(learning_rate: f32) -> Self {
        Self {
            learning_rate,
            momentum: 0.0,
            dampening: 0.0,
            nesterov: false,
            weight_decay: 0.0,
            velocity: AlignedBuffer::zeros(0),
            parameters: 0,
        }
    }

    /// How much of the velocity is kept from step to step; 0 unless set.
    #[must_use]
    pub fn momentum(self, momentum: f32) -> Self {
        Self { momentum, ..self }
    }

    /// How much of the gradient is kept out of the velocity; 0 unless set.
    ///
    /// PyTorch refuses it together with Nesterov's momentum; here the one that is asked for last counts.
    #[must_use]
    pub fn dampening(self, dampening: f32) -> Self {
        Self { dampening, nesterov: false, ..self }
    }

    /// Nesterov's momentum, of the amount that [`momentum`](Self::momentum) sets.
    ///
    /// PyTorch refuses it together with dampening; here the one that is asked for last counts.
    #[must_use]
    pub fn nesterov(self) -> Self {
        Self { nesterov: true, dampening: 0.0, ..self }
    }

    /// Adds so much of each parameter to its gradient; 0 unless set.
    #[must_use]
    pub fn weight_decay(self, weight_decay: f32) -> Self {
        Self { weight_decay, ..self }
    }
}

impl Optimizer for Sgd {
    fn step(&mut self, parameters: &mut [f32], gradients: &[f32]) {
        let Self { learning_rate, momentum, dampening, nesterov, weight_decay, .. } = *self;
        if momentum == 0.0 {
            return each(Plain { learning_rate, weight_decay }, parameters, gradients, []);
        }
        let first = self.parameters != parameters.len();
        if first {
            self.velocity = AlignedBuffer::zeros(parameters.len());
            self.parameters = parameters.len();
        }
        let (keep, take) = if first { (0.0, 1.0) } else { (momentum, 1.0 - dampening) };
        let ahead = nesterov.then_some(momentum);
        let rule = WithMomentum { learning_rate, weight_decay, keep, take, ahead };
        each(rule, parameters, gradients, [&mut self.velocity]);
    }

    fn learning_rate(&self) -> f32 {
        self.learning_rate
    }

    fn set_learning_rate(&mut self, learning_rate: f32) {
        self.learning_rate = learning_rate;
    }
}

/// Without momentum.
#[derive(Clone, Copy)]
struct Plain {
    learning_rate: f32,
    weight_decay: f32,
}

impl Rule<0> for Plain {
    #[inline(always)]
    fn update(self, parameter: f32, gradient: f32, []: [f32; 0]) -> (f32, [f32; 0]) {
        let gradient = gradient + self.weight_decay * parameter;
        (parameter - self.learning_rate * gradient, [])
    }
}

/// With a velocity of which this step keeps and to which it takes so much.
#[derive(Clone, Copy)]
struct WithMomentum {
    learning_rate: f32,
    weight_decay: f32,
    keep: f32,
    take: f32,
    /// Nesterov's: how far to look ahead.
    ahead: Option<f32>,
}

impl Rule<1> for WithMomentum {
    #[inline(always)]
    fn update(self, parameter: f32, gradient: f32, [velocity]: [f32; 1]) -> (f32, [f32; 1]) {
        let gradient = gradient + self.weight_decay * parameter;
        let velocity = self.keep * velocity + self.take * gradient;
        let direction = self.ahead.map_or(velocity, |momentum| gradient + momentum * velocity);
        (parameter - self.learning_rate * direction, [velocity])
    }
}
