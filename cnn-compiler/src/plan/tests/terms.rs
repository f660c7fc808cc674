//! Symbols in the place of numbers: each kernel's result is a term, and each cell of memory knows which number of which
//! term it holds.

use std::collections::BTreeMap;

/// Where a tensor's numbers come from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Term {
    /// The network's input.
    Input,
    /// The user's gradient.
    OutputGradient,
    /// The output of this layer.
    Forward(usize),
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

    /// What stands in a range; `None` if a cell of it was never written.
    pub(super) fn read(&self, start: usize, len: usize) -> Option<Value> {
        let mut value = Value::new();
        for cell in &self.0[start..start + len] {
            let (term, number) = (*cell)?;
            push(&mut value, (term, number, 1));
        }
        Some(value)
    }

    pub(super) fn write(&mut self, start: usize, value: &Value) {
        let numbers = value.iter().flat_map(|(term, from, len)| (*from..from + len).map(|n| (*term, n)));
        for (cell, number) in self.0[start..].iter_mut().zip(numbers) {
            *cell = Some(number);
        }
    }
}
