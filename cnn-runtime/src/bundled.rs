//! Sixteen images in the lanes: how a tiny network sees a large batch.
//!
//! ```text
//! bundle = [ channels ] [ height ] [ width ] [ 16 images ]          (CHW16n)
//! ```
//!
//! In blocks of sixteen channels ([`crate::blocked`]), LeNet's six channels leave ten lanes empty, and a vector of its ten
//! classes is no run of lines at all. Here every lane is an image, whatever the layer's size, and a weight, read where
//! PyTorch has it, is broadcast to all of them. The price is that sixteen times the activations of an image are alive at
//! once; so it is for networks whose bundles fit into a core's own cache, which the compiler knows.
//!
//! To all kernels that treat each channel by itself, a bundle is one image in blocks: block c holds channel c of each
//! image. So only what mixes channels has kernels of its own, in [`conv2d`]; a fully connected layer is a convolution of
//! one pixel.
//!
//! **The contract:** where a batch leaves lanes of its last bundle empty, activations repeat the last image there, so that
//! no number turns up that no image has, and gradients are zero.

use crate::Write;
use crate::memory::{LINE, Workspace};
use crate::parallel;
use crate::simd::{Kernel, Simd, on_best_unit};
use crate::view::{View, ViewMut};

pub mod conv2d;
mod outer;
mod taps;

/// From so many images on, bundles are faster than images one by one.
pub const MANY: usize = 6;

/// The bundles of so many images.
#[must_use]
pub const fn bundles(images: usize) -> usize {
    images.div_ceil(LINE)
}

/// One number of sixteen images.
type Line = [f32; LINE];

/// Reads images, writes bundles, whose spare lanes repeat the last image.
///
/// # Panics
/// If bundles and images do not have as many numbers, or there are not as many.
pub fn from_images(x: View, y: ViewMut, work: Workspace) {
    gather(x, y, Spare::LastImage, Write::Overwrite, work);
}

/// Reads the gradients of images, writes those of bundles, or adds to them; spare lanes get zero.
///
/// # Panics
/// As [`from_images`].
pub fn from_gradients(x: View, y: ViewMut, write: Write, work: Workspace) {
    gather(x, y, Spare::Zero, write, work);
}

/// Reads bundles, writes images.
///
/// # Panics
/// As [`from_images`].
pub fn to_images(x: View, mut y: ViewMut, mut work: Workspace) {
    assert_sizes(y.count(), y.image_len(), &x);
    let (lanes, scratch) = work.lanes_for(x.count() * x.image_len());
    let bundles = (x, Bundles::of(y.reborrow(), x.count()));
    parallel::over(bundles, scratch, lanes, &|(x, y): (View, Bundles<ViewMut>), _| {
        for (bundle, images) in x.images().zip(y) {
            on_best_unit(Scatter { bundle: bundle.as_chunks().0, images });
        }
    });
}

/// What stands in the lanes of no image.
#[derive(Clone, Copy)]
enum Spare {
    LastImage,
    Zero,
}

fn gather(x: View, y: ViewMut, spare: Spare, write: Write, mut work: Workspace) {
    assert_sizes(x.count(), x.image_len(), &y.view());
    let (lanes, scratch) = work.lanes_for(y.count() * y.image_len());
    let bundles = (Bundles::of(x, y.count()), y);
    parallel::over(bundles, scratch, lanes, &|(x, mut y): (Bundles<View>, ViewMut), _| {
        for (images, bundle) in x.zip(y.images_mut()) {
            on_best_unit(Gather { images, spare, write, bundle: bundle.as_chunks_mut().0 });
        }
    });
}

fn assert_sizes(images: usize, image_len: usize, of_bundles: &View) {
    assert_eq!(of_bundles.count(), bundles(images), "bundles of {images} images");
    assert_eq!(of_bundles.image_len(), LINE * image_len, "numbers of a bundle");
}

/// The images of each bundle in order, one to sixteen.
#[derive(Debug)]
pub(crate) struct Bundles<V> {
    images: Option<V>,
    count: usize,
}

impl<V> Bundles<V> {
    /// Of so many bundles.
    pub(crate) fn of(images: V, count: usize) -> Self {
        Self { images: Some(images), count }
    }
}

impl<V: parallel::Split> Iterator for Bundles<V> {
    type Item = V;
    fn next(&mut self) -> Option<V> {
        self.count = self.count.checked_sub(1)?;
        let images = self.images.take()?;
        if self.count == 0 {
            return Some(images);
        }
        let (bundle, rest) = images.cut(LINE);
        self.images = Some(rest);
        Some(bundle)
    }
}

impl<V: parallel::Split> parallel::Split for Bundles<V> {
    fn units(&self) -> usize {
        self.count
    }
    fn cut(self, middle: usize) -> (Self, Self) {
        let cut = self.images.map(|images| images.cut(middle * LINE));
        let (a, b) = cut.map_or((None, None), |(a, b)| (Some(a), Some(b)));
        (Self { images: a, count: middle }, Self { images: b, count: self.count - middle })
    }
}

struct Gather<'a> {
    /// One to sixteen.
    images: View<'a>,
    spare: Spare,
    write: Write,
    bundle: &'a mut [Line],
}

impl Kernel for Gather<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { images, spare, write, bundle } = self;
        let last = images.count() - 1;
        let of_lane = |lane: usize| match spare {
            Spare::Zero if lane > last => None,
            _ => Some(images.image(lane.min(last))),
        };
        for (first, lines) in (0..).step_by(LINE).zip(bundle.chunks_mut(LINE)) {
            let mut square = [[0.0; LINE]; LINE];
            for (lane, row) in square.iter_mut().enumerate() {
                let Some(image) = of_lane(lane) else { continue };
                // A whole line is moved in registers, a part of one by a call.
                match image[first..].first_chunk() {
                    Some(line) if lines.len() == LINE => *row = *line,
                    _ => row[..lines.len()].copy_from_slice(&image[first..][..lines.len()]),
                }
            }
            simd.transpose(&mut square);
            for (to, line) in lines.iter_mut().zip(&square) {
                let line = simd.load(line);
                let line = match write {
                    Write::Overwrite => line,
                    Write::Accumulate => simd.add(simd.load(to), line),
                };
                simd.store(line, to);
            }
        }
    }
}

struct Scatter<'a> {
    bundle: &'a [Line],
    /// One to sixteen.
    images: ViewMut<'a>,
}

impl Kernel for Scatter<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { bundle, mut images } = self;
        for (first, lines) in (0..).step_by(LINE).zip(bundle.chunks(LINE)) {
            let mut square = [[0.0; LINE]; LINE];
            square[..lines.len()].copy_from_slice(lines);
            simd.transpose(&mut square);
            for (image, row) in images.images_mut().zip(&square) {
                image[first..first + lines.len()].copy_from_slice(&row[..lines.len()]);
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! Batches in bundles, for tests of kernels.

    use super::{bundles, from_images, to_images};
    use crate::conv2d::testing::{Batch, Scratch};
    use crate::memory::LINE;
    use alloc::vec;
    use alloc::vec::Vec;

    /// Images of `len` numbers as bundles, with a gap behind each.
    pub(crate) fn bundled(images: &[f32], len: usize, gap: usize) -> Batch {
        let count = bundles(images.len() / len);
        let mut found = Batch::new(&vec![f32::NAN; count * LINE * len], LINE * len, gap);
        let images = Batch::new(images, len, 1);
        from_images(images.view(), found.view_mut(), Scratch::new(1, 0, 0).workspace());
        found
    }

    /// The first `count` images of some bundles.
    pub(crate) fn images(batch: &Batch, count: usize) -> Vec<f32> {
        let len = batch.view().image_len() / LINE;
        let mut found = Batch::new(&vec![f32::NAN; count * len], len, 2);
        to_images(batch.view(), found.view_mut(), Scratch::new(1, 0, 0).workspace());
        found.dense()
    }
}

#[cfg(test)]
mod tests {
    use super::testing::{bundled, images};
    use super::*;
    use crate::conv2d::testing::{Batch, Scratch, numbers};
    use alloc::vec;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn there_and_back(len in 1..40_usize, count in 1..50_usize, gap in 0..3_usize) {
            let x = numbers(count * len, 1);
            let found = bundled(&x, len, gap);
            prop_assert_eq!(&images(&found, count), &x);
            let lines = found.dense();
            for (number, line) in lines.as_chunks::<LINE>().0.iter().enumerate() {
                let (bundle, number) = (number / len, number % len);
                for (lane, found) in line.iter().enumerate() {
                    let image = (bundle * LINE + lane).min(count - 1);
                    prop_assert_eq!(*found, x[image * len + number]);
                }
            }
        }

        #[test]
        fn spare_lanes_have_no_gradient(len in 1..40_usize, count in 1..50_usize) {
            let x = Batch::new(&numbers(count * len, 1), len, 1);
            let mut sum = Batch::new(&vec![2.0; bundles(count) * LINE * len], LINE * len, 1);
            from_gradients(x.view(), sum.view_mut(), Write::Accumulate, Scratch::new(1, 0, 0).workspace());
            let expected: Vec<f32> = x.dense().iter().map(|x| x + 2.0).collect();
            prop_assert_eq!(images(&sum, count), expected);
            let lines = sum.dense();
            let last = &lines[(bundles(count) - 1) * LINE * len..];
            let spare = last.as_chunks::<LINE>().0.iter().flat_map(|line| &line[(count - 1) % LINE + 1..]);
            prop_assert!(spare.into_iter().all(|number| *number == 2.0));
        }
    }

    #[cfg(feature = "rayon")]
    #[test]
    fn bits_do_not_depend_on_the_threads() {
        let (len, count) = (10_007, 330);
        let x = Batch::new(&numbers(count * len, 1), len, 0);
        crate::conv2d::testing::assert_same_bits("there and back", |lanes| {
            let (mut scratch, mut back) = (Scratch::new(lanes, 0, 0), x.clone());
            let mut found = Batch::new(&vec![0.0; bundles(count) * LINE * len], LINE * len, 0);
            from_images(x.view(), found.view_mut(), scratch.workspace());
            to_images(found.view(), back.view_mut(), scratch.workspace());
            back.dense()
        });
    }
}
