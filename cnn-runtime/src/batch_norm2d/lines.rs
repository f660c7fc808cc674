//! What becomes of a line of sixteen channels once their statistics are known.

use crate::blocked::{Blocked, Pixel};
use crate::memory::LINE;
use crate::simd::{Kernel, Simd, on_best_unit};
use core::array::from_fn;

/// How a line follows from the lines that `R` other images have at its place, and from what it was before.
pub(super) trait OnLine<const K: usize, const R: usize> {
    /// The line's new value. Implementations are `#[inline(always)]`.
    fn line<S: Simd>(&self, simd: S, constants: [S::Line; K], read: [S::Line; R], before: S::Line)
    -> S::Line;
}

/// y = (x − mean) · factor + bias
pub(super) struct Normalize;

impl OnLine<3, 1> for Normalize {
    #[inline(always)]
    fn line<S: Simd>(&self, simd: S, constants: [S::Line; 3], [x]: [S::Line; 1], _: S::Line) -> S::Line {
        let [mean, factor, bias] = constants;
        simd.mul_add(simd.sub(x, mean), factor, bias)
    }
}

/// `d_x` = factor · (`d_y` − `mean_d_y` − (x − mean) · slope)
pub(super) struct Gradient;

impl OnLine<4, 2> for Gradient {
    #[inline(always)]
    fn line<S: Simd>(&self, simd: S, constants: [S::Line; 4], [x, d_y]: [S::Line; 2], _: S::Line) -> S::Line {
        let [mean, factor, mean_d_y, slope] = constants;
        let along = simd.mul(simd.sub(x, mean), slope);
        simd.mul(factor, simd.sub(simd.sub(d_y, mean_d_y), along))
    }
}

/// What another function gives, added to what is there.
pub(super) struct Added<F>(pub(super) F);

impl<const K: usize, const R: usize, F: OnLine<K, R>> OnLine<K, R> for Added<F> {
    #[inline(always)]
    fn line<S: Simd>(
        &self,
        simd: S,
        constants: [S::Line; K],
        read: [S::Line; R],
        before: S::Line,
    ) -> S::Line {
        simd.add(before, self.0.line(simd, constants, read, before))
    }
}

/// Gives every line of a block its new value. Where constants are zero the lanes become zero, or stay so.
pub(super) fn each_line<const K: usize, const R: usize, F: OnLine<K, R>>(
    f: F,
    constants: &[Pixel; K],
    read: [(Blocked, &[f32]); R],
    (layout, written): (Blocked, &mut [f32]),
) {
    let (written, _) = written.as_chunks_mut::<LINE>();
    layout.clear_halo(written);
    let read = read.map(|(layout, numbers)| (layout, numbers.as_chunks::<LINE>().0));
    on_best_unit(EachLine { f, constants, read, written: (layout, written) });
}

struct EachLine<'a, const K: usize, const R: usize, F> {
    f: F,
    constants: &'a [Pixel; K],
    read: [(Blocked, &'a [Pixel]); R],
    written: (Blocked, &'a mut [Pixel]),
}

impl<const K: usize, const R: usize, F: OnLine<K, R>> Kernel for EachLine<'_, K, R, F> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { f, constants, read, written: (layout, written) } = self;
        let constants = constants.each_ref().map(|line| simd.load(line));
        for row in 0..layout.plane[0] {
            let read: [&[Pixel]; R] = from_fn(|i| &read[i].1[read[i].0.row(row)]);
            for (i, written) in written[layout.row(row)].iter_mut().enumerate() {
                let mut lines = [simd.splat(0.0); R];
                for (line, read) in lines.iter_mut().zip(read) {
                    *line = simd.load(&read[i]);
                }
                let line = f.line(simd, constants, lines, simd.load(written));
                simd.store(line, written);
            }
        }
    }
}
