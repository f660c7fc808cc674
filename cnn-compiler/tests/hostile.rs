//! Programs that nobody would write: each becomes code or an error, on the stack of a test's thread, which is a quarter of
//! rustc's. Without its limit each grows until that stack, minutes or gigabytes are too few.

use cnn_compiler::compile;
use proc_macro2::TokenStream;

/// The errors of a program, or what it became.
fn compiled(source: &str) -> String {
    let tokens: TokenStream = source.parse().expect("a source is made of tokens");
    compile(tokens).to_string()
}

/// Asserts that a program has an error that says so.
#[track_caller]
fn refused(source: &str, expected: &str) {
    let code = compiled(source);
    assert!(code.contains("compile_error"), "it compiles");
    assert!(code.contains(expected), "{}", &code[..code.len().min(1000)]);
}

fn net(body: &str) -> String {
    format!("fn Net(image: Image<1, 2, 2>) -> Image<1, 2, 2> {{ {body} }}")
}

/// Something for each number, one after the other.
fn each(numbers: impl Iterator<Item = usize>, item: impl Fn(usize) -> String) -> String {
    numbers.map(item).collect()
}

fn nested(open: &str, inner: &str, close: &str) -> String {
    const TIMES: usize = 300;
    format!("{}{inner}{}", open.repeat(TIMES), close.repeat(TIMES))
}

#[test]
fn what_is_nested_too_deeply_for_a_parser_is_refused() {
    let bodies = [
        format!("conv2d({}, 1)", nested("(", "1", ")")),
        format!("conv2d({}, 1)", nested("-", "1", "")),
        format!("conv2d({}, 1)", nested("1 + ", "1", "")),
        format!("conv2d({}, 1)", nested("", "_", ".channels")),
        format!("conv2d({}, 1)", nested("a = ", "1", "")),
        format!("conv2d({}, 1)", nested("|a, b| ", "1", "")),
        format!("conv2d({}, 1)", nested("", "1", " as usize")),
        format!("if true {{}} {} else {{}}", nested("else if true {}", "", "")),
        nested("for _ in 0..1 {", "relu", "}"),
        nested("add(_, {", "relu", "})"),
    ];
    for body in bodies {
        refused(&net(&body), "nested too deeply");
    }
    let items = [
        format!("fn Net(x: {}) -> Vector<1> {{ relu }}", nested("V<1, ", "1", ">")),
        format!("fn Net<const N: {}>(x: Vector<1>) -> Vector<1> {{ relu }}", nested("&", "usize", "")),
        format!("use {};", nested("a::", "b", "")),
        format!("use {};", nested("a::{", "b", "}")),
    ];
    for item in items {
        refused(&item, "nested too deeply");
    }
}

#[test]
fn what_is_long_but_not_deep_compiles() {
    let docs = each(0..2000, |i| format!("#[doc = \"{i}\"] "));
    let list = format!("for n in [{}] {{ if n == 1 {{ relu; }} }}", "(1 + 0) * 0, ".repeat(500));
    let loops = "for _ in 0..1 { relu; } if true { relu; } else { tanh; } ".repeat(100);
    let code = compiled(&format!("{docs} {}", net(&format!("{list} {loops} relu"))));
    assert!(!code.contains("compile_error"), "{}", &code[..code.len().min(1000)]);
}

#[test]
fn values_that_grow_as_a_power_are_refused() {
    let ten = |i: usize| {
        let ty = format!("{}usize{}", "[".repeat(i + 1), "; 1]".repeat(i + 1));
        format!("const A{}: {ty} = [{}];", i + 1, format!("A{i}, ").repeat(10))
    };
    refused(&format!("const A0: usize = 1; {}", each(0..12, ten)), "at most 10000 items in all");
}

#[test]
fn constants_and_blocks_may_not_wait_for_each_other_without_end() {
    let consts = each(0..1000, |i| format!("const A{i}: usize = A{};", i + 1));
    refused(&format!("{consts} const A1000: usize = 1;"), "constants depend on each other in a row");
    let blocks = each(0..1000, |i| format!("fn b{i}() {{ b{}() }}", i + 1));
    refused(&format!("{} {blocks} fn b1000() {{ relu }}", net("b0()")), "stand in each other here");
}

#[test]
fn all_networks_and_blocks_together_have_a_bound() {
    let bound = "has more than 10000 statements";
    let nets = |i| format!("fn N{i}(x: Vector<1>) -> Vector<1> {{ for _ in 0..5000 {{ relu; }} }}");
    refused(&each(0..100, nets), bound);
    // Those that are called come first here, and so each is checked once more than its caller.
    let blocks = each((0..100).rev(), |i| format!("fn b{i}() {{ b{}(); b{}(); }}", i + 1, i + 1));
    refused(&format!("fn b100() {{ relu }} {blocks}"), bound);
}

#[test]
fn a_mistake_in_each_turn_of_a_long_loop_is_reported_soon() {
    refused(&net("for (a, b) in 0..4000 { relu; }"), "this pattern has 2 parts");
}

#[test]
fn a_keyword_gets_no_stub() {
    let code =
        compiled("pub type dyn = Net<1>; fn loop(x: Vector<1>) -> Vector<1> { relu } fn if() { relu }");
    assert!(syn::parse_str::<syn::File>(&code).is_ok(), "{code}");
}
