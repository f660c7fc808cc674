//! The tiles of a batch: where they stand, and their pixels.

use super::arithmetic::Halves;
use super::transform::{MOST, Map, Square, TwoWay};
use crate::blocked::{Blocked, Pixel};
use crate::memory::LINE;
use crate::simd::{HALF, Simd};
use crate::view::View;
use core::ops::Range;

/// The tiles of all images are one list: image by image, row by row.
#[derive(Clone, Copy)]
pub(super) struct Grid {
    /// Rows and columns of tiles of a plane.
    pub(super) tiles: [usize; 2],
}

/// Where a tile stands.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) image: usize,
    /// Row and column among the image's tiles.
    pub(super) tile: [usize; 2],
}

impl Grid {
    /// Tiles of m × m pixels that cover a plane.
    pub(super) const fn new(plane: [usize; 2], m: usize) -> Self {
        Self { tiles: [plane[0].div_ceil(m), plane[1].div_ceil(m)] }
    }

    /// Tiles of an image.
    pub(super) const fn len(&self) -> usize {
        self.tiles[0] * self.tiles[1]
    }

    /// The places of some tiles of the list.
    pub(super) fn places(&self, range: Range<usize>) -> impl Iterator<Item = Place> + use<> {
        let Self { tiles: [rows, columns] } = *self;
        let (image, tile) = (range.start / (rows * columns), range.start % (rows * columns));
        let mut next = Place { image, tile: [tile / columns, tile % columns] };
        range.map(move |_| {
            let place = next;
            next.tile[1] += 1;
            if next.tile[1] == columns {
                next.tile = [next.tile[0] + 1, 0];
            }
            if next.tile[0] == rows {
                next = Place { image: next.image + 1, tile: [0, 0] };
            }
            place
        })
    }
}

/// Squares of a batch's planes, side by side or overlapping, and their transforms by the map P.
pub(super) struct Tiles<S: Simd, P> {
    simd: S,
    d: Blocked,
    /// Pixels from one square to the next.
    step: usize,
    /// Where the first square starts, from the first pixel of the block's memory.
    first: [isize; 2],
    square: TwoWay<Halves<S>, P>,
    copy: Square<Pixel>,
}

impl<S: Simd, P: Map> Tiles<S, P> {
    /// Squares `step` pixels apart, of which the first starts `padding` pixels before the plane.
    #[inline(always)]
    pub(super) fn new(simd: S, d: Blocked, step: usize, padding: [isize; 2]) -> Self {
        let first = [0, 1].map(|axis| d.halo[axis].cast_signed() - padding[axis]);
        Self { simd, d, step, first, square: TwoWay::new(Halves(simd)), copy: [[[0.0; LINE]; MOST]; MOST] }
    }

    /// Transforms a square of a block of channels to every `stride`-th line of `lines`.
    #[inline(always)]
    pub(super) fn transform(
        &mut self,
        x: View,
        block: usize,
        place: Place,
        lines: &mut [Pixel],
        stride: usize,
    ) {
        let block_len = self.d.block_pixels() * LINE;
        let first = place.image * x.stride() + block * block_len;
        let (pixels, _) = x.numbers()[first..][..block_len].as_chunks::<LINE>();
        let Self { simd, d, square, copy, .. } = self;
        let padded = d.padded();
        let start = [0, 1].map(|axis| self.first[axis] + (place.tile[axis] * self.step).cast_signed());
        let inside = |axis: usize| start[axis] >= 0 && start[axis].cast_unsigned() + P::FROM <= padded[axis];
        let (from, width) = if inside(0) && inside(1) {
            (&pixels[start[0].cast_unsigned() * padded[1] + start[1].cast_unsigned()..], padded[1])
        } else {
            copy_inside(padded, P::FROM, pixels, start, copy);
            (copy.as_flattened(), MOST)
        };
        let halves = Halves(*simd);
        for half in 0..LINE / HALF {
            for i in 0..P::FROM {
                let (pixels, mut row) = (&from[i * width..][..P::FROM], square.empty());
                for j in 0..P::FROM {
                    row[j] = halves.load(&pixels[j], half);
                }
                square.take_row(i, row);
            }
            for i in 0..P::TO {
                let column = square.column(i);
                for j in 0..P::TO {
                    halves.store(column[j], &mut lines[(i * P::TO + j) * stride], half);
                }
            }
        }
    }
}

/// Copies the part of a square that lies within a block's memory, with zeros around it.
#[inline(never)]
fn copy_inside(
    padded: [usize; 2],
    side: usize,
    pixels: &[Pixel],
    start: [isize; 2],
    copy: &mut Square<Pixel>,
) {
    copy.as_flattened_mut().fill([0.0; LINE]);
    let bounds = |axis: usize| {
        let end = (start[axis] + side.cast_signed()).clamp(0, padded[axis].cast_signed());
        start[axis].clamp(0, end).cast_unsigned()..end.cast_unsigned()
    };
    let (rows, columns) = (bounds(0), bounds(1));
    if columns.is_empty() {
        return;
    }
    let first = (columns.start.cast_signed() - start[1]).cast_unsigned();
    for row in rows {
        let to = &mut copy[(row.cast_signed() - start[0]).cast_unsigned()];
        to[first..first + columns.len()].copy_from_slice(&pixels[row * padded[1]..][columns.clone()]);
    }
}
