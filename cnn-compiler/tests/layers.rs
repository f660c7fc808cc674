//! Each layer has a page of reference, `cnn::layers::NAME`, that says what the compiler's table says.

use cnn_compiler::ops::LAYERS;
use cnn_compiler::syntax::ast::JoinKind;

/// The lines of a module's documentation.
fn documentation(module: &syn::ItemMod) -> Vec<String> {
    let doc = |attr: &syn::Attribute| match &attr.meta {
        syn::Meta::NameValue(syn::MetaNameValue { value: syn::Expr::Lit(text), .. }) => match &text.lit {
            syn::Lit::Str(text) => Some(text.value().trim().to_string()),
            _ => None,
        },
        _ => None,
    };
    module.attrs.iter().filter_map(doc).collect()
}

#[test]
fn every_layer_has_a_page() {
    let source = syn::parse_file(include_str!("../../src/layers.rs")).expect("the source is Rust");
    let pages: Vec<(String, Vec<String>)> = source
        .items
        .iter()
        .filter_map(|item| match item {
            syn::Item::Mod(module) => Some((module.ident.to_string(), documentation(module))),
            _ => None,
        })
        .collect();
    let names: Vec<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
    let layers = LAYERS.iter().map(|layer| layer.name);
    let expected: Vec<&str> = layers.chain(JoinKind::ALL.map(JoinKind::name)).collect();
    assert_eq!(names, expected);
    for (layer, (name, lines)) in LAYERS.iter().zip(&pages) {
        let expected = [layer.summary, "", "```text", &layer.to_string(), "```", ""];
        assert_eq!(lines[..6], expected, "the head of the page of `{name}`");
    }
}
