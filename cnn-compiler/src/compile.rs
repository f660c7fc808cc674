//! The pipeline on one screen.

use crate::diagnostics::{Diagnostics, render};
use crate::{elaborate, emit, plan, syntax};
use proc_macro2::TokenStream;

/// Compiles everything in one `network!( … )`.
///
/// If anything is wrong, gives the errors, and a stub for each type that the program declares.
#[must_use]
pub fn compile(tokens: TokenStream) -> TokenStream {
    let errors = Diagnostics::default();
    let program = syntax::parse(tokens, &errors);
    let declared = elaborate::elaborate(&program, &errors);
    let errors = errors.finish();
    let mut output = emit::consts(&program.consts);
    if errors.is_empty() {
        output.extend(declared.iter().map(|network| emit::network(network, &plan::plan(&network.graph))));
        return output;
    }
    output.extend(render(&errors));
    for network in &declared {
        output.extend(emit::fallback::stub(network.vis, network.name, network.input, &network.outputs));
    }
    for broken in
        program.broken.iter().filter(|broken| declared.iter().all(|known| *known.name != broken.name))
    {
        let (input, results) = elaborate::broken_shapes(&program, broken);
        output.extend(emit::fallback::stub(&broken.vis, &broken.name, input, &results));
    }
    output
}
