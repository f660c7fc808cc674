//! The layout of images inside a network: NCHW16c with a halo.
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

use crate::Write;
use crate::memory::{LINE, Workspace};
use crate::parallel;
use crate::view::{View, ViewMut};
use core::ops::Range;

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

    /// Numbers of an image.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.blocks() * self.block_pixels() * LINE
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

    /// The contract on the length of an image.
    ///
    /// # Panics
    /// If it is another.
    pub fn assert_image(&self, len: usize) {
        assert_eq!(len, self.len(), "image length of {self:?}");
    }
}

/// Reads NCHW, writes the layout of the network; or adds to what stands there.
///
/// # Panics
/// If an image is not as long as `d` tells, or there are not as many of both.
pub fn from_planes(d: &Blocked, x: View<'_>, y: ViewMut<'_>, write: Write, mut work: Workspace<'_>) {
    assert_eq!((x.count(), x.image_len()), (y.count(), d.planes_len()), "planes of {d:?}");
    d.assert_image(y.image_len());
    let (lanes, scratch) = work.lanes_for(4 * y.count() * d.len());
    parallel::over((x, y), scratch, lanes, &|(x, mut y): (View<'_>, ViewMut<'_>), _| {
        for (x, y) in x.images().zip(y.images_mut()) {
            image_from_planes(d, x, y, write);
        }
    });
}

fn image_from_planes(d: &Blocked, x: &[f32], y: &mut [f32], write: Write) {
    let (pixels, _) = y.as_chunks_mut::<LINE>();
    let plane_len = d.plane[0] * d.plane[1];
    let blocks = pixels.chunks_exact_mut(d.block_pixels().max(1)).zip(x.chunks((LINE * plane_len).max(1)));
    for (block, planes) in blocks {
        d.clear_halo(block);
        for row in 0..d.plane[0] {
            for (column, pixel) in block[d.row(row)].iter_mut().enumerate() {
                let mut lanes = [0.0; LINE];
                let numbers = planes[row * d.plane[1] + column..].iter().step_by(plane_len);
                lanes.iter_mut().zip(numbers).for_each(|(lane, number)| *lane = *number);
                match write {
                    Write::Overwrite => *pixel = lanes,
                    Write::Accumulate => pixel.iter_mut().zip(lanes).for_each(|(to, lane)| *to += lane),
                }
            }
        }
    }
}

/// Reads the layout of the network, writes NCHW; or adds to what stands there.
///
/// # Panics
/// As [`from_planes`].
pub fn to_planes(d: &Blocked, x: View<'_>, y: ViewMut<'_>, write: Write, mut work: Workspace<'_>) {
    assert_eq!((y.count(), y.image_len()), (x.count(), d.planes_len()), "planes of {d:?}");
    d.assert_image(x.image_len());
    let (lanes, scratch) = work.lanes_for(4 * x.count() * d.len());
    parallel::over((x, y), scratch, lanes, &|(x, mut y): (View<'_>, ViewMut<'_>), _| {
        for (x, y) in x.images().zip(y.images_mut()) {
            image_to_planes(d, x, y, write);
        }
    });
}

fn image_to_planes(d: &Blocked, x: &[f32], y: &mut [f32], write: Write) {
    let (pixels, _) = x.as_chunks::<LINE>();
    let plane_len = d.plane[0] * d.plane[1];
    let blocks = pixels.chunks_exact(d.block_pixels().max(1)).zip(y.chunks_mut((LINE * plane_len).max(1)));
    for (block, planes) in blocks {
        for (lane, plane) in planes.chunks_exact_mut(plane_len.max(1)).enumerate() {
            for (row, to) in plane.chunks_exact_mut(d.plane[1].max(1)).enumerate() {
                for (to, pixel) in to.iter_mut().zip(&block[d.row(row)]) {
                    match write {
                        Write::Overwrite => *to = pixel[lane],
                        Write::Accumulate => *to += pixel[lane],
                    }
                }
            }
        }
    }
}

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
    use crate::conv2d::testing::{Scratch, numbers};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn there_and_back(
            channels in 1..40_usize,
            plane in [1..6_usize, 1..6],
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

    /// Channel 17 of a plane of 2 × 3 with a halo of one row and two columns.
    #[test]
    fn where_a_number_stands() {
        let d = Blocked { channels: 20, plane: [2, 3], halo: [1, 2] };
        let mut x = alloc::vec![0.0; d.planes_len()];
        x[17 * 6 + 3 + 2] = 5.0; // row 1, column 2
        let images = batch(&d, &x, 0).dense();
        let block = 4 * 7 * LINE;
        let at = block + ((1 + 1) * 7 + 2 + 2) * LINE + 1;
        assert_eq!(images.iter().position(|x| *x == 5.0), Some(at));
        assert_eq!(images.len(), 2 * block);
    }
}
