//! The sink for everything that is wrong with a program.
//!
//! Errors accumulate within a stage and stop the compiler between stages. A sink cannot be forgotten: it panics when it
//! is dropped without [`Diagnostics::finish`]. An error that would repeat another, its first line and its place, is left
//! out: the same mistake in the next turn of a loop has other notes and is still the same mistake.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::fmt::{self, Display, Write as _};
use std::path::PathBuf;

/// What an error says: the mistake, then what led there, then what helps.
#[derive(Clone, Debug, Default)]
pub struct Message {
    text: String,
    lines: Vec<String>,
}

impl Message {
    /// A message that says what is wrong.
    pub fn new(text: impl Display) -> Self {
        Self { text: text.to_string(), lines: Vec::new() }
    }

    /// Adds a line of background: a formula, the shapes so far.
    #[must_use]
    pub fn line(mut self, line: impl Display) -> Self {
        self.lines.push(line.to_string());
        self
    }

    /// Adds what would mend it.
    #[must_use]
    pub fn help(self, help: impl Display) -> Self {
        self.line(format_args!("help: {help}"))
    }

    /// Adds a fact about the place.
    #[must_use]
    pub fn note(self, note: impl Display) -> Self {
        self.line(format_args!("note: {note}"))
    }
}

/// Lines start in column 0: rustc indents them.
impl Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        self.lines.iter().try_for_each(|line| write!(f, "\n{line}"))
    }
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

/// Tells a token of the source from all others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Token(String);

impl Token {
    /// That of this span. Spans cannot be compared; what they print is their place in all of the source.
    #[must_use]
    pub fn of(span: Span) -> Self {
        Self(format!("{span:?}"))
    }
}

/// A token's place, and the call that led there from code that rustc can show.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    span: Span,
    anchor: Option<Span>,
}

impl Place {
    /// What tells the token from all others of this compilation.
    #[must_use]
    pub fn token(self) -> Token {
        Token::of(self.span)
    }

    /// The error at the call, if the place is in code of another crate; otherwise the message again.
    fn at_call(self, message: Message) -> Result<syn::Error, Message> {
        match self.anchor.filter(|_| !is_local(self.span)) {
            Some(anchor) => {
                let message = message.note(format_args!("declared at {}", location(self.span)));
                Ok(syn::Error::new(anchor, message.to_string()))
            }
            None => Err(message),
        }
    }
}

/// Collects errors.
#[derive(Debug)]
pub struct Diagnostics {
    /// `None` once finished.
    errors: RefCell<Option<Vec<syn::Error>>>,
    /// How often something was reported.
    reports: Cell<usize>,
    /// The first line of each, and its place.
    known: RefCell<BTreeSet<(Option<String>, String)>>,
    /// Where errors in code of other crates are shown: the call that led there.
    anchor: Cell<Option<Span>>,
}

impl Default for Diagnostics {
    fn default() -> Self {
        let (errors, known) = (RefCell::new(Some(Vec::new())), RefCell::default());
        Self { errors, known, reports: Cell::new(0), anchor: Cell::new(None) }
    }
}

impl Diagnostics {
    /// Reports `message` at `tokens`, from the first to the last of them.
    pub fn error(&self, tokens: impl ToTokens, message: impl Into<Message>) {
        let tokens = tokens.to_token_stream();
        let first = tokens.clone().into_iter().next();
        let error = match first {
            Some(token) => self.place(token.span()).at_call(message.into()),
            None => Err(message.into()),
        };
        self.push(error.unwrap_or_else(|message| syn::Error::new_spanned(tokens, message.to_string())));
    }

    /// Where `span` is now, for an error that is found later.
    #[must_use]
    pub fn place(&self, span: Span) -> Place {
        Place { span, anchor: self.anchor.get() }
    }

    /// Reports `message` at a place.
    pub fn error_at(&self, place: Place, message: impl Into<Message>) {
        let error = place.at_call(message.into());
        self.push(error.unwrap_or_else(|message| syn::Error::new(place.span, message.to_string())));
    }

    /// From now on errors in code of other crates, which rustc cannot show, are shown at `span`, unless that is in such
    /// code itself. Gives what to [`restore`](Self::restore) after that code.
    pub fn enter(&self, span: Span) -> Option<Span> {
        let before = self.anchor.get();
        if is_local(span) {
            self.anchor.set(Some(span));
        }
        before
    }

    /// Goes back to where errors were shown before.
    pub fn restore(&self, anchor: Option<Span>) {
        self.anchor.set(anchor);
    }

    /// Reports what syn found.
    pub fn push(&self, error: syn::Error) {
        self.reports.set(self.reports.get() + 1);
        if let Some(errors) = self.errors.borrow_mut().as_mut() {
            let what = error.to_string().lines().next().map(str::to_string);
            if self.known.borrow_mut().insert((what, format!("{:?}", error.span()))) {
                errors.push(error);
            }
        }
    }

    /// How often something was reported so far, what is left out as a repetition too; a later count that differs says that
    /// something was wrong in between.
    #[must_use]
    pub fn count(&self) -> usize {
        self.reports.get()
    }

    /// Ends the collection.
    #[must_use]
    pub fn finish(self) -> Vec<syn::Error> {
        self.errors.take().unwrap_or_default()
    }
}

impl Drop for Diagnostics {
    fn drop(&mut self) {
        let finished = self.errors.borrow().is_none();
        assert!(finished || std::thread::panicking(), "diagnostics were collected and never reported");
    }
}

/// The errors as `compile_error!` calls at their places.
#[must_use]
pub fn render(errors: &[syn::Error]) -> TokenStream {
    errors.iter().map(syn::Error::to_compile_error).collect()
}

/// Whether a token stands in a file of the crate that is being compiled: rustc gets those by relative paths from cargo, or
/// at least by paths within the package.
fn is_local(span: Span) -> bool {
    let file = PathBuf::from(span.file());
    let in_package =
        || std::env::var_os("CARGO_MANIFEST_DIR").is_some_and(|package| file.starts_with(package));
    file.is_relative() || in_package()
}

/// `span`, or `otherwise` where rustc could show only that.
#[must_use]
pub fn shown(span: Span, otherwise: Span) -> Span {
    if is_local(otherwise) && !is_local(span) { otherwise } else { span }
}

/// A number with its thousands apart: `61,706`.
#[must_use]
pub fn grouped(number: usize, separator: char) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

/// A pattern or an expression as a programmer would write it.
#[must_use]
pub fn source(tokens: &impl ToTokens) -> String {
    let mut text = String::new();
    let spaced = tokens.to_token_stream().to_string();
    for part in spaced.split_whitespace() {
        let before = text.is_empty() || text.ends_with(['(', '[', '<', '.']);
        let tight = before || part.starts_with([',', ')', ']', '<', '>', '.', ';']);
        let _ = write!(text, "{}{part}", if tight { "" } else { " " });
    }
    text
}

/// Where `span` starts, as `file:line:column`.
#[must_use]
pub fn location(span: Span) -> String {
    let start = span.start();
    let mut text = span.file();
    let _ = write!(text, ":{}:{}", start.line, start.column + 1);
    text
}

/// The nearest of `names` to a misspelt `name`, if it takes edits to at most a third of its letters: each an insertion,
/// a removal, a replacement or a swap with the next.
pub fn nearest<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let limit = name.chars().count().max(3) / 3;
    let edits = names.into_iter().map(|candidate| (strsim::osa_distance(name, candidate), candidate));
    edits.filter(|(edits, _)| *edits <= limit).min_by_key(|(edits, _)| *edits).map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    #[test]
    fn the_same_error_is_kept_once() {
        let sink = Diagnostics::default();
        let tokens = quote!(relu);
        sink.error(&tokens, Message::new("wrong").note("in turn 1"));
        sink.error(&tokens, Message::new("wrong").note("in turn 2"));
        sink.error(&tokens, "wrong in another way");
        assert_eq!(sink.count(), 3, "what is left out was wrong all the same");
        assert_eq!(sink.finish().len(), 2);
    }

    #[test]
    #[should_panic(expected = "never reported")]
    fn a_forgotten_sink_panics() {
        drop(Diagnostics::default());
    }

    #[test]
    fn the_nearest_name_is_found() {
        assert_eq!(nearest("conv2", ["linear", "conv2d"]), Some("conv2d"));
        assert_eq!(nearest("kernal_size", ["stride", "kernel_size"]), Some("kernel_size"));
        assert_eq!(nearest("attention", ["linear", "conv2d"]), None);
        assert_eq!(nearest("rleu", ["gelu", "relu"]), Some("relu"), "a swap is one mistake");
    }

    #[test]
    fn thousands_stand_apart() {
        let numbers = [61_706, 416_520, 7, 1_234_567].map(|number| grouped(number, ','));
        assert_eq!(numbers, ["61,706", "416,520", "7", "1,234,567"]);
    }

    #[test]
    fn a_message_reads_in_order() {
        let message = Message::new("wrong").line("because").help("mend it").note("here");
        assert_eq!(message.to_string(), "wrong\nbecause\nhelp: mend it\nnote: here");
    }
}
