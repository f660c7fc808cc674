//! Any tokens become code or errors: no panic, no time or memory without end, and always Rust.
#![no_main]

use libfuzzer_sys::fuzz_target;
use proc_macro2::{TokenStream, TokenTree};

/// The tokens of each `network!( … )` and `block!( … )` in a file, or all of them if there is none.
fn invocations(file: TokenStream) -> Vec<(bool, TokenStream)> {
    let tokens: Vec<TokenTree> = file.clone().into_iter().collect();
    let invocation = |tokens: &[TokenTree]| {
        let [TokenTree::Ident(name), TokenTree::Punct(bang), TokenTree::Group(group)] = tokens else {
            return None;
        };
        let known = (name == "network" || name == "block") && bang.as_char() == '!';
        known.then(|| (name == "network", group.stream()))
    };
    let found: Vec<_> = tokens.windows(3).filter_map(invocation).collect();
    if found.is_empty() { vec![(true, file.clone()), (false, file)] } else { found }
}

fn compile(source: &str) {
    let Ok(file) = source.parse::<TokenStream>() else { return };
    for (is_network, tokens) in invocations(file) {
        let code = if is_network { cnn_compiler::compile(tokens) } else { cnn_compiler::block(tokens) };
        if let Err(error) = syn::parse2::<syn::File>(code.clone()) {
            panic!("what comes out is not Rust: {error}\n{code}");
        }
    }
}

fuzz_target!(|data: &[u8]| {
    if let Ok(source) = std::str::from_utf8(data) {
        compile(source);
        proc_macro2::extra::invalidate_current_thread_spans();
    }
});
