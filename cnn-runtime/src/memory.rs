//! Aligned storage and the arena of a network.
//!
//! The compiler gives every buffer an offset *per image*; for a batch of N images the buffer stands at N times that
//! offset. So one plan serves every batch, and the bytes of an arena are known when the program is compiled.
//!
//! ```text
//! arena = [ N × image_len ][ saved_len ][ step_len ][ lanes × lane_len ][ prepared_len ]
//!           activations     statistics   one step's   each thread's      weights as kernels
//!           and gradients   for backward scratch      scratch            want them
//! ```

mod aligned;

pub use aligned::AlignedBuffer;

use crate::bundled::{MANY, bundles};
use crate::parallel;
use crate::policy::Policy;
use crate::view::ViewMut;
use alloc::vec::Vec;
use core::ops::Range;

/// How many numbers fill a cache line; offsets are multiples of it.
pub const LINE: usize = 16;

/// How large an arena is: lengths in numbers, each a multiple of [`LINE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArenaLayout {
    /// For each image of the batch.
    pub image_len: usize,
    /// For bundles of sixteen images.
    pub bundles: Bundles,
    /// Kept from the forward to the backward pass, whatever the batch.
    pub saved_len: usize,
    /// Scratch of one step.
    pub step_len: usize,
    /// Scratch of one step, for each thread.
    pub lane_len: usize,
    /// What inference computes once for all calls, from the weights.
    pub prepared_len: usize,
}

/// Memory for a network that computes large batches in [bundles](crate::bundled).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bundles {
    /// It does not.
    Never,
    /// Each thread takes one bundle after the other, of this length.
    OneForEachThread(usize),
    /// All are alive at the same time, each of this length; instead of the images.
    All(usize),
}

impl Bundles {
    /// The length of the one that each thread has.
    const fn of_thread(self, batch: usize) -> usize {
        match self {
            Self::OneForEachThread(len) if batch >= MANY => len,
            Self::Never | Self::OneForEachThread(_) | Self::All(_) => 0,
        }
    }
}

impl ArenaLayout {
    /// The bytes of an arena for `batch` images on `threads` threads.
    #[must_use]
    pub const fn bytes(&self, batch: usize, threads: usize) -> usize {
        let of_thread = match self.bundles.of_thread(batch) {
            0 => 0,
            len => len + self.lane_len,
        };
        4 * (self.rest_len(threads) + self.images_len(batch) + threads * of_thread)
    }

    /// Numbers of images, or of bundles if these take more.
    const fn images_len(&self, batch: usize) -> usize {
        let images = batch * self.image_len;
        match self.bundles {
            Bundles::All(len) if batch >= MANY && bundles(batch) * len > images => bundles(batch) * len,
            Bundles::Never | Bundles::OneForEachThread(_) | Bundles::All(_) => images,
        }
    }

    /// Numbers of all that does not depend on the batch.
    const fn rest_len(&self, threads: usize) -> usize {
        self.saved_len + self.step_len + threads * self.lane_len + self.prepared_len
    }
}

/// The larger of all lengths, rounded up to whole cache lines; for `const` tables.
#[must_use]
pub const fn longest(lens: &[usize]) -> usize {
    let mut longest = 0;
    let mut i = 0;
    while i < lens.len() {
        if lens[i] > longest {
            longest = lens[i];
        }
        i += 1;
    }
    longest.div_ceil(LINE) * LINE
}

/// Where pieces of these lengths start that stand one behind the other, each on a cache line of its own, and where the last
/// ends; for `const` tables.
///
/// # Panics
/// Unless there is one start more than lengths.
#[must_use]
pub const fn starts<const PIECES: usize, const STARTS: usize>(lens: [usize; PIECES]) -> [usize; STARTS] {
    assert!(STARTS == PIECES + 1, "a start for each piece, and the end");
    let mut starts = [0; STARTS];
    let mut i = 0;
    while i < PIECES {
        starts[i + 1] = starts[i] + lens[i].div_ceil(LINE) * LINE;
        i += 1;
    }
    starts
}

/// Where a batch stands in an arena; all lengths in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Buffer {
    /// Offset per image: for N images the buffer starts at N times this.
    pub offset: usize,
    /// Where an image's part starts within its place; 0 but for a part of a `concat`.
    pub start: usize,
    /// How many numbers an image has.
    pub len: usize,
    /// How many numbers lie between the starts of two images.
    pub stride: usize,
}

impl Buffer {
    /// A buffer of its own.
    #[must_use]
    pub const fn new(offset: usize, len: usize) -> Self {
        Self { offset, start: 0, len, stride: len }
    }

    /// A part of a larger tensor, of which an image takes `stride` numbers.
    #[must_use]
    pub const fn part(offset: usize, start: usize, len: usize, stride: usize) -> Self {
        Self { offset, start, len, stride }
    }

    /// The numbers that `count` images take.
    fn range(&self, count: usize) -> Range<usize> {
        let first = count * self.offset + self.start;
        first..first + count.saturating_sub(1) * self.stride + self.len.min(count * self.len)
    }
}

/// Borrows several ranges, each given as (start, length), of the same numbers at once.
///
/// # Panics
/// If two of them overlap: the compiler makes sure that they do not.
#[must_use]
pub fn disjoint<const R: usize>(numbers: &mut [f32], ranges: [(usize, usize); R]) -> [&mut [f32]; R] {
    match numbers.get_disjoint_mut(ranges.map(|(start, len)| start..start + len)) {
        Ok(parts) => parts,
        Err(error) => unreachable!("the plan gave wrong ranges {ranges:?}: {error}"),
    }
}

/// The working memory of a network, allocated once.
#[derive(Debug)]
pub struct Arena {
    layout: ArenaLayout,
    policy: Policy,
    batch: usize,
    lanes: usize,
    storage: AlignedBuffer,
    /// Memory for a bundle, one for each thread.
    bundles: Vec<Self>,
}

/// The scratch memory that a kernel gets beside its operands.
#[derive(Debug)]
pub struct Workspace<'a> {
    /// How exact sums must be.
    pub policy: Policy,
    /// How many images there are at most.
    pub batch: usize,
    /// How many threads may work at the same time.
    pub lanes: usize,
    /// `lanes` equal pieces, one for each thread.
    pub lane_scratch: &'a mut [f32],
    /// One piece for the whole step.
    pub step_scratch: &'a mut [f32],
    /// What forward leaves for backward.
    pub saved: &'a mut [f32],
}

impl<'a> Workspace<'a> {
    /// Takes `len` numbers of the step's scratch, on cache lines of their own, out of it.
    ///
    /// # Panics
    /// If there are fewer.
    pub(crate) fn take_step(&mut self, len: usize) -> &'a mut [f32] {
        let (rounded, found) = (len.next_multiple_of(LINE), self.step_scratch.len());
        assert!(found >= rounded, "step scratch: {found} numbers, {rounded} needed");
        let (taken, rest) = core::mem::take(&mut self.step_scratch).split_at_mut(rounded);
        self.step_scratch = rest;
        &mut taken[..len]
    }

    /// The same for a shorter while.
    pub(crate) fn reborrow(&mut self) -> Workspace<'_> {
        let Self { policy, batch, lanes, .. } = *self;
        let Self { lane_scratch, step_scratch, saved, .. } = self;
        Workspace { policy, batch, lanes, lane_scratch, step_scratch, saved }
    }

    /// The contract of a kernel that needs `len` numbers of scratch for each thread.
    pub(crate) fn assert_lanes(&self, len: usize) {
        let found = self.lane_scratch.len() / self.lanes;
        assert!(found >= len, "lane scratch: {found} numbers, {len} needed");
    }

    /// As many lanes as `cost` multiply-adds are worth, and the scratch of these lanes, as [`parallel::over`] takes it.
    #[must_use]
    pub fn lanes_for(&mut self, cost: usize) -> (usize, &mut [f32]) {
        let lanes = self.lanes.min(cost / parallel::WORTH_SPLITTING + 1);
        let lane_len = self.lane_scratch.len() / self.lanes;
        (lanes, &mut self.lane_scratch[..lanes * lane_len])
    }
}

impl Arena {
    /// Memory for `batch` images at a time, on the threads of the current pool.
    #[must_use]
    pub fn new(layout: ArenaLayout, policy: Policy, batch: usize) -> Self {
        let lanes = parallel::threads();
        let mut arena = Self::for_images(layout, policy, batch, lanes);
        let len = layout.bundles.of_thread(batch);
        if len > 0 {
            let bundle = ArenaLayout {
                image_len: len,
                bundles: Bundles::Never,
                saved_len: 0,
                step_len: 0,
                lane_len: layout.lane_len,
                prepared_len: 0,
            };
            arena.bundles = (0..lanes).map(|_| Self::for_images(bundle, policy, 1, 1)).collect();
        }
        arena
    }

    fn for_images(layout: ArenaLayout, policy: Policy, batch: usize, lanes: usize) -> Self {
        let storage = AlignedBuffer::zeros(layout.images_len(batch) + layout.rest_len(lanes));
        Self { layout, policy, batch, lanes, storage, bundles: Vec::new() }
    }

    /// Memory for a bundle each, for as many threads as there are; none where there are no bundles.
    pub(crate) fn bundles_mut(&mut self) -> &mut [Self] {
        &mut self.bundles
    }

    /// How many images fit at a time.
    #[must_use]
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// Its size in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.layout.bytes(self.batch, self.lanes)
    }

    /// Borrows several buffers at once for `count` images, and the scratch memory.
    ///
    /// # Panics
    /// If `count` is more than the arena's batch, or if two buffers overlap: the plan makes sure of both.
    pub fn split<const B: usize>(
        &mut self,
        count: usize,
        buffers: [Buffer; B],
    ) -> ([ViewMut<'_>; B], Workspace<'_>) {
        let (views, _, work) = self.split_prepared(count, buffers);
        (views, work)
    }

    /// The same, and what was prepared.
    ///
    /// # Panics
    /// As [`split`](Self::split).
    pub fn split_prepared<const B: usize>(
        &mut self,
        count: usize,
        buffers: [Buffer; B],
    ) -> ([ViewMut<'_>; B], &[f32], Workspace<'_>) {
        assert!(count <= self.batch, "{count} images in an arena for {}", self.batch);
        let (images, prepared, work) = self.regions();
        let Ok(numbers) = images.get_disjoint_mut(buffers.map(|buffer| buffer.range(count))) else {
            unreachable!("the plan gave overlapping buffers: {buffers:?}")
        };
        let mut buffers = buffers.iter();
        let views = numbers.map(|numbers| {
            let Some(buffer) = buffers.next() else { unreachable!("as many views as buffers") };
            ViewMut::strided(numbers, buffer.len, buffer.stride)
        });
        (views, prepared, work)
    }

    /// What is to be prepared, and the scratch memory.
    pub fn prepared_mut(&mut self) -> (&mut [f32], Workspace<'_>) {
        let (_, prepared, work) = self.regions();
        (prepared, work)
    }

    /// The memory of images, what is prepared, and all else.
    fn regions(&mut self) -> (&mut [f32], &mut [f32], Workspace<'_>) {
        let Self { policy, batch, lanes, .. } = *self;
        let (images, rest) = self.storage.split_at_mut(self.layout.images_len(batch));
        let (saved, rest) = rest.split_at_mut(self.layout.saved_len);
        let (step_scratch, rest) = rest.split_at_mut(self.layout.step_len);
        let (lane_scratch, rest) = rest.split_at_mut(lanes * self.layout.lane_len);
        let prepared = &mut rest[..self.layout.prepared_len];
        (images, prepared, Workspace { policy, batch, lanes, lane_scratch, step_scratch, saved })
    }
}
