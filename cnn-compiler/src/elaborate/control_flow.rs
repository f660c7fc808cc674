//! Loops and conditions.

use super::frames::Frame;
use super::unroll::{Unroller, first_span};
use crate::diagnostics::{Message, source};
use crate::syntax::ast::{For, If};
use crate::value::{MOST_ITEMS, Value, evaluate};

impl Unroller<'_, '_> {
    /// Lays a loop, turn by turn.
    pub(super) fn repeat(&mut self, repeat: &For) {
        let items = match evaluate(&repeat.values, &self.scopes, self.errors) {
            Value::Array(items) => items,
            Value::Range(start, end) if end.saturating_sub(start) <= MOST_ITEMS => {
                (start..end).map(Value::Int).collect()
            }
            Value::Range(start, end) => {
                let turns = end.saturating_sub(start);
                let text = format!("this loop would run {turns} times, more than {MOST_ITEMS}");
                let help = "let it run less often: each turn lays the layers of its body again";
                self.report(&repeat.values, Message::new(text).help(help));
                return self.set_current(None);
            }
            Value::Unknown => return self.unknown_turns(repeat),
            other => {
                let text =
                    format!("a loop runs over a range or an array, not over {other}, {}", other.kind());
                let values = source(&repeat.values);
                let message = Message::new(text);
                let message = match other {
                    Value::Int(_) => message.help(format_args!("write `0..{values}`")),
                    _ => message.help(format_args!("write `[{values}]`")),
                };
                self.report(&repeat.values, message);
                return self.set_current(None);
            }
        };
        if items.is_empty() {
            let message =
                Message::new("this loop never runs").help("remove it, or give it a value to run over");
            self.report(&repeat.values, message);
            return self.set_current(None);
        }
        for (turn, item) in items.iter().enumerate() {
            if self.too_many(&repeat.values) {
                break;
            }
            let mark = self.scopes.enter();
            let pattern = source(&repeat.pat);
            let span = first_span(&repeat.pat);
            self.frames.push(Frame::turn(turn + 1, items.len(), &pattern, &item.to_string(), span));
            self.scopes.bind_pattern(&repeat.pat, item);
            self.body(&repeat.body);
            self.frames.pop();
            self.scopes.leave(mark);
        }
    }

    /// Checks a loop over unknown values: its body once, on an unknown tensor.
    fn unknown_turns(&mut self, repeat: &For) {
        self.set_current(None);
        let mark = self.scopes.enter();
        self.scopes.bind_pattern(&repeat.pat, &Value::Unknown);
        self.body(&repeat.body);
        self.scopes.leave(mark);
        self.set_current(None);
    }

    /// Lays the side of a condition that holds; both are checked if that is unknown.
    pub(super) fn choice(&mut self, choice: &If) {
        match evaluate(&choice.condition, &self.scopes, self.errors) {
            Value::Bool(true) => self.body(&choice.then),
            Value::Bool(false) => self.body(&choice.otherwise),
            Value::Unknown => {
                let names = self.names.clone();
                for body in [&choice.then, &choice.otherwise] {
                    self.set_current(None);
                    self.names = names.clone(); // both may use the same
                    self.body(body);
                }
                self.set_current(None);
            }
            other => {
                let text = format!("a condition is `true` or `false`, not {other}, {}", other.kind());
                let message = Message::new(text);
                let message = match other {
                    Value::Int(_) => message.help(format_args!("write `{} != 0`", source(&choice.condition))),
                    _ => message.help("compare two numbers, such as `x.channels != channels`"),
                };
                self.report(&choice.condition, message);
                self.set_current(None);
            }
        }
    }
}
