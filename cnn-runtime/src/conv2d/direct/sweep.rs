//! One sweep of taps over an image: the loops around the core tile.
//!
//! Along an axis, sum i is written to pixel `y_first + i * y_step`, and its tap k reads pixel
//! `x_first + i * x_step + k * tap_step`; both count from the start of the halo. A convolution is one sweep, its input's
//! gradient one for each phase of the stride.

use crate::Write;
use crate::blocked::{Blocked, Pixel};
use crate::conv2d::BlockedConv2d;
use crate::conv2d::epilogue::{BlockEpilogue, Epilogue};
use crate::conv2d::rows::{BlockRows, RowsMut};
use crate::conv2d::tile::{Ahead, MOST_TAPS, TILE, Tap, Taps, add_taps};
use crate::gemm::blocks;
use crate::memory::Workspace;
use crate::parallel;
use crate::simd::{Kernel, Simd, on_best_unit};
use crate::view::{View, ViewMut};
use core::ops::Range;

/// Numbers of the images that are taken at a time: 2 MiB.
const CACHED: usize = 1 << 19;

/// One axis of a sweep.
#[derive(Clone, Copy, Debug)]
pub(in crate::conv2d) struct Axis {
    /// How many taps each sum has.
    pub(in crate::conv2d) taps: usize,
    pub(in crate::conv2d) tap_step: usize,
    pub(in crate::conv2d) x_first: usize,
    pub(in crate::conv2d) x_step: usize,
    pub(in crate::conv2d) y_first: usize,
    pub(in crate::conv2d) y_step: usize,
    /// How many sums there are.
    pub(in crate::conv2d) count: usize,
}

impl Axis {
    /// Of a convolution.
    ///
    /// # Panics
    /// If the halo of `x` is narrower than the padding.
    pub(in crate::conv2d) fn forward(d: &BlockedConv2d, axis: usize) -> Self {
        let window = &d.conv.window;
        let (halo, padding) = (d.x_halo[axis], window.padding[axis]);
        assert!(padding <= halo, "the halo of x is too narrow in {d:?}");
        Self {
            taps: window.kernel[axis],
            tap_step: window.dilation[axis],
            x_first: halo - padding,
            x_step: window.stride[axis],
            y_first: d.y_halo[axis],
            y_step: 1,
            count: window.output[axis],
        }
    }

    /// The contract: what is read lies within `x` pixels, what is written within `y`.
    fn assert_within(&self, x: usize, y: usize) {
        let Self { taps, tap_step, x_first, x_step, y_first, y_step, count } = *self;
        if count > 0 {
            let last_read = x_first + (count - 1) * x_step + taps.saturating_sub(1) * tap_step;
            assert!(taps == 0 || last_read < x, "the halo is too narrow: pixel {last_read} of {x} is read");
            assert!(y_first + (count - 1) * y_step < y, "sums beyond the image");
        }
    }

    /// The sums that are written to some of the pixels.
    fn sums_of(&self, pixels: Range<usize>) -> Range<usize> {
        let before = |end: usize| end.saturating_sub(self.y_first).div_ceil(self.y_step).min(self.count);
        before(pixels.start)..before(pixels.end)
    }
}

/// One sweep of taps over the images of a batch.
#[derive(Clone, Copy, Debug)]
pub(in crate::conv2d) struct Sweep<'a, W> {
    pub(in crate::conv2d) x: Blocked,
    pub(in crate::conv2d) y: Blocked,
    pub(in crate::conv2d) axes: [Axis; 2],
    /// (blocks of `y`, the blocks of `x` that each sees, taps down, taps across)
    pub(in crate::conv2d) weight: &'a [W],
}

impl<W: Tap> Sweep<'_, W> {
    /// Taps over all blocks of `x` that a block of `y` sees.
    fn taps(&self) -> usize {
        let blocks = if W::MIXES { self.x.blocks() } else { 1 };
        blocks * self.axes[0].taps * self.axes[1].taps
    }

    /// Multiply-adds for one image.
    fn macs(&self) -> usize {
        self.y.blocks() * self.axes[0].count * self.axes[1].count * self.taps() * W::MACS
    }

    /// How many images a block's weight stays in a core's own cache for: several, if it is not much smaller than an image,
    /// which then has to come from farther away for each block.
    fn images_at_a_time(&self) -> usize {
        if self.x.len() <= 2 * self.taps() * W::MACS { (CACHED / self.x.len()).max(1) } else { 1 }
    }

    /// Computes the sums of all images, and clears the halo of `y` when it is overwritten.
    pub(in crate::conv2d) fn run(
        &self,
        x: View,
        mut y: ViewMut,
        write: Write,
        epilogue: Epilogue,
        work: &mut Workspace,
    ) {
        assert_eq!(x.count(), y.count(), "as many images in as out");
        self.x.assert_image(x.image_len());
        epilogue.assert_channels(self.y.channels);
        assert!(W::MIXES || self.x.blocks() == self.y.blocks(), "a block of x for each of y");
        assert_eq!(self.weight.len(), self.y.blocks() * self.taps(), "weights of {:?}", self.axes);
        for (axis, (x, y)) in self.axes.iter().zip(self.x.padded().into_iter().zip(self.y.padded())) {
            axis.assert_within(x, y);
        }
        let (lanes, scratch) = work.lanes_for(y.count() * self.macs());
        let rows = RowsMut::new(self.y, &mut y);
        parallel::over(rows, scratch, lanes, &|rows: RowsMut, _| {
            on_best_unit(Share { sweep: self, x, rows, write, epilogue });
        });
    }

    /// The share of the next image to ask for during a block of this one.
    fn later<'x>(&self, x: View<'x>, y: &BlockRows) -> &'x [Pixel] {
        if y.image + 1 >= x.count() {
            return &[];
        }
        let (pixels, _) = x.image(y.image + 1).as_chunks();
        let share = pixels.len().div_ceil(self.y.blocks()).max(1);
        pixels.chunks(share).nth(y.block).unwrap_or_default()
    }

    /// How far behind a sum's first pixel in the first block of `x` each of its `taps` stands, in the order of their weights.
    #[inline(always)]
    fn offsets(&self, first_block: usize, taps: Range<usize>, offsets: &mut [usize]) {
        let [down, across] = self.axes;
        let of_block = down.taps * across.taps;
        for (offset, tap) in offsets.iter_mut().zip(taps) {
            let (block, tap) = (first_block + tap / of_block, tap % of_block);
            let (row, column) = (tap / across.taps * down.tap_step, tap % across.taps * across.tap_step);
            *offset = block * self.x.block_pixels() + row * self.x.padded()[1] + column;
        }
    }

    /// Computes the sums of some rows of a block of `y`, a part of the taps at a time: what one part has summed waits in
    /// `y` for the next.
    #[inline(always)]
    fn block_rows<S: Simd>(
        &self,
        simd: S,
        (x, later): (&[Pixel], Later),
        y: &mut BlockRows,
        write: Write,
        epilogue: &Epilogue,
    ) {
        let taps = self.taps();
        let weight = &self.weight[y.block * taps..(y.block + 1) * taps];
        let finish = epilogue.of_block(simd, y.block);
        let first_block = if W::MIXES { 0 } else { y.block };
        let parts = taps.div_ceil(W::DEPTH).max(1);
        let mut x_later = later.x.chunks(later.x.len().div_ceil(parts).max(1));
        for part in 0..parts {
            let range = part * taps / parts..(part + 1) * taps / parts;
            let mut offsets = [0; MOST_TAPS];
            let offsets = &mut offsets[..range.len()];
            self.offsets(first_block, range.clone(), offsets);
            let part = Part {
                x,
                taps: Taps::new(offsets),
                weight: &weight[range.clone()],
                write: if range.start == 0 { write } else { Write::Accumulate },
                finish: (range.end == taps).then_some(finish),
            };
            let behind = &self.weight[y.block * taps + range.end..];
            let behind = &behind[..if later.weight { behind.len().min(range.len()) } else { 0 }];
            let ahead = [W::lines(behind), x_later.next().unwrap_or_default()];
            self.tiles(simd, &part, y.rows.clone(), ahead, y.pixels);
        }
    }

    /// Cuts the sums of some rows into tiles that are as large as one another, wherever a row ends. The first half of them
    /// asks for the weights that are `ahead`, the second for the pixels.
    #[inline(always)]
    fn tiles<S: Simd>(
        &self,
        simd: S,
        part: &Part<S, W>,
        rows: Range<usize>,
        ahead: [&[Pixel]; 2],
        y: &mut [Pixel],
    ) {
        let sums = self.axes[0].sums_of(rows.clone());
        let mut places = Places::new(self, sums.start, rows.start);
        let pixels = sums.len() * self.axes[1].count;
        let tiles = pixels.div_ceil(TILE);
        let [weight, x] = ahead;
        let half = if x.is_empty() { tiles } else { tiles.div_ceil(2) };
        let mut ahead = Ahead::new(weight, half * part.weight.len());
        for tile in 0..tiles {
            if tile == half {
                ahead = Ahead::new(x, (tiles - half) * part.weight.len());
            }
            match pixels / tiles + usize::from(tile < pixels % tiles) {
                1 => part.tile::<1>(simd, &mut places, &mut ahead, y),
                2 => part.tile::<2>(simd, &mut places, &mut ahead, y),
                3 => part.tile::<3>(simd, &mut places, &mut ahead, y),
                4 => part.tile::<4>(simd, &mut places, &mut ahead, y),
                5 => part.tile::<5>(simd, &mut places, &mut ahead, y),
                _ => part.tile::<TILE>(simd, &mut places, &mut ahead, y),
            }
        }
    }
}

/// What is read when some rows are done.
#[derive(Clone, Copy)]
struct Later<'a> {
    /// Whether the weights behind each part's are not in the cache yet.
    weight: bool,
    x: &'a [Pixel],
}

/// One thread's share of a sweep.
struct Share<'a, W> {
    sweep: &'a Sweep<'a, W>,
    x: View<'a>,
    rows: RowsMut<'a>,
    write: Write,
    epilogue: Epilogue<'a>,
}

impl<W: Tap> Kernel for Share<'_, W> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { sweep, x, mut rows, write, epilogue } = self;
        let (of_image, images) = (sweep.y.blocks(), sweep.images_at_a_time());
        for some in blocks(0..rows.blocks(), of_image * images) {
            for first in some.start..some.end.min(some.start + of_image) {
                for (image, block) in (first..some.end).step_by(of_image).enumerate() {
                    let mut y = rows.block(block);
                    let later = if images == 1 { sweep.later(x, &y) } else { &[] };
                    let later = Later { weight: image == 0, x: later };
                    let x = x.image(y.image).as_chunks().0;
                    if write == Write::Overwrite {
                        sweep.y.clear_halo_of(y.rows.clone(), y.pixels);
                    }
                    sweep.block_rows(simd, (x, later), &mut y, write, &epilogue);
                    sweep.y.clear_spare(y.block, y.pixels);
                }
            }
        }
    }
}

/// A part of the taps, and the image that they read.
struct Part<'a, S: Simd, W> {
    x: &'a [Pixel],
    taps: Taps<'a>,
    weight: &'a [W],
    write: Write,
    /// What becomes of the sums, if these are the last taps.
    finish: Option<BlockEpilogue<S>>,
}

impl<S: Simd, W: Tap> Part<'_, S, W> {
    /// Sums for the next `R` places.
    #[inline(always)]
    fn tile<const R: usize>(&self, simd: S, places: &mut Places, ahead: &mut Ahead, y: &mut [Pixel]) {
        let (mut from, mut to) = ([0; R], [0; R]);
        let mut sums = [simd.splat(0.0); R];
        for ((from, to), sum) in from.iter_mut().zip(&mut to).zip(&mut sums) {
            (*from, *to) = places.next();
            if self.write == Write::Accumulate {
                *sum = simd.load(&y[*to]);
            }
        }
        add_taps(simd, self.x, from, self.taps, self.weight, ahead, &mut sums);
        for (sum, to) in sums.into_iter().zip(to) {
            let sum = match self.finish {
                Some(finish) => finish.apply(simd, sum),
                None => sum,
            };
            simd.store(sum, &mut y[to]);
        }
    }
}

/// Walks along the sums of a block, row by row.
struct Places {
    /// Sums of a row, and how many of the present one are left.
    columns: usize,
    left: usize,
    /// Where the next sum's first tap reads in its block of `x`, and where it is written in the rows of `y`.
    at: [usize; 2],
    step: [usize; 2],
    /// The first of the present row.
    row: [usize; 2],
    row_step: [usize; 2],
}

impl Places {
    /// From the first sum of a row on; `y` starts with its row `y_start`.
    #[inline(always)]
    fn new<W>(sweep: &Sweep<W>, row: usize, y_start: usize) -> Self {
        let ([down, across], x_width, y_width) = (sweep.axes, sweep.x.padded()[1], sweep.y.padded()[1]);
        let x_row = down.x_first + row * down.x_step;
        let y_row = (down.y_first + row * down.y_step).saturating_sub(y_start);
        let first = [x_row * x_width + across.x_first, y_row * y_width + across.y_first];
        Self {
            columns: across.count,
            left: across.count,
            at: first,
            step: [across.x_step, across.y_step],
            row: first,
            row_step: [down.x_step * x_width, down.y_step * y_width],
        }
    }

    #[inline(always)]
    fn next(&mut self) -> (usize, usize) {
        let [x, y] = self.at;
        self.at = [x + self.step[0], y + self.step[1]];
        self.left -= 1;
        if self.left == 0 {
            self.left = self.columns;
            self.row = [self.row[0] + self.row_step[0], self.row[1] + self.row_step[1]];
            self.at = self.row;
        }
        (x, y)
    }
}
