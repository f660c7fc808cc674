//! The sums of products of transformed inputs and weights, the micro-kernels of Winograd's algorithm.
//!
//! For each of the α² products ξ this is a matrix product: in [`Forward`] that of tiles × input channels and input ×
//! output channels; in [`WeightGradient`] that of input channels × tiles and tiles × output channels.
#![allow(clippy::inline_always)] // they must take on the instruction set that they are compiled for

use crate::blocked::Pixel;
use crate::gemm::blocks;
use crate::memory::LINE;
use crate::simd::{Kernel, Simd};

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

/// The sums for some tiles and some blocks of output channels.
pub(super) struct Forward<'a> {
    pub(super) panels: Panels,
    pub(super) inputs: &'a [Pixel],
    /// `[output block][ξ][input channel]`
    pub(super) weights: &'a [Pixel],
    pub(super) tiles: usize,
    /// `[output block][tile][ξ]`
    pub(super) sums: &'a mut [Pixel],
    /// Lines of a block's sums.
    pub(super) sums_len: usize,
}

impl Kernel for Forward<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { panels, inputs, weights, tiles, sums, sums_len } = self;
        let stride = panels.sums_len();
        for product in 0..panels.products {
            let weights = weights.chunks_exact(panels.weights_len());
            for (weights, sums) in weights.zip(sums.chunks_exact_mut(sums_len)) {
                let (weights, _) = weights.as_chunks::<LINE>();
                let weights = &weights[product * panels.blocks..][..panels.blocks];
                for depth in blocks(0..panels.blocks, DEPTH) {
                    let (weights, onto) = (&weights[depth.clone()], depth.start > 0);
                    for tiles in blocks(0..tiles, ROWS) {
                        let (chunk, first) = (tiles.start / CHUNK, tiles.start % CHUNK);
                        let panel = chunk * panels.chunk_len() + product * panels.panel_len();
                        let rows = &inputs[panel + first * panels.blocks..][..ROWS * panels.blocks];
                        let row = |i: usize| &rows[i * panels.blocks..][depth.clone()];
                        let sums = &mut sums[tiles.start * stride + product..];
                        match tiles.len() {
                            1 | 2 => tile::<S, 2>(simd, row, weights, onto, sums, stride),
                            3 | 4 => tile::<S, 4>(simd, row, weights, onto, sums, stride),
                            _ => tile::<S, ROWS>(simd, row, weights, onto, sums, stride),
                        }
                    }
                }
            }
        }
    }
}

/// R × 16 sums over some blocks of channels, a few more than there are tiles if their number is odd; written to every `stride`-th line; or added to what stands there.
#[inline(always)]
fn tile<'a, S: Simd, const R: usize>(
    simd: S,
    row: impl Fn(usize) -> &'a [Pixel],
    weights: &[[Pixel; LINE]],
    onto: bool,
    sums: &mut [Pixel],
    stride: usize,
) {
    let rows: [&[Pixel]; R] = core::array::from_fn(|i| &row(i)[..weights.len()]);
    let mut lines = [simd.splat(0.0); R];
    if onto {
        for (i, line) in lines.iter_mut().enumerate() {
            *line = simd.load(&sums[i * stride]);
        }
    }
    for (block, weights) in weights.iter().enumerate() {
        let pixels: [&Pixel; R] = core::array::from_fn(|i| &rows[i][block]);
        // Four channels at a time, which is what the optimiser unrolls.
        for (first, weights) in (0..LINE).step_by(4).zip(weights.as_chunks::<4>().0) {
            for (channel, weights) in weights.iter().enumerate() {
                let weights = simd.load(weights);
                for (line, pixel) in lines.iter_mut().zip(pixels) {
                    *line = simd.mul_add(simd.splat(pixel[first + channel]), weights, *line);
                }
            }
        }
    }
    for (i, line) in lines.into_iter().enumerate() {
        simd.store(line, &mut sums[i * stride]);
    }
}

/// Sixteen input × sixteen output channels: the sums over some tiles for each product.
pub(super) struct WeightGradient<'a> {
    /// Lines from one product to the next.
    pub(super) panel_len: usize,
    pub(super) tiles: usize,
    /// `[ξ][tile]`
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
        let panels = inputs.chunks_exact(panel_len).zip(gradients.chunks_exact(panel_len));
        for ((inputs, gradients), sums) in panels.zip(products) {
            let (inputs, gradients) = (&inputs[..tiles], &gradients[..tiles]);
            channels::<S, 0, 6>(simd, inputs, gradients, sums);
            channels::<S, 6, 5>(simd, inputs, gradients, sums);
            channels::<S, 11, 5>(simd, inputs, gradients, sums);
        }
    }
}

/// The rows of R input channels from `FIRST` on.
#[inline(always)]
fn channels<S: Simd, const FIRST: usize, const R: usize>(
    simd: S,
    inputs: &[Pixel],
    gradients: &[Pixel],
    sums: &mut [Pixel; LINE],
) {
    let mut lines = [simd.splat(0.0); R];
    for (input, gradient) in inputs.iter().zip(gradients) {
        let gradient = simd.load(gradient);
        for (i, line) in lines.iter_mut().enumerate() {
            *line = simd.mul_add(simd.splat(input[FIRST + i]), gradient, *line);
        }
    }
    for (i, line) in lines.into_iter().enumerate() {
        simd.store(line, &mut sums[FIRST + i]);
    }
}
