//! `+ - * / %`, comparisons and `&& || !`.

use super::{Scope, Value, evaluate};
use crate::diagnostics::{Diagnostics, Message};

pub(super) fn unary(unary: &syn::ExprUnary, operand: &Value, errors: &Diagnostics) -> Value {
    match (&unary.op, operand) {
        (_, Value::Unknown) => return Value::Unknown,
        (syn::UnOp::Neg(_), Value::Int(value)) => {
            if let Some(value) = value.checked_neg() {
                return Value::Int(value);
            }
        }
        (syn::UnOp::Neg(_), Value::Float(value)) => return Value::Float(-value),
        (syn::UnOp::Not(_), Value::Bool(value)) => return Value::Bool(!value),
        _ => {}
    }
    let help = match unary.op {
        syn::UnOp::Not(_) => "`!` is for truth values: compare a number, such as `n == 0`",
        syn::UnOp::Neg(_) => "`-` is for numbers",
        _ => "remove it",
    };
    let text = format!("this operator is not for {}, {operand}", operand.kind());
    errors.error(unary, Message::new(text).help(help));
    Value::Unknown
}

pub(super) fn binary(binary: &syn::ExprBinary, scope: &impl Scope, errors: &Diagnostics) -> Value {
    let left = evaluate(&binary.left, scope, errors);
    // `&&` and `||` do not look at their right side where the left one decides, as in Rust.
    match (&binary.op, &left) {
        (syn::BinOp::And(_), Value::Bool(false)) => return Value::Bool(false),
        (syn::BinOp::Or(_), Value::Bool(true)) => return Value::Bool(true),
        _ => {}
    }
    let right = evaluate(&binary.right, scope, errors);
    if left.is_unknown() || right.is_unknown() {
        return Value::Unknown;
    }
    let result =
        match (&left, &right) {
            (Value::Int(a), Value::Int(b)) => integers(&binary.op, *a, *b),
            (Value::Float(a), Value::Float(b)) => floats(&binary.op, *a, *b),
            (Value::Bool(a), Value::Bool(b)) => match binary.op {
                syn::BinOp::And(_) => Ok(Value::Bool(*a && *b)),
                syn::BinOp::Or(_) => Ok(Value::Bool(*a || *b)),
                syn::BinOp::Eq(_) => Ok(Value::Bool(a == b)),
                syn::BinOp::Ne(_) => Ok(Value::Bool(a != b)),
                _ => Err(Message::new("this operator is not for truth values")
                    .help("`&&`, `||`, `==` and `!=` are")),
            },
            _ => match binary.op {
                syn::BinOp::Eq(_) if left.kind() == right.kind() => Ok(Value::Bool(left == right)),
                syn::BinOp::Ne(_) if left.kind() == right.kind() => Ok(Value::Bool(left != right)),
                _ => Err(apart(&left, &right)),
            },
        };
    result.unwrap_or_else(|message| {
        errors.error(binary, message);
        Value::Unknown
    })
}

/// That an operator has two sides of different kinds.
fn apart(left: &Value, right: &Value) -> Message {
    let (a, b) = (left.kind(), right.kind());
    let message = Message::new(format_args!("these do not go together: {left} is {a}, {right} is {b}"));
    match (left, right) {
        (Value::Int(int), Value::Float(_)) | (Value::Float(_), Value::Int(int)) => {
            message.help(format_args!("make both floating-point numbers: `{int}.0`"))
        }
        _ => message.help("make both sides numbers of one kind, or both truth values"),
    }
}

fn integers(op: &syn::BinOp, a: i64, b: i64) -> Result<Value, Message> {
    let checked = |sign: &str, value: Option<i64>| {
        let overflow = || {
            Message::new(format_args!("overflow: {a} {sign} {b} does not fit into 64 bits"))
                .help(format_args!("use smaller numbers: the largest is {}", i64::MAX))
        };
        value.map(Value::Int).ok_or_else(overflow)
    };
    let nonzero = |sign: &str| {
        let message = || Message::new(format_args!("{a} {sign} 0 has no value"));
        if b == 0 { Err(message().help("make the right side another number than 0")) } else { Ok(()) }
    };
    match op {
        syn::BinOp::Add(_) => checked("+", a.checked_add(b)),
        syn::BinOp::Sub(_) => checked("-", a.checked_sub(b)),
        syn::BinOp::Mul(_) => checked("*", a.checked_mul(b)),
        syn::BinOp::Div(_) => nonzero("/").and_then(|()| checked("/", a.checked_div(b))),
        syn::BinOp::Rem(_) => nonzero("%").and_then(|()| checked("%", a.checked_rem(b))),
        _ => comparison(op, &a, &b),
    }
}

fn floats(op: &syn::BinOp, a: f64, b: f64) -> Result<Value, Message> {
    let value = match op {
        syn::BinOp::Add(_) => a + b,
        syn::BinOp::Sub(_) => a - b,
        syn::BinOp::Mul(_) => a * b,
        syn::BinOp::Div(_) => a / b,
        syn::BinOp::Rem(_) => a % b,
        _ => return comparison(op, &a, &b),
    };
    Ok(Value::Float(value))
}

fn comparison<T: PartialOrd>(op: &syn::BinOp, a: &T, b: &T) -> Result<Value, Message> {
    let value = match op {
        syn::BinOp::Eq(_) => a == b,
        syn::BinOp::Ne(_) => a != b,
        syn::BinOp::Lt(_) => a < b,
        syn::BinOp::Le(_) => a <= b,
        syn::BinOp::Gt(_) => a > b,
        syn::BinOp::Ge(_) => a >= b,
        _ => {
            let message = Message::new("this operator is not for numbers in a network");
            return Err(message.help("`+ - * / %` and comparisons are"));
        }
    };
    Ok(Value::Bool(value))
}
