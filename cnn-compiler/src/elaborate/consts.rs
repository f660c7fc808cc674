//! The constants of a program, which may stand in any order.

use crate::diagnostics::{Diagnostics, Message};
use crate::value::{Scope, Value, evaluate, ill_typed};
use proc_macro2::Ident;
use std::cell::{Cell, RefCell};

/// Constants, each evaluated when it is first needed.
pub(super) struct Consts<'p> {
    items: &'p [syn::ItemConst],
    values: RefCell<Vec<State>>,
    /// How many are being evaluated.
    depth: Cell<usize>,
}

/// How many constants may wait for each other.
const DEEPEST: usize = 64;

#[derive(Clone)]
enum State {
    Open,
    /// Being evaluated: to meet it again means that it depends on itself.
    Busy,
    Known(Value),
}

impl<'p> Consts<'p> {
    pub(super) fn new(items: &'p [syn::ItemConst]) -> Self {
        Self { items, values: RefCell::new(vec![State::Open; items.len()]), depth: Cell::new(0) }
    }

    /// Evaluates those that nothing needs too, so that their errors are found.
    pub(super) fn evaluate_all(&self, errors: &Diagnostics) {
        for item in self.items {
            self.value(&item.ident, errors);
        }
    }

    /// The value of a constant; `None` if there is none of this name.
    pub(super) fn value(&self, name: &Ident, errors: &Diagnostics) -> Option<Value> {
        let at = self.items.iter().position(|item| item.ident == *name)?;
        let state = std::mem::replace(&mut self.values.borrow_mut()[at], State::Busy);
        let value = match state {
            State::Known(value) => value,
            State::Busy => {
                let message = Message::new(format_args!("the constant `{name}` depends on itself"));
                errors.error(name, message.help("write a number here"));
                Value::Unknown
            }
            State::Open if self.depth.get() == DEEPEST => {
                let text = format!("more than {DEEPEST} constants depend on each other in a row");
                errors.error(name, Message::new(text).help("write a number here"));
                Value::Unknown
            }
            State::Open => {
                self.depth.update(|depth| depth + 1);
                let value = self.evaluate(&self.items[at], errors);
                self.depth.update(|depth| depth - 1);
                value
            }
        };
        self.values.borrow_mut()[at] = State::Known(value.clone());
        Some(value)
    }

    fn evaluate(&self, item: &syn::ItemConst, errors: &Diagnostics) -> Value {
        let value = evaluate(&item.expr, &Outside { consts: self, errors }, errors);
        if value.fits(&item.ty) {
            return value;
        }
        errors.error(&item.expr, ill_typed(&item.ident.to_string(), &item.ty, &value));
        Value::Unknown
    }

    pub(super) fn names(&self) -> impl Iterator<Item = String> {
        self.items.iter().map(|item| item.ident.to_string())
    }
}

/// What a constant can see: the other constants.
struct Outside<'c, 'p> {
    consts: &'c Consts<'p>,
    errors: &'c Diagnostics,
}

impl Scope for Outside<'_, '_> {
    fn lookup(&self, name: &Ident) -> Option<Value> {
        self.consts.value(name, self.errors)
    }
    fn names(&self) -> Vec<String> {
        self.consts.names().collect()
    }
    fn current(&self) -> Option<Value> {
        None
    }
}
