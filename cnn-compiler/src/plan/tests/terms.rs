//! Symbols in the place of numbers: each kernel's result is a term, and each cell of memory knows which number of which
//! term it holds.

use crate::plan::{Blocked, Layout};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

/// Where a tensor's numbers come from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Term {
    /// The network's input.
    Input,
    /// The user's gradient.
    OutputGradient,
    /// The output of this layer.
    Forward(usize),
    /// Which pixels this max-pool has taken.
    Indices(usize),
    /// What stands in a halo and in spare lanes.
    Zero,
    /// What this layer contributes to the gradient of its input.
    Backward(usize),
    /// A sum, the summands sorted.
    Sum(Vec<Value>),
}

/// Consecutive numbers of one term: the term, the first number, and how many.
type Run = (usize, usize, usize);

/// A tensor, as runs of terms; the same numbers are always the same runs.
pub(super) type Value = Vec<Run>;

/// Terms by number, each with its length.
#[derive(Debug, Default)]
pub(super) struct Terms {
    known: BTreeMap<Term, usize>,
    all: Vec<(Term, usize)>,
}

impl Terms {
    /// A tensor that is one term.
    pub(super) fn whole(&mut self, term: Term, len: usize) -> Value {
        let next = self.all.len();
        let number = *self.known.entry(term.clone()).or_insert(next);
        if number == next {
            self.all.push((term, len));
        }
        vec![(number, 0, len)]
    }

    /// A sum; summands that are sums are taken apart.
    pub(super) fn sum(&mut self, values: Vec<Value>) -> Value {
        let mut summands = Vec::new();
        for value in values {
            match value[..] {
                [(number, 0, len)] if self.all[number].1 == len => match &self.all[number].0 {
                    Term::Sum(inner) => summands.extend(inner.clone()),
                    _ => summands.push(value),
                },
                _ => summands.push(value),
            }
        }
        if summands.len() == 1 {
            return summands.remove(0);
        }
        summands.sort();
        let len = summands[0].iter().map(|run| run.2).sum();
        self.whole(Term::Sum(summands), len)
    }
}

/// Tensors side by side.
pub(super) fn concat(values: impl IntoIterator<Item = Value>) -> Value {
    let mut joined = Value::new();
    for run in values.into_iter().flatten() {
        push(&mut joined, run);
    }
    joined
}

/// A part of a tensor.
pub(super) fn part(value: &Value, start: usize, len: usize) -> Value {
    let (mut at, mut part) = (0, Value::new());
    for &(term, from, run) in value {
        let (first, end) = (start.max(at), (start + len).min(at + run));
        if first < end {
            push(&mut part, (term, from + first - at, end - first));
        }
        at += run;
    }
    part
}

fn push(value: &mut Value, run: Run) {
    match value.last_mut() {
        Some((term, from, len)) if (*term, *from + *len) == (run.0, run.1) => *len += run.2,
        _ => value.push(run),
    }
}

/// A number of a term, in a cell that has been written.
type Cell = Option<(usize, usize)>;

/// Cells, those of an image.
#[derive(Debug, Default)]
pub(super) struct Cells(Vec<Cell>);

impl Cells {
    pub(super) fn new(len: usize) -> Self {
        Self(vec![None; len])
    }

    /// The tensor that stands in this layout from a cell on; `None` if a cell of it was never written, or if what should be
    /// zero is not.
    pub(super) fn read(&self, start: usize, layout: Layout, zero: usize) -> Option<Value> {
        let (mut value, places) = (Value::new(), places(layout));
        for place in &places.numbers {
            let (term, number) = self.0[start + place]?;
            push(&mut value, (term, number, 1));
        }
        places.zeros.iter().all(|place| self.0[start + place] == Some((zero, 0))).then_some(value)
    }

    pub(super) fn write(&mut self, start: usize, layout: Layout, value: &Value, zero: usize) {
        let places = places(layout);
        let all: usize = value.iter().map(|run| run.2).sum();
        assert_eq!(all, places.numbers.len(), "the place is of the tensor's size");
        self.write_to(start, &places.numbers, value);
        for place in &places.zeros {
            self.0[start + place] = Some((zero, 0));
        }
    }

    /// Writes some channels of an image in blocks, and zeros to the rest of their lanes.
    pub(super) fn write_lanes(&mut self, start: usize, lanes: &Lanes, value: &Value, zero: usize) {
        lanes.all.iter().for_each(|place| self.0[start + place] = Some((zero, 0)));
        self.write_to(start, &lanes.numbers, value);
    }

    /// Writes to these cells.
    fn write_to(&mut self, start: usize, places: &[usize], value: &Value) {
        let numbers = value.iter().flat_map(|(term, from, len)| (*from..from + len).map(|n| (*term, n)));
        for (place, number) in places.iter().zip(numbers) {
            self.0[start + place] = Some(number);
        }
    }
}

/// Where each number of a tensor stands, in PyTorch's order; and where zeros do: halo and spare lanes.
#[derive(Debug)]
struct Places {
    numbers: Vec<usize>,
    zeros: Vec<usize>,
}

thread_local! {
    /// Of every layout that was asked for: a test asks for the same ones again and again.
    static KNOWN: RefCell<Vec<(Layout, Rc<Places>)>> = const { RefCell::new(Vec::new()) };
}

fn places(layout: Layout) -> Rc<Places> {
    KNOWN.with_borrow_mut(|known| {
        if let Some((_, places)) = known.iter().find(|(other, _)| *other == layout) {
            return places.clone();
        }
        let numbers = numbers(layout);
        let mut is_zero = vec![true; layout.len()];
        for place in &numbers {
            is_zero[*place] = false;
        }
        if let Layout::Bundled(_) = layout {
            is_zero.fill(false);
        }
        let zeros = (0..is_zero.len()).filter(|place| is_zero[*place]).collect();
        let places = Rc::new(Places { numbers, zeros });
        known.push((layout, places.clone()));
        places
    })
}

fn numbers(layout: Layout) -> Vec<usize> {
    match layout {
        Layout::Planes(len) => (0..len).collect(),
        // Of the first of the sixteen images; the others are no zeros.
        Layout::Bundled(_) => (0..layout.len()).step_by(16).collect(),
        Layout::Blocked(blocked) => {
            let channels = 0..blocked.channels;
            let pixels = move |channel: usize| {
                let row = move |row| (0..blocked.plane[1]).map(move |column| (channel, row, column));
                (0..blocked.plane[0]).flat_map(row)
            };
            channels.flat_map(pixels).map(|at| cell(blocked, at)).collect()
        }
    }
}

/// Where channel, row and column stand.
fn cell(blocked: Blocked, (channel, row, column): (usize, usize, usize)) -> usize {
    let Blocked { plane: [height, width], halo: [above, left], .. } = blocked;
    let pixel = (channel / 16 * (height + 2 * above) + above + row) * (width + 2 * left) + left + column;
    pixel * 16 + channel % 16
}

/// The lanes of some channels.
#[derive(Debug)]
pub(super) struct Lanes {
    /// Where each number stands, in PyTorch's order.
    numbers: Vec<usize>,
    /// All of them, halo included; spare lanes belong to the last channel.
    all: Vec<usize>,
}

pub(super) fn lanes(joined: Blocked, channels: Range<usize>) -> Lanes {
    let pixels = joined.plane[0] * joined.plane[1];
    let numbers = numbers(Layout::Blocked(joined))[channels.start * pixels..channels.end * pixels].to_vec();
    let len = Layout::Blocked(joined).len();
    let block_len = len / joined.channels.div_ceil(16);
    let channel = |place: &usize| (place / block_len * 16 + place % 16).min(joined.channels - 1);
    Lanes { numbers, all: (0..len).filter(|place| channels.contains(&channel(place))).collect() }
}
