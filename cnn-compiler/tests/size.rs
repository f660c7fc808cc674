//! How much code a network becomes: rustc reads all of it at each edit of the user's crate.

use cnn_compiler::compile;
use proc_macro2::{TokenStream, TokenTree};

/// Tokens, each bracket one.
fn count(tokens: TokenStream) -> usize {
    let of = |token| match token {
        TokenTree::Group(group) => 2 + count(group.stream()),
        TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => 1,
    };
    tokens.into_iter().map(of).sum()
}

fn code(source: &str) -> TokenStream {
    compile(source.parse().expect("the source is made of tokens"))
}

#[test]
fn googlenet_is_less_than_200_kb() {
    let model = include_str!("../../src/models/googlenet.rs");
    let start = model.find("network!(").expect("the model is a network") + "network!(".len();
    // The network itself, without the instance of another size.
    let end = model.find("    /// [`GoogLeNet`] for images").expect("the instance stands last");
    let text = code(&model[start..end]).to_string();
    assert!(text.contains("# The layers of `GoogLeNet`"), "it compiles");
    assert!(text.len() < 200_000, "{} bytes", text.len());
}

/// A layer costs as much in a deep network as in a shallow one. No two layers here are alike, but all have the same kernels.
#[test]
fn code_is_linear_in_layers() {
    let tokens = |convs: usize| {
        let layer = |i| format!("conv2d({}, kernel_size = 3, padding = 1); relu;", 256 + 16 * i);
        let layers = (0..convs).map(layer).collect::<Vec<_>>().concat();
        count(code(&format!("fn Deep(x: Image<256, 8, 8>) -> Vector<2> {{ {layers} flatten; linear(2) }}")))
    };
    let [few, some, many] = [8, 24, 72].map(tokens);
    let [first, later] = [(some - few) / 16, (many - some) / 48];
    assert!(
        later <= first + first / 20,
        "{first} tokens for each convolution up to the 24th, {later} after it"
    );
}
