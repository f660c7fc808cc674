//! A graph in, a picture of it out: SVG that stands in the documentation of a network.
//!
//! `boxes` says what is drawn, `tree` how it lies in one another, `layout` where it stands. The colours are those of the
//! page: everything is drawn in the colour of its text, more or less of it.

mod boxes;
mod layout;
#[cfg(test)]
mod tests;
mod tree;

use crate::graph::Graph;
use boxes::{Boxes, Kind};
use layout::{CHARACTER, LINE, Layout};
use std::fmt::Write as _;

/// The picture as a block of HTML for a doc comment; nothing, where it would be too large to look at.
pub fn draw(graph: &Graph) -> String {
    let Some(boxes) = Boxes::of(graph) else { return String::new() };
    let tree = tree::grow(graph, &boxes);
    let layout = layout::lay_out(&boxes, &tree, &boxes.edges(graph));
    // Markdown leaves a block alone up to its first empty line.
    format!("\n\n<div style=\"overflow-x:auto\">{}</div>\n\n", svg(&boxes, &layout))
}

fn svg(boxes: &Boxes, layout: &Layout) -> String {
    let Layout { width, height, .. } = layout;
    let mut svg = format!(
        "<svg width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"the graph of the layers\" \
         font-family=\"monospace\" font-size=\"11\" fill=\"currentColor\" stroke=\"currentColor\">"
    );
    svg += "<g fill-opacity=\".03\" stroke-opacity=\".35\" stroke-dasharray=\"3 3\">";
    for frame in &layout.frames {
        rectangle(&mut svg, frame.area, 6);
    }
    svg += "</g>";
    lines(&mut svg, layout);
    for kind in [Kind::Input, Kind::Learned, Kind::Fixed, Kind::Join, Kind::Block] {
        let (color, opacity) = match kind {
            Kind::Learned | Kind::Block => ("#2f81f7", ".22"),
            Kind::Join => ("#d29922", ".22"),
            Kind::Input | Kind::Fixed => ("currentColor", ".06"),
        };
        let _ = write!(svg, "<g fill=\"{color}\" fill-opacity=\"{opacity}\" stroke-opacity=\".7\">");
        for (drawn, area) in boxes.all.iter().zip(&layout.boxes) {
            if drawn.kind == kind {
                rectangle(&mut svg, *area, 4);
            }
        }
        svg += "</g>";
    }
    texts(&mut svg, boxes, layout);
    svg + "</svg>"
}

fn rectangle(svg: &mut String, area: layout::Area, corner: i32) {
    let layout::Area { x, y, width, height } = area;
    let _ = write!(svg, "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{corner}\"/>");
}

/// The edges, each with a tip.
fn lines(svg: &mut String, layout: &Layout) {
    let (mut path, mut tips) = (String::new(), String::new());
    for (_, points) in &layout.edges {
        for (i, (x, y)) in points.iter().enumerate() {
            let _ = write!(path, "{}{x} {y}", if i == 0 { 'M' } else { 'L' });
        }
        if let Some((x, y)) = points.last() {
            let _ = write!(tips, "M{x} {y}l-3-5h6z");
        }
    }
    let _ = write!(svg, "<path d=\"{path}\" fill=\"none\" stroke-opacity=\".6\"/>");
    let _ = write!(svg, "<path d=\"{tips}\" stroke=\"none\"/>");
}

/// The titles of frames, and what boxes say; the rest shows under the pointer.
fn texts(svg: &mut String, boxes: &Boxes, layout: &Layout) {
    // Where an edge passes behind a title, the colour of rustdoc's page keeps them apart.
    *svg += "<g stroke=\"var(--main-background-color, none)\" stroke-width=\"3\" paint-order=\"stroke\">";
    for frame in &layout.frames {
        let (x, y) = (frame.area.x + 6, frame.area.y + LINE - 1);
        let most = usize::try_from((frame.area.width - 12) / CHARACTER).unwrap_or(0);
        let _ = write!(svg, "<text x=\"{x}\" y=\"{y}\">{}</text>", escaped(&shortened(&frame.title, most)));
    }
    *svg += "</g><g stroke=\"none\" text-anchor=\"middle\">";
    for (drawn, area) in boxes.all.iter().zip(&layout.boxes) {
        let (x, y) = (area.x + area.width / 2, area.y + LINE + 2);
        let _ = write!(svg, "<text x=\"{x}\" y=\"{y}\"><title>{}</title>", escaped(&drawn.title));
        for (i, line) in drawn.lines.iter().enumerate() {
            let (down, weight) = if i == 0 { (0, " font-weight=\"bold\"") } else { (LINE, "") };
            let _ = write!(svg, "<tspan x=\"{x}\" dy=\"{down}\"{weight}>{}</tspan>", escaped(line));
        }
        *svg += "</text>";
    }
    *svg += "</g>";
}

/// A text of at most so many characters.
fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.into();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\n', "&#10;")
}
