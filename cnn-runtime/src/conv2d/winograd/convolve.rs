//! A convolution by tiles, in either direction.
//!
//! The simple way, for each tile of a batch and with ξ for one of its α² products:
//!
//! ```text
//! for c in 0..C { v[ξ][c] = Bᵀ d[c] B }                                 the square of pixels that the tile sees
//! for o in 0..O { m[ξ][o] = Σ_c v[ξ][c] * u[ξ][c][o];  y[o] = Aᵀ m[o] A }
//! ```
//!
//! The way here:
//!
//! ```text
//! for each block of tiles
//!     for each 16 input channels and each tile: v     `Gather`
//!     for each 16 output channels                     m stays in the second-level cache
//!         for each ξ                                  `product::Forward`; u passes by once, fetched ahead
//!             for each 256 input channels             a panel of u in the first-level cache
//!                 for each 6 tiles: m, 6 × 16 sums
//!         for each tile: y                            `Scatter`
//! ```
//!
//! A tile's sums follow from the shape alone, so tiles and output channels may be cut anywhere for the threads.

use super::arithmetic::Halves;
use super::product::{self, CHUNK, Panels};
use super::tiles::{Grid, Tiles};
use super::transform::{Input, MOST, Output, Square, Transform, TwoWay};
use crate::Write;
use crate::blocked::{Blocked, Pixel};
use crate::conv2d::epilogue::Epilogue;
use crate::gemm::{MatrixMut, blocks};
use crate::memory::{LINE, Workspace};
use crate::parallel::{self, Records, Split};
use crate::simd::{HALF, Kernel, Simd, on_best_unit};
use crate::view::{View, ViewMut};
use core::marker::PhantomData;
use core::ops::Range;

/// A convolution from one layout to another.
#[derive(Clone, Copy)]
pub(super) struct Pass {
    pub(super) from: Blocked,
    pub(super) to: Blocked,
    /// Zeros before the first pixel that the first place sees; negative where it starts within the plane.
    pub(super) padding: [isize; 2],
}

/// What becomes of the sums.
#[derive(Clone, Copy)]
pub(super) struct Finish<'a> {
    pub(super) epilogue: Epilogue<'a>,
    pub(super) write: Write,
}

/// How many numbers the transformed inputs of a block of tiles may have: 5 MiB.
const INPUTS_LEN: usize = 5 << 18;
/// Tiles of a block, unless they have more numbers: then at least the first, and no more than the second.
const TILES: [usize; 2] = [2 * CHUNK, 4 * CHUNK];

impl Pass {
    const fn panels<W: Transform>(&self) -> Panels {
        Panels { products: W::PRODUCTS, blocks: self.from.blocks() }
    }

    /// Tiles of a block: whole chunks.
    const fn block_tiles<W: Transform>(&self) -> usize {
        let fitting = INPUTS_LEN / (self.panels::<W>().chunk_len() * LINE) * CHUNK;
        if fitting < TILES[0] {
            TILES[0]
        } else if fitting > TILES[1] {
            TILES[1]
        } else {
            fitting
        }
    }

    /// Lines of the transformed inputs of a block of tiles.
    const fn inputs_len<W: Transform>(&self) -> usize {
        self.block_tiles::<W>() / CHUNK * self.panels::<W>().chunk_len()
    }

    /// Lines of the sums of a block of tiles for one block of channels.
    const fn sums_len<W: Transform>(&self) -> usize {
        self.block_tiles::<W>() * self.panels::<W>().sums_len()
    }

    /// Numbers of scratch for each thread.
    pub(super) const fn lane_len<W: Transform>(&self) -> usize {
        (self.inputs_len::<W>() + self.sums_len::<W>()) * LINE
    }

    const fn grid<W: Transform>(&self) -> Grid {
        Grid::new(self.to.plane, W::M)
    }

    /// Multiply-adds of one image.
    fn cost<W: Transform>(&self) -> usize {
        self.grid::<W>().len() * W::PRODUCTS * self.from.blocks() * self.to.blocks() * LINE * LINE
    }
}

/// Runs the pass over a batch: each thread some of the images, or all threads each block of tiles.
pub(super) fn run<W: Transform>(
    pass: &Pass,
    x: View,
    prepared: &[f32],
    finish: Finish,
    y: ViewMut,
    mut work: Workspace,
) {
    assert_eq!(x.count(), y.count(), "as many images in as out");
    pass.from.assert_image(x.image_len());
    pass.to.assert_image(y.image_len());
    finish.epilogue.assert_channels(pass.to.channels);
    work.assert_lanes(pass.lane_len::<W>());
    let count = x.count();
    let (lanes, scratch) = work.lanes_for(count * pass.cost::<W>());
    let batch = Batch::<W> { pass, prepared: prepared.as_chunks().0, finish, of: PhantomData };
    if count.is_multiple_of(lanes) || count >= 8 * lanes {
        parallel::over((x, y), scratch, lanes, &|(x, y), scratch: &mut [f32]| batch.run(x, y, scratch, 1));
    } else {
        batch.run(x, y, scratch, lanes);
    }
}

/// What all threads share.
struct Batch<'a, W> {
    pass: &'a Pass,
    prepared: &'a [Pixel],
    finish: Finish<'a>,
    of: PhantomData<W>,
}

impl<W: Transform> Batch<'_, W> {
    /// Computes some images on `lanes` threads.
    fn run(&self, x: View, mut y: ViewMut, scratch: &mut [f32], lanes: usize) {
        let pass = self.pass;
        let (inputs, sums) = scratch.split_at_mut(pass.inputs_len::<W>() * LINE);
        let (inputs, _) = inputs.as_chunks_mut::<LINE>();
        let sums = &mut sums[..lanes * pass.sums_len::<W>() * LINE];
        let chunk_len = pass.panels::<W>().chunk_len();
        for tiles in blocks(0..x.count() * pass.grid::<W>().len(), pass.block_tiles::<W>()) {
            let chunks = tiles.len().div_ceil(CHUNK);
            let inputs = &mut inputs[..chunks * chunk_len];
            let parts = (0..chunks, Records::new(&mut *inputs, chunk_len));
            parallel::over(
                parts,
                &mut [],
                lanes,
                &|(chunks, inputs): (Range<usize>, Records<_>), _: &mut [f32]| {
                    let some =
                        tiles.start + chunks.start * CHUNK..tiles.end.min(tiles.start + chunks.end * CHUNK);
                    on_best_unit(Gather::<W> {
                        pass,
                        x,
                        tiles: some,
                        inputs: inputs.items(),
                        of: PhantomData,
                    });
                },
            );
            let parts = SomeBlocks::new(&pass.to, &mut y);
            parallel::over(parts, sums, lanes, &|mut y: SomeBlocks, sums: &mut [f32]| {
                self.outputs(inputs, tiles.clone(), &mut y, sums.as_chunks_mut().0);
            });
        }
    }

    /// Computes some blocks of output channels of some tiles.
    fn outputs(&self, inputs: &[Pixel], tiles: Range<usize>, y: &mut SomeBlocks, sums: &mut [Pixel]) {
        let Self { pass, prepared, finish, .. } = *self;
        let panels = pass.panels::<W>();
        for (index, block) in y.blocks.clone().enumerate() {
            let weights = &prepared[block * panels.weights_len()..][..panels.weights_len()];
            on_best_unit(product::Forward { panels, inputs, weights, tiles: tiles.len(), sums });
            let (y, tiles) = ((&mut *y, index), tiles.clone());
            on_best_unit(Scatter::<W> { pass, sums, finish, tiles, y, of: PhantomData });
        }
    }
}

/// Some blocks of channels of all images.
struct SomeBlocks<'a> {
    /// Images × numbers.
    matrix: MatrixMut<'a>,
    blocks: Range<usize>,
    /// Numbers of a block.
    len: usize,
}

impl<'a> SomeBlocks<'a> {
    fn new(d: &Blocked, images: &'a mut ViewMut) -> Self {
        let (count, len, stride) = (images.count(), images.image_len(), images.stride());
        let matrix = MatrixMut::strided(images.numbers_mut(), count, len, stride);
        Self { matrix, blocks: 0..d.blocks(), len: d.block_pixels() * LINE }
    }

    /// The pixels of the `index`-th of these blocks of an image.
    fn pixels(&mut self, image: usize, index: usize) -> &mut [Pixel] {
        self.matrix.row_mut(image)[index * self.len..][..self.len].as_chunks_mut().0
    }
}

impl Split for SomeBlocks<'_> {
    fn units(&self) -> usize {
        self.blocks.len()
    }
    fn cut(self, middle: usize) -> (Self, Self) {
        let (a, b) = self.matrix.split_cols(middle * self.len);
        let (blocks_a, blocks_b) = self.blocks.cut(middle);
        (Self { matrix: a, blocks: blocks_a, ..self }, Self { matrix: b, blocks: blocks_b, len: self.len })
    }
}

/// Transforms the inputs of some tiles.
struct Gather<'a, W> {
    pass: &'a Pass,
    x: View<'a>,
    tiles: Range<usize>,
    inputs: &'a mut [Pixel],
    of: PhantomData<W>,
}

impl<W: Transform> Kernel for Gather<'_, W> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { pass, x, tiles, inputs, .. } = self;
        let panels = pass.panels::<W>();
        let mut squares = Tiles::<S, Input<W>>::new(simd, pass.from, W::M, pass.padding);
        for block in 0..pass.from.blocks() {
            for (i, place) in pass.grid::<W>().places(tiles.clone()).enumerate() {
                let first = i / CHUNK * panels.chunk_len() + i % CHUNK * panels.blocks + block;
                squares.transform(x, block, place, &mut inputs[first..], panels.panel_len());
            }
        }
    }
}

/// Transforms the sums of some tiles to a block of outputs.
struct Scatter<'a, 'y, W> {
    pass: &'a Pass,
    sums: &'a [Pixel],
    finish: Finish<'a>,
    tiles: Range<usize>,
    /// Some blocks, and which of them.
    y: (&'a mut SomeBlocks<'y>, usize),
    of: PhantomData<W>,
}

impl<W: Transform> Kernel for Scatter<'_, '_, W> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { pass, sums, finish, tiles, y: (y, index), .. } = self;
        let d = pass.to;
        let mut two_way = TwoWay::new(Halves(simd));
        let mut square = [[[0.0; LINE]; MOST]; MOST];
        let block = y.blocks.start + index;
        let epilogue = finish.epilogue.of_block(simd, block);
        let sums = sums.chunks_exact(pass.panels::<W>().sums_len());
        for (place, sums) in pass.grid::<W>().places(tiles).zip(sums) {
            output_tile::<S, W>(simd, sums, &mut two_way, &mut square);
            let pixels = y.pixels(place.image, index);
            if finish.write == Write::Overwrite && place.tile == [0, 0] {
                d.clear_halo(pixels);
            }
            let [first_row, first_column] = place.tile.map(|tile| tile * W::M);
            let columns = W::M.min(d.plane[1] - first_column);
            for (i, line) in square.iter().enumerate().take(W::M.min(d.plane[0] - first_row)) {
                let row = &mut pixels[d.row(first_row + i)][first_column..][..columns];
                for (pixel, sums) in row.iter_mut().zip(line) {
                    let mut y = epilogue.apply(simd, simd.load(sums));
                    if finish.write == Write::Accumulate {
                        y = simd.add(y, simd.load(pixel));
                    }
                    simd.store(y, pixel);
                }
                d.clear_spare(block, row);
            }
        }
    }
}

/// Aᵀ m A of sixteen channels.
#[inline(always)]
fn output_tile<S: Simd, W: Transform>(
    simd: S,
    sums: &[Pixel],
    two_way: &mut TwoWay<Halves<S>, Output<W>>,
    square: &mut Square<Pixel>,
) {
    let halves = Halves(simd);
    let sums = &sums[..W::PRODUCTS];
    for half in 0..LINE / HALF {
        for i in 0..W::ALPHA {
            let mut row = two_way.empty();
            for j in 0..W::ALPHA {
                row[j] = halves.load(&sums[i * W::ALPHA + j], half);
            }
            two_way.take_row(i, row);
        }
        for i in 0..W::M {
            let line = two_way.column(i);
            for j in 0..W::M {
                halves.store(line[j], &mut square[i][j], half);
            }
        }
    }
}
