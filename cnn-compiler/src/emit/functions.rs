//! Passes as functions: one for each distinct block, never one flat body of all layers.

use super::call::{Memory, Offsets, buffer, call, epilogue_activation};
use super::descriptor::Descriptors;
use super::runtime;
use crate::graph::Graph;
use crate::plan::{Action, Bundled, Descriptor, Layout, Observed, Pass, Piece, Plan, Root, Step};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use std::collections::BTreeMap;

/// The longest run of steps in one function.
const MOST_STEPS: usize = 32;

/// Which of the runtime's passes a function works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Prepare,
    Inference,
    Forward,
    Backward,
}

impl Kind {
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Prepare => ("Prepare", "prepare"),
            Self::Inference => ("Inference", "inference"),
            Self::Forward => ("Forward", "forward"),
            Self::Backward => ("Backward", "backward"),
        }
    }
}

/// The functions of a network. Equal bodies become one function.
pub(super) struct Functions<'p> {
    graph: &'p Graph,
    plan: &'p Plan,
    /// Names by the text of the body.
    known: BTreeMap<String, Ident>,
    items: TokenStream,
    /// The constants that they name.
    descriptors: Descriptors,
}

impl<'p> Functions<'p> {
    pub(super) fn new(graph: &'p Graph, plan: &'p Plan, descriptors: Descriptors) -> Self {
        Self { graph, plan, known: BTreeMap::new(), items: TokenStream::new(), descriptors }
    }

    /// The body of what is prepared once.
    pub(super) fn prepare(&mut self) -> TokenStream {
        let step =
            |piece: &Piece| Step { layer: Some(piece.layer), action: Action::Call(piece.call.clone()) };
        let steps = self.plan.prepared.pieces.iter().map(step).collect();
        self.pass(Kind::Prepare, &Pass { steps, offsets: Vec::new(), image_len: 0 })
    }

    /// The body of a pass: calls of functions, which are kept for [`finish`](Self::finish).
    pub(super) fn pass(&mut self, kind: Kind, pass: &Pass) -> TokenStream {
        let block = |step: &Step| step.layer.and_then(|layer| self.graph.layers[layer].block);
        let runs = pass.steps.chunk_by(|a, b| block(a) == block(b)).flat_map(|run| run.chunks(MOST_STEPS));
        let runs: Vec<&[Step]> = runs.collect();
        runs.into_iter().map(|run| self.run(kind, pass, run)).collect()
    }

    /// What the bodies of inference, forward and backward begin with, if large batches are computed in bundles.
    pub(super) fn in_bundles(&mut self) -> [TokenStream; 3] {
        let Some(Bundled { inference, training }) = &self.plan.bundled else { return Default::default() };
        let inference = self.pass(Kind::Inference, inference);
        let inference = quote! {
            if pass.in_bundles(Self::MACS, &|pass| { #inference }) {
                return;
            }
        };
        let Some([forward, backward]) = training else { return [inference, quote!(), quote!()] };
        let training = [(Kind::Forward, forward), (Kind::Backward, backward)].map(|(kind, pass)| {
            let steps = self.pass(kind, pass);
            quote! {
                if pass.in_bundles() {
                    #steps
                    return;
                }
            }
        });
        let [forward, backward] = training;
        [inference, forward, backward]
    }

    /// The items, and the constants that they name.
    pub(super) fn finish(self) -> TokenStream {
        let (functions, constants) = (self.items, self.descriptors.finish());
        quote!(#constants #functions)
    }

    fn run(&mut self, kind: Kind, pass: &Pass, steps: &[Step]) -> TokenStream {
        let memory = Memory { parameters: &self.plan.parameters, buffers: &pass.offsets };
        let mut offsets = Offsets::default();
        let body: TokenStream = steps.iter().map(|step| self.step(step, memory, &mut offsets)).collect();
        let numbers = offsets.finish();
        let name = self.function(kind, &body, numbers.len());
        quote!(#name(pass, &[#(#numbers),*]);)
    }

    fn step(&mut self, step: &Step, memory: Memory<'_>, offsets: &mut Offsets) -> TokenStream {
        match &step.action {
            Action::Call(kernel) => call(kernel, memory, offsets, &mut self.descriptors),
            Action::Observe(observed) => {
                let Some(layer) = step.layer else { unreachable!("an observed place is a layer's output") };
                observe(layer, observed, memory, offsets, &mut self.descriptors)
            }
        }
    }

    /// The function with this body.
    fn function(&mut self, kind: Kind, body: &TokenStream, numbers: usize) -> Ident {
        let (ty, prefix) = kind.names();
        let text = format!("{prefix} {body}");
        if let Some(name) = self.known.get(&text) {
            return name.clone();
        }
        let name = format_ident!("{prefix}_{}", self.known.len());
        let (rt, ty) = (runtime(), format_ident!("{ty}"));
        self.items.extend(quote! {
            fn #name(pass: &mut #rt::pass::#ty<'_>, at: &[usize; #numbers]) {
                #body
            }
        });
        self.known.insert(text, name.clone());
        name
    }
}

/// Shows the observer what a layer has given, and the layers that its kernel computes too.
fn observe(
    layer: usize,
    observed: &Observed,
    memory: Memory<'_>,
    offsets: &mut Offsets,
    descriptors: &mut Descriptors,
) -> TokenStream {
    let Observed { place, epilogue } = observed;
    let rt = runtime();
    let layer = offsets.at(layer);
    let Some(buffer) = buffer(*place, memory, offsets) else {
        debug_assert_eq!(place.root, Root::Input, "only the input is not a buffer");
        return quote!(pass.observe_input(#layer););
    };
    let blocked = match place.layout {
        Layout::Blocked(blocked) => blocked,
        Layout::Planes(_) => return quote!(pass.observe(#layer, #buffer);),
        Layout::Bundled(_) => {
            let followers = epilogue.followers.iter().map(|follower| offsets.at(follower));
            return quote!(pass.observer.pass(#layer); #(pass.observer.pass(#followers);)*);
        }
    };
    let mut blocked = || descriptors.name(&Descriptor::Blocked(blocked));
    if epilogue.followers.is_empty() {
        let blocked = blocked();
        return quote!(pass.observe_blocked(#layer, #buffer, &#blocked););
    }
    let followers = epilogue.followers.iter().map(|follower| offsets.at(follower)).collect::<Vec<_>>();
    let optional = |range: Option<TokenStream>| {
        range.map_or_else(
            || quote!(::core::option::Option::None),
            |range| quote!(::core::option::Option::Some(#range)),
        )
    };
    let bias = epilogue.bias.map(|tensor| {
        let (start, len) = memory.range(tensor, offsets);
        quote!(#start..#start + #len)
    });
    let norm = epilogue.norm.map(|piece| offsets.prepared(piece));
    let (bias, norm) = (optional(bias), optional(norm));
    let activation = epilogue_activation(epilogue.activation);
    if let Some((pooled, weight)) = &epilogue.pool {
        let (pooled, weight) = (descriptors.name(pooled), offsets.prepared(*weight));
        return quote! {
            pass.observe_pooled(
                &[#layer, #(#followers),*],
                #buffer,
                &#pooled,
                #weight,
                #rt::pass::Fused { bias: #bias, norm: #norm, activation: #activation },
            );
        };
    }
    let blocked = blocked();
    quote! {
        pass.observe_fused(
            &[#layer, #(#followers),*],
            #buffer,
            &#blocked,
            #rt::pass::Fused { bias: #bias, norm: #norm, activation: #activation },
        );
    }
}
