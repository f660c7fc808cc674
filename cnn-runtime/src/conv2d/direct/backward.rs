//! The gradient of the input: a sweep over `d_y` for each phase of the stride.

use super::assert_contract;
use super::pack::{KernelTaps, Packing};
use super::sweep::{Axis, Sweep};
use crate::Write;
use crate::conv2d::BlockedConv2d;
use crate::conv2d::epilogue::Epilogue;
use crate::conv2d::tile::Tap;
use crate::memory::{LINE, Workspace};
use crate::view::{View, ViewMut};
use crate::window::Window;

/// The halo that [`backward_input`] needs of `d_y`: how far beyond its border a pixel of the input finds a place for some
/// tap.
#[must_use]
pub const fn needed_d_y_halo(d: &BlockedConv2d) -> [usize; 2] {
    [needed_halo(&d.conv.window, 0), needed_halo(&d.conv.window, 1)]
}

const fn needed_halo(window: &Window, axis: usize) -> usize {
    let (stride, padding) = (window.stride[axis], window.padding[axis]);
    let reach = (window.kernel[axis] - 1) * window.dilation[axis];
    // The first pixel's last tap, and the last pixel's first.
    let before = reach.saturating_sub(padding) / stride;
    let behind = (window.input[axis] - 1 + padding) / stride + 1;
    let behind = behind.saturating_sub(window.output[axis]);
    if before > behind { before } else { behind }
}

/// Numbers of scratch that [`backward_input`] needs for the step.
#[must_use]
pub const fn backward_input_step_len(d: &BlockedConv2d) -> usize {
    d.x().blocks() * d.y().blocks() * d.conv.window.kernel_len() * LINE * LINE
}

/// The gradient `d_x` of the input, from the weight in PyTorch's layout. The halos in `d` are those of `d_x` and `d_y`.
///
/// # Panics
/// If a length is not what `d` tells, `d` has groups, the halo of `d_y` is narrower than [`needed_d_y_halo`], or the
/// scratch is smaller than [`backward_input_step_len`].
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
    let (panels, _) = core::mem::take(&mut work.step_scratch)[..needed].as_chunks_mut::<LINE>();
    let (panels, _) = panels.as_chunks_mut::<LINE>();
    sweep_phases(d, d_y, d_x, write, (panels, work), |taps, panels, work| {
        let packing = packing(d, taps);
        packing.run(weight, &mut panels[..packing.panels()], work);
        packing.panels()
    });
}

/// Computes `d_x` by a sweep over `d_y` for each phase. `pack` writes the weights of some taps to the front of those that
/// are still free, and tells how many there are.
///
/// # Panics
/// If an image is not as long as `d` tells, or the halo of `d_y` is narrower than [`needed_d_y_halo`].
pub(in crate::conv2d) fn sweep_phases<W: Tap>(
    d: &BlockedConv2d,
    d_y: View,
    mut d_x: ViewMut,
    write: Write,
    (mut free, mut work): (&mut [W], Workspace),
    pack: impl Fn([KernelTaps; 2], &mut [W], &mut Workspace) -> usize,
) {
    let needed = needed_d_y_halo(d);
    let wide = needed.iter().zip(d.y_halo).all(|(needed, halo)| *needed <= halo);
    assert!(wide, "the halo of d_y is too narrow in {d:?}: {needed:?} needed");
    for row in 0..d.conv.window.stride[0] {
        for column in 0..d.conv.window.stride[1] {
            let phases = [Phase::new(d, 0, row), Phase::new(d, 1, column)];
            let packed = pack(phases.map(|phase| phase.taps), free, &mut work);
            let (weight, rest) = free.split_at_mut(packed);
            let sweep = Sweep { x: d.y(), y: d.x(), axes: phases.map(|phase| phase.axis), weight };
            sweep.run(d_y, d_x.reborrow(), write, Epilogue::bias(None), &mut work);
            free = rest;
        }
    }
}

/// The pixels of the input that have the same taps, along one axis.
#[derive(Clone, Copy)]
struct Phase {
    axis: Axis,
    taps: KernelTaps,
}

impl Phase {
    /// The pixels `phase`, `phase + stride`, …
    fn new(d: &BlockedConv2d, axis: usize, phase: usize) -> Self {
        let window = &d.conv.window;
        let (kernel, stride, dilation) = (window.kernel[axis], window.stride[axis], window.dilation[axis]);
        // The place of the window, times the stride, whose tap `k` sees the first of the pixels.
        let place = |k: usize| (phase + window.padding[axis]).cast_signed() - (k * dilation).cast_signed();
        let between = stride / gcd(stride, dilation);
        let first = (0..kernel).find(|k| place(*k) % stride.cast_signed() == 0).unwrap_or(kernel);
        let count = (kernel - first).div_ceil(between);
        let last = first + count.saturating_sub(1) * between;
        let first_read = place(last) / stride.cast_signed();
        let axis = Axis {
            taps: count,
            tap_step: dilation / gcd(stride, dilation),
            x_first: if count > 0 { d.y_halo[axis].wrapping_add_signed(first_read) } else { 0 },
            x_step: 1,
            y_first: d.x_halo[axis] + phase,
            y_step: stride,
            count: window.input[axis].saturating_sub(phase).div_ceil(stride),
        };
        Self { axis, taps: KernelTaps { first: last, step: -between.cast_signed(), count } }
    }
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// The weight of a phase: channels exchanged.
fn packing(d: &BlockedConv2d, taps: [KernelTaps; 2]) -> Packing {
    Packing {
        channels: [d.conv.in_channels, d.conv.out_channels],
        strides: [d.conv.window.kernel_len(), d.conv.patch_len()],
        kernel_width: d.conv.window.kernel[1],
        taps,
    }
}
