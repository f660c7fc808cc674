//! The same on images in the layout of the network, whose halos may differ; and parts of their channels, for a `concat` of
//! channels that do not fill blocks.

use super::{Added, Pointwise, Same, apply};
use crate::Write;
use crate::blocked::over::{Place, moves, over_blocks};
use crate::blocked::{Blocked, Operands, Pixel};
use crate::memory::{LINE, Workspace};
use crate::view::{View, ViewMut};
use core::array::from_fn;

/// y = x
///
/// # Panics
/// If a length is not what `d` tells; its halos are those of `x` and `y`.
pub fn copy(d: &Operands<2>, x: View<'_>, y: ViewMut<'_>, work: Workspace<'_>) {
    let [from, to] = d.layouts();
    each(Same, [(from, x)], (to, y), work);
}

/// y += x
///
/// # Panics
/// If a length is not what `d` tells; its halos are those of `x` and `y`.
pub fn accumulate(d: &Operands<2>, x: View<'_>, y: ViewMut<'_>, work: Workspace<'_>) {
    let [from, to] = d.layouts();
    each(Added(Same), [(from, x)], (to, y), work);
}

/// Gives every number of `written` its new value; what stands in halos and beyond the last channel is zero afterwards,
/// whatever the function makes of zeros.
pub(crate) fn each<const R: usize, F: Pointwise<R>>(
    f: F,
    read: [(Blocked, View<'_>); R],
    written: (Blocked, ViewMut<'_>),
    work: Workspace<'_>,
) {
    let run = |_, _, read: [&[f32]; R], written: &mut [f32]| apply(f, read, written);
    over_runs(Halo::Along, F::COST, read, written, work, &run);
}

/// Whether the pixels of halos may run along where all halos are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Halo {
    /// They may: a block is one run.
    Along,
    /// Only pixels of the plane make up runs.
    Out,
}

/// What is done with a run of pixels, of which it is told where they stand: those of some images are read, and those of
/// another written.
type OnRun<'a, const R: usize> = dyn Fn(Place, usize, [&[f32]; R], &mut [f32]) + Sync + 'a;

/// Runs `body` on runs of pixels that make up the planes of all blocks of `written`, beside the same pixels of `read`, in
/// parallel: rows, or larger runs where halos permit. It is told the place of the block, and that of the run's first pixel
/// on the plane; which of these counts nothing where halos run along. A number costs `cost` multiply-adds.
pub(crate) fn over_runs<const R: usize>(
    halo: Halo,
    cost: usize,
    read: [(Blocked, View<'_>); R],
    (to, written): (Blocked, ViewMut<'_>),
    work: Workspace<'_>,
    body: &OnRun<R>,
) {
    let layouts = read.map(|(layout, _)| layout);
    let alike = layouts.iter().all(|layout| layout.halo == to.halo);
    let together = alike && (halo == Halo::Along || to.halo == [0, 0]);
    let runs = if together { 1 } else { to.plane[0] };
    let run =
        |layout: &Blocked, row: usize| if together { 0..layout.block_pixels() } else { layout.row(row) };
    let blocks = read.map(|(layout, images)| layout.read(images));
    let cost = cost * to.block_len();
    over_blocks(to.blocks(), cost, blocks, [to.written(written)], work, &|place, read, [written]| {
        let (written, _) = written.as_chunks_mut::<LINE>();
        for row in 0..runs {
            let pixels = &mut written[run(&to, row)];
            let read = from_fn(|i| &read[i].as_chunks::<LINE>().0[run(&layouts[i], row)]);
            body(place, row * to.plane[1], read.map(<[Pixel]>::as_flattened), pixels.as_flattened_mut());
            to.clear_spare(place.block, pixels);
        }
        to.clear_halo(written);
    });
}

/// Some channels of an image, as an image of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The image that they are part of.
    pub whole: Blocked,
    /// The image of their own.
    pub part: Blocked,
    /// Which channel of the whole is their first.
    pub first: usize,
}

impl Part {
    /// The lane of the first channel.
    const fn lane(&self) -> usize {
        self.first % LINE
    }

    /// The numbers of the whole image's blocks that hold some of these channels: where they start, and how many.
    const fn of_whole(&self) -> (usize, usize) {
        (self.first / LINE * self.whole.block_len(), self.blocks_of_whole() * self.whole.block_len())
    }

    /// How many such blocks there are.
    const fn blocks_of_whole(&self) -> usize {
        (self.lane() + self.part.channels).div_ceil(LINE)
    }

    /// The contract on the descriptor.
    fn assert_fits(&self) {
        let fits = self.first + self.part.channels <= self.whole.channels;
        assert!(fits && self.whole.plane == self.part.plane, "a part of an image: {self:?}");
    }
}

/// Sixteen lanes from `first` on of two lines, side by side.
#[inline(always)]
fn lanes_from(first: usize, low: &Pixel, high: &Pixel) -> Pixel {
    let mut both = [0.0; 2 * LINE];
    both[..LINE].copy_from_slice(low);
    both[LINE..].copy_from_slice(high);
    from_fn(|lane| both[first % (LINE + 1) + lane])
}

/// A row of a block, or zeros where there is no such block.
fn row_of<'a>(
    layout: &Blocked,
    image: &'a [f32],
    block: Option<usize>,
    row: usize,
) -> impl Iterator<Item = &'a Pixel> {
    let block = block.filter(|block| *block < layout.blocks());
    let pixels = block
        .map_or(&[][..], |block| &image[block * layout.block_len()..].as_chunks::<LINE>().0[layout.row(row)]);
    pixels.iter().chain(core::iter::repeat(&[0.0; LINE]))
}

/// Writes the channels of `x` to their place in `y`.
///
/// The lanes behind the last of them become zero, in the block that it stands in; so where channels do not fill blocks, the
/// parts of an image are written in the order of their channels.
///
/// # Panics
/// If a length is not what `d` tells.
pub fn copy_channels(d: &Part, x: View<'_>, y: ViewMut<'_>, work: Workspace<'_>) {
    d.assert_fits();
    d.part.assert_image(x.image_len());
    d.whole.assert_image(y.image_len());
    assert_eq!(x.count(), y.count(), "as many images everywhere");
    let (start, len) = d.of_whole();
    let written = Blocked { channels: d.blocks_of_whole() * LINE, ..d.whole }.written(y.part(start, len));
    let (blocks, cost) = (d.blocks_of_whole(), moves(2 * d.whole.block_pixels()));
    over_blocks(blocks, cost, [], [written], work, &|place, [], [block]| {
        let (y, _) = block.as_chunks_mut::<LINE>();
        let x = x.image(place.image);
        d.whole.clear_halo(y);
        let kept = if place.block == 0 { d.lane() } else { 0 };
        for row in 0..d.whole.plane[0] {
            let low = row_of(&d.part, x, place.block.checked_sub(1), row);
            let high = row_of(&d.part, x, Some(place.block), row);
            for (y, (low, high)) in y[d.whole.row(row)].iter_mut().zip(low.zip(high)) {
                let line = lanes_from(LINE - d.lane(), low, high);
                *y = from_fn(|lane| if lane < kept { y[lane] } else { line[lane] });
            }
        }
    });
}

/// Writes channels of `x` to `y`, which is an image of their own, or adds them: the backward pass of [`copy_channels`].
///
/// # Panics
/// If a length is not what `d` tells.
pub fn take_channels(d: &Part, x: View<'_>, y: ViewMut<'_>, write: Write, work: Workspace<'_>) {
    d.assert_fits();
    d.whole.assert_image(x.image_len());
    assert_eq!(x.count(), y.count(), "as many images everywhere");
    let cost = moves(2 * d.part.block_pixels());
    over_blocks(d.part.blocks(), cost, [], [d.part.written(y)], work, &|place, [], [block]| {
        let (y, _) = block.as_chunks_mut::<LINE>();
        let x = x.image(place.image);
        d.part.clear_halo(y);
        let low_block = d.first / LINE + place.block;
        for row in 0..d.part.plane[0] {
            let low = row_of(&d.whole, x, Some(low_block), row);
            let high = row_of(&d.whole, x, Some(low_block + 1), row);
            let y = &mut y[d.part.row(row)];
            for (y, (low, high)) in y.iter_mut().zip(low.zip(high)) {
                let line = lanes_from(d.lane(), low, high);
                match write {
                    Write::Overwrite => *y = line,
                    Write::Accumulate => y.iter_mut().zip(line).for_each(|(y, x)| *y += x),
                }
            }
            d.part.clear_spare(place.block, y);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocked::testing::{batch, planes};
    use crate::conv2d::testing::{Batch, Scratch, numbers};
    use alloc::vec;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn garbage(d: &Blocked, count: usize, gap: usize) -> Batch {
        Batch::new(&vec![f32::NAN; count * d.len()], d.len(), gap)
    }

    fn sum(a: &[f32], b: &[f32]) -> Vec<f32> {
        a.iter().zip(b).map(|(a, b)| a + b).collect()
    }

    proptest! {
        #[test]
        fn copies_and_sums(
            channels in prop_oneof![1..4_usize, 14..35_usize],
            plane in [1..6_usize, 1..6],
            halos in [[0..3_usize, 0..3], [0..3, 0..3]],
            alike: bool,
            count in 1..4_usize,
            gaps in [0..3_usize, 0..3],
        ) {
            let halos = if alike { [halos[0]; 2] } else { halos };
            let d = Operands { channels, plane, halos };
            let [from, to] = d.layouts();
            let x = numbers(count * from.planes_len(), 1);
            let (images, mut y) = (batch(&from, &x, gaps[0]), garbage(&to, count, gaps[1]));
            copy(&d, images.view(), y.view_mut(), Scratch::new(1, 0, 0).workspace());
            prop_assert_eq!(&planes(&to, &y), &x);
            accumulate(&d, images.view(), y.view_mut(), Scratch::new(1, 0, 0).workspace());
            prop_assert_eq!(planes(&to, &y), sum(&x, &x));
        }

        /// Three parts of any number of channels are joined, and taken apart again.
        #[test]
        fn parts_of_channels(
            channels in [1..40_usize, 1..40, 1..40],
            plane in [1..4_usize, 1..4],
            halos in [[0..3_usize, 0..3], [0..3, 0..3]],
            count in 1..4_usize,
            gap in 0..3_usize,
        ) {
            let whole = Blocked { channels: channels.iter().sum(), plane, halo: halos[0] };
            let mut y = garbage(&whole, count, gap);
            let x = numbers(count * whole.planes_len(), 1);
            let pixels = plane[0] * plane[1];
            let mut first = 0;
            let parts = channels.map(|channels| {
                let d = Part { whole, part: Blocked { channels, plane, halo: halos[1] }, first };
                let images = x.chunks(whole.planes_len());
                let numbers: Vec<f32> =
                    images.flat_map(|x| &x[first * pixels..][..channels * pixels]).copied().collect();
                first += channels;
                (d, numbers)
            });
            for (d, numbers) in &parts {
                let work = &mut Scratch::new(1, 0, 0);
                copy_channels(d, batch(&d.part, numbers, gap).view(), y.view_mut(), work.workspace());
            }
            prop_assert_eq!(&planes(&whole, &y), &x);
            for (d, numbers) in &parts {
                let mut taken = garbage(&d.part, count, gap);
                let work = &mut Scratch::new(1, 0, 0);
                take_channels(d, y.view(), taken.view_mut(), Write::Overwrite, work.workspace());
                prop_assert_eq!(&planes(&d.part, &taken), numbers);
                take_channels(d, y.view(), taken.view_mut(), Write::Accumulate, work.workspace());
                prop_assert_eq!(planes(&d.part, &taken), sum(numbers, numbers));
            }
        }
    }

    /// Cut between images, and between blocks.
    #[cfg(feature = "rayon")]
    #[test]
    fn bits_do_not_depend_on_the_threads() {
        for (channels, count) in [(70, 1), (40, 2), (18, 5)] {
            let d = Operands { channels, plane: [60, 50], halos: [[1, 1], [0, 2]] };
            let [from, to] = d.layouts();
            let x = batch(&from, &numbers(count * from.planes_len(), 1), 3);
            let part = Part { whole: Blocked { channels: channels + 30, ..to }, part: from, first: 7 };
            crate::conv2d::testing::assert_same_bits("copies", |lanes| {
                let mut scratch = Scratch::new(lanes, 0, 0);
                let (mut y, mut taken) = (garbage(&to, count, 1), garbage(&from, count, 0));
                let mut whole = batch(&part.whole, &numbers(count * part.whole.planes_len(), 2), 3);
                copy(&d, x.view(), y.view_mut(), scratch.workspace());
                copy_channels(&part, x.view(), whole.view_mut(), scratch.workspace());
                take_channels(&part, whole.view(), taken.view_mut(), Write::Overwrite, scratch.workspace());
                assert!(taken.dense() == x.dense(), "there and back");
                [y.dense(), whole.dense()].concat()
            });
        }
    }

    #[test]
    #[should_panic(expected = "a part of an image")]
    fn a_part_beyond_the_last_channel() {
        let whole = Blocked { channels: 20, plane: [1, 1], halo: [0, 0] };
        let d = Part { whole, part: Blocked { channels: 5, ..whole }, first: 16 };
        let (x, mut y) = (garbage(&d.part, 1, 0), garbage(&whole, 1, 0));
        copy_channels(&d, x.view(), y.view_mut(), Scratch::new(1, 0, 0).workspace());
    }
}
