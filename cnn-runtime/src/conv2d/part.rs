//! How the outputs of a convolution are shared out among threads.

use super::Conv2d;
use crate::gemm::{Cut, MatrixMut, over_blocks};
use crate::memory::Workspace;
use crate::parallel;
use crate::view::{View, ViewMut};
use core::ops::Range;

/// What one thread computes of an image: the pixels of some channels.
pub(super) struct Part<'a> {
    /// Channels × pixels.
    pub(super) matrix: MatrixMut<'a>,
    /// Which channels of the image these are.
    pub(super) channels: Range<usize>,
    /// Which pixels of each plane.
    pub(super) pixels: Range<usize>,
}

impl<'a> Part<'a> {
    /// All of an image.
    fn whole(image: &'a mut [f32], channels: usize, pixels: usize) -> Self {
        Self { matrix: MatrixMut::dense(image, channels, pixels), channels: 0..channels, pixels: 0..pixels }
    }

    /// Writes each channel's bias to its pixels.
    pub(super) fn fill(&mut self, bias: &[f32]) {
        for (row, &bias) in bias[self.channels.clone()].iter().enumerate() {
            self.matrix.row_mut(row).fill(bias);
        }
    }

    /// Calls `body` with each group that has channels here, and these.
    pub(super) fn for_each_group(self, group_channels: usize, mut body: impl FnMut(usize, Part)) {
        let Self { matrix: mut rest, channels, pixels } = self;
        let mut start = channels.start;
        while start < channels.end {
            let group = start / group_channels;
            let end = channels.end.min((group + 1) * group_channels);
            let (matrix, later) = rest.split_rows(end - start);
            body(group, Part { matrix, channels: start..end, pixels: pixels.clone() });
            (rest, start) = (later, end);
        }
    }
}

/// Runs `body` on all of `written`, beside the images of `read`, in parallel.
///
/// Each thread gets as many whole images as any other; those left over are cut one by one, if one is worth the trouble.
/// So a batch of one keeps all threads busy too.
pub(super) fn over_parts(
    d: &Conv2d,
    read: View,
    written: ViewMut,
    channels: usize,
    cut: Cut,
    mut work: Workspace,
    body: &(impl Fn(&[f32], Part, &mut [f32]) + Sync),
) {
    let pixels = written.image_len() / channels;

    let (lanes_of_one, _) = work.lanes_for(d.macs());
    let (lanes, scratch) = work.lanes_for(read.count() * d.macs());
    let rounds = if lanes_of_one > 1 { read.count() / lanes * lanes } else { read.count() };
    let (read, read_rest) = read.split_at(rounds);
    let (written, mut written_rest) = written.split_at(rounds);
    parallel::over((written, read), scratch, lanes, &|(mut written, read), scratch| {
        for (written, read) in written.images_mut().zip(read.images()) {
            body(read, Part::whole(written, channels, pixels), scratch);
        }
    });

    for (written, read) in written_rest.images_mut().zip(read_rest.images()) {
        let matrix = MatrixMut::dense(written, channels, pixels);
        over_blocks(matrix, cut, work.lanes_for(d.macs()), &|matrix, channels, pixels, scratch| {
            body(read, Part { matrix, channels, pixels }, scratch);
        });
    }
}
