//! Stochastic gradient descent.

use super::{Group, Kept, Optimizer, Rule, each};

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
    /// The velocity, if there is momentum.
    kept: Kept,
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
            kept: Kept::new(&[]),
        }
    }

    /// How much of the velocity is kept from step to step; 0 unless set.
    #[must_use]
    pub fn momentum(self, momentum: f32) -> Self {
        let kept = Kept::new(if momentum == 0.0 { &[] } else { &["momentum_buffer"] });
        Self { momentum, kept, ..self }
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

#[diagnostic::do_not_recommend]
impl Optimizer for Sgd {
    fn step_groups(&mut self, parameters: &mut [f32], gradients: &[f32], groups: &[Group]) {
        let Self { learning_rate, momentum, dampening, nesterov, weight_decay, .. } = *self;
        let rates = |group: &Group| (learning_rate * group.learning_rate, weight_decay * group.weight_decay);
        if momentum == 0.0 {
            let (_, []) = self.kept.advance(parameters.len());
            let rule = |group: &Group| {
                let (learning_rate, weight_decay) = rates(group);
                Plain { learning_rate, weight_decay }
            };
            return each(groups, rule, parameters, gradients, []);
        }
        let (step, [velocity]) = self.kept.advance(parameters.len());
        let (keep, take) = if step == 1 { (0.0, 1.0) } else { (momentum, 1.0 - dampening) };
        let ahead = nesterov.then_some(momentum);
        let rule = |group: &Group| {
            let (learning_rate, weight_decay) = rates(group);
            WithMomentum { learning_rate, weight_decay, keep, take, ahead }
        };
        each(groups, rule, parameters, gradients, [velocity]);
    }

    fn learning_rate(&self) -> f32 {
        self.learning_rate
    }

    fn set_learning_rate(&mut self, learning_rate: f32) {
        self.learning_rate = learning_rate;
    }

    fn name(&self) -> &'static str {
        "Sgd"
    }

    fn kept(&self) -> &Kept {
        &self.kept
    }

    fn kept_mut(&mut self) -> &mut Kept {
        &mut self.kept
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
