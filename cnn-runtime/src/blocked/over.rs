//! How the blocks of images are shared out among threads.

use crate::elementwise::MOVE_COST;
use crate::memory::{LINE, Workspace};
use crate::parallel::{self, Records, Split};
use crate::view::{View, ViewMut};
use core::ops::Range;

/// What it costs to move so many pixels of sixteen channels, in multiply-adds.
pub(crate) const fn moves(pixels: usize) -> usize {
    pixels * LINE * MOVE_COST
}

/// Images and the length of their blocks; the last block of an image may have fewer numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InBlocks<V> {
    pub(crate) images: V,
    pub(crate) block_len: usize,
}

impl Split for InBlocks<ViewMut<'_>> {
    fn units(&self) -> usize {
        self.images.count()
    }
    fn cut(self, middle: usize) -> (Self, Self) {
        let (a, b) = self.images.split_at(middle);
        (Self { images: a, ..self }, Self { images: b, ..self })
    }
}

/// Where a block stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) image: usize,
    pub(crate) block: usize,
}

/// What a kernel does with a block: it reads the block at the same place of some images and writes that of others.
type OnBlock<'a, const R: usize, const W: usize> = dyn Fn(Place, [&[f32]; R], [&mut [f32]; W]) + Sync + 'a;

/// Runs `body` on every block of the images, in parallel: whole images where there are enough for all threads, otherwise
/// blocks of each. A block costs `cost` multiply-adds.
pub(crate) fn over_blocks<const R: usize, const W: usize>(
    blocks: usize,
    cost: usize,
    read: [InBlocks<View<'_>>; R],
    mut written: [InBlocks<ViewMut<'_>>; W],
    mut work: Workspace<'_>,
    body: &OnBlock<R, W>,
) {
    let count = written[0].images.count();
    let read_sizes =
        read.each_ref().map(|read| (read.images.count(), read.images.image_len(), read.block_len));
    let sizes = written.each_ref().map(|to| (to.images.count(), to.images.image_len(), to.block_len));
    for (images, image_len, block_len) in read_sizes.into_iter().chain(sizes) {
        assert_eq!(images, count, "as many images everywhere");
        assert_eq!(image_len.div_ceil(block_len), blocks, "blocks of an image");
    }

    let block_lens = written.each_ref().map(|written| written.block_len);
    // `written` holds these blocks alone.
    let of_image = |image: usize, blocks: Range<usize>, written: [&mut [f32]; W]| {
        let read = read.map(|read| (read.images.image(image), read));
        let mut index = 0;
        let mut written = written.map(|written| {
            index += 1;
            written.chunks_mut(block_lens[index - 1])
        });
        for block in blocks {
            let read = read.map(|(image, read)| {
                let end = ((block + 1) * read.block_len).min(image.len());
                &image[block * read.block_len..end]
            });
            body(Place { image, block }, read, written.each_mut().map(next));
        }
    };
    let (lanes, scratch) = work.lanes_for(count * blocks * cost);
    if count >= lanes {
        parallel::over(
            (0..count, written),
            scratch,
            lanes,
            &|(images, mut written): (Range<usize>, [_; W]), _| {
                let mut written =
                    written.each_mut().map(|written: &mut InBlocks<ViewMut>| written.images.images_mut());
                for image in images {
                    of_image(image, 0..blocks, written.each_mut().map(next));
                }
            },
        );
    } else {
        let mut written = written.each_mut().map(|written| (written.block_len, written.images.images_mut()));
        for image in 0..count {
            let parts = written.each_mut().map(|(block_len, images)| Records::new(next(images), *block_len));
            parallel::over(
                (0..blocks, parts),
                scratch,
                lanes,
                &|(blocks, parts): (Range<usize>, [_; W]), _| {
                    of_image(image, blocks, parts.map(|part: Records<&mut [f32]>| part.items()));
                },
            );
        }
    }
}

/// What there is for each image or block.
fn next<T>(items: &mut impl Iterator<Item = T>) -> T {
    items.next().unwrap_or_else(|| unreachable!("lengths are asserted"))
}
