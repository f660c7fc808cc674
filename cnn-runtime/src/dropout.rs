//! Dropout (Srivastava et al. 2014), inverted as in PyTorch: what is kept is scaled by 1/(1 − p).
//!
//! The mask is not kept for the backward pass: it is a function of the trainer's seed, the step, the layer, the image
//! and the number, and is drawn again.

use crate::Write;
use crate::elementwise::{MOVE_COST, over_runs};
use crate::memory::Workspace;
use crate::random::Stream;
use crate::simd::{Body, vectorized};
use crate::view::{View, ViewMut};

pub mod blocked;

/// What one training step's random masks follow from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// The trainer's seed.
    pub seed: u64,
    /// The number of the step.
    pub step: u64,
    /// Which image of the step's batch the first one is: not 0 if the batch is run in parts.
    pub first_image: u64,
}

/// A dropout layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dropout {
    /// The probability that a number becomes 0; 0 <= p < 1.
    pub p: f32,
    /// The layer's index in its network: each layer has masks of its own.
    pub layer: u64,
}

impl Dropout {
    /// The random numbers of one image.
    fn stream(&self, key: Key, image: usize) -> Stream {
        Stream::new(key.seed, Stream::new(key.step, self.layer).bits(key.first_image + image as u64))
    }
}

/// A random number costs so many multiply-adds.
const DRAW_COST: usize = 40;

/// y = mask · x / (1 − p)
///
/// # Panics
/// Unless all operands are as many images of the same length.
pub fn apply(d: &Dropout, key: Key, x: View<'_>, y: ViewMut<'_>, work: Workspace<'_>) {
    masked(d, key, [x], y, work, |[x], _| x, |_, kept| kept);
}

/// y = mask · y / (1 − p); it is its own backward pass too.
pub fn apply_in_place(d: &Dropout, key: Key, y: ViewMut<'_>, work: Workspace<'_>) {
    masked(d, key, [], y, work, |[], y| y, |_, kept| kept);
}

/// Writes mask · `d_y` / (1 − p) to `d_x`, or adds it.
///
/// # Panics
/// Unless all operands are as many images of the same length.
pub fn backward(d: &Dropout, key: Key, d_y: View<'_>, d_x: ViewMut<'_>, write: Write, work: Workspace<'_>) {
    match write {
        Write::Overwrite => masked(d, key, [d_y], d_x, work, |[d_y], _| d_y, |_, kept| kept),
        Write::Accumulate => masked(d, key, [d_y], d_x, work, |[d_y], _| d_y, |before, kept| before + kept),
    }
}

/// Takes a number of each place from those that are read and what was written there before, keeps it or makes it 0, and
/// stores the result.
fn masked<const R: usize>(
    d: &Dropout,
    key: Key,
    read: [View<'_>; R],
    written: ViewMut<'_>,
    work: Workspace<'_>,
    take: impl Fn([f32; R], f32) -> f32 + Copy + Sync,
    store: impl Fn(f32, f32) -> f32 + Copy + Sync,
) {
    over_runs(1, MOVE_COST + DRAW_COST, read, written, work, &|run, read, written| {
        let (stream, first) = (d.stream(key, run.image), run.units.start as u64);
        vectorized(Mask { p: d.p, stream, first, read, written, take, store });
    });
}

struct Mask<'a, const R: usize, T, S> {
    p: f32,
    stream: Stream,
    /// Where the run starts in its image.
    first: u64,
    read: [&'a [f32]; R],
    written: &'a mut [f32],
    take: T,
    store: S,
}

impl<const R: usize, T: Fn([f32; R], f32) -> f32, S: Fn(f32, f32) -> f32> Body for Mask<'_, R, T, S> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let len = self.written.len();
        let read = self.read.map(|read| &read[..len]);
        let scale = 1.0 / (1.0 - self.p);
        for (i, written) in self.written.iter_mut().enumerate() {
            let number = (self.take)(read.map(|read| read[i]), *written);
            let dropped = self.stream.uniform(self.first + i as u64) < self.p;
            *written = (self.store)(*written, if dropped { 0.0 } else { number * scale });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conv2d::testing::{Batch, Scratch, numbers};
    use alloc::vec;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    /// The mask of a batch of ones.
    fn dropped(p: f32, layer: u64, key: Key, count: usize, len: usize) -> Vec<f32> {
        let mut y = vec![1.0; count * len];
        let mut scratch = Scratch::new(1, 0, 0);
        apply_in_place(&Dropout { p, layer }, key, ViewMut::dense(&mut y, len), scratch.workspace());
        y
    }

    const KEY: Key = Key { seed: 1, step: 2, first_image: 0 };

    #[test]
    fn a_share_p_becomes_zero_and_the_rest_is_scaled() {
        for p in [0.0, 0.1, 0.5, 0.9] {
            let y = dropped(p, 3, KEY, 64, 5000);
            let zeros = y.iter().filter(|y| **y == 0.0).count() as f64 / y.len() as f64;
            // Four standard deviations of 320,000 draws.
            assert!(
                (zeros - f64::from(p)).abs() <= 4.0 * libm::sqrt(f64::from(p * (1.0 - p)) / 320_000.0),
                "{p}"
            );
            assert!(y.iter().all(|y| *y == 0.0 || (*y - 1.0 / (1.0 - p)).abs() < 1e-6));
            let mean = y.iter().map(|y| f64::from(*y)).sum::<f64>() / y.len() as f64;
            assert!((mean - 1.0).abs() < 0.02, "the mean is kept: {mean}");
        }
    }

    #[test]
    fn steps_layers_seeds_and_images_have_masks_of_their_own() {
        let first = dropped(0.5, 3, KEY, 64, 5000);
        let others = [
            dropped(0.5, 4, KEY, 64, 5000),
            dropped(0.5, 3, Key { step: 3, ..KEY }, 64, 5000),
            dropped(0.5, 3, Key { seed: 2, ..KEY }, 64, 5000),
            // The next image's, and the next number's.
            [&first[5000..], &first[..5000]].concat(),
            [&first[1..], &first[..1]].concat(),
        ];
        for (i, other) in others.iter().enumerate() {
            let same = first.iter().zip(other).filter(|(a, b)| a.to_bits() == b.to_bits()).count() as f64
                / first.len() as f64;
            assert!((same - 0.5).abs() < 0.005, "{same} of the numbers agree by chance with mask {i}");
        }
        // An image's mask does not depend on the batch around it, nor on the part that it is run in.
        assert_eq!(first[..5000], dropped(0.5, 3, KEY, 1, 5000));
        assert_eq!(first[2 * 5000..3 * 5000], dropped(0.5, 3, Key { first_image: 2, ..KEY }, 1, 5000));
    }

    /// All kernels on a strided batch, on so many lanes: y, y in place, `d_x`, and `d_x` added to x.
    fn all_kernels(d: Dropout, x: &Batch, y: &Batch, lanes: usize) -> [Vec<f32>; 4] {
        let mut scratch = Scratch::new(lanes, 0, 0);
        let (mut y, mut in_place, mut d_x, mut sum) = (y.clone(), x.clone(), y.clone(), y.clone());
        apply(&d, KEY, x.view(), y.view_mut(), scratch.workspace());
        apply_in_place(&d, KEY, in_place.view_mut(), scratch.workspace());
        backward(&d, KEY, x.view(), d_x.view_mut(), Write::Overwrite, scratch.workspace());
        backward(&d, KEY, x.view(), sum.view_mut(), Write::Accumulate, scratch.workspace());
        [y, in_place, d_x, sum].map(|batch| batch.dense())
    }

    proptest! {
        #[test]
        fn every_kernel_has_the_mask_of_the_key(
            count in 1..5_usize, len in 1..70_usize, gaps in [0..3_usize, 0..3],
        ) {
            let d = Dropout { p: 0.3, layer: 3 };
            let x = numbers(count * len, 1);
            let mask = dropped(d.p, d.layer, KEY, count, len);
            let expected: Vec<f32> = x.iter().zip(&mask).map(|(x, mask)| x * mask).collect();
            let before = numbers(count * len, 2);
            let batches = (Batch::new(&x, len, gaps[0]), Batch::new(&before, len, gaps[1]));
            let [y, in_place, d_x, sum] = all_kernels(d, &batches.0, &batches.1, 1);
            prop_assert_eq!(&y, &expected);
            prop_assert_eq!(&in_place, &expected);
            prop_assert_eq!(&d_x, &expected);
            let sums: Vec<f32> = before.iter().zip(&expected).map(|(before, y)| before + y).collect();
            prop_assert_eq!(&sum, &sums);
        }
    }

    /// Cut between images, and within them.
    #[cfg(feature = "rayon")]
    #[test]
    fn bits_do_not_depend_on_the_threads() {
        for (count, len) in [(1, 60_001), (2, 30_001), (7, 9001)] {
            let cost = count * len * (MOVE_COST + DRAW_COST);
            assert!(cost > 2 * crate::parallel::WORTH_SPLITTING, "{cost} is worth three threads");
            let x = Batch::new(&numbers(count * len, 1), len, 3);
            let d = Dropout { p: 0.5, layer: 0 };
            crate::conv2d::testing::assert_same_bits("dropout", |lanes| {
                all_kernels(d, &x, &x, lanes).concat()
            });
        }
    }
}
