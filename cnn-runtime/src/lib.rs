//! The kernels that a network compiled by `cnn` calls, and the types they share.
//!
//! Emitted code is straight-line: one call per layer with a `const` descriptor, so every hot loop is compiled once,
//! here, at this crate's optimisation level.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod dropout;
pub mod error;
pub mod memory;
pub mod network;
pub mod parallel;
pub mod sample;
pub mod view;
