//! The gradients of a first layer's weight and bias: `x` is what comes from outside, planes of few channels without a halo.
//!
//! `weight_sums` does the work, on a copy of one image at a time that has its padding around it.

use super::first_layer::{self, FirstConv2d, pad};
use super::weight_chunks::Gradients;
use super::weight_sums::{self, Add, Blocks, Layout, Place, Places};
use crate::memory::{LINE, Workspace};
use crate::view::View;

/// Numbers of scratch that [`backward_weight`] needs for each thread.
#[must_use]
pub const fn backward_weight_lane_len(d: &FirstConv2d) -> usize {
    first_layer::forward_lane_len(d)
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
    let [x_height, x_width] = d.padded();
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
        blocks: Blocks { seen: 1, next: Place { x: 0, d_y: d.y().block_pixels() * LINE } },
        offset: |channel, tap: [usize; 2]| {
            let row = channel * x_height + tap[0] * window.dilation[0];
            row * x_width + tap[1] * window.dilation[1]
        },
    };
    let gradients = Gradients { weight: d_weight, bias: d_bias };
    let cost = x.count() * d.conv.macs();
    weight_sums::overwrite(&d.conv, &layout, gradients, cost, work, &|entries, units, sums, scratch| {
        let padded = &mut scratch[..backward_weight_lane_len(d)];
        for (x, d_y) in x.images().zip(d_y.images()) {
            pad(d, x, padded);
            Add::<1> { entries, units: units.clone(), sums, x: padded, d_y, places }.run();
        }
    });
}
