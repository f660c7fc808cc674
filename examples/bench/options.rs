//! The command line: what the programs that other libraries are measured with take, and `--layers`.

use clap::{Parser, ValueEnum};
use cnn::network::Policy;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

/// Times a network and prints the figures as a line of JSON.
#[derive(Clone, Debug, Parser)]
#[command(name = "bench")]
pub(crate) struct Options {
    /// The network
    #[arg(long, value_enum, default_value_t = Net::Lenet)]
    pub(crate) net: Net,
    /// What is timed
    #[arg(long, value_enum, default_value_t = Mode::Infer)]
    pub(crate) mode: Mode,
    /// Images at a time
    #[arg(long, default_value = "1")]
    pub(crate) batch: NonZeroUsize,
    /// Threads to work on; pin the process to as many cores, as with `taskset -c 0,1`
    #[arg(long, default_value = "1")]
    pub(crate) threads: NonZeroUsize,
    /// How exact the sums of convolutions are
    #[arg(long, value_enum, default_value_t = Exactness::Fast)]
    pub(crate) policy: Exactness,
    /// Seconds to measure for
    #[arg(long, value_name = "SECONDS", default_value = "2", value_parser = seconds)]
    pub(crate) budget: Duration,
    /// The most runs to take the median of
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) max_runs: u32,
    /// Print where the time goes before that: by layer, or in training by part of a step
    #[arg(long)]
    pub(crate) layers: bool,
    /// Not used: what measures all libraries tells each where the ONNX files are
    #[arg(long, value_name = "DIR", hide = true)]
    pub(crate) onnx_dir: Option<PathBuf>,
}

/// A network and the size of its images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Net {
    Lenet,
    Alexnet,
    Vgg11,
    Nin,
    Googlenet96,
    Googlenet224,
}

/// What is timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    /// The forward pass of a session
    Infer,
    /// A step of a trainer: forward, mean cross-entropy, backward, plain SGD
    Train,
    /// From the start of the process to the first result
    Start,
}

/// How exact the sums of convolutions are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Exactness {
    /// As the definition has them
    Exact,
    /// Winograd on tiles of 2 × 2 too, which is as exact
    F2,
    /// Winograd on larger tiles too
    Fast,
}

impl From<Exactness> for Policy {
    fn from(exactness: Exactness) -> Self {
        match exactness {
            Exactness::Exact => Self::Exact,
            Exactness::F2 => Self::F2,
            Exactness::Fast => Self::Fast,
        }
    }
}

/// A value as the command line has it.
pub(crate) fn name(value: &impl ValueEnum) -> String {
    value.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|error| format!("{error}"))?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}
