//! Images, and what a layer makes of one, as tiles.

use super::colors::{Colors, Scale};
use super::{Sheet, Tile, planes};
use crate::activations::Activation;
use cnn_runtime::sample::Sample;
use std::slice;

/// What a layer gave for an image: a tile for each channel, on one scale for all of them. A vector is one row.
#[must_use]
pub fn feature_maps(activation: &Activation) -> Sheet {
    let [_, height, width] = planes(activation.shape());
    let numbers = activation.numbers();
    let scale = Scale::of(numbers, Colors::Heat);
    let tile = |(channel, numbers)| {
        Tile::scaled(height, width, numbers, Colors::Heat, scale).caption(format!("channel {channel}"))
    };
    Sheet::new(numbers.chunks_exact(height * width).enumerate().map(tile).collect())
}

/// An image that a network takes as a tile: in colour if it has three channels, otherwise the mean of its channels in grey.
///
/// Its smallest number is black and its largest white, since networks often take images that were normalised.
#[must_use]
pub fn image_tile<I: Sample>(image: &I) -> Tile {
    let [channels, height, width] = planes(I::SHAPE);
    picture(channels, height, width, I::as_numbers(slice::from_ref(image)))
}

/// `(channels, height, width)` numbers as [`image_tile`] shows them.
pub(super) fn picture(channels: usize, height: usize, width: usize, numbers: &[f32]) -> Tile {
    if channels == 3 {
        return Tile::rgb(height, width, numbers, Scale::of(numbers, Colors::Grey));
    }
    let plane = height * width;
    let mean = |pixel| numbers[pixel..].iter().step_by(plane).sum::<f32>() / channels as f32;
    Tile::plane(height, width, &(0..plane).map(mean).collect::<Vec<f32>>(), Colors::Grey)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cnn_runtime::sample::{Image, Vector};

    #[test]
    fn channels_other_than_three_are_averaged() {
        let tile = image_tile(&Image([[[0.0, 1.0]], [[0.0, 3.0]]]));
        assert_eq!((tile.size(), tile.pixels.get_pixel(1, 0).0), ([1, 2], [255; 3]));
        let tile = image_tile(&Image([[[0.0, 1.0]], [[0.0, 0.5]], [[0.0, 0.0]]]));
        assert_eq!(tile.pixels.get_pixel(1, 0).0, [255, 128, 0]);
        assert_eq!(image_tile(&Vector([0.0; 7])).size(), [1, 7]);
    }
}
