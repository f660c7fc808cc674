//! The forward pass of a fully connected layer on few images: a dot product for each output, four at a time, so that four
//! runs of weights come from memory side by side.

use crate::gemm::{Matrix, MatrixMut};
use crate::memory::LINE;
use crate::simd::{Kernel, Simd, on_best_unit};

/// Outputs at a time.
const ROWS: usize = 4;

/// `y += x weightᵀ`
pub(super) fn add_products(x: Matrix, weight: Matrix, y: &mut MatrixMut) {
    for image in 0..x.shape()[0] {
        on_best_unit(Dots { x: x.row(image), weight, y: y.row_mut(image) });
    }
}

struct Dots<'a> {
    x: &'a [f32],
    weight: Matrix<'a>,
    y: &'a mut [f32],
}

impl Kernel for Dots<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { x, weight, y } = self;
        for (first, y) in (0..).step_by(ROWS).zip(y.chunks_mut(ROWS)) {
            match <&mut [f32; ROWS]>::try_from(&mut *y) {
                Ok(y) => add_dots(simd, x, core::array::from_fn(|row| weight.row(first + row)), y),
                Err(_) => {
                    for (row, y) in y.iter_mut().enumerate() {
                        add_dots(simd, x, [weight.row(first + row)], core::array::from_mut(y));
                    }
                }
            }
        }
    }
}

/// Adds `R` dot products. Each is summed in the same order, whatever `R` is.
#[inline(always)]
fn add_dots<S: Simd, const R: usize>(simd: S, x: &[f32], rows: [&[f32]; R], y: &mut [f32; R]) {
    let (x, x_rest) = x.as_chunks::<LINE>();
    let rows = rows.map(|row| row.as_chunks::<LINE>());
    let mut sums = [simd.splat(0.0); R];
    let lines = rows.map(|(lines, _)| &lines[..x.len()]);
    for (i, x) in x.iter().enumerate() {
        let x = simd.load(x);
        for (sum, lines) in sums.iter_mut().zip(&lines) {
            *sum = simd.mul_add(simd.load(&lines[i]), x, *sum);
        }
    }
    for ((sum, (_, rest)), y) in sums.into_iter().zip(&rows).zip(y) {
        let mut lanes = [0.0; LINE];
        simd.store(sum, &mut lanes);
        let rest: f32 = x_rest.iter().zip(*rest).map(|(x, weight)| x * weight).sum();
        *y += lanes.iter().sum::<f32>() + rest;
    }
}
