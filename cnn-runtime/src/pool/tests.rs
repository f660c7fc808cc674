//! Every kind of pooling against the definition, and against itself on more threads.

use super::{
    AdaptivePool2d, AvgPool2d, MaxPool2d, adaptive_avg_pool2d, adaptive_max_pool2d, avg_pool2d, max_pool2d,
};
use crate::Write;
use crate::conv2d::testing::{Batch, Scratch, assert_close, numbers, window};
use crate::reference::pool as reference;
use alloc::vec;
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
    /// Numbers of an image before and after.
    fn image_lens(self) -> [usize; 2] {
        match self {
            Self::Max(MaxPool2d { channels, window }) | Self::Avg(AvgPool2d { channels, window, .. }) => {
                [channels * window.input_len(), channels * window.output_len()]
            }
            Self::AdaptiveAvg(d) | Self::AdaptiveMax(d) => {
                [d.channels * d.input_len(), d.channels * d.output_len()]
            }
        }
    }

    /// The most pixels that are added up.
    pub(super) fn size(self) -> usize {
        match self {
            Self::Max(d) => d.window.kernel_len(),
            Self::Avg(d) => d.window.kernel_len(),
            Self::AdaptiveAvg(d) | Self::AdaptiveMax(d) => d.input_len() + d.output_len(),
        }
    }

    /// The output by the kernel, on `lanes` threads.
    fn forward(self, x: &Batch, y: &Batch, lanes: usize) -> Vec<f32> {
        let (mut scratch, mut y) = (Scratch::new(lanes, 0, 0), y.clone());
        let (x, y_view, work) = (x.view(), y.view_mut(), scratch.workspace());
        match self {
            Self::Max(d) => max_pool2d::forward(&d, x, y_view, work),
            Self::Avg(d) => avg_pool2d::forward(&d, x, y_view, work),
            Self::AdaptiveAvg(d) => adaptive_avg_pool2d::forward(&d, x, y_view, work),
            Self::AdaptiveMax(d) => adaptive_max_pool2d::forward(&d, x, y_view, work),
        }
        y.dense()
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

    /// The input's gradient by the kernel, beside what was in `d_x` before if `write` says so.
    fn backward(self, x: &Batch, d_y: &Batch, d_x: &Batch, write: Write, lanes: usize) -> Vec<f32> {
        let (mut scratch, mut d_x) = (Scratch::new(lanes, 0, 0), d_x.clone());
        let (x, d_y, d_x_view, work) = (x.view(), d_y.view(), d_x.view_mut(), scratch.workspace());
        match self {
            Self::Max(d) => max_pool2d::backward(&d, x, d_y, d_x_view, write, work),
            Self::Avg(d) => avg_pool2d::backward(&d, d_y, d_x_view, write, work),
            Self::AdaptiveAvg(d) => adaptive_avg_pool2d::backward(&d, d_y, d_x_view, write, work),
            Self::AdaptiveMax(d) => adaptive_max_pool2d::backward(&d, x, d_y, d_x_view, write, work),
        }
        d_x.dense()
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

    /// Asserts that the kernels compute what the definition says, for the images that stand densely in `x`.
    fn assert_like_reference(self, x: &[f32], gaps: [usize; 3], lanes: usize) {
        let [x_len, y_len] = self.image_lens();
        let count = x.len() / x_len;
        let images = Batch::new(x, x_len, gaps[0]);
        let d_y = numbers(count * y_len, 2);
        let d_y_images = Batch::new(&d_y, y_len, gaps[1]);

        let mut y = vec![7.0; d_y.len()];
        self.reference_forward(x, &mut y);
        let actual = self.forward(&images, &d_y_images, lanes);
        if let Self::Max(_) | Self::AdaptiveMax(_) = self {
            let bits = |y: &[f32]| y.iter().map(|y| y.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&actual), bits(&y), "{self:?}: {actual:?} instead of {y:?}");
        } else {
            assert_close("y", &actual, &y, self.size());
        }

        let mut d_x = vec![7.0; x.len()];
        self.reference_backward(x, &d_y, &mut d_x);
        let before = numbers(x.len(), 3);
        let d_x_images = Batch::new(&before, x_len, gaps[2]);
        let actual = self.backward(&images, &d_y_images, &d_x_images, Write::Overwrite, lanes);
        assert_close("d_x", &actual, &d_x, self.size());
        d_x.iter_mut().zip(&before).for_each(|(d_x, before)| *d_x += before);
        let actual = self.backward(&images, &d_y_images, &d_x_images, Write::Accumulate, lanes);
        assert_close("sum in d_x", &actual, &d_x, self.size());
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

proptest! {
    #[test]
    fn kernels_are_the_definition(
        pool in prop_oneof![any_sliding(), two_by_two(), any_adaptive()],
        count in 1..6_usize,
        gaps in [0..20_usize, 0..20, 0..20],
        seed in 0..100_usize,
    ) {
        let len = count * pool.image_lens()[0];
        pool.assert_like_reference(&numbers(len, seed), gaps, 1);
        pool.assert_like_reference(&with_ties(len, seed, false), gaps, 1);
        if let Pool::Max(_) | Pool::AdaptiveMax(_) = pool {
            pool.assert_like_reference(&with_ties(len, seed, true), gaps, 1);
        }
    }
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

#[test]
fn rows_longer_than_a_span() {
    for pool in large(2, [11, 203]) {
        let len = 2 * pool.image_lens()[0];
        pool.assert_like_reference(&numbers(len, 1), [5, 3, 1], 1);
        pool.assert_like_reference(&with_ties(len, 1, false), [5, 3, 1], 1);
        if let Pool::Max(_) | Pool::AdaptiveMax(_) = pool {
            pool.assert_like_reference(&with_ties(len, 1, true), [5, 3, 1], 1);
        }
    }
}

/// Large enough to be worth several threads: a batch of one is cut between planes, a larger one between images.
#[cfg(feature = "rayon")]
#[test]
fn bits_do_not_depend_on_the_threads() {
    use crate::conv2d::testing::assert_same_bits;
    for (count, channels) in [(1, 17), (2, 9), (5, 4)] {
        for pool in large(channels, [90, 203]) {
            let [x_len, y_len] = pool.image_lens();
            let (x, d_y) = (with_ties(count * x_len, 1, false), numbers(count * y_len, 2));
            let (images, d_y) = (Batch::new(&x, x_len, 5), Batch::new(&d_y, y_len, 3));
            assert_same_bits("y", |lanes| pool.forward(&images, &d_y, lanes));
            assert_same_bits("d_x", |lanes| pool.backward(&images, &d_y, &images, Write::Overwrite, lanes));
            assert_same_bits("sum", |lanes| pool.backward(&images, &d_y, &images, Write::Accumulate, lanes));
            pool.assert_like_reference(&x, [5, 3, 1], 3);
        }
    }
}

#[test]
#[should_panic(expected = "image lengths")]
fn an_image_of_another_size() {
    let pool = Pool::AdaptiveAvg(AdaptivePool2d { channels: 2, input: [3, 3], output: [1, 1] });
    pool.forward(&Batch::new(&[0.0; 17], 17, 0), &Batch::new(&[0.0; 2], 2, 0), 1);
}
