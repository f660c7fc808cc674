//! Convolution by Winograd's minimal filtering (Winograd 1980; Lavin and Gray 2016), for stride 1, dilation 1 and one group.
//!
//! F(m×m, r×r) computes a tile of m × m outputs from α × α inputs, α = m + r - 1, by α² products for each pair of channels
//! where the definition has m² r²:
//!
//! | tile | products | the definition's | gain |
//! |---|---|---|---|
//! | F(2×2, 3×3) | 16 | 36 | 2.25 |
//! | F(4×4, 3×3) | 36 | 144 | 4 |
//! | F(6×6, 3×3) | 64 | 324 | 5.06 |
//! | F(4×4, 5×5) | 64 | 400 | 6.25 |
//!
//! All three passes are the same maps around a matrix product for each ξ of the α²:
//!
//! ```text
//! forward           y   = Aᵀ [ Σ_c (G g Gᵀ) ⊙ (Bᵀ x B) ] A
//! backward_input    the same of d_y, with the taps flipped and the channels exchanged
//! backward_weight   d_g = Gᵀ [ Σ_tiles (A d_y Aᵀ) ⊙ (Bᵀ x B) ] G
//! ```
//!
//! The price is rounding: sums of inputs are multiplied, and cancel afterwards. Of numbers from a normal distribution, the
//! largest error is less than this, in parts of the largest result (`tests::errors_are_bounded` holds it; the definition in
//! `f32` is off by 1 to 3·10⁻⁶):
//!
//! | tile | 64 channels | 512 channels | weight gradient |
//! |---|---|---|---|
//! | F(2×2, 3×3) | 6·10⁻⁷ | 1.5·10⁻⁶ | 1.2·10⁻⁶ |
//! | F(4×4, 3×3) | 1·10⁻⁵ | 2.5·10⁻⁵ | 1·10⁻⁵ |
//! | F(6×6, 3×3) | 1·10⁻⁵ | 2.5·10⁻⁵ | 1·10⁻⁵ |
//! | F(4×4, 5×5) | 1.5·10⁻⁵ | – | 1.5·10⁻⁵ |
//!
//! `transform` has the maps in one dimension and `tiles` finds the tiles; `convolve` runs the first two passes, of `weights`
//! transformed before, `weight_gradient` the third, and `product` is their inner loops.
#![allow(clippy::needless_range_loop)] // an index is that of a matrix, and often of two

use super::BlockedConv2d;
use super::epilogue::Epilogue;
use crate::Write;
use crate::memory::Workspace;
use crate::view::{View, ViewMut};

mod arithmetic;
mod convolve;
mod product;
#[cfg(test)]
mod tests;
mod tiles;
mod transform;
mod weight_gradient;
mod weights;

use convolve::{Finish, Pass};
use transform::{F2x3, F4x3, F4x5, F6x3, Transform};
use weights::Taps;

/// The transform: F(m×m, r×r).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tile {
    /// F(2×2, 3×3): as exact as direct sums.
    F2x3,
    /// F(4×4, 3×3).
    F4x3,
    /// F(6×6, 3×3).
    F6x3,
    /// F(4×4, 5×5).
    F4x5,
}

/// Evaluates an expression with `$w` for the transform's type.
macro_rules! with_transform {
    ($tile:expr, $w:ident => $value:expr) => {
        match $tile {
            Tile::F2x3 => {
                type $w = F2x3;
                $value
            }
            Tile::F4x3 => {
                type $w = F4x3;
                $value
            }
            Tile::F6x3 => {
                type $w = F6x3;
                $value
            }
            Tile::F4x5 => {
                type $w = F4x5;
                $value
            }
        }
    };
}

impl Tile {
    /// Outputs of a tile in each direction: m.
    #[must_use]
    pub const fn outputs(self) -> usize {
        with_transform!(self, W => W::M)
    }

    /// Taps of the window in each direction: r.
    #[must_use]
    pub const fn taps(self) -> usize {
        with_transform!(self, W => W::R)
    }

    /// Products of a tile for each pair of channels: α².
    #[must_use]
    pub const fn products(self) -> usize {
        with_transform!(self, W => W::PRODUCTS)
    }

    /// Whether it computes this convolution.
    #[must_use]
    pub const fn fits(self, d: &BlockedConv2d) -> bool {
        let (window, taps) = (&d.conv.window, self.taps());
        let dense = matches!((window.stride, window.dilation, d.conv.groups), ([1, 1], [1, 1], 1));
        dense && window.kernel[0] == taps && window.kernel[1] == taps
    }

    fn assert_fits(self, d: &BlockedConv2d) {
        assert!(self.fits(d), "not for {self:?}: {d:?}");
    }
}

impl BlockedConv2d {
    const fn winograd_forward(&self) -> Pass {
        let padding = self.conv.window.padding;
        Pass { from: self.x(), to: self.y(), padding: [padding[0].cast_signed(), padding[1].cast_signed()] }
    }

    const fn winograd_backward(&self) -> Pass {
        let (kernel, padding) = (self.conv.window.kernel, self.conv.window.padding);
        let padding = [
            kernel[0].cast_signed() - 1 - padding[0].cast_signed(),
            kernel[1].cast_signed() - 1 - padding[1].cast_signed(),
        ];
        Pass { from: self.y(), to: self.x(), padding }
    }

    const fn winograd_taps(&self, backward: bool) -> Taps {
        let taps = self.conv.window.kernel_len();
        let input = (self.conv.in_channels, taps);
        let output = (self.conv.out_channels, taps * self.conv.in_channels);
        if backward {
            Taps { input: output, output: input, flipped: true }
        } else {
            Taps { input, output, flipped: false }
        }
    }
}

/// Numbers of the weight in the layout of [`forward`].
#[must_use]
pub const fn prepared_len(tile: Tile, d: &BlockedConv2d) -> usize {
    d.winograd_taps(false).prepared_len(tile.products())
}

/// Numbers of scratch that [`forward`] needs for each thread.
#[must_use]
pub const fn forward_lane_len(tile: Tile, d: &BlockedConv2d) -> usize {
    with_transform!(tile, W => d.winograd_forward().lane_len::<W>())
}

/// Numbers of scratch that [`backward_input`] needs for each thread.
#[must_use]
pub const fn backward_input_lane_len(tile: Tile, d: &BlockedConv2d) -> usize {
    with_transform!(tile, W => d.winograd_backward().lane_len::<W>())
}

/// Numbers of scratch that [`backward_input`] needs for the step.
#[must_use]
pub const fn backward_input_step_len(tile: Tile, d: &BlockedConv2d) -> usize {
    d.winograd_taps(true).prepared_len(tile.products())
}

/// Transforms a weight of PyTorch's layout (O, I, Kh, Kw) for [`forward`].
///
/// # Panics
/// If the tile does not fit the convolution, or a length is not what `d` tells.
pub fn prepare(tile: Tile, d: &BlockedConv2d, weight: &[f32], prepared: &mut [f32], work: Workspace) {
    tile.assert_fits(d);
    d.conv.assert_parameters(weight, None);
    with_transform!(tile, W => weights::prepare::<W>(&d.winograd_taps(false), weight, prepared, work));
}

/// The output for each image of the batch, of a weight that was [`prepare`]d.
///
/// Halos may have any width: pixels beyond the memory of `x` count as zeros.
///
/// # Panics
/// If the tile does not fit the convolution, or a length is not what `d` tells.
pub fn forward(
    tile: Tile,
    d: &BlockedConv2d,
    x: View,
    prepared: &[f32],
    epilogue: Epilogue,
    y: ViewMut,
    work: Workspace,
) {
    tile.assert_fits(d);
    assert_eq!(prepared.len(), prepared_len(tile, d), "length of prepared weights");
    let finish = Finish { epilogue, write: Write::Overwrite };
    with_transform!(tile, W => convolve::run::<W>(&d.winograd_forward(), x, prepared, finish, y, work));
}

/// The gradient of the input, from a weight of PyTorch's layout.
///
/// Any padding will do, also one wider than the window.
///
/// # Panics
/// If the tile does not fit the convolution, or a length is not what `d` tells.
pub fn backward_input(
    tile: Tile,
    d: &BlockedConv2d,
    d_y: View,
    weight: &[f32],
    d_x: ViewMut,
    write: Write,
    mut work: Workspace,
) {
    tile.assert_fits(d);
    d.conv.assert_parameters(weight, None);
    let needed = backward_input_step_len(tile, d);
    let prepared = work.take_step(needed);
    let finish = Finish { epilogue: Epilogue::bias(None), write };
    with_transform!(tile, W => {
        weights::prepare::<W>(&d.winograd_taps(true), weight, prepared, work.reborrow());
        convolve::run::<W>(&d.winograd_backward(), d_y, prepared, finish, d_x, work);
    });
}

/// Numbers of scratch that [`backward_weight`] needs for each thread.
#[must_use]
pub const fn backward_weight_lane_len(tile: Tile) -> usize {
    with_transform!(tile, W => weight_gradient::lane_len::<W>())
}

/// Numbers of scratch that [`backward_weight`] needs for the step.
#[must_use]
pub const fn backward_weight_step_len(tile: Tile, d: &BlockedConv2d) -> usize {
    with_transform!(tile, W => weight_gradient::step_len::<W>(d))
}

/// Overwrites the gradients of the weight, in PyTorch's layout, and of the bias.
///
/// # Panics
/// If the tile does not fit the convolution, or a length is not what `d` tells.
pub fn backward_weight(
    tile: Tile,
    d: &BlockedConv2d,
    x: View,
    d_y: View,
    d_weight: &mut [f32],
    d_bias: Option<&mut [f32]>,
    mut work: Workspace,
) {
    tile.assert_fits(d);
    d.conv.assert_parameters(d_weight, d_bias.as_deref());
    assert_eq!(x.count(), d_y.count(), "as many images in as out");
    d.x().assert_image(x.image_len());
    d.y().assert_image(d_y.image_len());
    with_transform!(tile, W => weight_gradient::run::<W>(d, x, d_y, d_weight, &mut work));
    if let Some(d_bias) = d_bias {
        weight_gradient::bias(&d.y(), d_y, d_bias, &mut work);
    }
}
