//! The largest pixel of each window that slides over a plane.

use super::MaxPool2d;
use super::largest;
use crate::Write;
use crate::blocked::Haloed;
use crate::memory::Workspace;
use crate::view::{View, ViewMut};

/// The output `y` for each image of `x`.
///
/// # Panics
/// If a length is not what `d` tells.
pub fn forward(d: &Haloed<MaxPool2d>, x: View<'_>, y: ViewMut<'_>, work: Workspace<'_>) {
    largest::forward(d, x, y, work);
}

/// Numbers that the indices of an image take at least, from [`train_forward`] to [`backward`]: of bytes if these tell all taps
/// apart, otherwise of numbers.
#[must_use]
pub const fn indices_len(d: &Haloed<MaxPool2d>) -> usize {
    largest::indices_len(d.layer.channels, d.layer.window.output, d.layer.window.kernel)
}

/// The output `y` for each image of `x`, and which tap of each window it is: `indices` are as many images of
/// [`indices_len`] numbers, of any bits, or of a number for each of `y`'s channels and places.
///
/// # Panics
/// If a length is not what `d` tells.
pub fn train_forward(
    d: &Haloed<MaxPool2d>,
    x: View<'_>,
    y: ViewMut<'_>,
    indices: ViewMut<'_>,
    work: Workspace<'_>,
) {
    largest::train_forward(d, x, y, indices, work);
}

/// The gradient `d_x` of the input.
///
/// # Panics
/// If a length is not what `d` tells.
pub fn backward(
    d: &Haloed<MaxPool2d>,
    indices: View<'_>,
    d_y: View<'_>,
    d_x: ViewMut<'_>,
    write: Write,
    work: Workspace<'_>,
) {
    largest::backward(d, indices, d_y, d_x, write, work);
}
