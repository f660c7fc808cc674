//! Tokens in, a spanned tree out.
//!
//! The language is a strict subset of Rust's items, so syn does the parsing. It is asked item by item: a missing `;` in one
//! function then does not hide the errors of the next.

pub mod ast;
mod attributes;
mod body;
mod budget;
mod item;
pub(crate) mod nesting;
mod policy;
pub(crate) mod split;
mod weights;

use crate::diagnostics::{Diagnostics, Message};
use crate::imports::Imported;
use ast::{Broken, Import, Program};
use proc_macro2::TokenStream;
use split::Declared;

/// Parses a program and all that it imports.
pub fn parse(imports: &[Imported], tokens: TokenStream, errors: &Diagnostics) -> Program {
    let imports = imports.iter().map(|import| {
        let program = import.program.as_ref();
        let program = program.map(|carried| parse(&carried.imports, carried.items.clone(), errors));
        Import { alias: import.alias.clone(), name: import.name.clone(), program }
    });
    let mut program = Program { imports: imports.collect(), ..Program::default() };
    for tokens in split::items(tokens) {
        let before = errors.count();
        match nesting::parse::<syn::Item>(tokens.clone()) {
            Ok(item) => item::lower(item, &mut program, errors),
            Err(error) => errors.push(explained(error)),
        }
        if errors.count() != before {
            match split::declared(&tokens) {
                Some(Declared::Type(vis, name)) => {
                    let tensors = item::signature(split::without_body(tokens));
                    program.broken.push(Broken { vis, name, tensors });
                }
                Some(Declared::Block(vis, name)) => program.broken_blocks.push((vis, name)),
                None => {}
            }
        }
    }
    program
}

/// What syn found wrong; of a `;` that is missing, with what to do.
fn explained(error: syn::Error) -> syn::Error {
    if !error.to_string().ends_with("expected `;`") {
        return error;
    }
    let message = Message::new("a `;` is missing before this").help("end the layer before it with `;`");
    syn::Error::new(error.span(), message.to_string())
}

/// Reports what does not belong into `block!( … )`.
pub fn only_blocks(program: &Program, errors: &Diagnostics) {
    let networks = program.networks.iter().map(|network| &network.name);
    for name in networks.chain(program.instances.iter().map(|instance| &instance.name)) {
        let message = Message::new(format_args!("`{name}` is a network: `block!` declares blocks"));
        errors.error(name, message.help("move it into `network!( … )`; a block has no `->`"));
    }
}

#[cfg(test)]
mod tests;
