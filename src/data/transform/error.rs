//! What can be wrong with a picture or a pipeline.

use std::fmt;

/// A picture that is none, or a transform that cannot be applied to it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// The numbers are not those of a grey picture or one in colour.
    Picture {
        /// Channels, height and width.
        shape: [usize; 3],
        /// How many numbers there are.
        found: usize,
    },
    /// An argument that no picture can be transformed with.
    Argument {
        /// The transform.
        transform: &'static str,
        /// The argument.
        argument: &'static str,
        /// What it may be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// A transform for another number of channels.
    Channels {
        /// The transform.
        transform: &'static str,
        /// How many channels its arguments are for.
        expected: usize,
        /// How many the picture has.
        found: usize,
    },
    /// A picture that is too small to cut so large a part out of it.
    TooSmall {
        /// The transform.
        transform: &'static str,
        /// Height and width of the part.
        expected: [usize; 2],
        /// Height and width of the picture, with its padding.
        found: [usize; 2],
    },
    /// What comes out of the last transform is not what the network takes.
    Shape {
        /// The shape that is needed.
        expected: &'static [usize],
        /// Channels, height and width of the picture.
        found: [usize; 3],
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Picture { shape: [c, h, w], found } => write!(
                f,
                "{found} numbers do not make a picture of {c}×{h}×{w}; expected 1 or 3 channels, at least one pixel, \
                 and a number for each"
            ),
            Self::Argument { transform, argument, expected, found } => {
                write!(f, "{transform}: {argument} must be {expected}, found {found}")
            }
            Self::Channels { transform, expected, found } => {
                write!(f, "{transform}: the picture's channels are {found}, expected {expected}")
            }
            Self::TooSmall { transform, expected: [h, w], found: [height, width] } => {
                write!(f, "{transform}: a picture of {height}×{width} has no part of {h}×{w}")
            }
            Self::Shape { expected, found } => {
                write!(f, "the picture is {}, expected {}", by(found), by(expected))?;
                f.write_str(match (expected.first(), found[0]) {
                    _ if expected.len() != 3 => "",
                    (Some(3), 1) => "; the transform `rgb` gives it three channels",
                    (Some(1), 3) => "; the transform `grayscale` gives it one channel",
                    _ => "; a crop or `resize` gives it that size",
                })
            }
        }
    }
}

/// A shape in words: `3×32×32`.
fn by(shape: &[usize]) -> String {
    shape.iter().map(usize::to_string).collect::<Vec<_>>().join("×")
}

impl std::error::Error for Error {}
