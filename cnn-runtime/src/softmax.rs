//! Softmax over channels, pixel by pixel: PyTorch's `softmax(x, dim=1)`.
//!
//! An image is a matrix of channels × pixels. Pixels stand side by side in the vector lanes, a span at a time; but a
//! vector is one pixel only, whose channels do.

use crate::Write;
use crate::gemm::{Cut, MatrixMut, over_blocks};
use crate::memory::Workspace;
use crate::parallel;
use crate::simd::{Body, math, sums, vectorized};
use crate::view::{View, ViewMut};
use core::iter::once;
use core::ops::Range;

/// A softmax layer over (C, H, W) images; a vector is one pixel of many channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Softmax {
    /// What is normalised over.
    pub channels: usize,
    /// Pixels of a plane.
    pub pixels: usize,
}

/// What a number costs on the way forward, in multiply-adds.
const FORWARD_COST: usize = 32;

/// What a number costs on the way back.
const BACKWARD_COST: usize = 16;

/// So many pixels are worked on side by side.
const SPAN: usize = 64;

impl Softmax {
    /// The contract: these are (count, length) of `count` images.
    fn assert_operands(&self, count: usize, operands: &[(usize, usize)]) {
        let image = (count, self.channels * self.pixels);
        assert!(operands.iter().all(|operand| *operand == image), "{count} images of {self:?}: {operands:?}");
    }

    /// Runs `body` on blocks of pixels that make up all images of `written`, beside the same images of `read`, in
    /// parallel. A block is a whole image where there are enough of them for all threads.
    fn over_blocks<const R: usize>(
        &self,
        cost: usize,
        read: [View<'_>; R],
        mut written: ViewMut<'_>,
        mut work: Workspace<'_>,
        body: &(impl Fn(Block<R>) + Sync),
    ) {
        let Self { channels, pixels } = *self;
        let count = written.count();
        let (lanes, scratch) = work.lanes_for(cost * count * written.image_len());
        let images =
            |image: usize| read.map(|read| &read.numbers()[image * read.stride()..][..read.image_len()]);
        if count >= lanes {
            parallel::over((0..count, written), scratch, lanes, &|(range, mut written): Images, _| {
                for (image, written) in range.zip(written.images_mut()) {
                    let written = MatrixMut::dense(written, channels, pixels);
                    body(Block { d: self, pixels: 0..pixels, read: images(image), written });
                }
            });
        } else {
            for (image, written) in written.images_mut().enumerate() {
                let written = MatrixMut::dense(written, channels, pixels);
                over_blocks(written, Cut::Cols, (lanes, scratch), &|written, _, pixels, _| {
                    body(Block { d: self, pixels, read: images(image), written });
                });
            }
        }
    }
}

/// Some images and where they stand in the batch.
type Images<'a> = (Range<usize>, ViewMut<'a>);

/// Some pixels of one image.
struct Block<'a, const R: usize> {
    d: &'a Softmax,
    pixels: Range<usize>,
    /// The whole images that are read.
    read: [&'a [f32]; R],
    /// Channels × these pixels.
    written: MatrixMut<'a>,
}

impl<const R: usize> Block<'_, R> {
    /// Cuts the block into spans of at most [`SPAN`] pixels; counts from the block's first pixel.
    #[inline(always)]
    fn spans(&self) -> impl Iterator<Item = Range<usize>> + use<R> {
        let pixels = self.pixels.len();
        (0..pixels.div_ceil(SPAN)).map(move |span| span * SPAN..pixels.min((span + 1) * SPAN))
    }

    /// One channel of a span: what is read and what is written.
    #[inline(always)]
    fn row(&mut self, channel: usize, span: Range<usize>) -> ([&[f32]; R], &mut [f32]) {
        let first = channel * self.d.pixels + self.pixels.start + span.start;
        (self.read.map(|read| &read[first..first + span.len()]), &mut self.written.row_mut(channel)[span])
    }
}

/// y = exp(x − max) / Σ exp(x − max)
///
/// # Panics
/// If a length is not what `d` tells.
pub fn forward(d: &Softmax, x: View<'_>, y: ViewMut<'_>, work: Workspace<'_>) {
    d.assert_operands(x.count(), &[(x.count(), x.image_len()), (y.count(), y.image_len())]);
    d.over_blocks(FORWARD_COST, [x], y, work, &|mut block| {
        if d.pixels == 1 {
            let y = block.written.numbers_mut();
            let (_, sum) = exponentials(block.read[0], y);
            let factor = (1.0 / sum) as f32;
            for y in y {
                *y *= factor;
            }
        } else {
            vectorized(Forward(block));
        }
    });
}

/// Writes exp(x − max) to `y`; gives max and the sum of what was written.
///
/// As no exponential is larger than 1, none overflows; as one of them is 1, the sum is not 0.
pub(crate) fn exponentials(x: &[f32], y: &mut [f32]) -> (f32, f64) {
    vectorized(Exponentials { x, y })
}

/// As many numbers are looked at side by side.
const LANES: usize = 16;

struct Exponentials<'a> {
    x: &'a [f32],
    y: &'a mut [f32],
}

impl Body for Exponentials<'_> {
    type Output = (f32, f64);
    #[inline(always)]
    fn run(self) -> (f32, f64) {
        let larger = |a: f32, b: f32| if b > a { b } else { a };
        let (whole, rest) = self.x.as_chunks::<LANES>();
        let mut lanes = [f32::NEG_INFINITY; LANES];
        for chunk in whole {
            for (lane, x) in lanes.iter_mut().zip(chunk) {
                *lane = larger(*lane, *x);
            }
        }
        let largest = lanes.iter().chain(rest).fold(f32::NEG_INFINITY, |largest, x| larger(largest, *x));
        for (y, x) in self.y.iter_mut().zip(self.x) {
            *y = math::exp(x - largest);
        }
        let (whole, rest) = self.y.as_chunks::<LANES>();
        let mut sums = [0.0; LANES];
        for chunk in whole {
            for (sum, y) in sums.iter_mut().zip(chunk) {
                *sum += f64::from(*y);
            }
        }
        let rest = rest.iter().map(|y| f64::from(*y));
        (largest, sums.into_iter().chain(rest).sum())
    }
}

/// Of a block with x to read and y to write.
struct Forward<'a>(Block<'a, 1>);

impl Body for Forward<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let Self(mut block) = self;
        let channels = block.d.channels;
        for span in block.spans() {
            let (mut largest, mut sum) = ([f32::NEG_INFINITY; SPAN], [0.0_f32; SPAN]);
            for channel in 0..channels {
                let ([x], _) = block.row(channel, span.clone());
                for (largest, x) in largest.iter_mut().zip(x) {
                    *largest = if *x > *largest { *x } else { *largest };
                }
            }
            for channel in 0..channels {
                let ([x], y) = block.row(channel, span.clone());
                for (((y, x), largest), sum) in y.iter_mut().zip(x).zip(&largest).zip(&mut sum) {
                    *y = math::exp(x - largest);
                    *sum += *y;
                }
            }
            let factor = sum.map(|sum| 1.0 / sum);
            for channel in 0..channels {
                let (_, y) = block.row(channel, span.clone());
                y.iter_mut().zip(&factor).for_each(|(y, factor)| *y *= factor);
            }
        }
    }
}

/// Writes or adds `d_x` = y · (`d_y` − Σ y · `d_y`).
///
/// # Panics
/// If a length is not what `d` tells.
pub fn backward(
    d: &Softmax,
    y: View<'_>,
    d_y: View<'_>,
    d_x: ViewMut<'_>,
    write: Write,
    work: Workspace<'_>,
) {
    let operands =
        [(y.count(), y.image_len()), (d_y.count(), d_y.image_len()), (d_x.count(), d_x.image_len())];
    d.assert_operands(y.count(), &operands);
    d.over_blocks(BACKWARD_COST, [y, d_y], d_x, work, &|mut block| {
        if d.pixels == 1 {
            let [dot] = sums(once(block.read), |[y, d_y]| [f64::from(y) * f64::from(d_y)]);
            let [y, d_y] = block.read;
            add_or_write(
                write,
                block.written.numbers_mut(),
                y.iter().zip(d_y).map(|(y, d_y)| y * (d_y - dot as f32)),
            );
        } else {
            vectorized(Backward { block, write });
        }
    });
}

/// Of a block with y and `d_y` to read and `d_x` to write.
struct Backward<'a> {
    block: Block<'a, 2>,
    write: Write,
}

impl Body for Backward<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let Self { mut block, write } = self;
        let channels = block.d.channels;
        for span in block.spans() {
            let mut dot = [0.0_f32; SPAN];
            for channel in 0..channels {
                let ([y, d_y], _) = block.row(channel, span.clone());
                for ((dot, y), d_y) in dot.iter_mut().zip(y).zip(d_y) {
                    *dot += y * d_y;
                }
            }
            for channel in 0..channels {
                let ([y, d_y], d_x) = block.row(channel, span.clone());
                let gradients = y.iter().zip(d_y).zip(&dot).map(|((y, d_y), dot)| y * (d_y - dot));
                add_or_write(write, d_x, gradients);
            }
        }
    }
}

/// Writes gradients, or adds them to what is there.
#[inline(always)]
fn add_or_write(write: Write, d_x: &mut [f32], gradients: impl Iterator<Item = f32>) {
    match write {
        Write::Overwrite => d_x.iter_mut().zip(gradients).for_each(|(d_x, gradient)| *d_x = gradient),
        Write::Accumulate => d_x.iter_mut().zip(gradients).for_each(|(d_x, gradient)| *d_x += gradient),
    }
}

#[cfg(test)]
mod tests;
