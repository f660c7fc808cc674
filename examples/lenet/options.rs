//! The command line.

use crate::shared::arguments::{Choice, SUBSET, Start, above_zero, at_least_one, in_a_folder};
use clap::Parser;
use std::path::PathBuf;

/// Where the weights go unless said otherwise.
const WEIGHTS: &str = "lenet.safetensors";

/// Trains LeNet on Fashion-MNIST.
#[derive(Debug, Parser)]
#[command(name = "lenet")]
pub(crate) struct Options {
    /// Folder of the four IDX files, gzipped or not [default: the subset in this repository]
    #[arg(long, value_name = "DIR", default_value = SUBSET, hide_default_value = true)]
    pub(crate) data: PathBuf,
    /// How often to go over the images
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) epochs: u64,
    /// Images per step
    #[arg(long, default_value_t = 64, value_parser = at_least_one)]
    pub(crate) batch: usize,
    /// Learning rate [default: 0.5 for sgd, 0.003 for adam and adamw]
    #[arg(long, value_parser = above_zero)]
    lr: Option<f32>,
    /// How parameters follow their gradients
    #[arg(long, value_enum, default_value_t = Choice::Adam)]
    pub(crate) optimizer: Choice,
    /// How weights start
    #[arg(long, value_enum, default_value_t = Start::Xavier)]
    pub(crate) init: Start,
    /// Where all random numbers come from
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// Threads to work on [default: one for each core]
    #[arg(long, value_parser = at_least_one)]
    pub(crate) threads: Option<usize>,
    /// File to save the weights to
    #[arg(long, value_name = "FILE", default_value = WEIGHTS, value_parser = in_a_folder)]
    pub(crate) save: PathBuf,
    /// File of weights to start from
    #[arg(long, value_name = "FILE")]
    pub(crate) load: Option<PathBuf>,
    /// Print the figures as JSON on the last line
    #[arg(long)]
    pub(crate) json: bool,
}

impl Options {
    pub(crate) fn learning_rate(&self) -> f32 {
        self.lr.unwrap_or(match self.optimizer {
            Choice::Sgd => 0.5,
            Choice::Adam | Choice::Adamw => 0.003,
        })
    }
}
