//! Weights in the layout of the kernels: transformed, `[output block][ξ][input channel][16 output channels]`.

use super::arithmetic::Doubles;
use super::transform::{Transform, TwoWay, Weight};
use crate::blocked::Pixel;
use crate::memory::{LINE, Workspace};
use crate::parallel::{self, Records};
use crate::simd::{Kernel, Simd, on_best_unit};
use core::array::from_fn;
use core::marker::PhantomData;
use core::ops::Range;

/// How the weights of a pass stand in PyTorch's layout.
#[derive(Clone, Copy)]
pub(super) struct Taps {
    /// Channels that are read, and their distance in numbers.
    pub(super) input: (usize, usize),
    /// Channels that are written, and their distance.
    pub(super) output: (usize, usize),
    /// Whether the taps are taken from the last to the first.
    pub(super) flipped: bool,
}

impl Taps {
    /// Lines of a block of output channels.
    const fn block_len(&self, products: usize) -> usize {
        products * self.input.0.next_multiple_of(LINE)
    }

    /// Numbers of all weights.
    pub(super) const fn prepared_len(&self, products: usize) -> usize {
        self.output.0.div_ceil(LINE) * self.block_len(products) * LINE
    }
}

/// Writes the transformed weights. They are computed in doubles, so that rounding them is the only error.
pub(super) fn prepare<W: Transform>(taps: &Taps, weight: &[f32], prepared: &mut [f32], mut work: Workspace) {
    assert_eq!(prepared.len(), taps.prepared_len(W::PRODUCTS), "length of prepared weights");
    let (lines, _) = prepared.as_chunks_mut::<LINE>();
    let (lanes, scratch) = work.lanes_for(8 * lines.len() * LINE);
    let parts = (0..taps.output.0.div_ceil(LINE), Records::new(lines, taps.block_len(W::PRODUCTS)));
    parallel::over(parts, scratch, lanes, &|(blocks, lines): (Range<usize>, Records<&mut [Pixel]>), _| {
        on_best_unit(Prepare::<W> { taps, weight, blocks, lines: lines.items(), of: PhantomData });
    });
}

struct Prepare<'a, W> {
    taps: &'a Taps,
    weight: &'a [f32],
    blocks: Range<usize>,
    lines: &'a mut [Pixel],
    of: PhantomData<W>,
}

impl<W: Transform> Kernel for Prepare<'_, W> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Self { taps, weight, blocks, lines, .. } = self;
        let (channels, mut square) =
            (taps.input.0.next_multiple_of(LINE), TwoWay::<_, Weight<W>>::new(Doubles));
        for (block, lines) in blocks.zip(lines.chunks_exact_mut(taps.block_len(W::PRODUCTS))) {
            for channel in 0..channels {
                for i in 0..W::R {
                    let mut row = square.empty();
                    for j in 0..W::R {
                        row[j] = taps.line::<W>(weight, block, channel, [i, j]);
                    }
                    square.take_row(i, row);
                }
                for i in 0..W::ALPHA {
                    let column = square.column(i);
                    for j in 0..W::ALPHA {
                        lines[(i * W::ALPHA + j) * channels + channel] = column[j].map(|value| value as f32);
                    }
                }
            }
        }
    }
}

impl Taps {
    /// One tap of an input channel, for sixteen output channels; zeros where there is none.
    #[inline(always)]
    fn line<W: Transform>(
        &self,
        weight: &[f32],
        block: usize,
        channel: usize,
        tap: [usize; 2],
    ) -> [f64; LINE] {
        if channel >= self.input.0 {
            return [0.0; LINE];
        }
        let tap = tap[0] * W::R + tap[1];
        let tap = if self.flipped { W::R * W::R - 1 - tap } else { tap };
        from_fn(|lane| {
            let output = block * LINE + lane;
            if output >= self.output.0 {
                return 0.0;
            }
            f64::from(weight[output * self.output.1 + channel * self.input.1 + tap])
        })
    }
}
