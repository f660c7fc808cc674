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
    let mut order: Vec<usize> = (0..lens.len()).filter(|i| lives[*i].is_some()).collect();
    order.sort_by_key(|i| (std::cmp::Reverse(lens[*i]), *i));
    let mut offsets = vec![0; lens.len()];
    let mut placed: Vec<usize> = Vec::new();
    let mut image_len = 0;
    for i in order {
        let mut taken: Vec<(usize, usize)> = placed
            .iter()
            .filter(|j| overlap(lives[i].as_ref(), lives[**j].as_ref()))
            .map(|j| (offsets[*j], offsets[*j] + rounded(lens[*j])))
            .collect();
        taken.sort_unstable();
        let mut offset = 0;
        for (start, end) in taken {
            if offset + rounded(lens[i]) <= start {
                break;
            }
            offset = offset.max(end);
        }
        offsets[i] = offset;
        image_len = image_len.max(offset + rounded(lens[i]));
        placed.push(i);
    }
    (offsets, image_len)
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

fn overlap(a: Option<&RangeInclusive<usize>>, b: Option<&RangeInclusive<usize>>) -> bool {
    a.zip(b).is_some_and(|(a, b)| a.start() <= b.end() && b.start() <= a.end())
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
