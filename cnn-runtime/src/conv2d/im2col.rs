//! Convolution of any kind by matrix products over tiles of patches: what has no kernel of its own.
//!
//! The scratch of a thread is one tile, which has at most 256 KiB or so, however large the image is, and what a product
//! packs.

use super::Conv2d;
use super::part::{Part, over_parts};
use super::patches::{Tiles, gather, scatter_add};
use super::weight_chunks::{self, Gradients, sum_over_images};
use crate::Write;
use crate::gemm::{Cut, Matrix, MatrixMut, blocks, multiply, packing_len};
use crate::memory::Workspace;
use crate::view::{View, ViewMut};

/// Numbers of scratch that [`forward`] needs for each thread.
pub const fn forward_lane_len(d: &Conv2d) -> usize {
    let tiles = Tiles::of(d);
    tiles.len() + packing_len(d.group_out(), tiles.taps)
}

/// Numbers of scratch that [`backward_input`] needs for each thread.
pub const fn backward_input_lane_len(d: &Conv2d) -> usize {
    let tiles = Tiles::of(d);
    tiles.len() + packing_len(tiles.taps, d.group_out())
}

/// Numbers of scratch that [`backward_weight`] needs for each thread.
pub const fn backward_weight_lane_len(d: &Conv2d) -> usize {
    let tiles = Tiles::of(d);
    tiles.len() + packing_len(d.group_out(), tiles.pixels)
}

/// Numbers of scratch that [`backward_weight`] needs for the step.
pub const fn backward_weight_step_len(d: &Conv2d) -> usize {
    weight_chunks::step_len(d)
}

/// The output `y` for each image of `x`.
///
/// # Panics
/// If a length is not what `d` tells, or the scratch is smaller than the functions above tell.
pub fn forward(d: &Conv2d, x: View, weight: &[f32], bias: Option<&[f32]>, y: ViewMut, work: Workspace) {
    correlate(d, x, weight, bias, y, Write::Overwrite, work);
}

/// As [`forward`], or adds to what stands in `y`, as `write` says; then there is no bias.
pub(crate) fn correlate(
    d: &Conv2d,
    x: View,
    weight: &[f32],
    bias: Option<&[f32]>,
    y: ViewMut,
    write: Write,
    work: Workspace,
) {
    d.assert_images((x.count(), x.image_len()), (y.count(), y.image_len()));
    d.assert_parameters(weight, bias);
    work.assert_lanes(forward_lane_len(d));
    let cut = Cut::longer(d.out_channels, d.window.output_len());
    over_parts(d, x, y, d.out_channels, cut, work, &|x, mut part, scratch| {
        let mut write = write;
        if let Some(bias) = bias {
            part.fill(bias);
            write = Write::Accumulate;
        }
        part.for_each_group(d.group_out(), |group, part| {
            forward_group(d, group, x, weight, part, write, scratch);
        });
    });
}

/// `part += weight · patches`, or `=` if `write` says so, for some outputs of one group.
fn forward_group(
    d: &Conv2d,
    group: usize,
    x: &[f32],
    weight: &[f32],
    part: Part,
    write: Write,
    scratch: &mut [f32],
) {
    let (tiles, depth) = (Tiles::of(d), d.patch_len());
    let (tile, packing) = scratch.split_at_mut(tiles.len());
    let planes = &x[group * d.group_in() * d.window.input_len()..];
    let weight = Matrix::dense(weight, d.out_channels, depth).rows(part.channels);
    let mut rest = part.matrix;
    for pixels in blocks(part.pixels, tiles.pixels) {
        let (mut outputs, later) = rest.split_cols(pixels.len());
        for taps in blocks(0..depth, tiles.taps) {
            let tile = &mut tile[..taps.len() * pixels.len()];
            gather(&d.window, planes, &taps, &pixels, tile);
            let patches = Matrix::dense(tile, taps.len(), pixels.len());
            let write = if taps.start == 0 { write } else { Write::Accumulate };
            multiply(weight.cols(taps), patches, &mut outputs, write, packing);
        }
        rest = later;
    }
}

/// The gradient `d_x` of the input.
///
/// # Panics
/// If a length is not what `d` tells, or the scratch is smaller than the functions above tell.
pub fn backward_input(d: &Conv2d, d_y: View, weight: &[f32], d_x: ViewMut, write: Write, work: Workspace) {
    d.assert_images((d_x.count(), d_x.image_len()), (d_y.count(), d_y.image_len()));
    d.assert_parameters(weight, None);
    work.assert_lanes(backward_input_lane_len(d));
    // Windows overlap, so pixels of the input have sums of their own; channels do not.
    over_parts(d, d_y, d_x, d.in_channels, Cut::Rows, work, &|d_y, mut part, scratch| {
        if write == Write::Overwrite {
            part.matrix.numbers_mut().fill(0.0);
        }
        part.for_each_group(d.group_in(), |group, part| backward_group(d, group, d_y, weight, part, scratch));
    });
}

/// Adds `weightᵀ · d_y`, a product of patches, to the pixels that these came from, for some channels of one group.
fn backward_group(
    d: &Conv2d,
    group: usize,
    d_y: &[f32],
    weight: &[f32],
    mut part: Part,
    scratch: &mut [f32],
) {
    let (tiles, taps_of_channel) = (Tiles::of(d), d.window.kernel_len());
    let (tile, packing) = scratch.split_at_mut(tiles.len());
    let outputs = group * d.group_out()..(group + 1) * d.group_out();
    let d_y = Matrix::dense(d_y, d.out_channels, d.window.output_len()).rows(outputs.clone());
    let weight = Matrix::dense(weight, d.out_channels, d.patch_len()).rows(outputs).transposed();
    let first = part.channels.start - group * d.group_in();
    let end = part.channels.end - group * d.group_in();
    for pixels in blocks(0..d.window.output_len(), tiles.pixels) {
        for taps in blocks(first * taps_of_channel..end * taps_of_channel, tiles.taps) {
            let tile = &mut tile[..taps.len() * pixels.len()];
            let mut product = MatrixMut::dense(tile, taps.len(), pixels.len());
            let (weight, d_y) = (weight.rows(taps.clone()), d_y.cols(pixels.clone()));
            multiply(weight, d_y, &mut product, Write::Overwrite, packing);
            scatter_add(&d.window, tile, &taps, &pixels, part.matrix.numbers_mut(), first);
        }
    }
}

/// The gradients `d_weight` and `d_bias`, over all images.
///
/// # Panics
/// If a length is not what `d` tells, or the scratch is smaller than the functions above tell.
pub fn backward_weight(
    d: &Conv2d,
    x: View,
    d_y: View,
    d_weight: &mut [f32],
    d_bias: Option<&mut [f32]>,
    work: Workspace,
) {
    work.assert_lanes(backward_weight_lane_len(d));
    let (tiles, depth, pixels) = (Tiles::of(d), d.patch_len(), d.window.output_len());
    let gradients = Gradients { weight: d_weight, bias: d_bias };
    sum_over_images(d, x, d_y, gradients, work, &|x, d_y, d_weight, scratch| {
        let d_y = Matrix::dense(d_y, d.out_channels, pixels);
        let (tile, packing) = scratch.split_at_mut(tiles.len());
        let d_weights = d_weight.chunks_exact_mut(d.group_out() * depth).enumerate();
        for (group, d_weight) in d_weights {
            let planes = &x[group * d.group_in() * d.window.input_len()..];
            let d_y = d_y.rows(group * d.group_out()..(group + 1) * d.group_out());
            for pixels in blocks(0..pixels, tiles.pixels) {
                let mut rest = MatrixMut::dense(d_weight, d.group_out(), depth);
                for taps in blocks(0..depth, tiles.taps) {
                    let (mut columns, later) = rest.split_cols(taps.len());
                    let tile = &mut tile[..taps.len() * pixels.len()];
                    gather(&d.window, planes, &taps, &pixels, tile);
                    let patches = Matrix::dense(tile, taps.len(), pixels.len());
                    let d_y = d_y.cols(pixels.clone());
                    multiply(d_y, patches.transposed(), &mut columns, Write::Accumulate, packing);
                    rest = later;
                }
            }
        }
    });
}
