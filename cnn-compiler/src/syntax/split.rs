//! Cuts the tokens of an invocation into items, without understanding them.

use proc_macro2::{Delimiter, Group, Ident, Spacing, TokenStream, TokenTree};

/// The tokens of each item.
///
/// A function ends with its braces, everything else with a semicolon. Braces between `<` and `>` belong to a constant
/// argument and end nothing.
pub(crate) fn items(tokens: TokenStream) -> Vec<TokenStream> {
    let mut items = Vec::new();
    let mut item: Vec<TokenTree> = Vec::new();
    let mut angles = Angles::default();
    let mut is_fn = false;
    for token in tokens {
        angles.see(&token);
        let ends = match &token {
            TokenTree::Ident(ident) => {
                is_fn |= angles.depth == 0 && ident == "fn";
                false
            }
            TokenTree::Group(group) => is_fn && angles.depth == 0 && group.delimiter() == Delimiter::Brace,
            TokenTree::Punct(punct) => punct.as_char() == ';',
            TokenTree::Literal(_) => false,
        };
        item.push(token);
        if ends {
            items.push(item.drain(..).collect());
            angles = Angles::default();
            is_fn = false;
        }
    }
    if !item.is_empty() {
        items.push(item.into_iter().collect());
    }
    items
}

/// Whether an item is a `use`.
pub(crate) fn is_use(item: &TokenStream) -> bool {
    has_keyword(item, &["use"])
}

/// Whether an item goes along when a block or network is used elsewhere: functions and constants.
pub(crate) fn is_carried(item: &TokenStream) -> bool {
    !has_keyword(item, &["use", "type"])
}

/// Whether one of these keywords comes before any other.
fn has_keyword(item: &TokenStream, keywords: &[&str]) -> bool {
    let first = item.clone().into_iter().find_map(|token| match token {
        TokenTree::Ident(ident) if ident != "pub" => Some(ident),
        _ => None,
    });
    first.is_some_and(|first| keywords.iter().any(|keyword| first == keyword))
}

/// Counts the angle brackets that are open. The `>` of `->` and `=>` closes none.
#[derive(Default)]
struct Angles {
    depth: usize,
    after_arrow: bool,
}

impl Angles {
    fn see(&mut self, token: &TokenTree) {
        let after_arrow = std::mem::take(&mut self.after_arrow);
        if let TokenTree::Punct(punct) = token {
            match punct.as_char() {
                '<' => self.depth += 1,
                '>' if !after_arrow => self.depth = self.depth.saturating_sub(1),
                '-' | '=' => self.after_arrow = punct.spacing() == Spacing::Joint,
                _ => {}
            }
        }
    }
}

/// What an item would declare, were it right.
pub(crate) enum Declared {
    /// A function with `->`, or a `type`.
    Type(syn::Visibility, Ident),
    /// A function without.
    Block(syn::Visibility, Ident),
}

impl Declared {
    /// Its name.
    pub(crate) fn into_name(self) -> Ident {
        match self {
            Self::Type(_, name) | Self::Block(_, name) => name,
        }
    }
}

/// What an item would declare, were it right.
pub(crate) fn declared(item: &TokenStream) -> Option<Declared> {
    let tokens: Vec<TokenTree> = item.clone().into_iter().collect();
    let is_ident = |token: &TokenTree, name: &str| matches!(token, TokenTree::Ident(i) if i == name);
    let keyword = tokens.iter().position(|t| is_ident(t, "fn") || is_ident(t, "type"))?;
    let has_arrow = tokens.windows(2).any(|pair| {
        let [TokenTree::Punct(a), TokenTree::Punct(b)] = pair else { return false };
        a.as_char() == '-' && b.as_char() == '>'
    });
    let is_block = is_ident(&tokens[keyword], "fn") && !has_arrow;
    // A keyword names nothing.
    let name: Ident = syn::parse2(tokens.get(keyword + 1)?.clone().into()).ok()?;
    let vis = tokens[..keyword].iter().position(|t| is_ident(t, "pub"));
    let vis = vis.map(|at| tokens[at..keyword].iter().cloned().collect());
    let vis = vis.and_then(|vis| syn::parse2(vis).ok()).unwrap_or(syn::Visibility::Inherited);
    Some(if is_block { Declared::Block(vis, name) } else { Declared::Type(vis, name) })
}

/// A function with nothing in its body: its signature may be right where a layer is not.
pub(super) fn without_body(item: TokenStream) -> TokenStream {
    let mut tokens: Vec<TokenTree> = item.into_iter().collect();
    if let Some(TokenTree::Group(body)) = tokens.last_mut() {
        *body = Group::new(body.delimiter(), TokenStream::new());
    }
    tokens.into_iter().collect()
}
