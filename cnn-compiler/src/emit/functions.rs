//! Passes as functions: one for each distinct block, never one flat body of all layers.

use super::call::{Memory, Offsets, buffer, call};
use super::runtime;
use crate::graph::Graph;
use crate::plan::{Action, Pass, Plan, Root, Step};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use std::collections::BTreeMap;

/// The longest run of steps in one function.
const MOST_STEPS: usize = 32;

/// Which of the runtime's passes a function works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Inference,
    Forward,
    Backward,
}

impl Kind {
    fn names(self) -> (&'static str, &'static str) {
        match self {
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
}

impl<'p> Functions<'p> {
    pub(super) fn new(graph: &'p Graph, plan: &'p Plan) -> Self {
        Self { graph, plan, known: BTreeMap::new(), items: TokenStream::new() }
    }

    /// The body of a pass: calls of functions, which are kept for [`finish`](Self::finish).
    pub(super) fn pass(&mut self, kind: Kind, pass: &Pass) -> TokenStream {
        let block = |step: &Step| step.layer.and_then(|layer| self.graph.layers[layer].block);
        let runs = pass.steps.chunk_by(|a, b| block(a) == block(b)).flat_map(|run| run.chunks(MOST_STEPS));
        let runs: Vec<&[Step]> = runs.collect();
        runs.into_iter().map(|run| self.run(kind, pass, run)).collect()
    }

    /// The items.
    pub(super) fn finish(self) -> TokenStream {
        self.items
    }

    fn run(&mut self, kind: Kind, pass: &Pass, steps: &[Step]) -> TokenStream {
        let memory = Memory { parameters: &self.plan.parameters, buffers: &pass.offsets };
        let mut offsets = Offsets::default();
        let body: TokenStream = steps.iter().map(|step| Self::step(step, memory, &mut offsets)).collect();
        let numbers = offsets.finish();
        let name = self.function(kind, &body, numbers.len());
        quote!(#name(pass, &[#(#numbers),*]);)
    }

    fn step(step: &Step, memory: Memory<'_>, offsets: &mut Offsets) -> TokenStream {
        match &step.action {
            Action::Call(kernel) => call(kernel, memory, offsets),
            Action::Observe(place) => {
                let Some(layer) = step.layer else { unreachable!("an observed place is a layer's output") };
                let layer = offsets.at(layer);
                if let Some(buffer) = buffer(*place, memory, offsets) {
                    quote!(pass.observe(#layer, #buffer);)
                } else {
                    debug_assert_eq!(place.root, Root::Input, "only the input is not a buffer");
                    quote!(pass.observer.observe(#layer, pass.input);)
                }
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
