//! The matrix of patches, a tile at a time.
//!
//! Row k belongs to one tap of one channel, and column p to one place of the window. A row of pixels of the output is a
//! row of pixels of the input, shifted and strided: with a stride of one it is copied in one piece.

use super::Conv2d;
use crate::gemm::KC;
use crate::window::{Window, add_strided, read_strided};
use core::ops::Range;

/// How many numbers a tile may have: 256 KiB, to stay in a core's own cache whatever the size of the image.
const TILE_LEN: usize = 1 << 16;

/// How a convolution's matrix of patches is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tiles {
    /// Rows of a tile, but for the last.
    pub(super) taps: usize,
    /// Columns of a tile, but for the last.
    pub(super) pixels: usize,
}

impl Tiles {
    /// All the matrix if it fits; otherwise [`KC`] rows at least, if there are as many, by whole rows of output where
    /// possible.
    pub(super) const fn of(d: &Conv2d) -> Self {
        let (all_taps, all_pixels, width) = (d.patch_len(), d.window.output_len(), d.window.output[1]);
        let mut pixels = TILE_LEN / min(max(all_taps, 1), KC);
        if pixels > all_pixels {
            pixels = max(all_pixels, 1);
        } else if pixels > width {
            pixels -= pixels % max(width, 1);
        }
        let mut taps = TILE_LEN / pixels;
        if taps > all_taps {
            taps = max(all_taps, 1);
        } else if taps > KC {
            taps -= taps % KC;
        }
        Self { taps, pixels }
    }

    /// How many numbers a tile has.
    pub(super) const fn len(self) -> usize {
        self.taps * self.pixels
    }
}

const fn min(a: usize, b: usize) -> usize {
    if a < b { a } else { b }
}

const fn max(a: usize, b: usize) -> usize {
    if a > b { a } else { b }
}

/// One tap of the window on one channel: a row of the matrix.
#[derive(Clone, Copy)]
struct Tap {
    channel: usize,
    at: [usize; 2],
}

impl Tap {
    /// The tap that row `row` belongs to.
    fn of_row(window: &Window, row: usize) -> Self {
        let (channel, tap) = (row / window.kernel_len(), row % window.kernel_len());
        Self { channel, at: [tap / window.kernel[1], tap % window.kernel[1]] }
    }

    /// The tap of the next row.
    fn next(self, window: &Window) -> Self {
        let Self { channel, at: [down, across] } = self;
        if across + 1 < window.kernel[1] {
            Self { channel, at: [down, across + 1] }
        } else if down + 1 < window.kernel[0] {
            Self { channel, at: [down + 1, 0] }
        } else {
            Self { channel: channel + 1, at: [0, 0] }
        }
    }

    /// Whether it reads no padding, wherever the window is.
    fn reads_pixels_only(&self, window: &Window) -> bool {
        [0, 1].iter().all(|&axis| window.places(axis, self.at[axis]).len() == window.output[axis])
    }

    /// Calls `body` with every run of `pixels` within a row of output, and the pixels that it reads: those of the run
    /// that are not padding (counted from the start of `pixels`), and where in the plane the first of them lies.
    #[inline]
    fn for_each_run(
        &self,
        window: &Window,
        pixels: &Range<usize>,
        mut body: impl FnMut(Range<usize>, usize),
    ) {
        let [_, width] = window.output;
        let [down, across] = self.at;
        let (rows, cols) = (window.places(0, down), window.places(1, across));
        let rows = rows.start.max(pixels.start / width)..rows.end.min(pixels.end.div_ceil(width));
        if rows.is_empty() || cols.is_empty() {
            return;
        }
        let input_row = rows.start * window.stride[0] + down * window.dilation[0] - window.padding[0];
        let input_col = cols.start * window.stride[1] + across * window.dilation[1] - window.padding[1];
        let mut input = input_row * window.input[1] + input_col;
        for row in rows {
            let first = row * width + cols.start;
            let start = first.max(pixels.start);
            let end = (row * width + cols.end).min(pixels.end);
            if start < end {
                body(start - pixels.start..end - pixels.start, input + (start - first) * window.stride[1]);
            }
            input += window.stride[0] * window.input[1];
        }
    }
}

/// Writes rows `taps` and columns `pixels` of the matrix to `tile`. `planes` are the channels of the group.
pub(super) fn gather(
    window: &Window,
    planes: &[f32],
    taps: &Range<usize>,
    pixels: &Range<usize>,
    tile: &mut [f32],
) {
    let mut tap = Tap::of_row(window, taps.start);
    for row in tile.chunks_exact_mut(pixels.len()) {
        let plane = &planes[tap.channel * window.input_len()..][..window.input_len()];
        if !tap.reads_pixels_only(window) {
            row.fill(0.0);
        }
        match window.stride[1] {
            1 => tap.for_each_run(window, pixels, |run, first| {
                let len = run.len();
                row[run].copy_from_slice(&plane[first..][..len]);
            }),
            stride => tap.for_each_run(window, pixels, |run, first| {
                read_strided(row[run].iter_mut(), &plane[first..], stride, |place, pixel| *place = pixel);
            }),
        }
        tap = tap.next(window);
    }
}

/// Adds rows `taps` and columns `pixels` of the matrix in `tile` to the pixels that they came from.
///
/// `planes` are the channels of the group from `first_channel` on.
pub(super) fn scatter_add(
    window: &Window,
    tile: &[f32],
    taps: &Range<usize>,
    pixels: &Range<usize>,
    planes: &mut [f32],
    first_channel: usize,
) {
    let mut tap = Tap::of_row(window, taps.start);
    for row in tile.chunks_exact(pixels.len()) {
        let plane = (tap.channel - first_channel) * window.input_len();
        let plane = &mut planes[plane..][..window.input_len()];
        tap.for_each_run(window, pixels, |run, first| {
            add_strided(&row[run], &mut plane[first..], window.stride[1]);
        });
        tap = tap.next(window);
    }
}
