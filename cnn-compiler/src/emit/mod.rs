//! A plan in, Rust out.
//!
//! A network `LeNet` expands to:
//!
//! ```text
//! pub struct LeNet { state: rt::network::State }
//! const _: () = {
//!     impl LeNet { pub const PARAMETERS: usize = 61706; … }
//!     impl rt::network::Network for LeNet { … fn infer(…) { inference_0(&mut pass, &[0, 1, …]); } … }
//!     fn inference_0(pass: &mut rt::pass::Inference<'_>, at: &[usize; 31]) { … one kernel call after the other … }
//! };
//! ```
//!
//! Kernels are compiled in the runtime, so that they run at its optimisation level and cost the user's crate nothing.
//! Everything that differs between two calls of one block is in the array `at`, so equal blocks share one function.

mod call;
mod descriptor;
mod docs;
pub mod fallback;
mod functions;
mod tables;

use crate::elaborate::Declared;
use crate::plan::Plan;
use crate::shape::Shape;
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

/// Emits one network.
pub fn network(declared: &Declared<'_>, plan: &Plan) -> TokenStream {
    let (attrs, vis, name) = (declared.attrs, declared.vis, declared.name);
    let table = docs::table(&name.to_string(), &declared.graph, plan);
    let facts = facts(declared);
    let implementation = implementation(declared, plan);
    let scope = scope(&quote!(#facts #implementation));
    quote! {
        #(#attrs)*
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
    let (layers, tensors) = (tables::layers(graph, &plan.kernels), tables::tensors(&plan.parameters));
    let descriptors = &mut Descriptors::default();
    let prepared = tables::prepared(&plan.prepared, descriptors);
    let prepared_end = plan.prepared.pieces.len();
    let prepared_len = quote!(PREPARED[#prepared_end]);
    let inference_arena = tables::inference_arena(plan, &prepared_len, descriptors);
    let training_arena = tables::training_arena(plan, descriptors);
    let (parameters_len, buffers_len) = (plan.parameters.parameters_len, plan.parameters.buffers_len);
    let mut functions = Functions::new(graph, plan, std::mem::take(descriptors));
    let prepare = functions.prepare();
    let inference = functions.pass(Kind::Inference, &plan.inference);
    let forward = functions.pass(Kind::Forward, &plan.forward);
    let backward = functions.pass(Kind::Backward, &plan.backward);
    let [in_bundles, forward_in_bundles, backward_in_bundles] = functions.in_bundles();
    let functions = functions.finish();
    let policy = declared.policy.map(|policy| {
        let name = quote::format_ident!("{policy:?}");
        quote!(const POLICY: #rt::policy::Policy = #rt::policy::Policy::#name;)
    });
    quote! {
        #prepared
        impl #rt::network::Network for #name {
            type Input = #input;
            type Output = #output;
            const NAME: &'static str = #text;
            const PARAMETERS: usize = #parameters;
            const MACS: usize = #macs;
            #policy
            const LAYERS: &'static [#rt::network::LayerInfo] = #layers;
            const TENSORS: &'static [#rt::network::TensorInfo] = #tensors;
            const INFERENCE: #rt::memory::ArenaLayout = #inference_arena;
            const TRAINING: #rt::memory::ArenaLayout = #training_arena;

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
                let pass = &mut #rt::pass::Prepare::new(&self.state, arena);
                #prepare
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
                #inference
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
                #forward
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
                #backward
            }
        }
        #functions
    }
}
