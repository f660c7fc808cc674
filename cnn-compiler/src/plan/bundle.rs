//! The second plan of a tiny network, for large batches: sixteen images in the lanes.
//!
//! Where layers have few channels, most lanes of a block of sixteen are empty; images of a large batch fill them all. The
//! same stages plan it: only the layouts differ, and a bundle of sixteen images takes the place of an image.

use super::lower::{self, Lowered, Unit};
use super::storage::{Purpose, Storage};
use super::{LINE, Parameters, Pass, arena, backward, forward};
use crate::graph::{Graph, NodeId};
use crate::ops::Op;

/// A bundle of inference that is larger than this, in numbers, does not stay in a core's own cache (512 KiB).
const CACHED: usize = 1 << 17;

/// The longest side of a window that the kernels on bundles have.
const LONGEST: usize = 32;

/// How a network computes a large batch in bundles: all lengths are those of a bundle.
#[derive(Debug)]
pub struct Bundled {
    /// Inference.
    pub inference: Pass,
    /// Training, forward and backward, if all layers have kernels for it.
    pub training: Option<[Pass; 2]>,
}

/// Plans a network in bundles, if that pays.
pub(super) fn plan(graph: &Graph, parameters: &Parameters) -> Option<Bundled> {
    let lowered = lowered(graph, Purpose::Inference)?;
    let storage = Storage::assign(&lowered, Purpose::Inference);
    let (steps, _) = forward::inference(&lowered, &storage, parameters);
    let (offsets, image_len) = arena::arrange(&[&steps], &storage.buffer_lens);
    let leaves_lanes_empty = |tensor: NodeId| !graph.shape(tensor).channels().is_multiple_of(LINE);
    let pays = image_len <= CACHED && graph.nodes().any(|(tensor, _)| leaves_lanes_empty(tensor));
    pays.then(|| Bundled {
        inference: Pass { steps, offsets, image_len },
        training: training(graph, parameters),
    })
}

fn training(graph: &Graph, parameters: &Parameters) -> Option<[Pass; 2]> {
    let lowered = lowered(graph, Purpose::Training)?;
    let storage = Storage::assign(&lowered, Purpose::Training);
    let (forward, saved) = forward::training(&lowered, &storage, parameters);
    let (backward, buffer_lens) = backward::backward(&lowered, &storage, parameters, &saved);
    let (offsets, image_len) = arena::arrange(&[&forward, &backward], &buffer_lens);
    Some([
        Pass { steps: forward, offsets: offsets.clone(), image_len },
        Pass { steps: backward, offsets, image_len },
    ])
}

/// The network on bundles; `None` if a layer has no kernel for them.
fn lowered(graph: &Graph, purpose: Purpose) -> Option<Lowered<'_>> {
    if !graph.layers.iter().all(|layer| has_kernel(&layer.op, purpose)) {
        return None;
    }
    Some(lower::lower(graph, purpose, Unit::Bundle))
}

fn has_kernel(op: &Op, purpose: Purpose) -> bool {
    match op {
        Op::Conv2d(conv) => conv.groups == 1 && conv.window.kernel.iter().all(|taps| *taps <= LONGEST),
        Op::Linear(_)
        | Op::MaxPool2d(_)
        | Op::AvgPool2d(_)
        | Op::AdaptiveAvgPool2d(_)
        | Op::AdaptiveMaxPool2d(_)
        | Op::Upsample(_)
        | Op::Activation(_)
        | Op::Flatten
        | Op::Add => true,
        // Its masks follow from where a number stands.
        Op::Dropout { .. } => purpose == Purpose::Inference,
        Op::ConvTranspose2d(_) | Op::BatchNorm2d(_) | Op::LocalResponseNorm(_) | Op::Softmax | Op::Concat => {
            false
        }
    }
}
