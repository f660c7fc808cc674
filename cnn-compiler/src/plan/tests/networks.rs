//! The networks that every plan's properties are checked for.

use crate::fixtures::random::PROGRAMS;
use crate::fixtures::{alexnet, densenet121, googlenet, graphs, lenet, resnet18};
use crate::graph::Graph;
use proc_macro2::TokenStream;
use quote::quote;

/// Known networks, a small one for each way in which tensors may share memory, and random ones.
pub(super) fn all() -> Vec<(String, Graph)> {
    let known = [lenet(), alexnet(), googlenet(), resnet18(), densenet121()];
    let mut all: Vec<(String, Graph)> = known.into_iter().flat_map(graphs).collect();
    all.extend(
        images()
            .into_iter()
            .chain(vectors())
            .chain(several_outputs())
            .map(|(name, graph)| (name.to_string(), graph)),
    );
    all.extend(
        PROGRAMS.iter().map(|program| (program.source("Net"), crate::fixtures::graph(program.tokens()))),
    );
    all
}

fn named(name: &'static str, tokens: TokenStream) -> (&'static str, Graph) {
    (name, crate::fixtures::graph(tokens))
}

/// `image: 2x4x4 -> …`
fn images() -> Vec<(&'static str, Graph)> {
    let net = |name, output: TokenStream, body: TokenStream| {
        named(name, quote! { fn Net(image: Image<2, 4, 4>) -> #output { #body } })
    };
    let same = quote!(Image<2, 4, 4>);
    vec![
        net("only flatten", quote!(Vector<32>), quote!(flatten)),
        net("only relu", same.clone(), quote!(relu)),
        net("only dropout", same.clone(), quote!(dropout(0.5))),
        net("input and itself", quote!(Image<4, 4, 4>), quote!(concat(_, _))),
        net("sum of the input", same.clone(), quote!(conv2d(2, 1); add(_, image); add(image, _))),
        net("x + x", same.clone(), quote!(conv2d(2, 1); let x; add(x, x))),
        net("x + x + y", same.clone(), quote!(conv2d(2, 1); let x; add(x, x, { conv2d(2, 1) }))),
        net("x beside x", quote!(Image<4, 4, 4>), quote!(conv2d(2, 1); concat(_, _))),
        net("x beside relu(x)", quote!(Image<4, 4, 4>), quote!(conv2d(2, 1); concat(_, { relu }))),
        net("x + relu(x)", same.clone(), quote!(conv2d(2, 1); add(_, { relu }); relu; conv2d(2, 1))),
        net(
            "chains in place that end in a concat",
            quote!(Image<8, 4, 4>),
            quote! {
                conv2d(2, 1);
                concat(
                    { conv2d(2, 1); relu; dropout(0.5); leaky_relu(0.1) },
                    { batch_norm2d; sigmoid; dropout(0.2) },
                    { conv2d(2, 1); gelu; silu; leaky_relu(-0.5); tanh },
                    { max_pool2d(3, stride = 1, padding = 1) },
                );
                dropout(0.1);
                relu
            },
        ),
        net(
            "nested joins",
            quote!(Image<10, 4, 4>),
            quote! {
                conv2d(2, 1);
                let x;
                concat(
                    { concat({ conv2d(2, 1); relu }, { conv2d(2, 1) }); relu },
                    x,
                    { add({ conv2d(2, 1) }, x, { relu; conv2d(2, 1) }) },
                    { avg_pool2d(3, stride = 1, padding = 1) },
                )
            },
        ),
        net(
            "what learns nothing",
            quote!(Image<8, 4, 4>),
            quote! {
                max_pool2d(3, stride = 1, padding = 1);
                concat({ relu; batch_norm2d }, _, { batch_norm2d(affine = false); sigmoid }, { conv2d(2, 1) });
                relu
            },
        ),
        net(
            "a batch normalisation of the input",
            same.clone(),
            quote!(batch_norm2d; relu; batch_norm2d(affine = false); softmax),
        ),
        net(
            "a tensor with many readers",
            same.clone(),
            quote! {
                let first = conv2d(2, 1);
                relu;
                let second = conv2d(2, 1);
                add(first, second, { batch_norm2d }, { conv2d(2, 3, padding = 1); relu });
                add(_, { tanh; dropout(0.5) }, first)
            },
        ),
        net(
            "dropout beside what goes in",
            quote!(Image<8, 4, 4>),
            quote! {
                conv2d(2, 1);
                add({ dropout(0.5) }, _);
                conv2d(2, 1);
                add({ dropout(0.5) }, { dropout(0.5) }, { conv2d(2, 1) });
                conv2d(2, 1);
                concat({ dropout(0.5) }, _);
                concat({ dropout(0.5) }, { dropout(0.5) })
            },
        ),
    ]
}

/// `image: 2x4x4 -> (…)`: the user reads what a later layer would like to overwrite, join or take over.
fn several_outputs() -> Vec<(&'static str, Graph)> {
    let net = |name, outputs: TokenStream, body: TokenStream| {
        named(name, quote! { fn Net(image: Image<2, 4, 4>) -> #outputs { #body } })
    };
    let (wide, narrow) = (quote!(Image<4, 4, 4>), quote!(Image<2, 4, 4>));
    vec![
        net(
            "two heads",
            quote!((Vector<3>, Vector<4>)),
            quote! {
                conv2d(2, 1);
                relu;
                flatten;
                ({ linear(3) }, { linear(4) })
            },
        ),
        net("before and after relu", quote!((#narrow, #narrow)), quote!(conv2d(2, 1); let x; relu; (x, _))),
        net("twice the same", quote!((#narrow, #narrow, #narrow)), quote!(conv2d(2, 1); (_, _, image))),
        net(
            "a part and the whole",
            quote!((#narrow, #wide)),
            quote! {
                conv2d(2, 1);
                let x;
                concat({ relu; conv2d(2, 1) }, x);
                let y;
                (x, { relu })
            },
        ),
        net(
            "a flat sum and what it sums",
            quote!((Vector<32>, #narrow)),
            quote! {
                conv2d(2, 1);
                let x;
                add(x, { conv2d(2, 1) });
                ({ flatten; relu }, x)
            },
        ),
    ]
}

/// `image: 2x4x4 -> …`, by way of `flatten`.
fn vectors() -> Vec<(&'static str, Graph)> {
    let net = |name, features: usize, body: TokenStream| {
        named(name, quote! { fn Net(image: Image<2, 4, 4>) -> Vector<#features> { #body } })
    };
    vec![
        net("the input, flat, twice", 64, quote!(concat({ flatten }, { flatten }))),
        net("flat, twice", 64, quote!(conv2d(2, 1); concat({ flatten }, { flatten }))),
        net("flat + flat", 32, quote!(conv2d(2, 1); relu; add({ flatten }, { flatten }))),
        net(
            "flat parts",
            10,
            quote! {
                conv2d(2, 1);
                concat({ flatten; relu }, { adaptive_max_pool2d(1, 2); flatten }, { relu; flatten; linear(3) });
                linear(10);
                softmax
            },
        ),
        net("a flat sum", 32, quote!(conv2d(2, 1); flatten; let x; linear(32); add(_, x); gelu; add(x, _))),
    ]
}
