//! Where the gradient of each tensor stands while the backward pass runs.

use super::lower::Lowered;
use super::{Mode, Place, Root};
use crate::graph::NodeId;

/// The gradients that have a place so far.
pub(super) struct Gradients<'g> {
    lowered: &'g Lowered<'g>,
    places: Vec<Option<Place>>,
    /// How many layers read each tensor; the user reads the outputs.
    reads: Vec<usize>,
    /// Numbers per image of each buffer, those of the forward pass first.
    pub(super) buffer_lens: Vec<usize>,
}

impl<'g> Gradients<'g> {
    pub(super) fn new(lowered: &'g Lowered<'g>, buffer_lens: &[usize]) -> Self {
        let mut reads: Vec<usize> = lowered.readers().iter().map(Vec::len).collect();
        lowered.outputs.iter().for_each(|output| reads[output.0] += 1);
        Self { lowered, places: vec![None; reads.len()], reads, buffer_lens: buffer_lens.to_vec() }
    }

    /// The gradient of a tensor, if anything has been written to it.
    pub(super) fn get(&self, node: NodeId) -> Option<Place> {
        self.places[node.0]
    }

    /// A buffer of its own for the gradient of a tensor.
    pub(super) fn buffer(&mut self, node: NodeId) -> Place {
        let place = self.scratch(node);
        self.places[node.0] = Some(place);
        place
    }

    /// A buffer as large as a tensor, for a gradient that nobody asks for.
    pub(super) fn scratch(&mut self, node: NodeId) -> Place {
        let layout = self.lowered.layout(node);
        self.buffer_lens.push(layout.len());
        Place::whole(Root::Buffer(self.buffer_lens.len() - 1), layout)
    }

    /// Where to write the gradient of a tensor, and whether to add to what stands there.
    pub(super) fn sink(&mut self, node: NodeId) -> (Place, Mode) {
        match self.places[node.0] {
            Some(place) => (place, Mode::Accumulate),
            None => (self.buffer(node), Mode::Overwrite),
        }
    }

    /// Lets the gradient of `node` stand where the gradient `d_y` of its reader stood. Says whether that may be.
    ///
    /// Others may add to it later. They may not if it is a part of a joined gradient: their own gradient may be another
    /// part of the same, and no kernel gets two parts of one buffer.
    pub(super) fn take_over(&mut self, node: NodeId, d_y: Place) -> bool {
        let layout = self.lowered.layout(node);
        let free = self.places[node.0].is_none()
            && (d_y.is_whole() || self.reads[node.0] == 1)
            && d_y.layout.is_same_memory(layout);
        if free {
            self.places[node.0] = Some(d_y.seen_as(layout));
        }
        free
    }
}
