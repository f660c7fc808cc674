use super::*;
use crate::conv2d::testing::{Batch, numbers};
use crate::policy::Policy;
use crate::reference::batch_norm2d as reference;
use alloc::vec;
use alloc::vec::Vec;
use proptest::prelude::*;

/// A layer with its tensors and a batch to train on.
pub(super) struct Layer {
    pub(super) d: BatchNorm2d,
    pub(super) x: Batch,
    pub(super) d_y: Batch,
    pub(super) weight: Option<Vec<f32>>,
    pub(super) bias: Option<Vec<f32>>,
    pub(super) running_mean: Vec<f32>,
    pub(super) running_var: Vec<f32>,
    pub(super) batches: f32,
    /// Where the kernels are told to keep statistics: not at the front.
    pub(super) saved: Vec<f32>,
}

/// Where that is.
pub(super) fn saved_range(d: &BatchNorm2d) -> Range<usize> {
    5..5 + 2 * d.channels
}

impl Layer {
    pub(super) fn new(
        channels: usize,
        pixels: usize,
        count: usize,
        gaps: [usize; 2],
        affine: [bool; 2],
    ) -> Self {
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

    pub(super) fn workspace(lanes: usize, saved: &mut [f32]) -> Workspace<'_> {
        Workspace {
            policy: Policy::Fast,
            batch: 1,
            lanes,
            lane_scratch: &mut [],
            step_scratch: &mut [],
            saved,
        }
    }

    fn infer(&self, lanes: usize) -> Vec<f32> {
        let mut y = self.d_y.clone();
        let (weight, bias) = (self.weight.as_deref(), self.bias.as_deref());
        let work = Self::workspace(lanes, &mut []);
        let (mean, var) = (&self.running_mean, &self.running_var);
        forward(&self.d, self.x.view(), weight, bias, mean, var, y.view_mut(), work);
        y.dense()
    }

    fn train(&mut self, lanes: usize) -> Vec<f32> {
        let mut y = self.d_y.clone();
        train_forward(
            &self.d,
            self.x.view(),
            self.weight.as_deref(),
            self.bias.as_deref(),
            &mut self.running_mean,
            &mut self.running_var,
            core::slice::from_mut(&mut self.batches),
            saved_range(&self.d),
            y.view_mut(),
            Self::workspace(lanes, &mut self.saved),
        );
        y.dense()
    }

    /// The gradients of the input, the weight and the bias; x stands in the first before.
    fn backward(&mut self, write: Write, lanes: usize) -> [Vec<f32>; 3] {
        let mut d_x = self.x.clone();
        let mut d_weight = self.weight.as_ref().map(|weight| vec![f32::NAN; weight.len()]);
        let mut d_bias = self.bias.as_ref().map(|bias| vec![f32::NAN; bias.len()]);
        backward(
            &self.d,
            self.x.view(),
            self.d_y.view(),
            self.weight.as_deref(),
            saved_range(&self.d),
            d_x.view_mut(),
            write,
            d_weight.as_deref_mut(),
            d_bias.as_deref_mut(),
            Self::workspace(lanes, &mut self.saved),
        );
        [d_x.dense(), d_weight.unwrap_or_default(), d_bias.unwrap_or_default()]
    }

    /// Asserts that all passes are what the definition says, computed in `f64`.
    fn assert_like_reference(&mut self, lanes: usize) {
        let d = self.d;
        let (x, d_y) = (exact(&self.x.dense()), exact(&self.d_y.dense()));
        let (weight, bias) = (self.weight.as_deref().map(exact), self.bias.as_deref().map(exact));
        let (weight, bias) = (weight.as_deref(), bias.as_deref());
        let (mut mean, mut var) = (exact(&self.running_mean), exact(&self.running_var));
        let mut y = vec![f64::NAN; x.len()];
        reference::forward(&d, &x, weight, bias, &mean, &var, &mut y);
        assert_close("y of inference", &self.infer(lanes), &y);

        let (batch_mean, batch_var) = reference::statistics(&d, &x);
        reference::forward(&d, &x, weight, bias, &batch_mean, &batch_var, &mut y);
        reference::update_running(&d, &x, &mut mean, &mut var);
        assert_close("y of training", &self.train(lanes), &y);
        assert_close("running mean", &self.running_mean, &mean);
        assert_close("running variance", &self.running_var, &var);
        assert!((self.batches - 7.0).abs() < 1e-6, "{} batches", self.batches);
        let untouched = self.saved[..5].iter().chain(&self.saved[saved_range(&d).end..]);
        assert!(untouched.clone().count() == 9 && untouched.clone().all(|number| number.is_nan()));

        let mut d_x = vec![f64::NAN; x.len()];
        let (mut d_weight, mut d_bias) = (vec![f64::NAN; d.channels], vec![f64::NAN; d.channels]);
        reference::backward(&d, &x, &d_y, weight, &mut d_x, &mut d_weight, &mut d_bias);
        for write in [Write::Overwrite, Write::Accumulate] {
            let [found, found_weight, found_bias] = self.backward(write, lanes);
            if write == Write::Accumulate {
                d_x.iter_mut().zip(&x).for_each(|(d_x, before)| *d_x += before);
            }
            assert_close("d_x", &found, &d_x);
            if self.weight.is_some() {
                assert_close("d_weight", &found_weight, &d_weight);
            }
            if self.bias.is_some() {
                assert_close("d_bias", &found_bias, &d_bias);
            }
        }
    }
}

pub(super) fn exact(numbers: &[f32]) -> Vec<f64> {
    numbers.iter().copied().map(f64::from).collect()
}

/// Only the last steps are rounded to `f32`, so the bound does not grow with the batch.
pub(super) fn assert_close(what: &str, found: &[f32], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{what}: length");
    let largest = expected.iter().fold(1.0_f64, |largest, x| largest.max(x.abs()));
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        let error = (f64::from(*found) - expected).abs();
        assert!(error <= 1e-6 * largest, "{what}: number {i} is {found} instead of {expected}");
    }
}

proptest! {
    #[test]
    fn kernels_are_the_definition(
        channels in 1..7_usize,
        pixels in 1..40_usize,
        count in 2..6_usize,
        gaps in [0..3_usize, 0..3],
        affine: [bool; 2],
    ) {
        Layer::new(channels, pixels, count, gaps, affine).assert_like_reference(1);
    }
}

/// Cut between channels.
#[cfg(feature = "rayon")]
#[test]
fn bits_do_not_depend_on_the_threads() {
    use crate::conv2d::testing::assert_same_bits;
    for (channels, pixels, count) in [(5, 4001, 7), (67, 49, 41), (3, 40_003, 2), (2, 70_001, 1)] {
        let layer = || Layer::new(channels, pixels, count, [3, 1], [true, true]);
        let cost = MOVE_COST * channels * pixels * count;
        assert!(cost > parallel::WORTH_SPLITTING, "{cost} is worth two threads, and sums three");
        assert_same_bits("inference", |lanes| layer().infer(lanes));
        assert_same_bits("training", |lanes| {
            let mut layer = layer();
            let y = layer.train(lanes);
            let gradients = layer.backward(Write::Accumulate, lanes).concat();
            [y, layer.running_mean, layer.running_var, gradients].concat()
        });
        layer().assert_like_reference(3);
    }
}

/// Far from 0 a difference of squares would have no digits left.
#[test]
fn a_small_variance_far_from_0_is_exact() {
    let mut layer = Layer::new(1, 1000, 3, [0, 0], [true, false]);
    let x: Vec<f32> = (0..3000_u16).map(|i| 10_000.0 + f32::from(i % 2) / 1024.0).collect();
    layer.x = Batch::new(&x, 1000, 0);
    layer.train(1);
    let variance = 0.25 / 1024.0 / 1024.0;
    let inverse_std = layer.saved[6];
    assert!((inverse_std - 1.0 / libm::sqrtf(variance + layer.d.eps)).abs() < 1e-5, "{inverse_std}");
    let constant = vec![1e6; 3000];
    layer.x = Batch::new(&constant, 1000, 0);
    let y = layer.train(1);
    assert!(y.iter().all(|y| *y == 0.0), "a constant is all mean");
}

#[test]
fn batches_too_small_for_a_variance() {
    let mut layer = Layer::new(2, 1, 1, [0, 0], [false, false]);
    let var_before = layer.running_var.clone();
    assert_eq!(layer.train(1), [0.0, 0.0]);
    let expected: Vec<f32> = var_before.iter().map(|var| 0.7 * var).collect();
    crate::conv2d::testing::assert_close("running variance", &layer.running_var, &expected, 0);

    let before = (layer.running_mean.clone(), layer.running_var.clone(), layer.batches);
    layer.x = Batch::new(&[], 2, 0);
    layer.d_y = Batch::new(&[], 2, 0);
    assert!(layer.train(1).is_empty() && layer.infer(1).is_empty());
    assert_eq!(before, (layer.running_mean, layer.running_var, layer.batches));
}

#[test]
fn numbers_are_pytorchs() {
    // PyTorch 2.15.0:
    // bn = torch.nn.BatchNorm2d(2, eps=1e-3, momentum=0.3)
    // bn.weight.data = torch.tensor([1.5, -0.5]); bn.bias.data = torch.tensor([0.25, 1.0])
    // x = (torch.arange(12.) ** 2 / 10).reshape(2, 2, 1, 3).requires_grad_()
    // y = bn(x); y.backward(torch.arange(12.).reshape(2, 2, 1, 3).cos())
    // y, x.grad, bn.weight.grad, bn.bias.grad, bn.running_mean, bn.running_var, bn.eval()(x)
    let mut layer = Layer::new(2, 3, 2, [0, 0], [true, true]);
    let x: Vec<f32> = (0..12_u8).map(|i| f32::from(i) * f32::from(i) / 10.0).collect();
    let d_y: Vec<f32> = (0..12_u8).map(|i| libm::cosf(f32::from(i))).collect();
    (layer.x, layer.d_y) = (Batch::new(&x, 6, 0), Batch::new(&d_y, 6, 0));
    (layer.weight, layer.bias) = (Some(vec![1.5, -0.5]), Some(vec![0.25, 1.0]));
    (layer.running_mean, layer.running_var) = (vec![0.0; 2], vec![1.0; 2]);
    let close = |what: &str, found: &[f32], expected: &[f32]| {
        crate::conv2d::testing::assert_close(what, found, expected, 2);
    };
    close("y", &layer.train(1), &GOLDEN_Y);
    let [d_x, d_weight, d_bias] = layer.backward(Write::Overwrite, 1);
    close("d_x", &d_x, &GOLDEN_D_X);
    close("d_weight", &d_weight, &GOLDEN_D_WEIGHT);
    close("d_bias", &d_bias, &GOLDEN_D_BIAS);
    close("running mean", &layer.running_mean, &GOLDEN_MEAN);
    close("running variance", &layer.running_var, &GOLDEN_VAR);
    close("y of inference", &layer.infer(1), &GOLDEN_INFERENCE);
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
