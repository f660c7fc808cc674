//! Bodies: statements, layers, branches.

use super::ast::{Arg, Body, Branch, Call, For, Format, If, Join, JoinKind, Name, Results, Step, Stmt};
use crate::diagnostics::{Diagnostics, Message};
use proc_macro2::Ident;
use quote::ToTokens;

/// The layers in a pair of braces.
pub(super) fn lower(block: &syn::Block, errors: &Diagnostics) -> Body {
    Body { stmts: block.stmts.iter().filter_map(|stmt| statement(stmt, errors)).collect() }
}

/// The layers of a network, and the tuple of several outputs that they may end with.
pub(super) fn lower_network(block: &syn::Block, errors: &Diagnostics) -> (Body, Option<Results>) {
    let Some((syn::Stmt::Expr(syn::Expr::Tuple(tuple), None), stmts)) = block.stmts.split_last() else {
        return (lower(block, errors), None);
    };
    let branches = tuple.elems.iter().filter_map(|expr| branch("a tuple of outputs", expr, errors)).collect();
    let stmts = stmts.iter().filter_map(|stmt| statement(stmt, errors)).collect();
    (Body { stmts }, Some(Results { tokens: tuple.to_token_stream(), branches }))
}

fn statement(stmt: &syn::Stmt, errors: &Diagnostics) -> Option<Stmt> {
    match stmt {
        syn::Stmt::Local(local) => binding(local, errors),
        syn::Stmt::Expr(expr, _) => expression(expr, errors),
        syn::Stmt::Item(item) => {
            let message = Message::new("items stand beside networks and blocks, not in them");
            errors.error(item, message.help("move it out of these braces"));
            None
        }
        syn::Stmt::Macro(call) => {
            let message = Message::new("macros are not expanded in a network");
            errors.error(call, message.help("write the layers themselves, or a block that has them"));
            None
        }
    }
}

/// `let name = step;` or `let name;`
fn binding(local: &syn::Local, errors: &Diagnostics) -> Option<Stmt> {
    let syn::Pat::Ident(name) = &local.pat else {
        let message = Message::new("a layer has one name");
        errors.error(&local.pat, message.help("write `let conv1 = conv2d(…);`"));
        return None;
    };
    let name = name.ident.clone();
    let Some(init) = &local.init else { return Some(Stmt::Tap(name)) };
    if let Some((_, diverge)) = &init.diverge {
        let message = Message::new("a layer cannot fail: there is nothing for `else` to do");
        errors.error(diverge, message.help("end the statement before `else`"));
    }
    no_attributes(&local.attrs, "a layer has one name: that of its `let`", errors);
    Some(Stmt::Step(Some(Name::Let(name)), step(&init.expr, errors)?))
}

fn no_attributes(attrs: &[syn::Attribute], why: &str, errors: &Diagnostics) {
    for attr in attrs {
        errors.error(attr, Message::new(why).help("remove this attribute"));
    }
}

/// `#[name("layer{}", i + 1)]`
fn format_name(attrs: &[syn::Attribute], errors: &Diagnostics) -> Option<Name> {
    let (attr, others) = attrs.split_first()?;
    no_attributes(others, "a layer has one name", errors);
    let parse = |input: syn::parse::ParseStream| {
        let text: syn::LitStr = input.parse()?;
        let mut args = Vec::new();
        while input.parse::<Option<syn::Token![,]>>()?.is_some() && !input.is_empty() {
            args.push(input.parse()?);
        }
        Ok(Format { text, args })
    };
    if attr.path().is_ident("name")
        && let Ok(format) = attr.parse_args_with(parse)
    {
        return Some(Name::Format(format));
    }
    let message = Message::new("the one attribute of a layer is its name");
    errors.error(
        attr,
        message.help("write `#[name(\"layer{}\", i)] conv2d(8, 3);`, or `let layer = conv2d(8, 3);`"),
    );
    None
}

fn expression(expr: &syn::Expr, errors: &Diagnostics) -> Option<Stmt> {
    match expr {
        syn::Expr::ForLoop(expr) => Some(Stmt::For(Box::new(For {
            pat: (*expr.pat).clone(),
            values: (*expr.expr).clone(),
            body: lower(&expr.body, errors),
        }))),
        syn::Expr::If(expr) => Some(Stmt::If(Box::new(choice(expr, errors)))),
        other => Some(Stmt::Step(format_name(attributes(other), errors), step(other, errors)?)),
    }
}

fn attributes(expr: &syn::Expr) -> &[syn::Attribute] {
    match expr {
        syn::Expr::Call(call) => &call.attrs,
        syn::Expr::Path(path) => &path.attrs,
        _ => &[],
    }
}

fn choice(expr: &syn::ExprIf, errors: &Diagnostics) -> If {
    let otherwise = match expr.else_branch.as_ref().map(|(_, branch)| &**branch) {
        None => Body::default(),
        Some(syn::Expr::If(next)) => Body { stmts: vec![Stmt::If(Box::new(choice(next, errors)))] },
        Some(syn::Expr::Block(block)) => lower(&block.block, errors),
        Some(other) => {
            let message = Message::new("after `else` stands `{ … }` or another `if`");
            errors.error(other, message.help("put the layers in braces"));
            Body::default()
        }
    };
    If { condition: (*expr.cond).clone(), then: lower(&expr.then_branch, errors), otherwise }
}

/// `name`, `name(…)`, `concat(…)`, `add(…)`
fn step(expr: &syn::Expr, errors: &Diagnostics) -> Option<Step> {
    let (name, args) = match expr {
        syn::Expr::Path(path) => (path.path.get_ident(), Vec::new()),
        syn::Expr::Call(call) => (ident(&call.func), call.args.iter().collect()),
        _ => (None, Vec::new()),
    };
    let Some(name) = name.cloned() else {
        let help = match expr {
            syn::Expr::Tuple(_) => "a tuple of several outputs stands at the end of a network, without `;`",
            _ => "write `relu;`, `conv2d(6, kernel_size = 5);` or the name of a block with its arguments",
        };
        let message = Message::new("a layer or a block is needed here").help(help);
        errors.error(expr, message);
        return None;
    };
    if let Some(kind) = JoinKind::find(&name) {
        let branches =
            args.iter().filter_map(|arg| branch(&format!("`{}`", kind.name()), arg, errors)).collect();
        return Some(Step::Join(Join { kind, name, branches }));
    }
    let args = args.iter().filter_map(|arg| argument(arg, errors)).collect();
    Some(Step::Call(Call { name, args }))
}

/// `5` or `kernel_size = 5`
fn argument(expr: &syn::Expr, errors: &Diagnostics) -> Option<Arg> {
    let syn::Expr::Assign(assign) = expr else { return Some(Arg { name: None, value: expr.clone() }) };
    let Some(name) = ident(&assign.left) else {
        let message = Message::new("the name of an argument is needed here");
        errors.error(&assign.left, message.help("write `kernel_size = 5`"));
        return None;
    };
    Some(Arg { name: Some(name.clone()), value: (*assign.right).clone() })
}

/// `{ … }`, a tap or `_`
fn branch(of: &str, expr: &syn::Expr, errors: &Diagnostics) -> Option<Branch> {
    match expr {
        syn::Expr::Block(block) => Some(Branch::Body(lower(&block.block, errors))),
        syn::Expr::Infer(_) => Some(Branch::Current),
        other => {
            let tap = ident(other).cloned().map(Branch::Tap);
            if tap.is_none() {
                let message = format!("{of} takes branches `{{ … }}`, names of tensors, and `_`");
                errors.error(other, Message::new(message).help("put the layers of a branch in braces"));
            }
            tap
        }
    }
}

fn ident(expr: &syn::Expr) -> Option<&Ident> {
    match expr {
        syn::Expr::Path(path) if path.qself.is_none() => path.path.get_ident(),
        _ => None,
    }
}
