//! A compiler for convolutional networks that lives inside `rustc`.
#![forbid(unsafe_code)]

extern crate self as cnn;

pub use cnn_macros::network;

/// What emitted code calls; not meant to be used by hand.
#[doc(hidden)]
pub use cnn_runtime as __rt;
