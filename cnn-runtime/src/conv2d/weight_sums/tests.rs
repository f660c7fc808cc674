//! Gradients of weights against the definition, and against themselves on more threads.

use crate::blocked::testing::batch;
use crate::conv2d::first_layer::FirstConv2d;
use crate::conv2d::testing::{Batch, Scratch, assert_close, conv2d, numbers};
use crate::conv2d::{BlockedConv2d, Conv2d, depthwise, direct_weight, first_layer_weight};
use crate::reference;
use alloc::vec;
use alloc::vec::Vec;
use proptest::prelude::*;

/// The kernels that sum in this way.
#[derive(Clone, Copy, Debug)]
enum Way {
    Direct,
    FirstLayer,
    Depthwise,
}

/// A batch and how it is convolved.
#[derive(Clone, Copy, Debug)]
struct Case {
    way: Way,
    d: BlockedConv2d,
    count: usize,
    gaps: [usize; 2],
    bias: bool,
}

impl Case {
    fn new(way: Way, conv: Conv2d, count: usize) -> Self {
        let x_halo = conv.window.padding;
        Self { way, d: BlockedConv2d { conv, x_halo, y_halo: [0, 1] }, count, gaps: [7, 3], bias: true }
    }

    fn x(&self) -> Vec<f32> {
        numbers(self.count * self.d.conv.input_len(), 1)
    }

    fn d_y(&self) -> Vec<f32> {
        numbers(self.count * self.d.conv.output_len(), 2)
    }

    /// The gradient of the weight and, behind it, of the bias, as `run` computes them.
    fn gradients(&self, run: impl FnOnce(&mut [f32], Option<&mut [f32]>)) -> Vec<f32> {
        let mut d_weight = vec![f32::NAN; self.d.conv.weight_len()];
        let mut d_bias = self.bias.then(|| vec![f32::NAN; self.d.conv.out_channels]);
        run(&mut d_weight, d_bias.as_deref_mut());
        d_weight.extend(d_bias.into_iter().flatten());
        d_weight
    }

    /// From scratch memory that is `missing` numbers too small, for each thread and for the step.
    fn run(&self, lanes: usize, missing: [usize; 2]) -> Vec<f32> {
        let d = &self.d;
        let d_y = batch(&d.y(), &self.d_y(), self.gaps[1]);
        let scratch = |lane_len, step_len| Scratch::new(lanes, lane_len - missing[0], step_len - missing[1]);
        match self.way {
            Way::Direct => {
                let x = batch(&d.x(), &self.x(), self.gaps[0]);
                let mut scratch = scratch(0, direct_weight::backward_weight_step_len(d));
                self.gradients(|d_weight, d_bias| {
                    let work = scratch.workspace();
                    direct_weight::backward_weight(d, x.view(), d_y.view(), d_weight, d_bias, work);
                })
            }
            Way::FirstLayer => {
                let d = FirstConv2d { conv: d.conv, y_halo: d.y_halo };
                let x = Batch::new(&self.x(), d.conv.input_len(), self.gaps[0]);
                let lane_len = first_layer_weight::backward_weight_lane_len(&d);
                let mut scratch = scratch(lane_len, first_layer_weight::backward_weight_step_len(&d));
                self.gradients(|d_weight, d_bias| {
                    let work = scratch.workspace();
                    first_layer_weight::backward_weight(&d, x.view(), d_y.view(), d_weight, d_bias, work);
                })
            }
            Way::Depthwise => {
                let x = batch(&d.x(), &self.x(), self.gaps[0]);
                let mut scratch = scratch(0, depthwise::backward_weight_step_len(d));
                self.gradients(|d_weight, d_bias| {
                    let work = scratch.workspace();
                    depthwise::backward_weight(d, x.view(), d_y.view(), d_weight, d_bias, work);
                })
            }
        }
    }

    fn assert_like_reference(&self, lanes: usize) {
        let expected = self.gradients(|d_weight, d_bias| {
            reference::conv2d::backward_weight(&self.d.conv, &self.x(), &self.d_y(), d_weight, d_bias);
        });
        let size = self.count * self.d.conv.window.output_len();
        assert_close("gradients", &self.run(lanes, [0, 0]), &expected, size);
    }
}

/// Any convolution of small images by which the window fits at least once, with halos that may be wider than needed.
fn any_case(way: Way, channels: [core::ops::Range<usize>; 2]) -> impl Strategy<Value = Case> {
    let pair = |range: core::ops::Range<usize>| [range.clone(), range];
    let window = (pair(1..10), pair(1..5), pair(1..4), pair(0..4), pair(1..4));
    let memory = (pair(0..3), pair(0..3), 1..6_usize, pair(0..20), any::<bool>());
    (channels, window, memory).prop_filter_map(
        "the window does not fit",
        move |(channels, window, memory)| {
            let (input, kernel, stride, padding, dilation) = window;
            let (more_halo, y_halo, count, gaps, bias) = memory;
            let channels = match way {
                Way::Direct | Way::FirstLayer => [channels[0], channels[1], 1],
                Way::Depthwise => [channels[0]; 3],
            };
            let conv = conv2d(channels, input, kernel, stride, padding, dilation);
            let x_halo = [padding[0] + more_halo[0], padding[1] + more_halo[1]];
            let d = BlockedConv2d { conv, x_halo, y_halo };
            (conv.window.output_len() > 0).then_some(Case { way, d, count, gaps, bias })
        },
    )
}

proptest! {
    #[test]
    fn direct_is_the_definition(case in any_case(Way::Direct, [1..40, 1..40])) {
        case.assert_like_reference(1);
    }

    #[test]
    fn first_layer_is_the_definition(case in any_case(Way::FirstLayer, [1..5, 1..40])) {
        case.assert_like_reference(1);
    }

    #[test]
    fn depthwise_is_the_definition(case in any_case(Way::Depthwise, [1..40, 1..2])) {
        case.assert_like_reference(1);
    }
}

/// Places that fill several tables, which end within a row and within an image; sums that several threads share.
#[cfg(feature = "rayon")]
#[test]
fn bits_do_not_depend_on_the_threads() {
    let cases = [
        Case::new(Way::Direct, conv2d([37, 70, 1], [23, 21], [3, 3], [1, 1], [1, 1], [1, 1]), 5),
        Case::new(Way::Direct, conv2d([5, 16, 1], [31, 40], [5, 3], [2, 1], [2, 0], [1, 2]), 40),
        Case::new(Way::Direct, conv2d([340, 33, 1], [7, 7], [1, 1], [1, 1], [0, 0], [1, 1]), 9),
        Case::new(Way::FirstLayer, conv2d([3, 40, 1], [37, 41], [7, 5], [2, 1], [3, 0], [1, 1]), 20),
        Case::new(Way::Depthwise, conv2d([37, 37, 37], [81, 37], [5, 3], [1, 2], [2, 0], [1, 1]), 5),
    ];
    for case in cases {
        let cost = case.count * case.d.conv.macs();
        assert!(cost > 2 * crate::parallel::WORTH_SPLITTING, "{case:?} is worth three threads");
        crate::conv2d::testing::assert_same_bits("gradients", |lanes| case.run(lanes, [0, 0]));
        case.assert_like_reference(3);
    }
}

fn small(way: Way) -> Case {
    let channels = match way {
        Way::Direct | Way::FirstLayer => [3, 2, 1],
        Way::Depthwise => [3, 3, 3],
    };
    Case::new(way, conv2d(channels, [5, 5], [3, 3], [1, 1], [1, 1], [1, 1]), 1)
}

#[test]
fn no_image_has_no_gradient() {
    for way in [Way::Direct, Way::FirstLayer, Way::Depthwise] {
        let gradients = Case { count: 0, ..small(way) }.run(1, [0, 0]);
        assert!(gradients.iter().all(|gradient| *gradient == 0.0), "{gradients:?}");
    }
}

#[test]
#[should_panic(expected = "narrower than the padding")]
fn too_narrow_a_halo() {
    let case = small(Way::Direct);
    Case { d: BlockedConv2d { x_halo: [1, 0], ..case.d }, ..case }.run(1, [0, 0]);
}

#[test]
#[should_panic(expected = "image length")]
fn images_of_another_layout() {
    let case = small(Way::Direct);
    let d = BlockedConv2d { y_halo: [2, 2], ..case.d };
    let (x, d_y) = (batch(&d.x(), &case.x(), 0), batch(&case.d.y(), &case.d_y(), 0));
    let mut scratch = Scratch::new(1, 0, direct_weight::backward_weight_step_len(&d));
    case.gradients(|d_weight, _| {
        direct_weight::backward_weight(&d, x.view(), d_y.view(), d_weight, None, scratch.workspace());
    });
}

#[test]
#[should_panic(expected = "step scratch")]
fn too_little_scratch() {
    small(Way::Direct).run(1, [0, 16]);
}

#[test]
#[should_panic(expected = "lane scratch")]
fn too_little_scratch_for_a_thread() {
    small(Way::FirstLayer).run(1, [64, 0]);
}
