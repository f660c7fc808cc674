//! Parses what is not nested too deeply: syn descends once for each parenthesis and each operator, and a stack that
//! overflows would take rustc down without a message.

use crate::diagnostics::Message;
use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use syn::parse::Parse;

/// How deep tokens may stand, in tokens of an expression; a group counts as [`GROUP`].
const DEEPEST: usize = 256;

/// A group takes about as much of the stack as this many operators.
const GROUP: usize = 4;

/// Parses an item, or says which of its tokens is nested too deeply.
pub(crate) fn parse<T: Parse>(item: TokenStream) -> syn::Result<T> {
    match too_deep(item.clone(), 0) {
        None => syn::parse2(item),
        Some(span) => {
            let message = Message::new("this is nested too deeply, or too long an expression")
                .help("give a part of it a name: a `const`, or a block");
            Err(syn::Error::new(span, message.to_string()))
        }
    }
}

/// The first token that stands too deep, in tokens that stand at `depth`.
///
/// Within a group, each token may be a level below the one before, until something begins anew.
fn too_deep(tokens: TokenStream, depth: usize) -> Option<Span> {
    let mut chain = Chain { start: depth, depth, opened: 0 };
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        if chain.depth > DEEPEST {
            return Some(token.span());
        }
        match &token {
            TokenTree::Group(group) => {
                let inner = too_deep(group.stream(), chain.depth + GROUP);
                if inner.is_some() {
                    return inner;
                }
                if ends_statement(group, tokens.peek()) { chain.restart() } else { chain.depth += 1 }
            }
            TokenTree::Punct(punct) => match punct.as_char() {
                ';' => chain.restart(),
                ',' => chain.next(),
                // Documentation has as many lines as it likes.
                '#' if is_attribute(tokens.peek()) => chain.depth = chain.depth.saturating_sub(1),
                // What stands between these has commas of its own.
                '<' | '|' => {
                    chain.opened += 1;
                    chain.depth += 1;
                }
                _ => chain.depth += 1,
            },
            TokenTree::Ident(_) | TokenTree::Literal(_) => chain.depth += 1,
        }
    }
    None
}

/// Whether a group ends a statement, as the braces of a loop do where no expression goes on.
fn ends_statement(group: &Group, next: Option<&TokenTree>) -> bool {
    group.delimiter() == Delimiter::Brace
        && match next {
            None => true,
            Some(TokenTree::Ident(next)) => next != "else" && next != "as",
            Some(TokenTree::Punct(next)) => next.as_char() == '#',
            Some(_) => false,
        }
}

fn is_attribute(next: Option<&TokenTree>) -> bool {
    matches!(next, Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket)
}

/// Tokens one after the other, of which each may be a level below the one before.
struct Chain {
    /// Where it starts.
    start: usize,
    depth: usize,
    /// How many `<` and `|` there were: a comma does not leave them.
    opened: usize,
}

impl Chain {
    /// A statement has ended.
    fn restart(&mut self) {
        (self.depth, self.opened) = (self.start, 0);
    }

    /// An item of a list has ended.
    fn next(&mut self) {
        self.depth = self.start + self.opened;
    }
}
