//! The definition of `activation`.
