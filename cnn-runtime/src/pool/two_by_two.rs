//! The commonest pool of all: the largest of two by two pixels, side by side.
//!
//! Small networks pool small planes, where the general loops spend their time on starting. Here a window is one step.

use super::max_pool2d::beats;
use crate::window::Window;

/// Whether a window is of this kind; one that hangs over the far edge is not.
pub(super) fn applies(window: &Window) -> bool {
    let side_by_side = window.kernel == [2, 2] && window.stride == [2, 2] && window.dilation == [1, 1];
    let inside = window.output.map(|places| 2 * places);
    side_by_side && window.padding == [0, 0] && inside[0] <= window.input[0] && inside[1] <= window.input[1]
}

/// The largest pixel of each window of a plane.
pub(super) fn forward(window: &Window, x: &[f32], y: &mut [f32]) {
    let larger = |best, new| if beats(new, best) { new } else { best };
    for (y, x) in y.chunks_exact_mut(window.output[1]).zip(x.chunks(2 * window.input[1])) {
        let (top, bottom) = x.split_at(window.input[1]);
        let pairs = top.as_chunks::<2>().0.iter().zip(bottom.as_chunks::<2>().0);
        for (y, (&[a, b], &[c, d])) in y.iter_mut().zip(pairs) {
            *y = larger(larger(larger(a, b), c), d);
        }
    }
}

/// Adds each window's gradient to its largest pixel.
pub(super) fn backward(window: &Window, x: &[f32], d_y: &[f32], d_x: &mut [f32]) {
    let rows = x.chunks(2 * window.input[1]).zip(d_x.chunks_mut(2 * window.input[1]));
    for (d_y, (x, d_x)) in d_y.chunks_exact(window.output[1]).zip(rows) {
        let (top, bottom) = x.split_at(window.input[1]);
        let (d_top, d_bottom) = d_x.split_at_mut(window.input[1]);
        backward_row(d_y, top, bottom, d_top, d_bottom);
    }
}

/// [`backward`] for one row of windows. By masks: which pixel is the largest cannot be foretold.
#[inline(never)]
fn backward_row(d_y: &[f32], top: &[f32], bottom: &[f32], d_top: &mut [f32], d_bottom: &mut [f32]) {
    let mask = |condition: bool| u32::from(condition).wrapping_neg();
    let choose = |mask: u32, a: f32, b: f32| f32::from_bits((a.to_bits() & mask) | (b.to_bits() & !mask));
    let only = |mask: u32, a: f32| f32::from_bits(a.to_bits() & mask);

    let x = top.as_chunks::<2>().0.iter().zip(bottom.as_chunks::<2>().0);
    let d_x = d_top.as_chunks_mut::<2>().0.iter_mut().zip(d_bottom.as_chunks_mut::<2>().0);
    for (&d_y, ((&[a, b], &[c, d]), (d_top, d_bottom))) in d_y.iter().zip(x.zip(d_x)) {
        let not_a = mask(beats(b, a));
        let ab = choose(not_a, b, a);
        let not_ab = mask(beats(c, ab));
        let abc = choose(not_ab, c, ab);
        let is_d = mask(beats(d, abc));
        d_top[0] += only(!not_a & !not_ab & !is_d, d_y);
        d_top[1] += only(not_a & !not_ab & !is_d, d_y);
        d_bottom[0] += only(not_ab & !is_d, d_y);
        d_bottom[1] += only(is_d, d_y);
    }
}
