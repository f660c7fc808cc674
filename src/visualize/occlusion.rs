//! Which part of an image a class hangs on: cover it, and see how much less likely the class gets.

use super::colors::Colors;
use super::{Error, Tile};
use cnn_runtime::network::Network;
use cnn_runtime::sample::Sample;

/// How an image is covered, one square after the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Occlusion {
    /// Rows and columns of the square.
    pub size: usize,
    /// Pixels from one square to the next.
    pub stride: usize,
    /// What its numbers become, in all channels.
    pub fill: f32,
}

impl Default for Occlusion {
    /// Squares of 5×5 at each second pixel, filled with 0.
    fn default() -> Self {
        Self { size: 5, stride: 2, fill: 0.0 }
    }
}

/// How much the probability of a class falls when a square of the image is covered.
#[derive(Clone, Debug, PartialEq)]
pub struct Hidden {
    /// Rows and columns of squares.
    pub size: [usize; 2],
    /// The fall for each square, row by row; negative where the class gets likelier.
    pub fall: Vec<f32>,
    /// The probability when all is seen.
    pub seen: f32,
}

impl Hidden {
    /// A tile with a pixel for each square: blue where covering it makes the class less likely.
    #[must_use]
    pub fn tile(&self) -> Tile {
        let [rows, columns] = self.size;
        Tile::plane(rows, columns, &self.fall, Colors::Signed)
            .caption(format!("seen whole: {:.3}", self.seen))
    }
}

/// Covers one square of an image after the other and gives how much less likely `class` gets, by the softmax of the
/// network's outputs.
///
/// Squares are centred at rows and columns 0, `stride`, 2 `stride` and so on; what lies beyond the border is left out. Sizes and strides of 0
/// count as 1.
///
/// # Errors
/// If the network takes no image, or has no such class.
pub fn occlusion<N: Network>(
    network: &N,
    image: &N::Input,
    class: usize,
    how: Occlusion,
) -> Result<Hidden, Error> {
    const BATCH: usize = 32;
    let [channels, height, width] = *N::Input::SHAPE else {
        return Err(Error::Input { shape: N::Input::SHAPE });
    };
    if class >= N::Output::LEN {
        return Err(Error::Class { class, classes: N::Output::LEN });
    }
    let (size, stride) = (how.size.max(1), how.stride.max(1));
    let [rows, columns] = [height, width].map(|size| size.div_ceil(stride));
    let mut session = network.session(BATCH);
    let mut outputs = N::Output::zeros(BATCH);
    let mut probabilities = |images: &[N::Input]| {
        session.observe(images, &mut outputs[..images.len()], &mut ());
        let outputs = N::Output::as_numbers(&outputs[..images.len()]);
        outputs.chunks_exact(N::Output::LEN).map(|logits| probability(logits, class)).collect::<Vec<f32>>()
    };
    let seen = probabilities(std::slice::from_ref(image))[0];
    let places: Vec<[usize; 2]> =
        (0..rows * columns).map(|index| [index / columns * stride, index % columns * stride]).collect();
    let mut fall = Vec::with_capacity(places.len());
    for places in places.chunks(BATCH) {
        let mut images = vec![*image; places.len()];
        for (image, place) in images.iter_mut().zip(places) {
            let numbers = N::Input::as_numbers_mut(std::slice::from_mut(image));
            let around = |center: usize, end: usize| {
                center.saturating_sub((size - 1) / 2)..(center + size / 2 + 1).min(end)
            };
            for channel in 0..channels {
                for row in around(place[0], height) {
                    numbers[(channel * height + row) * width..][around(place[1], width)].fill(how.fill);
                }
            }
        }
        fall.extend(probabilities(&images).into_iter().map(|hidden| seen - hidden));
    }
    Ok(Hidden { size: [rows, columns], fall, seen })
}

/// The softmax of one of some logits.
fn probability(logits: &[f32], class: usize) -> f32 {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f32 = logits.iter().map(|logit| (logit - largest).exp()).sum();
    (logits[class] - largest).exp() / sum
}
