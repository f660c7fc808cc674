//! Every kind of pooling, for the tests of its kernels.

use super::{AdaptivePool2d, AvgPool2d, MaxPool2d};
use crate::conv2d::testing::{numbers, window};
use crate::reference::pool as reference;
use alloc::vec::Vec;
use proptest::prelude::*;

/// A kind of pooling with its descriptor.
#[derive(Clone, Copy, Debug)]
pub(super) enum Pool {
    Max(MaxPool2d),
    Avg(AvgPool2d),
    AdaptiveAvg(AdaptivePool2d),
    AdaptiveMax(AdaptivePool2d),
}

impl Pool {
    /// The most pixels that are added up.
    pub(super) fn size(self) -> usize {
        match self {
            Self::Max(d) => d.window.kernel_len(),
            Self::Avg(d) => d.window.kernel_len(),
            Self::AdaptiveAvg(d) | Self::AdaptiveMax(d) => d.input_len() + d.output_len(),
        }
    }

    /// The output by the definition.
    pub(super) fn reference_forward(self, x: &[f32], y: &mut [f32]) {
        match self {
            Self::Max(d) => reference::max_forward(&d, x, y),
            Self::Avg(d) => reference::avg_forward(&d, x, y),
            Self::AdaptiveAvg(d) => reference::adaptive_avg_forward(&d, x, y),
            Self::AdaptiveMax(d) => reference::adaptive_max_forward(&d, x, y),
        }
    }

    /// The input's gradient by the definition.
    pub(super) fn reference_backward(self, x: &[f32], d_y: &[f32], d_x: &mut [f32]) {
        match self {
            Self::Max(d) => reference::max_backward(&d, x, d_y, d_x),
            Self::Avg(d) => reference::avg_backward(&d, d_y, d_x),
            Self::AdaptiveAvg(d) => reference::adaptive_avg_backward(&d, d_y, d_x),
            Self::AdaptiveMax(d) => reference::adaptive_max_backward(&d, x, d_y, d_x),
        }
    }
}

/// Sliding pools of all kinds; `hanging` more places along each axis than the window fits, as `ceil_mode` has it.
pub(super) fn any_sliding() -> impl Strategy<Value = Pool> {
    let pair = |range: core::ops::Range<usize>| [range.clone(), range];
    let places = (pair(1..5), pair(1..4), pair(0..3), pair(1..3), pair(0..2));
    (1..4_usize, pair(1..10), places, 0..3_usize).prop_filter_map(
        "no place",
        |(channels, input, (kernel, stride, padding, dilation, hanging), kind)| {
            let mut window = window(input, kernel, stride, padding, dilation);
            window.output[0] += hanging[0];
            window.output[1] += hanging[1];
            let count_include_pad = kind == 1;
            (window.output_len() > 0).then_some(match kind {
                0 => Pool::Max(MaxPool2d { channels, window }),
                _ => Pool::Avg(AvgPool2d { channels, window, count_include_pad }),
            })
        },
    )
}

/// Pools that have a kernel of their own, and some that nearly do.
pub(super) fn two_by_two() -> impl Strategy<Value = Pool> {
    (1..4_usize, [2..12_usize, 2..12], [0..2_usize, 0..2]).prop_map(|(channels, input, hanging)| {
        let mut window = window(input, [2, 2], [2, 2], [0, 0], [1, 1]);
        for axis in [0, 1] {
            window.output[axis] += hanging[axis] * (input[axis] % 2);
        }
        Pool::Max(MaxPool2d { channels, window })
    })
}

/// Adaptive pools of both kinds.
pub(super) fn any_adaptive() -> impl Strategy<Value = Pool> {
    ([1..10_usize, 1..10], [1..10_usize, 1..10], 1..4_usize, any::<bool>()).prop_map(
        |(input, output, channels, max)| {
            let d = AdaptivePool2d { channels, input, output };
            if max { Pool::AdaptiveMax(d) } else { Pool::AdaptiveAvg(d) }
        },
    )
}

/// Numbers with many ties; in the largest of them also what is no number.
pub(super) fn with_ties(len: usize, seed: usize, strange: bool) -> Vec<f32> {
    let round = |x: f32| (x * 3.0).round();
    let strangers = |x: f32| match round(x) {
        3.0 => f32::NAN,
        1.0 | -1.0 => f32::NEG_INFINITY,
        x => x,
    };
    numbers(len, seed).into_iter().map(|x| if strange { strangers(x) } else { round(x) }).collect()
}

/// Kinds of pooling over planes of the size `input`, with rows longer than a span.
pub(super) fn large(channels: usize, input: [usize; 2]) -> [Pool; 5] {
    let window = window(input, [3, 2], [2, 1], [1, 1], [1, 1]);
    let adaptive = AdaptivePool2d { channels, input, output: [17, 13] };
    [
        Pool::Max(MaxPool2d { channels, window }),
        Pool::Avg(AvgPool2d { channels, window, count_include_pad: true }),
        Pool::Avg(AvgPool2d { channels, window, count_include_pad: false }),
        Pool::AdaptiveAvg(adaptive),
        Pool::AdaptiveMax(adaptive),
    ]
}
