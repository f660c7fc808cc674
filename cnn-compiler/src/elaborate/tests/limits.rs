//! Values that are unknown or too large, programs that would never end, and errors beside errors.

use crate::fixtures::errors;
use proc_macro2::TokenStream;
use quote::quote;

/// Asserts that these are all errors of the program, by their first words.
#[track_caller]
fn assert_errors(program: &TokenStream, starts: &[&str]) {
    let errors = errors(program);
    let all = errors.len() == starts.len()
        && errors.iter().zip(starts).all(|((text, _), start)| text.starts_with(start));
    assert!(all, "{program}\nexpected: {starts:#?}\nfound: {errors:#?}");
}

#[track_caller]
fn assert_body(body: &TokenStream, starts: &[&str]) {
    assert_errors(
        &quote! { fn Net(x: Vector<6>) -> Vector<10> { #body; linear(10, in_features = 6) } },
        starts,
    );
}

#[test]
fn a_block_that_calls_itself_is_reported_once() {
    let net = quote! { fn Net(x: Vector<2>) -> Vector<2> { a() } };
    assert_errors(&quote! { #net fn a() { relu; a() } }, &["block `a` calls itself"]);
    let mutual = quote! { #net fn a() { add(_, { b(1) }) } fn b(n: usize) { for _ in 0..n { a() } } };
    assert_errors(&mutual, &["block `a` calls itself"]);
    let (text, at) = &errors(&mutual)[0];
    assert!(text.contains("a → b → a"), "{text}");
    assert_eq!(at, "b");
    let two = quote! { #net fn a() { a() } fn b() { if true { relu } else { b() } } };
    assert_errors(&two, &["block `a` calls itself", "block `b` calls itself"]);
}

#[test]
fn a_block_that_calls_itself_does_not_hide_other_errors() {
    let program = quote! {
        fn A(x: Vector<2>) -> Vector<2> { a() }
        fn B(x: Vector<2>) -> Vector<2> { linear(3) }
        fn a() { a() }
    };
    assert_errors(&program, &["block `a` calls itself", "the output is declared"]);
}

#[test]
fn a_loop_must_run() {
    for values in [quote!(0..0), quote!(3..1), quote!([])] {
        // Without the loop's `flatten`, the next layer would complain too.
        let program = quote! {
            fn Net(image: Image<1, 2, 2>) -> Vector<2> { for _ in #values { flatten; } linear(2) }
        };
        assert_errors(&program, &["this loop never runs"]);
    }
    assert_body(
        &quote!(for _ in 6 {
            relu
        }),
        &["a loop runs over a range or an array, not over 6, an integer"],
    );
    assert_body(
        &quote!(for (a, b) in [1, 2] {
            linear(a);
        }),
        &["this pattern has 2 parts, but the value is 1", "this pattern has 2 parts, but the value is 2"],
    );
    assert_body(
        &quote!(if 1 {
            relu
        }),
        &["a condition is `true` or `false`, not 1, an integer"],
    );
}

#[test]
fn what_runs_too_long_is_refused() {
    assert_body(
        &quote!(for _ in 0..1_000_000_000_000 {
            relu
        }),
        &["this loop would run 1000000000000 times, more than 10000"],
    );
    assert_body(
        &quote!(for _ in 0..=9_223_372_036_854_775_807 {
            relu
        }),
        &["this loop would run 9223372036854775807 times"],
    );
    let nested = quote!(for _ in 0..1000 {
        for _ in 0..1000 {
            for _ in 0..1000 {
                relu
            }
        }
    });
    assert_body(&nested, &["this `network!` has more than 10000 statements"]);
    let empty = quote!(for _ in 0..10_000 {
        for _ in 0..10_000 {
            for _ in 0..10_000 {}
        }
    });
    assert_body(&empty, &["this `network!` has more than 10000 statements"]);
}

#[test]
fn blocks_that_double_again_and_again_are_refused() {
    let blocks = (0..60_usize).map(|i| {
        let (name, next) = (quote::format_ident!("b{i}"), quote::format_ident!("b{}", i + 1));
        quote! { fn #name() { #next(); #next(); } }
    });
    let program = quote! { fn Net(x: Vector<2>) -> Vector<2> { b0() } #(#blocks)* fn b60() { relu } };
    assert_errors(&program, &["this `network!` has more than 10000 statements"]);
}

#[test]
fn an_unknown_value_is_reported_once_and_silences_what_depends_on_it() {
    let body =
        quote! { linear(width); linear(3); if _.features == 4 { conv2d(1, 1) }; for _ in 0..width { relu } };
    let (width, again) = ("the value of `width` is not known here", "the value of `width` is not known here");
    assert_body(&body, &[width, again]);
    assert_body(&quote!(linear(f(3))), &["this cannot be computed while the network is compiled"]);
    let program = quote! {
        const A: usize = B;
        const B: usize = A + 1;
        fn Net(x: Vector<A>) -> Vector<B> { linear(B) }
    };
    assert_errors(&program, &["the constant `A` depends on itself"]);
    let program = quote! { const A: usize = -1; fn Net(x: Vector<A>) -> Vector<2> { linear(A) } };
    assert_errors(&program, &["`A` must be of type `usize`, found -1"]);
}

#[test]
fn numbers_and_sizes_that_overflow_are_refused() {
    let cases = [
        (quote!(linear(9_223_372_036_854_775_807 + 1)), "overflow: 9223372036854775807 + 1 does not fit"),
        (quote!(linear(4_294_967_296 * 4_294_967_296)), "overflow: 4294967296 * 4294967296"),
        (quote!(linear(16_777_217)), "overflow: `features` = 16777217 is more than 16777216"),
        (quote!(linear(6 / 0)), "6 / 0 has no value"),
        (quote!(linear(99_999_999_999_999_999_999)), "number too large"),
    ];
    for (body, start) in cases {
        assert_body(&body, &[start]);
    }
    let program = quote! { fn Net(x: Image<16777216, 16777216, 1>) -> Vector<1> { flatten; linear(1) } };
    assert_errors(&program, &["overflow: this tensor is larger than any memory"]);
    let program =
        quote! { fn Net(x: Image<1, 1048576, 1048576>) -> Vector<1> { conv2d(2, 1); flatten; linear(1) } };
    assert_errors(&program, &["overflow: this layer is larger than any memory"]);
    let program = quote! { fn Net(x: Vector<16777217>) -> Vector<0> { linear(1) } };
    assert_errors(
        &program,
        &["a size is an integer from 1 to 16777216, found 16777217", "a size is an integer from 1"],
    );
    assert_body(
        &quote!(for _ in [[[0; 10_000]; 10_000]; 10_000] {
            relu
        }),
        &["an array has between"],
    );
}

#[test]
fn parameters_of_networks_and_blocks_are_held_against_their_types() {
    let net = quote! { fn Net<const N: usize>(x: Vector<2>) -> Vector<N> { linear(N) } };
    assert_errors(&quote! { #net type A = Net<2.5>; }, &["`N` must be of type `usize`, found 2.5"]);
    assert_errors(&quote! { #net type A = Net; }, &["`Net` needs a value for `N`"]);
    assert_errors(&quote! { #net type A = Net<1, 2>; }, &["`Net` has 1 parameters, this is one too many"]);
    let block = |call: TokenStream| {
        quote! { fn Net(x: Vector<2>) -> Vector<2> { #call; linear(2) } fn block(n: usize, m: usize) { linear(n + m) } }
    };
    assert_errors(&block(quote!(block(1))), &["block `block` needs `m`"]);
    assert_errors(&block(quote!(block(1, 2, 3))), &["block `block` takes 2 arguments"]);
    assert_errors(&block(quote!(block(1, k = 2))), &["block `block` has no parameter `k`"]);
    assert_errors(&block(quote!(block(1, 2, m = 2))), &["this argument is given twice"]);
    assert_errors(&block(quote!(block(1, 0.5))), &["`m` must be of type `usize`, found 0.5"]);
}

#[test]
fn independent_errors_are_all_reported() {
    let program = quote! {
        fn A(image: Image<1, 8, 8>) -> Vector<10> { conv2d(6, kernel_size = 9); linear(5); rleu; dropout(2.0) }
        fn B(x: Vector<4>) -> Vector<4> { flaten }
        fn C(x: Vector<4>) -> Vector<4> { relu }
    };
    let starts = [
        "the kernel is larger than its input",
        "there is no layer or block `rleu`",
        "dropout needs 0 <= p < 1",
        "there is no layer or block `flaten`",
    ];
    assert_errors(&program, &starts);
}

#[test]
fn a_mistake_in_a_loop_or_a_block_is_one_mistake() {
    let program = quote! {
        fn Net(x: Vector<4>) -> Vector<4> { for _ in 0..3 { block(); dropout(1.5); } block() }
        fn block() { rleu; linear(2, baz = 1) }
    };
    let starts = ["there is no layer or block `rleu`", "`linear` has no argument `baz`", "dropout needs"];
    assert_errors(&program, &starts);
}
