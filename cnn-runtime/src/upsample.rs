//! Upsampling by whole factors: PyTorch's `Upsample`, nearest and bilinear.
//!
//! Both are separable: along an axis, a pixel of the output reads one pixel of the input, or two with weights. So backward
//! adds each gradient to the pixels that were read, times the same weights.

use crate::Write;
use crate::memory::Workspace;
use crate::planes::over_planes;
use crate::view::{View, ViewMut};

pub mod blocked;

/// An upsampling layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Upsample {
    /// Planes of an image.
    pub channels: usize,
    /// Size of a plane before.
    pub input: [usize; 2],
    /// How many times larger it is after.
    pub scale: [usize; 2],
    /// Whether the corner pixels of both planes lie on each other, or the corners of these pixels; for [`bilinear`].
    pub align_corners: bool,
}

impl Upsample {
    /// Size of a plane after.
    pub const fn output(&self) -> [usize; 2] {
        [self.input[0] * self.scale[0], self.input[1] * self.scale[1]]
    }

    /// Where along axis `axis` of the input the pixel `o` of the output lies, in pixels from the first one's middle.
    pub(crate) fn source(&self, axis: usize, o: usize) -> f32 {
        if self.align_corners {
            let (steps, places) = (self.input[axis] - 1, self.output()[axis] - 1);
            return if places == 0 { 0.0 } else { steps as f32 / places as f32 * o as f32 };
        }
        ((o as f32 + 0.5) * (1.0 / self.scale[axis] as f32) - 0.5).max(0.0)
    }

    /// The two pixels that it is interpolated between, and the weight of the second.
    fn between(&self, axis: usize, o: usize) -> (usize, usize, f32) {
        let (source, last) = (self.source(axis, o), self.input[axis] - 1);
        #[allow(clippy::cast_sign_loss)] // it is never negative
        let first = (source as usize).min(last);
        (first, (first + 1).min(last), source - first as f32)
    }

    /// The contract on lengths.
    fn assert_images(&self, x_len: usize, y_len: usize) {
        let plane = |[height, width]: [usize; 2]| self.channels * height * width;
        assert_eq!([x_len, y_len], [plane(self.input), plane(self.output())], "image lengths of {self:?}");
    }

    /// Pixels of a plane after.
    const fn output_len(&self) -> usize {
        let [height, width] = self.output();
        height * width
    }
}

/// Each pixel repeated.
pub mod nearest {
    use super::{Upsample, View, ViewMut, Workspace, Write, over_planes};

    /// The output `y` for each image of `x`.
    ///
    /// # Panics
    /// If a length is not what `d` tells.
    pub fn forward(d: &Upsample, x: View, y: ViewMut, work: Workspace) {
        d.assert_images(x.image_len(), y.image_len());
        let ([down, across], [_, width]) = (d.scale, d.output());
        over_planes(d.channels, d.output_len(), [x], y, work, &|[x]: [&[f32]; 1], y: &mut [f32]| {
            for (x, rows) in x.chunks_exact(d.input[1]).zip(y.chunks_exact_mut(down * width)) {
                for row in rows.chunks_exact_mut(width) {
                    for (x, pixels) in x.iter().zip(row.chunks_exact_mut(across)) {
                        pixels.fill(*x);
                    }
                }
            }
        });
    }

    /// The gradient `d_x` of the input.
    ///
    /// # Panics
    /// If a length is not what `d` tells.
    pub fn backward(d: &Upsample, d_y: View, d_x: ViewMut, write: Write, work: Workspace) {
        d.assert_images(d_x.image_len(), d_y.image_len());
        let ([down, across], [_, width]) = (d.scale, d.output());
        over_planes(d.channels, d.output_len(), [d_y], d_x, work, &|[d_y]: [&[f32]; 1], d_x: &mut [f32]| {
            if write == Write::Overwrite {
                d_x.fill(0.0);
            }
            for (rows, d_x) in d_y.chunks_exact(down * width).zip(d_x.chunks_exact_mut(d.input[1])) {
                for row in rows.chunks_exact(width) {
                    for (pixels, d_x) in row.chunks_exact(across).zip(&mut *d_x) {
                        *d_x += pixels.iter().sum::<f32>();
                    }
                }
            }
        });
    }
}

/// Interpolated between the four nearest pixels.
pub mod bilinear {
    use super::{Upsample, View, ViewMut, Workspace, Write, over_planes};

    /// The output `y` for each image of `x`.
    ///
    /// # Panics
    /// If a length is not what `d` tells.
    pub fn forward(d: &Upsample, x: View, y: ViewMut, work: Workspace) {
        d.assert_images(x.image_len(), y.image_len());
        let width = d.input[1];
        over_planes(d.channels, 4 * d.output_len(), [x], y, work, &|[x]: [&[f32]; 1], y: &mut [f32]| {
            for (i, row) in y.chunks_exact_mut(d.output()[1]).enumerate() {
                let (above, below, down) = d.between(0, i);
                let [above, below] = [above, below].map(|row| &x[row * width..][..width]);
                for (j, y) in row.iter_mut().enumerate() {
                    let (left, right, across) = d.between(1, j);
                    let mix = |row: &[f32]| (1.0 - across) * row[left] + across * row[right];
                    *y = (1.0 - down) * mix(above) + down * mix(below);
                }
            }
        });
    }

    /// The gradient `d_x` of the input.
    ///
    /// # Panics
    /// If a length is not what `d` tells.
    pub fn backward(d: &Upsample, d_y: View, d_x: ViewMut, write: Write, work: Workspace) {
        d.assert_images(d_x.image_len(), d_y.image_len());
        let width = d.input[1];
        over_planes(
            d.channels,
            4 * d.output_len(),
            [d_y],
            d_x,
            work,
            &|[d_y]: [&[f32]; 1], d_x: &mut [f32]| {
                if write == Write::Overwrite {
                    d_x.fill(0.0);
                }
                for (i, row) in d_y.chunks_exact(d.output()[1]).enumerate() {
                    let (above, below, down) = d.between(0, i);
                    for (j, d_y) in row.iter().enumerate() {
                        let (left, right, across) = d.between(1, j);
                        for (row, weight) in [(above, (1.0 - down) * d_y), (below, down * d_y)] {
                            d_x[row * width + left] += (1.0 - across) * weight;
                            d_x[row * width + right] += across * weight;
                        }
                    }
                }
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conv2d::testing::{Batch, Scratch, assert_close, numbers};
    use crate::reference::upsample as reference;
    use crate::reference::upsample::Mode;
    use alloc::vec;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn forward(d: &Upsample, mode: Mode, x: &Batch, y: &Batch, lanes: usize) -> Vec<f32> {
        let (mut scratch, mut y) = (Scratch::new(lanes, 0, 0), y.clone());
        match mode {
            Mode::Nearest => nearest::forward(d, x.view(), y.view_mut(), scratch.workspace()),
            Mode::Bilinear => bilinear::forward(d, x.view(), y.view_mut(), scratch.workspace()),
        }
        y.dense()
    }

    fn backward(d: &Upsample, mode: Mode, d_y: &Batch, d_x: &Batch, write: Write, lanes: usize) -> Vec<f32> {
        let (mut scratch, mut d_x) = (Scratch::new(lanes, 0, 0), d_x.clone());
        let kernel = match mode {
            Mode::Nearest => nearest::backward,
            Mode::Bilinear => bilinear::backward,
        };
        kernel(d, d_y.view(), d_x.view_mut(), write, scratch.workspace());
        d_x.dense()
    }

    proptest! {
        #[test]
        fn kernels_are_the_definition(
            channels in 1..4_usize,
            input in [1..6_usize, 1..6],
            scale in [1..5_usize, 1..5],
            align_corners: bool,
            count in 1..4_usize,
            gaps in [0..5_usize, 0..5],
        ) {
            let d = Upsample { channels, input, scale, align_corners };
            let (x_len, y_len) = (channels * input[0] * input[1], channels * d.output_len());
            let (x, d_y) = (numbers(count * x_len, 1), numbers(count * y_len, 2));
            let (x_images, y_images) = (Batch::new(&x, x_len, gaps[0]), Batch::new(&d_y, y_len, gaps[1]));
            for mode in [Mode::Nearest, Mode::Bilinear] {
                let (mut y, mut d_x) = (vec![f32::NAN; d_y.len()], vec![f32::NAN; x.len()]);
                reference::forward(&d, mode, &x, &mut y);
                assert_close("y", &forward(&d, mode, &x_images, &y_images, 1), &y, 4);
                reference::backward(&d, mode, &d_y, &mut d_x);
                let terms = 4 * scale[0] * scale[1];
                let found = backward(&d, mode, &y_images, &x_images, Write::Overwrite, 1);
                assert_close("d_x", &found, &d_x, terms);
                d_x.iter_mut().zip(&x).for_each(|(d_x, x)| *d_x += x);
                let found = backward(&d, mode, &y_images, &x_images, Write::Accumulate, 1);
                assert_close("sum in d_x", &found, &d_x, terms);
            }
        }
    }

    #[cfg(feature = "rayon")]
    #[test]
    fn bits_do_not_depend_on_the_threads() {
        use crate::conv2d::testing::assert_same_bits;
        for count in [1, 7] {
            let d = Upsample { channels: 11, input: [97, 83], scale: [2, 3], align_corners: false };
            let (x_len, y_len) = (11 * 97 * 83, 11 * d.output_len());
            let (x, y) = (
                Batch::new(&numbers(count * x_len, 1), x_len, 3),
                Batch::new(&numbers(count * y_len, 2), y_len, 0),
            );
            for mode in [Mode::Nearest, Mode::Bilinear] {
                assert_same_bits("y", |lanes| forward(&d, mode, &x, &y, lanes));
                assert_same_bits("d_x", |lanes| backward(&d, mode, &y, &x, Write::Overwrite, lanes));
            }
        }
    }

    /// ```python
    /// # torch 2.15.0
    /// x = torch.tensor([[1., 2, 4], [8, 16, 32]]).reshape(1, 1, 2, 3)
    /// F.interpolate(x, scale_factor=(2, 3), mode='bilinear', align_corners=False)[0, 0, 1], align_corners=True)[0, 0, 1]
    /// ```
    #[test]
    fn numbers_are_pytorchs() {
        let x = Batch::new(&[1.0, 2.0, 4.0, 8.0, 16.0, 32.0], 6, 0);
        let rows = [
            (false, [2.75, 2.75, 3.666_666_7, 4.583_333_5, 5.5, 7.333_333_5, 9.166_667, 11.0, 11.0]),
            (
                true,
                [
                    3.333_333_5,
                    4.166_666_5,
                    5.0,
                    5.833_333,
                    6.666_667,
                    8.333_333,
                    10.0,
                    11.666_667,
                    13.333_333,
                ],
            ),
        ];
        for (align_corners, expected) in rows {
            let d = Upsample { channels: 1, input: [2, 3], scale: [2, 3], align_corners };
            let y = forward(&d, Mode::Bilinear, &x, &Batch::new(&[0.0; 36], 36, 0), 1);
            assert_close("second row", &y[9..18], &expected, 4);
        }
    }
}
