//! What an emitted function works on: the state of a network, its arena, and the batch.
//!
//! Emitted functions are one straight line of kernel calls over the fields of one of these.

use crate::Write;
use crate::batch_norm2d::norm_parts;
use crate::blocked::{self, Blocked, Haloed};
use crate::bundled::{self, Bundles};
use crate::conv2d::epilogue::{Activation, Epilogue};
use crate::conv2d::first_layer::{self, FirstPooled};
use crate::dropout;
use crate::memory::{Arena, Buffer};
use crate::network::{Observer, State};
use crate::parallel;
use crate::pool::{MaxPool2d, max_pool2d};
use crate::sample::Sample;
use crate::view::{View, ViewMut};
use alloc::vec;
use core::ops::Range;

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

    /// Runs the pass in bundles, `run` for each, if there are so many images that this pays and nobody looks; says whether it
    /// did. `macs` are the multiply-adds of an image.
    pub fn in_bundles(&mut self, macs: usize, run: &(impl Fn(&mut Inference<'_>) + Sync)) -> bool {
        if self.count < bundled::MANY || self.observer.looks() {
            return false;
        }
        let (parameters, buffers, count) = (self.parameters, self.buffers, bundled::bundles(self.count));
        let images = (Bundles::of(self.input, count), Bundles::of(self.output.reborrow(), count));
        let each = |(inputs, outputs): (Bundles<View>, Bundles<ViewMut>),
                    arena: &mut Arena,
                    observer: &mut dyn Observer| {
            for (input, output) in inputs.zip(outputs) {
                run(&mut Inference {
                    parameters,
                    buffers,
                    arena: &mut *arena,
                    count: 1,
                    input,
                    output,
                    observer: &mut *observer,
                });
            }
        };
        let arenas = self.arena.bundles_mut();
        if self.observer.listens() {
            each(images, &mut arenas[0], self.observer);
        } else {
            let lanes = arenas.len().min(self.count * macs / parallel::WORTH_SPLITTING + 1);
            parallel::over(images, &mut arenas[..lanes], lanes, &|images, arenas: &mut [Arena]| {
                each(images, &mut arenas[0], &mut ());
            });
        }
        true
    }

    /// Shows the observer what a layer has given.
    pub fn observe(&mut self, layer: usize, buffer: Buffer) {
        if !self.observer.looks() {
            return self.observer.pass(layer);
        }
        let ([output], _) = self.arena.split(self.count, [buffer]);
        self.observer.observe(layer, output.into_view());
    }

    /// The same where the layer has left the network's input as it is.
    pub fn observe_input(&mut self, layer: usize) {
        if !self.observer.looks() {
            return self.observer.pass(layer);
        }
        self.observer.observe(layer, self.input);
    }

    /// The same of images in the layout `d`: the observer sees planes.
    pub fn observe_blocked(&mut self, layer: usize, buffer: Buffer, d: &Blocked) {
        if !self.observer.looks() {
            return self.observer.pass(layer);
        }
        let ([images], work) = self.arena.split(self.count, [buffer]);
        let mut planes = vec![0.0; self.count * d.planes_len()];
        let to = ViewMut::dense(&mut planes, d.planes_len());
        blocked::to_planes(d, images.into_view(), to, Write::Overwrite, work);
        self.observer.observe(layer, View::dense(&planes, d.planes_len()));
    }

    /// Shows what a convolution, the first of `layers`, has given, then computes and shows the others one by one: while
    /// someone looks, the convolution's kernel left them out.
    pub fn observe_fused(
        &mut self,
        layers: &[usize],
        buffer: Buffer,
        d: &Blocked,
        norm: Option<Range<usize>>,
        activation: Activation,
    ) {
        if !self.observer.looks() {
            return layers.iter().for_each(|layer| self.observer.pass(*layer));
        }
        self.observe_blocked(layers[0], buffer, d);
        let mut layers = layers[1..].iter();
        if let Some(norm) = norm {
            let ([mut images], prepared, _) = self.arena.split_prepared(self.count, [buffer]);
            let norm = norm_parts(&prepared[norm], d.channels);
            let epilogue = Epilogue {
                scale: Some(norm.scale),
                shift: Some(norm.shift),
                activation: Activation::Identity,
            };
            epilogue.apply(d, &mut images);
            layers.next().into_iter().for_each(|layer| self.observe_blocked(*layer, buffer, d));
        }
        let ([mut images], _) = self.arena.split(self.count, [buffer]);
        Epilogue { activation, ..Epilogue::bias(None) }.apply(d, &mut images);
        layers.next().into_iter().for_each(|layer| self.observe_blocked(*layer, buffer, d));
    }
}

impl Inference<'_> {
    /// Shows what the first layer has given, the first of `layers`, then computes and shows the others one by one up to its
    /// max-pool. Its kernel left them out while someone looks, and the sums themselves: they have no place in the arena.
    pub fn observe_pooled(
        &mut self,
        layers: &[usize],
        buffer: Buffer,
        d: &FirstPooled,
        weight: Range<usize>,
        fused: Fused<Range<usize>>,
    ) {
        if !self.observer.looks() {
            return layers.iter().for_each(|layer| self.observer.pass(*layer));
        }
        let Self { parameters, count, input, .. } = *self;
        let (conv, channels) = (d.first.y(), d.first.conv.out_channels);
        let mut numbers = vec![0.0; count * conv.len()];
        let mut layers = layers.iter();
        {
            let (_, prepared, work) = self.arena.split_prepared(count, []);
            let bias = Epilogue::bias(fused.bias.map(|bias| &parameters[bias]));
            let sums = ViewMut::dense(&mut numbers, conv.len());
            first_layer::forward(&d.first, input, &prepared[weight], bias, sums, work);
        }
        self.show(layers.next(), &numbers, &conv);
        if let Some(norm) = fused.norm {
            let (_, prepared, _) = self.arena.split_prepared(count, []);
            let norm = norm_parts(&prepared[norm], channels);
            let epilogue = Epilogue {
                scale: Some(norm.scale),
                shift: Some(norm.shift),
                activation: Activation::Identity,
            };
            epilogue.apply(&conv, &mut ViewMut::dense(&mut numbers, conv.len()));
            self.show(layers.next(), &numbers, &conv);
        }
        if layers.len() > 1 {
            let epilogue = Epilogue { activation: fused.activation, ..Epilogue::bias(None) };
            epilogue.apply(&conv, &mut ViewMut::dense(&mut numbers, conv.len()));
            self.show(layers.next(), &numbers, &conv);
        }
        let pool = Haloed { layer: MaxPool2d { channels, window: d.pool }, x_halo: [0, 0], y_halo: d.y_halo };
        let ([y], work) = self.arena.split(count, [buffer]);
        max_pool2d::forward(&pool, View::dense(&numbers, conv.len()), y, work);
        layers.next().into_iter().for_each(|layer| self.observe_blocked(*layer, buffer, &d.y()));
    }

    /// Shows images in the layout `d` that do not stand in the arena.
    fn show(&mut self, layer: Option<&usize>, numbers: &[f32], d: &Blocked) {
        let Some(layer) = layer else { return };
        let mut planes = vec![0.0; self.count * d.planes_len()];
        let (_, work) = self.arena.split(self.count, []);
        let to = ViewMut::dense(&mut planes, d.planes_len());
        blocked::to_planes(d, View::dense(numbers, d.len()), to, Write::Overwrite, work);
        self.observer.observe(*layer, View::dense(&planes, d.planes_len()));
    }
}

/// What the kernel of a convolution computes behind its sums; `S` is a slice, or the range of one.
#[derive(Clone, Debug)]
pub struct Fused<S> {
    /// The convolution's bias.
    pub bias: Option<S>,
    /// A batch normalisation, as [`batch_norm2d::prepare`](crate::batch_norm2d::prepare) writes it.
    pub norm: Option<S>,
    /// What comes last.
    pub activation: Activation,
}

impl<S> Fused<S> {
    /// Bias, normalisation, activation.
    #[must_use]
    pub const fn new(bias: Option<S>, norm: Option<S>, activation: Activation) -> Self {
        Self { bias, norm, activation }
    }
}

impl<'a> Fused<&'a [f32]> {
    /// All of it; or the bias alone, while someone looks at what stands between.
    #[must_use]
    pub fn epilogue(self, channels: usize, looks: bool) -> Epilogue<'a> {
        if looks {
            return Epilogue::bias(self.bias);
        }
        match self.norm.map(|norm| norm_parts(norm, channels)) {
            Some(norm) => Epilogue {
                scale: Some(norm.scale),
                shift: Some(norm.shift_with_bias),
                activation: self.activation,
            },
            None => Epilogue { activation: self.activation, ..Epilogue::bias(self.bias) },
        }
    }
}

/// What is computed once for all calls.
pub struct Prepare<'a> {
    /// What was learned.
    pub parameters: &'a [f32],
    /// Running statistics.
    pub buffers: &'a [f32],
    /// Where it is left.
    pub arena: &'a mut Arena,
}

impl<'a> Prepare<'a> {
    /// For this state.
    pub fn new(state: &'a State, arena: &'a mut Arena) -> Self {
        Self { parameters: &state.parameters, buffers: &state.buffers, arena }
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

impl Forward<'_> {
    /// Whether there are so many images that bundles pay; if so, bundles are what it counts from now on.
    pub fn in_bundles(&mut self) -> bool {
        in_bundles(&mut self.count)
    }
}

fn in_bundles(count: &mut usize) -> bool {
    let many = *count >= bundled::MANY;
    if many {
        *count = bundled::bundles(*count);
    }
    many
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

impl Backward<'_> {
    /// As [`Forward::in_bundles`].
    pub fn in_bundles(&mut self) -> bool {
        in_bundles(&mut self.count)
    }
}

fn view<S: Sample>(samples: &[S]) -> View<'_> {
    View::dense(S::as_numbers(samples), S::LEN)
}
