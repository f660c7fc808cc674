//! All passes against the definition, against themselves on more threads, and against PyTorch.

use super::*;
use crate::blocked::testing::{batch, planes};
use crate::conv2d::testing::{Batch, numbers};
use crate::policy::Policy;
use crate::reference::batch_norm2d as reference;
use alloc::vec;
use alloc::vec::Vec;
use proptest::prelude::*;

/// A layer with its tensors and a batch to train on.
struct Layer {
    d: BatchNorm2d,
    x: Batch,
    d_y: Batch,
    weight: Option<Vec<f32>>,
    bias: Option<Vec<f32>>,
    running_mean: Vec<f32>,
    running_var: Vec<f32>,
    batches: f32,
    /// Where the kernels are told to keep statistics: not at the front.
    saved: Vec<f32>,
}

/// Where that is.
fn saved_range(d: &BatchNorm2d) -> Range<usize> {
    5..5 + 2 * d.channels
}

impl Layer {
    fn new(channels: usize, pixels: usize, count: usize, gaps: [usize; 2], affine: [bool; 2]) -> Self {
        let d = BatchNorm2d { channels, pixels, eps: 1e-3, momentum: 0.3 };
        let len = channels * pixels;
        // Each channel has a mean and a spread of its own; far from 0 an `f32` cannot hold a mean as exactly as tests ask.
        let x: Vec<f32> = numbers(count * len, 1)
            .iter()
            .enumerate()
            .map(|(i, x)| {
                (i / pixels % channels % 7) as f32 * 0.5 - 1.0 + x * (1 + i / pixels % channels % 3) as f32
            })
            .collect();
        Self {
            d,
            x: Batch::new(&x, len, gaps[0]),
            d_y: Batch::new(&numbers(count * len, 2), len, gaps[1]),
            weight: affine[0].then(|| numbers(channels, 3)),
            bias: affine[1].then(|| numbers(channels, 4)),
            running_mean: numbers(channels, 5),
            running_var: numbers(channels, 6).iter().map(|x| x + 1.5).collect(),
            batches: 6.0,
            saved: vec![f32::NAN; 2 * channels + 9],
        }
    }

    fn workspace(lanes: usize, saved: &mut [f32]) -> Workspace<'_> {
        Workspace {
            policy: Policy::Fast,
            batch: 1,
            lanes,
            lane_scratch: &mut [],
            step_scratch: &mut [],
            saved,
        }
    }
}

fn exact(numbers: &[f32]) -> Vec<f64> {
    numbers.iter().copied().map(f64::from).collect()
}

/// Only the last steps are rounded to `f32`, so the bound does not grow with the batch.
fn assert_close(what: &str, found: &[f32], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{what}: length");
    let largest = expected.iter().fold(1.0_f64, |largest, x| largest.max(x.abs()));
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        let error = (f64::from(*found) - expected).abs();
        assert!(error <= 1e-6 * largest, "{what}: number {i} is {found} instead of {expected}");
    }
}

/// The same between images with halos: x, y or `d_y`, and `d_x`.
struct Blocks {
    layer: Layer,
    plane: [usize; 2],
    halos: [[usize; 2]; 3],
}

/// All that the passes give, in NCHW.
struct Results {
    inference: Vec<f32>,
    y: Vec<f32>,
    d_x: Vec<f32>,
    d_weight: Vec<f32>,
    d_bias: Vec<f32>,
}

impl Blocks {
    fn new(
        channels: usize,
        plane: [usize; 2],
        count: usize,
        halos: [[usize; 2]; 3],
        affine: [bool; 2],
    ) -> Self {
        let layer = Layer::new(channels, plane[0] * plane[1], count, [0, 0], affine);
        Self { layer, plane, halos }
    }

    fn descriptor<const N: usize>(&self, of: [usize; N]) -> BlockedBatchNorm2d<N> {
        let halos = of.map(|i| self.halos[i]);
        BlockedBatchNorm2d {
            norm: self.layer.d,
            images: Operands { channels: self.layer.d.channels, plane: self.plane, halos },
        }
    }

    /// Runs everything; x stands in `d_x` before.
    fn run(&mut self, write: Write, lanes: usize) -> Results {
        let (d2, d3) = (self.descriptor([0, 1]), self.descriptor([0, 1, 2]));
        let [of_x, of_y, of_d_x] = d3.images.layouts();
        let x = batch(&of_x, &self.layer.x.dense(), 3);
        let d_y = batch(&of_y, &self.layer.d_y.dense(), 1);
        let mut d_x = batch(&of_d_x, &self.layer.x.dense(), 2);
        let layer = &mut self.layer;
        let (weight, bias) = (layer.weight.as_deref(), layer.bias.as_deref());
        let garbage = || Batch::new(&vec![f32::NAN; x.view().count() * of_y.len()], of_y.len(), 1);

        let (mut inference, mut y) = (garbage(), garbage());
        let (mean, var) = (&layer.running_mean, &layer.running_var);
        let work = Layer::workspace(lanes, &mut []);
        forward(&d2, x.view(), weight, bias, mean, var, inference.view_mut(), work);

        let batches = core::slice::from_mut(&mut layer.batches);
        let saved = saved_range(&layer.d);
        let (mean, var) = (&mut layer.running_mean, &mut layer.running_var);
        let work = Layer::workspace(lanes, &mut layer.saved);
        train_forward(&d2, x.view(), weight, bias, mean, var, batches, saved.clone(), y.view_mut(), work);

        let mut d_weight = weight.map(|weight| vec![f32::NAN; weight.len()]);
        let mut d_bias = bias.map(|bias| vec![f32::NAN; bias.len()]);
        let (of_weight, of_bias) = (d_weight.as_deref_mut(), d_bias.as_deref_mut());
        if write == Write::Overwrite {
            d_x = Batch::new(&vec![f32::NAN; x.view().count() * of_d_x.len()], of_d_x.len(), 2);
        }
        let work = Layer::workspace(lanes, &mut layer.saved);
        backward(&d3, x.view(), d_y.view(), weight, saved, d_x.view_mut(), write, of_weight, of_bias, work);
        Results {
            inference: planes(&of_y, &inference),
            y: planes(&of_y, &y),
            d_x: planes(&of_d_x, &d_x),
            d_weight: d_weight.unwrap_or_default(),
            d_bias: d_bias.unwrap_or_default(),
        }
    }

    /// Asserts that all passes are what the definition says, computed in `f64`.
    fn assert_like_reference(&mut self, write: Write, lanes: usize) {
        let d = self.layer.d;
        let (x, d_y) = (exact(&self.layer.x.dense()), exact(&self.layer.d_y.dense()));
        let (weight, bias) = (self.layer.weight.as_deref().map(exact), self.layer.bias.as_deref().map(exact));
        let (weight, bias) = (weight.as_deref(), bias.as_deref());
        let (mut mean, mut var) = (exact(&self.layer.running_mean), exact(&self.layer.running_var));
        let mut y = vec![f64::NAN; x.len()];
        reference::forward(&d, &x, weight, bias, &mean, &var, &mut y);
        let found = self.run(write, lanes);
        assert_close("y of inference", &found.inference, &y);

        let (batch_mean, batch_var) = reference::statistics(&d, &x);
        reference::forward(&d, &x, weight, bias, &batch_mean, &batch_var, &mut y);
        reference::update_running(&d, &x, &mut mean, &mut var);
        assert_close("y of training", &found.y, &y);
        assert_close("running mean", &self.layer.running_mean, &mean);
        assert_close("running variance", &self.layer.running_var, &var);
        assert!((self.layer.batches - 7.0).abs() < 1e-6, "{} batches", self.layer.batches);
        let untouched = self.layer.saved[..5].iter().chain(&self.layer.saved[saved_range(&d).end..]);
        assert!(untouched.clone().count() == 9 && untouched.clone().all(|number| number.is_nan()));

        let mut d_x = vec![f64::NAN; x.len()];
        let (mut d_weight, mut d_bias) = (vec![f64::NAN; d.channels], vec![f64::NAN; d.channels]);
        reference::backward(&d, &x, &d_y, weight, &mut d_x, &mut d_weight, &mut d_bias);
        if write == Write::Accumulate {
            d_x.iter_mut().zip(&x).for_each(|(d_x, before)| *d_x += before);
        }
        assert_close("d_x", &found.d_x, &d_x);
        if self.layer.weight.is_some() {
            assert_close("d_weight", &found.d_weight, &d_weight);
        }
        if self.layer.bias.is_some() {
            assert_close("d_bias", &found.d_bias, &d_bias);
        }
    }
}

proptest! {
    #[test]
    fn kernels_are_the_definition(
        channels in prop_oneof![1..4_usize, 14..35_usize],
        plane in [1..6_usize, 1..6],
        count in 2..6_usize,
        halos in [[0..3_usize, 0..3], [0..3, 0..3], [0..3, 0..3]],
        affine: [bool; 2],
        accumulate: bool,
    ) {
        let write = if accumulate { Write::Accumulate } else { Write::Overwrite };
        Blocks::new(channels, plane, count, halos, affine).assert_like_reference(write, 1);
    }

    /// What a convolution's epilogue makes of sums without its bias is what inference makes of sums with it.
    #[test]
    fn inference_folds_into_a_convolution(channels in 1..35_usize, affine: [bool; 2], with_bias: bool) {
        let layer = Layer::new(channels, 6, 2, [0, 0], affine);
        let conv_bias = with_bias.then(|| numbers(channels, 9));
        let (conv_bias, weight, bias) = (conv_bias.as_deref(), layer.weight.as_deref(), layer.bias.as_deref());
        let (mean, var) = (&layer.running_mean, &layer.running_var);
        let mut prepared = vec![f32::NAN; 3 * channels.next_multiple_of(LINE)];
        let work = Layer::workspace(1, &mut []);
        prepare(&layer.d, weight, bias, mean, var, conv_bias, &mut prepared, work);
        let parts = norm_parts(&prepared, channels);

        let sums = layer.x.dense();
        let of_channel = |i: usize| i / 6 % channels;
        let scaled = |shift: &[f32]| -> Vec<f32> {
            let of_sum = |(i, sum): (usize, &f32)| sum * parts.scale[of_channel(i)] + shift[of_channel(i)];
            sums.iter().enumerate().map(of_sum).collect()
        };
        let exact_or_none = |tensor: Option<&[f32]>| tensor.map(exact);
        let (weight, bias) = (exact_or_none(weight), exact_or_none(bias));
        let normalised = |x: &[f64]| {
            let mut y = vec![f64::NAN; x.len()];
            let (weight, bias) = (weight.as_deref(), bias.as_deref());
            reference::forward(&layer.d, x, weight, bias, &exact(mean), &exact(var), &mut y);
            y
        };
        assert_close("without the bias", &scaled(parts.shift), &normalised(&exact(&sums)));
        let with_bias = |(i, sum): (usize, &f32)| f64::from(*sum) + f64::from(entry(conv_bias, of_channel(i), 0.0));
        let x: Vec<f64> = sums.iter().enumerate().map(with_bias).collect();
        assert_close("with the bias", &scaled(parts.shift_with_bias), &normalised(&x));
    }
}

/// Cut between blocks.
#[cfg(feature = "rayon")]
#[test]
fn bits_do_not_depend_on_the_threads() {
    use crate::conv2d::testing::assert_same_bits;
    for (channels, plane, count) in [(50, [21, 31], 7), (67, [7, 7], 41), (33, [60, 50], 1)] {
        let new = || Blocks::new(channels, plane, count, [[1, 0], [0, 2], [1, 1]], [true, true]);
        assert_same_bits("all passes", |lanes| {
            let mut blocks = new();
            let found = blocks.run(Write::Accumulate, lanes);
            let images = [found.inference, found.y, found.d_x].concat();
            [images, found.d_weight, found.d_bias, blocks.layer.running_mean, blocks.layer.running_var]
                .concat()
        });
        new().assert_like_reference(Write::Overwrite, 3);
    }
}

/// Far from 0 a difference of squares would have no digits left.
#[test]
fn a_small_variance_far_from_0_is_exact() {
    let mut blocks = Blocks::new(1, [10, 100], 3, [[1, 1]; 3], [true, false]);
    let x: Vec<f32> = (0..3000_u16).map(|i| 10_000.0 + f32::from(i % 2) / 1024.0).collect();
    blocks.layer.x = Batch::new(&x, 1000, 0);
    blocks.run(Write::Overwrite, 1);
    let variance = 0.25 / 1024.0 / 1024.0;
    let inverse_std = blocks.layer.saved[6];
    assert!((inverse_std - 1.0 / libm::sqrtf(variance + blocks.layer.d.eps)).abs() < 1e-5, "{inverse_std}");
    blocks.layer.x = Batch::new(&vec![1e6; 3000], 1000, 0);
    let y = blocks.run(Write::Overwrite, 1).y;
    assert!(y.iter().all(|y| *y == 0.0), "a constant is all mean");
}

#[test]
fn batches_too_small_for_a_variance() {
    let mut blocks = Blocks::new(2, [1, 1], 1, [[0, 1]; 3], [false, false]);
    let var_before = blocks.layer.running_var.clone();
    assert_eq!(blocks.run(Write::Overwrite, 1).y, [0.0, 0.0]);
    let expected: Vec<f32> = var_before.iter().map(|var| 0.7 * var).collect();
    crate::conv2d::testing::assert_close("running variance", &blocks.layer.running_var, &expected, 0);

    let before = (blocks.layer.running_mean.clone(), blocks.layer.running_var.clone(), blocks.layer.batches);
    blocks.layer.x = Batch::new(&[], 2, 0);
    blocks.layer.d_y = Batch::new(&[], 2, 0);
    let found = blocks.run(Write::Overwrite, 1);
    assert!(found.y.is_empty() && found.inference.is_empty());
    assert_eq!(before, (blocks.layer.running_mean, blocks.layer.running_var, blocks.layer.batches));
}

#[test]
fn numbers_are_pytorchs() {
    // PyTorch 2.15.0:
    // bn = torch.nn.BatchNorm2d(2, eps=1e-3, momentum=0.3)
    // bn.weight.data = torch.tensor([1.5, -0.5]); bn.bias.data = torch.tensor([0.25, 1.0])
    // x = (torch.arange(12.) ** 2 / 10).reshape(2, 2, 1, 3).requires_grad_()
    // y = bn(x); y.backward(torch.arange(12.).reshape(2, 2, 1, 3).cos())
    // y, x.grad, bn.weight.grad, bn.bias.grad, bn.running_mean, bn.running_var, bn.eval()(x)
    let mut blocks = Blocks::new(2, [1, 3], 2, [[0, 1], [1, 1], [0, 0]], [true, true]);
    let layer = &mut blocks.layer;
    let x: Vec<f32> = (0..12_u8).map(|i| f32::from(i) * f32::from(i) / 10.0).collect();
    let d_y: Vec<f32> = (0..12_u8).map(|i| libm::cosf(f32::from(i))).collect();
    (layer.x, layer.d_y) = (Batch::new(&x, 6, 0), Batch::new(&d_y, 6, 0));
    (layer.weight, layer.bias) = (Some(vec![1.5, -0.5]), Some(vec![0.25, 1.0]));
    (layer.running_mean, layer.running_var) = (vec![0.0; 2], vec![1.0; 2]);
    let close = |what: &str, found: &[f32], expected: &[f32]| {
        crate::conv2d::testing::assert_close(what, found, expected, 2);
    };
    let found = blocks.run(Write::Overwrite, 1);
    close("y", &found.y, &GOLDEN_Y);
    close("d_x", &found.d_x, &GOLDEN_D_X);
    close("d_weight", &found.d_weight, &GOLDEN_D_WEIGHT);
    close("d_bias", &found.d_bias, &GOLDEN_D_BIAS);
    close("running mean", &blocks.layer.running_mean, &GOLDEN_MEAN);
    close("running variance", &blocks.layer.running_var, &GOLDEN_VAR);
    close("y of inference", &blocks.run(Write::Overwrite, 1).inference, &GOLDEN_INFERENCE);
}

const GOLDEN_Y: [f32; 12] = [
    -1.268_304_8,
    -1.209_150_1,
    -1.031_685_8,
    1.566_89,
    1.486_992_7,
    1.384_267_7,
    0.861_265_66,
    1.630_277_4,
    2.517_598_4,
    0.745_089_77,
    0.528_225_9,
    0.288_534_1,
];

const GOLDEN_D_X: [f32; 12] = [
    0.294_417_26,
    0.023_717_448,
    -0.538_368_1,
    0.047_636_006,
    0.010_130_54,
    -0.095_714_636,
    0.315_249_4,
    0.209_263_03,
    -0.304_278_82,
    0.047_737_937,
    0.041_915_46,
    -0.051_705_3,
];

const GOLDEN_D_WEIGHT: [f32; 2] = [-0.317_160_1, 0.291_148_5];

const GOLDEN_D_BIAS: [f32; 2] = [2.692_727_8, -3.105_75];

const GOLDEN_MEAN: [f32; 2] = [0.770_000_04, 1.760_000_1];

const GOLDEN_VAR: [f32; 2] = [3.014_400_2, 7.608_000_8];

const GOLDEN_INFERENCE: [f32; 12] = [
    -0.415_134_6,
    -0.328_753_5,
    -0.069_610_15,
    1.155_885_2,
    1.029_002,
    0.865_866_36,
    2.694_585_3,
    3.817_54,
    5.113_257,
    -0.149_199_6,
    -0.493_596_88,
    -0.874_246_66,
];
