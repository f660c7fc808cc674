//! Pooling: the largest or the mean of each window, on every plane by itself, a line of sixteen channels at a time.
//!
//! Two families: a window that slides, as that of a convolution does, and *adaptive* pooling, which cuts the plane into
//! as many parts as the output has pixels. All numbers are PyTorch's: the largest is the first of equals, but NaN beats
//! all numbers and the last NaN the others; padding is never the largest; in a mean it counts if the descriptor says so.

use crate::window::Window;
use core::ops::Range;

pub mod adaptive_avg_pool2d;
pub mod adaptive_max_pool2d;
pub mod avg_pool2d;
mod largest;
pub mod max_pool2d;
mod mean;
#[cfg(test)]
mod tests;
mod windows;

/// The largest pixel of each window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaxPool2d {
    /// Planes of an image.
    pub channels: usize,
    /// What slides over each plane.
    pub window: Window,
}

/// The mean of each window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AvgPool2d {
    /// Planes of an image.
    pub channels: usize,
    /// What slides over each plane.
    pub window: Window,
    /// Whether the zeros of the padding count in the mean.
    pub count_include_pad: bool,
}

/// The largest or the mean of each part of a plane.
///
/// Along an axis, part i goes from ⌊i·input/output⌋ to ⌈(i+1)·input/output⌉; so parts may overlap by a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdaptivePool2d {
    /// Planes of an image.
    pub channels: usize,
    /// Size of a plane before.
    pub input: [usize; 2],
    /// Size of a plane after.
    pub output: [usize; 2],
}

impl AvgPool2d {
    /// How many taps the mean counts along axis `axis` at place `o`.
    ///
    /// Nothing beyond the padding counts, where the window hangs over the far edge.
    const fn counted(&self, axis: usize, o: usize) -> usize {
        let (near, input) = (self.window.padding[axis], self.window.input[axis]);
        if self.count_include_pad {
            self.taps_before(axis, o, near + input + near)
        } else {
            self.taps_before(axis, o, near + input) - self.taps_before(axis, o, near)
        }
    }

    /// How many taps lie before the padded coordinate `end` along axis `axis` at place `o`.
    const fn taps_before(&self, axis: usize, o: usize, end: usize) -> usize {
        let pixels = end.saturating_sub(o * self.window.stride[axis]);
        let taps = match self.window.dilation[axis] {
            1 => pixels,
            dilation => pixels.div_ceil(dilation),
        };
        if taps < self.window.kernel[axis] { taps } else { self.window.kernel[axis] }
    }
}

impl AdaptivePool2d {
    /// Pixels of a plane before.
    pub const fn input_len(&self) -> usize {
        self.input[0] * self.input[1]
    }

    /// Pixels of a plane after.
    pub const fn output_len(&self) -> usize {
        self.output[0] * self.output[1]
    }

    /// The pixels along axis `axis` of part `o`.
    const fn part(&self, axis: usize, o: usize) -> Range<usize> {
        let (input, output) = (self.input[axis], self.output[axis]);
        o * input / output..((o + 1) * input).div_ceil(output)
    }
}
