//! Where each tensor of a network's state stands: learned ones in one vector, running statistics in another.

use super::LINE;
use crate::graph::Graph;
use crate::ops::Tensor;

/// All tensors, in the order of PyTorch's `state_dict`.
#[derive(Debug)]
pub struct Parameters {
    /// The tensors.
    pub tensors: Vec<Placed>,
    /// Length of the vector of learned tensors.
    pub parameters_len: usize,
    /// Length of the vector of running statistics.
    pub buffers_len: usize,
    /// The first tensor of each layer; one more at the end.
    first: Vec<usize>,
}

/// A tensor with its place.
#[derive(Debug)]
pub struct Placed {
    /// Its key in the `state_dict`.
    pub key: String,
    /// What it is.
    pub tensor: Tensor,
    /// Where it starts in its vector; on a cache line of its own.
    pub offset: usize,
}

impl Parameters {
    /// Places the tensors of all layers one behind the other.
    pub(super) fn lay_out(graph: &Graph) -> Self {
        let mut all = Self { tensors: Vec::new(), parameters_len: 0, buffers_len: 0, first: Vec::new() };
        for layer in &graph.layers {
            all.first.push(all.tensors.len());
            for tensor in layer.tensors() {
                let key = layer.key(&tensor);
                let end =
                    if tensor.kind.is_parameter() { &mut all.parameters_len } else { &mut all.buffers_len };
                let offset = *end;
                *end += tensor.len().next_multiple_of(LINE);
                all.tensors.push(Placed { key, tensor, offset });
            }
        }
        all.first.push(all.tensors.len());
        all
    }

    /// The index of a layer's tensor of this name, if it has one.
    pub(super) fn find(&self, layer: usize, name: &str) -> Option<usize> {
        (self.first[layer]..self.first[layer + 1]).find(|i| self.tensors[*i].tensor.name == name)
    }

    /// The index of a tensor that the layer cannot do without.
    pub(super) fn require(&self, layer: usize, name: &str) -> usize {
        self.find(layer, name).unwrap_or_else(|| unreachable!("layer {layer} has a tensor `{name}`"))
    }
}
