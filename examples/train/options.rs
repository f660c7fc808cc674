//! The command line.

use crate::shared::arguments::{Choice, SUBSET, Start, above_zero, at_least_one, in_a_folder};
use clap::{Parser, ValueEnum};
use std::path::PathBuf;

/// Trains a classic network on images of ten classes.
#[derive(Clone, Debug, Parser)]
#[command(name = "train")]
pub(crate) struct Options {
    /// The network
    #[arg(long, value_enum, default_value_t = Net::Lenet)]
    pub(crate) net: Net,
    /// Folder of four IDX files, or with folders `train` and `test` of images by class [default: the subset of
    /// Fashion-MNIST in this repository]
    #[arg(long, value_name = "DIR", default_value = SUBSET, hide_default_value = true)]
    pub(crate) data: PathBuf,
    /// Height and width that images are brought to [default: 28 for lenet, 96 for the others]
    #[arg(long, value_enum)]
    pub(crate) resize: Option<Size>,
    /// Use so many images of each set only
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    /// How often to go over the images
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) epochs: u64,
    /// Stop as soon as so much of the training images is recognised, 0 to 1
    #[arg(long, value_name = "ACCURACY", value_parser = above_zero)]
    pub(crate) until: Option<f32>,
    /// Images per step
    #[arg(long, default_value_t = 32, value_parser = at_least_one)]
    pub(crate) batch: usize,
    /// Learning rate [default: 0.01 for sgd, 0.001 for adam and adamw]
    #[arg(long, value_parser = above_zero)]
    pub(crate) lr: Option<f32>,
    /// How parameters follow their gradients
    #[arg(long, value_enum, default_value_t = Choice::Adam)]
    pub(crate) optimizer: Choice,
    /// Weight decay, of weights only
    #[arg(long, default_value_t = 0.0)]
    pub(crate) weight_decay: f32,
    /// How the learning rate changes over the run
    #[arg(long, value_enum, default_value_t = Rates::Constant)]
    pub(crate) schedule: Rates,
    /// Shorten gradients that are longer than this
    #[arg(long, value_name = "NORM", value_parser = above_zero)]
    pub(crate) clip: Option<f32>,
    /// How weights start
    #[arg(long, value_enum, default_value_t = Start::Default)]
    pub(crate) init: Start,
    /// Flip images at random, and shift them by up to an eighth
    #[arg(long)]
    pub(crate) augment: bool,
    /// Where all random numbers come from
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// Threads to work on [default: one for each core]
    #[arg(long, value_parser = at_least_one)]
    pub(crate) threads: Option<usize>,
    /// File to save the weights to
    #[arg(long, value_name = "FILE", value_parser = in_a_folder)]
    pub(crate) save: Option<PathBuf>,
    /// File of weights to start from
    #[arg(long, value_name = "FILE")]
    pub(crate) load: Option<PathBuf>,
    /// Stop when the loss on the test images has not become less for so many epochs
    #[arg(long, value_name = "EPOCHS")]
    pub(crate) patience: Option<u32>,
    /// File to keep the run in, after each epoch and at Ctrl-C; a run that is in it goes on
    #[arg(long, value_name = "FILE", value_parser = in_a_folder)]
    pub(crate) checkpoint: Option<PathBuf>,
    /// File to write a line of JSON to for each step and epoch
    #[arg(long, value_name = "FILE", value_parser = in_a_folder)]
    pub(crate) log: Option<PathBuf>,
    /// File to write a page with plots of the run to
    #[arg(long, value_name = "HTML", value_parser = in_a_folder)]
    pub(crate) report: Option<PathBuf>,
    /// Print the figures as JSON on the last line
    #[arg(long)]
    pub(crate) json: bool,
}

impl Options {
    pub(crate) fn learning_rate(&self) -> f32 {
        self.lr.unwrap_or(match self.optimizer {
            Choice::Sgd => 0.01,
            Choice::Adam | Choice::Adamw => 0.001,
        })
    }
}

/// A network of `cnn::models`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Net {
    Lenet,
    Alexnet,
    Vgg11,
    #[value(name = "vgg11-quarter")]
    Vgg11Quarter,
    Vgg16,
    Vgg19,
    Nin,
    Googlenet,
    Resnet18,
    Squeezenet,
    Mobilenetv2,
    Densenet121,
}

/// A size that the networks here are compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Size {
    #[value(name = "28")]
    Lenet,
    #[value(name = "96")]
    Small,
    #[value(name = "224")]
    Paper,
}

/// A schedule.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Rates {
    Constant,
    Cosine,
    OneCycle,
}
