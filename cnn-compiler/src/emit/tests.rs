//! What emitted code may contain.

use crate::compile;
use crate::fixtures::random::PROGRAMS;
use crate::fixtures::{Tested, alexnet, densenet121, resnet18};
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::BTreeSet;

/// The functions of a network that work on each kind of pass, the names that stand in them.
#[derive(Default)]
struct Passes {
    /// Of inference, and of what is prepared for it.
    inference: BTreeSet<String>,
    /// Of training.
    training: BTreeSet<String>,
}

impl Passes {
    /// Of the network that a program becomes.
    fn of(program: TokenStream) -> Self {
        let file: syn::File = syn::parse2(compile(program)).expect("emitted code is Rust");
        let mut passes = Self::default();
        for item in file.items {
            passes.item(item);
        }
        assert!(!passes.inference.is_empty() && !passes.training.is_empty());
        passes
    }

    fn item(&mut self, item: syn::Item) {
        match item {
            syn::Item::Mod(module) => {
                module.content.into_iter().flat_map(|(_, items)| items).for_each(|item| self.item(item));
            }
            // A network's code stands in a scope of its own.
            syn::Item::Const(constant) => {
                if let syn::Expr::Block(block) = *constant.expr {
                    for stmt in block.block.stmts {
                        if let syn::Stmt::Item(item) = stmt {
                            self.item(item);
                        }
                    }
                }
            }
            syn::Item::Fn(function) => {
                let mut pass = BTreeSet::new();
                names(function.sig.inputs.to_token_stream(), &mut pass);
                let is = |kind: &str| pass.contains(kind);
                if is("Inference") || is("Prepare") {
                    names(function.block.to_token_stream(), &mut self.inference);
                } else if is("Forward") || is("Backward") {
                    names(function.block.to_token_stream(), &mut self.training);
                }
            }
            _ => {}
        }
    }
}

fn names(tokens: TokenStream, found: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(name) => _ = found.insert(name.to_string()),
            TokenTree::Group(group) => names(group.stream(), found),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// A function of inference is given an `Inference`, and can only call others that are. It has no key of dropout, and running
/// statistics to be read alone; nor does it name a kernel of training.
#[test]
fn inference_has_neither_dropout_nor_statistics_of_a_batch() {
    let known = [alexnet(), resnet18(), densenet121()].map(|tokens| (tokens.to_string(), tokens));
    let random = PROGRAMS.iter().step_by(4).map(|program| (program.source("Net"), program.tokens()));
    let mut of_training = BTreeSet::new();
    for (source, tokens) in known.into_iter().chain(random) {
        let _tested = Tested(&source);
        let passes = Passes::of(tokens);
        for name in &passes.inference {
            let trains = name == "dropout" || name.starts_with("train_") || name.starts_with("backward");
            assert!(!trains, "`{name}` in inference");
        }
        of_training.extend(passes.training);
    }
    for name in ["dropout", "train_forward", "backward"] {
        assert!(of_training.contains(name), "no `{name}` in training either");
    }
}
