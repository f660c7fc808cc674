//! Direct and depthwise convolution against the definition, and against themselves on more threads.

use super::*;
use crate::blocked::Blocked;
use crate::blocked::testing::{batch, planes};
use crate::conv2d::epilogue::Activation;
use crate::conv2d::testing::{Batch, Scratch, assert_close, conv2d, numbers};
use crate::reference;
use alloc::vec;
use alloc::vec::Vec;
use proptest::prelude::*;

/// The functions of a module that computes convolutions.
#[derive(Clone, Copy)]
struct Kernels {
    prepared_len: fn(&BlockedConv2d) -> usize,
    prepare: fn(&BlockedConv2d, &[f32], &mut [f32], Workspace),
    forward: fn(&BlockedConv2d, View, &[f32], Epilogue, ViewMut, Workspace),
    backward_input_step_len: fn(&BlockedConv2d) -> usize,
    backward_input: fn(&BlockedConv2d, View, &[f32], ViewMut, Write, Workspace),
}

macro_rules! kernels {
    ($module:path) => {{
        use $module as module;
        Kernels {
            prepared_len: module::prepared_len,
            prepare: module::prepare,
            forward: module::forward,
            backward_input_step_len: module::backward_input_step_len,
            backward_input: module::backward_input,
        }
    }};
}
const DIRECT: Kernels = kernels!(crate::conv2d::direct);
const DEPTHWISE: Kernels = kernels!(crate::conv2d::depthwise);

/// A convolution and what its passes read.
struct Operands {
    kernels: Kernels,
    d: BlockedConv2d,
    x: Vec<f32>,
    d_y: Vec<f32>,
    weight: Vec<f32>,
    gap: usize,
}

impl Operands {
    fn new(kernels: Kernels, d: BlockedConv2d, count: usize, gap: usize) -> Self {
        let x = numbers(count * d.conv.input_len(), 1);
        let d_y = numbers(count * d.conv.output_len(), 2);
        Self { kernels, d, x, d_y, weight: numbers(d.conv.weight_len(), 3), gap }
    }

    /// A batch of NaN, gaps and all.
    fn unwritten(&self, d: &Blocked, count: usize) -> Batch {
        Batch::new(&vec![f32::NAN; count * d.len()], d.len(), self.gap)
    }

    fn forward(&self, epilogue: Epilogue, lanes: usize) -> Vec<f32> {
        let (d, Kernels { prepare, forward, .. }) = (&self.d, self.kernels);
        let mut scratch = Scratch::new(lanes, 0, 0);
        let mut prepared = vec![f32::NAN; (self.kernels.prepared_len)(d)];
        prepare(d, &self.weight, &mut prepared, scratch.workspace());
        let x = batch(&d.x(), &self.x, self.gap);
        let mut y = self.unwritten(&d.y(), x.view().count());
        forward(d, x.view(), &prepared, epilogue, y.view_mut(), scratch.workspace());
        planes(&d.y(), &y)
    }

    /// The gradient of the input, beside what was there before if `write` says so: `x`.
    fn backward_input(&self, write: Write, lanes: usize) -> Vec<f32> {
        let d = &self.d;
        let mut scratch = Scratch::new(lanes, 0, (self.kernels.backward_input_step_len)(d));
        let d_y = batch(&d.y(), &self.d_y, self.gap);
        let mut d_x = match write {
            Write::Overwrite => self.unwritten(&d.x(), d_y.view().count()),
            Write::Accumulate => batch(&d.x(), &self.x, self.gap),
        };
        let (weight, work) = (&self.weight, scratch.workspace());
        (self.kernels.backward_input)(d, d_y.view(), weight, d_x.view_mut(), write, work);
        planes(&d.x(), &d_x)
    }

    fn assert_forward(&self, lanes: usize) {
        let d = &self.d.conv;
        let (scale, shift) = (numbers(d.out_channels, 4), numbers(d.out_channels, 5));
        let mut y = vec![f32::NAN; self.d_y.len()];
        reference::conv2d::forward(d, &self.x, &self.weight, None, &mut y);
        assert_close("sums", &self.forward(Epilogue::bias(None), lanes), &y, d.patch_len());
        for (y, channel) in y.chunks_mut(d.window.output_len()).zip((0..d.out_channels).cycle()) {
            for y in y {
                *y = (*y * scale[channel] + shift[channel]).max(0.0);
            }
        }
        let epilogue = Epilogue { scale: Some(&scale), shift: Some(&shift), activation: Activation::Relu };
        assert_close("y", &self.forward(epilogue, lanes), &y, d.patch_len());
    }

    fn assert_backward_input(&self, lanes: usize) {
        let d = &self.d.conv;
        let mut d_x = vec![f32::NAN; self.x.len()];
        reference::conv2d::backward_input(d, &self.d_y, &self.weight, &mut d_x);
        let size = d.out_channels * d.window.kernel_len();
        assert_close("d_x", &self.backward_input(Write::Overwrite, lanes), &d_x, size);
        d_x.iter_mut().zip(&self.x).for_each(|(d_x, x)| *d_x += x);
        assert_close("sum in d_x", &self.backward_input(Write::Accumulate, lanes), &d_x, size);
    }
}

/// Any convolution of a small image in which the window fits at least once, with halos that may be wider than needed.
fn any_conv2d(channels: impl Strategy<Value = [usize; 3]>) -> impl Strategy<Value = BlockedConv2d> {
    let pair = |range: core::ops::Range<usize>| [range.clone(), range];
    let windows = (pair(1..10), pair(1..5), pair(1..4), pair(0..4), pair(1..4));
    (channels, windows, pair(0..3), pair(0..3)).prop_filter_map(
        "the window does not fit",
        |(channels, (input, kernel, stride, padding, dilation), more_x, more_y)| {
            let conv = conv2d(channels, input, kernel, stride, padding, dilation);
            let needed = needed_d_y_halo(&BlockedConv2d { conv, x_halo: [0; 2], y_halo: [0; 2] });
            let x_halo = [0, 1].map(|axis| padding[axis] + more_x[axis]);
            let y_halo = [0, 1].map(|axis| needed[axis] + more_y[axis]);
            (conv.window.output_len() > 0).then_some(BlockedConv2d { conv, x_halo, y_halo })
        },
    )
}

fn channels() -> impl Strategy<Value = usize> {
    prop_oneof![1..4_usize, 14..36_usize]
}

fn any_direct() -> impl Strategy<Value = BlockedConv2d> {
    any_conv2d([channels(), channels()].prop_map(|[inputs, outputs]| [inputs, outputs, 1]))
}

fn any_depthwise() -> impl Strategy<Value = BlockedConv2d> {
    any_conv2d(channels().prop_map(|channels| [channels; 3]))
}

proptest! {
    #[test]
    fn forward_is_the_definition(
        d in any_direct(), count in 1..4_usize, gap in 0..20_usize, y_halo in [0..3_usize, 0..3],
    ) {
        Operands::new(DIRECT, BlockedConv2d { y_halo, ..d }, count, gap).assert_forward(1);
    }

    #[test]
    fn backward_input_is_the_definition(
        d in any_direct(), count in 1..4_usize, gap in 0..20_usize, x_halo in [0..3_usize, 0..3],
    ) {
        Operands::new(DIRECT, BlockedConv2d { x_halo, ..d }, count, gap).assert_backward_input(1);
    }

    #[test]
    fn depthwise_forward_is_the_definition(
        d in any_depthwise(), count in 1..4_usize, gap in 0..20_usize, y_halo in [0..3_usize, 0..3],
    ) {
        Operands::new(DEPTHWISE, BlockedConv2d { y_halo, ..d }, count, gap).assert_forward(1);
    }

    #[test]
    fn depthwise_backward_input_is_the_definition(
        d in any_depthwise(), count in 1..4_usize, gap in 0..20_usize, x_halo in [0..3_usize, 0..3],
    ) {
        Operands::new(DEPTHWISE, BlockedConv2d { x_halo, ..d }, count, gap).assert_backward_input(1);
    }
}

/// Padding 1 and a kernel of 3: as wide as the convolution's own.
#[test]
fn the_halo_of_common_layers() {
    let halo = |kernel, stride, padding, dilation| {
        let conv = conv2d([1, 1, 1], [14; 2], [kernel; 2], [stride; 2], [padding; 2], [dilation; 2]);
        needed_d_y_halo(&BlockedConv2d { conv, x_halo: [padding; 2], y_halo: [0; 2] })[0]
    };
    let cases = [
        (halo(3, 1, 1, 1), 1),
        (halo(5, 1, 2, 1), 2),
        (halo(3, 1, 2, 2), 2),
        (halo(1, 1, 0, 1), 0),
        (halo(1, 2, 0, 1), 0),
        (halo(3, 1, 0, 1), 2),
        (halo(3, 2, 1, 1), 1),
        (halo(1, 1, 2, 1), 0),
    ];
    for (case, (found, expected)) in cases.into_iter().enumerate() {
        assert_eq!(found, expected, "case {case}");
    }
}

fn large(
    channels: [usize; 3],
    input: [usize; 2],
    kernel: usize,
    stride: usize,
    padding: usize,
) -> BlockedConv2d {
    let conv = conv2d(channels, input, [kernel; 2], [stride; 2], [padding; 2], [1, 1]);
    let mut d = BlockedConv2d { conv, x_halo: [padding; 2], y_halo: [0; 2] };
    d.y_halo = needed_d_y_halo(&d);
    d
}

/// Several parts of the taps; cuts between images, blocks and rows.
#[cfg(feature = "rayon")]
#[test]
fn bits_do_not_depend_on_the_threads() {
    use crate::conv2d::testing::assert_same_bits;
    let cases = [
        (DIRECT, large([36, 40, 1], [23, 17], 3, 1, 1), 7),
        (DIRECT, large([36, 35, 1], [23, 41], 3, 1, 1), 1),
        (DIRECT, large([70, 16, 1], [33, 31], 5, 2, 2), 2),
        (DIRECT, large([340, 130, 1], [7, 7], 1, 1, 0), 3),
        (DEPTHWISE, large([100; 3], [47, 53], 3, 1, 1), 1),
        (DEPTHWISE, large([40; 3], [37, 61], 9, 2, 4), 2),
    ];
    for (kernels, d, count) in cases {
        let operands = Operands::new(kernels, d, count, 7);
        assert!(count * d.conv.macs() > 2 * crate::parallel::WORTH_SPLITTING, "{d:?} is worth three threads");
        assert_same_bits("y", |lanes| operands.forward(Epilogue::bias(None), lanes));
        assert_same_bits("d_x", |lanes| operands.backward_input(Write::Overwrite, lanes));
        assert_same_bits("sum in d_x", |lanes| operands.backward_input(Write::Accumulate, lanes));
        operands.assert_forward(3);
        operands.assert_backward_input(3);
    }
}

#[test]
#[should_panic(expected = "the halo of x is too narrow")]
fn too_narrow_a_halo() {
    let d = BlockedConv2d { x_halo: [1, 0], ..large([3, 3, 1], [5, 5], 3, 1, 1) };
    Operands::new(DIRECT, d, 1, 0).forward(Epilogue::bias(None), 1);
}

#[test]
#[should_panic(expected = "the halo of d_y is too narrow")]
fn too_narrow_a_halo_for_the_gradient() {
    let d = BlockedConv2d { y_halo: [1, 0], ..large([3, 3, 1], [5, 5], 3, 1, 1) };
    Operands::new(DIRECT, d, 1, 0).backward_input(Write::Overwrite, 1);
}

#[test]
#[should_panic(expected = "no groups")]
fn groups() {
    let conv = conv2d([4, 4, 2], [5, 5], [1, 1], [1, 1], [0, 0], [1, 1]);
    Operands::new(DIRECT, BlockedConv2d { conv, x_halo: [0; 2], y_halo: [0; 2] }, 1, 0)
        .forward(Epilogue::bias(None), 1);
}

#[test]
#[should_panic(expected = "depthwise")]
fn not_depthwise() {
    Operands::new(DEPTHWISE, large([3, 3, 1], [5, 5], 3, 1, 1), 1, 0).forward(Epilogue::bias(None), 1);
}

#[test]
#[should_panic(expected = "image length")]
fn an_image_too_short() {
    let d = large([3, 3, 1], [5, 5], 3, 1, 1);
    let (prepared, x) = (vec![0.0; prepared_len(&d)], vec![0.0; d.x().len() - 1]);
    let mut y = vec![0.0; d.y().len()];
    let (x, y) = (View::dense(&x, x.len()), ViewMut::dense(&mut y, d.y().len()));
    forward(&d, x, &prepared, Epilogue::bias(None), y, Scratch::new(1, 0, 0).workspace());
}
