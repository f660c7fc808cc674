//! The sliding window that convolutions and pools share.

/// A window sliding over a plane; every pair is (height, width).
///
/// Whoever makes one computes the output size; kernels rely on it and do not compute it again. Without `ceil_mode`, it
/// is the number of places where the window fits into the padded plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Size of a plane before.
    pub input: [usize; 2],
    /// Size of a plane after.
    pub output: [usize; 2],
    /// Size of the window in taps.
    pub kernel: [usize; 2],
    /// Pixels from one place of the window to the next.
    pub stride: [usize; 2],
    /// Zeros around the plane, on each side.
    pub padding: [usize; 2],
    /// Pixels from one tap of the window to the next.
    pub dilation: [usize; 2],
}

impl Window {
    /// Pixels of a plane before.
    pub const fn input_len(&self) -> usize {
        self.input[0] * self.input[1]
    }

    /// Pixels of a plane after.
    pub const fn output_len(&self) -> usize {
        self.output[0] * self.output[1]
    }

    /// Taps of the window.
    pub const fn kernel_len(&self) -> usize {
        self.kernel[0] * self.kernel[1]
    }

    /// The input coordinate that tap `k` reads at place `o` along axis `axis` (0 = height), unless it lies in the padding.
    pub const fn tap(&self, axis: usize, o: usize, k: usize) -> Option<usize> {
        let padded = o * self.stride[axis] + k * self.dilation[axis];
        if padded < self.padding[axis] || padded - self.padding[axis] >= self.input[axis] {
            return None;
        }
        Some(padded - self.padding[axis])
    }
}
