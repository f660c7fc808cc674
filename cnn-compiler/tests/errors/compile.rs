//! The compiler without rustc: expands the macros of a program, and lists the errors that come out.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// The errors of all `network!` and `block!` of a program.
pub(crate) fn errors(program: &str) -> Vec<String> {
    // Files of weights are named from the folder of the package, which is another one here.
    let program = &program.replace("\"tests/ui/", "\"../tests/ui/");
    let tokens = program.parse::<TokenStream>().unwrap_or_else(|error| panic!("{error}:\n{program}"));
    let mut crate_ = Crate::default();
    crate_.find(tokens);
    // What a block carries is wanted by those that use it, wherever they stand.
    for (macro_, tokens) in std::mem::take(&mut crate_.calls) {
        let output =
            if macro_ == "block" { cnn_compiler::block(tokens) } else { cnn_compiler::compile(tokens) };
        crate_.read(output);
    }
    crate_.errors
}

#[derive(Default)]
struct Crate {
    /// Macro calls that the program makes, blocks first.
    calls: Vec<(String, TokenStream)>,
    /// Name of a carrier, and what it puts before its request.
    carriers: Vec<(String, TokenStream)>,
    errors: Vec<String>,
}

impl Crate {
    /// Finds the macro calls in source code.
    fn find(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (i, token) in tokens.iter().enumerate() {
            let TokenTree::Group(group) = token else { continue };
            let before: String = tokens[i.saturating_sub(5)..i].iter().map(ToString::to_string).collect();
            match before.strip_suffix('!').and_then(|path| path.rsplit("cnn::").next()) {
                Some("block") => self.calls.insert(0, ("block".into(), group.stream())),
                Some("network") => self.calls.push(("network".into(), group.stream())),
                _ => self.find(group.stream()),
            }
        }
    }

    /// Reads what the compiler gives: keeps errors and carriers, and follows its calls of carriers.
    fn read(&mut self, output: TokenStream) {
        let tokens: Vec<TokenTree> = output.into_iter().collect();
        for (i, token) in tokens.iter().enumerate() {
            let TokenTree::Group(group) = token else { continue };
            let before = |n: usize| i.checked_sub(n).map(|i| tokens[i].to_string()).unwrap_or_default();
            if before(1) == "!" && before(2) == "compile_error" {
                let text: syn::LitStr = syn::parse2(group.stream()).unwrap();
                self.errors.push(text.value());
            } else if before(2) == "!" && before(3) == "macro_rules" {
                self.carriers.push((before(1), carried(group)));
            } else if before(1) == "!" {
                let mut request = TokenStream::new();
                let name = before(2);
                let known =
                    self.carriers.iter().find(|(hidden, _)| hidden.starts_with(&format!("__cnn_{name}_")));
                let Some((_, program)) = known else {
                    self.errors.push(format!("cannot find `{name}`")); // says rustc
                    continue;
                };
                request.extend(program.clone());
                request.extend(group.stream());
                self.read(cnn_compiler::import(request));
            }
        }
    }
}

/// `name { program }` of `($($request:tt)*) => { ::cnn::__import! { name { program } $($request)* } };`
fn carried(rules: &Group) -> TokenStream {
    let braces = |tokens: TokenStream| {
        let last = tokens.into_iter().filter_map(|token| match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group.stream()),
            _ => None,
        });
        last.last().unwrap()
    };
    braces(braces(rules.stream())).into_iter().take(2).collect()
}
