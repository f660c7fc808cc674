//! Depthwise convolution between images in the layout of the network: each channel is convolved with a kernel of its own.
//!
//! The sixteen channels of a pixel are a line, and so are the sixteen weights of a tap. So the kernels are those of
//! [`direct`](super::direct) and of [`direct_weight`](super::direct_weight), with a line in place of a panel and of a
//! number: what a block of channels sees of `x` is the block in its own place.
//!
//! As a tap costs no more than the line that it reads, memory decides how fast it is.

use super::BlockedConv2d;
use super::Conv2d;
use super::direct::backward::sweep_phases;
use super::direct::pack::KernelTaps;
use super::direct::sweep::{Axis, Sweep};
use super::epilogue::{Activation, Epilogue};
use super::weight_chunks::Gradients;
use super::weight_sums::{self, Add, Blocks, Layout, Place, Places};
use crate::Write;
use crate::blocked::Pixel;
use crate::memory::{LINE, Workspace};
use crate::view::{View, ViewMut};

pub use super::direct::needed_d_y_halo;

/// Whether a convolution is depthwise: as many channels after as before, each a group of its own.
#[must_use]
pub const fn supports(conv: &Conv2d) -> bool {
    conv.in_channels == conv.groups && conv.out_channels == conv.groups
}

/// Numbers of a weight as [`forward`] takes it.
#[must_use]
pub const fn prepared_len(d: &BlockedConv2d) -> usize {
    d.x().blocks() * d.conv.window.kernel_len() * LINE
}

/// Numbers of scratch that [`backward_input`] needs for the step.
#[must_use]
pub const fn backward_input_step_len(d: &BlockedConv2d) -> usize {
    prepared_len(d)
}

/// Numbers of scratch that [`backward_weight`] needs for the step.
#[must_use]
pub const fn backward_weight_step_len(d: &BlockedConv2d) -> usize {
    weight_sums::step_len(&d.conv)
}

/// Lays out a weight of shape (C, 1, Kh, Kw) as (blocks of C, Kh, Kw, 16 of C), for [`forward`].
///
/// # Panics
/// If a length is not what `d` tells, or `d` is not depthwise.
pub fn prepare(d: &BlockedConv2d, weight: &[f32], prepared: &mut [f32], _: Workspace) {
    assert_contract(d, weight);
    assert_eq!(prepared.len(), prepared_len(d), "prepared weight of {d:?}");
    let taps = d.conv.window.kernel.map(KernelTaps::all);
    lines(d, taps, weight, prepared.as_chunks_mut().0);
}

/// Writes the lines of some taps for each block of channels, spare lanes zero, and tells how many.
fn lines(d: &BlockedConv2d, [down, across]: [KernelTaps; 2], weight: &[f32], lines: &mut [Pixel]) -> usize {
    let kernel_len = d.conv.window.kernel_len();
    let mut written = 0;
    for weight in weight.chunks(LINE * kernel_len) {
        for tap in down.iter().flat_map(|k| across.iter().map(move |l| k * d.conv.window.kernel[1] + l)) {
            lines[written] = [0.0; LINE];
            for (lane, number) in lines[written].iter_mut().zip(weight[tap..].iter().step_by(kernel_len)) {
                *lane = *number;
            }
            written += 1;
        }
    }
    written
}

/// The output `y` for each image of `x`, by the weight that [`prepare`] laid out.
///
/// # Panics
/// If a length is not what `d` tells, `d` is not depthwise, or the halo of `x` is narrower than the padding.
pub fn forward(
    d: &BlockedConv2d,
    x: View,
    prepared: &[f32],
    epilogue: Epilogue,
    y: ViewMut,
    mut work: Workspace,
) {
    assert!(supports(&d.conv), "depthwise: {d:?}");
    assert_eq!(prepared.len(), prepared_len(d), "prepared weight of {d:?}");
    let (weight, _) = prepared.as_chunks::<LINE>();
    let sweep = Sweep { x: d.x(), y: d.y(), axes: [0, 1].map(|axis| Axis::forward(d, axis)), weight };
    sweep.run(x, y, Write::Overwrite, epilogue, &mut work);
}

/// [`prepare`] and [`forward`] in one.
///
/// # Panics
/// As they do, or if the step's scratch is smaller than [`prepared_len`] tells.
pub fn train_forward(
    d: &BlockedConv2d,
    x: View,
    weight: &[f32],
    bias: Option<&[f32]>,
    activation: Activation,
    y: ViewMut,
    mut work: Workspace,
) {
    let prepared = work.take_step(prepared_len(d));
    prepare(d, weight, prepared, work.reborrow());
    forward(d, x, prepared, Epilogue { activation, ..Epilogue::bias(bias) }, y, work);
}

/// The gradient `d_x` of the input, from the weight in PyTorch's layout. The halos in `d` are those of `d_x` and `d_y`.
///
/// # Panics
/// If a length is not what `d` tells, `d` is not depthwise, the halo of `d_y` is narrower than [`needed_d_y_halo`], or
/// the scratch is smaller than [`backward_input_step_len`].
pub fn backward_input(
    d: &BlockedConv2d,
    d_y: View,
    weight: &[f32],
    d_x: ViewMut,
    write: Write,
    mut work: Workspace,
) {
    assert_contract(d, weight);
    let needed = backward_input_step_len(d);
    assert!(work.step_scratch.len() >= needed, "step scratch of {d:?}: {needed} numbers needed");
    let (free, _) = core::mem::take(&mut work.step_scratch)[..needed].as_chunks_mut::<LINE>();
    sweep_phases(d, d_y, d_x, write, (free, work), |taps, free, _| lines(d, taps, weight, free));
}

/// Overwrites the gradient of the weight (C, 1, Kh, Kw), and that of the bias if there is one.
///
/// # Panics
/// If a length is not what `d` tells, `d` is not depthwise, the halo of `x` is narrower than the padding, or the scratch
/// is smaller than [`backward_weight_step_len`].
pub fn backward_weight(
    d: &BlockedConv2d,
    x: View,
    d_y: View,
    d_weight: &mut [f32],
    d_bias: Option<&mut [f32]>,
    work: Workspace,
) {
    assert_contract(d, d_weight);
    let places = Places::blocked(d, x, d_y);
    let x_width = d.x().padded()[1] * LINE;
    let [down, across] = d.conv.window.dilation;
    let layout = Layout {
        blocks: Blocks {
            seen: 1,
            next: Place { x: d.x().block_pixels() * LINE, d_y: d.y().block_pixels() * LINE },
        },
        offset: |_, tap: [usize; 2]| tap[0] * down * x_width + tap[1] * across * LINE,
    };
    let gradients = Gradients { weight: d_weight, bias: d_bias };
    let cost = x.count() * d.conv.macs();
    weight_sums::overwrite(&d.conv, &layout, gradients, cost, work, &|entries, units, sums, _| {
        Add::<LINE> { entries, units, sums, x: x.numbers(), d_y: d_y.numbers(), places }.run();
    });
}

/// The contract on a weight as PyTorch has it.
fn assert_contract(d: &BlockedConv2d, weight: &[f32]) {
    assert!(supports(&d.conv), "depthwise: {d:?}");
    d.conv.assert_parameters(weight, None);
}
