//! The ways in from NCHW and out to it.
//!
//! Sixteen pixels of sixteen planes are a square of numbers: one layout has them row by row, the other column by column.
//! What is left at the end of a run of pixels goes plane by plane, and so do blocks of few channels, where a square would
//! be mostly empty.

use super::over::{InBlocks, moves, over_blocks};
use super::{Blocked, Pixel};
use crate::Write;
use crate::memory::{LINE, Workspace};
use crate::simd::{Kernel, Simd, on_best_unit};
use crate::view::{View, ViewMut};
use core::ops::Range;

/// Up to so many channels of a block go plane by plane.
const FEW: usize = 4;

/// Reads NCHW, writes the layout of the network; or adds to what stands there.
///
/// # Panics
/// If an image is not as long as `d` tells, or there are not as many of both.
pub fn from_planes(d: &Blocked, x: View<'_>, y: ViewMut<'_>, write: Write, work: Workspace<'_>) {
    assert_eq!(x.image_len(), d.planes_len(), "planes of {d:?}");
    let planes = InBlocks { images: x, block_len: d.sixteen_planes_len() };
    over_blocks(
        d.blocks(),
        moves(d.block_pixels()),
        [planes],
        [d.written(y)],
        work,
        &|at, [planes], [block]| {
            let (block, _) = block.as_chunks_mut::<LINE>();
            d.clear_halo(block);
            on_best_unit(FromPlanes { d, channels: d.channels_of(at.block), planes, block, write });
        },
    );
}

/// Reads the layout of the network, writes NCHW; or adds to what stands there.
///
/// # Panics
/// As [`from_planes`].
pub fn to_planes(d: &Blocked, x: View<'_>, y: ViewMut<'_>, write: Write, work: Workspace<'_>) {
    assert_eq!(y.image_len(), d.planes_len(), "planes of {d:?}");
    let planes = InBlocks { images: y, block_len: d.sixteen_planes_len() };
    over_blocks(
        d.blocks(),
        moves(d.block_pixels()),
        [d.read(x)],
        [planes],
        work,
        &|at, [block], [planes]| {
            let (block, _) = block.as_chunks::<LINE>();
            on_best_unit(ToPlanes { d, channels: d.channels_of(at.block), planes, block, write });
        },
    );
}

/// Pixels that lie side by side in both layouts: where each run starts on the plane, and where it stands in the block.
///
/// Runs are rows, or longer where there is no halo; but each stays in the cache, plane by plane.
fn runs(d: &Blocked) -> impl Iterator<Item = (usize, Range<usize>)> {
    const LONGEST: usize = 16 * LINE;
    let (d, whole) = (*d, d.halo == [0, 0]);
    let len = if whole { LONGEST } else { d.plane[1] };
    (0..d.plane[0] * d.plane[1]).step_by(len.max(1)).map(move |start| {
        let run = if whole { start..(start + len).min(d.block_pixels()) } else { d.row(start / len) };
        (start, run)
    })
}

/// How many of the pixels of a run go in squares.
fn in_squares(channels: usize, run: usize) -> usize {
    if channels > FEW { run / LINE * LINE } else { 0 }
}

/// Stores a number, or adds it.
#[inline(always)]
fn store(write: Write, to: &mut f32, x: f32) {
    match write {
        Write::Overwrite => *to = x,
        Write::Accumulate => *to += x,
    }
}

struct FromPlanes<'a> {
    d: &'a Blocked,
    channels: usize,
    planes: &'a [f32],
    block: &'a mut [Pixel],
    write: Write,
}

impl Kernel for FromPlanes<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { d, channels, planes, block, write } = self;
        let plane_len = d.plane[0] * d.plane[1];
        for (start, run) in runs(d) {
            let (squares, rest) = block[run.clone()].split_at_mut(in_squares(channels, run.len()));
            for (square, pixels) in squares.as_chunks_mut::<LINE>().0.iter_mut().enumerate() {
                let mut numbers = [[0.0; LINE]; LINE];
                for (lane, row) in numbers.iter_mut().take(channels).enumerate() {
                    row.copy_from_slice(&planes[lane * plane_len + start + square * LINE..][..LINE]);
                }
                simd.transpose(&mut numbers);
                for (to, x) in pixels.as_flattened_mut().iter_mut().zip(numbers.as_flattened()) {
                    store(write, to, *x);
                }
            }
            let start = start + squares.len();
            if write == Write::Overwrite {
                rest.fill([0.0; LINE]);
            }
            for lane in 0..channels {
                let numbers = &planes[lane * plane_len + start..][..rest.len()];
                rest.iter_mut().zip(numbers).for_each(|(to, x)| store(write, &mut to[lane], *x));
            }
        }
    }
}

struct ToPlanes<'a> {
    d: &'a Blocked,
    channels: usize,
    planes: &'a mut [f32],
    block: &'a [Pixel],
    write: Write,
}

impl Kernel for ToPlanes<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { d, channels, planes, block, write } = self;
        let plane_len = d.plane[0] * d.plane[1];
        for (start, run) in runs(d) {
            let (squares, rest) = block[run.clone()].split_at(in_squares(channels, run.len()));
            for (square, pixels) in squares.as_chunks::<LINE>().0.iter().enumerate() {
                let mut numbers = *pixels;
                simd.transpose(&mut numbers);
                for (lane, row) in numbers.iter().take(channels).enumerate() {
                    let to = &mut planes[lane * plane_len + start + square * LINE..][..LINE];
                    to.iter_mut().zip(row).for_each(|(to, x)| store(write, to, *x));
                }
            }
            let start = start + squares.len();
            for lane in 0..channels {
                let to = &mut planes[lane * plane_len + start..][..rest.len()];
                to.iter_mut().zip(rest).for_each(|(to, x)| store(write, to, x[lane]));
            }
        }
    }
}
