//! The attributes that are the language's own. All others are documentation, or rustc's business.

use super::ast::Attributes;
use super::{budget, policy, weights};
use crate::diagnostics::{Diagnostics, Message};

/// The names of those of a network.
const OF_NETWORKS: [&str; 3] = ["policy", "budget", "weights"];

/// What the attributes of a network or an instance say.
pub(super) fn of_network(mut attrs: Vec<syn::Attribute>, errors: &Diagnostics) -> Attributes {
    let [policies, budgets, files] = OF_NETWORKS.map(|name| {
        let is_named = |attr: &mut syn::Attribute| attr.path().is_ident(name);
        attrs.extract_if(.., is_named).collect::<Vec<_>>()
    });
    let first = |attrs: Vec<syn::Attribute>, message: &str| {
        let mut attrs = attrs.into_iter();
        let first = attrs.next();
        attrs.for_each(|attr| errors.error(&attr, Message::new(message).help("remove one of them")));
        first
    };
    Attributes {
        policy: first(policies, "a network has one policy").and_then(|attr| policy::parse(&attr, errors)),
        budget: budgets.iter().flat_map(|attr| budget::parse(attr, errors)).collect(),
        weights: first(files, "a network has one file of weights")
            .and_then(|attr| weights::parse(&attr, errors)),
        others: attrs,
    }
}

/// A block has none of them.
pub(super) fn of_block(attrs: &[syn::Attribute], errors: &Diagnostics) {
    for attr in attrs {
        if let Some(name) = OF_NETWORKS.iter().find(|name| attr.path().is_ident(name)) {
            let message = Message::new(format_args!("a block has no {name}"));
            errors.error(attr, message.help("put it on the network, which is the `fn` with `->`"));
        }
    }
}
