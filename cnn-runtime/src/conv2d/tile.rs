//! The core of the blocked kernels: up to six pixels × sixteen channels, summed in registers.
//!
//! ```text
//! for tap in taps {
//!     for c in 0..16 {
//!         for pixel in pixels {
//!             sums[pixel][0..16] += x[pixel + tap][c] * weight[tap][c][0..16]
//!         }
//!     }
//! }
//! ```
//!
//! Where a register holds eight numbers, six pixels are twelve registers of sums, beside two of the weight and one of x;
//! and twelve sums are enough to hide how long a multiply-add takes. Pixels and taps are places in memory, so it is all
//! one to a tile whether its pixels stand side by side, in several rows, or are rows of a matrix.
//!
//! A sum's order is that of the taps, however many pixels share the tile: so cutting pixels into tiles, or among threads,
//! does not touch the bits.

use crate::blocked::Pixel;
use crate::memory::LINE;
use crate::simd::Simd;
use core::array::from_fn;

/// Pixels of a tile at most.
pub(crate) const TILE: usize = 6;

/// The weights between sixteen channels and sixteen: a line for each channel of `x`. Where an image has eight channels at
/// most, half a panel has all of theirs.
pub(crate) type Panel<const CHANNELS: usize = LINE> = [Pixel; CHANNELS];

/// What becomes of a pixel's sixteen channels on the way through a tap: the weights of one tap.
pub(crate) trait Tap: Sized + Sync {
    /// Whether a block of sixteen channels sees all blocks of `x`, or the one in its own place.
    const MIXES: bool;
    /// Multiply-adds for one pixel.
    const MACS: usize;
    /// Taps whose sums stay in registers, [`MOST_TAPS`] at most.
    const DEPTH: usize;

    /// Weights as lines of memory.
    fn lines(weights: &[Self]) -> &[Pixel];

    /// Adds to the sums of `R` pixels what their `lines` of `x` contribute.
    fn add<S: Simd, const R: usize>(&self, simd: S, lines: [&Pixel; R], sums: &mut [S::Line; R]);
}

/// No tap has a larger [`Tap::DEPTH`].
pub(crate) const MOST_TAPS: usize = 64;

impl<const CHANNELS: usize> Tap for Panel<CHANNELS> {
    const MIXES: bool = true;
    const MACS: usize = CHANNELS * LINE;
    /// Their panels, 18 KiB, leave room for x in the first-level cache.
    const DEPTH: usize = 18 * LINE / CHANNELS;

    fn lines(weights: &[Self]) -> &[Pixel] {
        weights.as_flattened()
    }

    #[inline(always)]
    fn add<S: Simd, const R: usize>(&self, simd: S, lines: [&Pixel; R], sums: &mut [S::Line; R]) {
        for four in 0..CHANNELS / 4 {
            // Four channels are as many as the optimiser unrolls.
            for c in 0..4 {
                let c = 4 * four + c;
                let weight = simd.load(&self[c]);
                for (sum, line) in sums.iter_mut().zip(lines) {
                    *sum = simd.mul_add(simd.splat(line[c]), weight, *sum);
                }
            }
        }
    }
}

/// Channel by channel: depthwise.
impl Tap for Pixel {
    const MIXES: bool = false;
    const MACS: usize = LINE;
    const DEPTH: usize = MOST_TAPS;

    fn lines(weights: &[Self]) -> &[Pixel] {
        weights
    }

    #[inline(always)]
    fn add<S: Simd, const R: usize>(&self, simd: S, lines: [&Pixel; R], sums: &mut [S::Line; R]) {
        let weight = simd.load(self);
        for (sum, line) in sums.iter_mut().zip(lines) {
            *sum = simd.mul_add(simd.load(line), weight, *sum);
        }
    }
}

/// How far behind a tile's pixels the lines stand that it reads, one for each tap.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taps<'a> {
    offsets: &'a [usize],
    /// No offset is larger.
    farthest: usize,
}

impl<'a> Taps<'a> {
    pub(crate) fn new(offsets: &'a [usize]) -> Self {
        Self { offsets, farthest: offsets.iter().copied().max().unwrap_or(0) }
    }
}

/// Memory that is read soon, to be asked for a little at a time, so that it has come by then.
pub(crate) struct Ahead<'a> {
    lines: &'a [Pixel],
    /// Lines to ask for with each tap.
    share: usize,
}

impl<'a> Ahead<'a> {
    /// All of `lines` within so many taps of tiles.
    #[inline(always)]
    pub(crate) fn new(lines: &'a [Pixel], taps: usize) -> Self {
        Self { lines, share: lines.len().div_ceil(taps.max(1)) }
    }

    /// Asks for the next share.
    #[inline(always)]
    fn ask<S: Simd>(&mut self, simd: S) {
        let (now, later) = self.lines.split_at(self.share.min(self.lines.len()));
        for line in now {
            simd.prefetch(&line[0]);
        }
        self.lines = later;
    }
}

/// Adds to the sums of `R` pixels, which start at the lines `pixels` of `x`, what the taps contribute. Asks meanwhile for
/// what is `ahead`.
///
/// # Panics
/// If there are not as many weights as taps, or a tap leads out of `x`.
#[inline(always)]
pub(crate) fn add_taps<S: Simd, W: Tap, const R: usize>(
    simd: S,
    x: &[Pixel],
    pixels: [usize; R],
    taps: Taps,
    weight: &[W],
    ahead: &mut Ahead,
    sums: &mut [S::Line; R],
) {
    let Taps { offsets, farthest } = taps;
    assert_eq!(offsets.len(), weight.len(), "a weight for each tap");
    let within = |pixel: usize| pixel < x.len() && farthest < x.len() - pixel;
    assert!(offsets.is_empty() || pixels.iter().all(|pixel| within(*pixel)), "taps lead out of the image");
    // A place for each pixel, so that a tap costs one addition for each, and not a multiplication besides.
    let places = pixels.map(|pixel| x.as_ptr().wrapping_add(pixel));
    for (offset, weight) in offsets.iter().zip(weight) {
        // SAFETY: `farthest` is the largest of `offsets`, which is private and never changes, and the assertion above
        // holds each pixel plus `farthest` below the length of `x`.
        let lines: [&Pixel; R] = from_fn(|r| unsafe { &*places[r].add(*offset) });
        if W::MIXES {
            ahead.ask(simd);
        }
        weight.add(simd, lines, sums);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conv2d::testing::numbers;
    use crate::simd::{Kernel, on_best_unit};

    struct Sums<'a>(&'a [Pixel], [usize; 3], Taps<'a>, &'a [Panel]);

    impl Kernel for Sums<'_> {
        type Output = [Pixel; 3];
        #[inline(always)]
        fn run<S: Simd>(self, simd: S) -> [Pixel; 3] {
            let mut sums = [simd.splat(1.0); 3];
            let mut ahead = Ahead::new(self.0, 2);
            add_taps(simd, self.0, self.1, self.2, self.3, &mut ahead, &mut sums);
            let mut found = [[f32::NAN; LINE]; 3];
            sums.into_iter().zip(&mut found).for_each(|(sum, to)| simd.store(sum, to));
            found
        }
    }

    fn sums(pixels: [usize; 3], offsets: &[usize], panels: usize) -> [Pixel; 3] {
        let (x, weight) = (numbers(10 * LINE, 1), numbers(2 * LINE * LINE, 2));
        let (x, _) = x.as_chunks::<LINE>();
        let (weight, _) = weight.as_chunks::<LINE>().0.as_chunks::<LINE>();
        let found = on_best_unit(Sums(x, pixels, Taps::new(offsets), &weight[..panels]));
        for (pixel, found) in pixels.into_iter().zip(found) {
            for (o, found) in found.into_iter().enumerate() {
                let products = |(tap, offset): (usize, &usize)| -> f32 {
                    (0..LINE).map(|c| x[pixel + offset][c] * weight[tap][c][o]).sum()
                };
                let expected = 1.0 + offsets.iter().enumerate().map(products).sum::<f32>();
                assert!((found - expected).abs() < 1e-5, "{found} instead of {expected}");
            }
        }
        found
    }

    #[test]
    fn taps_of_pixels_anywhere() {
        sums([0, 5, 2], &[4, 1], 2);
        sums([9, 0, 3], &[0], 1);
        assert_eq!(sums([70, 80, 90], &[], 0), [[1.0; LINE]; 3]);
    }

    #[test]
    #[should_panic(expected = "lead out of the image")]
    fn a_tap_beyond_the_image() {
        sums([0, 6, 2], &[4, 1], 2);
    }

    #[test]
    #[should_panic(expected = "a weight for each tap")]
    fn a_panel_too_few() {
        sums([0, 5, 2], &[4, 1], 1);
    }
}
