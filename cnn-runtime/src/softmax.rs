//! Softmax over channels, pixel by pixel: PyTorch's `softmax(x, dim=1)`.
//!
//! ```text
//! for each pixel: largest = max x; y = exp(x − largest); y /= Σ y
//! ```
//!
//! Where a plane has many pixels, the channels of one stand far apart. So the loops take `BLOCK` neighbouring pixels at
//! a time, channel after channel, and read runs of numbers. Where a plane is one pixel, the channels are a run.
#![allow(clippy::inline_always)] // a body takes on its caller's instruction set only where it is inlined

use crate::Write;
use crate::memory::Workspace;
use crate::parallel;
use crate::simd::{Body, math, vectorized};
use crate::view::{View, ViewMut};
use core::ops::Range;

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

/// How many pixels are worked on at a time.
const BLOCK: usize = 64;

/// How many partial sums a run of numbers has: their order follows from its length alone.
const LANES: usize = 8;

impl Softmax {
    fn check(&self, view: View<'_>, count: usize) {
        let shape = (count, self.channels * self.pixels);
        assert_eq!((view.count(), view.image_len()), shape, "images of channels times pixels");
    }

    /// The blocks of pixels of a plane.
    fn blocks(self) -> impl Iterator<Item = Range<usize>> {
        (0..self.pixels).step_by(BLOCK).map(move |start| start..self.pixels.min(start + BLOCK))
    }

    /// Where the numbers of a block stand, channel after channel.
    fn rows(self, block: Range<usize>) -> impl Iterator<Item = Range<usize>> {
        let start = move |channel: usize| channel * self.pixels + block.start;
        let len = block.end - block.start;
        (0..self.channels).map(move |channel| start(channel)..start(channel) + len)
    }
}

/// y = exp(x − max) / Σ exp(x − max)
pub fn forward(d: &Softmax, x: View<'_>, y: ViewMut<'_>, mut work: Workspace<'_>) {
    d.check(x, x.count());
    d.check(y.view(), x.count());
    let (lanes, scratch) = work.lanes_for(COST * x.count() * x.image_len());
    parallel::over((x, y), scratch, lanes, &|(x, mut y), _| {
        for (x, y) in x.images().zip(y.images_mut()) {
            vectorized(Forward { d: *d, x, y });
        }
    });
}

struct Forward<'a> {
    d: Softmax,
    x: &'a [f32],
    y: &'a mut [f32],
}

impl Body for Forward<'_> {
    #[inline(always)]
    fn run(self) {
        let Self { d, x, y } = self;
        if d.pixels == 1 {
            return forward_run(x, y);
        }
        for block in d.blocks() {
            forward_block(d, block, x, y);
        }
    }
}

/// One pixel, whose channels are a run.
#[inline(always)]
fn forward_run(x: &[f32], y: &mut [f32]) {
    let largest = reduced(x.len(), f32::NEG_INFINITY, larger, |i| x[i]);
    for (y, x) in y.iter_mut().zip(x) {
        *y = math::exp(x - largest);
    }
    let sum = reduced(y.len(), 0.0, |a, b| a + b, |i| y[i]);
    for y in y {
        *y /= sum;
    }
}

#[inline(always)]
fn forward_block(d: Softmax, block: Range<usize>, x: &[f32], y: &mut [f32]) {
    let (mut largest, mut sums) = ([f32::NEG_INFINITY; BLOCK], [0.0; BLOCK]);
    for row in d.rows(block.clone()) {
        for (largest, x) in largest.iter_mut().zip(&x[row]) {
            *largest = larger(*largest, *x);
        }
    }
    for row in d.rows(block.clone()) {
        let numbers = y[row.clone()].iter_mut().zip(&x[row]);
        for ((y, x), (largest, sum)) in numbers.zip(largest.iter().zip(&mut sums)) {
            *y = math::exp(x - largest);
            *sum += *y;
        }
    }
    for row in d.rows(block) {
        y[row].iter_mut().zip(&sums).for_each(|(y, sum)| *y /= sum);
    }
}

/// The larger of two; a NaN in the input comes out by its own exponential.
#[inline(always)]
fn larger(a: f32, b: f32) -> f32 {
    if b > a { b } else { a }
}

/// `len` numbers made one, as [`LANES`] partial results.
#[inline(always)]
fn reduced(len: usize, start: f32, with: impl Fn(f32, f32) -> f32, number: impl Fn(usize) -> f32) -> f32 {
    let mut partial = [start; LANES];
    let whole = len / LANES * LANES;
    for first in (0..whole).step_by(LANES) {
        for (lane, partial) in partial.iter_mut().enumerate() {
            *partial = with(*partial, number(first + lane));
        }
    }
    for (partial, i) in partial.iter_mut().zip(whole..len) {
        *partial = with(*partial, number(i));
    }
    partial.into_iter().fold(start, with)
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
    for view in [y, d_y, d_x.view()] {
        d.check(view, y.count());
    }
    let (lanes, scratch) = work.lanes_for(4 * y.count() * y.image_len());
    parallel::over((y, d_y, d_x), scratch, lanes, &|(y, d_y, mut d_x), _| {
        for ((y, d_y), d_x) in y.images().zip(d_y.images()).zip(d_x.images_mut()) {
            match write {
                Write::Overwrite => {
                    vectorized(Backward { d: *d, y, d_y, d_x, store: |d_x: &mut f32, value| *d_x = value });
                }
                Write::Accumulate => {
                    vectorized(Backward { d: *d, y, d_y, d_x, store: |d_x: &mut f32, value| *d_x += value });
                }
            }
        }
    });
}

struct Backward<'a, F> {
    d: Softmax,
    y: &'a [f32],
    d_y: &'a [f32],
    d_x: &'a mut [f32],
    store: F,
}

impl<F: Fn(&mut f32, f32)> Body for Backward<'_, F> {
    #[inline(always)]
    fn run(self) {
        let Self { d, y, d_y, d_x, store } = self;
        if d.pixels == 1 {
            let d_y = &d_y[..y.len()];
            let dot = reduced(y.len(), 0.0, |a, b| a + b, |i| y[i] * d_y[i]);
            for ((d_x, y), d_y) in d_x.iter_mut().zip(y).zip(d_y) {
                store(d_x, y * (d_y - dot));
            }
            return;
        }
        for block in d.blocks() {
            let mut dots = [0.0; BLOCK];
            for row in d.rows(block.clone()) {
                for (dot, (y, d_y)) in dots.iter_mut().zip(y[row.clone()].iter().zip(&d_y[row])) {
                    *dot += y * d_y;
                }
            }
            for row in d.rows(block) {
                let numbers = y[row.clone()].iter().zip(&d_y[row.clone()]);
                for ((d_x, dot), (y, d_y)) in d_x[row].iter_mut().zip(&dots).zip(numbers) {
                    store(d_x, y * (d_y - dot));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conv2d::testing::{Batch, Scratch};
    use crate::reference::softmax as definition;
    use alloc::vec;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn kernels_are_the_definition(
            channels in 1_usize..20,
            pixels in prop_oneof![Just(1_usize), 1_usize..6, 60_usize..140],
            (count, gap, lanes) in (1_usize..4, 0_usize..3, 1_usize..3),
            numbers in prop::collection::vec(-20.0_f32..20.0, 1..60),
        ) {
            let d = Softmax { channels, pixels };
            let len = channels * pixels;
            let x: Vec<f32> = (0..count * len).map(|i| numbers[i % numbers.len()]).collect();
            let d_y: Vec<f32> = x.iter().map(|x| (x * 7.0) % 1.0).collect();
            let mut scratch = Scratch::new(lanes, 0, 0);
            let blank = vec![f32::NAN; x.len()];
            let mut y = Batch::new(&blank, len, gap);
            forward(&d, Batch::new(&x, len, gap).view(), y.view_mut(), scratch.workspace());
            let mut expected = vec![0.0; x.len()];
            definition::forward(&d, &x, &mut expected);
            for (y, expected) in y.dense().iter().zip(&expected) {
                prop_assert!((y - expected).abs() < 1e-6);
            }
            let mut d_x = Batch::new(&blank, len, gap);
            for write in [Write::Overwrite, Write::Accumulate] {
                let d_y = Batch::new(&d_y, len, gap);
                backward(&d, y.view(), d_y.view(), d_x.view_mut(), write, scratch.workspace());
            }
            definition::backward(&d, &y.dense(), &d_y, &mut expected);
            for (d_x, expected) in d_x.dense().iter().zip(&expected) {
                prop_assert!((d_x - 2.0 * expected).abs() < 1e-5);
            }
        }
    }

    #[test]
    #[allow(clippy::float_cmp)] // halves are exact
    fn large_numbers_do_not_overflow() {
        let mut y = [0.0; 2];
        let d = Softmax { channels: 2, pixels: 1 };
        let x = View::dense(&[1000.0, 1000.0], 2);
        forward(&d, x, ViewMut::dense(&mut y, 2), Scratch::new(1, 0, 0).workspace());
        assert_eq!(y, [0.5, 0.5]);
    }

    #[test]
    fn nan_is_not_hidden() {
        let mut y = [0.0; 4];
        let d = Softmax { channels: 2, pixels: 1 };
        let x = View::dense(&[1.0, f32::NAN, 1.0, 2.0], 2);
        forward(&d, x, ViewMut::dense(&mut y, 2), Scratch::new(1, 0, 0).workspace());
        assert!(y[..2].iter().all(|y| y.is_nan()) && y[2..].iter().all(|y| y.is_finite()));
    }
}
