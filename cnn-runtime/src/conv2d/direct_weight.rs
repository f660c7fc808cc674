//! The gradients of a direct convolution's weight and bias, from images in the layout of the network.
//!
//! `weight_sums` does the work; what is said here is where things stand.

use super::BlockedConv2d;
use super::weight_chunks::Gradients;
use super::weight_sums::{self, Add, Blocks, Layout, Place, Places};
use crate::memory::{LINE, Workspace};
use crate::view::View;

/// Numbers of scratch that [`backward_weight`] needs for the step; it needs none for each thread.
#[must_use]
pub const fn backward_weight_step_len(d: &BlockedConv2d) -> usize {
    weight_sums::step_len(&d.conv)
}

/// Overwrites the gradient of the weight (O, I, Kh, Kw), and that of the bias if there is one.
///
/// # Panics
/// If a length is not what `d` tells, there are groups, the halo of `x` is smaller than the padding, or the scratch
/// smaller than the function above tells.
pub fn backward_weight(
    d: &BlockedConv2d,
    x: View,
    d_y: View,
    d_weight: &mut [f32],
    d_bias: Option<&mut [f32]>,
    work: Workspace,
) {
    assert_eq!(d.conv.groups, 1, "a direct convolution without groups");
    let places = Places::blocked(d, x, d_y);
    let x_block = d.x().block_pixels() * LINE;
    let x_width = d.x().padded()[1] * LINE;
    let [down, across] = d.conv.window.dilation;
    let layout = Layout {
        blocks: Blocks { seen: d.x().blocks(), next: Place { x: x_block, d_y: d.y().block_pixels() * LINE } },
        offset: |channel, tap: [usize; 2]| {
            channel / LINE * x_block + channel % LINE + tap[0] * down * x_width + tap[1] * across * LINE
        },
    };
    let gradients = Gradients { weight: d_weight, bias: d_bias };
    let cost = x.count() * d.conv.macs();
    weight_sums::overwrite(&d.conv, &layout, gradients, cost, work, &|entries, units, sums, _| {
        Add::<1> { entries, units, sums, x: x.numbers(), d_y: d_y.numbers(), places }.run();
    });
}
