//! The definition of `linear`.
