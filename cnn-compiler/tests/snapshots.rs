//! Graph, plan and emitted code of a few networks, kept as text: a change to the compiler shows here what it does.

use cnn_compiler::diagnostics::Diagnostics;
use cnn_compiler::{compile, elaborate, plan, show, syntax};
use proc_macro2::TokenStream;
use std::fmt::Write as _;

fn tokens(source: &str) -> TokenStream {
    source.parse().expect("a fixture is made of tokens")
}

/// Graph and plan of each network of a program.
fn stages(source: &str) -> (String, String) {
    let errors = Diagnostics::default();
    let program = syntax::parse(&[], tokens(source), &errors);
    let declared = elaborate::elaborate(&program, &errors);
    assert!(errors.finish().is_empty(), "a fixture has no errors");
    let mut texts = (String::new(), String::new());
    for network in &declared {
        writeln!(texts.0, "{}\n{}", network.name, network.graph).expect("a string takes everything");
        writeln!(texts.1, "{}\n{}", network.name, plan::plan(&network.graph))
            .expect("a string takes everything");
    }
    texts
}

fn code(source: &str) -> String {
    let file = syn::parse2(compile(tokens(source))).expect("emitted code is Rust");
    prettyplease::unparse(&file)
}

macro_rules! snapshot {
    ($name:ident) => {
        #[test]
        fn $name() {
            let source = include_str!(concat!("fixtures/", stringify!($name), ".rs"));
            let (graph, plan) = stages(source);
            insta::assert_snapshot!(concat!(stringify!($name), "_graph"), graph);
            insta::assert_snapshot!(concat!(stringify!($name), "_plan"), plan);
            insta::assert_snapshot!(concat!(stringify!($name), "_code"), code(source));
            assert_eq!(code(source), code(source), "the same tokens give the same code");
        }
    };
}
snapshot!(lenet);
snapshot!(residual);
snapshot!(inception);
snapshot!(instances);

/// What an editor shows.
#[test]
fn editor() {
    for name in ["lenet", "residual", "inception", "instances"] {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
        let source = tokens(&std::fs::read_to_string(format!("{path}/{name}.rs")).expect("a fixture"));
        let items = syn::parse2(show(quote::quote!({} { #source } editor))).expect("items are Rust");
        insta::assert_snapshot!(format!("{name}_editor"), prettyplease::unparse(&items));
    }
}
