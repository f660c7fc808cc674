//! The weight's gradient: the adjoint of the forward maps around a sum over tiles.
//!
//! The simple way, for all input channels c and output channels o, with ξ for one of the α² products:
//!
//! ```text
//! for each tile { v[ξ][c] = Bᵀ x[c] B;  d_m[ξ][o] = A d_y[o] Aᵀ;  d_u[ξ][c][o] += v[ξ][c] * d_m[ξ][o] }
//! d_g[c][o] = Gᵀ d_u[c][o] G
//! ```
//!
//! The way here:
//!
//! ```text
//! for each block of tiles
//!     for each 16 channels of x and of d_y: v and d_m       [channels / 16][ξ][tile][16 channels]
//!     for each 16 output × 16 input channels
//!         for each ξ: d_u[ξ], 16 × 16 sums                  two panels of a few KiB in the first-level cache
//!         d_g[16][16] += Gᵀ d_u G                           r² numbers to be added in memory, not α²
//! ```
//!
//! The threads divide the channels, never the tiles, and a block has as many tiles for any number of threads; so their number
//! cannot be told from the bits.

use super::arithmetic::{Arithmetic, Halves};
use super::product;
use super::tiles::{Grid, Tiles};
use super::transform::{Input, OutputGradient, Transform, TwoWay, WeightGradient};
use crate::blocked::{Blocked, Pixel};
use crate::conv2d::BlockedConv2d;
use crate::gemm::blocks;
use crate::memory::{LINE, Workspace};
use crate::parallel::{self, Records};
use crate::simd::{HALF, Kernel, Simd, on_best_unit};
use crate::view::View;
use core::marker::PhantomData;
use core::ops::Range;

/// How many numbers the transforms of a block of tiles may have: 12 MiB.
const PANELS_LEN: usize = 3 << 20;
/// Tiles of a block, unless they have more numbers: then at least the first, and no more than the second.
const TILES: [usize; 2] = [48, 144];

/// The sizes of a weight gradient's scratch.
struct Plan<'a, W> {
    d: &'a BlockedConv2d,
    of: PhantomData<W>,
}

/// Numbers of scratch for each thread: the sums of sixteen × sixteen channels.
pub(super) const fn lane_len<W: Transform>() -> usize {
    W::PRODUCTS * LINE * LINE
}

/// Numbers of scratch for the step.
pub(super) const fn step_len<W: Transform>(d: &BlockedConv2d) -> usize {
    let plan = Plan::<W> { d, of: PhantomData };
    (plan.channel_blocks() * plan.block_len() + plan.pairs() * Plan::<W>::PAIR_LEN) * LINE
}

impl<W: Transform> Plan<'_, W> {
    /// Lines of the gradient of sixteen × sixteen channels.
    const PAIR_LEN: usize = W::R * W::R * LINE;

    /// Pairs of a block of output channels and one of input channels.
    const fn pairs(&self) -> usize {
        self.d.x().blocks() * self.d.y().blocks()
    }

    /// Blocks of sixteen channels of both images.
    const fn channel_blocks(&self) -> usize {
        self.d.x().blocks() + self.d.y().blocks()
    }

    /// Tiles of a block.
    const fn tiles(&self) -> usize {
        let fitting = PANELS_LEN / (self.channel_blocks() * W::PRODUCTS * LINE);
        if fitting < TILES[0] {
            TILES[0]
        } else if fitting > TILES[1] {
            TILES[1]
        } else {
            fitting
        }
    }

    /// Lines of the transforms of a block of tiles for one product and sixteen channels. An odd number: powers of two
    /// would share too few sets of a cache.
    const fn panel_len(&self) -> usize {
        self.tiles() | 1
    }

    /// Lines of the transforms of a block of tiles for sixteen channels.
    const fn block_len(&self) -> usize {
        W::PRODUCTS * self.panel_len()
    }
}

/// Overwrites the gradient of the weight.
pub(super) fn run<W: Transform>(
    d: &BlockedConv2d,
    x: View,
    d_y: View,
    d_weight: &mut [f32],
    work: &mut Workspace,
) {
    let plan = Plan::<W> { d, of: PhantomData };
    work.assert_lanes(lane_len::<W>());
    let scratch = core::mem::take(&mut work.step_scratch);
    let needed = step_len::<W>(d);
    assert!(scratch.len() >= needed, "step scratch: {} numbers, {needed} needed", scratch.len());
    let (panels, rest) =
        scratch.as_chunks_mut::<LINE>().0.split_at_mut(plan.channel_blocks() * plan.block_len());
    let sums = &mut rest[..plan.pairs() * Plan::<W>::PAIR_LEN];

    let (from, to) = (d.x(), d.y());
    let grid = Grid::new(to.plane, W::M);
    let all = x.count() * grid.len();
    let (lanes, scratch) = work.lanes_for(all * plan.pairs() * W::PRODUCTS * LINE * LINE);
    if all == 0 {
        sums.as_flattened_mut().fill(0.0);
    }
    for tiles in blocks(0..all, plan.tiles()) {
        let parts = (0..plan.channel_blocks(), Records::new(&mut *panels, plan.block_len()));
        parallel::over(
            parts,
            &mut [],
            lanes,
            &|(range, panels): (Range<usize>, Records<&mut [Pixel]>), _: &mut [f32]| {
                let (tiles, panels) = (tiles.clone(), panels.items());
                on_best_unit(Gather { plan: &plan, x, d_y, tiles, blocks: range, panels });
            },
        );
        let (inputs, gradients) = panels.split_at(from.blocks() * plan.block_len());
        let parts = (0..plan.pairs(), Records::new(&mut *sums, Plan::<W>::PAIR_LEN));
        parallel::over(parts, scratch, lanes, &|(pairs, sums): (Range<usize>, Records<_>), scratch| {
            let (tiles, sums) = (tiles.clone(), sums.items());
            on_best_unit(Sum { plan: &plan, inputs, gradients, tiles, pairs, sums, scratch });
        });
    }
    unpack::<W>(d, sums, d_weight, work);
}

/// Transforms some blocks of channels: those of `x`, and behind them those of `d_y`.
struct Gather<'a, W> {
    plan: &'a Plan<'a, W>,
    x: View<'a>,
    d_y: View<'a>,
    tiles: Range<usize>,
    blocks: Range<usize>,
    panels: &'a mut [Pixel],
}

impl<W: Transform> Kernel for Gather<'_, W> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { plan, x, d_y, tiles, blocks, panels } = self;
        let d = plan.d;
        let padding = d.conv.window.padding.map(usize::cast_signed);
        let mut inputs = Tiles::<S, Input<W>>::new(simd, d.x(), W::M, padding);
        let mut gradients = Tiles::<S, OutputGradient<W>>::new(simd, d.y(), W::M, [0, 0]);
        let grid = Grid::new(d.y().plane, W::M);
        for (block, panels) in blocks.zip(panels.chunks_exact_mut(plan.block_len())) {
            for (tile, place) in grid.places(tiles.clone()).enumerate() {
                match block.checked_sub(d.x().blocks()) {
                    None => inputs.transform(x, block, place, &mut panels[tile..], plan.panel_len()),
                    Some(block) => {
                        gradients.transform(d_y, block, place, &mut panels[tile..], plan.panel_len());
                    }
                }
            }
        }
    }
}

/// Sums the products of some tiles for some pairs of blocks, and adds their gradients to those of the tiles before.
struct Sum<'a, W> {
    plan: &'a Plan<'a, W>,
    inputs: &'a [Pixel],
    gradients: &'a [Pixel],
    tiles: Range<usize>,
    pairs: Range<usize>,
    /// `[output block][input block][tap][input channel][output channel]`
    sums: &'a mut [Pixel],
    scratch: &'a mut [f32],
}

impl<W: Transform> Kernel for Sum<'_, W> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { plan, inputs, gradients, tiles, pairs, sums, scratch } = self;
        let (len, from_blocks) = (plan.block_len(), plan.d.x().blocks());
        let (products, _) = scratch.as_chunks_mut::<LINE>().0.as_chunks_mut::<LINE>();
        let products = &mut products[..W::PRODUCTS];
        let mut two_way = TwoWay::new(Halves(simd));
        for (pair, sums) in pairs.zip(sums.chunks_exact_mut(Plan::<W>::PAIR_LEN)) {
            let inputs = &inputs[pair % from_blocks * len..];
            let gradients = &gradients[pair / from_blocks * len..][..len];
            on_best_unit(product::WeightGradient {
                panel_len: plan.panel_len(),
                tiles: tiles.len(),
                inputs,
                gradients,
                products,
            });
            let (sums, _) = sums.as_chunks_mut::<LINE>();
            for channel in 0..LINE {
                add_channel::<S, W>(simd, products, channel, tiles.start > 0, &mut two_way, sums);
            }
        }
    }
}

/// `Gᵀ d_u G` of one input and sixteen output channels, written or added `onto` what stands there.
#[inline(always)]
fn add_channel<S: Simd, W: Transform>(
    simd: S,
    products: &[[Pixel; LINE]],
    channel: usize,
    onto: bool,
    two_way: &mut TwoWay<Halves<S>, WeightGradient<W>>,
    sums: &mut [[Pixel; LINE]],
) {
    let halves = Halves(simd);
    for half in 0..LINE / HALF {
        for i in 0..W::ALPHA {
            let (products, mut row) = (&products[i * W::ALPHA..][..W::ALPHA], two_way.empty());
            for j in 0..W::ALPHA {
                row[j] = halves.load(&products[j][channel], half);
            }
            two_way.take_row(i, row);
        }
        for i in 0..W::R {
            let (sums, mut taps) = (&mut sums[i * W::R..][..W::R], two_way.column(i));
            for j in 0..W::R {
                let line = &mut sums[j][channel];
                if onto {
                    taps[j] = halves.plus(halves.load(line, half), 1.0, taps[j]);
                }
                halves.store(taps[j], line, half);
            }
        }
    }
}

/// Writes the gradient in PyTorch's layout.
fn unpack<W: Transform>(d: &BlockedConv2d, sums: &[Pixel], d_weight: &mut [f32], work: &mut Workspace) {
    let (channels, taps) = (d.conv.in_channels, W::R * W::R);
    let (lanes, scratch) = work.lanes_for(8 * d_weight.len());
    let parts = (0..d.y().blocks(), Records::new(d_weight, LINE * channels * taps));
    parallel::over(parts, scratch, lanes, &|(blocks, d_weight): (Range<usize>, Records<&mut [f32]>), _| {
        for (block, d_weight) in blocks.zip(d_weight.items().chunks_mut(LINE * channels * taps)) {
            let pairs = sums.chunks_exact(Plan::<W>::PAIR_LEN).skip(block * d.x().blocks());
            for (input_block, pair) in pairs.take(d.x().blocks()).enumerate() {
                let (lines, _) = pair.as_chunks::<LINE>();
                for (output, d_weight) in d_weight.chunks_exact_mut(channels * taps).enumerate() {
                    let d_weight = d_weight[input_block * LINE * taps..].chunks_exact_mut(taps).take(LINE);
                    for (input, d_weight) in d_weight.enumerate() {
                        for (to, lines) in d_weight.iter_mut().zip(lines) {
                            *to = lines[input][output];
                        }
                    }
                }
            }
        }
    });
}

/// Overwrites the gradient of the bias: the sums over all pixels of each channel.
pub(super) fn bias(d: &Blocked, d_y: View, d_bias: &mut [f32], work: &mut Workspace) {
    let (lanes, scratch) = work.lanes_for(d_y.count() * d.len());
    let parts = (0..d.blocks(), Records::new(d_bias, LINE));
    parallel::over(parts, scratch, lanes, &|(blocks, d_bias): (Range<usize>, Records<&mut [f32]>), _| {
        for (block, d_bias) in blocks.zip(d_bias.items().chunks_mut(LINE)) {
            let sum = on_best_unit(BlockSum { d, d_y, block });
            d_bias.copy_from_slice(&sum[..d_bias.len()]);
        }
    });
}

/// The sums over all pixels of a block. Rows, images and the batch have sums of their own, so that rounding errors
/// hardly grow with their number.
struct BlockSum<'a> {
    d: &'a Blocked,
    d_y: View<'a>,
    block: usize,
}

impl Kernel for BlockSum<'_> {
    type Output = Pixel;
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Pixel {
        let Self { d, d_y, block } = self;
        let mut of_batch = simd.splat(0.0);
        for image in d_y.images() {
            let (pixels, _) = image.as_chunks::<LINE>();
            let pixels = &pixels[block * d.block_pixels()..][..d.block_pixels()];
            let mut of_image = simd.splat(0.0);
            for row in 0..d.plane[0] {
                let mut of_row = simd.splat(0.0);
                for pixel in &pixels[d.row(row)] {
                    of_row = simd.add(of_row, simd.load(pixel));
                }
                of_image = simd.add(of_image, of_row);
            }
            of_batch = simd.add(of_batch, of_image);
        }
        let mut sums = [0.0; LINE];
        simd.store(of_batch, &mut sums);
        sums
    }
}
