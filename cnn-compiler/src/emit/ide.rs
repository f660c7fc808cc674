//! What an editor shows: documentation for each word of the source, at the word itself.
//!
//! A word becomes one item of its name and place, whatever the number of loop turns, calls and instances that lay it:
//!
//! ```text
//! const _: () = {
//!     { use ::cnn::layers::conv2d as _; #[doc = "…"] const conv2d: () = (); }     a layer
//!     { #[doc = "…"] fn inception() {} inception; inception; }                    a block and its calls
//!     { #[doc = "…"] struct Vgg; Vgg; }                                           a network with open parameters
//! };
//! ```
//!
//! Hovering over the word then shows the documentation, and going to its definition leads to the page of the layer, or to the
//! block. Networks are types, whose documentation has a table. No code comes of any of this.

use super::docs::{counted, facts};
use crate::diagnostics::Token;
use crate::elaborate::Declared;
use crate::graph::{BlockCall, Graph, Group};
use crate::ops;
use crate::plan::Plan;
use crate::syntax::ast::{Body, Branch, For, If, JoinKind, Program, Step, Stmt};
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What is known of the words of a source: rows of a table for each.
#[derive(Default)]
struct Known {
    layers: BTreeMap<Token, Vec<String>>,
    calls: BTreeMap<Token, Vec<String>>,
}

/// Emits the items for a program; networks with errors have layers up to the first that is wrong, and no plan.
pub fn items(program: &Program, declared: &[Declared<'_>], plans: &[Option<Plan>]) -> TokenStream {
    let mut known = Known::default();
    for (network, plan) in declared.iter().zip(plans) {
        // Where one network has all the layers, there is no need to say which.
        let of = if declared.len() == 1 { String::new() } else { format!("`{}` ", network.name) };
        known.add(&of, &network.graph, plan.as_ref().map_or(&[], |plan| &plan.kernels));
    }
    let words = words(program);
    let layers = words.iter().filter_map(|word| layer(word, &known));
    let blocks = blocks(program, &words, &known);
    let networks = networks(program, declared);
    quote! {
        #[allow(unused, non_upper_case_globals, non_camel_case_types, non_snake_case, clippy::all, clippy::pedantic)]
        const _: () = { #(#layers)* #(#blocks)* #(#networks)* };
    }
}

impl Known {
    fn add(&mut self, of: &str, graph: &Graph, kernels: &[String]) {
        for (i, layer) in graph.layers.iter().enumerate() {
            let kernel = kernels.get(i).map_or("", String::as_str);
            let inputs = layer.inputs.iter().map(|node| graph.shape(*node).to_string());
            let input = inputs.collect::<Vec<_>>().join(" + ");
            let (path, text, output) = (&layer.path, &layer.text, layer.output);
            let row = format!("| {of}`{path}` | `{text}` | {input} → {output} | {} |", facts(layer, kernel));
            self.layers.entry(layer.place.token()).or_default().push(row);
        }
        for group in &graph.groups {
            let Group::Call(call) = group else { continue };
            self.calls.entry(call.place.token()).or_default().push(call_row(of, graph, call));
        }
    }
}

/// A block call as a row: what goes in, what comes out, and what its layers have together.
fn call_row(of: &str, graph: &Graph, call: &BlockCall) -> String {
    let layers = &graph.layers[call.layers.clone()];
    let parameters = layers.iter().map(crate::graph::Layer::parameters).sum();
    let macs = layers.iter().map(crate::graph::Layer::macs).fold(0, usize::saturating_add);
    let output = call.output.map_or_else(|| "?".into(), |node| graph.shape(node).to_string());
    let (path, text, input) = (&call.path, &call.text, graph.shape(call.input));
    let (parameters, macs) = (counted(parameters), counted(macs));
    format!("| {of}`{path}` | `{text}` | {input} → {output} | {parameters} | {macs} |")
}

/// Every layer, join and block call that stands in a program, in order.
fn words(program: &Program) -> Vec<&Ident> {
    let mut words = Vec::new();
    let networks = program.networks.iter().map(|network| &network.body);
    for body in networks.chain(program.blocks.iter().map(|block| &block.body)) {
        words_of_body(body, &mut words);
    }
    let results = program.networks.iter().filter_map(|network| network.results.as_ref());
    results.for_each(|results| words_of_branches(&results.branches, &mut words));
    words
}

fn words_of_body<'p>(body: &'p Body, words: &mut Vec<&'p Ident>) {
    for stmt in &body.stmts {
        match stmt {
            Stmt::Step(_, Step::Call(call)) => words.push(&call.name),
            Stmt::Step(_, Step::Join(join)) => {
                words.push(&join.name);
                words_of_branches(&join.branches, words);
            }
            Stmt::Tap(_) => {}
            Stmt::For(repeat) => {
                let For { body, .. } = &**repeat;
                words_of_body(body, words);
            }
            Stmt::If(choice) => {
                let If { then, otherwise, .. } = &**choice;
                words_of_body(then, words);
                words_of_body(otherwise, words);
            }
        }
    }
}

fn words_of_branches<'p>(branches: &'p [Branch], words: &mut Vec<&'p Ident>) {
    for branch in branches {
        match branch {
            Branch::Body(body) => words_of_body(body, words),
            Branch::Tap(_) | Branch::Current => {}
        }
    }
}

/// The item of a layer; where nobody has laid it, only the way to its page.
fn layer(word: &Ident, known: &Known) -> Option<TokenStream> {
    let name = word.to_string();
    if ops::find(&name).is_none() && JoinKind::find(word).is_none() {
        return None;
    }
    let rows = known.layers.get(&Token::of(word.span()));
    let facts = rows.map(|rows| {
        let text = table("layer|call|shapes|parameters|multiply-adds|receptive field|stride|kernel", rows);
        quote!(#[doc = #text] const #word: () = ();)
    });
    Some(quote!({ use ::cnn::layers::#word as _; #facts }))
}

/// The items of blocks: all calls at each block, and a way from each call to its block.
fn blocks<'a>(
    program: &'a Program,
    words: &'a [&'a Ident],
    known: &'a Known,
) -> impl Iterator<Item = TokenStream> + 'a {
    let imports = program.imports.iter().filter_map(|import| {
        let block = import.program.as_ref()?.blocks.iter().find(|block| block.name == import.name)?;
        Some((&import.alias, &block.name))
    });
    let own = program.blocks.iter().map(|block| (&block.name, &block.name));
    own.chain(imports).map(|(name, declared)| {
        let calls: Vec<&&Ident> = words.iter().filter(|word| **word == name).collect();
        let rows: Vec<String> = calls
            .iter()
            .filter_map(|word| known.calls.get(&Token::of(word.span())))
            .flatten()
            .cloned()
            .collect();
        let text = if rows.is_empty() {
            "A block that no network here calls.".into()
        } else {
            table("block|call|shapes|parameters|multiply-adds", &rows)
        };
        let item = Ident::new(&name.to_string(), declared.span());
        quote!({ #[doc = #text] fn #item() {} #(#calls;)* })
    })
}

/// The items of networks with open parameters, and ways from instances to their networks.
fn networks<'a>(
    program: &'a Program,
    declared: &'a [Declared<'a>],
) -> impl Iterator<Item = TokenStream> + 'a {
    program.networks.iter().filter(|network| !network.params.is_empty()).map(move |network| {
        let name = &network.name;
        let instances: Vec<_> =
            program.instances.iter().filter(|instance| instance.network == *name).collect();
        let uses = instances.iter().map(|instance| &instance.network);
        if declared.iter().any(|declared| declared.name == name) {
            // It is a type of its own, with its parameters' defaults.
            return quote!(#({ type Network = #uses; })*);
        }
        let mut rows = Vec::new();
        for declared in declared {
            if instances.iter().any(|instance| instance.name == *declared.name) {
                let graph = &declared.graph;
                let outputs: Vec<String> = graph.output_shapes().iter().map(ToString::to_string).collect();
                let (parameters, macs) = (counted(graph.parameters()), counted(graph.macs()));
                let shapes = format!("{} → {}", graph.input, outputs.join(", "));
                rows.push(format!("| `{}` | {shapes} | {parameters} | {macs} |", declared.name));
            }
        }
        let text = table("instance|shapes|parameters|multiply-adds", &rows);
        quote!({ #[doc = #text] struct #name; #(#uses;)* })
    })
}

/// A table of Markdown with these titles.
fn table(titles: &str, rows: &[String]) -> String {
    let titles: Vec<&str> = titles.split('|').collect();
    let mut text = format!("| {} |\n|{}\n", titles.join(" | "), ":--|".repeat(titles.len()));
    for row in rows {
        let _ = writeln!(text, "{row}");
    }
    text
}
