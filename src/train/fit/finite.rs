//! Which layer it was, when a number is not finite any more.

use crate::names::within;
use crate::train::Trainer;
use cnn_runtime::network::{LayerInfo, Network, Observer};
use cnn_runtime::optim::Optimizer;
use cnn_runtime::sample::Sample;
use cnn_runtime::view::View;
use std::fmt;

/// A step that was not taken, because its loss or its gradient was not finite.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotFinite {
    /// The step's number in the run, the first being 0.
    pub step: u64,
    /// The epoch's number, the first being 0.
    pub epoch: u64,
    /// Where it began.
    pub place: Place,
}

/// Where numbers cease to be finite.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// In what the network was given.
    Input {
        /// Which image of the batch.
        index: usize,
    },
    /// In a parameter.
    Parameter {
        /// Its name.
        tensor: &'static str,
    },
    /// In what a layer gives: the first such layer.
    Layer {
        /// Its name.
        name: &'static str,
        /// Its kind: `conv2d`.
        kind: &'static str,
    },
    /// In the gradient of a parameter, while all layers gave finite numbers: the last such layer, which the gradient reaches first.
    Gradient {
        /// The parameter's name.
        tensor: &'static str,
    },
    /// In the loss alone, or in what dropout and batch statistics do while a network learns.
    Loss,
}

impl fmt::Display for NotFinite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "step {} of epoch {} was not taken: ", self.step, self.epoch)?;
        match &self.place {
            Place::Input { index } => write!(f, "image {index} of its batch has a number that is not finite"),
            Place::Parameter { tensor } => write!(f, "`{tensor}` has a number that is not finite"),
            Place::Layer { name, kind } => write!(
                f,
                "layer `{name}` ({kind}) is the first to give a number that is not finite; \
                 try a smaller learning rate, or clip gradients"
            ),
            Place::Gradient { tensor } => write!(
                f,
                "the gradient of `{tensor}` has a number that is not finite, though all layers gave finite ones; \
                 try a smaller learning rate"
            ),
            Place::Loss => {
                write!(f, "its loss is not finite, though all layers give finite numbers in inference")
            }
        }
    }
}

impl std::error::Error for NotFinite {}

impl Place {
    /// Where it began in the step that the trainer has just refused.
    pub(super) fn find<N: Network, O: Optimizer, L>(
        trainer: &Trainer<'_, N, O, L>,
        inputs: &[N::Input],
    ) -> Self {
        let numbers = N::Input::as_numbers(inputs).chunks(N::Input::LEN);
        if let Some(index) = numbers.into_iter().position(|image| !finite(image)) {
            return Self::Input { index };
        }
        let network = trainer.network();
        let mut first = First { layer: None };
        let mut outputs = N::Output::zeros(inputs.len());
        let mut session = network.session_with(trainer.sums(), inputs.len());
        session.observe(inputs, &mut outputs, &mut first);
        if let Some(LayerInfo { name, kind, .. }) = first.layer.map(|layer| &N::LAYERS[layer]) {
            let mut tensors = N::TENSORS.iter().filter(|info| within(info.name, name));
            let lost = tensors.find(|info| !finite(network.state().tensor(info)));
            return lost.map_or(Self::Layer { name, kind }, |info| Self::Parameter { tensor: info.name });
        }
        let mut names = N::TENSORS.iter().rev().map(|info| info.name);
        let lost =
            names.find(|name| trainer.gradient(name).is_ok_and(|gradient| !finite(gradient.numbers())));
        lost.map_or(Self::Loss, |tensor| Self::Gradient { tensor })
    }
}

fn finite(numbers: &[f32]) -> bool {
    numbers.iter().all(|number| number.is_finite())
}

/// The first layer that gives a number that is not finite.
struct First {
    layer: Option<usize>,
}

impl Observer for First {
    fn observe(&mut self, layer: usize, output: View<'_>) {
        if self.layer.is_none() && !output.images().all(finite) {
            self.layer = Some(layer);
        }
    }
}
