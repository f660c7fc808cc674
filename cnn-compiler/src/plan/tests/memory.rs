//! Runs plans on symbols, over the arena as it is laid out, and holds what each kernel finds against the graph.

use super::networks;
use super::terms::{self, Cells, Term, Terms, Value, concat, part};
use crate::fixtures::Tested;
use crate::graph::{Graph, Layer, NodeId};
use crate::ops::{Op, activation::Activation};
use crate::plan::{
    Action, Bundled, Call, Descriptor, Layout, Mode, Observed, Operand, Pass, Place, Plan, Root, plan,
};

/// Whether a pass drops numbers out.
#[derive(Clone, Copy, PartialEq)]
enum Dropout {
    Acts,
    Sleeps,
}

/// What the tensors of a network must be.
struct Expected {
    values: Vec<Value>,
    /// Of those that depend on something learned and that the outputs depend on.
    gradients: Vec<Option<Value>>,
}

fn learns(graph: &Graph) -> Vec<bool> {
    let mut learns = vec![false];
    for layer in &graph.layers {
        learns.push(layer.parameters() > 0 || layer.inputs.iter().any(|input| learns[input.0]));
    }
    learns
}

fn values(graph: &Graph, terms: &mut Terms, dropout: Dropout) -> Vec<Value> {
    let mut values = vec![terms.whole(Term::Input, graph.input.len())];
    for (i, layer) in graph.layers.iter().enumerate() {
        let inputs: Vec<Value> = layer.inputs.iter().map(|input| values[input.0].clone()).collect();
        let value = match &layer.op {
            Op::Flatten => inputs[0].clone(),
            Op::Dropout { .. } if dropout == Dropout::Sleeps => inputs[0].clone(),
            Op::Concat => concat(inputs),
            Op::Add => terms.sum(inputs),
            _ => terms.whole(Term::Forward(i), layer.output.len()),
        };
        values.push(value);
    }
    values
}

fn gradients(graph: &Graph, terms: &mut Terms) -> Vec<Option<Value>> {
    let learns = learns(graph);
    let mut parts: Vec<Vec<Value>> = vec![Vec::new(); learns.len()];
    let mut gradients = vec![None; learns.len()];
    let all = terms.whole(Term::OutputGradient, graph.outputs_len());
    let mut start = 0;
    for output in &graph.outputs {
        let len = graph.shape(*output).len();
        parts[output.0].push(part(&all, start, len));
        start += len;
    }
    for (node, layer) in graph.nodes().rev() {
        let summands = std::mem::take(&mut parts[node.0]);
        if !learns[node.0] || summands.is_empty() {
            continue;
        }
        let gradient = terms.sum(summands);
        let mut start = 0;
        for input in &layer.inputs {
            let len = graph.shape(*input).len();
            let contribution = match &layer.op {
                Op::Flatten | Op::Add => gradient.clone(),
                Op::Concat => part(&gradient, start, len),
                _ => terms.whole(Term::Backward(node.0 - 1), len),
            };
            parts[input.0].push(contribution);
            start += len;
        }
        gradients[node.0] = Some(gradient);
    }
    gradients
}

/// The tensor of the forward pass that a layer's backward kernel reads.
fn kept(node: NodeId, layer: &Layer) -> Option<NodeId> {
    match &layer.op {
        Op::Conv2d(_)
        | Op::ConvTranspose2d(_)
        | Op::Linear(_)
        | Op::BatchNorm2d(_)
        | Op::LocalResponseNorm(_)
        | Op::Activation(Activation::Gelu | Activation::Silu | Activation::HardSwish) => {
            Some(layer.inputs[0])
        }
        Op::Activation(Activation::LeakyRelu { slope }) if *slope < 0.0 => Some(layer.inputs[0]),
        Op::Activation(_) | Op::Softmax => Some(node),
        Op::MaxPool2d(_)
        | Op::AdaptiveMaxPool2d(_)
        | Op::AvgPool2d(_)
        | Op::AdaptiveAvgPool2d(_)
        | Op::Upsample(_)
        | Op::Flatten
        | Op::Dropout { .. }
        | Op::Concat
        | Op::Add => None,
    }
}

struct Machine<'g> {
    graph: &'g Graph,
    plan: &'g Plan,
    terms: Terms,
    /// The number of [`Term::Zero`].
    zero: usize,
    expected: Expected,
    offsets: &'g [usize],
    input: Cells,
    output: Cells,
    output_gradient: Cells,
    arena: Cells,
    /// How often the gradient of each learned tensor was written.
    learned: Vec<usize>,
}

impl<'g> Machine<'g> {
    fn new(graph: &'g Graph, plan: &'g Plan, pass: &'g Pass, dropout: Dropout) -> Self {
        let mut terms = Terms::default();
        let expected =
            Expected { values: values(graph, &mut terms, dropout), gradients: gradients(graph, &mut terms) };
        let zero = terms.whole(Term::Zero, 1)[0].0;
        let mut input = Cells::new(graph.input.len());
        input.write(0, Layout::planes(graph.input), &expected.values[0], zero);
        let len = graph.outputs_len();
        let mut output_gradient = Cells::new(len);
        output_gradient.write(0, Layout::Planes(len), &terms.whole(Term::OutputGradient, len), zero);
        Self {
            graph,
            plan,
            terms,
            zero,
            expected,
            offsets: &pass.offsets,
            input,
            output: Cells::new(len),
            output_gradient,
            arena: Cells::new(pass.image_len),
            learned: vec![0; plan.parameters.tensors.len()],
        }
    }

    fn read(&self, place: Place) -> Option<Value> {
        let (cells, offset) = match place.root {
            Root::Input => (&self.input, 0),
            Root::Output => (&self.output, 0),
            Root::OutputGradient => (&self.output_gradient, 0),
            Root::Buffer(buffer) => (&self.arena, self.offsets[buffer]),
        };
        cells.read(offset + place.start, place.layout, self.zero)
    }

    fn cells(&mut self, place: Place) -> (&mut Cells, usize) {
        match place.root {
            Root::Output => (&mut self.output, place.start),
            Root::Buffer(buffer) => (&mut self.arena, self.offsets[buffer] + place.start),
            Root::Input | Root::OutputGradient => panic!("the user's memory is only read"),
        }
    }

    fn write(&mut self, place: Place, value: &Value) {
        let zero = self.zero;
        let (cells, start) = self.cells(place);
        cells.write(start, place.layout, value, zero);
    }

    /// What only moves numbers does what it says, whatever it finds.
    fn moves(&mut self, call: &Call) -> bool {
        let [Operand::Read(x), Operand::Write(y), ..] = call.operands[..] else { return false };
        let value = || self.read(x).expect("what is moved has been written");
        let (value, adds) = match (call.kernel.as_str(), &call.descriptor) {
            ("elementwise::copy" | "elementwise::blocked::copy", _) => (value(), false),
            ("elementwise::accumulate" | "elementwise::blocked::accumulate", _) => (value(), true),
            ("blocked::from_planes" | "blocked::to_planes", Some(_)) => (value(), accumulates(call)),
            ("bundled::from_images" | "bundled::to_images" | "bundled::from_gradients", None) => {
                (value(), accumulates(call))
            }
            ("elementwise::blocked::take_channels", Some(Descriptor::Part { part: of, first, .. })) => {
                let pixels = of.plane[0] * of.plane[1];
                (part(&value(), first * pixels, of.channels * pixels), accumulates(call))
            }
            ("elementwise::blocked::copy_channels", Some(Descriptor::Part { part: of, whole, first })) => {
                let value = value();
                let lanes = terms::lanes(*whole, *first..first + of.channels);
                let zero = self.zero;
                let (cells, start) = self.cells(y);
                cells.write_lanes(start, &lanes, &value, zero);
                return true;
            }
            _ => return false,
        };
        let value = if adds {
            let old = self.read(y).expect("what is added to has been written");
            self.terms.sum(vec![old, value])
        } else {
            value
        };
        self.write(y, &value);
        true
    }

    /// The layer that gives what a call writes: of fused ones the last.
    fn given(&self, layer: usize, call: &Call) -> usize {
        let follower = |layer: usize| {
            let readers = &self.graph.readers()[layer + 1];
            assert_eq!(readers.len(), 1, "nobody else looks at what is not written");
            readers[0].0 - 1
        };
        call.operands.iter().fold(layer, |layer, operand| match operand {
            Operand::Epilogue(epilogue) => epilogue.followers.iter().fold(layer, |layer, expected| {
                assert_eq!(follower(layer), *expected);
                *expected
            }),
            Operand::Activation(Some(_)) => follower(layer),
            _ => layer,
        })
    }

    fn forward(&mut self, pass: &Pass) {
        for step in &pass.steps {
            match &step.action {
                Action::Observe(Observed { place, epilogue }) => {
                    let layer = step.layer.expect("a layer's output is observed");
                    let layer = *epilogue.followers.last().unwrap_or(&layer);
                    assert_eq!(self.read(*place), Some(self.expected.values[layer + 1].clone()), "{step:?}");
                }
                Action::Call(call) if self.moves(call) => {}
                Action::Call(call) => {
                    let layer = step.layer.expect("a kernel belongs to a layer");
                    let x = self.expected.values[self.graph.layers[layer].inputs[0].0].clone();
                    let mut places = places(call);
                    assert_eq!(self.read(places[0]), Some(x), "what goes in: {step:?}");
                    if keeps_indices(&self.graph.layers[layer].op) && call.kernel.ends_with("train_forward") {
                        let indices = places.pop().expect("a max-pool writes its indices");
                        let value = self.terms.whole(Term::Indices(layer), indices.len);
                        self.write(indices, &value);
                    }
                    let y = *places.last().expect("a kernel writes");
                    let given = self.given(layer, call);
                    let value = self.terms.whole(Term::Forward(given), self.graph.layers[given].output.len());
                    self.write(y, &value);
                }
            }
        }
        let outputs: Vec<Value> =
            self.graph.outputs.iter().map(|output| self.expected.values[output.0].clone()).collect();
        let all = Layout::Planes(self.graph.outputs_len());
        assert_eq!(self.output.read(0, all, self.zero), Some(concat(outputs)));
    }

    /// The gradient of the activation before a max-pool, computed from what the pool gave and its gradient, in place.
    fn behind_pool(&mut self, pool: usize, [y, d_y]: [Place; 2]) {
        let layer = &self.graph.layers[pool];
        let input = layer.inputs[0];
        assert_eq!(self.graph.readers()[input.0], [NodeId(pool + 1)], "nobody else looks between them");
        assert_eq!(self.read(y), Some(self.expected.values[pool + 1].clone()), "what the pool gave");
        assert_eq!(self.read(d_y), self.expected.gradients[pool + 1], "the pool's gradient");
        let value = self.terms.whole(Term::Backward(input.0 - 1), layer.output.len());
        self.write(d_y, &value);
    }

    fn backward(&mut self, pass: &Pass) {
        let learns = learns(self.graph);
        // By max-pool, the activation before it whose gradient is computed behind it.
        let mut behind_pool = vec![None; self.graph.layers.len()];
        for step in &pass.steps {
            let Action::Call(call) = &step.action else { panic!("{step:?}") };
            if self.moves(call) {
                continue;
            }
            let mut index = step.layer.expect("a kernel belongs to a layer");
            let mut places = places(call);
            if call.kernel.starts_with("activation") {
                match self.graph.layers[index].op {
                    Op::Conv2d(_) | Op::Linear(_) => {
                        index = self.graph.readers()[index + 1][0].0 - 1; // the activation that was fused
                    }
                    Op::MaxPool2d(_) | Op::AdaptiveMaxPool2d(_) => {
                        self.behind_pool(index, [places[0], places[1]]);
                        behind_pool[index] = Some(self.graph.layers[index].inputs[0].0 - 1);
                        continue;
                    }
                    _ => {}
                }
            }
            let (node, layer) = (NodeId(index + 1), &self.graph.layers[index]);
            let weights_only = call.kernel.ends_with("::backward_weight");
            let input_only = call.kernel.ends_with("::backward_input");
            if let Some(kept) = kept(node, layer).filter(|_| !input_only) {
                let value = Some(self.expected.values[kept.0].clone());
                assert_eq!(self.read(places.remove(0)), value, "what was kept of forward: {step:?}");
            }
            if keeps_indices(&layer.op) {
                let indices = places.remove(0);
                let value = Some(self.terms.whole(Term::Indices(index), indices.len));
                assert_eq!(self.read(indices), value, "what was kept of forward: {step:?}");
            }
            // Where the activation's gradient was computed behind the pool, the pool gives both.
            let d_y = match behind_pool[index] {
                Some(activation) => Some(self.terms.whole(Term::Backward(activation), layer.output.len())),
                None => self.expected.gradients[node.0].clone(),
            };
            assert!(d_y.is_some(), "nothing depends on it: {step:?}");
            assert_eq!(self.read(places[0]), d_y, "the gradient that goes in: {step:?}");
            for operand in &call.operands {
                if let Operand::Gradient(Some(tensor)) | Operand::WeightGradient(tensor) = operand {
                    self.learned[*tensor] += 1;
                }
            }
            if weights_only {
                assert_eq!(places.len(), 1, "{step:?}");
                continue;
            }
            let wanted = learns[layer.inputs[0].0];
            let is_norm = matches!(layer.op, Op::BatchNorm2d(_)); // which cannot do without
            assert!(wanted || is_norm, "nobody asks for this gradient: {step:?}");
            let d_x = *places.last().expect("a gradient is written");
            let len = self.graph.shape(layer.inputs[0]).len();
            let contribution = self.terms.whole(Term::Backward(behind_pool[index].unwrap_or(index)), len);
            let value = if accumulates(call) {
                let old = self.read(d_x).expect("what is added to has been written");
                self.terms.sum(vec![old, contribution])
            } else {
                contribution
            };
            self.write(d_x, &value);
        }
        let nodes = self.graph.nodes().flat_map(|(node, layer)| vec![node; layer.tensors().len()]);
        let tensors = self.plan.parameters.tensors.iter().zip(&self.learned);
        for (node, (placed, times)) in nodes.zip(tensors) {
            let is_used = self.expected.gradients[node.0].is_some();
            let expected = usize::from(is_used && placed.tensor.kind.is_parameter());
            assert_eq!(*times, expected, "{}'s gradient is written once if it is learned", placed.key);
        }
    }
}

fn accumulates(call: &Call) -> bool {
    call.operands.contains(&Operand::Mode(Mode::Accumulate))
}

fn keeps_indices(op: &Op) -> bool {
    matches!(op, Op::MaxPool2d(_) | Op::AdaptiveMaxPool2d(_))
}

/// The places of a call in order; one that works in place has but one of its own.
fn places(call: &Call) -> Vec<Place> {
    call.operands
        .iter()
        .filter_map(|operand| match operand {
            Operand::Read(place) | Operand::Write(place) => Some(*place),
            _ => None,
        })
        .collect()
}

#[test]
fn inference_finds_in_memory_what_it_needs() {
    for (name, graph) in networks::all() {
        let _tested = Tested(&name);
        let plan = plan(&graph);
        Machine::new(&graph, &plan, &plan.inference, Dropout::Sleeps).forward(&plan.inference);
    }
}

#[test]
fn training_finds_in_memory_what_it_needs() {
    for (name, graph) in networks::all() {
        let _tested = Tested(&name);
        let plan = plan(&graph);
        let mut machine = Machine::new(&graph, &plan, &plan.forward, Dropout::Acts);
        machine.forward(&plan.forward);
        machine.backward(&plan.backward);
    }
}

#[test]
fn bundles_find_in_memory_what_they_need() {
    let mut found = [0, 0];
    for (name, graph) in networks::all() {
        let _tested = Tested(&name);
        let plan = plan(&graph);
        let Some(Bundled { inference, training }) = &plan.bundled else { continue };
        Machine::new(&graph, &plan, inference, Dropout::Sleeps).forward(inference);
        found[0] += 1;
        let Some([forward, backward]) = training else { continue };
        let mut machine = Machine::new(&graph, &plan, forward, Dropout::Acts);
        machine.forward(forward);
        machine.backward(backward);
        found[1] += 1;
    }
    assert!(found[0] > found[1] && found[1] > 5, "{found:?}");
}
