//! What tests of kernels on strided batches share.

use super::Conv2d;
use crate::memory::{AlignedBuffer, Workspace};
use crate::policy::Policy;
use crate::reference::gradient_check::scattered;
use crate::view::{View, ViewMut};
use crate::window::Window;
use alloc::vec::Vec;

/// The image of a lecture's worked example.
pub(crate) const GOLDEN_IMAGE: [f32; 25] = [
    1.0, 2.0, 0.0, 3.0, 1.0, //
    0.0, 1.0, 2.0, 3.0, 1.0, //
    1.0, 2.0, 1.0, 0.0, 0.0, //
    5.0, 2.0, 3.0, 1.0, 1.0, //
    2.0, 1.0, 0.0, 1.0, 1.0,
];

/// Its kernel.
pub(crate) const GOLDEN_KERNEL: [f32; 9] = [1.0, 2.0, 1.0, 0.0, 1.0, 0.0, 2.0, 1.0, 0.0];

/// What stands between the images of a batch, and where scratch has not been written.
const NOTHING: f32 = f32::NAN;

/// A window, with as many places as it fits into the padded plane.
pub(crate) fn window(
    input: [usize; 2],
    kernel: [usize; 2],
    stride: [usize; 2],
    padding: [usize; 2],
    dilation: [usize; 2],
) -> Window {
    let output = [0, 1].map(|axis| {
        let last_tap = (kernel[axis] - 1) * dilation[axis];
        let padded = input[axis] + 2 * padding[axis];
        (0..padded).filter(|place| place * stride[axis] + last_tap < padded).count()
    });
    Window { input, output, kernel, stride, padding, dilation }
}

/// A convolution of (input channels, output channels, groups) over such a window.
pub(crate) fn conv2d(
    [in_channels, out_channels, groups]: [usize; 3],
    input: [usize; 2],
    kernel: [usize; 2],
    stride: [usize; 2],
    padding: [usize; 2],
    dilation: [usize; 2],
) -> Conv2d {
    Conv2d { in_channels, out_channels, groups, window: window(input, kernel, stride, padding, dilation) }
}

/// `len` distinct numbers between -1 and 1.
pub(crate) fn numbers(len: usize, seed: usize) -> Vec<f32> {
    scattered(len, seed).into_iter().map(|x| x as f32).collect()
}

/// A batch with a gap behind each image but the last.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    numbers: Vec<f32>,
    len: usize,
    gap: usize,
}

impl Batch {
    /// The images that stand densely in `images`, with gaps.
    pub(crate) fn new(images: &[f32], len: usize, gap: usize) -> Self {
        let mut numbers: Vec<f32> = Vec::new();
        for image in images.chunks(len) {
            numbers.extend(image);
            numbers.extend(core::iter::repeat_n(NOTHING, gap));
        }
        numbers.truncate(numbers.len().saturating_sub(gap));
        Self { numbers, len, gap }
    }

    pub(crate) fn view(&self) -> View<'_> {
        View::strided(&self.numbers, self.len, self.len + self.gap)
    }

    pub(crate) fn view_mut(&mut self) -> ViewMut<'_> {
        ViewMut::strided(&mut self.numbers, self.len, self.len + self.gap)
    }

    /// The images without gaps, once these have proved untouched.
    pub(crate) fn dense(&self) -> Vec<f32> {
        for image in self.numbers.chunks(self.len + self.gap) {
            assert!(image[self.len..].iter().all(|number| number.is_nan()), "a gap was written");
        }
        self.view().images().flatten().copied().collect()
    }
}

/// Scratch memory full of NaN, no larger than it was asked for.
pub(crate) struct Scratch {
    lanes: usize,
    lane: AlignedBuffer,
    step: AlignedBuffer,
}

impl Scratch {
    pub(crate) fn new(lanes: usize, lane_len: usize, step_len: usize) -> Self {
        let lane_len = lane_len.next_multiple_of(crate::memory::LINE);
        let (mut lane, mut step) = (AlignedBuffer::zeros(lanes * lane_len), AlignedBuffer::zeros(step_len));
        lane.fill(NOTHING);
        step.fill(NOTHING);
        Self { lanes, lane, step }
    }

    pub(crate) fn workspace(&mut self) -> Workspace<'_> {
        Workspace {
            policy: Policy::Fast,
            batch: usize::MAX,
            lanes: self.lanes,
            lane_scratch: &mut self.lane,
            step_scratch: &mut self.step,
            saved: &mut [],
        }
    }
}

/// Asserts that both are the same but for rounding errors, which `size`, the number of summands, lets grow.
pub(crate) fn assert_close(what: &str, actual: &[f32], expected: &[f32], size: usize) {
    assert_eq!(actual.len(), expected.len(), "{what}: length");
    let bound = 1e-6 * (1.0 + size as f32);
    for (i, (a, b)) in actual.iter().zip(expected).enumerate() {
        assert!((a - b).abs() <= bound, "{what}: number {i} is {a} instead of {b}");
    }
}

/// Asserts that `run`, told how many lanes there are, returns the same bits with one, two and three threads.
#[cfg(feature = "rayon")]
pub(crate) fn assert_same_bits(what: &str, run: impl Fn(usize) -> Vec<f32> + Sync) {
    let bits = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| run(threads)).into_iter().map(f32::to_bits).collect::<Vec<_>>()
    };
    let one = bits(1);
    for threads in [2, 3] {
        assert!(one == bits(threads), "{what}: {threads} threads give other bits than one");
    }
}
