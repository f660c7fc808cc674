//! Each pixel repeated.

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
    let (cost, [down, across]) = (cost(&[from, to]), d.layer.scale);
    over_blocks(to.blocks(), cost, [from.read(x)], [to.written(y)], work, &|_, [x], [y]| {
        let (x, y) = (x.as_chunks::<LINE>().0, y.as_chunks_mut::<LINE>().0);
        for row in 0..from.plane[0] {
            let first = to.row(row * down);
            for (pixels, x) in y[first.clone()].chunks_exact_mut(across).zip(&x[from.row(row)]) {
                pixels.fill(*x);
            }
            for copy in 1..down {
                y.copy_within(first.clone(), to.row(row * down + copy).start);
            }
        }
        to.clear_halo(y);
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
        let (d_y, d_x) = (d_y.as_chunks().0, d_x.as_chunks_mut().0);
        to.clear_halo(d_x);
        on_best_unit(Sum { from, to, scale: d.layer.scale, d_y, d_x, write });
    });
}

/// Sums up the pixels that repeat one.
struct Sum<'a> {
    from: Blocked,
    to: Blocked,
    scale: [usize; 2],
    d_y: &'a [Pixel],
    d_x: &'a mut [Pixel],
    write: Write,
}

impl Kernel for Sum<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let [down, across] = self.scale;
        for row in 0..self.to.plane[0] {
            for (column, d_x) in self.d_x[self.to.row(row)].iter_mut().enumerate() {
                let mut sum = match self.write {
                    Write::Overwrite => simd.splat(0.0),
                    Write::Accumulate => simd.load(d_x),
                };
                for i in 0..down {
                    let first = self.from.row(row * down + i).start + column * across;
                    for pixel in &self.d_y[first..first + across] {
                        sum = simd.add(sum, simd.load(pixel));
                    }
                }
                simd.store(sum, d_x);
            }
        }
    }
}
