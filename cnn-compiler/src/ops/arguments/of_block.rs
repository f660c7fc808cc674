//! Holds what a user wrote in the parentheses of a block's call against the block's parameters.

use super::free;
use crate::diagnostics::{Diagnostics, Message, nearest, source};
use crate::syntax::ast::Call;

/// Which argument of a block call is for which of its parameters, by index; `None` if something was reported.
pub fn block_arguments(
    call: &Call,
    params: &[(syn::Pat, syn::Type)],
    errors: &Diagnostics,
) -> Option<Vec<usize>> {
    let name = |pat: &syn::Pat| match pat {
        syn::Pat::Ident(pat) => Some(pat.ident.to_string()),
        _ => None,
    };
    let before = errors.count();
    let mut slots: Vec<Option<usize>> = vec![None; params.len()];
    let mut positional = 0;
    for (index, arg) in call.args.iter().enumerate() {
        let slot = if let Some(wanted) = &arg.name {
            let slot = params.iter().position(|(pat, _)| name(pat).is_some_and(|name| *wanted == name));
            slot.or_else(|| {
                let names: Vec<String> = params.iter().filter_map(|(pat, _)| name(pat)).collect();
                let near = nearest(&wanted.to_string(), free(names.iter().map(String::as_str), call));
                let message = Message::new(format_args!("block `{}` has no parameter `{wanted}`", call.name));
                errors.error(
                    wanted,
                    match near {
                        Some(near) => {
                            message.help(format_args!("there is one with a similar name: `{near}`"))
                        }
                        None => message.help(format_args!("write {}", block_example(call, params))),
                    },
                );
                params.iter().position(|(pat, _)| near.is_some() && name(pat).as_deref() == near)
            })
        } else {
            positional += 1;
            Some(positional - 1)
        };
        match slot.map(|slot| slots.get_mut(slot)) {
            Some(Some(place @ None)) => *place = Some(index),
            Some(Some(Some(_))) => {
                let message = Message::new("this argument is given twice");
                errors.error(&arg.value, message.help("remove one of them"));
            }
            Some(None) => {
                let text = match params.len() {
                    0 => format!("block `{}` takes no arguments", call.name),
                    1 => format!("block `{}` takes one argument", call.name),
                    count => format!("block `{}` takes {count} arguments", call.name),
                };
                errors.error(&arg.value, Message::new(text).help("remove this one"));
            }
            None => {}
        }
    }
    if errors.count() == before && slots.iter().any(Option::is_none) {
        let missing: Vec<String> = params
            .iter()
            .zip(&slots)
            .filter(|(_, slot)| slot.is_none())
            .map(|((pat, _), _)| format!("`{}`", source(pat)))
            .collect();
        let message = Message::new(format_args!("block `{}` needs {}", call.name, missing.join(" and ")));
        errors.error(&call.name, message.help(format_args!("write {}", block_example(call, params))));
    }
    if errors.count() == before { slots.into_iter().collect() } else { None }
}

/// `double_conv(channels, stride)`: the call of a block with all its arguments.
fn block_example(call: &Call, params: &[(syn::Pat, syn::Type)]) -> String {
    let names: Vec<String> = params.iter().map(|(pat, _)| source(pat)).collect();
    format!("{}({})", call.name, names.join(", "))
}
