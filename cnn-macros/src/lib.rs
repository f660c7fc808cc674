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

#[cfg(test)]
mod tests {
    use cnn_compiler::syntax::ast::Fact;

    /// The documentation of the layers is the compiler's table, row by row.
    #[test]
    fn the_documentation_lists_every_layer() {
        let documentation = include_str!("network.md");
        let written: Vec<&str> = documentation.lines().filter(|line| line.starts_with("| `")).collect();
        let layers = cnn_compiler::ops::LAYERS.iter();
        let expected: Vec<String> =
            layers.map(|layer| format!("| `{layer}` | {} |", layer.summary)).collect();
        assert_eq!(written, expected, "\n{}", expected.join("\n"));
    }

    /// So are the names of what a budget limits.
    #[test]
    fn the_documentation_lists_what_a_budget_limits() {
        let documentation = include_str!("network.md");
        let name = |line: &'static str| line.strip_prefix("- `")?.split_once("`: ").map(|(name, _)| name);
        let written: Vec<&str> = documentation.lines().filter_map(name).collect();
        assert_eq!(written, Fact::ALL.map(Fact::name));
    }
}
