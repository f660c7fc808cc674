//! Values on the command line.

use clap::ValueEnum;
use cnn::init::{Fan, Init, Nonlinearity};
use std::path::{Path, PathBuf};

/// The subset of Fashion-MNIST in this repository.
pub(crate) const SUBSET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/fashion-mnist");

pub(crate) fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("it must be at least 1".into()),
        Ok(number) => Ok(number),
        Err(error) => Err(format!("{error}")),
    }
}

pub(crate) fn above_zero(text: &str) -> Result<f32, String> {
    match text.parse() {
        Ok(number) if 0.0 < number && number < f32::INFINITY => Ok(number),
        Ok(_) => Err("it must be above 0 and finite".into()),
        Err(error) => Err(format!("{error}")),
    }
}

/// A file whose folder exists: better to know before training than after.
pub(crate) fn in_a_folder(text: &str) -> Result<PathBuf, String> {
    let file = PathBuf::from(text);
    match file.parent() {
        Some(folder) if folder != Path::new("") && !folder.is_dir() => {
            Err(format!("there is no folder {}", folder.display()))
        }
        _ if file.is_dir() => Err("it is a folder".into()),
        _ => Ok(file),
    }
}

/// An optimiser.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Choice {
    Sgd,
    Adam,
    Adamw,
}

/// An initialisation: PyTorch's default; or weights from Xavier's or Kaiming's uniform distribution, with default biases.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Start {
    Default,
    Xavier,
    Kaiming,
}

impl From<Start> for Init {
    fn from(start: Start) -> Self {
        match start {
            Start::Default => Self::Default,
            Start::Xavier => Self::XavierUniform,
            Start::Kaiming => Self::KaimingUniform { mode: Fan::In, nonlinearity: Nonlinearity::Relu },
        }
    }
}
