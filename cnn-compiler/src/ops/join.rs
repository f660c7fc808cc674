//! `concat` and `add`: several branches that come together.

use super::{Misfit, Shape};
use crate::diagnostics::Message;
use crate::syntax::ast::JoinKind;

/// Channels side by side; the planes must agree.
pub(super) fn concat(inputs: &[Shape]) -> Result<Shape, Misfit> {
    let rule = "images joined over channels must agree in height and width";
    let same = |a: Shape, b: Shape| match (a, b) {
        (Shape::Image(_), Shape::Image(_)) => a.plane() == b.plane(),
        (Shape::Vector(_), Shape::Vector(_)) => true,
        (Shape::Image(_), Shape::Vector(_)) | (Shape::Vector(_), Shape::Image(_)) => false,
    };
    agree(JoinKind::Concat, inputs, same, rule)?;
    let channels = inputs.iter().map(|shape| shape.channels()).sum();
    Ok(match inputs[0] {
        Shape::Image([_, height, width]) => Shape::Image([channels, height, width]),
        Shape::Vector(_) => Shape::Vector(channels),
    })
}

/// The sum; the shapes must be the same.
pub(super) fn add(inputs: &[Shape]) -> Result<Shape, Misfit> {
    agree(JoinKind::Add, inputs, |a, b| a == b, "summands must have the same shape")?;
    Ok(inputs[0])
}

fn agree(
    join: JoinKind,
    inputs: &[Shape],
    same: impl Fn(Shape, Shape) -> bool,
    rule: &str,
) -> Result<(), Misfit> {
    let Some(odd) = inputs.iter().position(|shape| !same(inputs[0], *shape)) else { return Ok(()) };
    let text = format!(
        "branch {} of `{}` gives {}, but branch 1 gives {}",
        odd + 1,
        join.name(),
        inputs[odd],
        inputs[0]
    );
    let mut message = Message::new(text).line(format_args!("rule: {rule}"));
    for (i, shape) in inputs.iter().enumerate() {
        message = message.note(format_args!("branch {} gives {shape}", i + 1));
    }
    let [first, other] = [inputs[0], inputs[odd]];
    // A vector cannot become an image: then the image becomes a vector.
    let (branch, from, to) = match (first, other) {
        (Shape::Image(_), Shape::Vector(_)) => (1, first, other),
        _ => (odd + 1, other, first),
    };
    let layers = bridge(join, from, to);
    Err(Misfit::layer(message.help(format_args!("let branch {branch} end with `{layers}`"))))
}

/// The layers that bring an image or a vector to what `join` wants beside `to`.
fn bridge(join: JoinKind, from: Shape, to: Shape) -> String {
    let mut layers = Vec::new();
    match (from, to) {
        (Shape::Image([channels, ..]), Shape::Image([wanted, height, width])) => {
            if from.plane() != to.plane() {
                layers.push(format!("adaptive_avg_pool2d({height}, {width})"));
            }
            if join == JoinKind::Add && channels != wanted {
                layers.push(format!("conv2d({wanted}, kernel_size = 1)"));
            }
        }
        (_, Shape::Vector(wanted)) => {
            if let Shape::Image(_) = from {
                layers.push(String::from("flatten"));
            }
            if join == JoinKind::Add && from.len() != wanted {
                layers.push(format!("linear({wanted})"));
            }
        }
        (Shape::Vector(_), Shape::Image(_)) => unreachable!("it is the image that becomes a vector"),
    }
    layers.join("; ")
}
