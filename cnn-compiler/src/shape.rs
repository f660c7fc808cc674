//! Shapes of tensors, without the batch.

use std::fmt;

/// The shape of what flows between layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Channels, height and width.
    Image([usize; 3]),
    /// Features.
    Vector(usize),
}

/// No size that a user writes may be larger than this: products of a few of them then fit into 64 bits.
pub const LARGEST_SIZE: i64 = 1 << 24;

/// No tensor may have more numbers than this (4 TiB of `f32`): sums of sizes then cannot overflow.
const MOST_NUMBERS: usize = 1 << 40;

impl Shape {
    /// How many numbers a tensor of this shape has; `None` if they are too many for any computer.
    pub fn checked_len(self) -> Option<usize> {
        self.dims().into_iter().try_fold(1, usize::checked_mul).filter(|len| *len <= MOST_NUMBERS)
    }

    /// How many numbers a tensor of this shape has. Shapes in a graph have been checked.
    pub fn len(self) -> usize {
        self.dims().into_iter().product()
    }

    /// Its dimensions in order.
    pub fn dims(self) -> Vec<usize> {
        match self {
            Self::Image(dims) => dims.to_vec(),
            Self::Vector(features) => vec![features],
        }
    }

    /// Channels of an image, features of a vector: what `concat` joins and `softmax` runs over.
    pub fn channels(self) -> usize {
        match self {
            Self::Image([channels, ..]) | Self::Vector(channels) => channels,
        }
    }

    /// Rows and columns; a vector is one pixel with many channels.
    pub fn plane(self) -> [usize; 2] {
        match self {
            Self::Image([_, height, width]) => [height, width],
            Self::Vector(_) => [1, 1],
        }
    }

    /// Pixels of a plane.
    pub fn plane_len(self) -> usize {
        self.plane().iter().product()
    }
}

/// `96x54x54` or `10`
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Image([channels, height, width]) => write!(f, "{channels}x{height}x{width}"),
            Self::Vector(features) => write!(f, "{features}"),
        }
    }
}
