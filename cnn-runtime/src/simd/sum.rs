//! Sums over long slices, exact enough for any length and in an order that vector units like.

use super::{Body, vectorized};
use crate::memory::LINE;

/// As many partial sums are kept side by side; which of them a term goes to follows from its place alone.
const LANES: usize = 32;

/// The sums of `S` terms of the numbers that `R` slices have at the same place, over all runs of such slices.
///
/// The slices of a run have one length. Partial sums go on from run to run, so that short runs cost no more.
pub(crate) fn sums<'a, const R: usize, const S: usize>(
    runs: impl Iterator<Item = [&'a [f32]; R]>,
    terms: impl Fn([f32; R]) -> [f64; S],
) -> [f64; S] {
    vectorized(Sums { runs, terms })
}

struct Sums<I, F> {
    runs: I,
    terms: F,
}

impl<'a, const R: usize, const S: usize, I, F> Body for Sums<I, F>
where
    I: Iterator<Item = [&'a [f32]; R]>,
    F: Fn([f32; R]) -> [f64; S],
{
    type Output = [f64; S];
    #[inline(always)]
    fn run(self) -> [f64; S] {
        let Self { runs, terms } = self;
        let mut lanes = [[0.0; LANES]; S];
        let mut add = |lane: usize, numbers: [f32; R]| {
            for (lanes, term) in lanes.iter_mut().zip(terms(numbers)) {
                lanes[lane] += term;
            }
        };
        for run in runs {
            let len = run[0].len();
            let parts = run.map(|run| run[..len].as_chunks::<LANES>());
            for i in 0..len / LANES {
                let chunk = parts.map(|(chunks, _)| &chunks[i]);
                for lane in 0..LANES {
                    add(lane, chunk.map(|numbers| numbers[lane]));
                }
            }
            for lane in 0..len % LANES {
                add(lane, parts.map(|(_, rest)| rest[lane]));
            }
        }
        lanes.map(|lanes| lanes.iter().sum())
    }
}

/// The sums of `S` terms for each lane, over all pixels of all runs; the pixels that `R` slices have at the same place make
/// up a term. Every lane is summed in the order of its pixels.
pub(crate) fn lane_sums<'a, const R: usize, const S: usize>(
    runs: impl Iterator<Item = [&'a [[f32; LINE]]; R]>,
    terms: impl Fn(usize, [f32; R]) -> [f64; S],
) -> [[f64; LINE]; S] {
    vectorized(LaneSums { runs, terms })
}

struct LaneSums<I, F> {
    runs: I,
    terms: F,
}

impl<'a, const R: usize, const S: usize, I, F> Body for LaneSums<I, F>
where
    I: Iterator<Item = [&'a [[f32; LINE]]; R]>,
    F: Fn(usize, [f32; R]) -> [f64; S],
{
    type Output = [[f64; LINE]; S];
    #[inline(always)]
    fn run(self) -> [[f64; LINE]; S] {
        let Self { runs, terms } = self;
        let mut sums = [[0.0; LINE]; S];
        for run in runs {
            let len = run[0].len();
            let run = run.map(|run| &run[..len]);
            for i in 0..len {
                for lane in 0..LINE {
                    let terms = terms(lane, run.map(|run| run[i][lane]));
                    for (sums, term) in sums.iter_mut().zip(terms) {
                        sums[lane] += term;
                    }
                }
            }
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn every_pixel_of_every_lane_counts_once() {
        let pixel = |i: usize| core::array::from_fn(|lane| (i * LINE + lane) as f32);
        let pixels: Vec<[f32; LINE]> = (0..11).map(pixel).collect();
        let runs = [[&pixels[..3], &pixels[1..]], [&pixels[3..10], &pixels[4..]]].into_iter();
        let found = lane_sums(runs, |lane, [a, b]| [f64::from(a) * f64::from(b), (lane + 1) as f64]);
        for lane in 0..LINE {
            let number = |i: usize| f64::from(pixels[i][lane]);
            let dot: f64 = (0..10).map(|i| number(i) * number(i + 1)).sum();
            assert!((found[0][lane] - dot).abs() < 0.5, "lane {lane}: {} instead of {dot}", found[0][lane]);
            assert!((found[1][lane] - 10.0 * (lane + 1) as f64).abs() < 1e-9, "lane {lane}");
        }
    }

    #[test]
    fn every_number_of_every_run_counts_once() {
        for len in (0..40).chain([63, 64, 100, 200_usize]) {
            let a: Vec<f32> = (0..len).map(|i| (1 + i) as f32).collect();
            let b: Vec<f32> = (0..len).map(|i| (1 + i * i) as f32).collect();
            let found = sums(
                [[&a[..len / 3], &b[..len / 3]], [&a[len / 3..], &b[len / 3..]]].into_iter(),
                |[a, b]| [f64::from(a), f64::from(a) * f64::from(b)],
            );
            let expected = [
                (0..len).map(|i| (1 + i) as f64).sum::<f64>(),
                (0..len).map(|i| ((1 + i) * (1 + i * i)) as f64).sum::<f64>(),
            ];
            for (found, expected) in found.into_iter().zip(expected) {
                assert!((found - expected).abs() < 0.5, "{len} numbers: {found} instead of {expected}");
            }
        }
    }
}
