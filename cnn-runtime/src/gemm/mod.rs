//! Matrix products on strided matrices.
//!
//! The simple way:
//!
//! ```text
//! for i in 0..M { for j in 0..N { for k in 0..K { c[i][j] += a[i][k] * b[k][j] } } }
//! ```
//!
//! The way here is that of BLIS (Van Zee and van de Geijn 2015), in its names:
//!
//! ```text
//! for each K-block of KC                        a block's sums stay in registers
//!     for each M-block of MC                    packed: KC × 6 panels of a, together in a core's own cache
//!         for each NR = 16 columns of b         packed: one KC × 16 panel, in the first-level cache
//!             for each MR = 6 rows of the block
//!                 the micro-kernel: 6 × 16 sums over the block's K
//! ```
//!
//! Panels are packed into memory that the caller brings, [`packing_len`] numbers, so that a product allocates nothing. A
//! transposed operand is the same numbers with the strides exchanged; packing reads either, so no kernel copies one.
//!
//! Every element of a product is summed in an order that follows from the inner dimension alone, not from where the
//! element stands. So the outer dimensions may be cut anywhere, for one thread each, and the bits stay the same.

mod matrix;

pub(crate) use matrix::{Cut, Matrix, MatrixMut, over_blocks};

use crate::Write;
use crate::memory::LINE;
use crate::simd::{Kernel, Simd, on_best_unit};
use core::ops::Range;

/// Rows of a tile of the result.
pub(crate) const MR: usize = 6;
/// Columns of a tile of the result.
pub(crate) const NR: usize = LINE;
/// Depth of a panel: 16 columns of it are 16 KiB.
pub(crate) const KC: usize = 256;
/// Rows of `a` that are packed at a time: 144 KiB.
const MC: usize = 24 * MR;

/// Numbers of scratch that a product needs whose left factor has at most `rows` rows and `depth` columns.
pub(crate) const fn packing_len(rows: usize, depth: usize) -> usize {
    let rows = if rows < MC { rows.div_ceil(MR) * MR } else { MC };
    let depth = if depth < KC { depth } else { KC };
    (rows + NR) * depth
}

/// `c = a b`, or `c += a b`, as `write` says. `packing` is scratch of at least [`packing_len`] numbers; the rows of `c`
/// stand side by side.
pub(crate) fn multiply(a: Matrix, b: Matrix, c: &mut MatrixMut, write: Write, packing: &mut [f32]) {
    let ([rows, depth], [depth_b, cols]) = (a.shape(), b.shape());
    assert_eq!(depth, depth_b, "inner dimensions");
    assert_eq!([rows, cols], c.shape(), "outer dimensions");
    assert!(packing.len() >= packing_len(rows, depth), "scratch for a product of {rows} rows by {depth}");
    if depth == 0 && write == Write::Overwrite {
        (0..rows).for_each(|row| c.row_mut(row).fill(0.0));
    }
    on_best_unit(Product { a, b, c, write, packing });
}

struct Product<'p, 'c> {
    a: Matrix<'p>,
    b: Matrix<'p>,
    c: &'p mut MatrixMut<'c>,
    write: Write,
    packing: &'p mut [f32],
}

impl Kernel for Product<'_, '_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { a, b, c, write, packing } = self;
        let ([rows, depth], [_, cols]) = (a.shape(), b.shape());
        let a = a.transposed();
        for depths in blocks(0..depth, KC) {
            let write = if depths.start == 0 { write } else { Write::Accumulate };
            let (b_panel, a_panels) = packing.split_at_mut(NR * depths.len());
            let (b_panel, _) = b_panel.as_chunks_mut::<NR>();
            for block in blocks(0..rows, MC) {
                let (a_panels, _) = a_panels.as_chunks_mut::<MR>();
                for (panel, rows) in a_panels.chunks_exact_mut(depths.len()).zip(blocks(block.clone(), MR)) {
                    a.pack(depths.clone(), rows, panel);
                }
                for cols in blocks(0..cols, NR) {
                    b.pack(depths.clone(), cols.clone(), b_panel);
                    for (panel, rows) in a_panels.chunks_exact(depths.len()).zip(blocks(block.clone(), MR)) {
                        let tile = micro_kernel(simd, panel, b_panel);
                        for (line, row) in tile.into_iter().zip(rows) {
                            put(simd, line, &mut c.row_mut(row)[cols.clone()], write);
                        }
                    }
                }
            }
        }
    }
}

/// 6 × 16 sums over the depth of two panels: twelve registers of sums, two of `b` and one of `a` where a register holds
/// eight numbers.
#[inline(always)]
pub(crate) fn micro_kernel<S: Simd>(simd: S, a: &[[f32; MR]], b: &[[f32; NR]]) -> [S::Line; MR] {
    let mut sums = [simd.splat(0.0); MR];
    for (a, b) in a.iter().zip(b) {
        let b = simd.load(b);
        for (sum, a) in sums.iter_mut().zip(a) {
            *sum = simd.mul_add(simd.splat(*a), b, *sum);
        }
    }
    sums
}

/// Writes or adds a line of a tile to a row of the result, which may end before the line does.
#[inline(always)]
pub(crate) fn put<S: Simd>(simd: S, line: S::Line, row: &mut [f32], write: Write) {
    if let Ok(row) = <&mut [f32; NR]>::try_from(&mut *row) {
        let line = match write {
            Write::Overwrite => line,
            Write::Accumulate => simd.add(line, simd.load(row)),
        };
        return simd.store(line, row);
    }
    let mut numbers = [0.0; NR];
    simd.store(line, &mut numbers);
    for (to, number) in row.iter_mut().zip(numbers) {
        match write {
            Write::Overwrite => *to = number,
            Write::Accumulate => *to += number,
        }
    }
}

/// `range` in blocks of `len`, the last of which may be shorter.
pub(crate) fn blocks(range: Range<usize>, len: usize) -> impl Iterator<Item = Range<usize>> {
    let end = range.end;
    range.step_by(len).map(move |start| start..end.min(start + len))
}

/// The sum of `numbers`, in an order that vector units like.
pub(crate) fn sum(numbers: &[f32]) -> f32 {
    let mut lanes = [0.0; LINE];
    let (whole, rest) = numbers.as_chunks::<LINE>();
    for chunk in whole {
        for (lane, number) in lanes.iter_mut().zip(chunk) {
            *lane += number;
        }
    }
    lanes.iter().sum::<f32>() + rest.iter().sum::<f32>()
}

#[cfg(test)]
mod tests;
