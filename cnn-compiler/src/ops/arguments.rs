//! Holds what a user wrote in a layer's parentheses against the layer's signature.

use super::window::Sliding;
use super::{Default, Kind, Parameter, Signature};
use crate::diagnostics::{Diagnostics, Message, nearest};
use crate::shape::LARGEST_SIZE;
use crate::syntax::ast::Call;
use crate::value::Value;
use proc_macro2::TokenStream;
use quote::ToTokens;
use std::fmt::Write as _;

mod of_block;

pub use of_block::block_arguments;

/// A layer's arguments, all of the right type.
#[derive(Debug)]
pub struct Arguments {
    signature: &'static Signature,
    settings: Vec<Setting>,
    /// The tokens of those that were given.
    given: Vec<Option<TokenStream>>,
    /// The call as the user would write it with its values filled in.
    text: String,
}

/// An argument's value.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Setting {
    Count(usize),
    Pair([usize; 2]),
    Flag(bool),
    Number(f64),
    Word(&'static str),
    Unset,
}

impl Arguments {
    /// Checks the arguments of a call; `values` are theirs, in order.
    ///
    /// Gives `None` if one is missing, wrong or unknown; each that is not merely unknown has been reported.
    pub fn check(
        signature: &'static Signature,
        call: &Call,
        values: &[Value],
        errors: &Diagnostics,
    ) -> Option<Self> {
        let before = errors.count();
        let slots = assign(signature, call, errors);
        let mut settings = vec![Setting::Unset; signature.parameters.len()];
        let mut given = vec![None; signature.parameters.len()];
        let mut text = String::new();
        let mut unknown = false;
        for ((arg, value), slot) in call.args.iter().zip(values).zip(&slots) {
            let Some(slot) = *slot else { continue };
            let parameter = &signature.parameters[slot];
            let comma = if text.is_empty() { "" } else { ", " };
            let name = arg.name.as_ref().map(|_| format!("{} = ", parameter.name)).unwrap_or_default();
            let _ = write!(text, "{comma}{name}{value}");
            if value.is_unknown() {
                unknown = true;
            } else if let Some(setting) = setting(parameter, value, &arg.value, errors) {
                settings[slot] = setting;
            }
            given[slot] = Some(arg.value.to_token_stream());
        }
        let text =
            if text.is_empty() { signature.name.to_string() } else { format!("{}({text})", signature.name) };
        missing(signature, call, &given, errors);
        if unknown || errors.count() != before {
            return None;
        }
        let mut arguments = Self { signature, settings, given, text };
        arguments.fill_defaults();
        Some(arguments)
    }

    fn fill_defaults(&mut self) {
        for (slot, parameter) in self.signature.parameters.iter().enumerate() {
            if self.given[slot].is_none() {
                self.settings[slot] = match parameter.default {
                    Default::Int(value) if parameter.kind == Kind::Count => Setting::Count(value),
                    Default::Int(value) => Setting::Pair([value; 2]),
                    Default::Flag(value) => Setting::Flag(value),
                    Default::Number(value) => Setting::Number(value),
                    Default::Word(value) => Setting::Word(value),
                    Default::Same(other) => self.setting(other),
                    Default::Unset => Setting::Unset,
                    Default::Required => unreachable!("a missing argument has been reported"),
                };
            }
        }
    }

    /// The call with its values: `conv2d(64, kernel_size = 3)`.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The tokens of an argument, if it was given.
    pub fn tokens(&self, name: &str) -> Option<&TokenStream> {
        self.given[self.slot(name)].as_ref()
    }

    pub(super) fn count(&self, name: &str) -> usize {
        match self.setting(name) {
            Setting::Count(value) => value,
            other => unreachable!("`{name}` is a count, found {other:?}"),
        }
    }

    pub(super) fn optional_count(&self, name: &str) -> Option<usize> {
        (self.setting(name) != Setting::Unset).then(|| self.count(name))
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        match self.setting(name) {
            Setting::Flag(value) => value,
            other => unreachable!("`{name}` is a flag, found {other:?}"),
        }
    }

    pub(super) fn number(&self, name: &str) -> f64 {
        match self.setting(name) {
            Setting::Number(value) => value,
            other => unreachable!("`{name}` is a number, found {other:?}"),
        }
    }

    /// The window of a convolution or pool; an average pool has no dilation.
    pub(super) fn window(&self) -> Sliding {
        let has_dilation = self.signature.parameters.iter().any(|parameter| parameter.name == "dilation");
        Sliding {
            kernel: self.pair("kernel_size"),
            stride: self.pair("stride"),
            padding: self.pair("padding"),
            dilation: if has_dilation { self.pair("dilation") } else { [1, 1] },
        }
    }

    pub(super) fn word(&self, name: &str) -> &'static str {
        match self.setting(name) {
            Setting::Word(value) => value,
            other => unreachable!("`{name}` is a word, found {other:?}"),
        }
    }

    pub(super) fn pair(&self, name: &str) -> [usize; 2] {
        match self.setting(name) {
            Setting::Pair(value) => value,
            other => unreachable!("`{name}` is a pair, found {other:?}"),
        }
    }

    fn setting(&self, name: &str) -> Setting {
        self.settings[self.slot(name)]
    }

    fn slot(&self, name: &str) -> usize {
        let slot = self.signature.parameters.iter().position(|parameter| parameter.name == name);
        slot.unwrap_or_else(|| unreachable!("`{}` has no parameter `{name}`", self.signature.name))
    }
}

/// Which parameter each argument is for; `None` for one that has been reported.
fn assign(signature: &Signature, call: &Call, errors: &Diagnostics) -> Vec<Option<usize>> {
    let layer = signature.name;
    let mut taken = vec![false; signature.parameters.len()];
    let mut slots = Vec::new();
    let mut positional = 0;
    for arg in &call.args {
        let slot = if let Some(name) = &arg.name {
            named(signature, name, call, errors)
        } else {
            positional += 1;
            if positional > signature.parameters.len() {
                let most = signature.parameters.len();
                let message = if most == 0 {
                    Message::new(format_args!("`{layer}` takes no arguments"))
                        .help(format_args!("write `{layer}`"))
                } else {
                    let list = parameter_list(signature);
                    Message::new(format_args!("`{layer}` takes at most {most} arguments: {list}"))
                        .help("remove this one")
                };
                errors.error(&arg.value, message);
                slots.push(None);
                continue;
            }
            Some(positional - 1)
        };
        if let Some(slot) = slot
            && std::mem::replace(&mut taken[slot], true)
        {
            let name = signature.parameters[slot].name;
            let at = arg.name.as_ref().map_or_else(|| arg.value.to_token_stream(), ToTokens::to_token_stream);
            errors
                .error(at, Message::new(format_args!("`{name}` is given twice")).help("remove one of them"));
        }
        slots.push(slot);
    }
    slots
}

/// Of a callee's parameters in order, those that no argument of the call is for.
fn free<'n>(names: impl Iterator<Item = &'n str>, call: &Call) -> impl Iterator<Item = &'n str> {
    let positional = call.args.iter().filter(|arg| arg.name.is_none()).count();
    let given = |name: &str| call.args.iter().filter_map(|arg| arg.name.as_ref()).any(|given| given == name);
    names.skip(positional).filter(move |name| !given(name))
}

/// The parameter that a name means. A misspelt name that was recognised counts as given.
fn named(
    signature: &Signature,
    name: &proc_macro2::Ident,
    call: &Call,
    errors: &Diagnostics,
) -> Option<usize> {
    let text = name.to_string();
    let names = || signature.parameters.iter().map(|parameter| parameter.name);
    if let Some(slot) = names().position(|known| known == text) {
        return Some(slot);
    }
    let near = nearest(&text, free(names(), call));
    let message = Message::new(format_args!("`{}` has no argument `{name}`", signature.name));
    let message = match near {
        Some(near) => message.help(format_args!("there is one with a similar name: `{near}`")),
        None if signature.parameters.is_empty() => message.help("it takes none"),
        None => message.help(format_args!("its arguments are {}", parameter_list(signature))),
    };
    errors.error(name, message);
    near.and_then(|near| names().position(|known| known == near))
}

fn parameter_list(signature: &Signature) -> String {
    let names: Vec<String> =
        signature.parameters.iter().map(|parameter| format!("`{}`", parameter.name)).collect();
    names.join(", ")
}

fn missing(signature: &Signature, call: &Call, given: &[Option<TokenStream>], errors: &Diagnostics) {
    let required = |parameter: &Parameter| parameter.default == Default::Required;
    let names: Vec<String> = signature
        .parameters
        .iter()
        .zip(given)
        .filter(|(parameter, given)| required(parameter) && given.is_none())
        .map(|(parameter, _)| format!("`{}`", parameter.name))
        .collect();
    if !names.is_empty() {
        let example: Vec<String> = signature
            .parameters
            .iter()
            .filter(|parameter| required(parameter))
            .map(|parameter| parameter.name.to_string())
            .collect();
        let message = Message::new(format_args!("`{}` needs {}", signature.name, names.join(" and ")));
        errors.error(
            &call.name,
            message.help(format_args!("write {}({})", signature.name, example.join(", "))),
        );
    }
}

/// The value of one argument, or a report of why it is none.
fn setting(
    parameter: &Parameter,
    value: &Value,
    tokens: &syn::Expr,
    errors: &Diagnostics,
) -> Option<Setting> {
    let name = parameter.name;
    let least = i64::from(parameter.kind != Kind::Padding);
    let whole = value;
    let size = |value: &Value| match value {
        Value::Int(value) if (least..=LARGEST_SIZE).contains(value) => Ok(value.unsigned_abs() as usize),
        Value::Int(value) if *value < least => {
            let message = Message::new(format_args!("`{name}` must be at least {least}, found {value}"));
            Err(message.help(format_args!("write {}", at_least(least, whole))))
        }
        Value::Int(value) => {
            let text = format!("overflow: `{name}` = {value} is more than {LARGEST_SIZE}");
            Err(Message::new(text).help("write a smaller number"))
        }
        other => Err(ill_typed(name, "an integer", other, "a number, such as 3")),
    };
    let setting = match (parameter.kind, value) {
        (Kind::Count, value) => size(value).map(Setting::Count),
        (Kind::Size | Kind::Padding, Value::Tuple(pair)) if pair.len() == 2 => {
            size(&pair[0]).and_then(|height| Ok(Setting::Pair([height, size(&pair[1])?])))
        }
        (Kind::Size | Kind::Padding, Value::Int(_)) => size(value).map(|size| Setting::Pair([size; 2])),
        (Kind::Size | Kind::Padding, other) => {
            let wanted = "an integer or a pair (height, width) of them";
            Err(ill_typed(name, wanted, other, "a number, such as 3, or two, such as (3, 3)"))
        }
        (Kind::Flag, Value::Bool(value)) => Ok(Setting::Flag(*value)),
        (Kind::Flag, other) => {
            let set = *other != Value::Int(0);
            Err(ill_typed(name, "`true` or `false`", other, &format!("`{set}`")))
        }
        (Kind::Number, Value::Float(value)) if !(*value as f32).is_finite() => {
            let text = format!("`{name}` must be a number that 32 bits can hold, found {value:?}");
            Err(Message::new(text).help(format_args!("the largest is {:e}", f32::MAX)))
        }
        (Kind::Number, Value::Float(value)) => Ok(Setting::Number(*value)),
        (Kind::Number, Value::Int(value)) => Ok(Setting::Number(*value as f64)),
        (Kind::Number, other) => Err(ill_typed(name, "a number", other, "a number, such as 0.5")),
        (Kind::Word(words), value) => return word(name, words, value, tokens, errors),
    };
    setting.map_err(|message| errors.error(tokens, message)).ok()
}

/// That an argument is of another kind than it must be.
fn ill_typed(name: &str, wanted: &str, value: &Value, instead: &str) -> Message {
    let text = format!("`{name}` must be {wanted}, found {value}, {}", value.kind());
    Message::new(text).help(format_args!("write {instead}"))
}

/// A size or a pair of them, with what is too small raised to `least`.
fn at_least(least: i64, value: &Value) -> Value {
    match value {
        Value::Int(value) => Value::Int(least.max(*value)),
        Value::Tuple(pair) => Value::Tuple(pair.iter().map(|value| at_least(least, value)).collect()),
        other => other.clone(),
    }
}

/// The word that a text is, or a report of what there is to choose from.
fn word(
    name: &str,
    words: &'static [&'static str],
    value: &Value,
    tokens: &syn::Expr,
    errors: &Diagnostics,
) -> Option<Setting> {
    let text = if let Value::Text(text) = value { text.as_str() } else { "" };
    if let Some(word) = words.iter().find(|word| **word == text) {
        return Some(Setting::Word(word));
    }
    let choice: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
    let message = Message::new(format_args!("`{name}` must be {}, found {value}", choice.join(" or ")));
    let near = nearest(text, words.iter().copied());
    errors.error(
        tokens,
        match near {
            Some(near) => message.help(format_args!("there is one with a similar name: {near:?}")),
            None => message.help(format_args!("write {:?}", words[0])),
        },
    );
    None
}
