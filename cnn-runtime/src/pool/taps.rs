//! The taps of a sliding window, each for many places at once.

use crate::window::Window;
use core::ops::Range;

/// Calls `body` with the places of each tap in row `i` of the output, and the pixel that the first of them reads.
///
/// Only places within `span` count, and they are counted from its start; places that read padding are left out.
#[inline]
pub(super) fn for_each_tap(
    window: &Window,
    i: usize,
    span: &Range<usize>,
    mut body: impl FnMut(Range<usize>, usize),
) {
    for down in 0..window.kernel[0] {
        let Some(row) = window.tap(0, i, down) else { continue };
        for across in 0..window.kernel[1] {
            let places = window.places(1, across);
            let (start, end) = (places.start.max(span.start), places.end.min(span.end));
            if start < end {
                let col = start * window.stride[1] + across * window.dilation[1] - window.padding[1];
                body(start - span.start..end - span.start, row * window.input[1] + col);
            }
        }
    }
}
