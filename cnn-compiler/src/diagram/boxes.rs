//! What is drawn of a graph: a box for each layer, where what only follows a layer is a line in its box.

use crate::graph::{BlockCall, Graph, Group, Layer, NodeId};
use crate::ops::{Op, Reach};
use std::fmt::Write as _;
use std::ops::Range;

/// As many boxes can be looked at together. Where there are more, blocks are drawn as one box, the innermost first.
const MOST_BOXES: usize = 160;

/// With more boxes even so, nothing is drawn.
const MOST_DRAWN: usize = 1000;

/// What a box is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The network's input.
    Input,
    /// A layer that learns.
    Learned,
    /// One that does not.
    Fixed,
    /// A join.
    Join,
    /// A whole block.
    Block,
}

/// One box.
#[derive(Debug)]
pub(super) struct Drawn {
    pub(super) kind: Kind,
    /// What it says; the last line is a shape.
    pub(super) lines: Vec<String>,
    /// All that is known of it.
    pub(super) title: String,
    /// Its first layer; the input comes before all.
    first: Option<usize>,
}

/// The boxes of a graph.
#[derive(Debug)]
pub(super) struct Boxes {
    /// The input, then in the order of their layers.
    pub(super) all: Vec<Drawn>,
    /// The box that each tensor comes out of.
    of: Vec<usize>,
    /// Calls at this depth and deeper are boxes.
    folded: usize,
}

impl Boxes {
    /// The boxes of a graph, unless they are too many to look at.
    pub(super) fn of(graph: &Graph) -> Option<Self> {
        let deepest = depths(graph).iter().map(|(depth, _)| depth + 1).max().unwrap_or(0);
        let folded = (0..=deepest).rev().map(|folded| Self::folded(graph, folded));
        let boxes = folded.reduce(|best, next| if best.all.len() <= MOST_BOXES { best } else { next })?;
        (boxes.all.len() <= MOST_DRAWN).then_some(boxes)
    }

    fn folded(graph: &Graph, folded: usize) -> Self {
        let readers = graph.readers();
        let input = Drawn {
            kind: Kind::Input,
            lines: vec!["input".into(), graph.input.to_string()],
            title: "input".into(),
            first: None,
        };
        let mut boxes = Self { all: vec![input], of: vec![0], folded };
        let calls = depths(graph);
        let mut calls = calls.iter().filter(|(depth, _)| *depth == folded).map(|(_, call)| call).peekable();
        let mut i = 0;
        while i < graph.layers.len() {
            while calls.next_if(|call| call.layers.end <= i).is_some() {}
            if let Some(call) = calls.next_if(|call| call.layers.start <= i) {
                boxes.push(whole(graph, call, i), call.layers.end - i);
                i = call.layers.end;
                continue;
            }
            if !boxes.append(graph, &readers, i) {
                boxes.push(single(&graph.layers[i], i), 1);
            }
            i += 1;
        }
        boxes.mark_outputs(graph);
        boxes
    }

    fn push(&mut self, drawn: Drawn, layers: usize) {
        self.of.extend(std::iter::repeat_n(self.all.len(), layers));
        self.all.push(drawn);
    }

    /// Writes a layer into the box of the one before, if it only follows that one.
    fn append(&mut self, graph: &Graph, readers: &[Vec<NodeId>], i: usize) -> bool {
        let (layer, before) = (&graph.layers[i], NodeId(i));
        let follows = layer.inputs == [before]
            && readers[i].len() == 1
            && !graph.outputs.contains(&before)
            && is_follower(&layer.op);
        let index = self.of[i];
        let Some(drawn) = self.all.last_mut().filter(|drawn| follows && drawn.takes_followers()) else {
            return false;
        };
        drawn.lines.pop();
        match drawn.lines.get_mut(1) {
            Some(followers) => {
                let _ = write!(followers, ", {}", layer.op.name());
            }
            None => drawn.lines.push(layer.op.name().into()),
        }
        drawn.lines.push(layer.output.to_string());
        let _ = write!(drawn.title, "\n{}: {}", layer.path, layer.text);
        self.of.push(index);
        true
    }

    fn mark_outputs(&mut self, graph: &Graph) {
        for (i, node) in graph.outputs.iter().enumerate() {
            let number = if graph.outputs.len() == 1 { String::new() } else { format!(" {}", i + 1) };
            if let Some(line) = self.all[self.of[node.0]].lines.last_mut() {
                let _ = write!(line, " = output{number}");
            }
        }
    }

    /// The box that a tensor comes out of.
    pub(super) fn of_node(&self, node: NodeId) -> usize {
        self.of[node.0]
    }

    /// Whether a call is one of the boxes, or within one.
    pub(super) fn is_folded(&self, depth: usize) -> bool {
        depth >= self.folded
    }

    /// The boxes that begin within these layers.
    pub(super) fn within(&self, layers: &Range<usize>) -> Range<usize> {
        let before =
            |layer: usize| self.all.partition_point(|drawn| drawn.first.is_none_or(|first| first < layer));
        before(layers.start)..before(layers.end)
    }

    /// Which box reads which: (from, to), each once, in order.
    pub(super) fn edges(&self, graph: &Graph) -> Vec<(usize, usize)> {
        let mut edges = Vec::new();
        for (node, layer) in graph.nodes() {
            let to = self.of_node(node);
            edges.extend(
                layer.inputs.iter().map(|input| (self.of_node(*input), to)).filter(|(from, to)| from != to),
            );
        }
        edges.sort_unstable();
        edges.dedup();
        edges
    }
}

impl Drawn {
    fn takes_followers(&self) -> bool {
        match self.kind {
            Kind::Learned | Kind::Fixed | Kind::Join => true,
            Kind::Input | Kind::Block => false,
        }
    }
}

/// The calls of blocks, and in how many others each lies.
pub(super) fn depths(graph: &Graph) -> Vec<(usize, &BlockCall)> {
    let mut ends = Vec::new();
    let mut calls = Vec::new();
    for group in &graph.groups {
        let Group::Call(call) = group else { continue };
        ends.retain(|end| *end > call.layers.start);
        if !call.layers.is_empty() {
            calls.push((ends.len(), call));
            ends.push(call.layers.end);
        }
    }
    calls
}

/// What keeps the plane of the image, and mostly stands behind something else.
fn is_follower(op: &Op) -> bool {
    match op {
        Op::BatchNorm2d(_)
        | Op::LocalResponseNorm(_)
        | Op::Activation(_)
        | Op::Softmax
        | Op::Flatten
        | Op::Dropout { .. } => true,
        Op::Conv2d(_)
        | Op::ConvTranspose2d(_)
        | Op::Linear(_)
        | Op::MaxPool2d(_)
        | Op::AvgPool2d(_)
        | Op::AdaptiveAvgPool2d(_)
        | Op::AdaptiveMaxPool2d(_)
        | Op::Upsample(_)
        | Op::Concat
        | Op::Add => false,
    }
}

/// The box of a layer: `conv2d 3x3 /2`, and the shape that comes out.
fn single(layer: &Layer, index: usize) -> Drawn {
    let mut name = String::from(layer.op.name());
    let window = match (&layer.op, layer.op.reach()) {
        (Op::ConvTranspose2d(conv), _) => Some(conv.window),
        (_, Reach::Window(window)) => Some(window),
        (_, Reach::Pixel | Reach::Spread { .. } | Reach::Plane) => None,
    };
    if let Some(window) = window {
        let _ = write!(name, " {}x{}", window.kernel[0], window.kernel[1]);
        if window.stride != [1, 1] {
            let _ = write!(name, " /{}", window.stride[0]);
        }
    }
    let kind = match layer.op {
        Op::Concat | Op::Add => Kind::Join,
        _ if layer.tensors().is_empty() => Kind::Fixed,
        _ => Kind::Learned,
    };
    let title = format!("{}: {}", layer.path, layer.text);
    Drawn { kind, lines: vec![name, layer.output.to_string()], title, first: Some(index) }
}

/// The box of a whole call.
fn whole(graph: &Graph, call: &BlockCall, first: usize) -> Drawn {
    let output = call.output.map_or_else(String::new, |node| graph.shape(node).to_string());
    let title = format!("{}: {}", call.path, call.text);
    Drawn {
        kind: Kind::Block,
        lines: vec![super::shortened(&call.text, 40), output],
        title,
        first: Some(first),
    }
}
