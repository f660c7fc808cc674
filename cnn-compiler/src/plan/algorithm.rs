//! Which kernel computes a convolution.

use crate::ops::conv2d::Conv2d;

/// A way to compute a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// The windows as columns of a matrix, then a matrix product.
    Im2col,
    /// A matrix product on the image as it stands.
    Pointwise,
}

impl Algorithm {
    /// The kernel for a convolution.
    pub fn choose(conv: &Conv2d) -> Self {
        let window = conv.window;
        if window.kernel == [1, 1] && window.stride == [1, 1] && window.padding == [0, 0] {
            Self::Pointwise
        } else {
            Self::Im2col
        }
    }

    /// Its module in the runtime.
    pub fn module(self) -> &'static str {
        match self {
            Self::Im2col => "conv2d::im2col",
            Self::Pointwise => "conv2d::pointwise",
        }
    }
}
