//! Packs weights into the panels that the core tile reads.

use crate::conv2d::tile::Panel;
use crate::memory::{LINE, Workspace};
use crate::parallel::{self, Records};
use crate::simd::{Kernel, Simd, on_best_unit};
use core::ops::Range;

/// Some of a kernel's taps along one axis, evenly spaced.
#[derive(Clone, Copy, Debug)]
pub(in crate::conv2d) struct KernelTaps {
    pub(in crate::conv2d) first: usize,
    pub(in crate::conv2d) step: isize,
    pub(in crate::conv2d) count: usize,
}

impl KernelTaps {
    /// All of them.
    pub(in crate::conv2d) fn all(count: usize) -> Self {
        Self { first: 0, step: 1, count }
    }

    pub(in crate::conv2d) fn iter(self) -> impl Iterator<Item = usize> {
        (0..self.count).map(move |tap| self.first.wrapping_add_signed(tap.cast_signed() * self.step))
    }
}

/// Which numbers of a weight in PyTorch's layout go to which panels. Pairs are (of what is written, of what is read).
pub(super) struct Packing {
    pub(super) channels: [usize; 2],
    /// Numbers of the weight from one channel to the next.
    pub(super) strides: [usize; 2],
    pub(super) kernel_width: usize,
    /// Down and across.
    pub(super) taps: [KernelTaps; 2],
}

impl Packing {
    /// Panels for each block of what is written.
    pub(super) const fn panels_of_block(&self) -> usize {
        self.channels[1].div_ceil(LINE) * self.taps[0].count * self.taps[1].count
    }

    /// All panels.
    pub(super) const fn panels(&self) -> usize {
        self.channels[0].div_ceil(LINE) * self.panels_of_block()
    }

    /// Writes the panels: (blocks written, blocks read, taps down, taps across, 16 read, 16 written), or of fewer that are
    /// read if those are all. Spare lanes are zero.
    pub(super) fn run<const C: usize>(&self, weight: &[f32], panels: &mut [Panel<C>], work: &mut Workspace) {
        assert_eq!(panels.len(), self.panels(), "panels of a weight");
        assert!(C == LINE || self.channels[1] <= C, "{C} channels of a panel are all");
        if panels.is_empty() {
            return;
        }
        let (lanes, scratch) = work.lanes_for(4 * panels.len() * C * LINE);
        let blocks = 0..self.channels[0].div_ceil(LINE);
        let parts = (blocks, Records::new(panels, self.panels_of_block()));
        parallel::over(parts, scratch, lanes, &|(blocks, panels): (
            Range<usize>,
            Records<&mut [Panel<C>]>,
        ),
                                                _| {
            on_best_unit(PackBlocks { packing: self, weight, blocks, panels: panels.items() });
        });
    }

    /// Copies the numbers of one panel, which `numbers` start with.
    #[inline(always)]
    fn panel<S: Simd, const C: usize>(
        &self,
        simd: S,
        numbers: &[f32],
        [lanes, lines]: [usize; 2],
        panel: &mut Panel<C>,
    ) {
        let [lane_stride, line_stride] = self.strides;
        // In the order of memory.
        if lane_stride < line_stride {
            *panel = [[0.0; LINE]; C];
            for (line, to) in panel[..lines].iter_mut().enumerate() {
                take(&numbers[line * line_stride..], lane_stride, &mut to[..lanes]);
            }
        } else {
            let mut square = [[0.0; LINE]; LINE];
            for (lane, to) in square[..lanes].iter_mut().enumerate() {
                take(&numbers[lane * lane_stride..], line_stride, &mut to[..lines]);
            }
            simd.transpose(&mut square);
            panel.copy_from_slice(&square[..C]);
        }
    }
}

/// Takes numbers that stand `stride` apart.
#[inline(always)]
fn take(from: &[f32], stride: usize, to: &mut [f32]) {
    if stride == 1 {
        to.copy_from_slice(&from[..to.len()]);
    } else {
        to.iter_mut().zip(from.iter().step_by(stride)).for_each(|(to, from)| *to = *from);
    }
}

/// Writes the panels of some blocks.
struct PackBlocks<'a, const C: usize> {
    packing: &'a Packing,
    weight: &'a [f32],
    blocks: Range<usize>,
    panels: &'a mut [Panel<C>],
}

impl<const C: usize> Kernel for PackBlocks<'_, C> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Packing { channels, strides, kernel_width, taps: [down, across] } = *self.packing;
        let mut panels = self.panels.iter_mut();
        for block in self.blocks {
            let lanes = LINE.min(channels[0] - block * LINE);
            for first in (0..channels[1]).step_by(LINE) {
                let lines = LINE.min(channels[1] - first);
                let numbers = &self.weight[block * LINE * strides[0] + first * strides[1]..];
                for k in down.iter() {
                    for l in across.iter() {
                        let Some(panel) = panels.next() else { unreachable!("a panel for each tap") };
                        self.packing.panel(simd, &numbers[k * kernel_width + l..], [lanes, lines], panel);
                    }
                }
            }
        }
    }
}
