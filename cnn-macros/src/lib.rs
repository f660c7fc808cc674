//! The procedural macros of `cnn`: a shell around [`cnn_compiler`], which does all the work.
#![forbid(unsafe_code)]

use proc_macro::TokenStream;

/// Compiles the networks declared in it. See the documentation of `cnn` for the language.
#[proc_macro]
pub fn network(tokens: TokenStream) -> TokenStream {
    cnn_compiler::compile(tokens.into()).into()
}
