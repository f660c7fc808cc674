//! One mistake gives one message, at the token that is at fault.

use crate::fixtures::errors;
use proc_macro2::TokenStream;
use quote::quote;

/// A network of a body over an image, with a layer behind it that would complain of a wrong shape.
fn image(body: &TokenStream) -> TokenStream {
    quote! { fn Net(image: Image<6, 8, 8>) -> Vector<10> { #body; flatten; linear(10) } }
}

/// Asserts that the program has one error, which starts with these words and points at this token. Gives its text.
#[track_caller]
fn assert_one(program: &TokenStream, token: &str, start: &str) -> String {
    let errors = errors(program);
    assert_eq!(errors.len(), 1, "{program}\n{errors:#?}");
    let (text, at) = &errors[0];
    assert!(text.starts_with(start), "expected: {start}\nfound: {text}");
    assert_eq!(at.replace(' ', ""), token.replace(' ', ""), "{text}");
    text.clone()
}

#[test]
fn unknown_names_get_a_suggestion() {
    let text = assert_one(&image(&quote!(rleu)), "rleu", "there is no layer or block `rleu`");
    assert!(text.contains("help: there is one with a similar name: `relu`"), "{text}");
    let text =
        assert_one(&image(&quote!(attention(3))), "attention", "there is no layer or block `attention`");
    assert!(text.contains("help: declare a block"), "{text}");
    let program = quote! { fn Net(x: Vector<2>) -> Vector<2> { my_blok() } fn my_block() { relu } };
    assert!(assert_one(&program, "my_blok", "there is no layer or block").contains("`my_block`"));
    let program = quote! { fn Net(x: Vector<2>) -> Vector<2> { relu } type A = Met; };
    assert!(assert_one(&program, "Met", "there is no network `Met`").contains("`Net`"));
    let program = quote! { fn A(x: Vector<2>) -> Vector<2> { relu } fn B(x: Vector<2>) -> Vector<2> { A } };
    assert_one(&program, "A", "`A` is a network: only blocks and layers can be called");
    let program = quote! { fn Net(x: Vector<2>) -> Vector<4> { let skip; concat(_, skp) } };
    assert!(assert_one(&program, "skp", "`skp` does not name a tensor here").contains("`skip`"));
}

#[test]
fn a_misspelt_argument_counts_as_given() {
    let text = assert_one(
        &image(&quote!(conv2d(6, kernal_size = 3))),
        "kernal_size",
        "`conv2d` has no argument `kernal_size`",
    );
    assert!(text.contains("`kernel_size`"), "{text}");
    let text =
        assert_one(&image(&quote!(conv2d(6, 3, color = 3))), "color", "`conv2d` has no argument `color`");
    assert!(text.contains("its arguments are `channels`, `kernel_size`"), "{text}");
}

#[test]
fn arguments_are_held_against_the_signature() {
    let cases = [
        (quote!(conv2d(6)), "conv2d", "`conv2d` needs `kernel_size`"),
        (quote!(conv2d), "conv2d", "`conv2d` needs `channels` and `kernel_size`"),
        (quote!(conv2d(6, 3, channels = 7)), "channels", "`channels` is given twice"),
        (quote!(conv2d(6, kernel_size = 3, kernel_size = 3)), "kernel_size", "`kernel_size` is given twice"),
        (quote!(relu(1)), "1", "`relu` takes no arguments"),
        (quote!(dropout(0.5, 1)), "1", "`dropout` takes at most 1 arguments: `p`"),
        (quote!(conv2d(6.0, 3)), "6.0", "`channels` must be an integer, found 6.0, a floating-point number"),
        (quote!(conv2d(6, true)), "true", "`kernel_size` must be an integer or a pair (height, width)"),
        (quote!(conv2d(6, (3, 3, 3))), "(3,3,3)", "`kernel_size` must be an integer or a pair"),
        (quote!(conv2d((6, 6), 3)), "(6,6)", "`channels` must be an integer, found (6, 6), a tuple"),
        (quote!(conv2d(6, 3, bias = 1)), "1", "`bias` must be `true` or `false`, found 1"),
        (quote!(dropout(true)), "true", "`p` must be a number, found true"),
        (quote!(conv2d(6, 3, stride = 0)), "0", "`stride` must be at least 1, found 0"),
        (quote!(conv2d(6, 3, stride = (1, 0))), "(1,0)", "`stride` must be at least 1, found 0"),
        (quote!(conv2d(0, 3)), "0", "`channels` must be at least 1, found 0"),
        (quote!(conv2d(6, 0)), "0", "`kernel_size` must be at least 1, found 0"),
        (quote!(conv2d(6, 3, padding = -1)), "-1", "`padding` must be at least 0, found -1"),
        (quote!(max_pool2d(2, dilation = 0)), "0", "`dilation` must be at least 1, found 0"),
        (quote!(adaptive_avg_pool2d(1, 0)), "0", "`width` must be at least 1, found 0"),
    ];
    for (body, token, start) in cases {
        assert_one(&image(&body), token, start);
    }
}

#[test]
fn values_are_held_against_the_layer() {
    let cases = [
        (
            quote!(conv2d(6, 3, in_channels = 5)),
            "5",
            "in_channels = 5, but the image that comes in has 6 channels",
        ),
        (quote!(conv2d(6, 3, groups = 4)), "4", "groups = 4 does not divide the 6 input channels"),
        (quote!(conv2d(8, 3, groups = 3)), "3", "groups = 3 does not divide the 8 output channels"),
        (quote!(linear(3)), "linear", "`linear` needs a vector, but here stands an image 6x8x8"),
        (quote!(flatten; conv2d(6, 3)), "conv2d", "`conv2d` needs an image, but here stands a vector of 384"),
        (quote!(flatten; batch_norm2d), "batch_norm2d", "`batch_norm2d` needs an image"),
        (
            quote!(flatten; linear(2, in_features = 3)),
            "3",
            "in_features = 3, but the vector that comes in has 384",
        ),
        (quote!(dropout(1.0)), "1.0", "dropout needs 0 <= p < 1, found p = 1.0"),
        (quote!(dropout(-0.1)), "-0.1", "dropout needs 0 <= p < 1, found p = -0.1"),
        (quote!(dropout(1)), "1", "dropout needs 0 <= p < 1"),
        (
            quote!(max_pool2d(2, padding = 2)),
            "2",
            "a pool's padding is at most half of its kernel: 2 is more than 1",
        ),
        (quote!(max_pool2d(9)), "9", "the kernel is larger than its input: height 9, but the input has 8"),
    ];
    for (body, token, start) in cases {
        assert_one(&image(&body), token, start);
    }
    let text = assert_one(&image(&quote!(conv2d(9, 3, groups = 4))), "4", "groups = 4 does not divide");
    assert!(text.contains("help: groups can be 1, 3"), "{text}");
}

#[test]
fn branches_must_agree() {
    let text = assert_one(
        &image(&quote!(concat(_, { conv2d(2, 3) }, { relu }))),
        "concat",
        "branch 2 of `concat` gives 2x6x6, but branch 1 gives 6x8x8",
    );
    assert!(text.contains("note: branch 3 gives 6x8x8"), "{text}");
    assert_one(
        &image(&quote!(add({ relu }, { conv2d(2, 1) }))),
        "add",
        "branch 2 of `add` gives 2x8x8, but branch 1 gives 6x8x8",
    );
    assert_one(&image(&quote!(concat(_, { flatten }))), "concat", "branch 2 of `concat` gives 384");
    assert_one(&image(&quote!(add(_))), "add", "`add` joins at least two branches");
}

#[test]
fn the_help_for_branches_brings_them_together() {
    let kinds = ["relu", "conv2d(2, 1)", "max_pool2d(2)", "conv2d(2, 3)", "flatten", "flatten; linear(3)"];
    let mut followed = 0;
    for join in ["concat", "add"] {
        for (first, other) in kinds.iter().flat_map(|first| kinds.map(|other| (first, other))) {
            let mut branches = [(*first).to_string(), other.to_string()];
            let program = |[a, b]: &[String; 2]| -> TokenStream {
                let text = format!("{join}({{ {a} }}, {{ {b} }}); flatten; linear(10)");
                let text = format!("fn Net(image: Image<6, 8, 8>) -> Vector<10> {{ {text} }}");
                text.parse().unwrap()
            };
            let found = errors(&program(&branches));
            let Some((text, _)) = found.first() else { continue };
            let help = text.split("help: let branch ").nth(1).unwrap();
            let (branch, layers) = help.lines().next().unwrap().split_once(" end with ").unwrap();
            branches[branch.parse::<usize>().unwrap() - 1].extend(["; ", layers.trim_matches('`')]);
            assert_eq!(errors(&program(&branches)), [], "{branches:?}");
            followed += 1;
        }
    }
    // Concat: 2 of the 6 kinds are vectors, 2 images have 8x8 pixels, the other planes are of a kind each. Add: all differ.
    assert_eq!(followed, (36 - 4 - 4 - 2) + (36 - 6));
}

#[test]
fn a_kernel_larger_than_its_input_shows_how_it_came_to_that() {
    let program = quote! {
        fn Net(image: Image<1, 28, 28>) -> Vector<10> {
            for channels in [4, 8, 16] { stage(channels, 9); }
            flatten;
            linear(10)
        }
        fn stage(channels: usize, size: usize) {
            conv2d(channels, kernel_size = size);
            relu;
            max_pool2d(2);
        }
    };
    let text =
        assert_one(&program, "size", "the kernel is larger than its input: height 9, but the input has 1");
    // 28 -> 20 -> 10 -> 2 -> 1
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[1].ends_with("= (1 + 2·0 - 1·(9 - 1) - 1) / 1 + 1 has no place to start"), "{text}");
    assert_eq!(lines[2], "help: make kernel_size at most 1 or padding at least 4");
    assert_eq!(
        lines[3..8],
        [
            "shapes: …",
            "        max_pool2d(2) -> 4x10x10",
            "        conv2d(8, kernel_size = 9) -> 8x2x2",
            "        relu -> 8x2x2",
            "        max_pool2d(2) -> 8x1x1",
        ]
    );
    assert!(lines[8].starts_with("note: in block `stage(16, 9)` ("), "{text}");
    assert!(lines[9].starts_with("note: in turn 3 of 3 of this loop: `channels` = 16 ("), "{text}");
    assert!(lines[10].starts_with("note: in network `Net` ("), "{text}");
    assert_eq!(lines.len(), 11, "{text}");
    let padded = quote!(conv2d(1, 7, padding = (1, 0)));
    let program = quote! { fn Net(image: Image<1, 4, 9>) -> Image<1, 1, 1> { #padded } };
    assert_one(&program, "7", "the kernel is larger than its input: height 7, but the input has 4, padded 6");
}

#[test]
fn the_help_for_a_large_kernel_mends_it() {
    crate::fixtures::graph(
        quote! { fn Net(image: Image<1, 4, 9>) -> Image<1, 2, 7> { conv2d(1, 7, padding = 2) } },
    );
}

#[test]
fn the_declared_output_must_be_what_comes_out() {
    let program = quote! { fn Net(image: Image<6, 8, 8>) -> Vector<11> { flatten; linear(10) } };
    let text =
        assert_one(&program, "Vector<11>", "the output is declared as Vector<11>, but the layers give 10");
    assert!(text.contains("help: declare `Vector<10>`"), "{text}");
    let program = quote! { fn Net(image: Image<6, 8, 8>) -> Vector<384> { relu } };
    assert!(assert_one(&program, "Vector<384>", "the output is declared").contains("`Image<6, 8, 8>`"));
}

#[test]
fn a_layer_has_a_name_of_its_own() {
    let body = quote! { let a = relu; let a = relu };
    assert_one(&image(&body), "a", "there is a layer `a` already");
    assert_one(
        &image(&quote!(for _ in 0..3 {
            let a = relu;
        })),
        "a",
        "there is a layer `a` already",
    );
    let program = quote! { fn Net(x: Vector<2>) -> Vector<2> { relu } fn Net() { relu } };
    assert_one(&program, "Net", "`Net` is declared twice");
    let program = quote! { fn Net(x: Vector<2>) -> Vector<2> { relu } fn conv2d() { relu } };
    assert_one(&program, "conv2d", "`conv2d` is a layer of the language");
}

/// A name that means what is given already would be given twice.
#[test]
fn a_misspelt_argument_means_one_that_is_not_given() {
    let text = assert_one(
        &image(&quote!(conv2d(in_channels = 6, out_channels = 8, kernel_size = 3))),
        "out_channels",
        "`conv2d` has no argument `out_channels`",
    );
    assert!(text.contains("a similar name: `channels`"), "{text}");
    let program = image(&quote!(conv2d(8, kernel_size = 3, kernal_size = 5)));
    let text = assert_one(&program, "kernal_size", "`conv2d` has no argument `kernal_size`");
    assert!(text.contains("its arguments are"), "{text}");
    let block = |call: TokenStream| {
        quote! { fn Net(x: Vector<2>) -> Vector<2> { #call; linear(2) } fn block(width: usize) { linear(width) } }
    };
    let text =
        assert_one(&block(quote!(block(widht = 4))), "widht", "block `block` has no parameter `widht`");
    assert!(text.contains("a similar name: `width`"), "{text}");
    assert_one(&block(quote!(block(4, widht = 4))), "widht", "block `block` has no parameter `widht`");
}

/// The same mistake in the next turn is left out, and is a mistake all the same.
#[test]
fn a_wrong_argument_stays_wrong_in_the_next_turn() {
    let program = image(&quote!(for i in [0, 0] {
        conv2d(i, kernel_size = 3)
    }));
    assert_one(&program, "i", "`channels` must be at least 1, found 0");
}
