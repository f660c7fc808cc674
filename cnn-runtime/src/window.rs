//! The sliding window that convolutions and pools share.

use core::ops::Range;

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

    /// The places whose tap `k` along axis `axis` reads a pixel and not padding: [`Window::tap`] seen from the tap.
    pub const fn places(&self, axis: usize, k: usize) -> Range<usize> {
        let skipped = k * self.dilation[axis];
        let first = self.places_before(axis, self.padding[axis].saturating_sub(skipped));
        let end = self.places_before(axis, (self.input[axis] + self.padding[axis]).saturating_sub(skipped));
        let end = if end < self.output[axis] { end } else { self.output[axis] };
        if first < end { first..end } else { 0..0 }
    }

    /// How many places lie before the padded coordinate `end`. Kernels ask for every row, so the usual strides need no
    /// division.
    const fn places_before(&self, axis: usize, end: usize) -> usize {
        match self.stride[axis] {
            1 => end,
            2 => end.div_ceil(2),
            stride => end.div_ceil(stride),
        }
    }
}

/// Calls `body` with each of `places` and every `stride`-th of `pixels`, the first included.
///
/// The usual strides are told to the optimiser as constants.
#[inline]
pub(crate) fn read_strided<P, I: ExactSizeIterator<Item = P> + DoubleEndedIterator>(
    mut places: I,
    pixels: &[f32],
    stride: usize,
    mut body: impl FnMut(P, f32),
) {
    let Some(last) = places.next_back() else { return };
    let (pixels, rest) = pixels.split_at(places.len() * stride);
    match stride {
        1 => places.zip(pixels).for_each(|(place, &pixel)| body(place, pixel)),
        2 => places.zip(pixels.as_chunks::<2>().0).for_each(|(place, pixels)| body(place, pixels[0])),
        _ => places.zip(pixels.chunks_exact(stride)).for_each(|(place, pixels)| body(place, pixels[0])),
    }
    body(last, rest[0]);
}

/// Adds each of `places` to every `stride`-th of `pixels`, the first included.
///
/// Not inlined: in a function of its own the optimiser knows that the slices are apart and has registers to spare.
#[inline(never)]
pub(crate) fn add_strided(places: &[f32], pixels: &mut [f32], stride: usize) {
    let Some((last, places)) = places.split_last() else { return };
    let (pixels, rest) = pixels.split_at_mut(places.len() * stride);
    let places = places.iter();
    match stride {
        1 => places.zip(pixels).for_each(|(place, pixel)| *pixel += place),
        2 => places.zip(pixels.as_chunks_mut::<2>().0).for_each(|(place, pixels)| pixels[0] += place),
        _ => places.zip(pixels.chunks_exact_mut(stride)).for_each(|(place, pixels)| pixels[0] += place),
    }
    rest[0] += last;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_where_a_tap_reads_a_pixel() {
        for [input, output, kernel, stride, padding, dilation] in [
            [5, 3, 3, 1, 0, 1],
            [5, 6, 4, 1, 2, 1],
            [7, 4, 3, 2, 1, 1],
            [7, 3, 3, 3, 4, 2],
            [4, 5, 3, 2, 1, 1],
            [1, 4, 2, 3, 5, 2],
        ] {
            let window = Window {
                input: [input; 2],
                output: [output; 2],
                kernel: [kernel; 2],
                stride: [stride; 2],
                padding: [padding; 2],
                dilation: [dilation; 2],
            };
            for k in 0..kernel {
                let places = window.places(0, k);
                for o in 0..output {
                    assert_eq!(
                        places.contains(&o),
                        window.tap(0, o, k).is_some(),
                        "{window:?}, tap {k}, place {o}"
                    );
                }
                assert!(places.end <= output);
            }
        }
    }
}
