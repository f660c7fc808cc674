//! What kernels are given: images, numbers, and scratch memory for one thread.

use cnn_runtime::memory::{AlignedBuffer, Arena, ArenaLayout, Buffer, Bundles, LINE, Workspace};
use cnn_runtime::policy::Policy;
use cnn_runtime::view::{View, ViewMut};

/// Numbers that are neither zero nor denormal.
pub(crate) fn numbers(len: usize) -> Vec<f32> {
    (0_u16..97).cycle().map(|i| f32::from(i) / 97.0 - 0.5).take(len).collect()
}

/// A batch of such numbers, on a cache line.
pub(crate) struct Images {
    numbers: AlignedBuffer,
    count: usize,
    len: usize,
}

impl Images {
    /// `count` images of `len` numbers.
    pub(crate) fn new(count: usize, len: usize) -> Self {
        let mut images = Self { numbers: AlignedBuffer::zeros(count * len), count, len };
        images.numbers[..count * len].copy_from_slice(&numbers(count * len));
        images
    }

    pub(crate) fn view(&self) -> View<'_> {
        View::dense(&self.numbers[..self.count * self.len], self.len)
    }

    pub(crate) fn view_mut(&mut self) -> ViewMut<'_> {
        ViewMut::dense(&mut self.numbers[..self.count * self.len], self.len)
    }
}

/// Scratch memory.
pub(crate) struct Scratch(Arena);

impl Scratch {
    /// So many numbers for the thread, for the step, and from forward to backward.
    pub(crate) fn new(lane_len: usize, step_len: usize, saved_len: usize) -> Self {
        let [lane_len, step_len, saved_len] =
            [lane_len, step_len, saved_len].map(|len| len.next_multiple_of(LINE));
        let layout = ArenaLayout {
            image_len: 0,
            bundles: Bundles::Never,
            saved_len,
            step_len,
            lane_len,
            prepared_len: 0,
        };
        Self(Arena::new(layout, Policy::Fast, 0))
    }

    /// To be given to a kernel.
    pub(crate) fn work(&mut self) -> Workspace<'_> {
        self.0.split::<0>(0, [] as [Buffer; 0]).1
    }
}
