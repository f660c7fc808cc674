//! The gradients of a first layer's weight and bias: `x` is what comes from outside, planes of few channels without a halo.
//!
//! [`weight_sums`](super::weight_sums) does the work, on a copy of one image at a time that has its padding around it.

use super::Conv2d;
use super::weight_chunks::Gradients;
use super::weight_sums::{self, Add, Layout, Place, Places};
use crate::blocked::Blocked;
use crate::memory::{LINE, Workspace};
use crate::view::View;

/// A convolution from NCHW to the layout of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstConv2d {
    /// What is computed.
    pub conv: Conv2d,
    /// The halo of `y` or its gradient.
    pub y_halo: [usize; 2],
}

impl FirstConv2d {
    /// The layout of `y`.
    #[must_use]
    pub const fn y(&self) -> Blocked {
        Blocked { channels: self.conv.out_channels, plane: self.conv.window.output, halo: self.y_halo }
    }
}

/// Rows and columns of a plane of `x` with its padding.
const fn padded(d: &FirstConv2d) -> [usize; 2] {
    let (input, padding) = (d.conv.window.input, d.conv.window.padding);
    [input[0] + 2 * padding[0], input[1] + 2 * padding[1]]
}

/// Numbers of scratch that [`backward_weight`] needs for each thread.
#[must_use]
pub const fn backward_weight_lane_len(d: &FirstConv2d) -> usize {
    d.conv.in_channels * padded(d)[0] * padded(d)[1]
}

/// Numbers of scratch that [`backward_weight`] needs for the step.
#[must_use]
pub const fn backward_weight_step_len(d: &FirstConv2d) -> usize {
    weight_sums::step_len(&d.conv)
}

/// Overwrites the gradient of the weight (O, I, Kh, Kw), and that of the bias if there is one. `x` is NCHW.
///
/// # Panics
/// If a length is not what `d` tells, there are groups, or the scratch is smaller than the functions above tell.
pub fn backward_weight(
    d: &FirstConv2d,
    x: View,
    d_y: View,
    d_weight: &mut [f32],
    d_bias: Option<&mut [f32]>,
    work: Workspace,
) {
    let window = &d.conv.window;
    assert_eq!(d.conv.groups, 1, "a first layer without groups");
    assert_eq!((x.count(), x.image_len()), (d_y.count(), d.conv.input_len()), "planes of {d:?}");
    d.y().assert_image(d_y.image_len());
    work.assert_lanes(backward_weight_lane_len(d));
    let [x_height, x_width] = padded(d);
    let y_width = d.y().padded()[1] * LINE;
    let places = Places {
        count: [1, window.output[0], window.output[1]],
        first: Place { x: 0, d_y: d.y_halo[0] * y_width + d.y_halo[1] * LINE },
        step: [
            Place { x: 0, d_y: 0 },
            Place { x: window.stride[0] * x_width, d_y: y_width },
            Place { x: window.stride[1], d_y: LINE },
        ],
    };
    let layout = Layout {
        next_block: Place { x: 0, d_y: d.y().block_pixels() * LINE },
        offset: |channel, tap: [usize; 2]| {
            let row = channel * x_height + tap[0] * window.dilation[0];
            row * x_width + tap[1] * window.dilation[1]
        },
    };
    let gradients = Gradients { weight: d_weight, bias: d_bias };
    let cost = x.count() * d.conv.macs();
    weight_sums::overwrite(&d.conv, &layout, gradients, cost, work, &|entries, units, sums, scratch| {
        let padded = &mut scratch[..backward_weight_lane_len(d)];
        padded.fill(0.0);
        for (x, d_y) in x.images().zip(d_y.images()) {
            fill_inside(d, x, padded);
            Add::<1> { entries, units: units.clone(), sums, x: padded, d_y, places }.run();
        }
    });
}

/// Copies an image to the inside of one with padding.
fn fill_inside(d: &FirstConv2d, x: &[f32], padded_x: &mut [f32]) {
    let (window, [height, width]) = (&d.conv.window, padded(d));
    let planes = x.chunks_exact(window.input_len()).zip(padded_x.chunks_exact_mut(height * width));
    for (from, to) in planes {
        let inside = to.chunks_exact_mut(width).skip(window.padding[0]);
        for (from, to) in from.chunks_exact(window.input[1]).zip(inside) {
            to[window.padding[1]..][..window.input[1]].copy_from_slice(from);
        }
    }
}
