//! What a network takes and gives: one image or one vector, its shape in its type.
//!
//! A batch is a slice of samples. Both types are transparent over nested arrays, so a `&[Image<1, 28, 28>]` is one
//! contiguous run of numbers in the order (N, C, H, W), and looking at `&[f32]` as a batch costs nothing.

use alloc::vec::Vec;
use bytemuck::{TransparentWrapper, TransparentWrapperAlloc, Zeroable};
use core::marker::PhantomData;
use core::ops::Range;

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

/// What a network with several outputs gives for one image: the samples of the tuple `T`, `LEN` numbers in all.
///
/// They stand one behind the other, so that a batch is one contiguous run of numbers here too.
#[derive(Clone, Copy, Debug, PartialEq, TransparentWrapper)]
#[repr(transparent)]
#[transparent(Vector<LEN>)]
pub struct Outputs<T, const LEN: usize> {
    numbers: Vector<LEN>,
    of: PhantomData<T>,
}

/// A tuple of two to six samples.
pub trait Samples: Copy + Send + Sync + Sized + 'static {
    /// A reference to each of them.
    type Refs<'a>;
    /// A batch of each of them, without the others between.
    type Batches;
    /// How many numbers each of them holds.
    const LENS: &'static [usize];

    /// Looks at numbers as one of each; they are as many as all [`LENS`](Self::LENS) together.
    #[doc(hidden)]
    fn refs(numbers: &[f32]) -> Self::Refs<'_>;
    /// Sorts the numbers of a batch.
    #[doc(hidden)]
    fn batches(numbers: &[f32]) -> Self::Batches;
    /// Puts sorted numbers back.
    #[doc(hidden)]
    fn join(batches: &Self::Batches, numbers: &mut [f32]);
}

impl<T: Samples, const LEN: usize> Outputs<T, LEN> {
    /// Each output, in the order in which the network declares them.
    ///
    /// ```
    /// # use cnn_runtime::sample::{Image, Outputs, Sample, Vector};
    /// type Both = Outputs<(Vector<2>, Image<1, 1, 3>), 5>;
    /// let both = Both::from_numbers(&[1.0, 2.0, 3.0, 4.0, 5.0]).expect("one item")[0];
    /// assert_eq!(both.parts(), (&Vector([1.0, 2.0]), &Image([[[3.0, 4.0, 5.0]]])));
    /// ```
    #[must_use]
    pub fn parts(&self) -> T::Refs<'_> {
        T::refs(&self.numbers.0)
    }
}

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

impl<T: Samples, const LEN: usize> Sample for Outputs<T, LEN> {
    const SHAPE: &'static [usize] = &[LEN];
    const LEN: usize = LEN;

    fn as_numbers(batch: &[Self]) -> &[f32] {
        Vector::as_numbers(Self::peel_slice(batch))
    }

    fn as_numbers_mut(batch: &mut [Self]) -> &mut [f32] {
        Vector::as_numbers_mut(Self::peel_slice_mut(batch))
    }

    fn from_numbers(numbers: &[f32]) -> Option<&[Self]> {
        Vector::from_numbers(numbers).map(Self::wrap_slice)
    }

    fn zeros(count: usize) -> Vec<Self> {
        Self::wrap_vec(Vector::zeros(count))
    }
}

/// A tuple of samples stands one behind the other.
macro_rules! samples {
    ($($part:ident $index:tt),+) => {
        impl<$($part: Sample),+> Samples for ($($part,)+) {
            type Refs<'a> = ($(&'a $part,)+);
            type Batches = ($(Vec<$part>,)+);
            const LENS: &'static [usize] = &[$($part::LEN),+];

            fn refs(numbers: &[f32]) -> Self::Refs<'_> {
                ($(only::<$part>(&numbers[part::<Self>($index)]),)+)
            }

            fn batches(numbers: &[f32]) -> Self::Batches {
                let items = numbers.chunks_exact(len::<Self>());
                ($({
                    let mut batch = $part::zeros(items.len());
                    let to = $part::as_numbers_mut(&mut batch).chunks_exact_mut($part::LEN);
                    to.zip(items.clone()).for_each(|(to, item)| to.copy_from_slice(&item[part::<Self>($index)]));
                    batch
                },)+)
            }

            fn join(batches: &Self::Batches, numbers: &mut [f32]) {
                $(
                    let from = $part::as_numbers(&batches.$index).chunks_exact($part::LEN);
                    for (from, item) in from.zip(numbers.chunks_exact_mut(len::<Self>())) {
                        item[part::<Self>($index)].copy_from_slice(from);
                    }
                )+
            }
        }
    };
}

samples!(A 0, B 1);
samples!(A 0, B 1, C 2);
samples!(A 0, B 1, C 2, D 3);
samples!(A 0, B 1, C 2, D 3, E 4);
samples!(A 0, B 1, C 2, D 3, E 4, F 5);

/// The numbers of all samples of a tuple.
fn len<T: Samples>() -> usize {
    T::LENS.iter().sum()
}

/// Where one sample of a tuple stands.
fn part<T: Samples>(index: usize) -> Range<usize> {
    let start: usize = T::LENS[..index].iter().sum();
    start..start + T::LENS[index]
}

/// The one sample that the numbers make up.
fn only<S: Sample>(numbers: &[f32]) -> &S {
    match S::from_numbers(numbers) {
        Some([sample]) => sample,
        _ => unreachable!("{} numbers are one sample of {}", numbers.len(), S::LEN),
    }
}

/// The chunks, unless something is left over.
fn whole<'a, T, const N: usize>((chunks, rest): (&'a [[T; N]], &'a [T])) -> Option<&'a [[T; N]]> {
    rest.is_empty().then_some(chunks)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Both = Outputs<(Vector<2>, Image<1, 1, 3>), 5>;

    #[test]
    fn outputs_are_sorted_and_joined_again() {
        let numbers: Vec<f32> = (0_u8..10).map(f32::from).collect();
        let both = Both::from_numbers(&numbers).expect("two items");
        assert_eq!(both[1].parts(), (&Vector([5.0, 6.0]), &Image([[[7.0, 8.0, 9.0]]])));
        let batches = <(Vector<2>, Image<1, 1, 3>)>::batches(&numbers);
        assert_eq!(batches.0, [Vector([0.0, 1.0]), Vector([5.0, 6.0])]);
        assert_eq!(batches.1, [Image([[[2.0, 3.0, 4.0]]]), Image([[[7.0, 8.0, 9.0]]])]);
        let mut joined = Both::zeros(2);
        <(Vector<2>, Image<1, 1, 3>)>::join(&batches, Both::as_numbers_mut(&mut joined));
        assert_eq!(Both::as_numbers(&joined), numbers);
    }
}
