//! The constants that tell kernels about layers. Each distinct one is written once, as an item that calls and tables name:
//!
//! ```text
//! const L3: rt::conv2d::dense::Dense = rt::conv2d::dense::Dense { … };
//! ```

use super::runtime;
use crate::plan::{Blocked, Choices, Descriptor, Images, Tile, Window};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use std::collections::BTreeMap;

/// The constants of a network.
#[derive(Default)]
pub(super) struct Descriptors {
    /// Names by text.
    known: BTreeMap<String, Ident>,
    items: TokenStream,
}

impl Descriptors {
    /// The name of a descriptor's constant.
    pub(super) fn name(&mut self, descriptor: &Descriptor) -> Ident {
        let (ty, value) = descriptor_tokens(descriptor);
        let next = format_ident!("L{}", self.known.len());
        let name = self.known.entry(value.to_string()).or_insert_with(|| {
            self.items.extend(quote!(const #next: #ty = #value;));
            next
        });
        name.clone()
    }

    /// The items.
    pub(super) fn finish(self) -> TokenStream {
        self.items
    }
}

/// A number as `f32`.
pub(super) fn float(number: f64) -> TokenStream {
    let literal = proc_macro2::Literal::f64_suffixed(number.abs());
    let sign = (number < 0.0).then(|| quote!(-));
    quote!((#sign #literal as f32))
}

/// The layout of an image in blocks.
fn blocked_tokens(blocked: Blocked) -> TokenStream {
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
fn descriptor_tokens(descriptor: &Descriptor) -> (TokenStream, TokenStream) {
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
        Descriptor::FirstPooled { first, pool, y_halo } => {
            let ((_, first), pool, y_halo) = (descriptor_tokens(first), window_tokens(pool), pair(*y_halo));
            let ty = quote!(#rt::conv2d::first_layer::FirstPooled);
            (ty.clone(), quote!(#ty { first: #first, pool: #pool, y_halo: #y_halo }))
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
            let (ty, count) = (quote!(#rt::batch_norm2d::BlockedBatchNorm2d), images.halos.len());
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
