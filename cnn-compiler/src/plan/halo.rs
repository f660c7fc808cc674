//! How wide the halo of each image is.

use super::Algorithm;
use super::layout::Layout;
use super::lower::{Lowered, Node, Work};
use super::storage::Purpose;
use crate::ops::Op;
use crate::ops::window::Sliding;

/// Widens the halos of all images to what their readers want.
pub(super) fn widen(lowered: &mut Lowered<'_>, purpose: Purpose) {
    let mut groups = Groups::new(lowered.layouts.len());
    for (tensor, node) in lowered.nodes() {
        if may_share_memory(node) {
            node.inputs.iter().for_each(|input| groups.join(input.0, tensor.0));
        }
    }
    let learns = lowered.learns();
    let mut wanted = vec![[0; 2]; lowered.layouts.len()];
    let mut want = |tensor: usize, halo: [usize; 2]| {
        let group = &mut wanted[groups.first(tensor)];
        *group = [0, 1].map(|axis| group[axis].max(halo[axis]));
    };
    for (tensor, node) in lowered.nodes() {
        let Work::Conv2d(fused) = &node.work else { continue };
        let Op::Conv2d(conv) = &fused.conv.op else { continue }; // fully connected, in bundles, which have no halos
        match fused.algorithm {
            Algorithm::Dense | Algorithm::Depthwise => want(node.inputs[0].0, conv.window.padding),
            Algorithm::FirstLayer | Algorithm::Im2col | Algorithm::Pointwise | Algorithm::Bundled => continue,
        }
        if purpose == Purpose::Training && learns[node.inputs[0].0] {
            want(tensor.0, gradient_halo(&conv.window, fused.conv.input.plane(), fused.conv.output.plane()));
        }
    }
    for tensor in 0..lowered.layouts.len() {
        if let Layout::Blocked(blocked) = &mut lowered.layouts[tensor] {
            blocked.halo = wanted[groups.first(tensor)];
        }
    }
}

/// Zeros that the gradient of a convolution's input reads around the gradient of its output: at input place i, tap k comes
/// from output place `(i + P − D·k) / S`, if that is whole; it lies between `(P − D·(K−1)) / S` and `(H − 1 + P) / S`. The
/// runtime's kernels hold it against `needed_d_y_halo` in every call.
fn gradient_halo(window: &Sliding, input: [usize; 2], output: [usize; 2]) -> [usize; 2] {
    [0, 1].map(|axis| {
        let (stride, padding) = (window.stride[axis], window.padding[axis]);
        let before = (window.extent(axis) - 1).saturating_sub(padding) / stride;
        let behind = ((input[axis] - 1 + padding) / stride).saturating_sub(output[axis] - 1);
        before.max(behind)
    })
}

/// Whether what goes in and what comes out, or their gradients, may come to stand in one memory, or want one layout.
fn may_share_memory(node: &Node<'_>) -> bool {
    match &node.work {
        Work::Layer(layer) => match layer.op {
            Op::Activation(_) | Op::Dropout { .. } | Op::Add | Op::Concat | Op::BatchNorm2d(_) => true,
            Op::Conv2d(_)
            | Op::ConvTranspose2d(_)
            | Op::Linear(_)
            | Op::MaxPool2d(_)
            | Op::AvgPool2d(_)
            | Op::AdaptiveAvgPool2d(_)
            | Op::AdaptiveMaxPool2d(_)
            | Op::Upsample(_)
            | Op::LocalResponseNorm(_)
            | Op::Softmax
            | Op::Flatten => false,
        },
        Work::Conv2d(_) | Work::FromPlanes | Work::ToPlanes => false,
    }
}

/// Disjoint sets of tensors.
struct Groups(Vec<usize>);

impl Groups {
    fn new(len: usize) -> Self {
        Self((0..len).collect())
    }

    /// The member that stands for all of its set.
    fn first(&self, mut member: usize) -> usize {
        while self.0[member] != member {
            member = self.0[member];
        }
        member
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.first(a), self.first(b));
        self.0[a.max(b)] = a.min(b);
    }
}
