//! The definition of `conv2d`.
