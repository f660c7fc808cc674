//! The weight gradient's sum over images, for several threads.
//!
//! The images are cut into chunks, and how many follows from the shapes alone. Each chunk has its own sum, and the sums
//! are added in the order of the chunks; so the bits do not tell how many threads there were.

use super::Conv2d;
use crate::gemm::sum;
use crate::memory::{LINE, Workspace};
use crate::parallel::{self, Records};
use crate::view::View;
use core::ops::Range;

/// Chunks at most.
const MOST_CHUNKS: usize = 8;

/// How many numbers the sums of all chunks may have, unless two sums have more: 4 MiB.
const SUMS_LEN: usize = 1 << 20;

/// Numbers of a chunk's sum: weight and bias.
const fn sum_len(d: &Conv2d) -> usize {
    (d.weight_len() + d.out_channels).div_ceil(LINE) * LINE
}

/// Chunks of a large batch; a small one has a chunk for each image.
const fn most_chunks(d: &Conv2d) -> usize {
    let fitting = SUMS_LEN / (sum_len(d) + 1);
    if fitting < 2 {
        2
    } else if fitting < MOST_CHUNKS {
        fitting
    } else {
        MOST_CHUNKS
    }
}

/// Numbers of the sums of all chunks.
pub(super) const fn step_len(d: &Conv2d) -> usize {
    most_chunks(d) * sum_len(d)
}

/// A convolution's gradients of weight and bias.
pub(super) struct Gradients<'a> {
    pub(super) weight: &'a mut [f32],
    pub(super) bias: Option<&'a mut [f32]>,
}

/// Overwrites `gradients` by their sums over all images. `add_image` adds one image's part to a weight's gradient.
pub(super) fn sum_over_images(
    d: &Conv2d,
    x: View,
    d_y: View,
    gradients: Gradients,
    mut work: Workspace,
    add_image: &(impl Fn(&[f32], &[f32], &mut [f32], &mut [f32]) + Sync),
) {
    d.assert_images((x.count(), x.image_len()), (d_y.count(), d_y.image_len()));
    d.assert_parameters(gradients.weight, gradients.bias.as_deref());
    assert!(work.step_scratch.len() >= step_len(d), "step scratch of {d:?}");

    let chunks = x.count().min(most_chunks(d));
    let images = |chunk: usize| chunk * x.count() / chunks..(chunk + 1) * x.count() / chunks;
    let (sums, _) = core::mem::take(&mut work.step_scratch).split_at_mut(chunks * sum_len(d));
    let with_bias = gradients.bias.is_some();
    let (lanes, scratch) = work.lanes_for(x.count() * d.macs());
    let parts = (Records::new(&mut *sums, sum_len(d)), 0..chunks);
    parallel::over(parts, scratch, lanes, &|(sums, chunks): (Records<&mut [f32]>, Range<usize>), scratch| {
        for (sum, chunk) in sums.items().chunks_exact_mut(sum_len(d)).zip(chunks) {
            let (d_weight, d_bias) = sum.split_at_mut(d.weight_len());
            d_weight.fill(0.0);
            d_bias.fill(0.0);
            let (x, d_y) = (some_images(x, images(chunk)), some_images(d_y, images(chunk)));
            for (x, d_y) in x.images().zip(d_y.images()) {
                add_image(x, d_y, d_weight, scratch);
                if with_bias {
                    add_planes(d_y, d.window.output_len(), d_bias);
                }
            }
        }
    });

    add_up(gradients.weight, sums, sum_len(d), 0, &mut work);
    if let Some(bias) = gradients.bias {
        add_up(bias, sums, sum_len(d), d.weight_len(), &mut work);
    }
}

/// Some images of a batch.
fn some_images(batch: View<'_>, range: Range<usize>) -> View<'_> {
    batch.split_at(range.end).0.split_at(range.start).1
}

/// Adds the sum of each plane to its channel's number.
pub(crate) fn add_planes(planes: &[f32], plane_len: usize, channels: &mut [f32]) {
    for (channel, plane) in channels.iter_mut().zip(planes.chunks_exact(plane_len)) {
        *channel += sum(plane);
    }
}

/// Overwrites `total` by the sum over all records, each `record_len` long, of what starts at `first` there.
fn add_up(total: &mut [f32], records: &[f32], record_len: usize, first: usize, work: &mut Workspace) {
    let (lanes, scratch) = work.lanes_for(total.len() * records.len() / record_len);
    let parts = (first..first + total.len(), Records::new(total, 1));
    parallel::over(parts, scratch, lanes, &|(range, total): (Range<usize>, Records<&mut [f32]>), _| {
        let total = total.items();
        total.fill(0.0);
        for record in records.chunks_exact(record_len) {
            for (total, number) in total.iter_mut().zip(&record[range.clone()]) {
                *total += number;
            }
        }
    });
}
