//! Convolution with a window of one pixel, a stride of one and no padding: the image is its own matrix of patches.

use super::Conv2d;
use super::part::over_parts;
use super::weight_chunks::{self, Gradients, sum_over_images};
use crate::Write;
use crate::gemm::{Cut, KC, Matrix, MatrixMut, multiply, packing_len};
use crate::memory::Workspace;
use crate::view::{View, ViewMut};
use core::ops::Range;

/// Numbers of scratch that [`forward`] needs for each thread.
pub const fn forward_lane_len(d: &Conv2d) -> usize {
    packing_len(d.group_out(), d.group_in())
}

/// Numbers of scratch that [`backward_input`] needs for each thread.
pub const fn backward_input_lane_len(d: &Conv2d) -> usize {
    packing_len(d.group_in(), d.group_out())
}

/// Numbers of scratch that [`backward_weight`] needs for each thread.
pub const fn backward_weight_lane_len(d: &Conv2d) -> usize {
    packing_len(d.group_out(), KC)
}

/// Numbers of scratch that [`backward_weight`] needs for the step.
pub const fn backward_weight_step_len(d: &Conv2d) -> usize {
    weight_chunks::step_len(d)
}

/// The output `y` for each image of `x`.
///
/// # Panics
/// If a length is not what `d` tells, `d` is not pointwise, or the scratch is smaller than the functions above tell.
pub fn forward(d: &Conv2d, x: View, weight: &[f32], bias: Option<&[f32]>, y: ViewMut, work: Workspace) {
    d.assert_images((x.count(), x.image_len()), (y.count(), y.image_len()));
    d.assert_parameters(weight, bias);
    assert_pointwise(d);
    work.assert_lanes(forward_lane_len(d));
    let cut = Cut::longer(d.out_channels, d.window.output_len());
    over_parts(d, x, y, d.out_channels, cut, work, &|x, mut part, packing| {
        let mut write = Write::Overwrite;
        if let Some(bias) = bias {
            part.fill(bias);
            write = Write::Accumulate;
        }
        part.for_each_group(d.group_out(), |group, mut part| {
            let x = planes(x, d.in_channels, group * d.group_in()..(group + 1) * d.group_in());
            let weight = Matrix::dense(weight, d.out_channels, d.group_in()).rows(part.channels);
            multiply(weight, x.cols(part.pixels), &mut part.matrix, write, packing);
        });
    });
}

/// The gradient `d_x` of the input.
///
/// # Panics
/// If a length is not what `d` tells, `d` is not pointwise, or the scratch is smaller than the functions above tell.
pub fn backward_input(d: &Conv2d, d_y: View, weight: &[f32], d_x: ViewMut, write: Write, work: Workspace) {
    d.assert_images((d_x.count(), d_x.image_len()), (d_y.count(), d_y.image_len()));
    d.assert_parameters(weight, None);
    assert_pointwise(d);
    work.assert_lanes(backward_input_lane_len(d));
    let cut = Cut::longer(d.in_channels, d.window.input_len());
    over_parts(d, d_y, d_x, d.in_channels, cut, work, &|d_y, part, packing| {
        part.for_each_group(d.group_in(), |group, mut part| {
            let outputs = group * d.group_out()..(group + 1) * d.group_out();
            let inputs = part.channels.start - group * d.group_in()..part.channels.end - group * d.group_in();
            let d_y = planes(d_y, d.out_channels, outputs.clone());
            let weight = Matrix::dense(weight, d.out_channels, d.group_in()).rows(outputs).cols(inputs);
            multiply(weight.transposed(), d_y.cols(part.pixels), &mut part.matrix, write, packing);
        });
    });
}

/// The gradients `d_weight` and `d_bias`, over all images.
///
/// # Panics
/// If a length is not what `d` tells, `d` is not pointwise, or the scratch is smaller than the functions above tell.
pub fn backward_weight(
    d: &Conv2d,
    x: View,
    d_y: View,
    d_weight: &mut [f32],
    d_bias: Option<&mut [f32]>,
    work: Workspace,
) {
    assert_pointwise(d);
    work.assert_lanes(backward_weight_lane_len(d));
    let gradients = Gradients { weight: d_weight, bias: d_bias };
    sum_over_images(d, x, d_y, gradients, work, &|x, d_y, d_weight, packing| {
        for (group, d_weight) in d_weight.chunks_exact_mut(d.group_out() * d.group_in()).enumerate() {
            let x = planes(x, d.in_channels, group * d.group_in()..(group + 1) * d.group_in());
            let d_y = planes(d_y, d.out_channels, group * d.group_out()..(group + 1) * d.group_out());
            let mut d_weight = MatrixMut::dense(d_weight, d.group_out(), d.group_in());
            multiply(d_y, x.transposed(), &mut d_weight, Write::Accumulate, packing);
        }
    });
}

/// Some channels of an image as a matrix: channels × pixels.
fn planes(image: &[f32], channels: usize, of: Range<usize>) -> Matrix<'_> {
    Matrix::dense(image, channels, image.len() / channels).rows(of)
}

/// The contract on the window.
fn assert_pointwise(d: &Conv2d) {
    let window = &d.window;
    let alone = window.kernel == [1, 1] && window.stride == [1, 1] && window.padding == [0, 0];
    assert!(alone && window.input == window.output, "not pointwise: {d:?}");
}
