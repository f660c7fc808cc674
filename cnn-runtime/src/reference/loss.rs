//! The definition of `loss`.
