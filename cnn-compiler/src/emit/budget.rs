//! The limits of a budget that rustc checks: bytes, of which only the runtime knows how many are scratch of kernels.

use super::runtime;
use crate::budget::{Excess, LISTED, Words, label};
use crate::diagnostics::shown;
use crate::elaborate::{Bound, Declared};
use crate::plan::{Action, Operand, Pass, Plan, Root};
use crate::syntax::ast::Fact;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

/// `const _: () = { if BYTES > 32768 { panic!(…) } };` for each.
pub(super) fn checks(declared: &Declared<'_>, plan: &Plan) -> TokenStream {
    declared.budget.iter().map(|bound| check(declared, bound, plan)).collect()
}

fn check(declared: &Declared<'_>, bound: &Bound<'_>, plan: &Plan) -> TokenStream {
    let (rt, name) = (runtime(), declared.name);
    let (layout, costs) = match bound.fact {
        Fact::InferenceBytes => (quote!(INFERENCE), costs(declared, &[&plan.inference], Some(plan))),
        Fact::TrainingBytes => (quote!(TRAINING), costs(declared, &[&plan.forward, &plan.backward], None)),
        Fact::Params | Fact::Macs | Fact::ReceptiveField => return TokenStream::new(),
    };
    let (least, most) = bound.range();
    let layout = quote!(<#name as #rt::network::Network>::#layout);
    let scratch = quote!(("scratch of kernels", 4 * (#layout.step_len + #layout.lane_len)));
    let panic = |excess: Excess, by: &TokenStream| {
        let Words { subject, unit, budget, heading, help } =
            Words::for_bytes(&name.to_string(), bound, excess);
        let text = quote! {
            #rt::message::Text::new()
                .text(#subject).number(BYTES, ',').text(#unit).number(#by, ',').text(#budget)
                .largest::<#LISTED>(#heading, &[#(#costs,)* #scratch])
                .text("\n").text(#help).number(BYTES, '_').text("`")
        };
        let first = bound.tokens.clone().into_iter().next().map_or_else(|| name.span(), |token| token.span());
        quote_spanned!(shown(first, name.span())=> ::core::panic!("{}", #text.as_str()))
    };
    let many = panic(Excess::Many, &quote!(BYTES - #most));
    let few = panic(Excess::Few, &quote!(#least - BYTES));
    let many = (most < usize::MAX).then(|| quote!(if BYTES > #most { #many }));
    let few = (least > 0).then(|| quote!(if BYTES < #least { #few }));
    quote! {
        const _: () = {
            const BYTES: usize = #layout.bytes(1, 1);
            #many
            #few
        };
    }
}

/// `("conv1 …", 4 * (784 + …))` for each layer that something of the working memory is for: what it is the first to write,
/// and what is prepared for it.
fn costs(declared: &Declared<'_>, passes: &[&Pass], prepared: Option<&Plan>) -> Vec<TokenStream> {
    let layers = &declared.graph.layers;
    let mut lens = vec![0; layers.len()];
    let mut seen = Vec::new();
    for step in passes.iter().flat_map(|pass| &pass.steps) {
        let (Some(layer), Action::Call(call)) = (step.layer, &step.action) else { continue };
        for operand in &call.operands {
            if let Operand::Write(place) = operand
                && let Root::Buffer(buffer) = place.root
                && !seen.contains(&buffer)
            {
                seen.push(buffer);
                lens[layer] += place.stride;
            }
        }
    }
    let pieces = prepared.map_or(&[][..], |plan| &plan.prepared.pieces);
    let of_layer = |(layer, len): (usize, usize)| {
        let pieces = pieces.iter().enumerate().filter(|(_, piece)| piece.layer == layer);
        let pieces: Vec<TokenStream> = pieces
            .map(|(i, _)| {
                let next = i + 1;
                quote!(+ code::PREPARED[#next] - code::PREPARED[#i])
            })
            .collect();
        let label = label(&layers[layer]);
        (len > 0 || !pieces.is_empty()).then(|| quote!((#label, 4 * (#len #(#pieces)*))))
    };
    lens.into_iter().enumerate().filter_map(of_layer).collect()
}
