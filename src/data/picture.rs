//! An image as a file has it: of any size, before it becomes what a network takes.

use super::transform::Error;
use cnn_runtime::sample::Sample;
use std::slice;

/// An image of any size, grey (one channel) or in colour (three: red, green, blue).
///
/// Its numbers are `f32`, from 0 to 1 for black to white until something like
/// [`normalize`](super::Transform::normalize) changes that, in the order (C, H, W). Bytes are divided by 255, as
/// torchvision's `ToTensor` has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    channels: usize,
    height: usize,
    width: usize,
    numbers: Vec<f32>,
}

impl Picture {
    /// A picture of numbers in the order (C, H, W).
    ///
    /// ```
    /// use cnn::data::Picture;
    ///
    /// let grey = Picture::new(1, 2, 3, vec![0.0, 0.1, 0.2, 0.3, 0.4, 0.5])?;
    /// assert_eq!(grey.plane(0)[3], 0.3);
    /// # Ok::<(), cnn::data::transform::Error>(())
    /// ```
    ///
    /// # Errors
    /// Unless there are one or three channels, at least one pixel, and a number for each.
    pub fn new(channels: usize, height: usize, width: usize, numbers: Vec<f32>) -> Result<Self, Error> {
        check(channels, height, width, numbers.len())?;
        Ok(Self { channels, height, width, numbers })
    }

    /// A picture of bytes in the order (C, H, W).
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn from_planes(channels: usize, height: usize, width: usize, bytes: &[u8]) -> Result<Self, Error> {
        check(channels, height, width, bytes.len())?;
        Ok(Self { channels, height, width, numbers: bytes.iter().copied().map(brightness).collect() })
    }

    /// A picture of bytes in the order (H, W, C), as decoders give them.
    ///
    /// ```
    /// use cnn::data::Picture;
    ///
    /// let red_and_blue = Picture::from_pixels(3, 1, 2, &[255, 0, 0, 0, 0, 255])?;
    /// assert_eq!(red_and_blue.numbers(), [1.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
    /// # Ok::<(), cnn::data::transform::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn from_pixels(channels: usize, height: usize, width: usize, bytes: &[u8]) -> Result<Self, Error> {
        check(channels, height, width, bytes.len())?;
        let plane = |channel| bytes.iter().skip(channel).step_by(channels).copied().map(brightness);
        Ok(Self { channels, height, width, numbers: (0..channels).flat_map(plane).collect() })
    }

    /// Channels, height and width.
    #[must_use]
    pub fn shape(&self) -> [usize; 3] {
        [self.channels, self.height, self.width]
    }

    /// All numbers, in the order (C, H, W).
    #[must_use]
    pub fn numbers(&self) -> &[f32] {
        &self.numbers
    }

    /// The numbers of one channel, row by row.
    ///
    /// # Panics
    /// If there is no such channel.
    #[must_use]
    pub fn plane(&self, channel: usize) -> &[f32] {
        &self.numbers[channel * self.plane_len()..][..self.plane_len()]
    }

    /// Copies the numbers to an image that a network takes.
    ///
    /// # Errors
    /// If that has another shape.
    pub fn write_to<I: Sample>(&self, image: &mut I) -> Result<(), Error> {
        if self.shape() != I::SHAPE {
            return Err(Error::Shape { expected: I::SHAPE, found: self.shape() });
        }
        I::as_numbers_mut(slice::from_mut(image)).copy_from_slice(&self.numbers);
        Ok(())
    }

    /// How many numbers a channel has.
    pub(super) fn plane_len(&self) -> usize {
        self.height * self.width
    }

    /// All numbers, to be changed.
    pub(super) fn numbers_mut(&mut self) -> &mut [f32] {
        &mut self.numbers
    }

    /// A picture of another size, whose channels are each written from one of this picture's. They start as zeros.
    pub(super) fn map_planes(
        &self,
        height: usize,
        width: usize,
        mut write: impl FnMut(&[f32], &mut [f32]),
    ) -> Self {
        let mut numbers = vec![0.0; self.channels * height * width];
        let planes = self.numbers.chunks_exact(self.plane_len());
        planes.zip(numbers.chunks_exact_mut(height * width)).for_each(|(from, to)| write(from, to));
        Self { channels: self.channels, height, width, numbers }
    }

    /// A picture of the same size with these channels instead.
    ///
    /// # Panics
    /// Unless there is a number for each pixel.
    pub(super) fn with_channels(&self, channels: usize, numbers: Vec<f32>) -> Self {
        assert_eq!(numbers.len(), channels * self.plane_len());
        Self { channels, height: self.height, width: self.width, numbers }
    }
}

/// A byte as a number from 0 to 1.
pub(super) fn brightness(byte: u8) -> f32 {
    f32::from(byte) / 255.0
}

fn check(channels: usize, height: usize, width: usize, found: usize) -> Result<(), Error> {
    let expected = channels.checked_mul(height).and_then(|count| count.checked_mul(width));
    if [1, 3].contains(&channels) && found > 0 && expected == Some(found) {
        return Ok(());
    }
    Err(Error::Picture { shape: [channels, height, width], found })
}
