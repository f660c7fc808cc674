//! Tokens in, a spanned tree out.
//!
//! The language is a strict subset of Rust's items, so syn does the parsing. It is asked item by item: a missing `;` in one
//! function then does not hide the errors of the next.

pub mod ast;
mod body;
mod item;
mod split;

use crate::diagnostics::Diagnostics;
use ast::{Broken, Program};
use proc_macro2::TokenStream;

/// Parses everything in one `network!( … )`.
pub fn parse(tokens: TokenStream, errors: &Diagnostics) -> Program {
    let mut program = Program::default();
    for tokens in split::items(tokens) {
        let before = errors.count();
        match syn::parse2::<syn::Item>(tokens.clone()) {
            Ok(item) => item::lower(item, &mut program, errors),
            Err(error) => errors.push(error),
        }
        if errors.count() != before {
            program.broken.extend(split::declared_type(&tokens).map(|(vis, name)| {
                let tensors = item::signature(split::without_body(tokens));
                Broken { vis, name, tensors }
            }));
        }
    }
    program
}

#[cfg(test)]
mod tests;
