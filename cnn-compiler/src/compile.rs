//! The pipeline on one screen.

use crate::diagnostics::{Diagnostics, render};
use crate::elaborate::Declared;
use crate::imports::{Kind, Source};
use crate::plan::Plan;
use crate::weights::Embedded;
use crate::{budget, diagram, elaborate, emit, plan, syntax, weights};
use proc_macro2::TokenStream;

/// Compiles everything in one `network!( … )`.
///
/// If anything is wrong, gives the errors, and a stub for each type that the program declares.
#[must_use]
pub fn compile(tokens: TokenStream) -> TokenStream {
    follow(Source::new(Kind::Network, tokens))
}

/// Checks everything in one `block!( … )`, and makes it usable elsewhere.
#[must_use]
pub fn block(tokens: TokenStream) -> TokenStream {
    follow(Source::new(Kind::Block, tokens))
}

/// Goes on with either macro after a `use`.
#[must_use]
pub fn import(tokens: TokenStream) -> TokenStream {
    match Source::resume(tokens) {
        Some(source) => follow(source),
        None => foreign(),
    }
}

/// Tells what is known of a program: to an editor of its words, or to the documentation of a network how it looks.
#[must_use]
pub fn show(tokens: TokenStream) -> TokenStream {
    let Some((source, request)) = Source::resume_shown(tokens) else { return foreign() };
    // The macro itself reports the errors.
    let errors = Diagnostics::default();
    let program = syntax::parse(&source.imports, source.items.clone(), &errors);
    let declared = elaborate::elaborate(&program, &errors);
    let sound = errors.finish().is_empty();
    if request == "editor" {
        let plan =
            |network: &Declared<'_>| (sound && network.graph.is_whole()).then(|| plan::plan(&network.graph));
        let plans: Vec<Option<Plan>> = declared.iter().map(plan).collect();
        return emit::ide::items(&program, &declared, &plans);
    }
    let network = declared.iter().find(|network| *network.name == request);
    network.map_or_else(foreign, |network| {
        let drawing = diagram::draw(&network.graph);
        quote::quote!(#drawing)
    })
}

/// What remains of a call by hand of what emitted code calls.
fn foreign() -> TokenStream {
    quote::quote!(::core::compile_error!("this macro is for the code that `cnn::network!` emits");)
}

/// Follows the next `use`, or compiles what has come together.
fn follow(mut source: Source) -> TokenStream {
    let errors = Diagnostics::default();
    if let Some(call) = source.next_import(&errors) {
        let mut output = render(&errors.finish());
        output.extend(call);
        return output;
    }
    match source.kind {
        Kind::Network => networks(&source, errors),
        Kind::Block => blocks(&source, errors),
    }
}

fn networks(source: &Source, errors: Diagnostics) -> TokenStream {
    let program = syntax::parse(&source.imports, source.items.clone(), &errors);
    let declared = elaborate::elaborate(&program, &errors);
    let embedded: Vec<Option<Embedded>> = declared
        .iter()
        .map(|network| {
            budget::check(network, &errors);
            weights::check(network, &errors)
        })
        .collect();
    let errors = errors.finish();
    let mut output = emit::consts(&program.consts);
    output.extend(source.shown());
    for network in program.networks.iter().filter(|network| network.is_reusable()) {
        output.extend(source.carrier(&network.vis, &network.name, errors.is_empty()));
    }
    output.extend(render(&errors));
    for (network, embedded) in declared.iter().zip(embedded) {
        output.extend(if errors.is_empty() && network.graph.is_whole() {
            emit::network(network, &plan::plan(&network.graph), embedded.as_ref())
        } else {
            emit::fallback::stub(network.vis, network.name, network.input, &network.outputs)
        });
    }
    for broken in
        program.broken.iter().filter(|broken| declared.iter().all(|known| *known.name != broken.name))
    {
        let (input, results) = elaborate::broken_shapes(&program, broken);
        output.extend(emit::fallback::stub(&broken.vis, &broken.name, input, &results));
    }
    output
}

fn blocks(source: &Source, errors: Diagnostics) -> TokenStream {
    let program = syntax::parse(&source.imports, source.items.clone(), &errors);
    syntax::only_blocks(&program, &errors);
    elaborate::check(&program, &errors);
    let errors = errors.finish();
    let mut output = emit::consts(&program.consts);
    output.extend(source.shown());
    let broken = program.broken_blocks.iter().map(|(vis, name)| (vis, name));
    for (vis, name) in program.blocks.iter().map(|block| (&block.vis, &block.name)).chain(broken) {
        output.extend(source.carrier(vis, name, errors.is_empty()));
    }
    output.extend(render(&errors));
    output
}
