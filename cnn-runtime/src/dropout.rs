//! Dropout (Srivastava et al. 2014), inverted as in PyTorch: what is kept is scaled by 1/(1 − p).
//!
//! The mask is not kept for the backward pass: it is a function of the trainer's seed, the step, the layer, the image
//! and the number, and is drawn again.

use crate::Write;
use crate::memory::Workspace;
use crate::parallel;
use crate::random;
use crate::view::{View, ViewMut};

/// What one training step's random masks follow from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// The trainer's seed.
    pub seed: u64,
    /// The number of the step.
    pub step: u64,
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
    /// What the numbers of image `image` are multiplied by.
    fn mask(self, key: Key, image: usize) -> impl Iterator<Item = f32> {
        let stream = random::bits(key.step, self.layer, image as u64);
        let kept = 1.0 / (1.0 - self.p);
        (0..).map(move |element| if random::uniform(key.seed, stream, element) < self.p { 0.0 } else { kept })
    }
}

/// y = mask · x / (1 − p)
pub fn apply(d: &Dropout, key: Key, x: View<'_>, y: ViewMut<'_>, work: Workspace<'_>) {
    masked(d, key, x, y, work, |y, value| *y = value);
}

/// The same in place; it is its own backward pass too.
pub fn apply_in_place(d: &Dropout, key: Key, y: ViewMut<'_>, mut work: Workspace<'_>) {
    let (lanes, scratch) = work.lanes_for(COST * y.count() * y.image_len());
    let images = 0..y.count();
    parallel::over((images, y), scratch, lanes, &|(images, mut y), _| {
        for (image, y) in images.zip(y.images_mut()) {
            for (y, factor) in y.iter_mut().zip(d.mask(key, image)) {
                *y *= factor;
            }
        }
    });
}

/// The gradient passes where the number passed, scaled alike.
pub fn backward(d: &Dropout, key: Key, d_y: View<'_>, d_x: ViewMut<'_>, write: Write, work: Workspace<'_>) {
    match write {
        Write::Overwrite => masked(d, key, d_y, d_x, work, |d_x, value| *d_x = value),
        Write::Accumulate => masked(d, key, d_y, d_x, work, |d_x, value| *d_x += value),
    }
}

/// A random number costs about as much as so many multiply-adds.
const COST: usize = 8;

fn masked(
    d: &Dropout,
    key: Key,
    x: View<'_>,
    y: ViewMut<'_>,
    mut work: Workspace<'_>,
    store: impl Fn(&mut f32, f32) + Sync,
) {
    assert_eq!((x.count(), x.image_len()), (y.count(), y.image_len()), "as many images of one size");
    let (lanes, scratch) = work.lanes_for(COST * x.count() * x.image_len());
    parallel::over((0..x.count(), x, y), scratch, lanes, &|(images, x, mut y), _| {
        for (image, (x, y)) in images.zip(x.images().zip(y.images_mut())) {
            for ((x, y), factor) in x.iter().zip(y).zip(d.mask(key, image)) {
                store(y, x * factor);
            }
        }
    });
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // the same masks give the same bits
mod tests {
    use super::*;
    use alloc::vec;
    use alloc::vec::Vec;

    fn workspace(lanes: usize) -> Workspace<'static> {
        Workspace { lanes, lane_scratch: &mut [], step_scratch: &mut [], saved: &mut [] }
    }

    fn dropped(p: f32, layer: u64, key: Key, lanes: usize) -> Vec<f32> {
        let mut y = vec![1.0; 64 * 5000];
        apply_in_place(&Dropout { p, layer }, key, ViewMut::dense(&mut y, 5000), workspace(lanes));
        y
    }

    const KEY: Key = Key { seed: 1, step: 2 };

    #[test]
    fn a_share_p_becomes_zero_and_the_rest_is_scaled() {
        for p in [0.0, 0.1, 0.5, 0.9] {
            let y = dropped(p, 3, KEY, 1);
            let zeros = y.iter().filter(|y| **y == 0.0).count() as f64 / y.len() as f64;
            assert!((zeros - f64::from(p)).abs() < 0.004, "{zeros} of {p}");
            assert!(y.iter().all(|y| *y == 0.0 || (*y - 1.0 / (1.0 - p)).abs() < 1e-6));
            let mean = y.iter().map(|y| f64::from(*y)).sum::<f64>() / y.len() as f64;
            assert!((mean - 1.0).abs() < 0.02, "the mean is kept: {mean}");
        }
    }

    #[test]
    fn steps_layers_seeds_and_images_have_masks_of_their_own() {
        let first = dropped(0.5, 3, KEY, 1);
        let others = [
            dropped(0.5, 4, KEY, 1),
            dropped(0.5, 3, Key { step: 3, ..KEY }, 1),
            dropped(0.5, 3, Key { seed: 2, ..KEY }, 1),
        ];
        for other in others {
            let same = first.iter().zip(&other).filter(|(a, b)| a == b).count() as f64 / first.len() as f64;
            assert!((same - 0.5).abs() < 0.01, "{same} of the numbers agree by chance");
        }
        assert_ne!(first[..5000], first[5000..10_000]);
    }

    #[test]
    fn backward_has_the_mask_of_forward_on_any_number_of_threads() {
        let forward = dropped(0.3, 3, KEY, 1);
        assert_eq!(forward, dropped(0.3, 3, KEY, 3));
        let ones = vec![1.0; forward.len()];
        let mut d_x = vec![2.0; forward.len()];
        let layer = Dropout { p: 0.3, layer: 3 };
        let d_y = View::dense(&ones, 5000);
        backward(&layer, KEY, d_y, ViewMut::dense(&mut d_x, 5000), Write::Overwrite, workspace(2));
        assert_eq!(d_x, forward);
        backward(&layer, KEY, d_y, ViewMut::dense(&mut d_x, 5000), Write::Accumulate, workspace(2));
        assert!(d_x.iter().zip(&forward).all(|(d_x, y)| (d_x - 2.0 * y).abs() < 1e-6));
        let mut y = vec![0.0; forward.len()];
        apply(&layer, KEY, d_y, ViewMut::dense(&mut y, 5000), workspace(1));
        assert_eq!(y, forward);
    }
}
