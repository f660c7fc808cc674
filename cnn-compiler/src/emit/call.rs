//! One kernel call.
//!
//! expands to:
//!
//! ```text
//! {
//!     let ([a, b], work) = pass.arena.split(pass.count, [rt::memory::Buffer::new(at[0], 784), …]);
//!     rt::conv2d::im2col::forward(&L0, a.into_view(), &pass.parameters[at[2]..at[2] + 150], Some(…), b, work);
//! }
//! ```

use super::descriptor::{Descriptors, float};
use super::runtime;
use crate::ops::activation::Activation;
use crate::plan::{Call, Epilogue, Mode, Operand, Parameters, Place, Root};
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
pub(super) fn call(
    call: &Call,
    memory: Memory<'_>,
    offsets: &mut Offsets,
    descriptors: &mut Descriptors,
) -> TokenStream {
    let rt = runtime();
    let mut writer = Writer {
        memory,
        offsets,
        descriptors,
        buffers: Vec::new(),
        gradients: Vec::new(),
        running: Vec::new(),
    };
    let operands: Vec<TokenStream> = call.operands.iter().map(|operand| writer.operand(operand)).collect();
    let kernel: TokenStream = {
        let path = call.kernel.split("::").map(|part| Ident::new(part, Span::call_site()));
        quote!(#rt #(::#path)*)
    };
    let layer = call.descriptor.as_ref().map(|descriptor| {
        let name = writer.descriptors.name(descriptor);
        quote!(&#name,)
    });
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
            #split_gradients
            #split_running
            #split
            #kernel(#layer #(#operands,)* work);
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
    descriptors: &'w mut Descriptors,
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
                let name = self.descriptors.name(descriptor);
                quote!(&#name)
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
        let norm = epilogue.norm.map(|piece| self.offsets.prepared(piece));
        let norm = norm.map_or_else(
            || quote!(::core::option::Option::None),
            |range| quote!(::core::option::Option::Some(&prepared[#range])),
        );
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

/// What the epilogue of a convolution ends with.
pub(super) fn epilogue_activation(activation: Option<Activation>) -> TokenStream {
    let rt = runtime();
    let name = match activation {
        None => quote!(Identity),
        Some(Activation::Relu) => quote!(Relu),
        Some(Activation::Relu6) => quote!(Relu6),
        Some(Activation::Sigmoid) => quote!(Sigmoid),
        Some(other) => unreachable!("{other:?} is not fused"),
    };
    quote!(#rt::conv2d::epilogue::Activation::#name)
}
