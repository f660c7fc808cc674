//! The definition of `pool`.
