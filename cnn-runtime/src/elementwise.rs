//! Kernels whose numbers depend on nothing but the numbers at the same place: the loop they share, and the plainest of
//! them, copies and sums: what is left of `concat` and `add` where memory could not be shared.

use crate::memory::Workspace;
use crate::parallel::{self, Records};
use crate::simd::{Body, vectorized};
use crate::view::{View, ViewMut};
use core::ops::Range;

pub mod blocked;

/// y = x
///
/// # Panics
/// Unless `x` and `y` are as many images of the same length.
pub fn copy(x: View<'_>, y: ViewMut<'_>, work: Workspace<'_>) {
    each(Same, [x], y, work);
}

/// y += x
///
/// # Panics
/// Unless `x` and `y` are as many images of the same length.
pub fn accumulate(x: View<'_>, y: ViewMut<'_>, work: Workspace<'_>) {
    each(Added(Same), [x], y, work);
}

/// How a number follows from the numbers that `R` other tensors have at its place, and from what it was before.
pub(crate) trait Pointwise<const R: usize>: Copy + Sync {
    /// What that costs, in multiply-adds: a 30th of a nanosecond each.
    const COST: usize;

    /// The number's new value. Implementations are `#[inline(always)]`.
    fn value(self, read: [f32; R], before: f32) -> f32;
}

/// To move a number to and from memory takes as long as so many multiply-adds.
pub(crate) const MOVE_COST: usize = 8;

/// The number of the other tensor.
#[derive(Clone, Copy)]
struct Same;

impl Pointwise<1> for Same {
    const COST: usize = MOVE_COST;
    #[inline(always)]
    fn value(self, [x]: [f32; 1], _before: f32) -> f32 {
        x
    }
}

/// What another function gives, added to what is there.
#[derive(Clone, Copy)]
pub(crate) struct Added<F>(pub(crate) F);

impl<const R: usize, F: Pointwise<R>> Pointwise<R> for Added<F> {
    const COST: usize = F::COST;
    #[inline(always)]
    fn value(self, read: [f32; R], before: f32) -> f32 {
        before + self.0.value(read, before)
    }
}

/// Gives every number of `written` its new value, over the threads.
pub(crate) fn each<const R: usize, F: Pointwise<R>>(
    f: F,
    read: [View<'_>; R],
    written: ViewMut<'_>,
    work: Workspace<'_>,
) {
    over_runs(1, F::COST, read, written, work, &|_, read, written| apply(f, read, written));
}

/// Gives every number of `written` its new value, right here.
pub(crate) fn apply<const R: usize, F: Pointwise<R>>(f: F, read: [&[f32]; R], written: &mut [f32]) {
    vectorized(Each { f, read, written });
}

/// The loop over one run of numbers.
struct Each<'a, const R: usize, F> {
    f: F,
    read: [&'a [f32]; R],
    written: &'a mut [f32],
}

impl<const R: usize, F: Pointwise<R>> Body for Each<'_, R, F> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let Self { f, read, written } = self;
        let len = written.len();
        let read = read.map(|read| &read[..len]);
        for i in 0..len {
            written[i] = f.value(read.map(|read| read[i]), written[i]);
        }
    }
}

/// Where a run of numbers stands: which image, and which of its units.
pub(crate) struct Run {
    pub(crate) image: usize,
    pub(crate) units: Range<usize>,
}

/// What is done with a run of numbers of some images: they are read, and those of another written.
type OnRun<'a, const R: usize> = dyn Fn(Run, [&[f32]; R], &mut [f32]) + Sync + 'a;

/// Runs `body` on runs of numbers that make up all images of `written`, beside the same runs of `read`, in parallel.
///
/// A run is a number of units of `unit` numbers: whole images where there are enough for all threads, otherwise parts of
/// them. So what `body` computes for a unit must not depend on the other units of its run. A number costs `cost`
/// multiply-adds.
pub(crate) fn over_runs<const R: usize>(
    unit: usize,
    cost: usize,
    read: [View<'_>; R],
    mut written: ViewMut<'_>,
    mut work: Workspace<'_>,
    body: &OnRun<R>,
) {
    let (count, len) = (written.count(), written.image_len());
    for read in &read {
        assert_eq!((read.count(), read.image_len()), (count, len), "as many images of one size");
    }
    let (lanes, scratch) = work.lanes_for(cost * count * len);
    let units = 0..len / unit;
    let of_image = |image: usize, units: Range<usize>, written: &mut [f32]| {
        let numbers = image_range(&units, unit);
        let read = read.map(|read| &read.numbers()[image * read.stride()..][numbers.clone()]);
        body(Run { image, units }, read, written);
    };
    if count >= lanes {
        parallel::over(
            (0..count, written),
            scratch,
            lanes,
            &|(images, mut written): (Range<usize>, ViewMut<'_>), _| {
                for (image, written) in images.zip(written.images_mut()) {
                    of_image(image, units.clone(), written);
                }
            },
        );
    } else {
        for (image, written) in written.images_mut().enumerate() {
            let parts = (units.clone(), Records::new(written, unit));
            parallel::over(parts, scratch, lanes, &|(units, written): (_, Records<&mut [f32]>), _| {
                of_image(image, units, written.items());
            });
        }
    }
}

/// Where some units stand within their image.
fn image_range(units: &Range<usize>, unit: usize) -> Range<usize> {
    units.start * unit..units.end * unit
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conv2d::testing::{Batch, Scratch, numbers};
    use alloc::vec::Vec;
    use proptest::prelude::*;

    /// `copy` or `accumulate` of a batch, to a batch that has other numbers before; both before and after.
    fn run(sum: bool, shape: [usize; 2], gaps: [usize; 2], lanes: usize) -> (Vec<f32>, Vec<f32>) {
        let [count, len] = shape;
        let x = Batch::new(&numbers(count * len, 1), len, gaps[0]);
        let mut y = Batch::new(&numbers(count * len, 2), len, gaps[1]);
        let before = y.dense();
        let mut scratch = Scratch::new(lanes, 0, 0);
        let kernel = if sum { accumulate } else { copy };
        kernel(x.view(), y.view_mut(), scratch.workspace());
        (before, y.dense())
    }

    proptest! {
        #[test]
        fn copies_and_sums(count in 0..4_usize, len in 1..70_usize, gaps in [0..3_usize, 0..3]) {
            let x = numbers(count * len, 1);
            let (_, y) = run(false, [count, len], gaps, 1);
            prop_assert_eq!(&y, &x);
            let (before, y) = run(true, [count, len], gaps, 1);
            let sums: Vec<f32> = before.iter().zip(&x).map(|(a, b)| a + b).collect();
            prop_assert_eq!(y, sums);
        }
    }

    /// Cut between images, and within them.
    #[cfg(feature = "rayon")]
    #[test]
    fn bits_do_not_depend_on_the_threads() {
        for shape in [[1, 400_003], [2, 200_003], [5, 80_001]] {
            assert!(shape[0] * shape[1] * MOVE_COST > 2 * parallel::WORTH_SPLITTING, "worth three threads");
            crate::conv2d::testing::assert_same_bits("sum", |lanes| run(true, shape, [1, 2], lanes).1);
        }
    }
}
