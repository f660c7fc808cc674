//! The procedural macros of `cnn`: a shell around [`cnn_compiler`], which does all the work.
#![forbid(unsafe_code)]

use proc_macro::TokenStream;

#[doc = include_str!("network.md")]
#[proc_macro]
pub fn network(tokens: TokenStream) -> TokenStream {
    cnn_compiler::compile(tokens.into()).into()
}

#[doc = include_str!("block.md")]
#[proc_macro]
pub fn block(tokens: TokenStream) -> TokenStream {
    cnn_compiler::block(tokens.into()).into()
}

/// Where a `use` in [`network!`] or [`block!`] comes back to; not meant to be used by hand.
#[doc(hidden)]
#[proc_macro]
pub fn __import(tokens: TokenStream) -> TokenStream {
    cnn_compiler::import(tokens.into()).into()
}

/// What editors and documentation show of the source of a [`network!`] or [`block!`]; not meant to be used by hand.
#[doc(hidden)]
#[proc_macro]
pub fn __show(tokens: TokenStream) -> TokenStream {
    cnn_compiler::show(tokens.into()).into()
}

#[cfg(test)]
mod tests {
    use cnn_compiler::syntax::ast::Fact;

    /// The documentation lists what the compiler knows.
    #[test]
    fn the_documentation_lists_what_a_budget_limits() {
        let documentation = include_str!("network.md");
        let name = |line: &'static str| line.strip_prefix("- `")?.split_once("`: ").map(|(name, _)| name);
        let written: Vec<&str> = documentation.lines().filter_map(name).collect();
        assert_eq!(written, Fact::ALL.map(Fact::name));
    }
}
