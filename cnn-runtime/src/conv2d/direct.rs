//! Direct convolution between images in the layout of the network, without groups.
//!
//! The simple way, with x and y in blocks of sixteen channels:
//!
//! ```text
//! for y_block { for i { for j { for x_block { for k { for l { for c in 0..16 { for o in 0..16 {
//!     y[y_block][i][j][o] += x[x_block][i * stride + k][j * stride + l][c] * weight[y_block][x_block][k][l][c][o]
//! }}}}}}}}
//! ```
//!
//! The way here:
//!
//! ```text
//! for some images                                       2 MiB of x
//!     for each block of y                               its weight stays in a core's own cache
//!         for each of the images
//!             for each part of the taps (x_block, k, l)     18 panels of the weight, in the first-level cache
//!                 for each tile of six pixels, wherever a row ends
//!                     the core: 6 × 16 sums in registers over all of the part's taps
//! ```
//!
//! 1. The weight is packed so that the core reads it from front to back.
//! 2. A tap is an offset from a pixel, the same for each: that is all a tile knows of kernel, dilation and blocks. A pixel
//!    is an offset too: that is all it knows of the stride and of rows. So planes of 7 × 7 have whole tiles as well.
//! 3. The halo holds the padding, so no tap asks where it is.
//! 4. Taps ask for what comes next meanwhile, a few lines each: the weights of the next part, unless an image before has
//!    brought them, and the next image, a share of it for each block of y. A CPU fetches ahead too, but not from page to
//!    page, and not where runs are as short as those of a small plane.
//!
//! The gradient of the input has no kernel of its own. Along an axis, `d_x[i]` is the sum of `d_y[o] * weight[k]` over all
//! o and k with `o * stride + k * dilation = i + padding`. Pixels of one **phase**, i modulo the stride, have the same taps
//! k, which are `stride / gcd` apart with gcd that of stride and dilation; from one such tap to the next, o goes back by
//! `dilation / gcd`. So a phase is a convolution of `d_y` with a stride of 1, by some of the taps in reverse, and no zeros
//! are put between the pixels of `d_y`. A stride of 1 has one phase: all taps, at the old dilation. Padding wider than the
//! kernel reaches makes the first tap start within `d_y`, past what only padding has seen. A phase may have no tap (a
//! kernel of 1 × 1 that skips pixels): its pixels get zero.

pub(super) mod backward;
pub(super) mod pack;
pub(super) mod sweep;
#[cfg(test)]
mod tests;

pub use backward::{backward_input, backward_input_step_len, needed_d_y_halo};

use self::pack::{KernelTaps, Packing};
use self::sweep::{Axis, Sweep};
use super::BlockedConv2d;
use super::epilogue::Epilogue;
use crate::Write;
use crate::memory::{LINE, Workspace};
use crate::simd::HALF;
use crate::view::{View, ViewMut};

/// Numbers of a weight as [`forward`] takes it.
#[must_use]
pub const fn prepared_len(d: &BlockedConv2d) -> usize {
    let channels = if is_half(d) { HALF } else { d.x().blocks() * LINE };
    channels * d.y().blocks() * d.conv.window.kernel_len() * LINE
}

/// Whether half a panel has all channels of `x`.
const fn is_half(d: &BlockedConv2d) -> bool {
    d.conv.in_channels <= HALF
}

/// Packs a weight of shape (O, I, Kh, Kw) to (blocks of O, blocks of I, Kh, Kw, 16 of I, 16 of O), for [`forward`]; eight of
/// I, if there are no more.
///
/// # Panics
/// If a length is not what `d` tells, or `d` has groups.
pub fn prepare(d: &BlockedConv2d, weight: &[f32], prepared: &mut [f32], mut work: Workspace) {
    assert_contract(d, weight);
    assert_eq!(prepared.len(), prepared_len(d), "prepared weight of {d:?}");
    let packing = Packing {
        channels: [d.conv.out_channels, d.conv.in_channels],
        strides: [d.conv.patch_len(), d.conv.window.kernel_len()],
        kernel_width: d.conv.window.kernel[1],
        taps: d.conv.window.kernel.map(KernelTaps::all),
    };
    let (lines, _) = prepared.as_chunks_mut::<LINE>();
    if is_half(d) {
        packing.run(weight, lines.as_chunks_mut::<HALF>().0, &mut work);
    } else {
        packing.run(weight, lines.as_chunks_mut::<LINE>().0, &mut work);
    }
}

/// The output `y` for each image of `x`, by the weight that [`prepare`] packed.
///
/// # Panics
/// If a length is not what `d` tells, `d` has groups, or the halo of `x` is narrower than the padding.
pub fn forward(
    d: &BlockedConv2d,
    x: View,
    prepared: &[f32],
    epilogue: Epilogue,
    y: ViewMut,
    mut work: Workspace,
) {
    assert_eq!(d.conv.groups, 1, "no groups in {d:?}");
    assert_eq!(prepared.len(), prepared_len(d), "prepared weight of {d:?}");
    let (lines, _) = prepared.as_chunks::<LINE>();
    if is_half(d) {
        sweep(d, lines.as_chunks::<HALF>().0).run(x, y, Write::Overwrite, epilogue, &mut work);
    } else {
        sweep(d, lines.as_chunks::<LINE>().0).run(x, y, Write::Overwrite, epilogue, &mut work);
    }
}

fn sweep<'a, W>(d: &BlockedConv2d, weight: &'a [W]) -> Sweep<'a, W> {
    Sweep { x: d.x(), y: d.y(), axes: [0, 1].map(|axis| Axis::forward(d, axis)), weight }
}

/// The contract on a weight as PyTorch has it.
fn assert_contract(d: &BlockedConv2d, weight: &[f32]) {
    assert_eq!(d.conv.groups, 1, "no groups in {d:?}");
    d.conv.assert_parameters(weight, None);
}
