//! The attributes that are the language's own. All others are documentation, or rustc's business.

use super::ast::Attributes;
use super::{budget, policy, weights};
use crate::diagnostics::{Diagnostics, Message};

/// The names of those of a network.
const OF_NETWORKS: [&str; 3] = ["policy", "budget", "weights"];

/// What the attributes of a network or an instance say.
pub(super) fn of_network(attrs: Vec<syn::Attribute>, errors: &Diagnostics) -> Attributes {
    let mut said = Attributes::default();
    let (mut policies, mut files) = (0, 0);
    for attr in attrs {
        if attr.path().is_ident("policy") {
            policies += 1;
            if policies > 1 {
                errors.error(&attr, "a network has one policy");
            } else {
                said.policy = policy::parse(&attr, errors);
            }
        } else if attr.path().is_ident("budget") {
            said.budget.extend(budget::parse(&attr, errors));
        } else if attr.path().is_ident("weights") {
            files += 1;
            if files > 1 {
                errors.error(&attr, "a network has one file of weights");
            } else {
                said.weights = weights::parse(&attr, errors);
            }
        } else {
            said.others.push(attr);
        }
    }
    said
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
