//! A stub that stands for a network with an error, so that one mistake is one message: without it, every use of the type
//! would be an error of its own.

use super::{output_dims, outputs, runtime, sample};
use crate::shape::Shape;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// A type of the same name that can do nothing.
pub fn stub(
    vis: &syn::Visibility,
    name: &Ident,
    input: Option<Shape>,
    results: &[Option<Shape>],
) -> TokenStream {
    let rt = runtime();
    let input = input.unwrap_or(Shape::Image([1, 1, 1]));
    let results: Vec<Shape> = results.iter().map(|shape| shape.unwrap_or(Shape::Vector(1))).collect();
    let input_dims = input.dims();
    let input_rank = input_dims.len();
    let (output_type, output_dims) = output_dims(&results);
    let (input, output) = (sample(input), outputs(&results));
    let text = name.to_string();
    let layout = quote!(#rt::memory::ArenaLayout { image_len: 0, bundles: #rt::memory::Bundles::Never, saved_len: 0, step_len: 0, lane_len: 0, prepared_len: 0 });
    let never = quote!(::core::unreachable!("this network has errors"));
    quote! {
        /// This network has errors.
        #[derive(Clone, Debug)]
        #[allow(dead_code)]
        #vis struct #name { state: ::cnn::__rt::network::State }
        const _: () = {
            use ::cnn::__rt as rt;
            #[allow(missing_docs, dead_code)]
            impl #name {
                pub const INPUT: [usize; #input_rank] = [#(#input_dims),*];
                pub const OUTPUT: #output_type = #output_dims;
                pub const PARAMETERS: usize = 0;
                pub const MACS: usize = 0;
                pub const LAYERS: &'static [#rt::network::LayerInfo] = &[];
                pub const INFERENCE_BYTES: usize = 0;
                pub const TRAINING_BYTES: usize = 0;
                pub const fn layer(_: &str) -> ::core::option::Option<&'static #rt::network::LayerInfo> {
                    ::core::option::Option::None
                }
                pub fn pretrained() -> Self { #never }
                pub fn new(_seed: u64) -> Self { #never }
            }
            impl #rt::network::Network for #name {
                type Input = #input;
                type Output = #output;
                const NAME: &'static str = #text;
                const PARAMETERS: usize = 0;
                const MACS: usize = 0;
                const LAYERS: &'static [#rt::network::LayerInfo] = &[];
                const TENSORS: &'static [#rt::network::TensorInfo] = &[];
                const INFERENCE: #rt::memory::ArenaLayout = #layout;
                const TRAINING: #rt::memory::ArenaLayout = #layout;
                fn new(_: u64) -> Self { #never }
                fn state(&self) -> &#rt::network::State { #never }
                fn state_mut(&mut self) -> &mut #rt::network::State { #never }
                fn infer(
                    &self,
                    _: &mut #rt::memory::Arena,
                    _: &[Self::Input],
                    _: &mut [Self::Output],
                    _: &mut dyn #rt::network::Observer,
                ) { #never }
                fn train_forward(
                    &mut self,
                    _: &mut #rt::memory::Arena,
                    _: &[Self::Input],
                    _: &mut [Self::Output],
                    _: #rt::dropout::Key,
                ) { #never }
                fn train_backward(
                    &self,
                    _: &mut #rt::memory::Arena,
                    _: &[Self::Input],
                    _: &[Self::Output],
                    _: #rt::dropout::Key,
                    _: &mut [f32],
                ) { #never }
            }
        };
    }
}
