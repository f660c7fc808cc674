//! What can be wrong with weights.

use cnn_runtime::init::Init;
use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why weights cannot be read, written or found.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The operating system cannot read the file.
    Read {
        /// The file.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The operating system cannot write the file; what stood there before still does.
    Write {
        /// The file.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is no safetensors file, or one that is cut or damaged.
    Damaged {
        /// The file; `None` for bytes in memory.
        file: Option<PathBuf>,
        /// How many bytes it has.
        bytes: usize,
        /// What is wrong with it.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// It is a whole file of weights, but of another network.
    Mismatch {
        /// The file; `None` for bytes in memory.
        file: Option<PathBuf>,
        /// The network's name.
        network: &'static str,
        /// All that does not fit, first by the network's tensors, then by the file's.
        mismatches: Vec<Mismatch>,
    },
    /// It is a whole file, but no checkpoint, or not one to go on from here.
    Checkpoint {
        /// The file.
        file: PathBuf,
        /// What does not fit.
        what: String,
        /// What it should be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// The network has no tensor of that name.
    UnknownTensor {
        /// The network's name.
        network: &'static str,
        /// The name asked for.
        name: String,
        /// The name that was probably meant.
        nearest: Option<&'static str>,
    },
    /// The network has no tensor, layer or block of that name.
    UnknownName {
        /// The network's name.
        network: &'static str,
        /// The name asked for.
        name: String,
        /// The name that was probably meant.
        nearest: Option<&'static str>,
    },
    /// What has that name has no tensors: a pool, say.
    NoTensors {
        /// The network's name.
        network: &'static str,
        /// The name asked for.
        name: String,
    },
    /// The tensor is no weight, and has no fans to be initialised by.
    NoFans {
        /// Its name.
        tensor: &'static str,
        /// What asked for them.
        init: Init,
    },
    /// The tensor is not learned and so has no gradient.
    NoGradient {
        /// Its name.
        tensor: &'static str,
    },
    /// A tensor was given more or fewer numbers than it has.
    Length {
        /// Its name.
        tensor: &'static str,
        /// Its shape.
        shape: &'static [usize],
        /// How many numbers it was given.
        found: usize,
    },
}

/// One tensor that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mismatch {
    /// The network has it, the file does not.
    Missing {
        /// Its name.
        tensor: String,
    },
    /// The file has it, the network does not.
    Unexpected {
        /// Its name.
        tensor: String,
    },
    /// The shapes differ.
    Shape {
        /// Its name.
        tensor: String,
        /// The network's.
        expected: &'static [usize],
        /// The file's.
        found: Vec<usize>,
    },
    /// The types of the numbers differ.
    Type {
        /// Its name.
        tensor: String,
        /// The network's, as safetensors calls it: `F32`.
        expected: &'static str,
        /// The file's.
        found: String,
    },
}

/// How many mismatches a message lists; the others are counted.
const LISTED: usize = 8;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read { file, source } => write!(f, "{}: cannot be read: {source}", file.display()),
            Self::Write { file, source } => write!(f, "{}: cannot be written: {source}", file.display()),
            Self::Damaged { file, bytes, source } => {
                write_file(f, file.as_ref())?;
                write!(f, "not a whole safetensors file ({bytes} bytes): {source}")
            }
            Self::Mismatch { file, network, mismatches } => {
                write_file(f, file.as_ref())?;
                write!(f, "does not fit {network}")?;
                for mismatch in mismatches.iter().take(LISTED) {
                    write!(f, "\n  {mismatch}")?;
                }
                match mismatches.len().saturating_sub(LISTED) {
                    0 => Ok(()),
                    more => write!(f, "\n  and {more} more"),
                }
            }
            Self::Checkpoint { file, what, expected, found } => {
                write!(f, "{}: {what} is {found}, expected {expected}", file.display())
            }
            Self::UnknownTensor { network, name, nearest } => {
                write!(f, "{network} has no tensor `{name}`")?;
                nearest.map_or(Ok(()), |nearest| write!(f, "; did you mean `{nearest}`?"))
            }
            Self::UnknownName { network, name, nearest } => {
                write!(f, "{network} has no layer, block or tensor `{name}`")?;
                nearest.map_or(Ok(()), |nearest| write!(f, "; did you mean `{nearest}`?"))
            }
            Self::NoTensors { network, name } => write!(f, "`{name}` of {network} has no tensors"),
            Self::NoFans { tensor, init } => write!(
                f,
                "tensor `{tensor}` is no weight and has no fan_in and fan_out, which {init:?} needs; \
                 Init::Normal and Init::Constant need none"
            ),
            Self::NoGradient { tensor } => write!(f, "tensor `{tensor}` is not learned and has no gradient"),
            Self::Length { tensor, shape, found } => {
                let expected: usize = shape.iter().product();
                write!(f, "tensor `{tensor}` has {expected} numbers, shape {shape:?}, but {found} were given")
            }
        }
    }
}

/// What a message is about.
fn write_file(f: &mut fmt::Formatter<'_>, file: Option<&PathBuf>) -> fmt::Result {
    file.map_or(Ok(()), |file| write!(f, "{}: ", file.display()))
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { tensor } => write!(f, "tensor `{tensor}` is missing"),
            Self::Unexpected { tensor } => write!(f, "tensor `{tensor}` is not part of the network"),
            Self::Shape { tensor, expected, found } => {
                write!(f, "tensor `{tensor}` has shape {found:?}, expected {expected:?}")
            }
            Self::Type { tensor, expected, found } => {
                write!(f, "tensor `{tensor}` has numbers of type {found}, expected {expected}")
            }
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Read { source, .. } | Self::Write { source, .. } => Some(source),
            Self::Damaged { source, .. } => Some(&**source),
            _ => None,
        }
    }
}
