//! The sums of products of transformed inputs and weights, the micro-kernels of Winograd's algorithm.
//!
//! For each of the α² products ξ this is a matrix product: in [`Forward`] that of tiles × input channels and input ×
//! output channels; in [`WeightGradient`] that of input channels × tiles and tiles × output channels.

use crate::blocked::Pixel;
use crate::gemm::blocks;
use crate::memory::LINE;
use crate::simd::{Kernel, Simd};
use core::array::from_fn;

/// Rows of a micro-kernel: with sixteen columns twelve registers of sums, two of the right factor and one of the left.
pub(super) const ROWS: usize = 6;

/// Blocks of sixteen channels that are summed in registers: their weights are 16 KiB, half of a first-level cache.
const DEPTH: usize = 16;

/// Tiles whose transformed inputs for one product stand side by side: long enough a run for a CPU to fetch ahead.
pub(super) const CHUNK: usize = 4 * ROWS;

/// Transformed inputs: `[tile / CHUNK][ξ][tile % CHUNK][channel]`.
#[derive(Clone, Copy)]
pub(super) struct Panels {
    /// Products of a tile.
    pub(super) products: usize,
    /// Blocks of sixteen channels.
    pub(super) blocks: usize,
}

impl Panels {
    /// Lines of a chunk for one product. One more than they need: powers of two would share too few sets of a cache.
    pub(super) const fn panel_len(&self) -> usize {
        CHUNK * self.blocks + 1
    }

    /// Lines of a chunk.
    pub(super) const fn chunk_len(&self) -> usize {
        self.products * self.panel_len()
    }

    /// Lines of the weights of a block of output channels.
    pub(super) const fn weights_len(&self) -> usize {
        self.products * self.blocks * LINE
    }

    /// Lines of the sums of a tile for a block of output channels: `[ξ]`.
    pub(super) const fn sums_len(&self) -> usize {
        self.products + 1
    }
}

/// The sums for some tiles and one block of output channels.
pub(super) struct Forward<'a> {
    pub(super) panels: Panels,
    pub(super) inputs: &'a [Pixel],
    /// `[ξ][input channel]`
    pub(super) weights: &'a [Pixel],
    pub(super) tiles: usize,
    /// `[tile][ξ]`
    pub(super) sums: &'a mut [Pixel],
}

impl Kernel for Forward<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { panels, inputs, weights, tiles, sums } = self;
        let (row_len, stride) = (panels.blocks, panels.sums_len());
        let rounds = tiles.div_ceil(ROWS);
        for product in 0..panels.products {
            for depth in blocks(0..row_len, DEPTH) {
                let first = (product * row_len + depth.start) * LINE;
                let (panel, later) = weights[first..].split_at(depth.len() * LINE);
                let later = &later[..later.len().min(DEPTH * LINE)];
                let share = later.len().div_ceil(rounds * depth.len()).max(1);
                for (round, tiles) in blocks(0..tiles, ROWS).enumerate() {
                    let (chunk, first) = (tiles.start / CHUNK, tiles.start % CHUNK);
                    let inputs = &inputs[chunk * panels.chunk_len() + product * panels.panel_len()..];
                    let walk = Walk {
                        inputs: &inputs[first * row_len + depth.start..],
                        row_len,
                        weights: panel,
                        later: later.get(round * depth.len() * share..).unwrap_or_default(),
                        share,
                        onto: depth.start > 0,
                    };
                    let sums = &mut sums[tiles.start * stride + product..];
                    match tiles.len() {
                        1 | 2 => walk.run::<S, 2>(simd, sums, stride),
                        3 | 4 => walk.run::<S, 4>(simd, sums, stride),
                        _ => walk.run::<S, ROWS>(simd, sums, stride),
                    }
                }
            }
        }
    }
}

/// The inner loop: rows of inputs by a panel of weights.
struct Walk<'a> {
    inputs: &'a [Pixel],
    /// Lines from one row to the next.
    row_len: usize,
    weights: &'a [Pixel],
    /// Weights that are wanted when all tiles are done, and how many lines of them to ask for with each block of channels.
    later: &'a [Pixel],
    share: usize,
    /// Whether the sums are added to what stands there.
    onto: bool,
}

impl Walk<'_> {
    /// R × 16 sums to every `stride`-th line. R may be one more than there are tiles: what comes of the last is not looked
    /// at.
    #[inline(always)]
    fn run<S: Simd, const R: usize>(self, simd: S, sums: &mut [Pixel], stride: usize) {
        let Self { inputs, row_len, weights, later, share, onto } = self;
        let (weights, _) = weights.as_chunks::<LINE>();
        let rows: [&[Pixel]; R] = from_fn(|i| &inputs[i * row_len..][..weights.len()]);
        let mut later = later.chunks(share);
        let mut lines = [simd.splat(0.0); R];
        if onto {
            for (i, line) in lines.iter_mut().enumerate() {
                *line = simd.load(&sums[i * stride]);
            }
        }
        for (block, weights) in weights.iter().enumerate() {
            for line in later.next().unwrap_or_default() {
                simd.prefetch(&line[0]);
            }
            let pixels: [&Pixel; R] = from_fn(|i| &rows[i][block]);
            for (channel, weights) in weights.iter().enumerate() {
                let weights = simd.load(weights);
                for (line, pixel) in lines.iter_mut().zip(pixels) {
                    *line = simd.mul_add(simd.splat(pixel[channel]), weights, *line);
                }
            }
        }
        for (i, line) in lines.into_iter().enumerate() {
            simd.store(line, &mut sums[i * stride]);
        }
    }
}

/// Sixteen input × sixteen output channels: the sums over some tiles for each product.
pub(super) struct WeightGradient<'a> {
    /// Lines from one product to the next.
    pub(super) panel_len: usize,
    pub(super) tiles: usize,
    /// `[ξ][tile]`, and behind it what is wanted next
    pub(super) inputs: &'a [Pixel],
    /// `[ξ][tile]`
    pub(super) gradients: &'a [Pixel],
    /// `[ξ][input channel]`
    pub(super) products: &'a mut [[Pixel; LINE]],
}

impl Kernel for WeightGradient<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { panel_len, tiles, inputs, gradients, products } = self;
        let panels = gradients.chunks_exact(panel_len).zip(products).enumerate();
        for (product, (gradients, sums)) in panels {
            let (inputs, later) = inputs[product * panel_len..].split_at(panel_len);
            let (inputs, gradients) = (&inputs[..tiles], &gradients[..tiles]);
            let later = &later[..later.len().min(tiles)];
            channels::<S, 0, 6>(simd, inputs, gradients, later, sums);
            channels::<S, 6, 5>(simd, inputs, gradients, &[], sums);
            channels::<S, 11, 5>(simd, inputs, gradients, &[], sums);
        }
    }
}

/// The rows of R input channels from `FIRST` on; meanwhile `later` is asked for.
#[inline(always)]
fn channels<S: Simd, const FIRST: usize, const R: usize>(
    simd: S,
    inputs: &[Pixel],
    gradients: &[Pixel],
    later: &[Pixel],
    sums: &mut [Pixel; LINE],
) {
    let mut lines = [simd.splat(0.0); R];
    let mut later = later.iter();
    for (input, gradient) in inputs.iter().zip(gradients) {
        if let Some([number, ..]) = later.next() {
            simd.prefetch(number);
        }
        let gradient = simd.load(gradient);
        for (i, line) in lines.iter_mut().enumerate() {
            *line = simd.mul_add(simd.splat(input[FIRST + i]), gradient, *line);
        }
    }
    for (i, line) in lines.into_iter().enumerate() {
        simd.store(line, &mut sums[FIRST + i]);
    }
}
