//! Batch normalisation with running statistics as a scale and a shift, for the convolution before it.

use super::{BatchNorm2d, entry, inverse_std};
use crate::memory::{LINE, Workspace};

/// What [`prepare`] has written: each has a number for each channel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NormParts<'a> {
    /// Factors.
    pub(crate) scale: &'a [f32],
    /// Summands.
    pub(crate) shift: &'a [f32],
    /// Summands that make up for the convolution's bias too.
    pub(crate) shift_with_bias: &'a [f32],
}

/// Looks at what [`prepare`] has written.
///
/// # Panics
/// If it is not as long as that.
pub(crate) fn norm_parts(prepared: &[f32], channels: usize) -> NormParts<'_> {
    let len = channels.next_multiple_of(LINE);
    assert_eq!(prepared.len(), 3 * len, "a scale and two shifts for {channels} channels");
    let part = |i: usize| &prepared[i * len..i * len + channels];
    NormParts { scale: part(0), shift: part(1), shift_with_bias: part(2) }
}

/// Writes scale = weight / √(variance + eps), shift = bias − mean · scale, and the shift for sums that lack `conv_bias`.
///
/// # Panics
/// If a length is not what `d` tells.
#[allow(clippy::too_many_arguments)] // the layer's whole state
pub fn prepare(
    d: &BatchNorm2d,
    weight: Option<&[f32]>,
    bias: Option<&[f32]>,
    running_mean: &[f32],
    running_var: &[f32],
    conv_bias: Option<&[f32]>,
    prepared: &mut [f32],
    _work: Workspace<'_>,
) {
    let tensors = [weight, bias, Some(running_mean), Some(running_var), conv_bias];
    let fits = |tensor: &&[f32]| tensor.len() == d.channels;
    assert!(tensors.iter().flatten().all(fits), "numbers of a tensor of {d:?}");
    let len = d.channels.next_multiple_of(LINE);
    assert_eq!(prepared.len(), 3 * len, "room for what {d:?} prepares");
    prepared.fill(0.0);
    for channel in 0..d.channels {
        let inverse_std = inverse_std(f64::from(running_var[channel]), d.eps);
        let scale = f64::from(entry(weight, channel, 1.0)) * inverse_std;
        let shift = f64::from(entry(bias, channel, 0.0)) - f64::from(running_mean[channel]) * scale;
        let shift_with_bias = shift + f64::from(entry(conv_bias, channel, 0.0)) * scale;
        prepared[channel] = scale as f32;
        prepared[len + channel] = shift as f32;
        prepared[2 * len + channel] = shift_with_bias as f32;
    }
}
