//! The sums of a weight's gradient, six entries × sixteen channels at a time.
//!
//! The simple way, for an output channel o and an entry e of its weight (an input channel and a tap):
//!
//! ```text
//! for each place p of the window, in all images    d_weight[o][e] += x[p + e] * d_y[p][o]
//! ```
//!
//! Why the real one differs:
//!
//! 1. The sixteen channels of a pixel of `d_y` are one line, so six entries with sixteen channels each are twelve
//!    registers of sums, which stay where they are while the places go by. A place costs one line of `d_y` and six
//!    numbers of `x`.
//! 2. Where a place stands, in `x` and in `d_y`, is a table on the stack. So a loop over places knows nothing of rows,
//!    strides, halos and images: small planes cost no more than large ones, and nothing depends on their width.
//! 3. The table has [`PLACES`] places, for which all sums are computed before the next: what they read of `d_y` and
//!    of a block of `x` stays in the first-level cache.
//! 4. The sums of one table are added to those before in memory. That they stand in memory as they do in registers, and
//!    not as PyTorch wants them, makes this cheap; and two levels of sums round less than one.
//!
//! ```text
//! for each PLACES places                            their table
//!     for each block of sixteen output channels     its part of d_y: 8 KiB
//!         for each six entries                      sums [6][16] += the micro-kernel: 6 × 16 sums over the places
//! ```
//!
//! 5. While the sums of a table are computed, the lines that the next one reads are asked for, a few with each unit. So a
//!    layer with few sums does not wait for memory at each table.
//!
//! Threads divide the sums among them, never the places, so their number cannot be told from the bits.

#[cfg(test)]
mod tests;

use super::weight_chunks::Gradients;
use super::{BlockedConv2d, Conv2d};
use crate::blocked::Pixel;
use crate::memory::{LINE, Workspace};
use crate::parallel::{self, Records};
use crate::simd::{Kernel, Simd, on_best_unit};
use crate::view::View;
use crate::window::Window;
use core::ops::Range;

/// Entries of a weight that are summed at a time.
const ENTRIES: usize = 6;

/// Places of the window in a table.
const PLACES: usize = 128;

/// What a micro-kernel sums: lines of sixteen output channels.
pub(super) type Sums = [Pixel; ENTRIES];

/// Where a place of the window stands: its first tap in `x`, its output in `d_y`.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) x: usize,
    pub(super) d_y: usize,
}

/// All places of the window in some images.
#[derive(Clone, Copy)]
pub(super) struct Places {
    /// Images, rows and columns.
    pub(super) count: [usize; 3],
    /// The first.
    pub(super) first: Place,
    /// From an image, a row, a column to the next.
    pub(super) step: [Place; 3],
}

impl Places {
    /// The places of a convolution between images in the layout of the network.
    ///
    /// # Panics
    /// If an image is not as long as `d` tells, or the halo of `x` is smaller than the padding.
    pub(super) fn blocked(d: &BlockedConv2d, x: View, d_y: View) -> Self {
        assert_eq!(x.count(), d_y.count(), "as many images in as out");
        d.x().assert_image(x.image_len());
        d.y().assert_image(d_y.image_len());
        let Window { padding, output, stride, .. } = d.conv.window;
        let wide = padding.iter().zip(d.x_halo).all(|(padding, halo)| *padding <= halo);
        assert!(wide, "the halo of x is narrower than the padding of {d:?}");
        let (x_width, y_width) = (d.x().padded()[1] * LINE, d.y().padded()[1] * LINE);
        Self {
            count: [x.count(), output[0], output[1]],
            first: Place {
                x: (d.x_halo[0] - padding[0]) * x_width + (d.x_halo[1] - padding[1]) * LINE,
                d_y: d.y_halo[0] * y_width + d.y_halo[1] * LINE,
            },
            step: [
                Place { x: x.stride(), d_y: d_y.stride() },
                Place { x: stride[0] * x_width, d_y: y_width },
                Place { x: stride[1] * LINE, d_y: LINE },
            ],
        }
    }

    /// Image by image, row by row.
    fn iter(self) -> impl Iterator<Item = Place> {
        let Self { count: [images, rows, columns], first, step } = self;
        let ahead = move |from: Place, axis: usize, steps: usize| {
            let step: Place = step[axis];
            Place { x: from.x + steps * step.x, d_y: from.d_y + steps * step.d_y }
        };
        (0..images).flat_map(move |image| {
            let image = ahead(first, 0, image);
            (0..rows).flat_map(move |row| {
                let row = ahead(image, 1, row);
                (0..columns).map(move |column| ahead(row, 2, column))
            })
        })
    }
}

/// Some places, and how far they reach: no place has a larger `x` or `d_y` than `furthest`.
struct Table {
    places: [Place; PLACES],
    len: usize,
    furthest: Place,
}

impl Table {
    const EMPTY: Self =
        Self { places: [Place { x: 0, d_y: 0 }; PLACES], len: 0, furthest: Place { x: 0, d_y: 0 } };

    /// Takes the next places, if there are any.
    fn refill(&mut self, places: &mut impl Iterator<Item = Place>) {
        *self = Self::EMPTY;
        for (to, place) in self.places.iter_mut().zip(places) {
            *to = place;
            self.furthest.x = self.furthest.x.max(place.x);
            self.furthest.d_y = self.furthest.d_y.max(place.d_y);
            self.len += 1;
        }
    }

    fn places(&self) -> &[Place] {
        &self.places[..self.len]
    }
}

/// The entries of a block of output channels: how far each stands from where a place does.
#[derive(Clone, Copy)]
pub(super) struct Entries<'a> {
    offsets: &'a [[u32; ENTRIES]],
    with_bias: bool,
    blocks: Blocks,
}

/// The blocks of sixteen channels in an image.
#[derive(Clone, Copy)]
pub(super) struct Blocks {
    /// How many of `x` a block of output channels sees: all, or if each sees its own only, one.
    pub(super) seen: usize,
    /// From a block of `x`, and of `d_y`, to the next.
    pub(super) next: Place,
}

impl Entries<'_> {
    /// How many times [`Sums`] a block of output channels has: those of the bias come last.
    fn units(&self) -> usize {
        self.offsets.len() + usize::from(self.with_bias)
    }
}

/// Adds what the places of `x` and `d_y` give to the sums of some units.
///
/// `WIDTH` is 1 if all output channels see the same number of `x`, and [`LINE`] if each has its own.
pub(super) struct Add<'a, const WIDTH: usize> {
    pub(super) entries: Entries<'a>,
    pub(super) units: Range<usize>,
    pub(super) sums: &'a mut [Sums],
    pub(super) x: &'a [f32],
    pub(super) d_y: &'a [f32],
    pub(super) places: Places,
}

impl<const WIDTH: usize> Add<'_, WIDTH> {
    pub(super) fn run(self) {
        on_best_unit(self);
    }
}

impl<const WIDTH: usize> Kernel for Add<'_, WIDTH> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { entries, units, sums, x, d_y, places } = self;
        let next_block = entries.blocks.next;
        let own_x = if WIDTH == LINE { next_block.x } else { 0 };
        let blocks = units.start / entries.units()..units.end.div_ceil(entries.units());
        // Where channels have numbers of their own, nothing is read so often that asking would pay.
        let ahead = Ahead {
            x_blocks: if WIDTH == LINE { 0 } else { entries.blocks.seen },
            d_y_blocks: if WIDTH == LINE { 0..0 } else { blocks },
            next_block,
        };
        let asked = ahead.lines().div_ceil(units.len().max(1));

        let mut places = places.iter();
        let (mut table, mut next) = (Table::EMPTY, Table::EMPTY);
        table.refill(&mut places);
        while !table.places().is_empty() {
            next.refill(&mut places);
            for (index, (unit, sums)) in units.clone().zip(&mut *sums).enumerate() {
                for line in index * asked..(index + 1) * asked {
                    ahead.ask(simd, x, d_y, &next, line);
                }
                let block = unit / entries.units();
                let (x, d_y) = (&x[block * own_x..], &d_y[block * next_block.d_y..]);
                let more = match entries.offsets.get(unit % entries.units()) {
                    Some(offsets) => products::<S, WIDTH>(simd, x, d_y, &table, offsets),
                    None => lines(simd, d_y, &table),
                };
                for (sum, more) in sums.iter_mut().zip(more) {
                    simd.store(simd.add(simd.load(sum), more), sum);
                }
            }
            core::mem::swap(&mut table, &mut next);
        }
    }
}

/// What is asked for ahead: the first lines that the places of the next table see, in these blocks.
struct Ahead {
    /// All blocks of `x` up to this one.
    x_blocks: usize,
    d_y_blocks: Range<usize>,
    next_block: Place,
}

impl Ahead {
    /// How many lines there are.
    fn lines(&self) -> usize {
        (self.x_blocks + self.d_y_blocks.len()) * PLACES
    }

    /// Asks for one of the lines.
    #[inline(always)]
    fn ask<S: Simd>(&self, simd: S, x: &[f32], d_y: &[f32], next: &Table, line: usize) {
        let (block, place) = (line / PLACES, line % PLACES);
        let Some(place) = next.places().get(place) else { return };
        let number = if block < self.x_blocks {
            x.get(place.x + block * self.next_block.x)
        } else {
            d_y.get(place.d_y + (self.d_y_blocks.start + block - self.x_blocks) * self.next_block.d_y)
        };
        if let Some(number) = number {
            simd.prefetch(number);
        }
    }
}

/// The micro-kernel: twelve registers of sums, two of `d_y` and one of `x` where a register holds eight numbers.
#[inline(always)]
fn products<S: Simd, const WIDTH: usize>(
    simd: S,
    x: &[f32],
    d_y: &[f32],
    table: &Table,
    offsets: &[u32; ENTRIES],
) -> [S::Line; ENTRIES] {
    const { assert!(WIDTH == 1 || WIDTH == LINE) };
    let offsets = offsets.map(|offset| offset as usize);
    let reach = offsets.into_iter().fold(0, usize::max) + WIDTH;
    assert!(table.furthest.x + reach <= x.len(), "a place outside of x");
    assert!(table.furthest.d_y + LINE <= d_y.len(), "a place outside of d_y");
    let mut sums = [simd.splat(0.0); ENTRIES];
    for place in table.places() {
        // SAFETY: `place.d_y` is at most the furthest, from which on there are LINE numbers, as was asserted.
        let channels = simd.load(unsafe { line(d_y, place.d_y) });
        // SAFETY: `place.x` is at most the furthest, which is within `x`, as was asserted.
        let here = unsafe { x.get_unchecked(place.x..) };
        for (sum, offset) in sums.iter_mut().zip(offsets) {
            let factor = if WIDTH == 1 {
                // SAFETY: `place.x` is at most the furthest and `offset + WIDTH` at most the reach, so that was asserted.
                simd.splat(unsafe { *here.get_unchecked(offset) })
            } else {
                // SAFETY: as above, and WIDTH is LINE.
                simd.load(unsafe { line(here, offset) })
            };
            *sum = simd.mul_add(factor, channels, *sum);
        }
    }
    sums
}

/// LINE numbers from `start` on.
///
/// # Safety
/// There must be as many.
#[inline(always)]
unsafe fn line(numbers: &[f32], start: usize) -> &Pixel {
    debug_assert!(start + LINE <= numbers.len());
    // SAFETY: the caller makes sure that these numbers exist; an array of numbers is aligned as one number is.
    unsafe { &*numbers.as_ptr().add(start).cast() }
}

/// The sums of `d_y` itself, for the bias: each line sums every sixth place.
#[inline(always)]
fn lines<S: Simd>(simd: S, d_y: &[f32], table: &Table) -> [S::Line; ENTRIES] {
    let mut sums = [simd.splat(0.0); ENTRIES];
    for places in table.places().chunks(ENTRIES) {
        for (sum, place) in sums.iter_mut().zip(places) {
            if let Some(channels) = d_y[place.d_y..].first_chunk() {
                *sum = simd.add(*sum, simd.load(channels));
            }
        }
    }
    sums
}

/// Times six entries of a block of output channels.
const fn sixes(d: &Conv2d) -> usize {
    d.patch_len().div_ceil(ENTRIES)
}

/// Numbers of a table of entries, in whole cache lines.
const fn offsets_len(d: &Conv2d) -> usize {
    (sixes(d) * ENTRIES).next_multiple_of(LINE)
}

/// Numbers of scratch that the sums need for the step.
pub(super) const fn step_len(d: &Conv2d) -> usize {
    offsets_len(d) + d.out_channels.div_ceil(LINE) * (sixes(d) + 1) * ENTRIES * LINE
}

/// How a weight's gradient is laid out for [`overwrite`].
pub(super) struct Layout<F> {
    pub(super) blocks: Blocks,
    /// How far (an input channel of the group, a tap down, a tap across) stands from where a place does.
    pub(super) offset: F,
}

/// Overwrites `gradients` by what `add` adds to the sums of some units, on as many threads as `cost` is worth.
pub(super) fn overwrite(
    d: &Conv2d,
    layout: &Layout<impl Fn(usize, [usize; 2]) -> usize>,
    gradients: Gradients,
    cost: usize,
    mut work: Workspace,
    add: &(impl Fn(Entries, Range<usize>, &mut [Sums], &mut [f32]) + Sync),
) {
    d.assert_parameters(gradients.weight, gradients.bias.as_deref());
    assert!(work.step_scratch.len() >= step_len(d), "step scratch of {d:?}");
    let (offsets, sums) = core::mem::take(&mut work.step_scratch).split_at_mut(offsets_len(d));
    let offsets = list_offsets(d, &layout.offset, offsets);
    let entries = Entries { offsets, with_bias: gradients.bias.is_some(), blocks: layout.blocks };

    let blocks = d.out_channels.div_ceil(LINE);
    let sums = &mut sums.as_chunks_mut().0.as_chunks_mut().0[..blocks * entries.units()];
    let (lanes, scratch) = work.lanes_for(cost);
    let parts = (0..sums.len(), Records::new(&mut *sums, 1));
    parallel::over(parts, scratch, lanes, &|(units, sums): (Range<usize>, Records<&mut [Sums]>), scratch| {
        let sums = sums.items();
        sums.as_flattened_mut().as_flattened_mut().fill(0.0);
        add(entries, units, sums, scratch);
    });

    let (lanes, scratch) = work.lanes_for(d.weight_len());
    let parts = (Records::new(&*sums, entries.units()), Records::new(gradients.weight, LINE * d.patch_len()));
    parallel::over(parts, scratch, lanes, &|(sums, weight): (Records<&[Sums]>, Records<&mut [f32]>), _| {
        let blocks = weight.items().chunks_mut(LINE * d.patch_len());
        for (sums, rows) in sums.items().chunks_exact(entries.units()).zip(blocks) {
            unpack(d, sums.as_flattened(), rows);
        }
    });
    for (bias, sums) in gradients
        .bias
        .into_iter()
        .flat_map(|bias| bias.chunks_mut(LINE))
        .zip(sums.chunks_exact(entries.units()))
    {
        for (lane, bias) in bias.iter_mut().enumerate() {
            *bias = sums[sixes(d)].iter().map(|line| line[lane]).sum();
        }
    }
}

/// Lists where entries stand, in the order in which `x` holds them: blocks of sixteen channels, taps, channels. What is
/// missing to whole sixes is the first entry again; nobody asks for its sums.
fn list_offsets<'a>(
    d: &Conv2d,
    offset: &impl Fn(usize, [usize; 2]) -> usize,
    numbers: &'a mut [f32],
) -> &'a [[u32; ENTRIES]] {
    let offsets: &mut [u32] = bytemuck::cast_slice_mut(numbers);
    offsets.fill(0);
    let mut places = offsets.iter_mut();
    for block in (0..d.group_in()).step_by(LINE) {
        for tap in 0..d.window.kernel_len() {
            let tap = [tap / d.window.kernel[1], tap % d.window.kernel[1]];
            for channel in block..d.group_in().min(block + LINE) {
                let Some(place) = places.next() else { unreachable!("a place for each entry of {d:?}") };
                *place = u32::try_from(offset(channel, tap)).expect("an image of less than 16 GiB");
            }
        }
    }
    &offsets.as_chunks().0[..sixes(d)]
}

/// Writes the sums of a block of output channels, entry by entry as [`list_offsets`] lists them, to their rows of the
/// weight's gradient (O, I / groups, Kh, Kw).
fn unpack(d: &Conv2d, sums: &[Pixel], rows: &mut [f32]) {
    let taps = d.window.kernel_len();
    for (block, sums) in sums[..d.patch_len()].chunks(LINE * taps).enumerate() {
        let channels = sums.len() / taps;
        for (lane, row) in rows.chunks_exact_mut(d.patch_len()).enumerate() {
            let row = &mut row[block * LINE * taps..][..sums.len()];
            for (channel, row) in row.chunks_exact_mut(taps).enumerate() {
                for (to, sums) in row.iter_mut().zip(sums[channel..].iter().step_by(channels)) {
                    *to = sums[lane];
                }
            }
        }
    }
}
