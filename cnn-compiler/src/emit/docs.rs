//! The table of a network in the documentation of its type.

use crate::diagnostics::grouped;
use crate::graph::{Graph, Layer};
use crate::plan::Plan;
use std::fmt::Write as _;

/// Layers with shapes, parameters, multiply-adds, receptive fields, strides and kernels, as Markdown.
pub(super) fn table(name: &str, graph: &Graph, plan: &Plan) -> String {
    let mut text = format!("\n\n# The layers of `{name}`\n\n");
    text += "| layer | kind | output | parameters | multiply-adds | receptive field | stride | kernel |\n";
    text += "|:--|:--|--:|--:|--:|--:|--:|:--|\n";
    let _ = writeln!(text, "| | input | {} | | | | | |", graph.input);
    for (layer, kernel) in graph.layers.iter().zip(&plan.kernels) {
        let (path, kind, output) = (&layer.path, layer.op.name(), layer.output);
        let _ = writeln!(text, "| `{path}` | {kind} | {output} | {} |", facts(layer, kernel));
    }
    let (parameters, macs) = (counted(graph.parameters()), counted(graph.macs()));
    let _ = writeln!(text, "| **in all** | | | **{parameters}** | **{macs}** | | | |");
    if plan.bundled.is_some() {
        text += "\nFrom 6 images on, inference has sixteen images in the lanes and needs none of these kernels.\n";
    }
    text
}

/// The cells of a layer's parameters, multiply-adds, receptive field, stride and kernel.
pub(super) fn facts(layer: &Layer, kernel: &str) -> String {
    let ([rows, columns], [down, right]) = (layer.field.size, layer.field.step);
    let (parameters, macs) = (counted(layer.parameters()), counted(layer.macs()));
    format!("{parameters} | {macs} | {rows}x{columns} | {down}x{right} | {kernel}")
}

/// A count with its thousands apart, nothing for 0.
pub(super) fn counted(count: usize) -> String {
    if count == 0 { String::new() } else { grouped(count, ',') }
}
