//! Splits work over the threads of the current rayon pool.
//!
//! Results never depend on the number of threads: a kernel may split what it writes, never what it sums over. Where a
//! sum must be split all the same, it is cut into a number of parts that follows from the shape alone.

use crate::view::{View, ViewMut};

/// Work below this many multiply-adds (or as costly operations) stays on one thread: about 30 µs.
pub const WORTH_SPLITTING: usize = 1 << 20;

/// How many threads there are to work for one call.
#[must_use]
pub fn threads() -> usize {
    #[cfg(feature = "rayon")]
    return rayon::current_num_threads();
    #[cfg(not(feature = "rayon"))]
    return 1;
}

/// Runs one network call of `cost` multiply-adds inside of the pool, so that the kernels need not enter it one by one.
///
/// Small calls run right here: entering takes longer than they would gain.
pub fn enter<R: Send>(cost: usize, call: impl FnOnce() -> R + Send) -> R {
    #[cfg(feature = "rayon")]
    if cost >= WORTH_SPLITTING && threads() > 1 {
        return rayon::scope(|_| call());
    }
    #[cfg(not(feature = "rayon"))]
    let _ = cost;
    call()
}

/// Something that can be cut in two.
pub trait Split: Sized + Send {
    /// How many units it has; cuts fall between units.
    fn units(&self) -> usize;
    /// The first `middle` units, and the others.
    fn cut(self, middle: usize) -> (Self, Self);
}

/// Cuts `work` and `scratch` into at most `lanes` parts and runs `body` on each, in parallel.
///
/// `scratch` is `lanes` equal pieces, one for each part. With one lane, `body` runs right here. It is called once for each
/// part, so it need not be of a type of its own, for which all of this would be compiled again.
pub fn over<W: Split, T: Send>(
    work: W,
    scratch: &mut [T],
    lanes: usize,
    body: &(dyn Fn(W, &mut [T]) + Sync),
) {
    let units = work.units();
    if lanes <= 1 || units <= 1 {
        return body(work, scratch);
    }
    let left = lanes / 2;
    let (a, b) = work.cut(units * left / lanes);
    let (scratch_a, scratch_b) = scratch.split_at_mut(scratch.len() / lanes * left);
    let (mut a, mut b) = (Some((a, scratch_a)), Some((b, scratch_b)));
    join(
        &mut || a.take().into_iter().for_each(|(work, scratch)| over(work, scratch, left, body)),
        &mut || b.take().into_iter().for_each(|(work, scratch)| over(work, scratch, lanes - left, body)),
    );
}

/// Half of some work.
type Part<'a> = &'a mut (dyn FnMut() + Send);

/// Runs both, at the same time where there are threads for it.
///
/// Of one type for all kernels: what rayon compiles for each type of work is many times as long as this file.
fn join(a: Part, b: Part) {
    #[cfg(feature = "rayon")]
    rayon::join(a, b);
    #[cfg(not(feature = "rayon"))]
    {
        a();
        b();
    }
}

impl Split for View<'_> {
    fn units(&self) -> usize {
        self.count()
    }
    fn cut(self, middle: usize) -> (Self, Self) {
        self.split_at(middle)
    }
}

impl Split for ViewMut<'_> {
    fn units(&self) -> usize {
        self.count()
    }
    fn cut(self, middle: usize) -> (Self, Self) {
        self.split_at(middle)
    }
}

/// The units of a range are its numbers.
impl Split for core::ops::Range<usize> {
    fn units(&self) -> usize {
        self.len()
    }
    fn cut(self, middle: usize) -> (Self, Self) {
        let middle = self.start + middle;
        (self.start..middle, middle..self.end)
    }
}

/// A slice seen as records of `len` items, of which the last may have fewer: the units.
#[derive(Debug)]
pub struct Records<S> {
    items: S,
    len: usize,
}

impl<S> Records<S> {
    /// Looks at `items` as records of `len` items each.
    pub fn new(items: S, len: usize) -> Self {
        Self { items, len }
    }
    /// The items.
    pub fn items(self) -> S {
        self.items
    }
}

impl<T: Sync> Split for Records<&[T]> {
    fn units(&self) -> usize {
        self.items.len().div_ceil(self.len)
    }
    fn cut(self, middle: usize) -> (Self, Self) {
        let (a, b) = self.items.split_at(middle * self.len);
        (Self::new(a, self.len), Self::new(b, self.len))
    }
}

impl<T: Send> Split for Records<&mut [T]> {
    fn units(&self) -> usize {
        self.items.len().div_ceil(self.len)
    }
    fn cut(self, middle: usize) -> (Self, Self) {
        let (a, b) = self.items.split_at_mut(middle * self.len);
        (Self::new(a, self.len), Self::new(b, self.len))
    }
}

/// At least one thing; all are cut at the same place.
impl<T: Split, const N: usize> Split for [T; N] {
    fn units(&self) -> usize {
        self[0].units()
    }
    fn cut(self, middle: usize) -> (Self, Self) {
        let mut tails = [const { None }; N];
        let mut tail = tails.iter_mut();
        let heads = self.map(|part| {
            let (head, rest) = part.cut(middle);
            if let Some(tail) = tail.next() {
                *tail = Some(rest);
            }
            head
        });
        (heads, tails.map(|tail| tail.unwrap_or_else(|| unreachable!("a tail for each head"))))
    }
}

/// Several things with as many units each are cut at the same place.
macro_rules! split_tuple {
    ($($part:ident)+) => {
        impl<$($part: Split),+> Split for ($($part,)+) {
            fn units(&self) -> usize {
                self.0.units()
            }
            #[allow(non_snake_case)] // the parts are named after their types
            fn cut(self, middle: usize) -> (Self, Self) {
                let ($($part,)+) = self;
                let ($($part,)+) = ($($part.cut(middle),)+);
                (($($part.0,)+), ($($part.1,)+))
            }
        }
    };
}
split_tuple!(A B);
split_tuple!(A B C);
split_tuple!(A B C D);
