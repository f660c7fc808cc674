use crate::fixtures::{googlenet, graph, resnet18};
use proc_macro2::TokenStream;
use quote::quote;

fn paths(tokens: TokenStream) -> Vec<String> {
    graph(tokens).layers.into_iter().map(|layer| layer.path).collect()
}

#[test]
fn names_and_indices_share_one_count() {
    let paths = paths(quote! {
        fn Net(x: Vector<1>) -> Vector<1> { relu; let second = relu; relu; let tap; let fourth = relu; relu }
    });
    assert_eq!(paths, ["0", "second", "2", "fourth", "4"]);
}

#[test]
fn loops_and_choices_are_transparent() {
    let paths = paths(quote! {
        fn Net(x: Vector<1>) -> Vector<1> {
            relu;
            for _ in 0..2 { relu; if true { tanh; } }
            let last = relu;
        }
    });
    assert_eq!(paths, ["0", "1", "2", "3", "4", "last"]);
}

#[test]
fn a_block_call_opens_a_level() {
    let paths = paths(quote! {
        fn Net(x: Vector<1>) -> Vector<1> { outer(); let head = outer(); relu }
        fn outer() { relu; inner(); let named = inner(); }
        fn inner() { tanh; let linear1 = linear(1); }
    });
    let expected = [
        "0.0",
        "0.1.0",
        "0.1.linear1",
        "0.named.0",
        "0.named.linear1",
        "head.0",
        "head.1.0",
        "head.1.linear1",
        "head.named.0",
        "head.named.linear1",
        "2",
    ];
    assert_eq!(paths, expected);
}

#[test]
fn a_named_layer_of_a_branch_belongs_to_the_block() {
    let paths = paths(quote! {
        fn Net(x: Vector<1>) -> Vector<1> { relu; block() }
        fn block() {
            relu;
            add({ relu; let named = linear(1); relu }, { let joined = add(_, { tanh; let deep = linear(1); }); });
            let sum = add(_, { inner(); });
        }
        fn inner() { relu }
    });
    let expected = [
        "0",
        "1.0",
        "1.1.0.0",
        "1.named",
        "1.1.0.2",
        "1.joined.1.0",
        "1.deep",
        "1.joined",
        "1.1",
        "1.sum.1.0.0",
        "1.sum",
    ];
    assert_eq!(paths, expected);
}

#[test]
fn a_loop_names_its_layers_by_turn() {
    let paths = paths(quote! {
        fn Net(x: Vector<1>) -> Vector<1> {
            for (stage, letter) in [(1, "a"), (2, "b")] {
                #[name("stage{}{}", stage, letter)]
                block();
                relu;
            }
        }
        fn block() { for i in 0..2 { #[name("layer{}", i + 1)] linear(1); } }
    });
    let expected = ["stage1a.layer1", "stage1a.layer2", "1", "stage2b.layer1", "stage2b.layer2", "3"];
    assert_eq!(paths, expected);
}

#[test]
fn known_networks_have_their_keys() {
    let paths = paths(googlenet());
    for path in ["0", "8.p1_1", "8.p2_1", "8.p4_2", "18.p3_2", "8.0.0.1", "21"] {
        assert!(paths.iter().any(|known| known == path), "no `{path}` in {paths:#?}");
    }
    let paths = self::paths(resnet18());
    for path in ["0.conv", "0.bn", "3.0.0.0.conv", "3.0.0.2.bn", "5.0.1.0.conv", "13"] {
        assert!(paths.iter().any(|known| known == path), "no `{path}` in {paths:#?}");
    }
}
