//! Where buffers stand in the arena: two may share memory if they are never alive at the same time.

use super::{Action, LINE, Operand, Place, Root, Step};
use std::ops::RangeInclusive;

/// The offset of each buffer, for steps that run one list after the other, and the numbers that an image needs in all.
///
/// Buffers are placed from the largest to the smallest, each at the lowest offset that is free while it lives ("greedy by
/// size" of Pisarchyk and Lee 2020, *Efficient Memory Management for Deep Neural Net Inference*). A buffer that no step
/// touches stands at 0 and takes no room.
pub(super) fn arrange(passes: &[&[Step]], lens: &[usize]) -> (Vec<usize>, usize) {
    let lives = lives(passes, lens.len());
    let mut buffers: Vec<(usize, &RangeInclusive<usize>)> =
        lives.iter().enumerate().filter_map(|(i, life)| Some((i, life.as_ref()?))).collect();
    buffers.sort_by_key(|(i, _)| (std::cmp::Reverse(lens[*i]), *i));
    let mut offsets = vec![0; lens.len()];
    let mut placed: Vec<Placed> = Vec::new(); // by offset
    for (i, life) in buffers {
        let (first, last, len) = (*life.start(), *life.end(), rounded(lens[i]));
        let mut offset = 0;
        for other in &placed {
            if offset + len <= other.offset {
                break;
            }
            if first <= other.last && other.first <= last {
                offset = offset.max(other.end);
            }
        }
        let at = placed.partition_point(|other| other.offset < offset);
        placed.insert(at, Placed { offset, end: offset + len, first, last });
        offsets[i] = offset;
    }
    (offsets, placed.iter().map(|buffer| buffer.end).max().unwrap_or(0))
}

/// A buffer that has its place.
struct Placed {
    offset: usize,
    end: usize,
    /// The first step that touches it, and the last.
    first: usize,
    last: usize,
}

fn rounded(len: usize) -> usize {
    len.next_multiple_of(LINE)
}

/// A buffer's life, from the first to the last step that touches it.
pub(super) type Life = Option<RangeInclusive<usize>>;

/// The life of each buffer.
pub(super) fn lives(passes: &[&[Step]], buffers: usize) -> Vec<Life> {
    let mut lives: Vec<Life> = vec![None; buffers];
    for (time, step) in passes.iter().flat_map(|steps| steps.iter()).enumerate() {
        for place in places(step) {
            if let Root::Buffer(buffer) = place.root {
                let first = lives[buffer].as_ref().map_or(time, |life| *life.start());
                lives[buffer] = Some(first..=time);
            }
        }
    }
    lives
}

/// The places that a step touches.
pub(super) fn places(step: &Step) -> Vec<Place> {
    match &step.action {
        Action::Observe(observed) => vec![observed.place],
        Action::Call(call) => call
            .operands
            .iter()
            .filter_map(|operand| match operand {
                Operand::Read(place) | Operand::Write(place) => Some(*place),
                _ => None,
            })
            .collect(),
    }
}
