//! A plan in, Rust out.
//!
//! A network `LeNet` expands to:
//!
//! ```text
//! pub struct LeNet { state: rt::network::State }
//! const _: () = {
//!     impl LeNet { pub const PARAMETERS: usize = 61706; … }
//!     impl rt::network::Network for LeNet { … fn infer(…) { code::inference(&mut pass); } … }
//!     mod code {
//!         pub(super) const LAYERS: &[LayerInfo] = &[…];
//!         const L0: Dense = Dense::new(…);
//!         pub(super) fn inference(pass: &mut Inference<'_>) { inference_0(pass); … }
//!         fn inference_0(pass: &mut Inference<'_>) { … one kernel call after the other … }
//!     }
//! };
//! ```
//!
//! Kernels are compiled in the runtime, so that they run at its optimisation level and cost the user's crate nothing.
//! Everything that differs between two calls of one block is in an array `at`, so equal blocks share one function.
//!
//! The module grows with the network. It is written as text, which rustc reads as fast as a file, and not token by token:
//! cargo compiles macros without optimisation, where a token of `quote!` costs a microsecond or two.
//! No name in it is the user's.

mod budget;
mod call;
mod descriptor;
mod docs;
pub mod fallback;
mod functions;
pub mod ide;
mod pretrained;
mod tables;

#[cfg(test)]
mod tests;

use crate::elaborate::Declared;
use crate::graph::Graph;
use crate::plan::{Bundled, Plan};
use crate::shape::Shape;
use crate::weights::Embedded;
use descriptor::Descriptors;
use functions::{Functions, Kind};
use proc_macro2::TokenStream;
use quote::quote;

/// The runtime, as code in the scope of [`scope`] reaches it.
fn runtime() -> TokenStream {
    quote!(rt)
}

/// A scope for items that nobody else sees, where the runtime has a short name.
fn scope(items: &TokenStream) -> TokenStream {
    quote! {
        const _: () = {
            use ::cnn::__rt as rt;
            #items
        };
    }
}

/// The type that stands for a shape.
fn sample(shape: Shape) -> TokenStream {
    let rt = runtime();
    match shape {
        Shape::Image([channels, height, width]) => quote!(#rt::sample::Image<#channels, #height, #width>),
        Shape::Vector(features) => quote!(#rt::sample::Vector<#features>),
    }
}

/// The type that stands for what a network gives.
fn outputs(shapes: &[Shape]) -> TokenStream {
    if let [shape] = shapes {
        return sample(*shape);
    }
    let (rt, len) = (runtime(), shapes.iter().map(|shape| shape.len()).sum::<usize>());
    let samples = shapes.iter().map(|shape| sample(*shape));
    quote!(#rt::sample::Outputs<(#(#samples),*), #len>)
}

/// The type and the value of the constant that tells the shapes of the outputs: an array, or a tuple of arrays.
fn output_dims(shapes: &[Shape]) -> (TokenStream, TokenStream) {
    let all: Vec<Vec<usize>> = shapes.iter().map(|shape| shape.dims()).collect();
    let types = all.iter().map(|dims| {
        let rank = dims.len();
        quote!([usize; #rank])
    });
    let values = all.iter().map(|dims| quote!([#(#dims),*]));
    if all.len() == 1 {
        (quote!(#(#types)*), quote!(#(#values)*))
    } else {
        (quote!((#(#types),*)), quote!((#(#values),*)))
    }
}

/// Emits the constants of a program: what the user writes is Rust already.
pub fn consts(items: &[syn::ItemConst]) -> TokenStream {
    quote!(#(#[allow(dead_code)] #items)*)
}

/// Emits one network, with a file of weights that fits it.
pub fn network(declared: &Declared<'_>, plan: &Plan, weights: Option<&Embedded>) -> TokenStream {
    let (attrs, vis, name) = (&declared.attrs.others, declared.vis, declared.name);
    let table = docs::table(&name.to_string(), &declared.graph, plan);
    let facts = facts(declared);
    let implementation = implementation(declared, plan);
    let budget = budget::checks(declared, plan);
    let pretrained = weights.map(|file| pretrained::pretrained(name, file, &plan.parameters));
    let scope = scope(&quote!(#facts #implementation #budget #pretrained));
    quote! {
        #(#attrs)*
        #[cfg_attr(doc, doc = __cnn_show!(#name))]
        #[doc = #table]
        #[derive(Clone, Debug)]
        #vis struct #name { state: ::cnn::__rt::network::State }
        #scope
    }
}

/// What is known of the network, as constants of its type.
fn facts(declared: &Declared<'_>) -> TokenStream {
    let (name, graph, rt) = (declared.name, &declared.graph, runtime());
    let input = graph.input.dims();
    let input_rank = input.len();
    let (output_type, output) = output_dims(&graph.output_shapes());
    let (parameters, macs) = (graph.parameters(), graph.macs());
    let text = name.to_string();
    quote! {
        impl #name {
            /// The shape of the input, without the batch.
            pub const INPUT: [usize; #input_rank] = [#(#input),*];
            /// The shape of the output, or of each, without the batch.
            pub const OUTPUT: #output_type = #output;
            /// How many numbers are learned.
            pub const PARAMETERS: usize = #parameters;
            /// Multiply-adds for one image.
            pub const MACS: usize = #macs;
            /// The layers in the order in which they run.
            pub const LAYERS: &'static [#rt::network::LayerInfo] = <Self as #rt::network::Network>::LAYERS;
            /// What is known of the layer of this path, `conv1` or `2.0.p1_1`.
            ///
            /// # Panics
            /// If there is none. In a constant, which is what this is for, that is an error of the program, with the nearest name.
            #[must_use]
            #[track_caller]
            pub const fn layer(name: &str) -> &'static #rt::network::LayerInfo {
                #rt::network::LayerInfo::named(#text, Self::LAYERS, name)
            }
            /// Bytes of working memory for inference on one image on one thread.
            pub const INFERENCE_BYTES: usize = <Self as #rt::network::Network>::INFERENCE.bytes(1, 1);
            /// Bytes of working memory for training on one image on one thread.
            pub const TRAINING_BYTES: usize = <Self as #rt::network::Network>::TRAINING.bytes(1, 1);

            /// The network initialised as PyTorch does, from a seed.
            #[must_use]
            pub fn new(seed: u64) -> Self {
                <Self as #rt::network::Network>::new(seed)
            }
        }
    }
}

fn implementation(declared: &Declared<'_>, plan: &Plan) -> TokenStream {
    let (name, graph, rt) = (declared.name, &declared.graph, runtime());
    let text = name.to_string();
    let (input, output) = (sample(graph.input), outputs(&graph.output_shapes()));
    let (parameters, macs) = (graph.parameters(), graph.macs());
    let (parameters_len, buffers_len) = (plan.parameters.parameters_len, plan.parameters.buffers_len);
    let [in_bundles, forward_in_bundles, backward_in_bundles] = in_bundles(plan);
    let policy = declared.policy.map(|policy| {
        let name = quote::format_ident!("{policy:?}");
        quote!(const POLICY: #rt::policy::Policy = #rt::policy::Policy::#name;)
    });
    let code = code(graph, plan);
    quote! {
        #[diagnostic::do_not_recommend]
        impl #rt::network::Network for #name {
            type Input = #input;
            type Output = #output;
            const NAME: &'static str = #text;
            const PARAMETERS: usize = #parameters;
            const MACS: usize = #macs;
            #policy
            const LAYERS: &'static [#rt::network::LayerInfo] = code::LAYERS;
            const TENSORS: &'static [#rt::network::TensorInfo] = code::TENSORS;
            const INFERENCE: #rt::memory::ArenaLayout = code::INFERENCE;
            const TRAINING: #rt::memory::ArenaLayout = code::TRAINING;

            fn new(seed: u64) -> Self {
                let mut state = #rt::network::State::zeros(#parameters_len, #buffers_len);
                #rt::init::initialize(#rt::init::Init::Default, seed, Self::TENSORS, &mut state);
                Self { state }
            }
            fn state(&self) -> &#rt::network::State {
                &self.state
            }
            fn state_mut(&mut self) -> &mut #rt::network::State {
                &mut self.state
            }
            fn prepare(&self, arena: &mut #rt::memory::Arena) {
                code::prepare(&mut #rt::pass::Prepare::new(&self.state, arena));
            }
            fn infer(
                &self,
                arena: &mut #rt::memory::Arena,
                inputs: &[Self::Input],
                outputs: &mut [Self::Output],
                observer: &mut dyn #rt::network::Observer,
            ) {
                let pass = &mut #rt::pass::Inference::new(&self.state, arena, inputs, outputs, observer);
                #in_bundles
                code::inference(pass);
            }
            fn train_forward(
                &mut self,
                arena: &mut #rt::memory::Arena,
                inputs: &[Self::Input],
                outputs: &mut [Self::Output],
                dropout: #rt::dropout::Key,
            ) {
                let pass = &mut #rt::pass::Forward::new(&mut self.state, arena, inputs, outputs, dropout);
                #forward_in_bundles
                code::forward(pass);
            }
            fn train_backward(
                &self,
                arena: &mut #rt::memory::Arena,
                inputs: &[Self::Input],
                d_outputs: &[Self::Output],
                dropout: #rt::dropout::Key,
                gradients: &mut [f32],
            ) {
                let pass = &mut #rt::pass::Backward::new(&self.state, arena, inputs, d_outputs, dropout, gradients);
                #backward_in_bundles
                code::backward(pass);
            }
        }
        #code
    }
}

/// What inference, forward and backward begin with, if large batches are computed in bundles.
fn in_bundles(plan: &Plan) -> [Option<TokenStream>; 3] {
    let inference = quote! {
        if pass.in_bundles(Self::MACS, &code::inference_in_bundles) {
            return;
        }
    };
    let training = |pass: TokenStream| {
        quote! {
            if pass.in_bundles() {
                return code::#pass(pass);
            }
        }
    };
    let bundled = plan.bundled.as_ref();
    let trains = bundled.is_some_and(|bundled| bundled.training.is_some());
    [
        bundled.map(|_| inference),
        trains.then(|| training(quote!(forward_in_bundles))),
        trains.then(|| training(quote!(backward_in_bundles))),
    ]
}

/// The module that holds the tables and the passes.
fn code(graph: &Graph, plan: &Plan) -> TokenStream {
    let mut descriptors = Descriptors::default();
    let (layers, tensors) =
        (tables::layers(graph, &plan.kernels, &mut descriptors), tables::tensors(&plan.parameters));
    let prepared = tables::prepared(&plan.prepared, &mut descriptors);
    let inference_arena = tables::inference_arena(plan, &mut descriptors);
    let training_arena = tables::training_arena(plan, &mut descriptors);
    let mut functions = Functions::new(graph, plan, descriptors);
    functions.prepare();
    functions.pass("inference", Kind::Inference, &plan.inference);
    functions.pass("forward", Kind::Forward, &plan.forward);
    functions.pass("backward", Kind::Backward, &plan.backward);
    if let Some(Bundled { inference, training }) = &plan.bundled {
        functions.pass("inference_in_bundles", Kind::Inference, inference);
        if let Some([forward, backward]) = training {
            functions.pass("forward_in_bundles", Kind::Forward, forward);
            functions.pass("backward_in_bundles", Kind::Backward, backward);
        }
    }
    let functions = functions.finish();
    let text = format!(
        "mod code {{
            use ::cnn::__rt::emitted::*;
            pub(super) const LAYERS: &[LayerInfo] = {layers};
            pub(super) const TENSORS: &[TensorInfo] = {tensors};
            pub(super) const INFERENCE: ArenaLayout = {inference_arena};
            pub(super) const TRAINING: ArenaLayout = {training_arena};
            {prepared}
            {functions}
        }}"
    );
    read(&text)
}

/// Text as tokens. Within rustc its own lexer reads it: `proc_macro2` would have it read by one of its own first, which is
/// compiled as macros are.
fn read(text: &str) -> TokenStream {
    let tokens = if proc_macro::is_available() {
        text.parse::<proc_macro::TokenStream>().map(TokenStream::from).map_err(|error| error.to_string())
    } else {
        text.parse().map_err(|error: proc_macro2::LexError| error.to_string())
    };
    tokens.unwrap_or_else(|error| unreachable!("emitted code is made of tokens: {error}"))
}
