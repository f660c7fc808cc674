//! The definition of `batch_norm2d`.
