//! Evaluates the constant expressions of a program.

use crate::diagnostics::{Diagnostics, Message, nearest, source};
use crate::shape::Shape;
use proc_macro2::Ident;
use std::fmt;

mod operators;

/// What an expression stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Any integer.
    Int(i64),
    /// Any floating-point number.
    Float(f64),
    /// `true` or `false`.
    Bool(bool),
    /// `"bilinear"`
    Text(String),
    /// `(64, 3)`
    Tuple(Vec<Value>),
    /// `[384, 384, 256]`
    Array(Vec<Value>),
    /// `0..n`, the end excluded.
    Range(i64, i64),
    /// A tensor, of which the shape can be asked.
    Tensor(Shape),
    /// What an error has been reported for: whatever depends on it stays silent.
    Unknown,
}

/// The most items of an array or turns of a loop: what is more is a mistake, and must not take the compiler down.
pub const MOST_ITEMS: i64 = 10_000;

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, items: &[Value]| {
            items.iter().enumerate().try_for_each(|(i, item)| {
                let comma = if i == 0 { "" } else { ", " };
                write!(f, "{comma}{item}")
            })
        };
        match self {
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value:?}"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Text(value) => write!(f, "{value:?}"),
            Self::Tuple(items) => {
                f.write_str("(")?;
                list(f, items)?;
                f.write_str(")")
            }
            Self::Array(items) => {
                f.write_str("[")?;
                list(f, items)?;
                f.write_str("]")
            }
            Self::Range(start, end) => write!(f, "{start}..{end}"),
            Self::Tensor(shape) => write!(f, "a tensor {shape}"),
            Self::Unknown => f.write_str("?"),
        }
    }
}

impl Value {
    /// What kind of value it is, in words.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Int(_) => "an integer",
            Self::Float(_) => "a floating-point number",
            Self::Bool(_) => "a truth value",
            Self::Text(_) => "a text",
            Self::Tuple(_) => "a tuple",
            Self::Array(_) => "an array",
            Self::Range(..) => "a range",
            Self::Tensor(_) => "a tensor",
            Self::Unknown => "unknown",
        }
    }

    /// Whether it is, or holds, something unknown.
    pub fn is_unknown(&self) -> bool {
        match self {
            Self::Unknown => true,
            Self::Tuple(items) | Self::Array(items) => items.iter().any(Self::is_unknown),
            Self::Int(_)
            | Self::Float(_)
            | Self::Bool(_)
            | Self::Text(_)
            | Self::Range(..)
            | Self::Tensor(_) => false,
        }
    }

    /// How many values it holds; one that holds none counts as one.
    fn items(&self) -> i64 {
        match self {
            Self::Tuple(items) | Self::Array(items) => items.iter().map(Self::items).sum::<i64>().max(1),
            Self::Int(_)
            | Self::Float(_)
            | Self::Bool(_)
            | Self::Text(_)
            | Self::Range(..)
            | Self::Tensor(_)
            | Self::Unknown => 1,
        }
    }

    /// Whether it can stand where the source says `ty`. An unknown value can stand anywhere.
    pub fn fits(&self, ty: &syn::Type) -> bool {
        match (self, ty) {
            (Self::Unknown, _) => true,
            (value, syn::Type::Paren(ty)) => value.fits(&ty.elem),
            (value, syn::Type::Group(ty)) => value.fits(&ty.elem),
            (Self::Tuple(items), syn::Type::Tuple(ty)) => {
                items.len() == ty.elems.len() && items.iter().zip(&ty.elems).all(|(item, ty)| item.fits(ty))
            }
            (Self::Array(items), syn::Type::Slice(ty)) => items.iter().all(|item| item.fits(&ty.elem)),
            (Self::Array(items), syn::Type::Array(ty)) => items.iter().all(|item| item.fits(&ty.elem)),
            (Self::Text(_), syn::Type::Reference(ty)) => {
                matches!(&*ty.elem, syn::Type::Path(path) if path.path.is_ident("str"))
            }
            (value, syn::Type::Path(path)) => {
                let name = path.path.get_ident().map(ToString::to_string).unwrap_or_default();
                match value {
                    Self::Int(value) => match name.as_str() {
                        "usize" | "u8" | "u16" | "u32" | "u64" => *value >= 0,
                        "isize" | "i8" | "i16" | "i32" | "i64" | "f32" | "f64" => true,
                        _ => false,
                    },
                    Self::Float(_) => matches!(name.as_str(), "f32" | "f64"),
                    Self::Bool(_) => name == "bool",
                    _ => false,
                }
            }
            _ => false,
        }
    }
}

/// That `name` is declared as a `ty`, which `value` is not.
pub fn ill_typed(name: &str, ty: &syn::Type, value: &Value) -> Message {
    let message = Message::new(format_args!("`{name}` must be of type `{}`, found {value}", source(ty)));
    match example(ty) {
        Some(example) => message.help(format_args!("write a value such as `{example}`")),
        None => message.help(
            "values are of type `usize`, `i64`, `f64`, `bool` or `&str`, or tuples `(usize, bool)` and arrays `[usize]`",
        ),
    }
}

/// A value that fits a type; `None` if the language has none.
fn example(ty: &syn::Type) -> Option<String> {
    match ty {
        syn::Type::Paren(ty) => example(&ty.elem),
        syn::Type::Group(ty) => example(&ty.elem),
        syn::Type::Tuple(ty) => {
            let parts: Vec<String> = ty.elems.iter().map(example).collect::<Option<_>>()?;
            Some(format!("({})", parts.join(", ")))
        }
        syn::Type::Slice(ty) => Some(format!("[{}]", example(&ty.elem)?)),
        syn::Type::Array(ty) => Some(format!("[{}]", example(&ty.elem)?)),
        ty => {
            let examples = [(Value::Int(1), "1"), (Value::Float(0.5), "0.5"), (Value::Bool(true), "true")];
            let text = (Value::Text(String::new()), "\"bilinear\"");
            let fitting = examples.into_iter().chain([text]).find(|(value, _)| value.fits(ty));
            fitting.map(|(_, example)| example.to_owned())
        }
    }
}

/// What names stand for, where an expression is evaluated.
pub trait Scope {
    /// The value of a name.
    fn lookup(&self, name: &Ident) -> Option<Value>;
    /// Every name that could be meant.
    fn names(&self) -> Vec<String>;
    /// The tensor that stands here, for `_`; `None` outside of a network's body.
    fn current(&self) -> Option<Value>;
}

/// Evaluates `expr`, or reports why it has no value.
pub fn evaluate(expr: &syn::Expr, scope: &impl Scope, errors: &Diagnostics) -> Value {
    let all = |items: &syn::punctuated::Punctuated<syn::Expr, syn::Token![,]>| -> Vec<Value> {
        items.iter().map(|item| evaluate(item, scope, errors)).collect()
    };
    match expr {
        syn::Expr::Lit(literal) => self::literal(literal, errors),
        syn::Expr::Path(path) if path.qself.is_none() && path.path.get_ident().is_some() => {
            let Some(name) = path.path.get_ident() else { unreachable!("the guard has seen it") };
            self::name(name, scope, errors)
        }
        syn::Expr::Paren(inner) => evaluate(&inner.expr, scope, errors),
        syn::Expr::Group(inner) => evaluate(&inner.expr, scope, errors),
        syn::Expr::Block(block) => match &block.block.stmts[..] {
            [syn::Stmt::Expr(inner, None)] => evaluate(inner, scope, errors),
            _ => not_constant(expr, errors),
        },
        syn::Expr::Tuple(tuple) => bounded(expr, Value::Tuple(all(&tuple.elems)), errors),
        syn::Expr::Array(array) => bounded(expr, Value::Array(all(&array.elems)), errors),
        syn::Expr::Repeat(repeat) => self::repeat(repeat, scope, errors),
        syn::Expr::Range(range) => self::range(range, scope, errors),
        syn::Expr::Unary(unary) => {
            let operand = evaluate(&unary.expr, scope, errors);
            operators::unary(unary, &operand, errors)
        }
        syn::Expr::Binary(binary) => operators::binary(binary, scope, errors),
        syn::Expr::Field(field) => self::field(field, scope, errors),
        syn::Expr::Infer(token) => scope.current().unwrap_or_else(|| {
            let message = Message::new("`_` is the tensor that stands here, but here stands none");
            errors.error(token, message.help("only a network's body and a block's have one: write a number"));
            Value::Unknown
        }),
        other => not_constant(other, errors),
    }
}

/// Refuses a value of too many parts: constants of constants grow as a power.
fn bounded(expr: &syn::Expr, value: Value, errors: &Diagnostics) -> Value {
    if value.items() <= MOST_ITEMS {
        return value;
    }
    let text = format!("{} has at most {MOST_ITEMS} items in all, not {}", value.kind(), value.items());
    errors.error(expr, Message::new(text).help("make it shorter"));
    Value::Unknown
}

fn not_constant(expr: &syn::Expr, errors: &Diagnostics) -> Value {
    let help = "numbers, tuples, arrays, ranges, names, `+ - * / %`, comparisons and `&& || !` can be used";
    errors.error(expr, Message::new("this cannot be computed while the network is compiled").help(help));
    Value::Unknown
}

fn literal(literal: &syn::ExprLit, errors: &Diagnostics) -> Value {
    let value = match &literal.lit {
        syn::Lit::Int(int) if matches!(int.suffix(), "f32" | "f64") => int.base10_parse().map(Value::Float),
        syn::Lit::Int(int) => int.base10_parse().map(Value::Int),
        syn::Lit::Float(float) => float.base10_parse().map(Value::Float),
        syn::Lit::Bool(bool) => Ok(Value::Bool(bool.value)),
        syn::Lit::Str(text) => Ok(Value::Text(text.value())),
        other => {
            let message = Message::new("a network knows numbers, truth values and texts only")
                .help("write `3`, `0.5`, `true` or `\"bilinear\"`");
            Err(syn::Error::new_spanned(other, message.to_string()))
        }
    };
    value.unwrap_or_else(|error| {
        errors.push(error);
        Value::Unknown
    })
}

fn name(name: &Ident, scope: &impl Scope, errors: &Diagnostics) -> Value {
    scope.lookup(name).unwrap_or_else(|| {
        let mut message = Message::new(format_args!("the value of `{name}` is not known here"));
        let names = scope.names();
        if let Some(near) = nearest(&name.to_string(), names.iter().map(String::as_str)) {
            message = message.help(format_args!("there is a value with a similar name: `{near}`"));
        } else {
            message = message.help(format_args!(
                "constants must be declared in the `network!` that uses them: `const {name}: usize = …;`"
            ));
        }
        errors.error(name, message);
        Value::Unknown
    })
}

fn repeat(repeat: &syn::ExprRepeat, scope: &impl Scope, errors: &Diagnostics) -> Value {
    let item = evaluate(&repeat.expr, scope, errors);
    match evaluate(&repeat.len, scope, errors) {
        Value::Int(_) if item.is_unknown() => Value::Unknown,
        Value::Int(len @ 0..=MOST_ITEMS) if len * item.items() <= MOST_ITEMS => {
            Value::Array(vec![item; len.unsigned_abs() as usize])
        }
        Value::Unknown => Value::Unknown,
        other => {
            let each = if item.items() > 1 { format!(" of {} each", item.items()) } else { String::new() };
            let text = format!("an array has between 0 and {MOST_ITEMS} items in all, not {other}{each}");
            errors.error(&repeat.len, Message::new(text).help("make it shorter"));
            Value::Unknown
        }
    }
}

fn range(range: &syn::ExprRange, scope: &impl Scope, errors: &Diagnostics) -> Value {
    let (Some(start), Some(end)) = (&range.start, &range.end) else {
        errors.error(range, Message::new("a range needs a start and an end").help("write `0..n`"));
        return Value::Unknown;
    };
    let start = evaluate(start, scope, errors);
    let end = evaluate(end, scope, errors);
    match (&start, &end) {
        (Value::Int(start), Value::Int(end)) => match range.limits {
            syn::RangeLimits::HalfOpen(_) => Value::Range(*start, *end),
            syn::RangeLimits::Closed(_) => Value::Range(*start, end.saturating_add(1)),
        },
        (Value::Unknown, _) | (_, Value::Unknown) => Value::Unknown,
        _ => {
            let text = format!("a range goes from integer to integer, not from {start} to {end}");
            errors.error(range, Message::new(text).help("write integers, such as `0..3`"));
            Value::Unknown
        }
    }
}

/// `pair.0`, `x.channels`
fn field(field: &syn::ExprField, scope: &impl Scope, errors: &Diagnostics) -> Value {
    let base = evaluate(&field.base, scope, errors);
    let (value, known) = match (&base, &field.member) {
        (Value::Unknown, _) => return Value::Unknown,
        (Value::Tuple(items), syn::Member::Unnamed(index)) => (
            items.get(index.index as usize).cloned(),
            format!("`.0` to `.{}`", items.len().saturating_sub(1)),
        ),
        (Value::Tensor(Shape::Image([channels, height, width])), syn::Member::Named(name)) => {
            let size = match name.to_string().as_str() {
                "channels" => Some(*channels),
                "height" => Some(*height),
                "width" => Some(*width),
                _ => None,
            };
            (
                size.map(|size| Value::Int(size.cast_signed() as i64)),
                "`.channels`, `.height` and `.width`".into(),
            )
        }
        (Value::Tensor(Shape::Vector(features)), syn::Member::Named(name)) => {
            ((name == "features").then_some(Value::Int(features.cast_signed() as i64)), "`.features`".into())
        }
        _ => (None, "no fields".into()),
    };
    value.unwrap_or_else(|| {
        let text = format!("{base}, {}, has no such field", base.kind());
        errors.error(&field.member, Message::new(text).help(format_args!("it has {known}")));
        Value::Unknown
    })
}

#[cfg(test)]
mod tests;
