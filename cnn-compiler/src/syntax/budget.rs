//! `#[budget(params <= 62_000, receptive_field >= 20)]` on a network or an instance: what it must keep to.

use super::ast::{Fact, Limit, Relation};
use crate::diagnostics::{Diagnostics, Message, nearest};
use quote::ToTokens as _;
use syn::punctuated::Punctuated;

/// The limits that `#[budget(…)]` lists; reports what is none.
pub(super) fn parse(attr: &syn::Attribute, errors: &Diagnostics) -> Vec<Limit> {
    let help = "write `#[budget(params <= 62_000, macs <= 500_000)]`";
    let listed = match &attr.meta {
        syn::Meta::List(list) => {
            list.parse_args_with(Punctuated::<syn::Expr, syn::Token![,]>::parse_terminated)
        }
        syn::Meta::Path(_) | syn::Meta::NameValue(_) => Ok(Punctuated::new()),
    };
    match listed {
        Ok(limits) if limits.is_empty() => {
            errors.error(attr, Message::new("a budget lists its limits in parentheses").help(help));
            Vec::new()
        }
        Ok(limits) => limits.into_iter().filter_map(|limit| lower(limit, errors)).collect(),
        Err(error) => {
            errors.push(error);
            Vec::new()
        }
    }
}

/// `params <= 62_000`
fn lower(expr: syn::Expr, errors: &Diagnostics) -> Option<Limit> {
    let tokens = expr.to_token_stream();
    let parts = match expr {
        syn::Expr::Binary(expr) => match *expr.left {
            syn::Expr::Path(name) if name.path.get_ident().is_some() => Some((name, expr.op, *expr.right)),
            _ => None,
        },
        _ => None,
    };
    let Some((name, op, value)) = parts else {
        let message = Message::new("a limit is a name, a comparison and a number");
        errors.error(tokens, message.help(format_args!("write `params <= 62_000`; {}", known())));
        return None;
    };
    let Some(relation) = relation(op) else {
        let message = Message::new("this is no way to limit something");
        errors.error(op, message.help("a limit has one of `<=`, `<`, `>=`, `>` and `==`"));
        return None;
    };
    let text = name.path.get_ident().map(ToString::to_string).unwrap_or_default();
    let Some(fact) = Fact::ALL.into_iter().find(|fact| fact.name() == text) else {
        let message = Message::new(format_args!("a budget knows no `{text}`"));
        let near = nearest(&text, Fact::ALL.map(Fact::name));
        let help = near.map_or_else(known, |near| format!("write `{near}`"));
        errors.error(name, message.help(help));
        return None;
    };
    Some(Limit { tokens, fact, relation, value })
}

fn relation(op: syn::BinOp) -> Option<Relation> {
    match op {
        syn::BinOp::Le(_) => Some(Relation::AtMost),
        syn::BinOp::Lt(_) => Some(Relation::LessThan),
        syn::BinOp::Ge(_) => Some(Relation::AtLeast),
        syn::BinOp::Gt(_) => Some(Relation::MoreThan),
        syn::BinOp::Eq(_) => Some(Relation::Exactly),
        _ => None,
    }
}

fn known() -> String {
    let names = Fact::ALL.map(|fact| format!("`{}`", fact.name()));
    format!("the names are {}", names.join(", "))
}
