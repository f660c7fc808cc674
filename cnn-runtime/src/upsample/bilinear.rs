//! Interpolated between the four nearest pixels.

use super::{Upsample, cost, layouts};
use crate::Write;
use crate::blocked::over::over_blocks;
use crate::blocked::{Blocked, Haloed, Pixel};
use crate::memory::{LINE, Workspace};
use crate::simd::{Kernel, Simd, on_best_unit};
use crate::view::{View, ViewMut};

/// The output `y` for each image of `x`.
///
/// # Panics
/// If a length is not what `d` tells.
pub fn forward(d: &Haloed<Upsample>, x: View<'_>, y: ViewMut<'_>, work: Workspace<'_>) {
    let [from, to] = layouts(d);
    let cost = cost(&[from, to]);
    over_blocks(to.blocks(), cost, [from.read(x)], [to.written(y)], work, &|_, [x], [y]| {
        let (x, y) = (x.as_chunks().0, y.as_chunks_mut().0);
        to.clear_halo(y);
        on_best_unit(Interpolate { d: d.layer, from, to, x, y });
    });
}

/// The gradient `d_x` of the input.
///
/// # Panics
/// If a length is not what `d` tells.
pub fn backward(d: &Haloed<Upsample>, d_y: View<'_>, d_x: ViewMut<'_>, write: Write, work: Workspace<'_>) {
    let [to, from] = layouts(d);
    let cost = cost(&[from, to]);
    over_blocks(to.blocks(), cost, [from.read(d_y)], [to.written(d_x)], work, &|_, [d_y], [d_x]| {
        let (d_y, d_x) = (d_y.as_chunks().0, d_x.as_chunks_mut::<LINE>().0);
        match write {
            Write::Overwrite => d_x.fill([0.0; LINE]),
            Write::Accumulate => to.clear_halo(d_x),
        }
        on_best_unit(Distribute { d: d.layer, from, to, d_y, d_x });
    });
}

struct Interpolate<'a> {
    d: Upsample,
    from: Blocked,
    to: Blocked,
    x: &'a [Pixel],
    y: &'a mut [Pixel],
}

impl Kernel for Interpolate<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        for row in 0..self.to.plane[0] {
            let (above, below, down) = self.d.between(0, row);
            let [above, below] = [above, below].map(|row| &self.x[self.from.row(row)]);
            for (column, y) in self.y[self.to.row(row)].iter_mut().enumerate() {
                let (left, right, across) = self.d.between(1, column);
                let above = mix(simd, simd.load(&above[left]), simd.load(&above[right]), across);
                let below = mix(simd, simd.load(&below[left]), simd.load(&below[right]), across);
                simd.store(mix(simd, above, below, down), y);
            }
        }
    }
}

/// Between a and b: the share of b.
#[inline(always)]
fn mix<S: Simd>(simd: S, a: S::Line, b: S::Line, share: f32) -> S::Line {
    simd.mul_add(simd.splat(share), b, simd.mul(simd.splat(1.0 - share), a))
}

struct Distribute<'a> {
    d: Upsample,
    from: Blocked,
    to: Blocked,
    d_y: &'a [Pixel],
    d_x: &'a mut [Pixel],
}

impl Kernel for Distribute<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        for row in 0..self.from.plane[0] {
            let (above, below, down) = self.d.between(0, row);
            for (column, d_y) in self.d_y[self.from.row(row)].iter().enumerate() {
                let (left, right, across) = self.d.between(1, column);
                let d_y = simd.load(d_y);
                for (row, weight) in [(above, 1.0 - down), (below, down)] {
                    let d_x = &mut self.d_x[self.to.row(row)];
                    for (column, weight) in [(left, weight * (1.0 - across)), (right, weight * across)] {
                        let sum = simd.mul_add(simd.splat(weight), d_y, simd.load(&d_x[column]));
                        simd.store(sum, &mut d_x[column]);
                    }
                }
            }
        }
    }
}
