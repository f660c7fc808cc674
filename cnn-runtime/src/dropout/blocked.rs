//! The same on images in the layout of the network.
//!
//! A number's place in its mask is that in an image without a halo: block, row, column, lane. So masks do not tell how
//! wide halos are, and backward may have others than forward.

use super::{DRAW_COST, Dropout, Key, Mask};
use crate::Write;
use crate::blocked::{Blocked, Operands};
use crate::elementwise::MOVE_COST;
use crate::elementwise::blocked::{Halo, over_runs};
use crate::memory::{LINE, Workspace};
use crate::simd::vectorized;
use crate::view::{View, ViewMut};

/// y = mask · x / (1 − p)
///
/// # Panics
/// If a length is not what `images` tells; its halos are those of `x` and `y`.
pub fn apply(images: &Operands<2>, d: &Dropout, key: Key, x: View<'_>, y: ViewMut<'_>, work: Workspace<'_>) {
    let [from, to] = images.layouts();
    masked(d, key, [(from, x)], (to, y), work, |[x], _| x, |_, kept| kept);
}

/// y = mask · y / (1 − p); it is its own backward pass too.
///
/// # Panics
/// If a length is not what `images` tells.
pub fn apply_in_place(images: &Operands<1>, d: &Dropout, key: Key, y: ViewMut<'_>, work: Workspace<'_>) {
    let [to] = images.layouts();
    masked(d, key, [], (to, y), work, |[], y| y, |_, kept| kept);
}

/// Writes mask · `d_y` / (1 − p) to `d_x`, or adds it.
///
/// # Panics
/// If a length is not what `images` tells; its halos are those of `d_y` and `d_x`.
pub fn backward(
    images: &Operands<2>,
    d: &Dropout,
    key: Key,
    d_y: View<'_>,
    d_x: ViewMut<'_>,
    write: Write,
    work: Workspace<'_>,
) {
    let [from, to] = images.layouts();
    let (read, written) = ([(from, d_y)], (to, d_x));
    match write {
        Write::Overwrite => masked(d, key, read, written, work, |[d_y], _| d_y, |_, kept| kept),
        Write::Accumulate => {
            masked(d, key, read, written, work, |[d_y], _| d_y, |before, kept| before + kept);
        }
    }
}

/// As [`super::masked`].
fn masked<const R: usize>(
    d: &Dropout,
    key: Key,
    read: [(Blocked, View<'_>); R],
    written: (Blocked, ViewMut<'_>),
    work: Workspace<'_>,
    take: impl Fn([f32; R], f32) -> f32 + Copy + Sync,
    store: impl Fn(f32, f32) -> f32 + Copy + Sync,
) {
    let [height, width] = written.0.plane;
    over_runs(Halo::Out, MOVE_COST + DRAW_COST, read, written, work, &|place, pixel, read, written| {
        let (stream, first) = (d.stream(key, place.image), (place.block * height * width + pixel) * LINE);
        vectorized(Mask { p: d.p, stream, first: first as u64, read, written, take, store });
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

    const KEY: Key = Key { seed: 1, step: 2, first_image: 3 };
    const D: Dropout = Dropout { p: 0.3, layer: 3 };

    /// All kernels on so many lanes: y, y in place, `d_x`, and `d_x` added to `before`.
    fn all_kernels(images: &Operands<2>, x: &Batch, before: &Batch, lanes: usize) -> [Batch; 4] {
        let mut scratch = Scratch::new(lanes, 0, 0);
        let one = Operands { channels: images.channels, plane: images.plane, halos: [images.halos[0]] };
        let (mut in_place, mut sum) = (x.clone(), before.clone());
        let (len, count) = (before.view().image_len(), before.view().count());
        let mut y = Batch::new(&vec![f32::NAN; count * len], len, 2);
        let mut d_x = y.clone();
        apply(images, &D, KEY, x.view(), y.view_mut(), scratch.workspace());
        apply_in_place(&one, &D, KEY, in_place.view_mut(), scratch.workspace());
        backward(images, &D, KEY, x.view(), d_x.view_mut(), Write::Overwrite, scratch.workspace());
        backward(images, &D, KEY, x.view(), sum.view_mut(), Write::Accumulate, scratch.workspace());
        [y, in_place, d_x, sum]
    }

    proptest! {
        /// The mask is that of the numbers as they stand in images of whole blocks without halos.
        #[test]
        fn every_kernel_has_the_mask_of_the_key(
            channels in prop_oneof![1..4_usize, 14..35_usize],
            plane in [1..6_usize, 1..6],
            halos in [[0..3_usize, 0..3], [0..3, 0..3]],
            count in 1..4_usize,
        ) {
            let images = Operands { channels, plane, halos };
            let [from, to] = images.layouts();
            let (x, before) = (numbers(count * from.planes_len(), 1), numbers(count * from.planes_len(), 2));
            let dense = Blocked { channels, plane, halo: [0, 0] };
            let mut mask = vec![1.0; count * dense.len()];
            let work = &mut Scratch::new(1, 0, 0);
            super::super::apply_in_place(&D, KEY, ViewMut::dense(&mut mask, dense.len()), work.workspace());
            let mut masks = vec![0.0; x.len()];
            let images_of_masks = (View::dense(&mask, dense.len()), ViewMut::dense(&mut masks, dense.planes_len()));
            crate::blocked::to_planes(&dense, images_of_masks.0, images_of_masks.1, Write::Overwrite, work.workspace());

            let expected: Vec<f32> = x.iter().zip(&masks).map(|(x, mask)| x * mask).collect();
            let [y, in_place, d_x, sum] = all_kernels(&images, &batch(&from, &x, 1), &batch(&to, &before, 2), 1);
            prop_assert_eq!(&planes(&to, &y), &expected);
            prop_assert_eq!(&planes(&from, &in_place), &expected);
            prop_assert_eq!(&planes(&to, &d_x), &expected);
            let sums: Vec<f32> = before.iter().zip(&expected).map(|(before, y)| before + y).collect();
            prop_assert_eq!(&planes(&to, &sum), &sums);
        }
    }

    #[cfg(feature = "rayon")]
    #[test]
    fn bits_do_not_depend_on_the_threads() {
        for (channels, count) in [(70, 1), (40, 2), (18, 5)] {
            let images = Operands { channels, plane: [41, 33], halos: [[1, 1], [0, 2]] };
            let [from, to] = images.layouts();
            let x = numbers(count * from.planes_len(), 1);
            let (x, before) = (batch(&from, &x, 3), batch(&to, &x, 0));
            crate::conv2d::testing::assert_same_bits("dropout", |lanes| {
                all_kernels(&images, &x, &before, lanes).map(|batch| batch.dense()).concat()
            });
        }
    }
}
