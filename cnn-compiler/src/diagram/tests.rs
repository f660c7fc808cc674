use super::boxes::Boxes;
use super::layout::{Area, Layout, lay_out};
use super::{draw, tree};
use crate::fixtures::{alexnet, densenet121, googlenet, graph, graphs, lenet, resnet18};
use crate::graph::Graph;
use quote::quote;

/// A U-Net in small, whose skips go over other blocks; and what comes out twice.
fn skips() -> Graph {
    graph(quote! {
        pub fn Skips(image: Image<3, 16, 16>) -> (Vector<4>, Image<8, 16, 16>) {
            step(8);
            let fine;
            max_pool2d(2);
            step(16);
            let coarse;
            max_pool2d(2);
            step(32);
            conv_transpose2d(16, 2, stride = 2);
            concat(coarse, _);
            step(16);
            conv_transpose2d(8, 2, stride = 2);
            concat(fine, _, { max_pool2d(1, stride = 1); add({ step(8) }, _) });
            step(8);
            ({ global_avg_pool2d; flatten; linear(4) }, { conv2d(8, 1) })
        }
        fn step(channels: usize) {
            conv2d(channels, kernel_size = 3, padding = 1);
            relu;
            conv2d(channels, kernel_size = 3, padding = 1);
        }
    })
}

fn networks() -> Vec<Graph> {
    let mut all = vec![skips()];
    for tokens in [lenet(), alexnet(), googlenet(), resnet18(), densenet121()] {
        all.extend(graphs(tokens).into_iter().map(|(_, graph)| graph));
    }
    all
}

fn laid_out(graph: &Graph) -> (Boxes, Layout) {
    let boxes = Boxes::of(graph).expect("it is not too large");
    let tree = tree::grow(graph, &boxes);
    let layout = lay_out(&boxes, &tree, &boxes.edges(graph));
    (boxes, layout)
}

fn overlap(a: Area, b: Area) -> bool {
    a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

fn contains(a: Area, b: Area) -> bool {
    a.x < b.x && a.y < b.y && a.x + a.width > b.x + b.width && a.y + a.height > b.y + b.height
}

#[test]
fn boxes_do_not_overlap_and_stand_in_the_picture() {
    for graph in networks() {
        let (_, layout) = laid_out(&graph);
        let picture = Area { x: 0, y: 0, width: layout.width, height: layout.height };
        for (i, a) in layout.boxes.iter().enumerate() {
            assert!(contains(picture, *a), "{a:?}");
            assert!(layout.boxes[..i].iter().all(|b| !overlap(*a, *b)), "{a:?}");
        }
    }
}

#[test]
fn frames_lie_around_boxes_and_one_another() {
    for graph in networks() {
        let (_, layout) = laid_out(&graph);
        let frames: Vec<Area> = layout.frames.iter().map(|frame| frame.area).collect();
        for (i, a) in frames.iter().enumerate() {
            let inside = layout.boxes.iter().filter(|b| contains(*a, **b)).count();
            assert!(inside > 1, "{}", layout.frames[i].title);
            assert!(layout.boxes.iter().all(|b| contains(*a, *b) || !overlap(*a, *b)));
            assert!(frames[..i].iter().all(|b| contains(*b, *a) || !overlap(*a, *b)), "{a:?}");
        }
    }
}

/// Every tensor that one box reads of another is a line from the one to the other, and passes no third.
#[test]
fn every_edge_is_drawn_and_meets_no_box() {
    for graph in networks() {
        let (boxes, layout) = laid_out(&graph);
        let drawn: Vec<(usize, usize)> = layout.edges.iter().map(|(edge, _)| *edge).collect();
        for (node, layer) in graph.nodes() {
            for input in &layer.inputs {
                let edge = (boxes.of_node(*input), boxes.of_node(node));
                assert!(edge.0 == edge.1 || drawn.contains(&edge), "{}", layer.path);
            }
        }
        for ((from, to), points) in &layout.edges {
            let (a, b) = (layout.boxes[*from], layout.boxes[*to]);
            assert_eq!(points.first(), Some(&(a.x + a.width / 2, a.y + a.height)));
            assert_eq!(points.last(), Some(&(b.x + b.width / 2, b.y)));
            for line in points.windows(2) {
                let (x, y) = (line[0].0.min(line[1].0), line[0].1.min(line[1].1));
                let (width, height) = ((line[0].0 - line[1].0).abs(), (line[0].1 - line[1].1).abs());
                assert!(width == 0 || height == 0, "lines go along the axes");
                let line = Area { x, y, width: width + 1, height: height + 1 };
                for (i, area) in layout.boxes.iter().enumerate() {
                    // It touches its own boxes at their edge.
                    let inner = Area { y: area.y + 1, height: area.height - 2, ..*area };
                    let area = if i == *from || i == *to { inner } else { *area };
                    assert!(!overlap(line, area), "{from} to {to} meets {i}");
                }
            }
        }
    }
}

#[test]
fn what_follows_a_layer_is_in_its_box_and_large_networks_show_blocks() {
    let lines = |graph: &Graph| -> Vec<String> {
        Boxes::of(graph).expect("drawn").all.iter().map(|drawn| drawn.lines.join(" | ")).collect()
    };
    let lenet = lines(&graph(lenet()));
    assert_eq!(
        lenet[..3],
        ["input | 1x28x28", "conv2d 5x5 | sigmoid | 6x28x28", "avg_pool2d 2x2 /2 | 6x14x14"]
    );
    assert_eq!(lenet.last().map(String::as_str), Some("linear | 10 = output"));
    let densenet = lines(&graph(densenet121()));
    assert!(densenet.len() <= 160, "{}", densenet.len());
    let skips = lines(&skips());
    assert!(skips.iter().any(|line| line == "conv2d 1x1 | 8x16x16 = output 2"), "{skips:?}");
}

#[test]
fn the_picture_is_one_block_of_html_and_always_the_same() {
    for graph in networks() {
        let picture = draw(&graph);
        assert_eq!(picture, draw(&graph));
        assert!(!picture.trim().contains('\n') && picture.trim().ends_with("</svg></div>"));
    }
    let deep = (0..1200).map(|_| quote!(conv2d(8, 1);));
    let deep = graph(quote!(fn Deep(x: Image<8, 1, 1>) -> Image<8, 1, 1> { #(#deep)* }));
    assert_eq!(draw(&deep), "", "more boxes than anyone can look at");
}
