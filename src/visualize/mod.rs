//! Pictures of what a network has learned, and of what it sees in an image.
//!
//! | question | function | after |
//! |:--|:--|:--|
//! | what does a layer look for? | [`kernels`] | |
//! | what does it find in this image? | [`feature_maps`] | |
//! | which images hold most of it? | [`strongest`] | Zeiler and Fergus (2014), *Visualizing and Understanding Convolutional Networks*, 4 |
//! | which part of the image decides? | [`occlusion`] | the same, 4.2 |
//! | which pixels does a max-pool let through? | [`switches`] | the same, 2.1 |
//! | what does it answer, and where is it surely wrong? | [`Answers`] | |
//!
//! Each gives a [`Sheet`] of tiles, or numbers that become one. A sheet is saved as a PNG file, or put on a [`Page`] with others:
//! one HTML file that needs nothing else. With the feature `plots`, `plots` draws what happens while a network learns.
//!
//! ```
//! # use cnn::prelude::*;
//! use cnn::visualize::{Page, feature_maps, kernels};
//! # network!(pub fn Net(image: Image<1, 8, 8>) -> Vector<4> { let conv1 = conv2d(2, kernel_size = 3); relu; flatten; linear(4) });
//! # let (net, images) = (Net::new(1), Image::zeros(1));
//! # let folder = tempfile::tempdir()?;
//!
//! let mut page = Page::new("What Net sees");
//! page.section("Kernels").sheet(&kernels(&net, "conv1")?);
//! page.section("Feature maps").sheet(&feature_maps(net.activations(&images[0]).get("conv1")?));
//! page.save(folder.path().join("net.html"))?;
//! # Ok::<(), cnn::Error>(())
//! ```

mod colors;
mod excitation;
mod kernels;
mod maps;
mod occlusion;
mod page;
#[cfg(feature = "plots")]
pub mod plots;
#[cfg(feature = "plots")]
mod report;
mod samples;
mod sheet;
mod switches;

pub use colors::Colors;
pub use excitation::{Excitation, strongest};
pub use kernels::kernels;
pub use maps::{feature_maps, image_tile};
pub use occlusion::{Occlusion, occlusion};
pub use page::{Page, Section};
#[cfg(feature = "plots")]
pub use report::report;
pub use samples::{Answer, Answers};
pub use sheet::{Sheet, Tile};
pub use switches::{Switch, switches};

use crate::activations::UnknownLayer;
use std::fmt;

/// There is nothing to be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The network has no layer of that name.
    Layer(UnknownLayer),
    /// The layer is of another kind than the question is about.
    Kind {
        /// The layer's name.
        layer: &'static str,
        /// Its kind: `relu`.
        kind: &'static str,
        /// What it would have to be: `a convolution`.
        expected: &'static str,
    },
    /// The network has no class of that number.
    Class {
        /// The number asked for.
        class: usize,
        /// How many classes there are.
        classes: usize,
    },
    /// The network's input is no image.
    Input {
        /// Its shape.
        shape: &'static [usize],
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Layer(error) => error.fmt(f),
            Self::Kind { layer, kind, expected } => {
                write!(f, "layer `{layer}` is no {expected}, but a `{kind}`")
            }
            Self::Class { class, classes } => {
                write!(f, "class {class} was asked for, but there are {classes}, counted from 0")
            }
            Self::Input { shape } => {
                write!(f, "the network takes no image of channels, rows and columns, but {shape:?}")
            }
        }
    }
}

impl std::error::Error for Error {}

impl From<UnknownLayer> for Error {
    fn from(error: UnknownLayer) -> Self {
        Self::Layer(error)
    }
}

/// Channels, rows and columns: a vector is one row of channels of its own.
fn planes(shape: &[usize]) -> [usize; 3] {
    match *shape {
        [channels, height, width] => [channels, height, width],
        _ => [1, 1, shape.iter().product()],
    }
}
