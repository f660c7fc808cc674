//! One error for a whole program.

use crate::activations::UnknownLayer;
use crate::train::{NoFigure, NotFinite};
use crate::{data, network, weights};
use std::error::Error as StdError;
use std::{fmt, io};

/// Any error of this crate, and those of input and output, so that `main` can return it.
///
/// ```no_run
/// use cnn::data::fashion_mnist;
///
/// fn main() -> Result<(), cnn::Error> {
///     let (train, _) = fashion_mnist::load("data/fashion-mnist")?;
///     println!("{} images", train.len());
///     Ok(())
/// }
/// ```
///
/// `Debug` writes the same sentence as `Display`, because that is what Rust prints when `main` fails.
#[non_exhaustive]
pub enum Error {
    /// A data set is not what it should be.
    Data(data::Error),
    /// Weights cannot be read, written or found.
    Weights(weights::Error),
    /// A network was given a batch that it cannot take.
    Network(network::Error),
    /// A network has no layer of that name.
    Layer(UnknownLayer),
    /// A step of training was not finite.
    NotFinite(NotFinite),
    /// A run was to watch a figure that it does not have.
    NoFigure(NoFigure),
    /// There is nothing to be seen.
    #[cfg(feature = "visualize")]
    Visualize(crate::visualize::Error),
    /// Anything else that is read or written.
    Io(io::Error),
}

impl Error {
    fn inner(&self) -> &(dyn StdError + 'static) {
        match self {
            Self::Data(error) => error,
            Self::Weights(error) => error,
            Self::Network(error) => error,
            Self::Layer(error) => error,
            Self::NotFinite(error) => error,
            Self::NoFigure(error) => error,
            #[cfg(feature = "visualize")]
            Self::Visualize(error) => error,
            Self::Io(error) => error,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.inner(), f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.inner().source()
    }
}

/// `?` turns each into an [`Error`].
macro_rules! from {
    ($($variant:ident($source:ty))+) => {
        $(impl From<$source> for Error {
            fn from(error: $source) -> Self {
                Self::$variant(error)
            }
        })+
    };
}
from! {
    Data(data::Error)
    Weights(weights::Error)
    Network(network::Error)
    Layer(UnknownLayer)
    NotFinite(NotFinite)
    NoFigure(NoFigure)
    Io(io::Error)
}
#[cfg(feature = "visualize")]
from! { Visualize(crate::visualize::Error) }
