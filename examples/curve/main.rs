//! The first losses of a network's training, for `tests/parity/curve.py` to hold against PyTorch's.
//!
//! `cargo run --release --example curve --features models -- vgg16 --weights start.safetensors` saves the weights that it
//! starts from and prints the loss of each step: without dropout, on the images of this repository in their order.

use clap::{Parser, ValueEnum};
use cnn::data::{Loader, Transform, fashion_mnist};
use cnn::init::{Fan, Nonlinearity};
use cnn::network::Policy;
use cnn::prelude::*;
use std::path::PathBuf;

cnn::network!(
    use cnn::models::{AlexNet, DenseNet121, GoogLeNet, MobileNetV2, NiN, ResNet18, SqueezeNet, Vgg};

    type AlexNet224 = AlexNet<10, 224, 0.0>;
    type Vgg11 = Vgg<{ [(1, 64), (1, 128), (2, 256), (2, 512), (2, 512)] }, 1, 10, 224, 0.0>;
    type Vgg16 = Vgg<{ [(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)] }, 1, 10, 224, 0.0>;
    type Vgg19 = Vgg<{ [(2, 64), (2, 128), (4, 256), (4, 512), (4, 512)] }, 1, 10, 224, 0.0>;
    type NiN224 = NiN<10, 224, 0.0>;
    type GoogLeNet96 = GoogLeNet<10, 96>;
    type ResNet96 = ResNet18<1000, 96>;
    type SqueezeNet96 = SqueezeNet<1000, 96, 0.0>;
    type MobileNet96 = MobileNetV2<1000, 96, 0.0>;
    type DenseNet96 = DenseNet121<1000, 96>;
);

/// Prints the loss of each step of training.
#[derive(Parser)]
struct Options {
    net: Net,
    #[arg(long, default_value_t = 20)]
    steps: usize,
    #[arg(long, default_value_t = 8)]
    batch: usize,
    #[arg(long, default_value_t = 1e-4)]
    lr: f32,
    /// File to save the weights to that training starts from
    #[arg(long, value_name = "FILE")]
    weights: PathBuf,
    /// How exact the sums of convolutions are
    #[arg(long, default_value = "exact")]
    policy: Sums,
}

#[derive(Clone, Copy, ValueEnum)]
enum Net {
    Alexnet,
    Vgg11,
    Vgg16,
    Vgg19,
    Nin,
    Googlenet,
    Resnet18,
    Squeezenet,
    Mobilenetv2,
    Densenet121,
}

#[derive(Clone, Copy, ValueEnum)]
enum Sums {
    Exact,
    F2,
    Fast,
}

fn main() -> Result<(), cnn::Error> {
    let options = Options::parse();
    match options.net {
        Net::Alexnet => train::<AlexNet224>(&options),
        Net::Vgg11 => train::<Vgg11>(&options),
        Net::Vgg16 => train::<Vgg16>(&options),
        Net::Vgg19 => train::<Vgg19>(&options),
        Net::Nin => train::<NiN224>(&options),
        Net::Googlenet => train::<GoogLeNet96>(&options),
        Net::Resnet18 => train::<ResNet96>(&options),
        Net::Squeezenet => train::<SqueezeNet96>(&options),
        Net::Mobilenetv2 => train::<MobileNet96>(&options),
        Net::Densenet121 => train::<DenseNet96>(&options),
    }
}

fn train<N: Network>(options: &Options) -> Result<(), cnn::Error>
where
    CrossEntropy: Loss<N::Output, usize>,
{
    let mut net = N::new(1);
    net.initialize(Init::KaimingUniform { mode: Fan::In, nonlinearity: Nonlinearity::Relu }, 1);
    net.save(&options.weights)?;
    let (images, _) = fashion_mnist::load(concat!(env!("CARGO_MANIFEST_DIR"), "/data/fashion-mnist"))?;
    let [channels, height, width] = *N::Input::SHAPE else { unreachable!("all networks here take images") };
    let transform = Transform::new().resize(height, width);
    let transform = if channels == 3 { transform.rgb() } else { transform };
    let loader = Loader::<N::Input>::new(images, transform, options.batch);
    let sgd = Sgd::new(options.lr).momentum(0.9).weight_decay(5e-4);
    let policy = match options.policy {
        Sums::Exact => Policy::Exact,
        Sums::F2 => Policy::F2,
        Sums::Fast => Policy::Fast,
    };
    let mut trainer = Trainer::new(&mut net, sgd).policy(policy);
    let mut epoch = loader.epoch(0);
    for _ in 0..options.steps {
        let Some((images, labels)) = epoch.next_batch()? else { break };
        println!("{}", trainer.step(images, labels)?);
    }
    Ok(())
}
