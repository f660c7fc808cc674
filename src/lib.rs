#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

extern crate self as cnn;

pub mod activations;
pub mod data;
mod error;
mod files;
pub mod init;
pub mod layers;
#[cfg(feature = "models")]
pub mod models;
mod names;
mod nearest;
pub mod prelude;
pub mod summary;
pub mod train;
#[cfg(feature = "visualize")]
pub mod visualize;
pub mod weights;

pub use cnn_macros::{block, network};

#[doc(hidden)]
pub use cnn_macros::{__import, __show};
pub use cnn_runtime::{loss, optim};
pub use error::Error;

/// What a network is, and what it takes and gives.
pub mod network {
    pub use cnn_runtime::error::Error;
    pub use cnn_runtime::memory::ArenaLayout;
    pub use cnn_runtime::network::{LayerInfo, Network, Session, State, TensorInfo, TensorKind};
    pub use cnn_runtime::policy::Policy;
    pub use cnn_runtime::sample::{Image, Outputs, Sample, Samples, Vector};
    pub use cnn_runtime::window::Window;
}

/// Items that only editors see: they are made when rust-analyzer reads the code, and cost a build nothing.
#[cfg(rust_analyzer)]
#[doc(hidden)]
#[macro_export]
macro_rules! __in_editor {
    ($($source:tt)*) => { $crate::__show! { $($source)* } };
}

/// Items that only editors see.
#[cfg(not(rust_analyzer))]
#[doc(hidden)]
#[macro_export]
macro_rules! __in_editor {
    ($($source:tt)*) => {};
}

/// What emitted code calls; not meant to be used by hand.
#[doc(hidden)]
pub use cnn_runtime as __rt;
#[doc(hidden)]
pub use weights::__embedded;

/// The examples in the documentation of the macros.
#[cfg(doctest)]
#[doc = include_str!("../cnn-macros/src/network.md")]
#[doc = include_str!("../cnn-macros/src/block.md")]
struct ExamplesOfTheLanguage;

/// The code of the tour.
#[cfg(doctest)]
#[doc = include_str!("../docs/tour.md")]
struct Tour;
