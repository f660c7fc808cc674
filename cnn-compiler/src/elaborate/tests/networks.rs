use crate::fixtures::{alexnet, densenet121, googlenet, graph, graphs, lenet, resnet18, vgg11};
use quote::quote;

#[test]
fn lenet_has_its_shapes_and_paths() {
    let graph = graph(lenet());
    let layers: Vec<String> = graph
        .layers
        .iter()
        .map(|layer| format!("{} {} -> {}", layer.path, layer.text, layer.output))
        .collect();
    let expected = [
        "conv1 conv2d(6, kernel_size = 5, padding = 2) -> 6x28x28",
        "1 sigmoid -> 6x28x28",
        "2 avg_pool2d(2, stride = 2) -> 6x14x14",
        "3 conv2d(16, kernel_size = 5) -> 16x10x10",
        "4 sigmoid -> 16x10x10",
        "5 avg_pool2d(2, stride = 2) -> 16x5x5",
        "6 flatten -> 400",
        "7 linear(120) -> 120",
        "8 sigmoid -> 120",
        "9 linear(84) -> 84",
        "10 sigmoid -> 84",
        "11 linear(10) -> 10",
    ];
    assert_eq!(layers, expected);
    assert_eq!(graph.parameters(), 61_706);
    assert_eq!(graph.macs(), 6 * 25 * 28 * 28 + 16 * 6 * 25 * 100 + 400 * 120 + 120 * 84 + 84 * 10);
}

#[test]
fn known_networks_have_their_parameter_counts() {
    assert_eq!(graph(alexnet()).parameters(), 46_764_746);
    assert_eq!(graph(googlenet()).parameters(), 5_977_530);
    assert_eq!(graph(resnet18()).parameters(), 11_689_512);
    assert_eq!(graph(densenet121()).parameters(), 7_978_856);
    // torchvision's 132,863,336 less two input channels and 990 classes.
    let [(name, vgg)] = &graphs(vgg11())[..] else { panic!("only the instance is a type") };
    assert_eq!((name.as_str(), vgg.parameters()), ("Vgg11", 132_863_336 - 2 * 64 * 9 - 990 * 4097));
}

#[test]
fn constants_stand_in_any_order_and_parameters_have_defaults() {
    let graphs = graphs(quote! {
        const B: usize = 2 * A;
        type Ten = Net<{ [1, 2] }>;
        type Five = Net<WIDTHS, 5>;
        fn Net<const WIDTHS: [usize], const CLASSES: usize = B>(x: Vector<A>) -> Vector<CLASSES> {
            for width in WIDTHS { linear(width); }
            linear(CLASSES)
        }
        fn Whole<const N: usize = 3>(x: Vector<N>) -> Vector<N> { relu }
        const WIDTHS: [usize; 2] = [A, 7];
        const A: usize = 5;
    });
    let shapes: Vec<String> = graphs
        .iter()
        .map(|(name, graph)| {
            let layers: Vec<String> = graph.layers.iter().map(|layer| layer.output.to_string()).collect();
            format!("{name}: {} -> {}", graph.input, layers.join(" -> "))
        })
        .collect();
    assert_eq!(shapes, ["Whole: 3 -> 3", "Ten: 5 -> 1 -> 2 -> 10", "Five: 5 -> 5 -> 7 -> 5"]);
}

#[test]
fn loops_run_over_ranges_and_arrays_and_take_values_apart() {
    let graph = graph(quote! {
        fn Net(x: Vector<1>) -> Vector<49> {
            for i in 1..3 { linear(i); }
            for i in 3..=4 { linear(10 * i); }
            for (a, (_, b)) in [(50, (0, 51)), (52, (1, 53))] { linear(a); linear(b); }
            for _ in [7; 2] { relu; }
            wide((46, 3))
        }
        fn wide((a, b): (usize, usize)) { linear(a + b) }
    });
    let widths: Vec<usize> = graph.layers.iter().map(|layer| layer.output.len()).collect();
    assert_eq!(widths, [1, 2, 30, 40, 50, 51, 52, 53, 53, 53, 49]);
}

#[test]
fn expressions_see_the_tensor_that_stands_here_and_those_with_names() {
    let graph = graph(quote! {
        fn Net(image: Image<4, 6, 10>) -> Vector<64> {
            conv2d(_.channels * 2, kernel_size = (_.height, 3));
            let x;
            conv2d(x.channels + image.channels, kernel_size = 1);
            if _.height == 1 && x.width == 8 { relu; } else { tanh; }
            if _.channels > 12 { tanh; } else if _.channels == 12 { sigmoid; } else { gelu; }
            global_avg_pool2d;
            flatten;
            linear(_.features * 4 + 16)
        }
    });
    let layers: Vec<String> =
        graph.layers.iter().map(|layer| format!("{} {}", layer.op.name(), layer.output)).collect();
    let expected = [
        "conv2d 8x1x8",
        "conv2d 12x1x8",
        "relu 12x1x8",
        "sigmoid 12x1x8",
        "adaptive_avg_pool2d 12x1x1",
        "flatten 12",
        "linear 64",
    ];
    assert_eq!(layers, expected);
}

#[test]
fn a_block_sees_only_its_parameters() {
    let errors = crate::fixtures::errors(&quote! {
        fn Net(x: Vector<1>) -> Vector<1> { let n; for i in 0..1 { block(1); } }
        fn block(width: usize) { linear(width + i) }
    });
    assert_eq!(errors.len(), 1, "{errors:#?}");
    assert!(errors[0].0.starts_with("the value of `i` is not known here"), "{errors:#?}");
}

#[test]
fn the_parts_of_a_join_start_from_the_same_tensor() {
    let graph = graph(quote! {
        fn Net(image: Image<2, 4, 4>) -> Image<13, 4, 4> {
            conv2d(3, kernel_size = 1);
            let x;
            relu;
            concat(x, _, { conv2d(5, kernel_size = 1) }, image)
        }
    });
    let inputs: Vec<Vec<usize>> =
        graph.layers.iter().map(|layer| layer.inputs.iter().map(|input| input.0).collect()).collect();
    assert_eq!(inputs, [vec![0], vec![1], vec![2], vec![1, 2, 3, 0]]);
    assert_eq!(graph.outputs, [crate::graph::NodeId(4)]);
}

#[test]
fn blocks_are_counted_by_their_outermost_call() {
    let graph = graph(quote! {
        fn Net(x: Vector<4>) -> Vector<4> { outer(); tanh; outer() }
        fn outer() { inner(); inner() }
        fn inner() { relu }
    });
    let blocks: Vec<Option<usize>> = graph.layers.iter().map(|layer| layer.block).collect();
    assert_eq!(blocks, [Some(0), Some(0), None, Some(1), Some(1)]);
}
