//! Two-dimensional convolution.
//!
//! Each kernel is one matrix product for each image and group. With K the number of pixels that one output sees, over all
//! channels of its group, and P the pixels of an output plane:
//!
//! ```text
//! forward           y        (O × P)  =  weight  (O × K)  ·  patches   (K × P)
//! backward_input    d_x  ←   (K × P)  =  weightᵀ (K × O)  ·  d_y       (O × P)
//! backward_weight   d_weight (O × K)  =  d_y     (O × P)  ·  patchesᵀ  (P × K)
//! ```
//!
//! Column p of the patches is what the window sees at place p. [`im2col`] gathers them a tile at a time; in
//! [`pointwise`] the image itself is the matrix.

use crate::blocked::Blocked;
use crate::window::Window;

pub mod dense;
pub mod depthwise;
pub mod direct;
pub mod direct_weight;
pub mod epilogue;
pub mod first_layer;
pub(crate) mod first_layer_weight;
pub mod im2col;
mod part;
mod patches;
pub mod pointwise;
mod rows;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
pub(crate) mod tile;
mod weight_chunks;
mod weight_sums;
pub mod winograd;

pub(crate) use weight_chunks::add_planes;

/// A convolution; its weight has the shape (O, I / groups, Kh, Kw).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conv2d {
    /// Channels of an image before.
    pub in_channels: usize,
    /// Channels of an image after.
    pub out_channels: usize,
    /// Into how many groups both are divided; a group sees nothing of the others.
    pub groups: usize,
    /// What slides over each plane.
    pub window: Window,
}

impl Conv2d {
    /// Numbers of an image before.
    pub const fn input_len(&self) -> usize {
        self.in_channels * self.window.input_len()
    }

    /// Numbers of an image after.
    pub const fn output_len(&self) -> usize {
        self.out_channels * self.window.output_len()
    }

    /// Numbers of the weight.
    pub const fn weight_len(&self) -> usize {
        self.out_channels * self.patch_len()
    }

    /// Multiply-adds for one image.
    pub const fn macs(&self) -> usize {
        self.weight_len() * self.window.output_len()
    }

    /// Input channels of a group.
    const fn group_in(&self) -> usize {
        self.in_channels / self.groups
    }

    /// Output channels of a group.
    const fn group_out(&self) -> usize {
        self.out_channels / self.groups
    }

    /// Numbers that one output sees: K.
    pub(crate) const fn patch_len(&self) -> usize {
        self.group_in() * self.window.kernel_len()
    }

    /// The contract on images: a kernel's `x` and `y`, or their gradients, are (count, length) of the same batch.
    pub(crate) fn assert_images(&self, x: (usize, usize), y: (usize, usize)) {
        assert_eq!(x.0, y.0, "as many images in as out");
        assert_eq!((x.1, y.1), (self.input_len(), self.output_len()), "image lengths of {self:?}");
        let divides = |channels: usize| channels.is_multiple_of(self.groups);
        assert!(divides(self.in_channels) && divides(self.out_channels), "whole groups in {self:?}");
    }

    /// The contract on parameters or their gradients.
    pub(crate) fn assert_parameters(&self, weight: &[f32], bias: Option<&[f32]>) {
        assert_eq!(weight.len(), self.weight_len(), "weight of {self:?}");
        assert!(bias.is_none_or(|bias| bias.len() == self.out_channels), "bias of {self:?}");
    }
}

/// A convolution between images in the layout of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockedConv2d {
    /// What is computed.
    pub conv: Conv2d,
    /// The halo of `x` or its gradient.
    pub x_halo: [usize; 2],
    /// The halo of `y` or its gradient.
    pub y_halo: [usize; 2],
}

impl BlockedConv2d {
    /// The layout of `x`.
    #[must_use]
    pub const fn x(&self) -> Blocked {
        Blocked { channels: self.conv.in_channels, plane: self.conv.window.input, halo: self.x_halo }
    }

    /// The layout of `y`.
    #[must_use]
    pub const fn y(&self) -> Blocked {
        Blocked { channels: self.conv.out_channels, plane: self.conv.window.output, halo: self.y_halo }
    }
}
