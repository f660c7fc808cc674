//! The layout of images inside a network: `NCHW16c` with a halo.
//!
//! ```text
//! image = [ channels / 16 ] [ halo + height + halo ] [ halo + width + halo ] [ 16 channels ]
//! ```
//!
//! The sixteen channels of a pixel are one line of memory, so a kernel works on as many channels at once wherever it
//! stands, whatever the plane's size. The halo is the padding that the next layers want, as memory: their kernels need no
//! branches at the border. And since blocks of channels come first, a branch of `concat` is a run of them.
//!
//! **The contract of every kernel that writes such an image** (an activation or a gradient): the halo is zero, and so are
//! the lanes beyond the last channel. It writes all of the image, since what stood there before is not its own.
//!
//! At the boundary of a network images are NCHW, as PyTorch's; [`from_planes`] and [`to_planes`] lead in and out.

use crate::memory::LINE;
use crate::view::{View, ViewMut};
use core::ops::Range;
use over::InBlocks;

pub(crate) mod over;
mod planes;

/// How an image stands in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blocked {
    /// Channels.
    pub channels: usize,
    /// Rows and columns of a plane.
    pub plane: [usize; 2],
    /// Rows above and below the plane, columns left and right of it, all zero.
    pub halo: [usize; 2],
}

/// Sixteen channels of one pixel.
pub type Pixel = [f32; LINE];

impl Blocked {
    /// Blocks of sixteen channels, the last of which may have fewer.
    #[must_use]
    pub const fn blocks(&self) -> usize {
        self.channels.div_ceil(LINE)
    }

    /// Rows and columns of a plane with its halo.
    #[must_use]
    pub const fn padded(&self) -> [usize; 2] {
        [self.plane[0] + 2 * self.halo[0], self.plane[1] + 2 * self.halo[1]]
    }

    /// Pixels of a block with its halo.
    #[must_use]
    pub const fn block_pixels(&self) -> usize {
        self.padded()[0] * self.padded()[1]
    }

    /// Numbers of a block with its halo.
    #[must_use]
    pub const fn block_len(&self) -> usize {
        self.block_pixels() * LINE
    }

    /// Numbers of an image.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.blocks() * self.block_len()
    }

    /// Whether an image has no number.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Numbers of an image in NCHW.
    #[must_use]
    pub const fn planes_len(&self) -> usize {
        self.channels * self.plane[0] * self.plane[1]
    }

    /// Channels of a block.
    #[must_use]
    pub const fn channels_of(&self, block: usize) -> usize {
        let rest = self.channels - block * LINE;
        if rest < LINE { rest } else { LINE }
    }

    /// The pixels of a row within its block, halo not included.
    #[must_use]
    pub fn row(&self, row: usize) -> Range<usize> {
        let start = (self.halo[0] + row) * self.padded()[1] + self.halo[1];
        start..start + self.plane[1]
    }

    /// Writes zeros to the halo of a block.
    ///
    /// # Panics
    /// If it is not the pixels of one block.
    pub fn clear_halo(&self, block: &mut [Pixel]) {
        self.clear_halo_of(0..self.padded()[0], block);
    }

    /// Writes zeros to the halo of some rows of a block, counted from its upper halo on.
    ///
    /// # Panics
    /// If `pixels` are not those of the rows.
    pub fn clear_halo_of(&self, rows: Range<usize>, pixels: &mut [Pixel]) {
        assert_eq!(pixels.len(), rows.len() * self.padded()[1], "rows of a block of {self:?}");
        if self.halo == [0, 0] {
            return;
        }
        let first = rows.start * self.padded()[1];
        let inside = rows.start.max(self.halo[0])..rows.end.min(self.halo[0] + self.plane[0]);
        let mut outside = 0;
        for row in inside {
            let row = self.row(row - self.halo[0]);
            pixels[outside..row.start - first].fill([0.0; LINE]);
            outside = row.end - first;
        }
        pixels[outside..].fill([0.0; LINE]);
    }

    /// Writes zeros to the lanes of some pixels that are beyond the last channel. A product with a weight of zero is not
    /// enough: infinity would make it NaN.
    pub(crate) fn clear_spare(&self, block: usize, pixels: &mut [Pixel]) {
        let channels = self.channels_of(block);
        if channels == LINE {
            return;
        }
        // By masks: a line costs no more than to move it, however many lanes there are to clear.
        let masks: [u32; LINE] = core::array::from_fn(|lane| u32::from(lane < channels).wrapping_neg());
        for pixel in pixels {
            for (number, mask) in pixel.iter_mut().zip(masks) {
                *number = f32::from_bits(number.to_bits() & mask);
            }
        }
    }

    /// The contract on the length of an image.
    ///
    /// # Panics
    /// If it is another.
    pub fn assert_image(&self, len: usize) {
        assert_eq!(len, self.len(), "image length of {self:?}");
    }

    /// Images to be read a block at a time, if they are as long as they must be.
    pub(crate) fn read<'a>(&self, images: View<'a>) -> InBlocks<View<'a>> {
        self.assert_image(images.image_len());
        InBlocks { images, block_len: self.block_len() }
    }

    /// Images to be written a block at a time, if they are as long as they must be.
    pub(crate) fn written<'a>(&self, images: ViewMut<'a>) -> InBlocks<ViewMut<'a>> {
        self.assert_image(images.image_len());
        InBlocks { images, block_len: self.block_len() }
    }

    /// A block of an image.
    pub(crate) fn block_of<'a>(&self, images: View<'a>, image: usize, block: usize) -> &'a [f32] {
        &images.image(image)[block * self.block_len()..][..self.block_len()]
    }

    /// Numbers of sixteen planes.
    const fn sixteen_planes_len(&self) -> usize {
        LINE * self.plane[0] * self.plane[1]
    }
}

/// A layer between images with halos.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Haloed<L> {
    /// What is computed.
    pub layer: L,
    /// The halo of `x` or its gradient.
    pub x_halo: [usize; 2],
    /// The halo of `y` or its gradient.
    pub y_halo: [usize; 2],
}

/// Images of one size whose halos may differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operands<const N: usize> {
    /// Channels.
    pub channels: usize,
    /// Rows and columns of a plane.
    pub plane: [usize; 2],
    /// The halo of each, in the order of the operands.
    pub halos: [[usize; 2]; N],
}

impl<const N: usize> Operands<N> {
    /// The layout of each.
    #[must_use]
    pub fn layouts(&self) -> [Blocked; N] {
        self.halos.map(|halo| Blocked { channels: self.channels, plane: self.plane, halo })
    }
}

pub use planes::{from_planes, to_planes};

#[cfg(test)]
pub(crate) mod testing {
    //! Batches in the layout of the network, for tests of kernels.

    use super::{Blocked, from_planes, to_planes};
    use crate::Write;
    use crate::conv2d::testing::{Batch, Scratch};
    use crate::memory::LINE;
    use alloc::vec;
    use alloc::vec::Vec;

    /// A batch of NCHW images in the layout of the network, with a gap behind each.
    pub(crate) fn batch(d: &Blocked, planes: &[f32], gap: usize) -> Batch {
        let count = planes.len() / d.planes_len();
        let mut images = Batch::new(&vec![f32::NAN; count * d.len()], d.len(), gap);
        let planes = Batch::new(planes, d.planes_len(), 0);
        from_planes(d, planes.view(), images.view_mut(), Write::Overwrite, Scratch::new(1, 0, 0).workspace());
        images
    }

    /// The images in NCHW, once halos and spare lanes have proved zero.
    pub(crate) fn planes(d: &Blocked, batch: &Batch) -> Vec<f32> {
        let images = batch.dense();
        for image in images.chunks_exact(d.len()) {
            let (pixels, _) = image.as_chunks::<LINE>();
            for (block, pixels) in pixels.chunks_exact(d.block_pixels()).enumerate() {
                for (at, pixel) in pixels.iter().enumerate() {
                    let inside = (0..d.plane[0]).any(|row| d.row(row).contains(&at));
                    let zero_from = if inside { d.channels_of(block) } else { 0 };
                    assert!(
                        pixel[zero_from..].iter().all(|x| *x == 0.0),
                        "pixel {at} of block {block}: {pixel:?}"
                    );
                }
            }
        }
        let count = images.len() / d.len();
        let mut planes = Batch::new(&vec![f32::NAN; count * d.planes_len()], d.planes_len(), 0);
        let work = &mut Scratch::new(1, 0, 0);
        to_planes(d, batch.view(), planes.view_mut(), Write::Overwrite, work.workspace());
        planes.dense()
    }
}

#[cfg(test)]
mod tests {
    use super::testing::{batch, planes};
    use super::*;
    use crate::Write;
    use crate::conv2d::testing::{Scratch, numbers};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn there_and_back(
            channels in 1..40_usize,
            plane in [1..8_usize, 1..40],
            halo in [0..3_usize, 0..3],
            count in 1..4_usize,
            gap in 0..3_usize,
        ) {
            let d = Blocked { channels, plane, halo };
            let x = numbers(count * d.planes_len(), 1);
            let mut images = batch(&d, &x, gap);
            prop_assert_eq!(&planes(&d, &images), &x);

            let more = crate::conv2d::testing::Batch::new(&x, d.planes_len(), gap);
            from_planes(&d, more.view(), images.view_mut(), Write::Accumulate, Scratch::new(1, 0, 0).workspace());
            let twice: alloc::vec::Vec<f32> = x.iter().map(|x| x + x).collect();
            prop_assert_eq!(&planes(&d, &images), &twice);

            let mut sum = more.clone();
            to_planes(&d, images.view(), sum.view_mut(), Write::Accumulate, Scratch::new(1, 0, 0).workspace());
            let thrice: alloc::vec::Vec<f32> = twice.iter().zip(&x).map(|(a, b)| a + b).collect();
            prop_assert_eq!(sum.dense(), thrice);
        }
    }

    /// Cut between images, and between blocks.
    #[cfg(feature = "rayon")]
    #[test]
    fn bits_do_not_depend_on_the_threads() {
        for (channels, count) in [(70, 1), (40, 2), (18, 5)] {
            let d = Blocked { channels, plane: [60, 50], halo: [1, 2] };
            let x = numbers(count * d.planes_len(), 1);
            crate::conv2d::testing::assert_same_bits("there and back", |lanes| {
                let (mut scratch, mut images) = (Scratch::new(lanes, 0, 0), batch(&d, &x, 1));
                let mut back = crate::conv2d::testing::Batch::new(&x, d.planes_len(), 2);
                from_planes(&d, back.view(), images.view_mut(), Write::Accumulate, scratch.workspace());
                to_planes(&d, images.view(), back.view_mut(), Write::Accumulate, scratch.workspace());
                back.dense()
            });
        }
    }

    /// Channel 17 of a plane of 2 × 3 with a halo of one row and two columns.
    #[test]
    fn where_a_number_stands() {
        let d = Blocked { channels: 20, plane: [2, 3], halo: [1, 2] };
        let mut x = alloc::vec![0.0; d.planes_len()];
        x[17 * 6 + 3 + 2] = 5.0; // row 1, column 2
        let images = batch(&d, &x, 0).dense();
        let block = 4 * 7 * LINE;
        let at = block + ((1 + 1) * 7 + 2 + 2) * LINE + 1;
        assert_eq!(images.iter().position(|x| *x > 0.0), Some(at));
        assert_eq!(images.len(), 2 * block);
    }
}
