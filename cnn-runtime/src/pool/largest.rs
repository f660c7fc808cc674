//! The largest pixel of each window.
//!
//! In training each place keeps which tap saw the largest, so backward needs neither `x` nor `y`: a byte if a window has no
//! more taps than a byte has values, otherwise a number. Which of them, the length of the indices tells.

use super::windows::{EachPlace, FreshRows, Layouts, OnPlace, Taps, Windows};
use crate::Write;
use crate::blocked::over::{InBlocks, over_blocks};
use crate::blocked::{Blocked, Haloed, Pixel};
use crate::memory::{LINE, Workspace};
use crate::simd::{Simd, on_best_unit};
use crate::view::{View, ViewMut};
use core::array::from_fn;

/// The index of a tap.
trait Index: bytemuck::Pod + Send + Sync {
    /// Indices as numbers.
    fn load<S: Simd>(simd: S, indices: &[Self; LINE]) -> S::Line;
    /// Numbers as indices.
    fn store<S: Simd>(simd: S, line: S::Line, indices: &mut [Self; LINE]);
}

impl Index for u8 {
    #[inline(always)]
    fn load<S: Simd>(simd: S, indices: &[Self; LINE]) -> S::Line {
        simd.load_bytes(indices)
    }
    #[inline(always)]
    fn store<S: Simd>(simd: S, line: S::Line, indices: &mut [Self; LINE]) {
        simd.store_bytes(line, indices);
    }
}

impl Index for f32 {
    #[inline(always)]
    fn load<S: Simd>(simd: S, indices: &[Self; LINE]) -> S::Line {
        simd.load(indices)
    }
    #[inline(always)]
    fn store<S: Simd>(simd: S, line: S::Line, indices: &mut [Self; LINE]) {
        simd.store(line, indices);
    }
}

/// Whether the index of any of so many taps is a byte.
const fn fits_byte(kernel: [usize; 2]) -> bool {
    kernel[0] * kernel[1] <= 1 << u8::BITS
}

/// Numbers that the indices of an image take, at least.
pub(super) const fn indices_len(channels: usize, output: [usize; 2], kernel: [usize; 2]) -> usize {
    channels.div_ceil(LINE) * output[0] * output[1] * if fits_byte(kernel) { LINE / 4 } else { LINE }
}

/// The contract on indices: there is a byte or a number for each place and channel. Tells whether it is a byte.
fn indices_of<P: Windows, V>(d: &Haloed<P>, images: V, image_len: usize) -> (InBlocks<V>, bool) {
    let [rows, columns] = d.layer.output();
    let blocks = d.layer.channels().div_ceil(LINE);
    let numbers = blocks * rows * columns * LINE;
    let are_bytes = image_len == numbers / 4;
    assert!(are_bytes || image_len == numbers, "indices of an image: {image_len} numbers");
    assert!(!are_bytes || fits_byte(d.layer.kernel()), "no byte tells so many taps apart");
    (InBlocks { images, block_len: image_len / blocks.max(1) }, are_bytes)
}

/// What stands where a window sees nothing but padding: minus infinity, and zero in the lanes beyond the last channel.
fn nothing(y: &Blocked, block: usize) -> Pixel {
    from_fn(|lane| if lane < y.channels_of(block) { f32::NEG_INFINITY } else { 0.0 })
}

/// The output `y` for each image of `x`.
pub(super) fn forward<P: Windows>(d: &Haloed<P>, x: View<'_>, y: ViewMut<'_>, work: Workspace<'_>) {
    let (from, to) = (d.x(), d.y());
    over_blocks(to.blocks(), d.cost(), [from.read(x)], [to.written(y)], work, &|at, [x], [y]| {
        let (x, y) = (x.as_chunks().0, y.as_chunks_mut().0);
        to.clear_halo(y);
        on_best_unit(EachPlace { d, on: Find { layout: to, nothing: nothing(&to, at.block), x, y } });
    });
}

/// The output `y` for each image of `x`, and the indices for [`backward`].
pub(super) fn train_forward<P: Windows>(
    d: &Haloed<P>,
    x: View<'_>,
    y: ViewMut<'_>,
    indices: ViewMut<'_>,
    work: Workspace<'_>,
) {
    let (from, to) = (d.x(), d.y());
    let indices_len = indices.image_len();
    let (indices, are_bytes) = indices_of(d, indices, indices_len);
    let written = [to.written(y), indices];
    over_blocks(to.blocks(), d.cost(), [from.read(x)], written, work, &|at, [x], [y, indices]| {
        let (x, y) = (x.as_chunks().0, y.as_chunks_mut().0);
        to.clear_halo(y);
        let find = Find { layout: to, nothing: nothing(&to, at.block), x, y };
        if are_bytes {
            note(d, find, bytemuck::cast_slice_mut::<f32, u8>(indices));
        } else {
            note(d, find, indices);
        }
    });
}

fn note<P: Windows, I: Index>(d: &Haloed<P>, find: Find, indices: &mut [I]) {
    on_best_unit(EachPlace { d, on: Note { find, indices: indices.as_chunks_mut().0 } });
}

/// The gradient `d_x` of the input.
pub(super) fn backward<P: Windows>(
    d: &Haloed<P>,
    indices: View<'_>,
    d_y: View<'_>,
    d_x: ViewMut<'_>,
    write: Write,
    work: Workspace<'_>,
) {
    let (x, y) = (d.x(), d.y());
    let (indices, are_bytes) = indices_of(d, indices, indices.image_len());
    let read = [indices, y.read(d_y)];
    over_blocks(x.blocks(), d.cost(), read, [x.written(d_x)], work, &|_, [indices, d_y], [d_x]| {
        let (d_y, d_x) = (d_y.as_chunks().0, d_x.as_chunks_mut().0);
        x.clear_halo(d_x);
        let rows = FreshRows::new(x, write);
        if are_bytes {
            give_back(
                d,
                Return { y, indices: bytemuck::cast_slice::<f32, u8>(indices).as_chunks().0, d_y, d_x, rows },
            );
        } else {
            give_back(d, Return { y, indices: indices.as_chunks().0, d_y, d_x, rows });
        }
    });
}

fn give_back<P: Windows, I: Index>(d: &Haloed<P>, on: Return<I>) {
    on_best_unit(EachPlace { d, on });
}

/// Writes the largest.
struct Find<'a> {
    /// Of y.
    layout: Blocked,
    nothing: Pixel,
    x: &'a [Pixel],
    y: &'a mut [Pixel],
}

impl OnPlace for Find<'_> {
    #[inline(always)]
    fn place<S: Simd>(&mut self, simd: S, place: [usize; 2], taps: Taps) {
        let y = &mut self.y[self.layout.row(place[0]).start + place[1]];
        if taps.is_empty() {
            *y = self.nothing;
            return;
        }
        let mut best = simd.load(&self.x[taps.pixel]);
        for i in 0..taps.count[0] {
            let row = &self.x[taps.row(i)];
            for j in usize::from(i == 0)..taps.count[1] {
                let new = simd.load(&row[j * taps.step[1]]);
                best = simd.larger(new, best);
            }
        }
        simd.store(best, y);
    }
}

/// Writes the largest and its index.
struct Note<'a, I> {
    find: Find<'a>,
    indices: &'a mut [[I; LINE]],
}

impl<I: Index> OnPlace for Note<'_, I> {
    #[inline(always)]
    fn place<S: Simd>(&mut self, simd: S, place: [usize; 2], taps: Taps) {
        let find = &mut self.find;
        let y = &mut find.y[find.layout.row(place[0]).start + place[1]];
        // Dense: nobody but backward reads them.
        let indices = &mut self.indices[place[0] * find.layout.plane[1] + place[1]];
        if taps.is_empty() {
            *y = find.nothing;
            I::store(simd, simd.splat(0.0), indices);
            return;
        }
        let mut best = simd.load(&find.x[taps.pixel]);
        let mut index = simd.splat(0.0);
        for i in 0..taps.count[0] {
            let row = &find.x[taps.row(i)];
            for j in usize::from(i == 0)..taps.count[1] {
                let new = simd.load(&row[j * taps.step[1]]);
                index = simd.if_beats(new, best, simd.splat(taps.number(i, j) as f32), index);
                best = simd.if_beats(new, best, new, best);
            }
        }
        simd.store(best, y);
        I::store(simd, index, indices);
    }
}

/// Adds each gradient to the pixel that was the largest.
struct Return<'a, I> {
    y: Blocked,
    indices: &'a [[I; LINE]],
    d_y: &'a [Pixel],
    d_x: &'a mut [Pixel],
    rows: FreshRows,
}

impl<I: Index> OnPlace for Return<'_, I> {
    #[inline(always)]
    fn before_row(&mut self, end: usize) {
        self.rows.clear_until(end, self.d_x);
    }

    #[inline(always)]
    fn place<S: Simd>(&mut self, simd: S, place: [usize; 2], taps: Taps) {
        let d_y = simd.load(&self.d_y[self.y.row(place[0]).start + place[1]]);
        let index = I::load(simd, &self.indices[place[0] * self.y.plane[1] + place[1]]);
        let zero = simd.splat(0.0);
        if taps.is_empty() {
            return;
        }
        for i in 0..taps.count[0] {
            let row = &mut self.d_x[taps.row(i)];
            for j in 0..taps.count[1] {
                let part = simd.if_equal(index, simd.splat(taps.number(i, j) as f32), d_y, zero);
                let d_x = &mut row[j * taps.step[1]];
                simd.store(simd.add(simd.load(d_x), part), d_x);
            }
        }
    }
}
