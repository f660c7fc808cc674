//! How the compiler came to where an error is: the calls, turns and branches around it.

use crate::diagnostics::{Message, location};
use proc_macro2::Span;

/// One of the places around an error.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    what: String,
    span: Span,
}

impl Frame {
    pub(super) fn network(name: &str, span: Span) -> Self {
        Self { what: format!("in network `{name}`"), span }
    }

    pub(super) fn block(call: &str, span: Span) -> Self {
        Self { what: format!("in block `{call}`"), span }
    }

    pub(super) fn turn(turn: usize, turns: usize, pattern: &str, value: &str, span: Span) -> Self {
        let values = if pattern == "_" { String::new() } else { format!(": `{pattern}` = {value}") };
        Self { what: format!("in turn {turn} of {turns} of this loop{values}"), span }
    }

    pub(super) fn branch(branch: usize, of: &str, span: Span) -> Self {
        Self { what: format!("in branch {branch} of {of}"), span }
    }
}

/// Adds a note for each frame, the innermost first.
pub(super) fn annotate(message: Message, frames: &[Frame]) -> Message {
    frames.iter().rev().fold(message, |message, frame| {
        message.note(format_args!("{} ({})", frame.what, location(frame.span)))
    })
}
