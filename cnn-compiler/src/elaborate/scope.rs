//! Names in a body: parameters, loop variables and tensors.

use super::consts::Consts;
use crate::diagnostics::{Diagnostics, Message, source};
use crate::graph::NodeId;
use crate::shape::Shape;
use crate::value::{Scope, Value};
use proc_macro2::Ident;

/// A tensor, and its shape; `None` after an error.
pub(super) type Known = Option<(NodeId, Shape)>;

/// What a name stands for.
#[derive(Clone, Debug)]
pub(super) enum Binding {
    Value(Value),
    Tensor(Known),
}

/// What a block does not see.
pub(super) struct Hidden<'c> {
    names: Vec<(String, Binding)>,
    consts: &'c Consts<'c>,
}

/// The names that can be seen, the newest last.
pub(super) struct Scopes<'c> {
    consts: &'c Consts<'c>,
    errors: &'c Diagnostics,
    names: Vec<(String, Binding)>,
    /// The tensor that stands here; the outer `None` is outside of any body.
    pub(super) current: Option<Known>,
}

impl<'c> Scopes<'c> {
    pub(super) fn new(consts: &'c Consts<'c>, errors: &'c Diagnostics) -> Self {
        Self { consts, errors, names: Vec::new(), current: None }
    }

    pub(super) fn bind(&mut self, name: &Ident, value: Value) {
        self.names.push((name.to_string(), Binding::Value(value)));
    }

    pub(super) fn bind_tensor(&mut self, name: &Ident, tensor: Known) {
        self.names.push((name.to_string(), Binding::Tensor(tensor)));
    }

    /// Binds the names of a pattern to the parts of a value.
    pub(super) fn bind_pattern(&mut self, pat: &syn::Pat, value: &Value) {
        match (pat, value) {
            (syn::Pat::Ident(pat), value) => self.bind(&pat.ident, value.clone()),
            (syn::Pat::Wild(_), _) => {}
            (syn::Pat::Paren(pat), value) => self.bind_pattern(&pat.pat, value),
            (syn::Pat::Tuple(pat), Value::Tuple(items)) if items.len() == pat.elems.len() => {
                for (pat, item) in pat.elems.iter().zip(items) {
                    self.bind_pattern(pat, item);
                }
            }
            (syn::Pat::Tuple(pat), value) => {
                if !value.is_unknown() {
                    let text =
                        format!("this pattern has {} parts, but the value is {value}", pat.elems.len());
                    let help = match value {
                        Value::Tuple(items) => format!("give it {} names", items.len()),
                        _ => String::from("write one name"),
                    };
                    self.errors.error(pat, Message::new(text).help(help));
                }
                for pat in &pat.elems {
                    self.bind_pattern(pat, &Value::Unknown);
                }
            }
            (other, _) => {
                let message = Message::new(format_args!("`{}` is not a pattern of a network", source(other)));
                self.errors.error(other, message.help("use names, tuples and `_`"));
            }
        }
    }

    /// What a name stands for, constants aside.
    pub(super) fn find(&self, name: &Ident) -> Option<&Binding> {
        self.names.iter().rev().find(|(known, _)| *name == known).map(|(_, binding)| binding)
    }

    /// The names in sight that stand for tensors.
    pub(super) fn tensors(&self) -> impl Iterator<Item = &str> {
        self.names
            .iter()
            .filter(|(_, binding)| matches!(binding, Binding::Tensor(_)))
            .map(|(name, _)| name.as_str())
    }

    /// A mark to which [`leave`](Self::leave) goes back.
    pub(super) fn enter(&self) -> usize {
        self.names.len()
    }

    pub(super) fn leave(&mut self, mark: usize) {
        self.names.truncate(mark);
    }

    /// A block sees none of its caller's names, and the constants of its own program: takes the others away, to be put
    /// back after the call.
    pub(super) fn hide(&mut self, consts: &'c Consts<'c>) -> Hidden<'c> {
        Hidden { names: std::mem::take(&mut self.names), consts: std::mem::replace(&mut self.consts, consts) }
    }

    pub(super) fn restore(&mut self, hidden: Hidden<'c>) {
        self.names = hidden.names;
        self.consts = hidden.consts;
    }
}

fn tensor_value(tensor: Known) -> Value {
    tensor.map_or(Value::Unknown, |(_, shape)| Value::Tensor(shape))
}

impl Scope for Scopes<'_> {
    fn lookup(&self, name: &Ident) -> Option<Value> {
        match self.find(name) {
            Some(Binding::Value(value)) => Some(value.clone()),
            Some(Binding::Tensor(tensor)) => Some(tensor_value(*tensor)),
            None => self.consts.value(name, self.errors),
        }
    }
    fn names(&self) -> Vec<String> {
        self.names.iter().map(|(name, _)| name.clone()).chain(self.consts.names()).collect()
    }
    fn current(&self) -> Option<Value> {
        self.current.map(tensor_value)
    }
}
