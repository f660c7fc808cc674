//! What an optimiser keeps from step to step.

use crate::memory::AlignedBuffer;
use alloc::vec::Vec;

/// Vectors of as many numbers as there are parameters, and how many steps they have seen.
///
/// The vectors are allocated at the first step, and anew, with zeros, if the number of parameters is another than before.
#[derive(Clone, Debug)]
pub struct Kept {
    names: &'static [&'static str],
    steps: u64,
    /// How many parameters the vectors are for.
    parameters: usize,
    /// One for each name, or none before the first step.
    vectors: Vec<AlignedBuffer>,
}

impl Kept {
    /// Nothing so far, and from the first step on a vector for each of these names.
    #[must_use]
    pub const fn new(names: &'static [&'static str]) -> Self {
        Self { names, steps: 0, parameters: 0, vectors: Vec::new() }
    }

    /// What the vectors are called, as in PyTorch's state of an optimiser: `momentum_buffer`.
    #[must_use]
    pub fn names(&self) -> &'static [&'static str] {
        self.names
    }

    /// How many steps there were with so many parameters.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// The vectors in the order of their names; none before the first step.
    #[must_use]
    pub fn vectors(&self) -> &[AlignedBuffer] {
        &self.vectors
    }

    /// Starts again after so many steps with so many parameters; gives the vectors, all zero, to be filled.
    pub fn restore(&mut self, steps: u64, parameters: usize) -> &mut [AlignedBuffer] {
        self.vectors = self.names.iter().map(|_| AlignedBuffer::zeros(parameters)).collect();
        (self.steps, self.parameters) = (steps, parameters);
        &mut self.vectors
    }

    /// Counts one more step, and gives its number, the first being 1, and the vectors.
    ///
    /// # Panics
    /// Unless there are `K` names.
    pub fn advance<const K: usize>(&mut self, parameters: usize) -> (u64, [&mut AlignedBuffer; K]) {
        if self.parameters != parameters || self.vectors.len() != self.names.len() {
            self.restore(0, parameters);
        }
        self.steps = self.steps.saturating_add(1);
        let mut vectors = self.vectors.iter_mut();
        let next = |_| vectors.next().unwrap_or_else(|| unreachable!("an optimiser has named all it keeps"));
        (self.steps, core::array::from_fn(next))
    }
}
