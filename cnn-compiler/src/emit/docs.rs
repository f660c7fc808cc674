//! The table of a network in the documentation of its type.

use crate::graph::Graph;
use crate::plan::Plan;
use std::fmt::Write as _;

/// Layers with shapes, parameters, multiply-adds, receptive fields and kernels, as Markdown.
pub(super) fn table(name: &str, graph: &Graph, plan: &Plan) -> String {
    let mut text = format!("\n\n# The layers of `{name}`\n\n");
    text += "| layer | kind | output | parameters | multiply-adds | receptive field | kernel |\n";
    text += "|:--|:--|--:|--:|--:|--:|:--|\n";
    let _ = writeln!(text, "| | input | {} | | | | |", graph.input);
    for (layer, kernel) in graph.layers.iter().zip(&plan.kernels) {
        let [rows, columns] = layer.field.size;
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} | {} | {rows}x{columns} | {kernel} |",
            layer.path,
            layer.op.name(),
            layer.output,
            counted(layer.parameters()),
            counted(layer.macs()),
        );
    }
    let (parameters, macs) = (counted(graph.parameters()), counted(graph.macs()));
    let _ = writeln!(text, "| **in all** | | | **{parameters}** | **{macs}** | | |");
    if plan.bundled.is_some() {
        text += "\nFrom 6 images on, inference has sixteen images in the lanes and needs none of these kernels.\n";
    }
    text
}

/// A count with its thousands apart, nothing for 0.
fn counted(count: usize) -> String {
    if count == 0 {
        return String::new();
    }
    let digits = count.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn thousands_stand_apart() {
        assert_eq!(super::counted(61706), "61,706");
        assert_eq!(super::counted(416_520), "416,520");
        assert_eq!(super::counted(7), "7");
        assert_eq!(super::counted(1_234_567), "1,234,567");
    }
}
