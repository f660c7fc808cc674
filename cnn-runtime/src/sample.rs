//! What a network takes and gives: one image or one vector, its shape in its type.
//!
//! A batch is a slice of samples. Both types are transparent over nested arrays, so a `&[Image<1, 28, 28>]` is one
//! contiguous run of numbers in the order (N, C, H, W), and looking at `&[f32]` as a batch costs nothing.

use alloc::vec::Vec;
use bytemuck::{TransparentWrapper, Zeroable};

/// One image: `C` channels of `H` rows of `W` pixels, in that order in memory.
///
/// Large images belong in a `Vec` or another heap container, never in a local variable.
#[derive(Clone, Copy, Debug, PartialEq, TransparentWrapper, Zeroable)]
#[repr(transparent)]
pub struct Image<const C: usize, const H: usize, const W: usize>(pub [[[f32; W]; H]; C]);

/// One vector of `N` numbers: features, logits or probabilities.
#[derive(Clone, Copy, Debug, PartialEq, TransparentWrapper, Zeroable)]
#[repr(transparent)]
pub struct Vector<const N: usize>(pub [f32; N]);

/// A type that stands for one item of a batch.
pub trait Sample: Copy + Send + Sync + Sized + 'static {
    /// Its shape without the batch dimension: `[C, H, W]` or `[N]`.
    const SHAPE: &'static [usize];
    /// How many numbers it holds.
    const LEN: usize;

    /// The numbers of a batch, one item after the other.
    fn as_numbers(batch: &[Self]) -> &[f32];
    /// The numbers of a batch, to be written.
    fn as_numbers_mut(batch: &mut [Self]) -> &mut [f32];
    /// Looks at numbers as a batch; `None` unless they make up whole items.
    fn from_numbers(numbers: &[f32]) -> Option<&[Self]>;
    /// A batch of `count` items, all zero, that never passes the stack.
    fn zeros(count: usize) -> Vec<Self>;
}

impl<const C: usize, const H: usize, const W: usize> Sample for Image<C, H, W> {
    const SHAPE: &'static [usize] = &[C, H, W];
    const LEN: usize = C * H * W;

    fn as_numbers(batch: &[Self]) -> &[f32] {
        Self::peel_slice(batch).as_flattened().as_flattened().as_flattened()
    }

    fn as_numbers_mut(batch: &mut [Self]) -> &mut [f32] {
        Self::peel_slice_mut(batch).as_flattened_mut().as_flattened_mut().as_flattened_mut()
    }

    fn from_numbers(numbers: &[f32]) -> Option<&[Self]> {
        let rows = whole(numbers.as_chunks::<W>())?;
        let planes = whole(rows.as_chunks::<H>())?;
        Some(Self::wrap_slice(whole(planes.as_chunks::<C>())?))
    }

    fn zeros(count: usize) -> Vec<Self> {
        bytemuck::zeroed_vec(count)
    }
}

impl<const N: usize> Sample for Vector<N> {
    const SHAPE: &'static [usize] = &[N];
    const LEN: usize = N;

    fn as_numbers(batch: &[Self]) -> &[f32] {
        Self::peel_slice(batch).as_flattened()
    }

    fn as_numbers_mut(batch: &mut [Self]) -> &mut [f32] {
        Self::peel_slice_mut(batch).as_flattened_mut()
    }

    fn from_numbers(numbers: &[f32]) -> Option<&[Self]> {
        Some(Self::wrap_slice(whole(numbers.as_chunks::<N>())?))
    }

    fn zeros(count: usize) -> Vec<Self> {
        bytemuck::zeroed_vec(count)
    }
}

/// The chunks, unless something is left over.
fn whole<'a, T, const N: usize>((chunks, rest): (&'a [[T; N]], &'a [T])) -> Option<&'a [[T; N]]> {
    rest.is_empty().then_some(chunks)
}
