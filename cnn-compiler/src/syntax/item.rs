//! Items: networks, blocks, instances, constants.

use super::ast::{Block, Instance, Network, Program, Tensor};
use super::{attributes, body, nesting};
use crate::diagnostics::{Diagnostics, Message};
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;

/// Adds `item` to the program, or reports why it is none of ours.
pub(super) fn lower(item: syn::Item, program: &mut Program, errors: &Diagnostics) {
    match item {
        syn::Item::Fn(item) => function(item, program, errors),
        syn::Item::Type(item) => program.instances.extend(instance(item, errors)),
        syn::Item::Const(item) => program.consts.push(item),
        other => errors.error(
            first_token(&other),
            Message::new("this item does not belong here").help(
                "what does: `fn Name(image: Image<C, H, W>) -> Vector<N> { … }`, `fn block(…) { … }`, \
                 `type Name = Network<…>;`, `const NAME: type = …;` and `use path::block;`",
            ),
        ),
    }
}

/// The first token of an item: enough to find it by.
fn first_token(item: &syn::Item) -> impl ToTokens {
    item.to_token_stream().into_iter().next()
}

/// A function with `->` is a network, one without is a block.
fn function(mut item: syn::ItemFn, program: &mut Program, errors: &Diagnostics) {
    let before = errors.count();
    let attrs = std::mem::take(&mut item.attrs);
    let signature = &item.sig;
    let qualifiers = [
        signature.constness.to_token_stream(),
        signature.asyncness.to_token_stream(),
        signature.abi.to_token_stream(),
        signature.generics.where_clause.to_token_stream(),
    ];
    for tokens in qualifiers.iter().filter(|tokens| !tokens.is_empty()) {
        errors.error(tokens, Message::new("a network or block has none of this").help("remove it"));
    }
    if let syn::ReturnType::Type(_, output) = &signature.output {
        let attrs = attributes::of_network(attrs, errors);
        let (body, results) = body::lower_network(&item.block, errors);
        let input = network_input(signature, errors);
        let outputs = outputs(output, errors);
        let params = const_params(&signature.generics, errors);
        let (Some((input_name, input)), Some(outputs)) = (input, outputs) else { return };
        if errors.count() == before {
            let (vis, name) = (item.vis, item.sig.ident);
            program.networks.push(Network {
                attrs,
                vis,
                name,
                params,
                input_name,
                input,
                outputs,
                body,
                results,
            });
        }
    } else {
        attributes::of_block(&attrs, errors);
        let body = body::lower(&item.block, errors);
        let params = block_params(signature, errors);
        program.blocks.push(Block { vis: item.vis, name: item.sig.ident, params, body });
    }
}

/// The types of a network's input and outputs, from an item with an error elsewhere; says nothing of errors here.
pub(super) fn signature(item: TokenStream) -> Option<(Tensor, Vec<Tensor>)> {
    let item: syn::ItemFn = nesting::parse(item).ok()?;
    let silent = Diagnostics::default();
    let tensors = (|| {
        let (_, input) = network_input(&item.sig, &silent)?;
        let syn::ReturnType::Type(_, output) = &item.sig.output else { return None };
        Some((input, outputs(output, &silent)?))
    })();
    let _ = silent.finish();
    tensors
}

fn const_params(generics: &syn::Generics, errors: &Diagnostics) -> Vec<syn::ConstParam> {
    let mut params = Vec::new();
    for param in &generics.params {
        match param {
            syn::GenericParam::Const(param) => params.push(param.clone()),
            other => {
                let message = Message::new("a network's parameters are constants");
                errors.error(other, message.help("write `const NAME: usize`"));
            }
        }
    }
    params
}

fn network_input(signature: &syn::Signature, errors: &Diagnostics) -> Option<(Ident, Tensor)> {
    let message = || Message::new("a network takes one tensor");
    let one = "write `image: Image<C, H, W>` or `x: Vector<N>`";
    let mut inputs = signature.inputs.iter();
    let (Some(syn::FnArg::Typed(input)), None) = (inputs.next(), inputs.next()) else {
        if signature.inputs.is_empty() {
            errors.error(&signature.ident, message().help(one));
        } else {
            let help = "join them into one, `image: Image<C, H, W>`, with the channels of all";
            errors.error(&signature.inputs, message().help(help));
        }
        return None;
    };
    let syn::Pat::Ident(name) = &*input.pat else {
        errors.error(&input.pat, message().help(one));
        return None;
    };
    Some((name.ident.clone(), tensor(&input.ty, errors)?))
}

fn block_params(signature: &syn::Signature, errors: &Diagnostics) -> Vec<(syn::Pat, syn::Type)> {
    if !signature.generics.params.is_empty() {
        let message = Message::new("a block's parameters stand in its parentheses");
        errors.error(&signature.generics, message.help("write `fn block(channels: usize)`"));
    }
    let mut params = Vec::new();
    for input in &signature.inputs {
        match input {
            syn::FnArg::Typed(input) => params.push(((*input.pat).clone(), (*input.ty).clone())),
            syn::FnArg::Receiver(this) => {
                let message = Message::new("a block has no `self`: it is laid out wherever it is called");
                errors.error(this, message.help("remove it"));
            }
        }
    }
    params
}

/// The most outputs of a network.
const MOST_OUTPUTS: usize = 6;

/// One tensor, or a tuple of several.
fn outputs(ty: &syn::Type, errors: &Diagnostics) -> Option<Vec<Tensor>> {
    let syn::Type::Tuple(tuple) = ty else { return Some(vec![tensor(ty, errors)?]) };
    if !(2..=MOST_OUTPUTS).contains(&tuple.elems.len()) {
        let message =
            format!("a tuple of outputs has 2 to {MOST_OUTPUTS} tensors, not {}", tuple.elems.len());
        errors
            .error(ty, Message::new(message).help("one output stands without parentheses: `-> Vector<10>`"));
        return None;
    }
    let tensors: Vec<Option<Tensor>> = tuple.elems.iter().map(|ty| tensor(ty, errors)).collect();
    tensors.into_iter().collect()
}

/// `Image<C, H, W>` or `Vector<N>`
fn tensor(ty: &syn::Type, errors: &Diagnostics) -> Option<Tensor> {
    let parsed = (|| {
        let syn::Type::Path(path) = ty else { return None };
        let segment = path.path.segments.last()?;
        let syn::PathArguments::AngleBracketed(args) = &segment.arguments else { return None };
        let dims: Vec<syn::Expr> = args.args.iter().filter_map(const_arg).collect();
        let expected = match segment.ident.to_string().as_str() {
            "Image" => 3,
            "Vector" => 1,
            _ => return None,
        };
        (dims.len() == expected && args.args.len() == expected).then_some(dims)
    })();
    let Some(dims) = parsed else {
        let message = Message::new("this is not the type of a tensor")
            .help("write `Image<C, H, W>` (channels, height, width) or `Vector<N>`");
        errors.error(ty, message);
        return None;
    };
    Some(Tensor { tokens: ty.to_token_stream(), dims })
}

/// The expression of a constant argument; the name of a constant looks like a type to syn.
fn const_arg(arg: &syn::GenericArgument) -> Option<syn::Expr> {
    match arg {
        syn::GenericArgument::Const(expr) => Some(expr.clone()),
        syn::GenericArgument::Type(syn::Type::Path(path)) if path.qself.is_none() => {
            path.path.get_ident()?;
            Some(syn::Expr::Path(syn::ExprPath { attrs: Vec::new(), qself: None, path: path.path.clone() }))
        }
        _ => None,
    }
}

/// `type Name = Network<…>;`
fn instance(item: syn::ItemType, errors: &Diagnostics) -> Option<Instance> {
    let attrs = attributes::of_network(item.attrs, errors);
    let message =
        || Message::new("this is no instance of a network").help("write `type Name = Network<values, …>;`");
    let syn::Type::Path(path) = &*item.ty else {
        errors.error(&item.ty, message());
        return None;
    };
    let (Some(segment), 1) = (path.path.segments.last(), path.path.segments.len()) else {
        errors.error(&item.ty, message());
        return None;
    };
    let mut args = Vec::new();
    match &segment.arguments {
        syn::PathArguments::None => {}
        syn::PathArguments::Parenthesized(tokens) => errors.error(tokens, message()),
        syn::PathArguments::AngleBracketed(list) => {
            for arg in &list.args {
                if let Some(expr) = const_arg(arg) {
                    args.push(expr);
                } else {
                    let message = Message::new("a value is needed here");
                    errors.error(arg, message.help("write a number, or a tuple or an array in braces"));
                }
            }
        }
    }
    let network = segment.ident.clone();
    Some(Instance { attrs, vis: item.vis, name: item.ident, network, args })
}
