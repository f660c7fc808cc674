//! The numbers of a budget: constant expressions, which see the network's parameters, or what an instance sees.

use super::Site;
use super::scope::Scopes;
use crate::diagnostics::{Diagnostics, Message};
use crate::syntax::ast::{Fact, Limit, Network, Relation};
use crate::value::{Scope, Value, evaluate};
use proc_macro2::TokenStream;

/// A limit with its number.
#[derive(Clone, Copy, Debug)]
pub struct Bound<'p> {
    /// All of the limit, for errors.
    pub tokens: &'p TokenStream,
    /// What is limited.
    pub fact: Fact,
    /// How.
    pub relation: Relation,
    /// To what.
    pub limit: usize,
}

impl Bound<'_> {
    /// The smallest number and the largest that keep to it.
    pub fn range(&self) -> (usize, usize) {
        match self.relation {
            Relation::AtMost => (0, self.limit),
            Relation::LessThan => (0, self.limit - 1),
            Relation::AtLeast => (self.limit, usize::MAX),
            Relation::MoreThan => (self.limit.saturating_add(1), usize::MAX),
            Relation::Exactly => (self.limit, self.limit),
        }
    }
}

/// What a type must keep to: its network's limits, and those of its own.
pub(super) fn bounds<'p>(
    network: &'p Network,
    site: &Site<'p, '_>,
    scopes: &Scopes<'_>,
    errors: &Diagnostics,
) -> Vec<Bound<'p>> {
    let anchor = errors.enter(site.name.span());
    let mut bounds: Vec<Bound<'p>> =
        network.attrs.budget.iter().filter_map(|limit| bound(limit, scopes, errors)).collect();
    errors.restore(anchor);
    if !std::ptr::eq(site.attrs, &raw const network.attrs) {
        let outside = Scopes::new(site.consts, errors);
        bounds.extend(site.attrs.budget.iter().filter_map(|limit| bound(limit, &outside, errors)));
    }
    bounds
}

/// Checks the limits of a network whose parameters nobody has given yet, as far as that goes.
pub(super) fn check(network: &Network, scopes: &Scopes<'_>, errors: &Diagnostics) {
    for limit in &network.attrs.budget {
        bound(limit, scopes, errors);
    }
}

fn bound<'p>(limit: &'p Limit, scope: &impl Scope, errors: &Diagnostics) -> Option<Bound<'p>> {
    let least = i64::from(limit.relation == Relation::LessThan);
    let number = match evaluate(&limit.value, scope, errors) {
        Value::Int(number) if number >= least => usize::try_from(number).ok()?,
        Value::Unknown => return None,
        other => {
            let message = format!("this limit is a whole number from {least} on, found {other}");
            let help = "sums and products of constants can be used: `32 * 1024`";
            errors.error(&limit.value, Message::new(message).help(help));
            return None;
        }
    };
    let Limit { tokens, fact, relation, .. } = limit;
    Some(Bound { tokens, fact: *fact, relation: *relation, limit: number })
}
