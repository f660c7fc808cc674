//! Upsampling by whole factors: PyTorch's `Upsample`, nearest and bilinear.
//!
//! Both are separable: along an axis, a pixel of the output reads one pixel of the input, or two with weights. So backward
//! adds each gradient to the pixels that were read, times the same weights.

use crate::blocked::over::moves;
use crate::blocked::{Blocked, Haloed};

pub mod bilinear;
pub mod nearest;
#[cfg(test)]
mod tests;

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
}

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
