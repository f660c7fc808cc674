//! Upsampling of images in the layout of the network: a line of sixteen channels at a time.
#![allow(clippy::inline_always)] // loops must take on the instruction set that they are compiled for

use super::Upsample;
use crate::blocked::over::moves;
use crate::blocked::{Blocked, Haloed, Pixel};

/// The layouts of x and y.
fn layouts(d: &Haloed<Upsample>) -> [Blocked; 2] {
    let channels = d.layer.channels;
    let x = Blocked { channels, plane: d.layer.input, halo: d.x_halo };
    [x, Blocked { channels, plane: d.layer.output(), halo: d.y_halo }]
}

/// What a block costs, in multiply-adds.
fn cost(layouts: &[Blocked; 2]) -> usize {
    moves(layouts[0].block_pixels() + layouts[1].block_pixels())
}

/// Each pixel repeated.
pub mod nearest {
    use super::{Blocked, Haloed, Pixel, Upsample, cost, layouts};
    use crate::Write;
    use crate::blocked::over::over_blocks;
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
    pub fn backward(
        d: &Haloed<Upsample>,
        d_y: View<'_>,
        d_x: ViewMut<'_>,
        write: Write,
        work: Workspace<'_>,
    ) {
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
}

/// Interpolated between the four nearest pixels.
pub mod bilinear {
    use super::{Blocked, Haloed, Pixel, Upsample, cost, layouts};
    use crate::Write;
    use crate::blocked::over::over_blocks;
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
    pub fn backward(
        d: &Haloed<Upsample>,
        d_y: View<'_>,
        d_x: ViewMut<'_>,
        write: Write,
        work: Workspace<'_>,
    ) {
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Write;
    use crate::blocked::testing::{batch, planes};
    use crate::conv2d::testing::{Batch, Scratch, assert_close, numbers};
    use crate::reference::upsample as reference;
    use crate::reference::upsample::Mode;
    use alloc::vec;
    use proptest::prelude::*;

    fn forward(d: &Haloed<Upsample>, mode: Mode, x: &Batch, y: &Batch, lanes: usize) -> Batch {
        let (mut scratch, mut y) = (Scratch::new(lanes, 0, 0), y.clone());
        let kernel = match mode {
            Mode::Nearest => nearest::forward,
            Mode::Bilinear => bilinear::forward,
        };
        kernel(d, x.view(), y.view_mut(), scratch.workspace());
        y
    }

    fn backward(
        d: &Haloed<Upsample>,
        mode: Mode,
        d_y: &Batch,
        d_x: &Batch,
        write: Write,
        lanes: usize,
    ) -> Batch {
        let (mut scratch, mut d_x) = (Scratch::new(lanes, 0, 0), d_x.clone());
        let kernel = match mode {
            Mode::Nearest => nearest::backward,
            Mode::Bilinear => bilinear::backward,
        };
        kernel(d, d_y.view(), d_x.view_mut(), write, scratch.workspace());
        d_x
    }

    proptest! {
        #[test]
        fn kernels_are_the_definition(
            channels in prop_oneof![1..4_usize, 14..35_usize],
            input in [1..5_usize, 1..5],
            scale in [1..4_usize, 1..4],
            align_corners: bool,
            halos in [[0..3_usize, 0..3], [0..3, 0..3]],
            count in 1..4_usize,
            gaps in [0..5_usize, 0..5],
        ) {
            let layer = Upsample { channels, input, scale, align_corners };
            let d = Haloed { layer, x_halo: halos[0], y_halo: halos[1] };
            let [from, to] = layouts(&d);
            let (x, d_y) = (numbers(count * from.planes_len(), 1), numbers(count * to.planes_len(), 2));
            let (images, gradients) = (batch(&from, &x, gaps[0]), batch(&to, &d_y, gaps[1]));
            let garbage = |layout: &Blocked| Batch::new(&vec![f32::NAN; count * layout.len()], layout.len(), 2);
            for mode in [Mode::Nearest, Mode::Bilinear] {
                let (mut y, mut d_x) = (vec![f32::NAN; d_y.len()], vec![f32::NAN; x.len()]);
                reference::forward(&layer, mode, &x, &mut y);
                assert_close("y", &planes(&to, &forward(&d, mode, &images, &garbage(&to), 1)), &y, 4);
                reference::backward(&layer, mode, &d_y, &mut d_x);
                let terms = 4 * scale[0] * scale[1];
                let found = backward(&d, mode, &gradients, &garbage(&from), Write::Overwrite, 1);
                assert_close("d_x", &planes(&from, &found), &d_x, terms);
                d_x.iter_mut().zip(&x).for_each(|(d_x, x)| *d_x += x);
                let found = backward(&d, mode, &gradients, &images, Write::Accumulate, 1);
                assert_close("sum in d_x", &planes(&from, &found), &d_x, terms);
            }
        }
    }

    #[cfg(feature = "rayon")]
    #[test]
    fn bits_do_not_depend_on_the_threads() {
        use crate::conv2d::testing::assert_same_bits;
        for (channels, count) in [(65, 1), (33, 2), (11, 7)] {
            let layer = Upsample { channels, input: [27, 33], scale: [2, 3], align_corners: false };
            let d = Haloed { layer, x_halo: [1, 0], y_halo: [0, 1] };
            let [from, to] = layouts(&d);
            let x = batch(&from, &numbers(count * from.planes_len(), 1), 3);
            let y = batch(&to, &numbers(count * to.planes_len(), 2), 0);
            for mode in [Mode::Nearest, Mode::Bilinear] {
                assert_same_bits("y", |lanes| forward(&d, mode, &x, &y, lanes).dense());
                assert_same_bits("d_x", |lanes| backward(&d, mode, &y, &x, Write::Overwrite, lanes).dense());
            }
        }
    }
}
