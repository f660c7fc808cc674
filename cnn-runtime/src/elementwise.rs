//! Copies and sums of whole tensors: what is left of `concat` and `add` where memory could not be shared.

use crate::memory::Workspace;
use crate::parallel;
use crate::view::{View, ViewMut};

/// y = x
pub fn copy(x: View<'_>, y: ViewMut<'_>, work: Workspace<'_>) {
    each_image(x, y, work, |x, y| y.copy_from_slice(x));
}

/// y += x
pub fn accumulate(x: View<'_>, y: ViewMut<'_>, work: Workspace<'_>) {
    each_image(x, y, work, |x, y| {
        for (y, x) in y.iter_mut().zip(x) {
            *y += x;
        }
    });
}

/// Runs `body` on each image of both, over the threads.
fn each_image(
    x: View<'_>,
    y: ViewMut<'_>,
    mut work: Workspace<'_>,
    body: impl Fn(&[f32], &mut [f32]) + Sync,
) {
    assert_eq!((x.count(), x.image_len()), (y.count(), y.image_len()), "as many images of one size");
    let (lanes, scratch) = work.lanes_for(x.count() * x.image_len());
    parallel::over((x, y), scratch, lanes, &|(x, mut y), _| {
        for (x, y) in x.images().zip(y.images_mut()) {
            body(x, y);
        }
    });
}

#[cfg(test)]
#[allow(clippy::float_cmp)] // small integers are exact
mod tests {
    use super::*;

    fn workspace() -> Workspace<'static> {
        Workspace { lanes: 1, lane_scratch: &mut [], step_scratch: &mut [], saved: &mut [] }
    }

    #[test]
    fn parts_of_a_larger_tensor_are_copied_and_added() {
        let x = [1.0, 2.0, 9.0, 3.0, 4.0, 9.0];
        let mut y = [0.0; 8];
        copy(View::strided(&x, 2, 3), ViewMut::strided(&mut y, 2, 4), workspace());
        assert_eq!(y, [1.0, 2.0, 0.0, 0.0, 3.0, 4.0, 0.0, 0.0]);
        accumulate(View::strided(&x, 2, 3), ViewMut::strided(&mut y[1..], 2, 4), workspace());
        assert_eq!(y, [1.0, 3.0, 2.0, 0.0, 3.0, 7.0, 4.0, 0.0]);
    }
}
