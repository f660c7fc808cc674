//! The definition of `softmax`.
