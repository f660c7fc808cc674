use super::*;
use crate::batch_norm2d::tests::{Layer, assert_close, exact, saved_range};
use crate::blocked::testing::{batch, planes};
use crate::conv2d::epilogue::{Activation, Epilogue};
use crate::conv2d::testing::Batch;
use crate::reference::batch_norm2d as reference;
use alloc::vec;
use alloc::vec::Vec;
use proptest::prelude::*;

/// A layer of the tests on planes, between images with halos: x, y or `d_y`, and `d_x`.
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

        let (mut inference, mut in_place, mut y) = (garbage(), x.clone(), garbage());
        let (mean, var) = (&layer.running_mean, &layer.running_var);
        let work = Layer::workspace(lanes, &mut []);
        forward(&d2, x.view(), weight, bias, mean, var, inference.view_mut(), work);
        let d1 = BlockedBatchNorm2d {
            norm: layer.d,
            images: Operands { halos: [self.halos[0]], channels: of_x.channels, plane: of_x.plane },
        };
        forward_in_place(&d1, weight, bias, mean, var, in_place.view_mut(), Layer::workspace(lanes, &mut []));
        assert_eq!(planes(&of_x, &in_place), planes(&of_y, &inference), "in place");

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

    /// What a convolution's epilogue makes of x without its bias is what inference makes of x with it.
    #[test]
    fn inference_folds_into_a_convolution(channels in 1..35_usize, affine: [bool; 2], with_bias: bool) {
        let layer = Layer::new(channels, 6, 2, [0, 0], affine);
        let conv_bias = with_bias.then(|| crate::conv2d::testing::numbers(channels, 9));
        let conv_bias = conv_bias.as_deref();
        let (weight, bias) = (layer.weight.as_deref(), layer.bias.as_deref());
        let (mut scale, mut shift) = (vec![f32::NAN; channels], vec![f32::NAN; channels]);
        let (mean, var) = (&layer.running_mean, &layer.running_var);
        fold(layer.d.eps, conv_bias, weight, bias, mean, var, &mut scale, &mut shift);
        let epilogue = Epilogue { scale: Some(&scale), shift: Some(&shift), activation: Activation::Identity };

        let of_channel = |i: usize| i / 6 % channels;
        let sums = layer.x.dense();
        let x: Vec<f64> = sums.iter().enumerate().map(|(i, sum)| f64::from(*sum) + f64::from(entry(conv_bias, of_channel(i), 0.0))).collect();
        let mut expected = vec![f64::NAN; x.len()];
        let exact_or_none = |tensor: Option<&[f32]>| tensor.map(exact);
        let (weight, bias) = (exact_or_none(weight), exact_or_none(bias));
        reference::forward(&layer.d, &x, weight.as_deref(), bias.as_deref(), &exact(mean), &exact(var), &mut expected);
        let number = |numbers: Option<&[f32]>, i: usize| numbers.map_or(f32::NAN, |numbers| numbers[of_channel(i)]);
        let found: Vec<f32> =
            sums.iter().enumerate().map(|(i, sum)| sum * number(epilogue.scale, i) + number(epilogue.shift, i)).collect();
        assert_close("folded", &found, &expected);
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
