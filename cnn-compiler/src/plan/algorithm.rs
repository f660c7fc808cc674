//! Which kernel computes a convolution.

use crate::ops::conv2d::Conv2d;

/// A way to compute a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// Sums over blocks of channels, as the definition has them.
    Direct,
    /// The same for an image of few channels as the user has it, which would leave most lanes of a block empty.
    FirstLayer,
    /// Each channel by itself.
    Depthwise,
    /// The windows as columns of a matrix, then a matrix product: groups of channels.
    Im2col,
    /// A matrix product on the image as it stands: groups of channels, and a window of one pixel.
    Pointwise,
}

/// The channels of an image for [`Algorithm::FirstLayer`], at most.
const FEW_CHANNELS: usize = 4;

impl Algorithm {
    /// The kernel for a convolution of so many channels. Nobody asks for the gradient of what the user gives.
    pub fn choose(conv: &Conv2d, in_channels: usize, is_user_input: bool) -> Self {
        let window = conv.window;
        if conv.groups == 1 {
            let few = is_user_input && in_channels <= FEW_CHANNELS;
            return if few { Self::FirstLayer } else { Self::Direct };
        }
        if conv.groups == in_channels && conv.groups == conv.channels {
            return Self::Depthwise;
        }
        if window.kernel == [1, 1] && window.stride == [1, 1] && window.padding == [0, 0] {
            Self::Pointwise
        } else {
            Self::Im2col
        }
    }

    /// Its module in the runtime.
    pub fn module(self) -> &'static str {
        match self {
            Self::Direct => "conv2d::direct",
            Self::FirstLayer => "conv2d::first_layer",
            Self::Depthwise => "conv2d::depthwise",
            Self::Im2col => "conv2d::im2col",
            Self::Pointwise => "conv2d::pointwise",
        }
    }

    /// Whether it gives images in blocks of channels, and computes what follows it too.
    pub fn is_blocked(self) -> bool {
        match self {
            Self::Direct | Self::FirstLayer | Self::Depthwise => true,
            Self::Im2col | Self::Pointwise => false,
        }
    }
}
