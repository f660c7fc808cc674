//! Packs weights into the panels that the core tile reads.

use crate::conv2d::tile::Panel;
use crate::memory::{LINE, Workspace};
use crate::parallel::{self, Records};
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
            for (block, panels) in blocks.zip(panels.items().chunks_exact_mut(self.panels_of_block())) {
                self.block(weight, block, panels);
            }
        });
    }

    /// The panels of one block of what is written.
    fn block<const C: usize>(&self, weight: &[f32], block: usize, panels: &mut [Panel<C>]) {
        let lanes = LINE.min(self.channels[0] - block * LINE);
        let of_block = &weight[block * LINE * self.strides[0]..];
        let [down, across] = self.taps;
        let mut panels = panels.iter_mut();
        for first in (0..self.channels[1]).step_by(LINE) {
            let lines = LINE.min(self.channels[1] - first);
            let places = down.iter().flat_map(|k| across.iter().map(move |l| k * self.kernel_width + l));
            for (place, panel) in places.zip(panels.by_ref()) {
                *panel = [[0.0; LINE]; C];
                for (read, line) in panel[..lines].iter_mut().enumerate() {
                    let numbers = &of_block[(first + read) * self.strides[1] + place..];
                    for (lane, number) in
                        line[..lanes].iter_mut().zip(numbers.iter().step_by(self.strides[0]))
                    {
                        *lane = *number;
                    }
                }
            }
        }
    }
}
