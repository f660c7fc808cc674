//! How planes are shared out among threads.

use crate::memory::Workspace;
use crate::parallel::{self, Records};
use crate::view::{View, ViewMut};
use core::ops::Range;

/// A look at a pixel takes as long as this many multiply-adds.
const MACS_OF_A_LOOK: usize = 8;

/// What a kernel does with the planes of one channel: it reads some and writes one.
pub(crate) trait OnPlanes<const R: usize>: Fn([&[f32]; R], &mut [f32]) + Sync {}
impl<const R: usize, F: Fn([&[f32]; R], &mut [f32]) + Sync> OnPlanes<R> for F {}

/// Runs `body` on every plane of `written`, beside the planes at the same place of `read`, in parallel.
///
/// `looks` is how many pixels are looked at on a plane.
pub(crate) fn over_planes<const R: usize>(
    channels: usize,
    looks: usize,
    read: [View; R],
    mut written: ViewMut,
    mut work: Workspace,
    body: &impl OnPlanes<R>,
) {
    let count = written.count();
    assert!(read.iter().all(|read| read.count() == count), "as many images everywhere");
    let whole = |image_len: usize| image_len.is_multiple_of(channels);
    assert!(whole(written.image_len()) && read.iter().all(|read| whole(read.image_len())), "whole planes");

    let len = written.image_len() / channels;
    let (lanes, scratch) = work.lanes_for(count * channels * looks * MACS_OF_A_LOOK);
    if count >= lanes {
        parallel::over((written, 0..count), scratch, lanes, &|(mut written, images), _| {
            for (written, image) in written.images_mut().zip(images) {
                on_image(channels, read, image, 0..channels, written, body);
            }
        });
    } else {
        for (image, written) in written.images_mut().enumerate() {
            let parts = (0..channels, Records::new(written, len));
            parallel::over(parts, scratch, lanes, &|(channels_here, written): (_, Records<&mut [f32]>),
                                                    _| {
                on_image(channels, read, image, channels_here, written.items(), body);
            });
        }
    }
}

/// Runs `body` on some planes of one image; `written` holds these planes alone.
fn on_image<const R: usize>(
    channels: usize,
    read: [View; R],
    image: usize,
    channels_here: Range<usize>,
    written: &mut [f32],
    body: &impl OnPlanes<R>,
) {
    let len = written.len() / channels_here.len().max(1);
    for (written, channel) in written.chunks_exact_mut(len.max(1)).zip(channels_here) {
        let planes = read.map(|read| {
            let len = read.image_len() / channels;
            &read.numbers()[image * read.stride() + channel * len..][..len]
        });
        body(planes, written);
    }
}
