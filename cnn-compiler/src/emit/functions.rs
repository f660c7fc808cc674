//! Passes as functions: one for each distinct block, never one flat body of all layers.

use super::call::{Memory, Offsets, buffer, call, epilogue_activation, optional};
use super::descriptor::Descriptors;
use crate::graph::Graph;
use crate::plan::{Action, Descriptor, Layout, Observed, Pass, Piece, Plan, Root, Step};
use std::fmt::Write as _;

/// The longest run of steps in one function.
const MOST_STEPS: usize = 32;

/// Which of the runtime's passes a function works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Prepare,
    Inference,
    Forward,
    Backward,
}

impl Kind {
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Prepare => ("Prepare", "prepare"),
            Self::Inference => ("Inference", "inference"),
            Self::Forward => ("Forward", "forward"),
            Self::Backward => ("Backward", "backward"),
        }
    }
}

/// The functions of a network. Equal bodies become one function.
pub(super) struct Functions<'p> {
    graph: &'p Graph,
    plan: &'p Plan,
    blocks: Vec<Block>,
    /// The passes by name: which blocks they call, with which numbers.
    passes: Vec<(&'static str, Kind, Vec<Run>)>,
    /// The constants that they name.
    descriptors: Descriptors,
}

/// The function of a block.
struct Block {
    kind: Kind,
    body: String,
    calls: usize,
}

/// A call of a block.
struct Run {
    block: usize,
    numbers: Vec<String>,
}

impl<'p> Functions<'p> {
    pub(super) fn new(graph: &'p Graph, plan: &'p Plan, descriptors: Descriptors) -> Self {
        Self { graph, plan, blocks: Vec::new(), passes: Vec::new(), descriptors }
    }

    /// The function of what is prepared once.
    pub(super) fn prepare(&mut self) {
        let step =
            |piece: &Piece| Step { layer: Some(piece.layer), action: Action::Call(piece.call.clone()) };
        let steps = self.plan.prepared.pieces.iter().map(step).collect();
        self.pass("prepare", Kind::Prepare, &Pass { steps, offsets: Vec::new(), image_len: 0 });
    }

    /// The function of a pass.
    pub(super) fn pass(&mut self, name: &'static str, kind: Kind, pass: &Pass) {
        let block = |step: &Step| step.layer.and_then(|layer| self.graph.layers[layer].block);
        let runs = pass.steps.chunk_by(|a, b| block(a) == block(b)).flat_map(|run| run.chunks(MOST_STEPS));
        let runs: Vec<&[Step]> = runs.collect();
        let runs = runs.into_iter().map(|steps| self.run(kind, pass, steps)).collect();
        self.passes.push((name, kind, runs));
    }

    /// The items, and the constants that they name.
    pub(super) fn finish(self) -> String {
        let mut items = self.descriptors.finish();
        let mut first_runs: Vec<Option<&Run>> = vec![None; self.blocks.len()];
        for (name, kind, runs) in &self.passes {
            let ((ty, prefix), mut calls) = (kind.names(), String::new());
            for run in runs {
                let block = &self.blocks[run.block];
                first_runs[run.block].get_or_insert(run);
                let numbers = if block.takes_numbers() {
                    format!(", &[{}]", run.numbers.join(", "))
                } else {
                    String::new()
                };
                let _ = writeln!(calls, "{prefix}_{}(pass{numbers});", run.block);
            }
            let _ = writeln!(items, "pub(super) fn {name}(pass: &mut {ty}<'_>) {{\n{calls}}}");
        }
        for (index, (block, run)) in self.blocks.iter().zip(first_runs).enumerate() {
            let Some(Run { numbers, .. }) = run else { unreachable!("a block is written for a run") };
            let (ty, prefix) = block.kind.names();
            let _ = if block.takes_numbers() {
                let (count, body) = (numbers.len(), &block.body);
                writeln!(
                    items,
                    "fn {prefix}_{index}(pass: &mut {ty}<'_>, at: &[usize; {count}]) {{\n{body}}}"
                )
            } else {
                let body = in_place(&block.body, numbers);
                writeln!(items, "fn {prefix}_{index}(pass: &mut {ty}<'_>) {{\n{body}}}")
            };
        }
        items
    }

    fn run(&mut self, kind: Kind, pass: &Pass, steps: &[Step]) -> Run {
        let memory = Memory { parameters: &self.plan.parameters, buffers: &pass.offsets };
        let mut offsets = Offsets::default();
        let body: String = steps.iter().map(|step| self.step(step, memory, &mut offsets)).collect();
        let block = self.block(kind, body);
        Run { block, numbers: offsets.finish() }
    }

    fn step(&mut self, step: &Step, memory: Memory<'_>, offsets: &mut Offsets) -> String {
        match &step.action {
            Action::Call(kernel) => call(kernel, memory, offsets, &mut self.descriptors),
            Action::Observe(observed) => {
                let Some(layer) = step.layer else { unreachable!("an observed place is a layer's output") };
                observe(layer, observed, memory, offsets, &mut self.descriptors)
            }
        }
    }

    /// The index of the block with this body, which one more run calls.
    fn block(&mut self, kind: Kind, body: String) -> usize {
        let is_same = |block: &Block| block.kind == kind && block.body == body;
        let index = self.blocks.iter().position(is_same).unwrap_or_else(|| {
            self.blocks.push(Block { kind, body, calls: 0 });
            self.blocks.len() - 1
        });
        self.blocks[index].calls += 1;
        index
    }
}

impl Block {
    /// Whether its numbers differ from call to call.
    fn takes_numbers(&self) -> bool {
        self.calls > 1
    }
}

/// The body of a function that is called once, with its numbers in the place of each `at[i]`.
fn in_place(body: &str, numbers: &[String]) -> String {
    let mut parts = body.split("at[");
    let mut text = String::from(parts.next().unwrap_or_default());
    for part in parts {
        let number =
            part.split_once(']').and_then(|(i, rest)| Some((numbers.get(i.parse::<usize>().ok()?)?, rest)));
        let Some((number, rest)) = number else { unreachable!("at[{part} is a number of the body") };
        text += number;
        text += rest;
    }
    text
}

/// Shows the observer what a layer has given, and the layers that its kernel computes too.
fn observe(
    layer: usize,
    observed: &Observed,
    memory: Memory<'_>,
    offsets: &mut Offsets,
    descriptors: &mut Descriptors,
) -> String {
    let Observed { place, epilogue } = observed;
    let layer = offsets.at(&layer);
    let Some(buffer) = buffer(*place, memory, offsets) else {
        debug_assert_eq!(place.root, Root::Input, "only the input is not a buffer");
        return format!("pass.observe_input({layer});\n");
    };
    let followers: Vec<String> = epilogue.followers.iter().map(|follower| offsets.at(follower)).collect();
    let blocked = match place.layout {
        Layout::Blocked(blocked) => Descriptor::Blocked(blocked),
        Layout::Planes(_) => return format!("pass.observe({layer}, {buffer});\n"),
        Layout::Bundled(_) => {
            let pass = |layer: &String| format!("pass.observer.pass({layer});\n");
            return [layer].iter().chain(&followers).map(pass).collect();
        }
    };
    if followers.is_empty() {
        return format!("pass.observe_blocked({layer}, {buffer}, &{});\n", descriptors.name(&blocked));
    }
    let followers = followers.join(", ");
    let norm = optional(epilogue.norm.map(|piece| offsets.prepared(piece)));
    let activation = epilogue_activation(epilogue.activation);
    if let Some((pooled, weight)) = &epilogue.pool {
        let bias = optional(epilogue.bias.map(|tensor| memory.range(tensor, offsets)));
        let (pooled, weight) = (descriptors.name(pooled), offsets.prepared(*weight));
        return format!(
            "pass.observe_pooled(&[{layer}, {followers}], {buffer}, &{pooled}, {weight}, Fused::new({bias}, {norm}, {activation}));\n"
        );
    }
    let blocked = descriptors.name(&blocked);
    format!("pass.observe_fused(&[{layer}, {followers}], {buffer}, &{blocked}, {norm}, {activation});\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_take_their_places() {
        let numbers: Vec<String> = (0..12).map(|i| format!("n{i}")).collect();
        assert_eq!(in_place("f(at[1]..at[1] + 5, t0, [at[11]])", &numbers), "f(n1..n1 + 5, t0, [n11])");
        assert_eq!(in_place("f(t0)", &[]), "f(t0)");
    }
}
