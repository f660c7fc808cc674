//! Both ways of computing a convolution against the definition, and against themselves on more threads.

use super::testing::{Batch, GOLDEN_IMAGE, GOLDEN_KERNEL, Scratch, assert_close, conv2d, numbers};
use super::{Conv2d, im2col, pointwise};
use crate::Write;
use crate::gemm::packing_len;
use crate::memory::Workspace;
use crate::reference;
use crate::view::{View, ViewMut};
use alloc::vec;
use alloc::vec::Vec;
use proptest::prelude::*;

type Forward = fn(&Conv2d, View, &[f32], Option<&[f32]>, ViewMut, Workspace);
type BackwardInput = fn(&Conv2d, View, &[f32], ViewMut, Write, Workspace);
type BackwardWeight = fn(&Conv2d, View, View, &mut [f32], Option<&mut [f32]>, Workspace);

/// The functions of a module that computes convolutions.
struct Kernels {
    forward: Forward,
    backward_input: BackwardInput,
    backward_weight: BackwardWeight,
    forward_lane_len: fn(&Conv2d) -> usize,
    backward_input_lane_len: fn(&Conv2d) -> usize,
    backward_weight_lane_len: fn(&Conv2d) -> usize,
    backward_weight_step_len: fn(&Conv2d) -> usize,
}

macro_rules! kernels {
    ($module:ident) => {
        Kernels {
            forward: $module::forward,
            backward_input: $module::backward_input,
            backward_weight: $module::backward_weight,
            forward_lane_len: $module::forward_lane_len,
            backward_input_lane_len: $module::backward_input_lane_len,
            backward_weight_lane_len: $module::backward_weight_lane_len,
            backward_weight_step_len: $module::backward_weight_step_len,
        }
    };
}
const IM2COL: Kernels = kernels!(im2col);
const POINTWISE: Kernels = kernels!(pointwise);

/// What a batch's passes read.
struct Operands {
    d: Conv2d,
    x: Batch,
    d_y: Batch,
    weight: Vec<f32>,
    bias: Option<Vec<f32>>,
}

impl Operands {
    fn new(d: Conv2d, count: usize, gaps: [usize; 2], with_bias: bool) -> Self {
        Self {
            d,
            x: Batch::new(&numbers(count * d.input_len(), 1), d.input_len(), gaps[0]),
            d_y: Batch::new(&numbers(count * d.output_len(), 2), d.output_len(), gaps[1]),
            weight: numbers(d.weight_len(), 3),
            bias: with_bias.then(|| numbers(d.out_channels, 4)),
        }
    }

    /// A batch to be overwritten, shaped like the output.
    fn forward(&self, kernels: &Kernels, lanes: usize) -> Vec<f32> {
        let mut scratch = Scratch::new(lanes, (kernels.forward_lane_len)(&self.d), 0);
        let mut y = self.d_y.clone();
        let (x, bias, work) = (self.x.view(), self.bias.as_deref(), scratch.workspace());
        (kernels.forward)(&self.d, x, &self.weight, bias, y.view_mut(), work);
        y.dense()
    }

    /// The gradient of the input, beside what was there before if `write` says so: `x`.
    fn backward_input(&self, kernels: &Kernels, write: Write, lanes: usize) -> Vec<f32> {
        let mut scratch = Scratch::new(lanes, (kernels.backward_input_lane_len)(&self.d), 0);
        let mut d_x = self.x.clone();
        let (d_y, work) = (self.d_y.view(), scratch.workspace());
        (kernels.backward_input)(&self.d, d_y, &self.weight, d_x.view_mut(), write, work);
        d_x.dense()
    }

    /// The gradients of the weight and, behind it, of the bias.
    fn backward_weight(&self, kernels: &Kernels, lanes: usize) -> Vec<f32> {
        let lane_len = (kernels.backward_weight_lane_len)(&self.d);
        let mut scratch = Scratch::new(lanes, lane_len, (kernels.backward_weight_step_len)(&self.d));
        let mut d_weight = vec![f32::NAN; self.weight.len()];
        let mut d_bias = self.bias.as_ref().map(|bias| vec![f32::NAN; bias.len()]);
        let (x, d_y, work) = (self.x.view(), self.d_y.view(), scratch.workspace());
        (kernels.backward_weight)(&self.d, x, d_y, &mut d_weight, d_bias.as_deref_mut(), work);
        d_weight.extend(d_bias.into_iter().flatten());
        d_weight
    }

    /// Asserts that `kernels` compute what the definition says.
    fn assert_like_reference(&self, kernels: &Kernels, lanes: usize) {
        let (d, x, d_y) = (&self.d, self.x.dense(), self.d_y.dense());
        let mut y = vec![f32::NAN; d_y.len()];
        reference::conv2d::forward(d, &x, &self.weight, self.bias.as_deref(), &mut y);
        assert_close("y", &self.forward(kernels, lanes), &y, d.patch_len());

        let mut d_x = vec![f32::NAN; x.len()];
        reference::conv2d::backward_input(d, &d_y, &self.weight, &mut d_x);
        let size = d.group_out() * d.window.kernel_len();
        assert_close("d_x", &self.backward_input(kernels, Write::Overwrite, lanes), &d_x, size);
        d_x.iter_mut().zip(&x).for_each(|(d_x, x)| *d_x += x);
        assert_close("sum in d_x", &self.backward_input(kernels, Write::Accumulate, lanes), &d_x, size);

        let mut d_weight = vec![f32::NAN; d.weight_len()];
        let mut d_bias = self.bias.as_ref().map(|bias| vec![f32::NAN; bias.len()]);
        reference::conv2d::backward_weight(d, &x, &d_y, &mut d_weight, d_bias.as_deref_mut());
        d_weight.extend(d_bias.into_iter().flatten());
        let size = self.x.view().count() * d.window.output_len();
        assert_close("parameters", &self.backward_weight(kernels, lanes), &d_weight, size);
    }
}

/// Any convolution of a small image in which the window fits at least once.
fn any_conv2d() -> impl Strategy<Value = Conv2d> {
    let pair = |range: core::ops::Range<usize>| [range.clone(), range];
    ([1..4_usize, 1..4, 1..4], pair(1..10), pair(1..5), pair(1..4), pair(0..4), pair(1..4)).prop_filter_map(
        "the window does not fit",
        |([group_in, group_out, groups], input, kernel, stride, padding, dilation)| {
            let channels = [group_in * groups, group_out * groups, groups];
            let d = conv2d(channels, input, kernel, stride, padding, dilation);
            (d.window.output_len() > 0).then_some(d)
        },
    )
}

proptest! {
    #[test]
    fn im2col_is_the_definition(
        d in any_conv2d(),
        count in 1..6_usize,
        gaps in [0..20_usize, 0..20],
        bias: bool,
    ) {
        Operands::new(d, count, gaps, bias).assert_like_reference(&IM2COL, 1);
    }

    #[test]
    fn pointwise_is_the_definition(
        [group_in, group_out, groups] in [1..9_usize, 1..9, 1..4],
        plane in [1..9_usize, 1..9],
        count in 1..6_usize,
        gaps in [0..20_usize, 0..20],
        bias: bool,
    ) {
        let channels = [group_in * groups, group_out * groups, groups];
        let d = conv2d(channels, plane, [1, 1], [1, 1], [0, 0], [1, 1]);
        Operands::new(d, count, gaps, bias).assert_like_reference(&POINTWISE, 1);
    }
}

/// Convolutions whose patches need several tiles: by rows of output, within a row, and by taps as well.
fn large() -> [Conv2d; 4] {
    [
        conv2d([3, 5, 1], [70, 61], [5, 5], [1, 1], [2, 2], [1, 1]),
        conv2d([8, 3, 1], [3, 2600], [3, 3], [1, 2], [0, 1], [1, 1]),
        conv2d([70, 10, 2], [37, 40], [3, 5], [1, 2], [1, 0], [2, 1]),
        conv2d([90, 33, 1], [9, 11], [3, 3], [1, 1], [1, 1], [1, 1]),
    ]
}

#[test]
fn tiles_of_large_images() {
    for d in large() {
        for with_bias in [false, true] {
            Operands::new(d, 1, [3, 5], with_bias).assert_like_reference(&IM2COL, 1);
        }
    }
}

/// A tile has at most 64 Ki numbers, however large the image, and beside it stand the panels of a product.
#[test]
fn scratch_does_not_grow_with_the_image() {
    for d in large() {
        assert!(d.patch_len() * d.window.output_len() > 1 << 16, "{d:?} needs tiles");
        let most = (1 << 16) + packing_len(usize::MAX, usize::MAX);
        assert!((1 << 15..=most).contains(&im2col::forward_lane_len(&d)), "{d:?}");
    }
    let small = conv2d([1, 6, 1], [28, 28], [5, 5], [1, 1], [2, 2], [1, 1]);
    assert_eq!(im2col::forward_lane_len(&small), 25 * 28 * 28 + packing_len(6, 25));
}

#[test]
fn golden_numbers() {
    let cases: [(_, _, &[f32]); 3] = [
        (1, 1, &[10.0, 12.0, 12.0, 18.0, 16.0, 16.0, 13.0, 9.0, 3.0]),
        (2, 1, &[10.0, 12.0, 13.0, 3.0]),
        (1, 2, &[7.0]),
    ];
    for (stride, dilation, expected) in cases {
        let d = conv2d([1, 1, 1], [5, 5], [3, 3], [stride; 2], [0, 0], [dilation; 2]);
        let mut scratch = Scratch::new(1, im2col::forward_lane_len(&d), 0);
        let mut y = vec![f32::NAN; expected.len()];
        let (x, y_view) = (View::dense(&GOLDEN_IMAGE, 25), ViewMut::dense(&mut y, expected.len()));
        im2col::forward(&d, x, &GOLDEN_KERNEL, None, y_view, scratch.workspace());
        assert_eq!(y, expected, "stride {stride}, dilation {dilation}");
    }
}

/// Large enough to be worth several threads: batches of one, of fewer images than threads, of more, and cuts of a single
/// image between channels and between pixels, in the midst of a group.
#[cfg(feature = "rayon")]
#[test]
fn bits_do_not_depend_on_the_threads() {
    use super::testing::assert_same_bits;
    let three_by_three = |channels, plane| conv2d(channels, plane, [3, 3], [1, 1], [1, 1], [1, 1]);
    let one_by_one = |channels, plane| conv2d(channels, plane, [1, 1], [1, 1], [0, 0], [1, 1]);
    let cases = [
        (&IM2COL, three_by_three([6, 7, 1], [47, 53]), 7),
        (&IM2COL, three_by_three([34, 38, 2], [47, 53]), 1),
        (&IM2COL, three_by_three([122, 126, 2], [7, 9]), 1),
        (&IM2COL, three_by_three([62, 67, 1], [11, 11]), 5),
        (&POINTWISE, one_by_one([50, 62, 2], [31, 33]), 2),
        (&POINTWISE, one_by_one([602, 654, 2], [5, 3]), 1),
        (&POINTWISE, one_by_one([30, 36, 3], [37, 43]), 9),
    ];
    for (kernels, d, count) in cases {
        let operands = Operands::new(d, count, [7, 3], true);
        assert!(count * d.macs() > 2 * crate::parallel::WORTH_SPLITTING, "{d:?} is worth three threads");
        assert_same_bits("y", |lanes| operands.forward(kernels, lanes));
        assert_same_bits("d_x", |lanes| operands.backward_input(kernels, Write::Overwrite, lanes));
        assert_same_bits("sum in d_x", |lanes| operands.backward_input(kernels, Write::Accumulate, lanes));
        assert_same_bits("parameters", |lanes| operands.backward_weight(kernels, lanes));
        operands.assert_like_reference(kernels, 3);
    }
}

#[test]
#[should_panic(expected = "lane scratch")]
fn too_little_scratch() {
    let d = conv2d([1, 1, 1], [5, 5], [3, 3], [1, 1], [0, 0], [1, 1]);
    let operands = Operands::new(d, 1, [0, 0], false);
    operands.forward(&Kernels { forward_lane_len: |_| 8, ..IM2COL }, 1);
}

#[test]
#[should_panic(expected = "not pointwise")]
fn not_pointwise() {
    let d = conv2d([1, 1, 1], [5, 5], [1, 1], [1, 1], [1, 1], [1, 1]);
    Operands::new(d, 1, [0, 0], false).forward(&POINTWISE, 1);
}
