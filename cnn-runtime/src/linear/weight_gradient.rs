//! The gradient of a fully connected layer's weight: `d_weight = d_yᵀ x`.
//!
//! The simple way: `for m { for o { for i { d_weight[o][i] += d_y[m][o] * x[m][i] } } }`. The result is the large matrix,
//! often larger than any cache, so here it is written once for many images, and in runs of its rows:
//!
//! ```text
//! for each K-block of 256 images
//!     for each run of columns                           packed: K × 16 panels of x, in a core's own cache
//!         for each 6 outputs                            packed: one K × 6 panel of d_y
//!             for each 16 columns                       6 × 16 sums in registers
//! ```

use super::Linear;
use crate::Write;
use crate::gemm::{KC, MR, Matrix, MatrixMut, NR, blocks, micro_kernel, put};
use crate::simd::{Kernel, Simd, on_best_unit};

/// Numbers of the panels of `x` at most: 128 KiB.
const PANELS_LEN: usize = 1 << 15;

/// Numbers of scratch for each thread.
pub(super) const fn lane_len(d: &Linear) -> usize {
    let panels = d.in_features.next_multiple_of(NR) * KC;
    MR * KC + if panels < PANELS_LEN { panels } else { PANELS_LEN }
}

/// Writes the product of some rows of `d_yᵀ` (O × N) and some columns of `x` (N × I).
pub(super) fn multiply(d_y: Matrix, x: Matrix, d_weight: &mut MatrixMut, packing: &mut [f32]) {
    on_best_unit(Product { d_y, x, d_weight, packing });
}

struct Product<'a, 'w> {
    d_y: Matrix<'a>,
    x: Matrix<'a>,
    d_weight: &'a mut MatrixMut<'w>,
    packing: &'a mut [f32],
}

impl Kernel for Product<'_, '_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { d_y, x, d_weight, packing } = self;
        let ([outputs, _], [images, cols]) = (d_y.shape(), x.shape());
        let d_y = d_y.transposed();
        if images == 0 {
            (0..outputs).for_each(|output| d_weight.row_mut(output).fill(0.0));
        }
        let (d_y_panel, x_panels) = packing.split_at_mut(MR * KC);
        let (d_y_panel, x_panels) = (d_y_panel.as_chunks_mut::<MR>().0, x_panels.as_chunks_mut::<NR>().0);
        for images in blocks(0..images, KC) {
            let write = if images.start == 0 { Write::Overwrite } else { Write::Accumulate };
            let d_y_panel = &mut d_y_panel[..images.len()];
            for run in blocks(0..cols, PANELS_LEN / NR / images.len() * NR) {
                let panels = x_panels.chunks_exact_mut(images.len());
                for (panel, cols) in panels.zip(blocks(run.clone(), NR)) {
                    x.pack(images.clone(), cols, panel);
                }
                for outputs in blocks(0..outputs, MR) {
                    d_y.pack(images.clone(), outputs.clone(), d_y_panel);
                    let panels = x_panels.chunks_exact(images.len());
                    for (panel, cols) in panels.zip(blocks(run.clone(), NR)) {
                        let tile = micro_kernel(simd, d_y_panel, panel);
                        for (line, output) in tile.into_iter().zip(outputs.clone()) {
                            put(simd, line, &mut d_weight.row_mut(output)[cols.clone()], write);
                        }
                    }
                }
            }
        }
    }
}
