//! `#[name("layer{}", i + 1)]`: the names of layers in loops.

use super::unroll::Unroller;
use crate::diagnostics::Message;
use crate::syntax::ast::{Format, Name};
use crate::value::{Value, evaluate};

impl Unroller<'_, '_> {
    /// The name of a layer in this turn of the loops around it.
    pub(super) fn name(&self, name: &Name) -> Option<String> {
        let Format { text, args } = match name {
            Name::Let(name) => return Some(name.to_string()),
            Name::Format(format) => format,
        };
        let values: Vec<Value> = args.iter().map(|arg| evaluate(arg, &self.scopes, self.errors)).collect();
        let written = text.value();
        let parts: Vec<&str> = written.split("{}").collect();
        if parts.len() != values.len() + 1 {
            let (places, values) = (parts.len() - 1, values.len());
            let message = format!("places `{{}}` in this name: {places}; values for them: {values}");
            let help = format!("write {places} values behind the text, separated by commas");
            self.report(text, Message::new(message).help(help));
            return None;
        }
        if values.iter().any(Value::is_unknown) {
            return None;
        }
        let values = values.iter().map(|value| match value {
            Value::Text(text) => text.clone(),
            other => other.to_string(),
        });
        let name: String = parts
            .iter()
            .map(ToString::to_string)
            .zip(values.chain([String::new()]))
            .map(|(part, value)| part + &value)
            .collect();
        if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
            let message = Message::new("a layer's name has letters, digits and `_`");
            let fitting: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
            let fitting = if fitting.is_empty() { "layer" } else { &fitting };
            let help = format!("`{fitting}` is one");
            self.report(text, message.line(format_args!("found: `{name}`")).help(help));
            return None;
        }
        Some(name)
    }
}
