//! The `const` tables of a network: layers, tensors, and the sizes of its arenas.

use super::descriptor::Descriptors;
use super::runtime;
use crate::graph::Graph;
use crate::ops::TensorKind;
use crate::plan::{Action, Descriptor, Len, Parameters, Pass, Piece, Plan, Prepared};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use std::collections::BTreeSet;

/// `&[LayerInfo { … }, …]`
pub(super) fn layers(graph: &Graph, kernels: &[String]) -> TokenStream {
    let rt = runtime();
    let rows = graph.layers.iter().zip(kernels).map(|(layer, kernel)| {
        let (name, kind) = (&layer.path, layer.op.name());
        let (input, output) = (layer.input.dims(), layer.output.dims());
        let (parameters, macs) = (layer.parameters(), layer.macs());
        let [rows, columns] = layer.field.size;
        quote! {
            #rt::network::LayerInfo {
                name: #name,
                kind: #kind,
                input: &[#(#input),*],
                output: &[#(#output),*],
                parameters: #parameters,
                macs: #macs,
                receptive_field: [#rows, #columns],
                kernel: #kernel,
            }
        }
    });
    quote!(&[#(#rows),*])
}

/// `&[TensorInfo { … }, …]`
pub(super) fn tensors(parameters: &Parameters) -> TokenStream {
    let rt = runtime();
    let rows = parameters.tensors.iter().map(|placed| {
        let (key, shape, offset) = (&placed.key, &placed.tensor.shape, placed.offset);
        let kind = match placed.tensor.kind {
            TensorKind::Weight { fan_in, fan_out } => quote!(Weight { fan_in: #fan_in, fan_out: #fan_out }),
            TensorKind::Bias { fan_in } => quote!(Bias { fan_in: #fan_in }),
            TensorKind::Scale => quote!(Scale),
            TensorKind::Shift => quote!(Shift),
            TensorKind::RunningMean => quote!(RunningMean),
            TensorKind::RunningVar => quote!(RunningVar),
            TensorKind::BatchesTracked => quote!(BatchesTracked),
        };
        quote! {
            #rt::network::TensorInfo {
                name: #key,
                shape: &[#(#shape),*],
                kind: #rt::network::TensorKind::#kind,
                offset: #offset,
            }
        }
    });
    quote!(&[#(#rows),*])
}

/// The arena of inference, whose threads take bundles one by one.
pub(super) fn inference_arena(
    plan: &Plan,
    prepared_len: &TokenStream,
    descriptors: &mut Descriptors,
) -> TokenStream {
    let rt = runtime();
    let bundled = plan.bundled.as_ref().map(|bundled| &bundled.inference);
    let bundles = bundled.map_or_else(
        || quote!(#rt::memory::Bundles::Never),
        |pass| {
            let len = pass.image_len;
            quote!(#rt::memory::Bundles::OneForEachThread(#len))
        },
    );
    let passes: Vec<&Pass> = [&plan.inference].into_iter().chain(bundled).collect();
    arena(&passes, plan.inference.image_len, 0, &bundles, prepared_len, descriptors)
}

/// The arena of training, where all bundles are alive at once.
pub(super) fn training_arena(plan: &Plan, descriptors: &mut Descriptors) -> TokenStream {
    let rt = runtime();
    let bundled = plan.bundled.as_ref().and_then(|bundled| bundled.training.as_ref());
    let bundles = bundled.map_or_else(
        || quote!(#rt::memory::Bundles::Never),
        |[forward, _]| {
            let len = forward.image_len;
            quote!(#rt::memory::Bundles::All(#len))
        },
    );
    let passes: Vec<&Pass> =
        [&plan.forward, &plan.backward].into_iter().chain(bundled.into_iter().flatten()).collect();
    arena(&passes, plan.forward.image_len, plan.saved_len, &bundles, &quote!(0), descriptors)
}

/// `ArenaLayout { … }`; the kernels themselves say how much scratch they need.
fn arena(
    passes: &[&Pass],
    image_len: usize,
    saved_len: usize,
    bundles: &TokenStream,
    prepared_len: &TokenStream,
    descriptors: &mut Descriptors,
) -> TokenStream {
    let rt = runtime();
    let [lane, step] = ["lane_len", "step_len"].map(|of| scratch(passes, of, descriptors));
    quote! {
        #rt::memory::ArenaLayout {
            image_len: #image_len,
            bundles: #bundles,
            saved_len: #saved_len,
            step_len: #rt::memory::longest(&[#(#step),*]),
            lane_len: #rt::memory::longest(&[#(#lane),*]),
            prepared_len: #prepared_len,
        }
    }
}

/// Where each prepared piece starts, and where the last ends: an array.
pub(super) fn prepared(prepared: &Prepared, descriptors: &mut Descriptors) -> TokenStream {
    let rt = runtime();
    let mut len = |piece: &Piece| match &piece.len {
        Len::Numbers(len) => quote!(#len),
        Len::Kernel(function) => const_call(function, piece.call.descriptor.as_ref(), descriptors),
    };
    let lens: Vec<TokenStream> = prepared.pieces.iter().map(&mut len).collect();
    let ends = prepared.pieces.len() + 1;
    quote!(const PREPARED: [usize; #ends] = #rt::memory::starts([#(#lens),*]);)
}

/// Calls of the runtime's `const fn`s for the scratch of each layer that wants some, in a fixed order and each once.
fn scratch(passes: &[&Pass], of: &str, descriptors: &mut Descriptors) -> Vec<TokenStream> {
    let mut seen = BTreeSet::new();
    let mut calls = Vec::new();
    for step in passes.iter().flat_map(|pass| &pass.steps) {
        let Action::Call(call) = &step.action else { continue };
        let Some(descriptor) = &call.descriptor else { continue };
        for function in scratch_functions(descriptor, &call.kernel, of) {
            let tokens = const_call(&function, Some(descriptor), descriptors);
            if seen.insert(tokens.to_string()) {
                calls.push(tokens);
            }
        }
    }
    calls
}

/// The functions that tell how much scratch a kernel needs: `lane_len` for each thread, or `step_len` for the step.
fn scratch_functions(descriptor: &Descriptor, kernel: &str, of: &str) -> Vec<String> {
    let itself = || vec![format!("{kernel}_{of}")];
    let is_backward_weight = kernel.ends_with("::backward_weight");
    let is_lane = of == "lane_len";
    match descriptor {
        // Training prepares the weight in every step.
        Descriptor::BlockedConv2d { .. } | Descriptor::FirstConv2d { .. } => {
            let is_depthwise = matches!(descriptor, Descriptor::BlockedConv2d { choices: None, .. });
            match kernel.rsplit_once("::") {
                Some((module, "forward" | "train_forward")) if is_lane && !is_depthwise => {
                    vec![format!("{module}::forward_lane_len")]
                }
                Some((module, "train_forward")) if !is_lane => vec![format!("{module}::prepared_len")],
                Some((_, "forward" | "train_forward")) => Vec::new(),
                _ if is_lane && is_depthwise => Vec::new(),
                _ => itself(),
            }
        }
        Descriptor::Conv2d { .. } if is_lane || is_backward_weight => itself(),
        Descriptor::Linear { .. } if is_lane != kernel.ends_with("::forward") => itself(),
        Descriptor::FirstPooled { .. } | Descriptor::LocalResponseNorm { .. } if is_lane => itself(),
        Descriptor::Conv2d { .. }
        | Descriptor::FirstPooled { .. }
        | Descriptor::Linear { .. }
        | Descriptor::LocalResponseNorm { .. }
        | Descriptor::MaxPool2d { .. }
        | Descriptor::AvgPool2d { .. }
        | Descriptor::AdaptivePool2d { .. }
        | Descriptor::Upsample { .. }
        | Descriptor::Softmax { .. }
        | Descriptor::BatchNorm2d { .. }
        | Descriptor::Blocked(_)
        | Descriptor::Haloed { .. }
        | Descriptor::Images(_)
        | Descriptor::BlockedBatchNorm2d { .. }
        | Descriptor::Part { .. }
        | Descriptor::Dropout { .. } => Vec::new(),
    }
}

/// `rt::conv2d::dense::prepared_len(&L3)`
fn const_call(function: &str, descriptor: Option<&Descriptor>, descriptors: &mut Descriptors) -> TokenStream {
    let rt = runtime();
    let layer = descriptor.map(|descriptor| descriptors.name(descriptor));
    let path = function.split("::").map(|part| Ident::new(part, Span::call_site()));
    quote!(#rt #(::#path)* (&#layer))
}
