//! Blocks and networks that are declared elsewhere.
//!
//! A macro sees its own tokens and nothing else, so a declaration has to bring its tokens to where it is used. Each one that
//! may be used elsewhere is accompanied by a hidden `macro_rules!` of the same name, its *carrier*. For every `use`,
//! `network!` becomes a call of the carrier with all that it has so far, and the carrier adds what it carries:
//!
//! ```text
//! network!( use a::b; use c::d; … )
//!  → a::b!      { network b {} { use c::d; … } }
//!  → __import!  { b { tokens of b's program } network b {} { use c::d; … } }
//!  → c::d!      { network d { b b { tokens of b's program } } { … } }
//!  → __import!  { d { … } network d { b b { … } } { … } }
//!  → the code
//! ```
//!
//! What is carried has no `use` left: a declaration resolves its own before it is carried. So paths are looked up where they
//! are written, and a block that comes by two ways is simply there twice.

use crate::diagnostics::{Diagnostics, Message};
use crate::syntax::nesting;
use crate::syntax::split::{self, Declared};
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// Which macro the user called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `network!`
    Network,
    /// `block!`
    Block,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Block => "block",
        }
    }
}

/// What one of our macros was called with, and what came in from elsewhere.
#[derive(Debug)]
pub struct Source {
    /// The macro.
    pub kind: Kind,
    /// What has been imported so far.
    pub imports: Vec<Imported>,
    /// The user's items, without the `use`s that have been followed.
    pub items: TokenStream,
}

/// One name that comes from elsewhere.
#[derive(Clone, Debug)]
pub struct Imported {
    /// What it is called here.
    pub alias: Ident,
    /// What it is called where it is declared.
    pub name: Ident,
    /// The program that declares it; `None` if that has errors of its own.
    pub program: Option<Carried>,
}

/// A program without `use`, as a carrier brings it.
#[derive(Clone, Debug)]
pub struct Carried {
    /// What it imported itself.
    pub imports: Vec<Imported>,
    /// Its items.
    pub items: TokenStream,
}

impl Source {
    /// What the user wrote.
    pub fn new(kind: Kind, items: TokenStream) -> Self {
        Self { kind, imports: Vec::new(), items }
    }

    /// What a carrier hands back: `name { program } kind alias { imports } { items }`.
    pub fn resume(tokens: TokenStream) -> Option<Self> {
        let mut tokens = tokens.into_iter();
        let (name, program) = (ident(tokens.next()?)?, braces(tokens.next()?)?);
        let kind = if ident(tokens.next()?)? == Kind::Network.name() { Kind::Network } else { Kind::Block };
        let alias = ident(tokens.next()?)?;
        let (imports, items) = (braces(tokens.next()?)?, braces(tokens.next()?)?);
        let mut imports = imported(imports)?;
        imports.push(Imported { alias, name, program: carried(program) });
        Some(Self { kind, imports, items })
    }

    /// Follows the first `use`, if there is one: gives the call of its carrier. Otherwise all imports are in.
    pub fn next_import(&mut self, errors: &Diagnostics) -> Option<TokenStream> {
        let mut items = split::items(std::mem::take(&mut self.items));
        let mut uses = Vec::new();
        items.retain(|item| {
            match split::is_use(item).then(|| nesting::parse::<syn::ItemUse>(item.clone())) {
                Some(Ok(item)) => {
                    leaves(&item.tree, &item.leading_colon.to_token_stream(), &mut uses, errors);
                    false
                }
                Some(Err(error)) => {
                    errors.push(error);
                    false
                }
                None => true,
            }
        });
        uses.retain(|Leaf { path, alias }| {
            let Some(name) = declared_here(path, alias, &items, errors) else { return true };
            if *alias != name {
                self.imports.push(Imported { alias: alias.clone(), name, program: None });
            }
            false
        });
        let mut uses = uses.into_iter();
        let next = uses.next();
        self.items = uses.map(|Leaf { path, alias, .. }| quote!(use #path as #alias;)).chain(items).collect();
        let Leaf { path, alias } = next?;
        let (kind, imports, items) =
            (format_ident!("{}", self.kind.name()), self.imports.iter().map(import_tokens), &self.items);
        Some(quote!(#path! { #kind #alias { #(#imports)* } { #items } }))
    }

    /// Hands this source to `__show!`, once for editors and by a macro for each network's documentation: only who looks
    /// pays for what is seen. An editor follows the source's tokens into calls of macros, but not into a macro's body.
    ///
    /// ```text
    /// macro_rules! __cnn_show { ($($request:tt)*) => { ::cnn::__show! { { imports } { items } $($request)* } } }
    /// ::cnn::__in_editor! { { imports } { items } editor }
    /// #[cfg_attr(doc, doc = __cnn_show!(LeNet))] pub struct LeNet { … }
    /// ```
    pub fn shown(&self) -> TokenStream {
        let (imports, items) = (self.imports.iter().map(import_tokens), &self.items);
        let source = quote!({ #(#imports)* } { #items });
        quote! {
            #[allow(unused_macros)]
            macro_rules! __cnn_show {
                ($($request:tt)*) => { ::cnn::__show! { #source $($request)* } };
            }
            ::cnn::__in_editor! { #source editor }
        }
    }

    /// What [`shown`](Self::shown) hands on, and what it is asked for: `{ imports } { items } request`.
    pub fn resume_shown(tokens: TokenStream) -> Option<(Self, Ident)> {
        let mut tokens = tokens.into_iter();
        let (imports, items) = (braces(tokens.next()?)?, braces(tokens.next()?)?);
        let source = Self { kind: Kind::Network, imports: imported(imports)?, items };
        Some((source, ident(tokens.next()?)?))
    }

    /// The carrier of one of its declarations.
    pub fn carrier(&self, vis: &syn::Visibility, name: &Ident, whole: bool) -> TokenStream {
        let imports = self.imports.iter().map(import_tokens);
        let items = split::items(self.items.clone()).into_iter().filter(split::is_carried);
        let program = if whole { quote!({ #(#imports)* } #(#items)*) } else { quote!(broken) };
        let hidden = hidden_name(name, &program);
        let export = matches!(vis, syn::Visibility::Public(_)).then(|| quote!(#[macro_export]));
        quote! {
            #[doc(hidden)]
            #export
            #[allow(unused_macros)]
            macro_rules! #hidden {
                ($($request:tt)*) => { ::cnn::__import! { #name { #program } $($request)* } };
            }
            #[doc(hidden)]
            #[allow(unused_imports)]
            #vis use #hidden as #name;
        }
    }
}

/// Exported macros of a crate share one namespace, so the name tells the declaration's place and contents.
fn hidden_name(name: &Ident, program: &TokenStream) -> Ident {
    let (span, mut hasher) = (name.span(), DefaultHasher::new());
    // Outside of rustc, files are numbered as they come.
    let (file, start) = (span.local_file().map(|_| span.file()), span.start());
    (program.to_string(), file, start.line, start.column).hash(&mut hasher);
    format_ident!("__cnn_{name}_{:016x}", hasher.finish(), span = Span::call_site())
}

/// `path as alias`
struct Leaf {
    path: TokenStream,
    alias: Ident,
}

/// The paths of a `use`.
fn leaves(tree: &syn::UseTree, prefix: &TokenStream, found: &mut Vec<Leaf>, errors: &Diagnostics) {
    match tree {
        syn::UseTree::Path(tree) => {
            let (name, colons) = (&tree.ident, &tree.colon2_token);
            leaves(&tree.tree, &quote!(#prefix #name #colons), found, errors);
        }
        syn::UseTree::Name(tree) => {
            let name = &tree.ident;
            found.push(Leaf { path: quote!(#prefix #name), alias: name.clone() });
        }
        syn::UseTree::Rename(tree) => {
            let name = &tree.ident;
            found.push(Leaf { path: quote!(#prefix #name), alias: tree.rename.clone() });
        }
        syn::UseTree::Group(tree) => {
            tree.items.iter().for_each(|tree| leaves(tree, prefix, found, errors));
        }
        syn::UseTree::Glob(tree) => {
            let message = Message::new("what a network uses is named one by one");
            errors.error(tree, message.help("write `use path::{block, other};`"));
        }
    }
}

/// Reports a `use` of what `items` declare themselves, and gives its name there: such a `use` would wait for itself. Longer
/// circles nobody sees but rustc: until the last of their `use`s is followed, none of them has a carrier that could tell.
fn declared_here(
    path: &TokenStream,
    alias: &Ident,
    items: &[TokenStream],
    errors: &Diagnostics,
) -> Option<Ident> {
    let own = |name: &Ident| path.to_string() == quote!(self::#name).to_string();
    let names = items.iter().filter_map(split::declared).map(Declared::into_name);
    let name = names.into_iter().find(|name| alias == name || own(name))?;
    let message = Message::new(format_args!("`{name}` is declared here already"));
    errors.error(
        path,
        if own(&name) {
            message.help(format_args!("remove this `use`, and call `{name}` by its name"))
        } else {
            message.help(format_args!(
                "give the one from elsewhere another name: `use {} as other;`",
                spelled(path)
            ))
        },
    );
    Some(name)
}

/// A path without the spaces that tokens have between them.
fn spelled(path: &TokenStream) -> String {
    path.to_string().replace(' ', "")
}

fn import_tokens(import: &Imported) -> TokenStream {
    let Imported { alias, name, program } = import;
    let Some(Carried { imports, items }) = program else { return quote!(#alias #name { broken }) };
    let imports = imports.iter().map(import_tokens);
    quote!(#alias #name { { #(#imports)* } #items })
}

/// `alias name { program } …`
fn imported(tokens: TokenStream) -> Option<Vec<Imported>> {
    let mut imports = Vec::new();
    let mut tokens = tokens.into_iter();
    while let Some(alias) = tokens.next() {
        let (alias, name) = (ident(alias)?, ident(tokens.next()?)?);
        imports.push(Imported { alias, name, program: carried(braces(tokens.next()?)?) });
    }
    Some(imports)
}

/// `{ imports } items`; `broken` for a program with errors.
fn carried(tokens: TokenStream) -> Option<Carried> {
    let mut tokens = tokens.into_iter();
    let imports = imported(braces(tokens.next()?)?)?;
    Some(Carried { imports, items: tokens.collect() })
}

fn ident(token: TokenTree) -> Option<Ident> {
    match token {
        TokenTree::Ident(ident) => Some(ident),
        // What went through a macro's `$x:tt` may stand in an invisible group.
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            group.stream().into_iter().next().and_then(ident)
        }
        _ => None,
    }
}

fn braces(token: TokenTree) -> Option<TokenStream> {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            group.stream().into_iter().next().and_then(braces)
        }
        TokenTree::Group(group) => Some(Group::stream(&group)),
        _ => None,
    }
}
