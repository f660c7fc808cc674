//! One kernel call.
//!
//! expands to:
//!
//! ```text
//! {
//!     const LAYER: rt::conv2d::Conv2d = …;
//!     let ([a, b], work) = pass.arena.split(pass.count, [rt::memory::Buffer::new(at[0], 784), …]);
//!     rt::conv2d::im2col::forward(&LAYER, a.into_view(), &pass.parameters[at[2]..at[2] + 150], Some(…), b, work);
//! }
//! ```

use super::runtime;
use crate::ops::activation::Activation;
use crate::plan::{
    Blocked, Call, Choices, Descriptor, Epilogue, Images, Mode, Operand, Parameters, Place, Root, Tile,
    Window,
};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

/// Numbers that differ between calls of the same function: each becomes `at[i]`.
#[derive(Default)]
pub(super) struct Offsets {
    numbers: Vec<TokenStream>,
}

impl Offsets {
    /// The expression for one more number.
    pub(super) fn at(&mut self, number: impl quote::ToTokens) -> TokenStream {
        let index = proc_macro2::Literal::usize_unsuffixed(self.numbers.len());
        self.numbers.push(number.into_token_stream());
        quote!(at[#index])
    }

    /// The range of a prepared piece.
    pub(super) fn prepared(&mut self, piece: usize) -> TokenStream {
        let end = piece + 1;
        let (start, end) = (self.at(quote!(PREPARED[#piece])), self.at(quote!(PREPARED[#end])));
        quote!(#start..#end)
    }

    pub(super) fn finish(self) -> Vec<TokenStream> {
        self.numbers
    }
}

/// Where the buffers of a pass and the tensors of the network stand.
#[derive(Clone, Copy)]
pub(super) struct Memory<'p> {
    pub(super) parameters: &'p Parameters,
    pub(super) buffers: &'p [usize],
}

impl Memory<'_> {
    /// Where a tensor of the network starts in its vector, and its length.
    pub(super) fn range(self, tensor: usize, offsets: &mut Offsets) -> (TokenStream, usize) {
        let placed = &self.parameters.tensors[tensor];
        (offsets.at(placed.offset), placed.tensor.len())
    }
}

/// A buffer of the arena; `None` for the user's memory.
pub(super) fn buffer(place: Place, memory: Memory<'_>, offsets: &mut Offsets) -> Option<TokenStream> {
    let Root::Buffer(index) = place.root else { return None };
    let rt = runtime();
    let offset = offsets.at(memory.buffers[index]);
    let Place { start, len, stride, .. } = place;
    Some(if start == 0 && len == stride {
        quote!(#rt::memory::Buffer::new(#offset, #len))
    } else {
        quote!(#rt::memory::Buffer::part(#offset, #start, #len, #stride))
    })
}

/// Writes one call.
pub(super) fn call(call: &Call, memory: Memory<'_>, offsets: &mut Offsets) -> TokenStream {
    let rt = runtime();
    let mut writer =
        Writer { memory, offsets, buffers: Vec::new(), gradients: Vec::new(), running: Vec::new() };
    let operands: Vec<TokenStream> = call.operands.iter().map(|operand| writer.operand(operand)).collect();
    let kernel: TokenStream = {
        let path = call.kernel.split("::").map(|part| Ident::new(part, Span::call_site()));
        quote!(#rt #(::#path)*)
    };
    let (layer, layer_ref) = match &call.descriptor {
        Some(descriptor) => {
            let (ty, value) = descriptor_tokens(descriptor);
            (quote!(const LAYER: #ty = #value;), quote!(&LAYER,))
        }
        None => (TokenStream::new(), TokenStream::new()),
    };
    let (buffers, places) = writer.names(Slot::Buffer);
    let (gradients, gradient_ranges) = writer.names(Slot::Gradient);
    let (running, running_ranges) = writer.names(Slot::Running);
    let split_gradients = (!gradients.is_empty()).then(
        || quote!(let [#(#gradients),*] = #rt::memory::disjoint(pass.gradients, [#(#gradient_ranges),*]);),
    );
    let split_running = (!running.is_empty())
        .then(|| quote!(let [#(#running),*] = #rt::memory::disjoint(pass.buffers, [#(#running_ranges),*]);));
    let split = match Prepared::of(call) {
        Prepared::Read => {
            quote!(let ([#(#buffers),*], prepared, work) = pass.arena.split_prepared(pass.count, [#(#places),*]);)
        }
        Prepared::Written => quote!(let (prepared, work) = pass.arena.prepared_mut();),
        Prepared::Untouched => {
            quote!(let ([#(#buffers),*], work) = pass.arena.split(pass.count, [#(#places),*]);)
        }
    };
    quote! {
        {
            #layer
            #split_gradients
            #split_running
            #split
            #kernel(#layer_ref #(#operands,)* work);
        }
    }
}

/// What a call does with prepared memory.
enum Prepared {
    Read,
    Written,
    Untouched,
}

impl Prepared {
    fn of(call: &Call) -> Self {
        let any = |is_one: fn(&Operand) -> bool| call.operands.iter().any(is_one);
        if any(|operand| matches!(operand, Operand::PreparedMut(_))) {
            Self::Written
        } else if any(|operand| matches!(operand, Operand::Prepared(_))) {
            Self::Read
        } else {
            Self::Untouched
        }
    }
}

/// What is borrowed before the call.
#[derive(Clone, Copy)]
enum Slot {
    Buffer,
    Gradient,
    Running,
}

struct Writer<'w, 'p> {
    memory: Memory<'p>,
    offsets: &'w mut Offsets,
    buffers: Vec<TokenStream>,
    gradients: Vec<TokenStream>,
    running: Vec<TokenStream>,
}

impl Writer<'_, '_> {
    fn operand(&mut self, operand: &Operand) -> TokenStream {
        let rt = runtime();
        match operand {
            Operand::Read(place) => match place.root {
                Root::Input => quote!(pass.input),
                Root::OutputGradient if place.is_whole() => quote!(pass.d_output),
                Root::OutputGradient => {
                    let (start, len) = (place.start, place.len);
                    quote!(pass.d_output.part(#start, #len))
                }
                Root::Output => unreachable!("nothing reads the user's output"),
                Root::Buffer(_) => {
                    let name = self.place(*place);
                    quote!(#name.into_view())
                }
            },
            Operand::Write(place) => match place.root {
                Root::Output if place.is_whole() => quote!(pass.output.reborrow()),
                Root::Output => {
                    let (start, len) = (place.start, place.len);
                    quote!(pass.output.reborrow().part(#start, #len))
                }
                Root::Input | Root::OutputGradient => unreachable!("nothing writes to the user's input"),
                Root::Buffer(_) => {
                    let name = self.place(*place);
                    quote!(#name)
                }
            },
            Operand::Weight(tensor) => self.parameter(*tensor),
            Operand::Parameter(tensor) => self.optional(*tensor, Self::parameter),
            Operand::WeightGradient(tensor) => self.gradient(*tensor),
            Operand::Gradient(tensor) => self.optional(*tensor, Self::gradient),
            Operand::Running(tensor) => {
                let (start, len) = self.range(*tensor);
                quote!(&pass.buffers[#start..#start + #len])
            }
            Operand::RunningMut(tensor) => {
                let (start, len) = self.range(*tensor);
                self.running.push(quote!((#start, #len)));
                name(Slot::Running, self.running.len() - 1)
            }
            Operand::Saved(range) => {
                let (start, len) = (self.offsets.at(range.start), range.len());
                quote!(#start..#start + #len)
            }
            Operand::Mode(Mode::Overwrite) => quote!(#rt::Write::Overwrite),
            Operand::Mode(Mode::Accumulate) => quote!(#rt::Write::Accumulate),
            Operand::DropoutKey => quote!(pass.dropout),
            Operand::Number(number) => float(*number),
            Operand::Descriptor(descriptor) => {
                let (_, value) = descriptor_tokens(descriptor);
                quote!(&const { #value })
            }
            Operand::Prepared(piece) => {
                let range = self.offsets.prepared(*piece);
                quote!(&prepared[#range])
            }
            Operand::PreparedMut(piece) => {
                let range = self.offsets.prepared(*piece);
                quote!(&mut prepared[#range])
            }
            Operand::Epilogue(epilogue) => self.epilogue(epilogue),
            Operand::Activation(activation) => epilogue_activation(*activation),
        }
    }

    /// All of it, unless someone looks at what stands between the layers.
    fn epilogue(&mut self, epilogue: &Epilogue) -> TokenStream {
        let rt = runtime();
        let bias = self.optional(epilogue.bias, Self::parameter);
        let norm = match epilogue.norm {
            Some(piece) => {
                let range = self.offsets.prepared(piece);
                quote!(::core::option::Option::Some(&prepared[#range]))
            }
            None => quote!(::core::option::Option::None),
        };
        let (activation, channels) = (epilogue_activation(epilogue.activation), epilogue.channels);
        quote!(#rt::pass::Fused { bias: #bias, norm: #norm, activation: #activation }.epilogue(#channels, pass.observer.looks()))
    }

    fn place(&mut self, place: Place) -> TokenStream {
        let Some(buffer) = buffer(place, self.memory, self.offsets) else {
            unreachable!("only buffers of the arena are split off it")
        };
        self.buffers.push(buffer);
        name(Slot::Buffer, self.buffers.len() - 1)
    }

    fn parameter(&mut self, tensor: usize) -> TokenStream {
        let (start, len) = self.range(tensor);
        quote!(&pass.parameters[#start..#start + #len])
    }

    fn gradient(&mut self, tensor: usize) -> TokenStream {
        let (start, len) = self.range(tensor);
        self.gradients.push(quote!((#start, #len)));
        name(Slot::Gradient, self.gradients.len() - 1)
    }

    fn optional(&mut self, tensor: Option<usize>, write: fn(&mut Self, usize) -> TokenStream) -> TokenStream {
        let Some(tensor) = tensor else { return quote!(::core::option::Option::None) };
        let tokens = write(self, tensor);
        quote!(::core::option::Option::Some(#tokens))
    }

    fn range(&mut self, tensor: usize) -> (TokenStream, usize) {
        self.memory.range(tensor, self.offsets)
    }

    /// The names of what is borrowed, and the expressions that say what it is.
    fn names(&self, slot: Slot) -> (Vec<TokenStream>, &[TokenStream]) {
        let list = match slot {
            Slot::Buffer => &self.buffers,
            Slot::Gradient => &self.gradients,
            Slot::Running => &self.running,
        };
        ((0..list.len()).map(|i| name(slot, i)).collect(), list)
    }
}

fn name(slot: Slot, index: usize) -> TokenStream {
    let prefix = match slot {
        Slot::Buffer => "t",
        Slot::Gradient => "d",
        Slot::Running => "r",
    };
    let ident = format_ident!("{prefix}{index}");
    quote!(#ident)
}

/// A number as `f32`.
fn float(number: f64) -> TokenStream {
    let literal = proc_macro2::Literal::f64_suffixed(number.abs());
    let sign = (number < 0.0).then(|| quote!(-));
    quote!((#sign #literal as f32))
}

/// What the epilogue of a convolution ends with.
pub(super) fn epilogue_activation(activation: Option<Activation>) -> TokenStream {
    let rt = runtime();
    let name = match activation {
        None => quote!(Identity),
        Some(Activation::Relu) => quote!(Relu),
        Some(Activation::Relu6) => quote!(Relu6),
        Some(other) => unreachable!("{other:?} is not fused"),
    };
    quote!(#rt::conv2d::epilogue::Activation::#name)
}

/// The layout of an image in blocks.
pub(super) fn blocked_tokens(blocked: Blocked) -> TokenStream {
    let rt = runtime();
    let (channels, plane, halo) = (blocked.channels, pair(blocked.plane), pair(blocked.halo));
    quote!(#rt::blocked::Blocked { channels: #channels, plane: #plane, halo: #halo })
}

/// A convolution without groups.
fn dense_tokens(conv: &TokenStream, choices: &Choices) -> (TokenStream, TokenStream) {
    let rt = runtime();
    let algorithm = |tile: Option<Tile>| match tile {
        None => quote!(#rt::conv2d::dense::Algorithm::Direct),
        Some(tile) => {
            let name = format_ident!("{tile:?}");
            quote!(#rt::conv2d::dense::Algorithm::Winograd(#rt::conv2d::winograd::Tile::#name))
        }
    };
    let [forward, backward_input, backward_weight] =
        [choices.forward, choices.backward_input, choices.backward_weight].map(|choice| {
            let (f2, fast, fast_from) = (algorithm(choice.f2), algorithm(choice.fast), choice.fast_from);
            quote!(#rt::conv2d::dense::Choice { f2: #f2, fast: #fast, fast_from: #fast_from })
        });
    let ty = quote!(#rt::conv2d::dense::Dense);
    let fields = quote! {
        conv: #conv, forward: #forward, backward_input: #backward_input, backward_weight: #backward_weight,
    };
    (ty.clone(), quote!(#ty { #fields }))
}

fn conv2d_tokens(in_channels: usize, out_channels: usize, groups: usize, window: &Window) -> TokenStream {
    let rt = runtime();
    let window = window_tokens(window);
    quote! {
        #rt::conv2d::Conv2d {
            in_channels: #in_channels, out_channels: #out_channels, groups: #groups, window: #window,
        }
    }
}

/// The type of a descriptor and its value.
pub(super) fn descriptor_tokens(descriptor: &Descriptor) -> (TokenStream, TokenStream) {
    let rt = runtime();
    match descriptor {
        Descriptor::Conv2d { in_channels, out_channels, groups, window } => {
            (quote!(#rt::conv2d::Conv2d), conv2d_tokens(*in_channels, *out_channels, *groups, window))
        }
        Descriptor::BlockedConv2d { choices, in_channels, out_channels, groups, window, x_halo, y_halo } => {
            let conv = conv2d_tokens(*in_channels, *out_channels, *groups, window);
            let halos = halo_tokens(*x_halo, *y_halo);
            let ty = quote!(#rt::conv2d::BlockedConv2d);
            let blocked = quote!(#ty { conv: #conv, #halos });
            match choices {
                Some(choices) => dense_tokens(&blocked, choices),
                None => (ty, blocked),
            }
        }
        Descriptor::FirstConv2d { in_channels, out_channels, window, y_halo } => {
            let (conv, y_halo) = (conv2d_tokens(*in_channels, *out_channels, 1, window), pair(*y_halo));
            let ty = quote!(#rt::conv2d::first_layer::FirstConv2d);
            (ty.clone(), quote!(#ty { conv: #conv, y_halo: #y_halo }))
        }
        Descriptor::Blocked(blocked) => (quote!(#rt::blocked::Blocked), blocked_tokens(*blocked)),
        Descriptor::Haloed { layer, x_halo, y_halo } => {
            let ((layer_ty, layer), halos) = (descriptor_tokens(layer), halo_tokens(*x_halo, *y_halo));
            let ty = quote!(#rt::blocked::Haloed);
            (quote!(#ty<#layer_ty>), quote!(#ty { layer: #layer, #halos }))
        }
        Descriptor::Images(images) => images_tokens(images),
        Descriptor::BlockedBatchNorm2d { norm, images } => {
            let ((_, norm), (_, images_value)) = (descriptor_tokens(norm), images_tokens(images));
            let (ty, count) = (quote!(#rt::batch_norm2d::blocked::BlockedBatchNorm2d), images.halos.len());
            (quote!(#ty<#count>), quote!(#ty { norm: #norm, images: #images_value }))
        }
        Descriptor::Part { whole, part, first } => {
            let (whole, part) = (blocked_tokens(*whole), blocked_tokens(*part));
            let ty = quote!(#rt::elementwise::blocked::Part);
            (ty.clone(), quote!(#ty { whole: #whole, part: #part, first: #first }))
        }
        Descriptor::Linear { in_features, out_features } => {
            let ty = quote!(#rt::linear::Linear);
            (ty.clone(), quote!(#ty { in_features: #in_features, out_features: #out_features }))
        }
        Descriptor::MaxPool2d { channels, window } => {
            let window = window_tokens(window);
            let ty = quote!(#rt::pool::MaxPool2d);
            (ty.clone(), quote!(#ty { channels: #channels, window: #window }))
        }
        Descriptor::AvgPool2d { channels, window, count_include_pad } => {
            let window = window_tokens(window);
            let ty = quote!(#rt::pool::AvgPool2d);
            let fields = quote!(channels: #channels, window: #window, count_include_pad: #count_include_pad);
            (ty.clone(), quote!(#ty { #fields }))
        }
        Descriptor::AdaptivePool2d { channels, input, output } => {
            let (input, output) = (pair(*input), pair(*output));
            let ty = quote!(#rt::pool::AdaptivePool2d);
            (ty.clone(), quote!(#ty { channels: #channels, input: #input, output: #output }))
        }
        Descriptor::Upsample { channels, input, scale, align_corners } => {
            let (input, scale) = (pair(*input), pair(*scale));
            let ty = quote!(#rt::upsample::Upsample);
            let fields =
                quote!(channels: #channels, input: #input, scale: #scale, align_corners: #align_corners);
            (ty.clone(), quote!(#ty { #fields }))
        }
        Descriptor::LocalResponseNorm { channels, pixels, size, alpha, beta, k } => {
            let (alpha, beta, k) = (float(*alpha), float(*beta), float(*k));
            let ty = quote!(#rt::local_response_norm::LocalResponseNorm);
            let fields = quote! {
                channels: #channels, pixels: #pixels, size: #size, alpha: #alpha, beta: #beta, k: #k,
            };
            (ty.clone(), quote!(#ty { #fields }))
        }
        Descriptor::Softmax { channels, pixels } => {
            let ty = quote!(#rt::softmax::Softmax);
            (ty.clone(), quote!(#ty { channels: #channels, pixels: #pixels }))
        }
        Descriptor::BatchNorm2d { channels, pixels, eps, momentum } => {
            let (eps, momentum) = (float(*eps), float(*momentum));
            let ty = quote!(#rt::batch_norm2d::BatchNorm2d);
            let fields = quote!(channels: #channels, pixels: #pixels, eps: #eps, momentum: #momentum);
            (ty.clone(), quote!(#ty { #fields }))
        }
        Descriptor::Dropout { p, layer } => {
            let (p, layer) = (float(*p), *layer as u64);
            let ty = quote!(#rt::dropout::Dropout);
            (ty.clone(), quote!(#ty { p: #p, layer: #layer }))
        }
    }
}

fn images_tokens(images: &Images) -> (TokenStream, TokenStream) {
    let rt = runtime();
    let (ty, count) = (quote!(#rt::blocked::Operands), images.halos.len());
    let (channels, plane) = (images.channels, pair(images.plane));
    let halos = images.halos.iter().map(|halo| pair(*halo));
    (quote!(#ty<#count>), quote!(#ty { channels: #channels, plane: #plane, halos: [#(#halos),*] }))
}

fn halo_tokens(x_halo: [usize; 2], y_halo: [usize; 2]) -> TokenStream {
    let (x_halo, y_halo) = (pair(x_halo), pair(y_halo));
    quote!(x_halo: #x_halo, y_halo: #y_halo)
}

fn window_tokens(window: &Window) -> TokenStream {
    let rt = runtime();
    let sliding = window.sliding;
    let (input, output) = (pair(window.input), pair(window.output));
    let (kernel, stride) = (pair(sliding.kernel), pair(sliding.stride));
    let (padding, dilation) = (pair(sliding.padding), pair(sliding.dilation));
    quote! {
        #rt::window::Window {
            input: #input, output: #output, kernel: #kernel, stride: #stride, padding: #padding, dilation: #dilation,
        }
    }
}

fn pair([height, width]: [usize; 2]) -> TokenStream {
    quote!([#height, #width])
}
