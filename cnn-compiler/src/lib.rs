//! The compiler behind `cnn::network!`.
#![forbid(unsafe_code)]

/// TODO
#[must_use]
pub fn compile(tokens: proc_macro2::TokenStream) -> proc_macro2::TokenStream {
    tokens
}
