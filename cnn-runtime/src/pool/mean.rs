//! The mean of each window.

use super::windows::{EachPlace, FreshRows, Layouts, OnPlace, Taps, Windows};
use crate::Write;
use crate::blocked::over::over_blocks;
use crate::blocked::{Blocked, Haloed, Pixel};
use crate::memory::Workspace;
use crate::simd::{Simd, on_best_unit};
use crate::view::{View, ViewMut};

/// The output `y` for each image of `x`.
pub(super) fn forward<P: Windows>(d: &Haloed<P>, x: View<'_>, y: ViewMut<'_>, work: Workspace<'_>) {
    let (from, to) = (d.x(), d.y());
    over_blocks(to.blocks(), d.cost(), [from.read(x)], [to.written(y)], work, &|_, [x], [y]| {
        let (x, y) = (x.as_chunks().0, y.as_chunks_mut().0);
        to.clear_halo(y);
        on_best_unit(EachPlace { d, on: Mean { layout: to, x, y } });
    });
}

/// The gradient `d_x` of the input.
pub(super) fn backward<P: Windows>(
    d: &Haloed<P>,
    d_y: View<'_>,
    d_x: ViewMut<'_>,
    write: Write,
    work: Workspace<'_>,
) {
    let (x, y) = (d.x(), d.y());
    over_blocks(x.blocks(), d.cost(), [y.read(d_y)], [x.written(d_x)], work, &|_, [d_y], [d_x]| {
        let (d_y, d_x) = (d_y.as_chunks().0, d_x.as_chunks_mut().0);
        x.clear_halo(d_x);
        on_best_unit(EachPlace { d, on: Share { y, d_y, d_x, rows: FreshRows::new(x, write) } });
    });
}

/// A part of the sum; where nothing counts the sum is 0 all the same.
#[inline(always)]
fn share(taps: Taps) -> f32 {
    1.0 / taps.counted.max(1) as f32
}

/// Writes the mean. Rows are summed by themselves, so that large windows lose few digits.
struct Mean<'a> {
    /// Of y.
    layout: Blocked,
    x: &'a [Pixel],
    y: &'a mut [Pixel],
}

impl OnPlace for Mean<'_> {
    #[inline(always)]
    fn place<S: Simd>(&mut self, simd: S, place: [usize; 2], taps: Taps) {
        let mut sum = simd.splat(0.0);
        let rows = if taps.is_empty() { 0 } else { taps.count[0] };
        for i in 0..rows {
            let row = &self.x[taps.row(i)];
            let mut row_sum = simd.load(&row[0]);
            for j in 1..taps.count[1] {
                row_sum = simd.add(row_sum, simd.load(&row[j * taps.step[1]]));
            }
            sum = simd.add(sum, row_sum);
        }
        let y = &mut self.y[self.layout.row(place[0]).start + place[1]];
        simd.store(simd.mul(sum, simd.splat(share(taps))), y);
    }
}

/// Adds each gradient's share to all pixels of its window.
struct Share<'a> {
    y: Blocked,
    d_y: &'a [Pixel],
    d_x: &'a mut [Pixel],
    rows: FreshRows,
}

impl OnPlace for Share<'_> {
    #[inline(always)]
    fn before_row(&mut self, end: usize) {
        self.rows.clear_until(end, self.d_x);
    }

    #[inline(always)]
    fn place<S: Simd>(&mut self, simd: S, place: [usize; 2], taps: Taps) {
        let d_y = simd.load(&self.d_y[self.y.row(place[0]).start + place[1]]);
        let part = simd.mul(d_y, simd.splat(share(taps)));
        let rows = if taps.is_empty() { 0 } else { taps.count[0] };
        for i in 0..rows {
            let row = &mut self.d_x[taps.row(i)];
            for j in 0..taps.count[1] {
                let d_x = &mut row[j * taps.step[1]];
                simd.store(simd.add(simd.load(d_x), part), d_x);
            }
        }
    }
}
