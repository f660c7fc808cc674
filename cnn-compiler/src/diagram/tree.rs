//! How boxes lie in one another: sequences of boxes, of blocks with a frame, and of branches side by side.

use super::boxes::{Boxes, depths};
use crate::graph::{Graph, Group};
use std::ops::Range;

/// One after the other.
pub(super) type Sequence = Vec<Item>;

/// What stands in a sequence.
#[derive(Debug)]
pub(super) enum Item {
    /// A box, by its index.
    Box(usize),
    /// The boxes of a block.
    Frame { title: String, items: Sequence },
    /// Branches side by side, all from the same box.
    Fork { start: usize, branches: Vec<Branch> },
}

/// One of several branches.
#[derive(Debug)]
pub(super) enum Branch {
    Items(Sequence),
    /// The tensor at the start itself, as in a residual block.
    Skip,
}

/// The tree of all boxes.
pub(super) fn grow(graph: &Graph, boxes: &Boxes) -> Sequence {
    let mut depths = depths(graph).into_iter().map(|(depth, _)| depth);
    let groups = graph.groups.iter().filter(|group| !group.layers().is_empty());
    let mut kept = Vec::new();
    for group in groups {
        let range = boxes.within(&group.layers());
        // A fork within a folded call has no boxes; a frame around one box says nothing.
        let drawn = match group {
            Group::Call(_) => depths.next().is_some_and(|depth| !boxes.is_folded(depth)) && range.len() > 1,
            Group::Fork(_) => !range.is_empty(),
        };
        if drawn {
            kept.push((range, group));
        }
    }
    let mut grower = Grower { graph, boxes, groups: &kept };
    grower.sequence(0..boxes.all.len(), 0)
}

struct Grower<'g> {
    graph: &'g Graph,
    boxes: &'g Boxes,
    /// The groups to come, each before what is in it.
    groups: &'g [(Range<usize>, &'g Group)],
}

impl Grower<'_> {
    /// The items of these boxes, which start from box `current`.
    fn sequence(&mut self, range: Range<usize>, mut current: usize) -> Sequence {
        let (mut items, mut at) = (Vec::new(), range.start);
        while at < range.end {
            let Some(((inner, group), rest)) =
                self.groups.split_first().filter(|((inner, _), _)| inner.start == at)
            else {
                items.push(Item::Box(at));
                current = at;
                at += 1;
                continue;
            };
            self.groups = rest;
            items.push(match group {
                Group::Call(call) => {
                    Item::Frame { title: call.text.clone(), items: self.sequence(inner.clone(), current) }
                }
                Group::Fork(branches) => self.fork(branches, current),
            });
            at = inner.end;
            current = at - 1;
        }
        items
    }

    fn fork(&mut self, layers: &[Range<usize>], start: usize) -> Item {
        let end = layers.last().map_or(0, |layers| layers.end);
        let join = self.graph.layers.get(end).filter(|layer| layer.inputs.len() == layers.len());
        let mut branches = Vec::new();
        for (i, layers) in layers.iter().enumerate() {
            let range = self.boxes.within(layers);
            let from_start = join.is_some_and(|join| self.boxes.of_node(join.inputs[i]) == start);
            if !range.is_empty() {
                branches.push(Branch::Items(self.sequence(range, start)));
            } else if from_start {
                branches.push(Branch::Skip);
            }
        }
        Item::Fork { start, branches }
    }
}
