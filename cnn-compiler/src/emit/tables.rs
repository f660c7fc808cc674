//! The `const` tables of a network: layers, tensors, and the sizes of its arenas.

use super::call::short;
use super::descriptor::Descriptors;
use crate::graph::{Field, Graph};
use crate::ops::{Reach, TensorKind};
use crate::plan::{Action, Call, Descriptor, Len, Parameters, Pass, Piece, Plan, Prepared, Window};
use crate::shape::Shape;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// `&[layer(…), …]`
pub(super) fn layers(graph: &Graph, kernels: &[String], descriptors: &mut Descriptors) -> String {
    let mut rows = String::new();
    for (layer, kernel) in graph.layers.iter().zip(kernels) {
        let (name, kind) = (&layer.path, layer.op.name());
        let (input, output) = (layer.input.dims(), layer.output.dims());
        let (parameters, macs) = (layer.parameters(), layer.macs());
        let inputs: Vec<usize> = layer.inputs.iter().map(|input| input.0).collect();
        let window = match layer.op.reach() {
            Reach::Window(sliding) => {
                let [input, output] = [layer.input, layer.output].map(Shape::plane);
                format!("Some({})", descriptors.window(&Window { input, output, sliding }))
            }
            Reach::Pixel | Reach::Spread { .. } | Reach::Plane => "None".into(),
        };
        let Field { size, step, start, .. } = layer.field;
        let _ = writeln!(
            rows,
            "layer({name:?}, {kind:?}, &{inputs:?}, [&{input:?}, &{output:?}], {window}, [{parameters}, {macs}], \
             [{size:?}, {step:?}], {start:?}, {kernel:?}),"
        );
    }
    format!("&[{rows}]")
}

/// `&[tensor(…), …]`
pub(super) fn tensors(parameters: &Parameters) -> String {
    let mut rows = String::new();
    for placed in &parameters.tensors {
        let (key, shape, offset) = (&placed.key, &placed.tensor.shape, placed.offset);
        let kind = match placed.tensor.kind {
            TensorKind::Weight { fan_in, fan_out } => {
                format!("Weight {{ fan_in: {fan_in}, fan_out: {fan_out} }}")
            }
            TensorKind::Bias { fan_in } => format!("Bias {{ fan_in: {fan_in} }}"),
            TensorKind::Scale => "Scale".into(),
            TensorKind::Shift => "Shift".into(),
            TensorKind::RunningMean => "RunningMean".into(),
            TensorKind::RunningVar => "RunningVar".into(),
            TensorKind::BatchesTracked => "BatchesTracked".into(),
        };
        let _ = writeln!(rows, "tensor({key:?}, &{shape:?}, {kind}, {offset}),");
    }
    format!("&[{rows}]")
}

/// The arena of inference, whose threads take bundles one by one.
pub(super) fn inference_arena(plan: &Plan, descriptors: &mut Descriptors) -> String {
    let bundled = plan.bundled.as_ref().map(|bundled| &bundled.inference);
    let bundles = bundled.map(|pass| format!("OneForEachThread({})", pass.image_len));
    let passes: Vec<&Pass> = [&plan.inference].into_iter().chain(bundled).collect();
    let prepared_len = format!("PREPARED[{}]", plan.prepared.pieces.len());
    arena(&passes, plan.inference.image_len, 0, bundles, &prepared_len, descriptors)
}

/// The arena of training, where all bundles are alive at once.
pub(super) fn training_arena(plan: &Plan, descriptors: &mut Descriptors) -> String {
    let bundled = plan.bundled.as_ref().and_then(|bundled| bundled.training.as_ref());
    let bundles = bundled.map(|[forward, _]| format!("All({})", forward.image_len));
    let passes: Vec<&Pass> =
        [&plan.forward, &plan.backward].into_iter().chain(bundled.into_iter().flatten()).collect();
    arena(&passes, plan.forward.image_len, plan.saved_len, bundles, "0", descriptors)
}

/// `ArenaLayout { … }`; the kernels themselves say how much scratch they need.
fn arena(
    passes: &[&Pass],
    image_len: usize,
    saved_len: usize,
    bundles: Option<String>,
    prepared_len: &str,
    descriptors: &mut Descriptors,
) -> String {
    let bundles = bundles.unwrap_or_else(|| "Never".into());
    let [lane, step] = scratch(passes, descriptors);
    format!(
        "ArenaLayout {{ image_len: {image_len}, bundles: Bundles::{bundles}, saved_len: {saved_len}, \
         step_len: longest!({step}), lane_len: longest!({lane}), prepared_len: {prepared_len} }}"
    )
}

/// Where each prepared piece starts, and where the last ends: an array.
pub(super) fn prepared(prepared: &Prepared, descriptors: &mut Descriptors) -> String {
    let len = |piece: &Piece| match &piece.len {
        Len::Numbers(len) => len.to_string(),
        Len::Kernel(function) => {
            let name = piece.call.descriptor.as_ref().map(|descriptor| descriptors.name(descriptor));
            format!("{}(&{})", short(function), name.unwrap_or_default())
        }
    };
    let lens: Vec<String> = prepared.pieces.iter().map(len).collect();
    format!("pub(super) const PREPARED: [usize; {}] = starts([{}]);\n", lens.len() + 1, lens.join(", "))
}

/// The runtime's `const fn`s for the scratch of each layer that wants some, in a fixed order and each once, for each thread
/// and for the step: `dense::prepared_len: L3 L4; …`.
fn scratch(passes: &[&Pass], descriptors: &mut Descriptors) -> [String; 2] {
    let mut layers: [BTreeMap<String, Vec<String>>; 2] = Default::default();
    let mut seen = BTreeSet::new();
    for step in passes.iter().flat_map(|pass| &pass.steps) {
        let Action::Call(Call { kernel, descriptor: Some(descriptor), .. }) = &step.action else { continue };
        let functions = ["lane_len", "step_len"].map(|of| scratch_functions(descriptor, kernel, of));
        if functions.iter().all(Vec::is_empty) {
            continue;
        }
        let name = descriptors.name(descriptor);
        for (functions, layers) in functions.into_iter().zip(&mut layers) {
            for function in functions {
                if seen.insert((function.clone(), name.clone())) {
                    layers.entry(function).or_default().push(name.clone());
                }
            }
        }
    }
    layers.map(|layers| {
        let mut text = String::new();
        for (function, layers) in layers {
            let _ = write!(text, "{}: {}; ", short(&function), layers.join(" "));
        }
        text
    })
}

/// The functions that tell how much scratch a kernel needs: `lane_len` for each thread, or `step_len` for the step.
fn scratch_functions(descriptor: &Descriptor, kernel: &str, of: &str) -> Vec<String> {
    let itself = || vec![format!("{kernel}_{of}")];
    let is_backward_weight = kernel.ends_with("::backward_weight");
    let is_lane = of == "lane_len";
    match descriptor {
        // Training prepares the weight in every step.
        Descriptor::BlockedConv2d { .. } | Descriptor::FirstConv2d { .. } => {
            let is_depthwise = matches!(descriptor, Descriptor::BlockedConv2d { choices: None, .. });
            match kernel.rsplit_once("::") {
                Some((module, "forward" | "train_forward")) if is_lane && !is_depthwise => {
                    vec![format!("{module}::forward_lane_len")]
                }
                Some((module, "train_forward")) if !is_lane => vec![format!("{module}::prepared_len")],
                Some((_, "forward" | "train_forward")) => Vec::new(),
                _ if is_lane && is_depthwise => Vec::new(),
                _ => itself(),
            }
        }
        Descriptor::Conv2d { .. } if is_lane || is_backward_weight => itself(),
        Descriptor::Linear { .. } if is_lane != kernel.ends_with("::forward") => itself(),
        Descriptor::FirstPooled { .. } | Descriptor::LocalResponseNorm { .. } if is_lane => itself(),
        Descriptor::Conv2d { .. }
        | Descriptor::FirstPooled { .. }
        | Descriptor::Linear { .. }
        | Descriptor::LocalResponseNorm { .. }
        | Descriptor::MaxPool2d { .. }
        | Descriptor::AvgPool2d { .. }
        | Descriptor::AdaptivePool2d { .. }
        | Descriptor::Upsample { .. }
        | Descriptor::Softmax { .. }
        | Descriptor::BatchNorm2d { .. }
        | Descriptor::Blocked(_)
        | Descriptor::Haloed { .. }
        | Descriptor::Images(_)
        | Descriptor::BlockedBatchNorm2d { .. }
        | Descriptor::Part { .. }
        | Descriptor::Dropout { .. } => Vec::new(),
    }
}
