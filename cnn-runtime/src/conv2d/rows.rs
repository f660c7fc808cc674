//! How a batch in the layout of the network is shared out among the threads that write it.

use crate::blocked::{Blocked, Pixel};
use crate::memory::LINE;
use crate::parallel::Split;
use crate::view::ViewMut;
use core::ops::Range;

/// Rows of a batch, to be written.
///
/// Rows are counted through all blocks of all images, halos included, which is the order that they stand in. So the batch
/// can be cut between any two rows: a large one into images, a single image into blocks of channels, a single block into
/// bands of its plane, and each thread gets as much to do as any other.
#[derive(Debug)]
pub(super) struct RowsMut<'a> {
    d: Blocked,
    /// From the first of the rows on.
    numbers: &'a mut [f32],
    /// Numbers between the starts of two images.
    image_stride: usize,
    rows: Range<usize>,
}

/// Rows that stand in the same block.
pub(super) struct BlockRows<'a> {
    pub(super) image: usize,
    pub(super) block: usize,
    /// Which rows of the block, counted from its upper halo on.
    pub(super) rows: Range<usize>,
    /// Their pixels.
    pub(super) pixels: &'a mut [Pixel],
}

impl<'a> RowsMut<'a> {
    /// All rows of a batch.
    ///
    /// # Panics
    /// If an image is not as long as `d` tells.
    pub(super) fn new(d: Blocked, y: &'a mut ViewMut) -> Self {
        d.assert_image(y.image_len());
        let (count, image_stride) = (y.count(), y.stride());
        Self { d, numbers: y.numbers_mut(), image_stride, rows: 0..count * d.blocks() * d.padded()[0] }
    }

    /// Where a row starts in the batch.
    fn start(&self, row: usize) -> usize {
        let of_image = self.d.blocks() * self.d.padded()[0];
        row / of_image * self.image_stride + row % of_image * self.d.padded()[1] * LINE
    }

    /// How many blocks have rows here.
    pub(super) fn blocks(&self) -> usize {
        let height = self.d.padded()[0];
        if self.rows.is_empty() { 0 } else { self.rows.end.div_ceil(height) - self.rows.start / height }
    }

    /// The rows of one of these blocks.
    pub(super) fn block(&mut self, block: usize) -> BlockRows<'_> {
        let [height, width] = self.d.padded();
        let block = self.rows.start / height + block;
        let rows = self.rows.start.max(block * height)..self.rows.end.min((block + 1) * height);
        let start = self.start(rows.start) - self.start(self.rows.start);
        let (pixels, _) = self.numbers[start..start + rows.len() * width * LINE].as_chunks_mut();
        BlockRows {
            image: block / self.d.blocks(),
            block: block % self.d.blocks(),
            rows: rows.start - block * height..rows.end - block * height,
            pixels,
        }
    }
}

impl Split for RowsMut<'_> {
    fn units(&self) -> usize {
        self.rows.len()
    }
    fn cut(self, middle: usize) -> (Self, Self) {
        let row = self.rows.start + middle;
        let at = (self.start(row) - self.start(self.rows.start)).min(self.numbers.len());
        let (head, tail) = self.numbers.split_at_mut(at);
        let of = |numbers, rows| Self { numbers, rows, ..self };
        (of(head, self.rows.start..row), of(tail, row..self.rows.end))
    }
}
