//! What a network computes by its description: the runtime's reference kernels one after the other, in double precision.

use cnn::prelude::*;
use cnn_runtime::batch_norm2d::BatchNorm2d;
use cnn_runtime::conv2d::Conv2d;
use cnn_runtime::linear::Linear;
use cnn_runtime::local_response_norm::LocalResponseNorm;
use cnn_runtime::pool::{AdaptivePool2d, AvgPool2d, MaxPool2d};
use cnn_runtime::reference::activation::Activation;
use cnn_runtime::reference::upsample::Mode;
use cnn_runtime::reference::{self, batch_norm2d, pool};
use cnn_runtime::softmax::Softmax;
use cnn_runtime::upsample::Upsample;
use cnn_runtime::window::Window;
use std::collections::BTreeMap;

/// A layer. Sizes are (channels, pixels) or (height, width).
#[derive(Clone, Copy)]
pub(crate) enum Op {
    Conv2d(Conv2d),
    /// The convolution that it is the transpose of.
    ConvTranspose2d(Conv2d),
    /// Features before and behind.
    Linear([usize; 2]),
    MaxPool2d(usize, Window),
    /// Whether padding counts.
    AvgPool2d(usize, Window, bool),
    AdaptiveAvgPool2d(usize, [usize; 2], [usize; 2]),
    AdaptiveMaxPool2d(usize, [usize; 2], [usize; 2]),
    /// Channels, size before, factors, mode, and whether corners are aligned.
    Upsample(usize, [usize; 2], [usize; 2], Mode, bool),
    /// Its size, then alpha, beta and k.
    LocalResponseNorm([usize; 2], usize, [f32; 3]),
    /// Epsilon and momentum.
    BatchNorm2d([usize; 2], [f32; 2]),
    Activation(Activation),
    Softmax([usize; 2]),
    Flatten,
    Dropout,
    Concat,
    Add,
}

/// A network with its layers, what each reads (0 is the input, i + 1 what layer i gives), and its outputs.
pub(crate) trait Described: Network {
    const OPS: &'static [(Op, &'static [usize])];
    const RESULTS: &'static [usize];
}

/// What is to hold for every network.
pub(crate) trait Check {
    fn of<N: Described>(&mut self);
}

/// A network's tensors by name.
#[derive(Clone)]
pub(crate) struct Tensors(pub(crate) BTreeMap<String, Vec<f64>>);

pub(crate) fn widened(numbers: &[f32]) -> Vec<f64> {
    numbers.iter().copied().map(f64::from).collect()
}

impl Tensors {
    pub(crate) fn of<N: Network>(net: &N) -> Self {
        Self(net.tensors().map(|tensor| (tensor.name().into(), widened(tensor.numbers()))).collect())
    }

    /// The outputs of inference.
    pub(crate) fn infer<N: Described>(&self, images: &[f64]) -> Vec<f64> {
        self.clone().run::<N>(images, false)
    }

    /// The outputs of a training step, which updates running statistics; dropout lets everything through.
    pub(crate) fn train<N: Described>(&mut self, images: &[f64]) -> Vec<f64> {
        self.run::<N>(images, true)
    }

    fn run<N: Described>(&mut self, images: &[f64], training: bool) -> Vec<f64> {
        let count = images.len() / N::Input::LEN;
        let mut values = vec![images.to_vec()];
        for ((op, inputs), layer) in N::OPS.iter().zip(N::LAYERS) {
            let inputs: Vec<&[f64]> = inputs.iter().map(|input| values[*input].as_slice()).collect();
            let y = match op {
                Op::BatchNorm2d(sizes, numbers) => {
                    self.batch_norm(layer.name, (*sizes, *numbers), inputs[0], training)
                }
                op => self.layer(layer.name, op, &inputs, count),
            };
            assert_eq!(y.len(), count * layer.output.iter().product::<usize>(), "{} {}", N::NAME, layer.name);
            values.push(y);
        }
        let results: Vec<&[f64]> = N::RESULTS.iter().map(|result| values[*result].as_slice()).collect();
        joined(&results, count)
    }

    fn tensor(&self, layer: &str, name: &str) -> Option<&[f64]> {
        self.0.get(&format!("{layer}.{name}")).map(Vec::as_slice)
    }

    fn layer(&self, name: &str, op: &Op, inputs: &[&[f64]], count: usize) -> Vec<f64> {
        let x = inputs[0];
        let weight = || self.tensor(name, "weight").expect("the layer has a weight");
        let bias = self.tensor(name, "bias");
        let with = |len: usize, kernel: &dyn Fn(&mut [f64])| {
            let mut y = vec![f64::NAN; count * len];
            kernel(&mut y);
            y
        };
        match *op {
            Op::Conv2d(d) => with(d.output_len(), &|y| reference::conv2d::forward(&d, x, weight(), bias, y)),
            Op::ConvTranspose2d(d) => {
                with(d.input_len(), &|y| reference::conv_transpose2d::forward(&d, x, weight(), bias, y))
            }
            Op::Linear([in_features, out_features]) => {
                let d = Linear { in_features, out_features };
                with(out_features, &|y| reference::linear::forward(&d, x, weight(), bias, y))
            }
            Op::MaxPool2d(channels, window) => {
                let d = MaxPool2d { channels, window };
                with(channels * window.output_len(), &|y| pool::max_forward(&d, x, y))
            }
            Op::AvgPool2d(channels, window, count_include_pad) => {
                let d = AvgPool2d { channels, window, count_include_pad };
                with(channels * window.output_len(), &|y| pool::avg_forward(&d, x, y))
            }
            Op::AdaptiveAvgPool2d(channels, input, output) => {
                let d = AdaptivePool2d { channels, input, output };
                with(channels * output[0] * output[1], &|y| pool::adaptive_avg_forward(&d, x, y))
            }
            Op::AdaptiveMaxPool2d(channels, input, output) => {
                let d = AdaptivePool2d { channels, input, output };
                with(channels * output[0] * output[1], &|y| pool::adaptive_max_forward(&d, x, y))
            }
            Op::Upsample(channels, input, scale, mode, align_corners) => {
                let d = Upsample { channels, input, scale, align_corners };
                let [height, width] = d.output();
                with(channels * height * width, &|y| reference::upsample::forward(&d, mode, x, y))
            }
            Op::LocalResponseNorm([channels, pixels], size, [alpha, beta, k]) => {
                let d = LocalResponseNorm { channels, pixels, size, alpha, beta, k };
                with(channels * pixels, &|y| reference::local_response_norm::forward(&d, x, y))
            }
            Op::Softmax([channels, pixels]) => {
                let d = Softmax { channels, pixels };
                with(channels * pixels, &|y| reference::softmax::forward(&d, x, y))
            }
            Op::Activation(f) => x.iter().map(|x| f.value(*x)).collect(),
            Op::Flatten | Op::Dropout => x.to_vec(),
            Op::Concat => joined(inputs, count),
            Op::Add => (0..x.len()).map(|i| inputs.iter().map(|input| input[i]).sum()).collect(),
            Op::BatchNorm2d(..) => unreachable!("it changes the network"),
        }
    }

    fn batch_norm(
        &mut self,
        name: &str,
        ([channels, pixels], [eps, momentum]): ([usize; 2], [f32; 2]),
        x: &[f64],
        training: bool,
    ) -> Vec<f64> {
        let d = BatchNorm2d { channels, pixels, eps, momentum };
        let [mean_key, variance_key] = ["running_mean", "running_var"].map(|key| format!("{name}.{key}"));
        let [mut mean, mut variance] = [&mean_key, &variance_key].map(|key| self.0[key].clone());
        if training {
            batch_norm2d::update_running(&d, x, &mut mean, &mut variance);
            self.0.extend([(mean_key, mean), (variance_key, variance)]);
            (mean, variance) = batch_norm2d::statistics(&d, x);
        }
        let mut y = vec![f64::NAN; x.len()];
        let [weight, bias] = ["weight", "bias"].map(|key| self.tensor(name, key));
        batch_norm2d::forward(&d, x, weight, bias, &mean, &variance, &mut y);
        y
    }
}

/// Of each image the numbers of all parts, one behind the other.
fn joined(parts: &[&[f64]], count: usize) -> Vec<f64> {
    let of_image = |image: usize| {
        parts.iter().flat_map(move |part| {
            let len = part.len() / count;
            &part[image * len..][..len]
        })
    };
    (0..count).flat_map(of_image).copied().collect()
}
