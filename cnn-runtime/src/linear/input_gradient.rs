//! The gradient of a fully connected layer's input: `d_x = d_y weight`.
//!
//! The simple way, for each image m: `for o { for i { d_x[m][i] += d_y[m][o] * weight[o][i] } }`. Here the weight, the large
//! operand, passes by once for many images, and in runs of its rows:
//!
//! ```text
//! for each 96 images
//!     for each run of columns                           their sums stay in a core's own cache
//!         for each K = 16 rows of the weight            packed: their d_y
//!             for each 16 columns                       packed: K × 16 weights
//!                 for each up to six images             6 × 16 sums in registers, which are added to those before
//! ```
//!
//! A sum's order is that of the rows, sixteen by sixteen, wherever images and columns are cut.

use super::Linear;
use crate::Write;
use crate::blocked::Pixel;
use crate::gemm::{MR, Matrix, MatrixMut, blocks, put};
use crate::memory::LINE;
use crate::simd::{Kernel, Simd, on_best_unit};
use core::array::from_fn;

/// Images that share a pass over the weight.
const IMAGES: usize = 16 * MR;
/// Rows of the weight at a time.
const K: usize = 16;
/// Numbers of `d_x` that are summed at a time: 128 KiB.
const SUMS_LEN: usize = 1 << 15;

/// Numbers of scratch for each thread.
pub(super) const fn lane_len(d: &Linear) -> usize {
    let sums = d.in_features.next_multiple_of(LINE) * IMAGES;
    if sums < SUMS_LEN { sums } else { SUMS_LEN }
}

/// Writes or adds the product of some rows of `d_y` (N × O) and some columns of the weight (O × I).
pub(super) fn multiply(d_y: Matrix, weight: Matrix, d_x: &mut MatrixMut, write: Write, sums: &mut [f32]) {
    on_best_unit(Product { d_y, weight, d_x, write, sums });
}

struct Product<'a, 'x> {
    d_y: Matrix<'a>,
    weight: Matrix<'a>,
    d_x: &'a mut MatrixMut<'x>,
    write: Write,
    sums: &'a mut [f32],
}

impl Kernel for Product<'_, '_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { d_y, weight, d_x, write, sums } = self;
        let ([images, _], [depth, cols]) = (d_y.shape(), weight.shape());
        let sums = sums.as_chunks_mut().0;
        let (mut panels, mut lines) = ([[[0.0; MR]; K]; IMAGES / MR], [[0.0; LINE]; K]);
        for images in blocks(0..images, IMAGES) {
            let tiles = images.len().div_ceil(MR);
            // Cut evenly.
            let first = |tile: usize| tile * images.len() / tiles;
            for run in blocks(0..cols, SUMS_LEN / images.len() / LINE * LINE) {
                let sums = &mut sums[..run.len().div_ceil(LINE) * images.len()];
                sums.fill([0.0; LINE]);
                for ks in blocks(0..depth, K) {
                    let panels = &mut panels[..tiles];
                    for (tile, panel) in panels.iter_mut().enumerate() {
                        let images = images.start + first(tile)..images.start + first(tile + 1);
                        d_y.transposed().pack(ks.clone(), images, panel);
                    }
                    // What is missing to K rows is the last again.
                    let rows: [&[f32]; K] =
                        from_fn(|k| &weight.row(ks.start + k.min(ks.len() - 1))[run.clone()]);
                    for (line, sums) in sums.chunks_exact_mut(images.len()).enumerate() {
                        take_line(rows, line * LINE, &mut lines);
                        let lines = &lines[..ks.len()];
                        for (tile, panel) in panels.iter().enumerate() {
                            let sums = &mut sums[first(tile)..first(tile + 1)];
                            match sums.len() {
                                1 => add::<S, 1>(simd, panel, lines, sums),
                                2 => add::<S, 2>(simd, panel, lines, sums),
                                3 => add::<S, 3>(simd, panel, lines, sums),
                                4 => add::<S, 4>(simd, panel, lines, sums),
                                5 => add::<S, 5>(simd, panel, lines, sums),
                                _ => add::<S, MR>(simd, panel, lines, sums),
                            }
                        }
                    }
                }
                for (cols, sums) in blocks(run, LINE).zip(sums.chunks_exact(images.len())) {
                    for (image, sum) in images.clone().zip(sums) {
                        put(simd, simd.load(sum), &mut d_x.row_mut(image)[cols.clone()], write);
                    }
                }
            }
        }
    }
}

/// Puts up to sixteen columns of some rows side by side: where they stand, many of them would share a set of a cache.
#[inline(always)]
fn take_line(rows: [&[f32]; K], first: usize, lines: &mut [Pixel; K]) {
    for (line, row) in lines.iter_mut().zip(rows) {
        let row = &row[first..];
        match row.first_chunk() {
            Some(numbers) => *line = *numbers,
            None => line[..row.len()].copy_from_slice(row),
        }
    }
}

/// Adds the sums of `R` images.
#[inline(always)]
fn add<S: Simd, const R: usize>(simd: S, panel: &[[f32; MR]], lines: &[Pixel], onto: &mut [Pixel]) {
    let mut sums = [simd.splat(0.0); R];
    for (factors, line) in panel.iter().zip(lines) {
        let line = simd.load(line);
        let factors: [f32; R] = from_fn(|image| factors[image]);
        for (sum, factor) in sums.iter_mut().zip(factors) {
            *sum = simd.mul_add(simd.splat(factor), line, *sum);
        }
    }
    for (sum, onto) in sums.into_iter().zip(onto) {
        simd.store(simd.add(simd.load(onto), sum), onto);
    }
}
