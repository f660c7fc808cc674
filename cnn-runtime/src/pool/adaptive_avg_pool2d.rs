//! The mean of each part of a plane.

use super::AdaptivePool2d;
use super::mean;
use crate::Write;
use crate::blocked::Haloed;
use crate::memory::Workspace;
use crate::view::{View, ViewMut};

/// The output `y` for each image of `x`.
///
/// # Panics
/// If a length is not what `d` tells.
pub fn forward(d: &Haloed<AdaptivePool2d>, x: View<'_>, y: ViewMut<'_>, work: Workspace<'_>) {
    mean::forward(d, x, y, work);
}

/// The gradient `d_x` of the input.
///
/// # Panics
/// If a length is not what `d` tells.
pub fn backward(
    d: &Haloed<AdaptivePool2d>,
    d_y: View<'_>,
    d_x: ViewMut<'_>,
    write: Write,
    work: Workspace<'_>,
) {
    mean::backward(d, d_y, d_x, write, work);
}
