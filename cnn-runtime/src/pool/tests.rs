//! Every kind of pooling against the definition, and against itself on more threads.

use super::{AdaptivePool2d, AvgPool2d, MaxPool2d};
use super::{adaptive_avg_pool2d, adaptive_max_pool2d, avg_pool2d, max_pool2d};
use crate::Write;
use crate::blocked::testing::{batch, planes};
use crate::blocked::{Blocked, Haloed};
use crate::conv2d::testing::{Batch, Scratch, assert_close, numbers, window};
use crate::memory::Workspace;
use crate::reference::pool as reference;
use alloc::vec;
use alloc::vec::Vec;
use proptest::prelude::*;

/// A kind of pooling with its descriptor.
#[derive(Clone, Copy, Debug)]
enum Pool {
    Max(MaxPool2d),
    Avg(AvgPool2d),
    AdaptiveAvg(AdaptivePool2d),
    AdaptiveMax(AdaptivePool2d),
}

impl Pool {
    /// The most pixels that are added up.
    fn size(self) -> usize {
        match self {
            Self::Max(d) => d.window.kernel_len(),
            Self::Avg(d) => d.window.kernel_len(),
            Self::AdaptiveAvg(d) | Self::AdaptiveMax(d) => d.input_len() + d.output_len(),
        }
    }

    /// The output by the definition.
    fn reference_forward(self, x: &[f32], y: &mut [f32]) {
        match self {
            Self::Max(d) => reference::max_forward(&d, x, y),
            Self::Avg(d) => reference::avg_forward(&d, x, y),
            Self::AdaptiveAvg(d) => reference::adaptive_avg_forward(&d, x, y),
            Self::AdaptiveMax(d) => reference::adaptive_max_forward(&d, x, y),
        }
    }

    /// The input's gradient by the definition.
    fn reference_backward(self, x: &[f32], d_y: &[f32], d_x: &mut [f32]) {
        match self {
            Self::Max(d) => reference::max_backward(&d, x, d_y, d_x),
            Self::Avg(d) => reference::avg_backward(&d, d_y, d_x),
            Self::AdaptiveAvg(d) => reference::adaptive_avg_backward(&d, d_y, d_x),
            Self::AdaptiveMax(d) => reference::adaptive_max_backward(&d, x, d_y, d_x),
        }
    }
}

/// Sliding pools of all kinds; `hanging` more places along each axis than the window fits, as `ceil_mode` has it.
fn any_sliding() -> impl Strategy<Value = Pool> {
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
fn two_by_two() -> impl Strategy<Value = Pool> {
    (1..4_usize, [2..12_usize, 2..12], [0..2_usize, 0..2]).prop_map(|(channels, input, hanging)| {
        let mut window = window(input, [2, 2], [2, 2], [0, 0], [1, 1]);
        for axis in [0, 1] {
            window.output[axis] += hanging[axis] * (input[axis] % 2);
        }
        Pool::Max(MaxPool2d { channels, window })
    })
}

/// Adaptive pools of both kinds.
fn any_adaptive() -> impl Strategy<Value = Pool> {
    ([1..10_usize, 1..10], [1..10_usize, 1..10], 1..4_usize, any::<bool>()).prop_map(
        |(input, output, channels, max)| {
            let d = AdaptivePool2d { channels, input, output };
            if max { Pool::AdaptiveMax(d) } else { Pool::AdaptiveAvg(d) }
        },
    )
}

/// Numbers with many ties; in the largest of them also what is no number.
fn with_ties(len: usize, seed: usize, strange: bool) -> Vec<f32> {
    let round = |x: f32| (x * 3.0).round();
    let strangers = |x: f32| match round(x) {
        3.0 => f32::NAN,
        1.0 | -1.0 => f32::NEG_INFINITY,
        x => x,
    };
    numbers(len, seed).into_iter().map(|x| if strange { strangers(x) } else { round(x) }).collect()
}

/// Kinds of pooling over planes of the size `input`, with rows longer than a span.
fn large(channels: usize, input: [usize; 2]) -> [Pool; 5] {
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

/// A pool between images with halos.
#[derive(Clone, Copy, Debug)]
struct Blocks {
    pool: Pool,
    halos: [[usize; 2]; 2],
}

impl Blocks {
    /// The layouts of x and y.
    fn layouts(self) -> [Blocked; 2] {
        let (channels, sizes) = match self.pool {
            Pool::Max(d) => (d.channels, [d.window.input, d.window.output]),
            Pool::Avg(d) => (d.channels, [d.window.input, d.window.output]),
            Pool::AdaptiveAvg(d) | Pool::AdaptiveMax(d) => (d.channels, [d.input, d.output]),
        };
        [0, 1].map(|i| Blocked { channels, plane: sizes[i], halo: self.halos[i] })
    }

    fn haloed<L>(self, layer: L) -> Haloed<L> {
        Haloed { layer, x_halo: self.halos[0], y_halo: self.halos[1] }
    }

    /// The output of inference, in the layout of the network.
    fn forward(self, x: &Batch, y: &Batch, lanes: usize) -> Batch {
        let (mut scratch, mut y) = (Scratch::new(lanes, 0, 0), y.clone());
        let (x, to, work) = (x.view(), y.view_mut(), scratch.workspace());
        match self.pool {
            Pool::Max(d) => max_pool2d::forward(&self.haloed(d), x, to, work),
            Pool::Avg(d) => avg_pool2d::forward(&self.haloed(d), x, to, work),
            Pool::AdaptiveAvg(d) => adaptive_avg_pool2d::forward(&self.haloed(d), x, to, work),
            Pool::AdaptiveMax(d) => adaptive_max_pool2d::forward(&self.haloed(d), x, to, work),
        }
        y
    }

    /// The output of training, and the gradient of the input.
    fn train(self, x: &Batch, d_y: &Batch, d_x: &Batch, write: Write, lanes: usize) -> [Batch; 2] {
        let (mut scratch, mut y, mut d_x) = (Scratch::new(lanes, 0, 0), d_y.clone(), d_x.clone());
        macro_rules! train_max {
            ($module:ident, $d:expr) => {{
                let d = self.haloed($d);
                let len = $module::indices_len(&d);
                let mut indices = Batch::new(&vec![f32::NAN; x.view().count() * len], len, 2);
                $module::train_forward(&d, x.view(), y.view_mut(), indices.view_mut(), scratch.workspace());
                $module::backward(&d, indices.view(), d_y.view(), d_x.view_mut(), write, scratch.workspace());
            }};
        }
        let mut mean = |backward: &dyn Fn(&mut Batch, Workspace<'_>)| {
            y = self.forward(x, d_y, lanes);
            backward(&mut d_x, scratch.workspace());
        };
        match self.pool {
            Pool::Max(d) => train_max!(max_pool2d, d),
            Pool::AdaptiveMax(d) => train_max!(adaptive_max_pool2d, d),
            Pool::Avg(d) => mean(&|d_x, work| {
                avg_pool2d::backward(&self.haloed(d), d_y.view(), d_x.view_mut(), write, work);
            }),
            Pool::AdaptiveAvg(d) => mean(&|d_x, work| {
                adaptive_avg_pool2d::backward(&self.haloed(d), d_y.view(), d_x.view_mut(), write, work);
            }),
        }
        [y, d_x]
    }

    /// Asserts that the kernels compute what the definition says, for the NCHW images in `x`.
    fn assert_like_reference(self, x: &[f32], gaps: [usize; 3], lanes: usize) {
        let [from, to] = self.layouts();
        let count = x.len() / from.planes_len();
        let (d_y, before) = (numbers(count * to.planes_len(), 2), numbers(x.len(), 3));
        let images = batch(&from, x, gaps[0]);
        let (d_y_images, d_x_images) = (batch(&to, &d_y, gaps[1]), batch(&from, &before, gaps[2]));

        let mut expected = vec![7.0; d_y.len()];
        self.pool.reference_forward(x, &mut expected);
        let garbage = Batch::new(&vec![f32::NAN; count * to.len()], to.len(), gaps[1]);
        self.assert_outputs(&planes(&to, &self.forward(&images, &garbage, lanes)), &expected);

        let mut d_x = vec![7.0; x.len()];
        self.pool.reference_backward(x, &d_y, &mut d_x);
        let garbage = Batch::new(&vec![f32::NAN; count * from.len()], from.len(), gaps[2]);
        let [y, found] = self.train(&images, &d_y_images, &garbage, Write::Overwrite, lanes);
        self.assert_outputs(&planes(&to, &y), &expected);
        assert_close("d_x", &planes(&from, &found), &d_x, self.pool.size());
        d_x.iter_mut().zip(&before).for_each(|(d_x, before)| *d_x += before);
        let [_, found] = self.train(&images, &d_y_images, &d_x_images, Write::Accumulate, lanes);
        assert_close("sum in d_x", &planes(&from, &found), &d_x, self.pool.size());
    }

    fn assert_outputs(self, found: &[f32], expected: &[f32]) {
        if let Pool::Max(_) | Pool::AdaptiveMax(_) = self.pool {
            let bits = |y: &[f32]| y.iter().map(|y| y.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(found), bits(expected), "{self:?}: {found:?} instead of {expected:?}");
        } else {
            assert_close("y", found, expected, self.pool.size());
        }
    }
}

/// The same pool over other channels.
fn with_channels(pool: Pool, channels: usize) -> Pool {
    match pool {
        Pool::Max(d) => Pool::Max(MaxPool2d { channels, ..d }),
        Pool::Avg(d) => Pool::Avg(crate::pool::AvgPool2d { channels, ..d }),
        Pool::AdaptiveAvg(d) => Pool::AdaptiveAvg(AdaptivePool2d { channels, ..d }),
        Pool::AdaptiveMax(d) => Pool::AdaptiveMax(AdaptivePool2d { channels, ..d }),
    }
}

/// Windows that have a loop of their own: 3 x 3 with strides of 1 to 3.
fn three_by_three() -> impl Strategy<Value = Pool> {
    use crate::conv2d::testing::window;
    let strides = ([3..12_usize, 3..12], 1..4_usize, 0..2_usize, any::<bool>());
    strides.prop_map(|(input, stride, padding, max)| {
        let window = window(input, [3, 3], [stride; 2], [padding; 2], [1, 1]);
        if max {
            Pool::Max(MaxPool2d { channels: 1, window })
        } else {
            Pool::Avg(crate::pool::AvgPool2d { channels: 1, window, count_include_pad: padding == 0 })
        }
    })
}

proptest! {
    #[test]
    fn kernels_are_the_definition(
        pool in prop_oneof![any_sliding(), two_by_two(), three_by_three(), any_adaptive()],
        channels in prop_oneof![1..4_usize, 15..19_usize, Just(33)],
        halos in [[0..3_usize, 0..3], [0..3, 0..3]],
        count in 1..4_usize,
        gaps in [0..20_usize, 0..20, 0..20],
        seed in 0..100_usize,
    ) {
        let pool = Blocks { pool: with_channels(pool, channels), halos };
        let len = count * pool.layouts()[0].planes_len();
        pool.assert_like_reference(&numbers(len, seed), gaps, 1);
        pool.assert_like_reference(&with_ties(len, seed, false), gaps, 1);
        if let Pool::Max(_) | Pool::AdaptiveMax(_) = pool.pool {
            pool.assert_like_reference(&with_ties(len, seed, true), gaps, 1);
        }
    }
}

/// An index that does not fit into a byte: windows of 16 x 16, 16 x 17 and 21 x 19 taps.
#[test]
fn windows_of_many_taps() {
    for input in [[16, 16], [16, 17], [21, 19]] {
        let d = AdaptivePool2d { channels: 19, input, output: [1, 1] };
        let pool = Blocks { pool: Pool::AdaptiveMax(d), halos: [[1, 2], [0, 0]] };
        let bytes = input[0] * input[1] <= 256;
        let len = adaptive_max_pool2d::indices_len(&pool.haloed(d));
        assert_eq!(len, 2 * if bytes { 4 } else { 16 });
        for strange in [false, true] {
            pool.assert_like_reference(&with_ties(2 * 19 * input[0] * input[1], 1, strange), [3, 1, 0], 1);
        }
        pool.assert_like_reference(&numbers(2 * 19 * input[0] * input[1], 1), [3, 1, 0], 1);
    }
}

/// Large enough to be worth several threads: a batch of one is cut between blocks, a larger one between images.
#[cfg(feature = "rayon")]
#[test]
fn bits_do_not_depend_on_the_threads() {
    use crate::conv2d::testing::assert_same_bits;
    for (count, channels) in [(1, 65), (2, 33), (5, 16)] {
        for pool in large(channels, [90, 53]) {
            let pool = Blocks { pool, halos: [[1, 0], [0, 2]] };
            let [from, to] = pool.layouts();
            let (x, d_y) =
                (with_ties(count * from.planes_len(), 1, false), numbers(count * to.planes_len(), 2));
            let (images, d_y) = (batch(&from, &x, 5), batch(&to, &d_y, 3));
            assert_same_bits("y", |lanes| pool.forward(&images, &d_y, lanes).dense());
            for write in [Write::Overwrite, Write::Accumulate] {
                let run = |lanes| {
                    pool.train(&images, &d_y, &images, write, lanes).map(|batch| batch.dense()).concat()
                };
                assert_same_bits("y and d_x", run);
            }
            pool.assert_like_reference(&x, [5, 3, 1], 3);
        }
    }
}

#[test]
#[should_panic(expected = "image length")]
fn an_image_of_another_size() {
    let pool = Pool::AdaptiveAvg(AdaptivePool2d { channels: 2, input: [3, 3], output: [1, 1] });
    let pool = Blocks { pool, halos: [[0, 0]; 2] };
    pool.forward(&Batch::new(&[0.0; 17], 17, 0), &Batch::new(&[0.0; 16], 16, 0), 1);
}

#[test]
#[should_panic(expected = "indices of an image")]
fn indices_of_another_size() {
    let layer = AdaptivePool2d { channels: 2, input: [3, 3], output: [1, 1] };
    let d = Haloed { layer, x_halo: [0, 0], y_halo: [0, 0] };
    let (x, mut y, mut indices) = (Batch::new(&[0.0; 144], 144, 0), Batch::new(&[0.0; 16], 16, 0), [0.0; 5]);
    let indices = crate::view::ViewMut::dense(&mut indices, 5);
    adaptive_max_pool2d::train_forward(
        &d,
        x.view(),
        y.view_mut(),
        indices,
        Scratch::new(1, 0, 0).workspace(),
    );
}
