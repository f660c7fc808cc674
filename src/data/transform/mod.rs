//! Turns pictures of any size into what a network takes, the same way every time or by chance.
//!
//! A [`Picture`] goes in, and one of another size or other colours comes out. Names, arguments and formulas are those of
//! torchvision's `transforms.v2`. What is left to chance follows from a [`Key`] alone: the seed, the epoch and the item,
//! never from the thread or from what came before.

mod color;
mod error;
mod geometry;

pub use color::ColorJitter;
pub use error::Error;

use super::Picture;
use cnn_runtime::random::Stream;
use std::ops::RangeInclusive;

/// What an item's random transforms follow from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// The loader's seed.
    pub seed: u64,
    /// The number of the epoch.
    pub epoch: u64,
    /// The item's index in its source.
    pub item: u64,
}

impl Key {
    /// The random numbers of one step.
    fn stream(self, step: u64) -> Stream {
        // Number 0 of the first stream seeds the order of the epoch.
        let epoch = Stream::new(self.seed, self.epoch).bits(1);
        Stream::new(Stream::new(epoch, self.item).bits(0), step)
    }
}

/// A pipeline: steps that are applied one after the other.
///
/// ```
/// use cnn::data::transform::{ColorJitter, Key};
/// use cnn::data::{Picture, Transform};
///
/// let training = Transform::new()
///     .random_crop(32, 32, 4)
///     .random_horizontal_flip(0.5)
///     .color_jitter(ColorJitter { brightness: 0.2, hue: 0.05, ..ColorJitter::default() })
///     .normalize(&[0.491, 0.482, 0.447], &[0.247, 0.243, 0.262]);
/// let picture = Picture::from_planes(3, 32, 32, &[128; 3 * 32 * 32])?;
/// let key = Key { seed: 42, epoch: 0, item: 7 };
/// assert_eq!(training.apply(picture.clone(), key)?, training.apply(picture, key)?);
/// # Ok::<(), cnn::data::transform::Error>(())
/// ```
///
/// An argument that cannot be, such as a height of 0, is reported when the pipeline is applied.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Transform {
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Rgb,
    Grayscale,
    Resize { height: usize, width: usize },
    ResizeShorter { size: usize },
    CenterCrop { height: usize, width: usize },
    RandomCrop { height: usize, width: usize, padding: usize },
    RandomResizedCrop { height: usize, width: usize, scale: RangeInclusive<f64>, ratio: RangeInclusive<f64> },
    RandomHorizontalFlip { p: f32 },
    ColorJitter(ColorJitter),
    Normalize { mean: Vec<f32>, std: Vec<f32> },
}

impl Transform {
    /// A pipeline that leaves pictures as they are.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Grey pictures get three equal channels; those in colour stay as they are.
    ///
    /// ```
    /// # use cnn::data::transform::Key;
    /// # use cnn::data::{Picture, Transform};
    /// # let key = Key { seed: 0, epoch: 0, item: 0 };
    /// // A grey image of 28×28 pixels for a network that takes colour images of 224×224.
    /// let grey = Picture::from_planes(1, 28, 28, &[7; 28 * 28])?;
    /// assert_eq!(Transform::new().rgb().resize(224, 224).apply(grey, key)?.shape(), [3, 224, 224]);
    /// # Ok::<(), cnn::data::transform::Error>(())
    /// ```
    #[must_use]
    pub fn rgb(self) -> Self {
        self.step(Step::Rgb)
    }

    /// Pictures in colour get one channel, 0.2989 R + 0.587 G + 0.114 B; grey ones stay as they are.
    ///
    /// ```
    /// # use cnn::data::transform::Key;
    /// # use cnn::data::{Picture, Transform};
    /// # let key = Key { seed: 0, epoch: 0, item: 0 };
    /// let green = Picture::from_pixels(3, 1, 1, &[0, 255, 0])?;
    /// assert_eq!(Transform::new().grayscale().apply(green, key)?, Picture::new(1, 1, 1, vec![0.587])?);
    /// # Ok::<(), cnn::data::transform::Error>(())
    /// ```
    #[must_use]
    pub fn grayscale(self) -> Self {
        self.step(Step::Grayscale)
    }

    /// Resizes to that height and width, whatever the proportions: torchvision's `Resize((height, width))` with its
    /// default, antialiased bilinear interpolation.
    ///
    /// That is `fast_image_resize`'s convolution with its filter `Bilinear`: a triangle as wide as two pixels of the
    /// smaller picture. On numbers from 0 to 1 the two differ by some 10⁻⁶: by 6·10⁻⁶ at most from 375×500 to 224×224, and
    /// by 10⁻⁷ from 28×28 to 224×224 (torchvision 0.29.2, on `f32`). On bytes torchvision rounds each result to a byte;
    /// here nothing is rounded.
    ///
    /// ```
    /// # use cnn::data::transform::Key;
    /// # use cnn::data::{Picture, Transform};
    /// # let key = Key { seed: 0, epoch: 0, item: 0 };
    /// let picture = Picture::new(1, 1, 2, vec![0.0, 1.0])?;
    /// let wider = Transform::new().resize(1, 4).apply(picture, key)?;
    /// assert_eq!(wider.numbers(), [0.0, 0.25, 0.75, 1.0]);
    /// # Ok::<(), cnn::data::transform::Error>(())
    /// ```
    #[must_use]
    pub fn resize(self, height: usize, width: usize) -> Self {
        self.step(Step::Resize { height, width })
    }

    /// Resizes so that the shorter side has `size` pixels and the proportions stay: torchvision's `Resize(size)`, with
    /// the filter of [`resize`](Self::resize). The longer side is rounded down.
    ///
    /// ```
    /// # use cnn::data::transform::Key;
    /// # use cnn::data::{Picture, Transform};
    /// # let key = Key { seed: 0, epoch: 0, item: 0 };
    /// // How ImageNet classifiers are tested.
    /// let testing = Transform::new().resize_shorter(256).center_crop(224, 224);
    /// let picture = Picture::from_planes(3, 375, 500, &[0; 3 * 375 * 500])?;
    /// assert_eq!(testing.apply(picture, key)?.shape(), [3, 224, 224]);
    /// # Ok::<(), cnn::data::transform::Error>(())
    /// ```
    #[must_use]
    pub fn resize_shorter(self, size: usize) -> Self {
        self.step(Step::ResizeShorter { size })
    }

    /// Cuts out the middle: torchvision's `CenterCrop`, but a picture that is too small is an error, not padded.
    ///
    /// ```
    /// # use cnn::data::transform::Key;
    /// # use cnn::data::{Picture, Transform};
    /// # let key = Key { seed: 0, epoch: 0, item: 0 };
    /// let picture = Picture::new(1, 1, 5, vec![1.0, 2.0, 3.0, 4.0, 5.0])?;
    /// assert_eq!(Transform::new().center_crop(1, 3).apply(picture, key)?.numbers(), [2.0, 3.0, 4.0]);
    /// # Ok::<(), cnn::data::transform::Error>(())
    /// ```
    #[must_use]
    pub fn center_crop(self, height: usize, width: usize) -> Self {
        self.step(Step::CenterCrop { height, width })
    }

    /// Adds `padding` zeros on each side and cuts out a part of that height and width, all places equally likely:
    /// torchvision's `RandomCrop`. A picture that is too small even so is an error.
    ///
    /// ```
    /// # use cnn::data::transform::Key;
    /// # use cnn::data::{Picture, Transform};
    /// # let key = Key { seed: 0, epoch: 0, item: 0 };
    /// // Zeros around it make 3 rows of 5; the part is any 3 columns of any row.
    /// let picture = Picture::new(1, 1, 3, vec![1.0, 2.0, 3.0])?;
    /// let part = Transform::new().random_crop(1, 3, 1).apply(picture, key)?;
    /// let parts = [[0.0, 0.0, 0.0], [0.0, 1.0, 2.0], [1.0, 2.0, 3.0], [2.0, 3.0, 0.0]];
    /// assert!(parts.iter().any(|possible| part.numbers() == possible));
    /// # Ok::<(), cnn::data::transform::Error>(())
    /// ```
    #[must_use]
    pub fn random_crop(self, height: usize, width: usize, padding: usize) -> Self {
        self.step(Step::RandomCrop { height, width, padding })
    }

    /// Cuts out a part and resizes it to that height and width: torchvision's `RandomResizedCrop`.
    ///
    /// The part has an area of `scale` times the picture's and a width of `ratio` times its height, the latter evenly
    /// distributed in its logarithm. If none of ten parts fits in, it is the middle, as large as `ratio` allows.
    /// torchvision's defaults are a scale of 0.08 to 1 and a ratio of 3/4 to 4/3.
    ///
    /// ```
    /// # use cnn::data::transform::Key;
    /// # use cnn::data::{Picture, Transform};
    /// # let key = Key { seed: 0, epoch: 0, item: 0 };
    /// let training = Transform::new().random_resized_crop(64, 64, 0.08..=1.0, 0.75..=4.0 / 3.0);
    /// let picture = Picture::from_planes(3, 75, 100, &[0; 3 * 75 * 100])?;
    /// assert_eq!(training.apply(picture, key)?.shape(), [3, 64, 64]);
    /// # Ok::<(), cnn::data::transform::Error>(())
    /// ```
    #[must_use]
    pub fn random_resized_crop(
        self,
        height: usize,
        width: usize,
        scale: RangeInclusive<f64>,
        ratio: RangeInclusive<f64>,
    ) -> Self {
        self.step(Step::RandomResizedCrop { height, width, scale, ratio })
    }

    /// Exchanges left and right with a probability of `p`.
    ///
    /// ```
    /// # use cnn::data::transform::Key;
    /// # use cnn::data::{Picture, Transform};
    /// # let key = Key { seed: 0, epoch: 0, item: 0 };
    /// let picture = Picture::new(1, 1, 3, vec![1.0, 2.0, 3.0])?;
    /// let flipped = Transform::new().random_horizontal_flip(1.0).apply(picture, key)?;
    /// assert_eq!(flipped.numbers(), [3.0, 2.0, 1.0]);
    /// # Ok::<(), cnn::data::transform::Error>(())
    /// ```
    #[must_use]
    pub fn random_horizontal_flip(self, p: f32) -> Self {
        self.step(Step::RandomHorizontalFlip { p })
    }

    /// Changes brightness, contrast, saturation and hue by chance, in an order that is left to chance too.
    #[must_use]
    pub fn color_jitter(self, jitter: ColorJitter) -> Self {
        self.step(Step::ColorJitter(jitter))
    }

    /// (x − mean) / std, with a mean and a standard deviation for each channel.
    ///
    /// ```
    /// # use cnn::data::transform::Key;
    /// # use cnn::data::{Picture, Transform};
    /// # let key = Key { seed: 0, epoch: 0, item: 0 };
    /// let picture = Picture::new(1, 1, 2, vec![0.0, 1.0])?;
    /// let normal = Transform::new().normalize(&[0.5], &[0.25]).apply(picture, key)?;
    /// assert_eq!(normal.numbers(), [-2.0, 2.0]);
    /// # Ok::<(), cnn::data::transform::Error>(())
    /// ```
    #[must_use]
    pub fn normalize(self, mean: &[f32], std: &[f32]) -> Self {
        self.step(Step::Normalize { mean: mean.to_vec(), std: std.to_vec() })
    }

    /// All steps of `other` behind those of this pipeline.
    #[must_use]
    pub fn then(mut self, other: Self) -> Self {
        self.steps.extend(other.steps);
        self
    }

    /// Applies all steps; an item's random ones turn out the same for the same `key`.
    ///
    /// # Errors
    /// If a step cannot be applied to the picture, or to none at all.
    pub fn apply(&self, picture: Picture, key: Key) -> Result<Picture, Error> {
        let mut numbered = (0..).zip(&self.steps);
        numbered.try_fold(picture, |picture, (index, step)| step.apply(picture, key.stream(index)))
    }

    fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }
}

impl Step {
    fn apply(&self, picture: Picture, stream: Stream) -> Result<Picture, Error> {
        match self {
            Self::Rgb => Ok(color::rgb(picture)),
            Self::Grayscale => Ok(color::grayscale(picture)),
            &Self::Resize { height, width } => geometry::resize("resize", &picture, height, width),
            &Self::ResizeShorter { size } => geometry::resize_shorter(&picture, size),
            &Self::CenterCrop { height, width } => geometry::center_crop(&picture, height, width),
            &Self::RandomCrop { height, width, padding } => {
                geometry::random_crop(&picture, height, width, padding, stream)
            }
            Self::RandomResizedCrop { height, width, scale, ratio } => {
                geometry::random_resized_crop(&picture, *height, *width, (scale, ratio), stream)
            }
            &Self::RandomHorizontalFlip { p } => geometry::random_horizontal_flip(picture, p, stream),
            Self::ColorJitter(jitter) => jitter.apply(picture, stream),
            Self::Normalize { mean, std } => color::normalize(picture, mean, std),
        }
    }
}
