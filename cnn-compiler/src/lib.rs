//! The compiler behind `cnn::network!`: a plain library over `proc_macro2`, so that it can be tested without rustc.
//!
//! ```text
//! tokens ─syntax→ Program ─elaborate→ Graph ─plan→ Plan ─emit→ tokens
//! ```
//!
//! A stage may use the types of earlier stages, never of later ones; only [`compile`] sees them all. Errors accumulate
//! within a stage and stop the compiler between stages. Nothing here iterates a hash map: the same tokens always give
//! the same code.
#![forbid(unsafe_code)]

extern crate proc_macro;

pub mod budget;
mod compile;
pub mod diagnostics;
pub mod diagram;
pub mod elaborate;
pub mod emit;
#[cfg(test)]
mod fixtures;
pub mod graph;
pub mod imports;
pub mod ops;
pub mod plan;
pub mod shape;
pub mod syntax;
pub mod value;
pub mod weights;

pub use compile::{block, compile, import, show};
