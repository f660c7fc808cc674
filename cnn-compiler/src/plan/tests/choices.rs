//! What a good plan does without.

use super::networks;
use crate::fixtures::{densenet121, googlenet, graph, resnet18};
use crate::graph::Graph;
use crate::ops::Op;
use crate::plan::{Action, Call, Mode, Operand, Pass, Root, plan};
use quote::quote;

fn calls(pass: &Pass) -> impl Iterator<Item = (Option<usize>, &Call)> {
    pass.steps.iter().filter_map(|step| match &step.action {
        Action::Call(call) => Some((step.layer, call)),
        Action::Observe(_) => None,
    })
}

fn count(pass: &Pass, kernel: &str) -> usize {
    calls(pass).filter(|(layer, call)| layer.is_some() && call.kernel == kernel).count()
}

#[test]
fn inference_drops_nothing_out() {
    for (name, graph) in networks::all() {
        let plan = plan(&graph);
        let drops = |pass| calls(pass).filter(|(_, call)| call.kernel.starts_with("dropout")).count();
        let layers = graph.layers.iter().filter(|layer| matches!(layer.op, Op::Dropout { .. })).count();
        assert_eq!((drops(&plan.inference), drops(&plan.forward)), (0, layers), "{name}");
    }
}

#[test]
fn a_convolution_takes_normalisation_and_relu_along() {
    let relus = |pass| count(pass, "activation::relu::blocked::forward_in_place");
    let norms = |pass| calls(pass).filter(|(_, call)| call.kernel.starts_with("batch_norm2d")).count();
    let plan_of_googlenet = plan(&graph(googlenet()));
    for pass in [&plan_of_googlenet.inference, &plan_of_googlenet.forward] {
        assert_eq!(relus(pass), 0, "{plan_of_googlenet}");
    }
    let plan_of_resnet = plan(&graph(resnet18()));
    let [inference, forward] = [&plan_of_resnet.inference, &plan_of_resnet.forward];
    assert_eq!([norms(inference), norms(forward)], [0, 20], "{plan_of_resnet}");
    assert_eq!(
        [relus(inference), relus(forward)],
        [8, 17],
        "behind sums; in training behind normalisations too"
    );
}

#[test]
fn branches_of_an_inception_block_write_into_the_joined_tensor() {
    let plan = plan(&graph(googlenet()));
    for pass in [&plan.inference, &plan.forward, &plan.backward] {
        for kernel in [
            "elementwise::blocked::copy",
            "elementwise::blocked::copy_channels",
            "elementwise::blocked::take_channels",
        ] {
            assert_eq!(count(pass, kernel), 0, "{plan}");
        }
    }
}

#[test]
fn a_dense_layer_copies_what_others_read_and_nothing_else() {
    let plan = plan(&graph(densenet121()));
    assert_eq!(count(&plan.inference, "elementwise::blocked::copy"), 6 + 12 + 24 + 16);
    assert_eq!(count(&plan.inference, "elementwise::blocked::accumulate"), 0);
}

#[test]
fn a_residual_sum_adds_to_one_of_its_summands() {
    let residual = quote! {
        fn Net(image: Image<2, 4, 4>) -> Image<2, 4, 4> {
            conv2d(2, 1);
            add(_, { conv2d(2, 1); relu; conv2d(2, 1) })
        }
    };
    let plan = plan(&graph(residual));
    for pass in [&plan.inference, &plan.forward] {
        let found =
            ["copy", "accumulate"].map(|kernel| count(pass, &format!("elementwise::blocked::{kernel}")));
        assert_eq!(found, [0, 1], "{plan}");
    }
}

#[test]
fn the_first_write_of_a_gradient_overwrites_and_later_ones_add() {
    for (name, graph) in networks::all() {
        let plan = plan(&graph);
        let forward = plan.forward.steps.iter().flat_map(super::super::arena::places);
        let forward: Vec<Root> = forward.map(|place| place.root).collect();
        let mut written = Vec::new();
        for (_, call) in calls(&plan.backward) {
            for operand in &call.operands {
                let Operand::Write(place) = operand else { continue };
                assert!(!forward.contains(&place.root), "{name}: backward leaves forward's buffers alone");
                let adds = call.operands.contains(&Operand::Mode(Mode::Accumulate))
                    || call.kernel.ends_with("accumulate")
                    || call.kernel.ends_with("_in_place");
                let known = written.contains(&place.root);
                assert_eq!(adds, known, "{name}: {call:?}");
                written.push(place.root);
            }
        }
    }
}

#[test]
fn what_learns_nothing_has_no_backward_pass() {
    let plan_of = |body: &proc_macro2::TokenStream| {
        let graph: Graph = graph(quote! { fn Net(image: Image<2, 4, 4>) -> Vector<32> { #body } });
        plan(&graph)
    };
    assert!(plan_of(&quote!(relu; flatten)).backward.steps.is_empty());
    // Only the linear layer's own gradients: nothing goes through the pool to the input.
    let plan = plan_of(&quote!(max_pool2d(3, stride = 1, padding = 1); flatten; linear(32)));
    let kernels: Vec<&str> = calls(&plan.backward).map(|(_, call)| call.kernel.as_str()).collect();
    assert_eq!(kernels, ["elementwise::copy", "linear::backward_weight"]);
}

#[test]
fn memory_is_shared_over_time() {
    // A chain of equal convolutions needs two buffers at a time, however long it is.
    let chain = graph(quote! {
        fn Net(image: Image<16, 4, 4>) -> Image<16, 4, 4> { for _ in 0..9 { conv2d(16, 1); } }
    });
    let plan = plan(&chain);
    assert_eq!(plan.inference.image_len, 2 * 256);
    assert_eq!(plan.forward.image_len, 10 * 256, "9 inputs are kept, one tensor is on its way");
}
