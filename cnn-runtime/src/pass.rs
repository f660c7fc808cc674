//! What an emitted function works on: the state of a network, its arena, and the batch.
//!
//! Emitted functions are one straight line of kernel calls over the fields of one of these.

use crate::dropout;
use crate::memory::{Arena, Buffer};
use crate::network::{Observer, State};
use crate::sample::Sample;
use crate::view::{View, ViewMut};

/// Inference on one batch.
pub struct Inference<'a> {
    /// What was learned.
    pub parameters: &'a [f32],
    /// Running statistics.
    pub buffers: &'a [f32],
    /// Working memory.
    pub arena: &'a mut Arena,
    /// How many images there are.
    pub count: usize,
    /// The images.
    pub input: View<'a>,
    /// What the network gives.
    pub output: ViewMut<'a>,
    /// Looks at each layer's output.
    pub observer: &'a mut dyn Observer,
}

impl<'a> Inference<'a> {
    /// On these images.
    ///
    /// # Panics
    /// If there are not as many outputs as inputs.
    pub fn new<I: Sample, O: Sample>(
        state: &'a State,
        arena: &'a mut Arena,
        inputs: &'a [I],
        outputs: &'a mut [O],
        observer: &'a mut dyn Observer,
    ) -> Self {
        assert_eq!(inputs.len(), outputs.len(), "as many outputs as inputs");
        Self {
            parameters: &state.parameters,
            buffers: &state.buffers,
            arena,
            count: inputs.len(),
            input: view(inputs),
            output: ViewMut::dense(O::as_numbers_mut(outputs), O::LEN),
            observer,
        }
    }

    /// Shows the observer what a layer has given.
    pub fn observe(&mut self, layer: usize, buffer: Buffer) {
        let ([output], _) = self.arena.split(self.count, [buffer]);
        self.observer.observe(layer, output.into_view());
    }
}

/// The forward pass of training on one batch.
pub struct Forward<'a> {
    /// What is being learned.
    pub parameters: &'a [f32],
    /// Running statistics.
    pub buffers: &'a mut [f32],
    /// Working memory.
    pub arena: &'a mut Arena,
    /// How many images there are.
    pub count: usize,
    /// The images.
    pub input: View<'a>,
    /// What the network gives.
    pub output: ViewMut<'a>,
    /// What dropout's masks follow from.
    pub dropout: dropout::Key,
}

impl<'a> Forward<'a> {
    /// On these images.
    ///
    /// # Panics
    /// If there are not as many outputs as inputs.
    pub fn new<I: Sample, O: Sample>(
        state: &'a mut State,
        arena: &'a mut Arena,
        inputs: &'a [I],
        outputs: &'a mut [O],
        dropout: dropout::Key,
    ) -> Self {
        assert_eq!(inputs.len(), outputs.len(), "as many outputs as inputs");
        Self {
            parameters: &state.parameters,
            buffers: &mut state.buffers,
            arena,
            count: inputs.len(),
            input: view(inputs),
            output: ViewMut::dense(O::as_numbers_mut(outputs), O::LEN),
            dropout,
        }
    }
}

/// The backward pass on one batch.
pub struct Backward<'a> {
    /// What is being learned.
    pub parameters: &'a [f32],
    /// The gradient of each parameter.
    pub gradients: &'a mut [f32],
    /// Working memory, as the forward pass left it.
    pub arena: &'a mut Arena,
    /// How many images there are.
    pub count: usize,
    /// The images.
    pub input: View<'a>,
    /// The gradient of the loss for the network's output.
    pub d_output: View<'a>,
    /// What dropout's masks follow from.
    pub dropout: dropout::Key,
}

impl<'a> Backward<'a> {
    /// On these images.
    ///
    /// # Panics
    /// If there are not as many output gradients as inputs, or not as many gradients as parameters.
    pub fn new<I: Sample, O: Sample>(
        state: &'a State,
        arena: &'a mut Arena,
        inputs: &'a [I],
        d_outputs: &'a [O],
        dropout: dropout::Key,
        gradients: &'a mut [f32],
    ) -> Self {
        assert_eq!(inputs.len(), d_outputs.len(), "as many output gradients as inputs");
        assert_eq!(gradients.len(), state.parameters.len(), "as many gradients as parameters");
        Self {
            parameters: &state.parameters,
            gradients,
            arena,
            count: inputs.len(),
            input: view(inputs),
            d_output: view(d_outputs),
            dropout,
        }
    }
}

fn view<S: Sample>(samples: &[S]) -> View<'_> {
    View::dense(S::as_numbers(samples), S::LEN)
}
