//! The kernels that a network compiled by `cnn` calls, and the types they share.
//!
//! Emitted code is straight-line: one call per layer with a `const` descriptor, so every hot loop is compiled once,
//! here, at this crate's optimisation level.
//!
//! # Tests
//!
//! `cargo test -p cnn-runtime` holds every kernel against [`mod@reference`], on every vector unit that the machine has, and says
//! which these are. With `CNN_TEST_UNIT=avx512`, `avx2`, `neon` or `portable`, all tests run on that unit only, and fail
//! where there is none. Reads and writes outside of a buffer are found by the address sanitizer of a nightly compiler:
//!
//! ```sh
//! RUSTFLAGS=-Zsanitizer=address cargo +nightly test -p cnn-runtime --release --lib --target x86_64-unknown-linux-gnu
//! ```
#![cfg_attr(not(feature = "std"), no_std)]
// Code of kernels must take on the instruction set of the function that it ends up in: inlining is not a matter of taste.
#![allow(clippy::inline_always)]
#![cfg_attr(test, allow(clippy::float_cmp, clippy::needless_range_loop))] // exact numbers, and matrices by their indices

extern crate alloc;

pub mod activation;
pub mod batch_norm2d;
pub mod blocked;
pub mod bundled;
pub mod conv2d;
pub mod conv_transpose2d;
pub mod dropout;
pub mod elementwise;
pub mod emitted;
pub mod error;
mod gemm;
pub mod init;
pub mod linear;
pub mod local_response_norm;
pub mod loss;
pub mod memory;
pub mod message;
pub mod nearest;
pub mod network;
pub mod optim;
pub mod parallel;
pub mod pass;
pub mod peak;
pub mod policy;
pub mod pool;
pub mod random;
pub mod reference;
pub mod sample;
mod simd;
pub mod softmax;
pub mod upsample;
pub mod view;
pub mod window;

/// Whether a backward kernel is the first to write a gradient, or adds to what is there.
///
/// A tensor that several layers read gets the sum of their gradients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
    /// The gradient holds nothing yet.
    Overwrite,
    /// The gradient holds the sum of what came before.
    Accumulate,
}
