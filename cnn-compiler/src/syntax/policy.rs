//! `#[policy(exact)]` on a network or an instance: how exact its sums are unless a session says otherwise.

use super::ast::Policy;
use crate::diagnostics::{Diagnostics, Message, nearest};
use proc_macro2::Ident;
use quote::ToTokens;

/// What a program writes, and what it means.
const NAMES: [(&str, Policy); 3] = [("exact", Policy::Exact), ("f2", Policy::F2), ("fast", Policy::Fast)];

/// What `#[policy(…)]` says; reports what is none of it.
pub(super) fn parse(attr: &syn::Attribute, errors: &Diagnostics) -> Option<Policy> {
    let help = "write `#[policy(exact)]`, `#[policy(f2)]` or `#[policy(fast)]`";
    let Ok(name) = attr.parse_args::<Ident>() else {
        errors.error(attr, Message::new("a policy is one name in parentheses").help(help));
        return None;
    };
    let text = name.to_string();
    if let Some((_, policy)) = NAMES.iter().find(|(known, _)| *known == text) {
        return Some(*policy);
    }
    let message = Message::new(format!("there is no policy `{text}`"));
    let near = nearest(&text, NAMES.iter().map(|(name, _)| *name));
    let help = near.map_or_else(|| help.to_owned(), |near| format!("write `{near}`"));
    errors.error(name.to_token_stream(), message.help(help));
    None
}
