//! How a tensor stands in memory.

use super::LINE;
use crate::shape::Shape;

/// The layout of one image of a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Channels one behind the other, each row by row, as the user and PyTorch have them (NCHW); or a vector.
    Planes(usize),
    /// Sixteen channels of a pixel together, with a halo (`NCHW16c`).
    Blocked(Blocked),
    /// Sixteen images, each number of theirs together (`CHW16n`): the one image of a pass is a bundle of sixteen.
    Bundled(Bundled),
}

/// Images in bundles of sixteen; the runtime's module `bundled` says what that is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bundled {
    /// Channels of an image, features of a vector.
    pub channels: usize,
    /// Rows and columns; one of each for a vector.
    pub plane: [usize; 2],
}

/// Images in blocks of sixteen channels; the runtime's type of this name says where a number stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blocked {
    /// Channels.
    pub channels: usize,
    /// Rows and columns.
    pub plane: [usize; 2],
    /// Zeros around each plane, on each side.
    pub halo: [usize; 2],
}

impl Layout {
    /// A tensor as the user has it.
    pub fn planes(shape: Shape) -> Self {
        Self::Planes(shape.len())
    }

    /// An image in blocks, without a halo yet.
    pub fn blocked(shape: Shape) -> Self {
        Self::Blocked(Blocked { channels: shape.channels(), plane: shape.plane(), halo: [0, 0] })
    }

    /// A tensor in bundles.
    pub fn bundled(shape: Shape) -> Self {
        Self::Bundled(Bundled { channels: shape.channels(), plane: shape.plane() })
    }

    /// The image in blocks as which a kernel sees it that treats each channel by itself: of a bundle, block c is channel c of
    /// all images.
    pub fn as_blocks(self) -> Option<Blocked> {
        match self {
            Self::Planes(_) => None,
            Self::Blocked(blocked) => Some(blocked),
            Self::Bundled(Bundled { channels, plane }) => {
                Some(Blocked { channels: LINE * channels, plane, halo: [0, 0] })
            }
        }
    }

    /// Numbers of an image.
    pub fn len(self) -> usize {
        match self {
            Self::Planes(len) => len,
            Self::Blocked(blocked) => blocked.channels_len(blocked.channels),
            Self::Bundled(Bundled { channels, plane }) => LINE * channels * plane[0] * plane[1],
        }
    }

    /// Channels of an image, features of a vector.
    pub fn channels(self) -> usize {
        match self {
            Self::Planes(len) => len,
            Self::Blocked(blocked) => blocked.channels,
            Self::Bundled(bundled) => bundled.channels,
        }
    }

    /// Zeros around each plane.
    pub fn halo(self) -> [usize; 2] {
        match self {
            Self::Planes(_) | Self::Bundled(_) => [0, 0],
            Self::Blocked(blocked) => blocked.halo,
        }
    }

    /// Whether both name each number of a tensor by the same place.
    pub fn is_same_memory(self, other: Self) -> bool {
        match (self, other) {
            (Self::Planes(_), Self::Planes(_)) | (Self::Bundled(_), Self::Bundled(_)) => true,
            (Self::Blocked(a), Self::Blocked(b)) => a.plane == b.plane && a.halo == b.halo,
            (Self::Planes(len), Self::Blocked(blocked)) | (Self::Blocked(blocked), Self::Planes(len)) => {
                blocked.channels_len(blocked.channels) == len && blocked.plane == [1, 1]
            }
            (Self::Bundled(_), _) | (_, Self::Bundled(_)) => false,
        }
    }
}

impl Blocked {
    /// Numbers that so many channels take, the spare lanes of the last block included.
    pub fn channels_len(self, channels: usize) -> usize {
        let padded = [0, 1].map(|axis| self.plane[axis] + 2 * self.halo[axis]);
        channels.div_ceil(LINE) * padded[0] * padded[1] * LINE
    }

    /// Where channel `first` of an image starts, and whether a tensor of `channels` channels may stand there: no block may
    /// hold channels of two tensors.
    pub fn part(self, first: usize, channels: usize) -> Option<usize> {
        let ends_a_block = (first + channels).is_multiple_of(LINE) || first + channels == self.channels;
        (first.is_multiple_of(LINE) && ends_a_block).then(|| self.channels_len(first))
    }
}
