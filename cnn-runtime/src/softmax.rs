//! Softmax over channels, pixel by pixel: PyTorch's `softmax(x, dim=1)`.

use crate::Write;
use crate::memory::Workspace;
use crate::parallel;
use crate::simd::{Body, math, vectorized};
use crate::view::{View, ViewMut};

/// A softmax layer over (C, H, W) images; a vector is one pixel of many channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Softmax {
    /// What is normalised over.
    pub channels: usize,
    /// Pixels of a plane.
    pub pixels: usize,
}

/// What a number costs, in multiply-adds.
const COST: usize = 16;

/// y = exp(x − max) / Σ exp(x − max)
pub fn forward(d: &Softmax, x: View<'_>, y: ViewMut<'_>, mut work: Workspace<'_>) {
    let shape = (x.count(), d.channels * d.pixels);
    assert_eq!((x.count(), x.image_len()), shape, "an image of channels times pixels");
    assert_eq!((y.count(), y.image_len()), shape, "an image of channels times pixels");
    let (lanes, scratch) = work.lanes_for(COST * shape.0 * shape.1);
    parallel::over((x, y), scratch, lanes, &|(x, mut y), _| {
        for (x, y) in x.images().zip(y.images_mut()) {
            for pixel in 0..d.pixels {
                let channels = || x[pixel..].iter().step_by(d.pixels);
                let largest = channels().copied().fold(f32::NEG_INFINITY, f32::max);
                for (y, x) in y[pixel..].iter_mut().step_by(d.pixels).zip(channels()) {
                    *y = x - largest;
                }
            }
            vectorized(Exp(y));
            for pixel in 0..d.pixels {
                let sum: f32 = y[pixel..].iter().step_by(d.pixels).sum();
                y[pixel..].iter_mut().step_by(d.pixels).for_each(|y| *y /= sum);
            }
        }
    });
}

struct Exp<'a>(&'a mut [f32]);

impl Body for Exp<'_> {
    #[inline(always)]
    fn run(self) {
        for y in self.0 {
            *y = math::exp(*y);
        }
    }
}

/// Writes or adds `d_x` = y · (`d_y` − Σ y · `d_y`).
pub fn backward(
    d: &Softmax,
    y: View<'_>,
    d_y: View<'_>,
    d_x: ViewMut<'_>,
    write: Write,
    mut work: Workspace<'_>,
) {
    let shape = (y.count(), d.channels * d.pixels);
    for view in [y, d_y, d_x.view()] {
        assert_eq!((view.count(), view.image_len()), shape, "an image of channels times pixels");
    }
    let (lanes, scratch) = work.lanes_for(4 * shape.0 * shape.1);
    parallel::over((y, d_y, d_x), scratch, lanes, &|(y, d_y, mut d_x), _| {
        for ((y, d_y), d_x) in y.images().zip(d_y.images()).zip(d_x.images_mut()) {
            for pixel in 0..d.pixels {
                let at = |channel: usize| channel * d.pixels + pixel;
                let dot: f32 = (0..d.channels).map(|c| y[at(c)] * d_y[at(c)]).sum();
                for i in (0..d.channels).map(at) {
                    let gradient = y[i] * (d_y[i] - dot);
                    match write {
                        Write::Overwrite => d_x[i] = gradient,
                        Write::Accumulate => d_x[i] += gradient,
                    }
                }
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::softmax as definition;
    use alloc::vec;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn workspace() -> Workspace<'static> {
        Workspace { lanes: 2, lane_scratch: &mut [], step_scratch: &mut [], saved: &mut [] }
    }

    proptest! {
        #[test]
        fn kernels_are_the_definition(
            channels in 1_usize..7, pixels in 1_usize..6, count in 1_usize..4,
            numbers in prop::collection::vec(-20.0_f32..20.0, 1..60),
        ) {
            let d = Softmax { channels, pixels };
            let len = channels * pixels;
            let x: Vec<f32> = (0..count * len).map(|i| numbers[i % numbers.len()]).collect();
            let d_y: Vec<f32> = x.iter().map(|x| (x * 7.0) % 1.0).collect();
            let (mut y, mut expected) = (vec![0.0; x.len()], vec![0.0; x.len()]);
            forward(&d, View::dense(&x, len), ViewMut::dense(&mut y, len), workspace());
            definition::forward(&d, &x, &mut expected);
            for (y, expected) in y.iter().zip(&expected) {
                prop_assert!((y - expected).abs() < 1e-6);
            }
            let mut d_x = vec![0.0; x.len()];
            for write in [Write::Overwrite, Write::Accumulate] {
                let d_x = ViewMut::dense(&mut d_x, len);
                backward(&d, View::dense(&y, len), View::dense(&d_y, len), d_x, write, workspace());
            }
            definition::backward(&d, &y, &d_y, &mut expected);
            for (d_x, expected) in d_x.iter().zip(&expected) {
                prop_assert!((d_x - 2.0 * expected).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn large_numbers_do_not_overflow() {
        let mut y = [0.0; 2];
        let d = Softmax { channels: 2, pixels: 1 };
        forward(&d, View::dense(&[1000.0, 1000.0], 2), ViewMut::dense(&mut y, 2), workspace());
        assert_eq!(y, [0.5, 0.5]);
    }
}
