//! The gradients of a direct convolution's weight and bias, from images in the layout of the network.
//!
//! [`weight_sums`](super::weight_sums) does the work; what is said here is where things stand.

use super::BlockedConv2d;
use super::weight_chunks::Gradients;
use super::weight_sums::{self, Add, Layout, Place, Places};
use crate::memory::{LINE, Workspace};
use crate::view::View;

/// Numbers of scratch that [`backward_weight`] needs for the step; it needs none for each thread.
#[must_use]
pub const fn backward_weight_step_len(d: &BlockedConv2d) -> usize {
    weight_sums::step_len(&d.conv)
}

/// Overwrites the gradient of the weight (O, I, Kh, Kw), and that of the bias if there is one.
///
/// # Panics
/// If a length is not what `d` tells, there are groups, the halo of `x` is smaller than the padding, or the scratch
/// smaller than the function above tells.
pub fn backward_weight(
    d: &BlockedConv2d,
    x: View,
    d_y: View,
    d_weight: &mut [f32],
    d_bias: Option<&mut [f32]>,
    work: Workspace,
) {
    assert_eq!(d.conv.groups, 1, "a direct convolution without groups");
    let places = Places::blocked(d, x, d_y);
    let x_block = d.x().block_pixels() * LINE;
    let x_width = d.x().padded()[1] * LINE;
    let [down, across] = d.conv.window.dilation;
    let layout = Layout {
        next_block: Place { x: 0, d_y: d.y().block_pixels() * LINE },
        offset: |channel, tap: [usize; 2]| {
            channel / LINE * x_block + channel % LINE + tap[0] * down * x_width + tap[1] * across * LINE
        },
    };
    let gradients = Gradients { weight: d_weight, bias: d_bias };
    let cost = x.count() * d.conv.macs();
    weight_sums::overwrite(&d.conv, &layout, gradients, cost, work, &|entries, units, sums, _| {
        Add::<1> { entries, units, sums, x: x.numbers(), d_y: d_y.numbers(), places }.run();
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocked::testing::batch;
    use crate::conv2d::testing::{Scratch, assert_close, conv2d, numbers};
    use crate::reference;
    use alloc::vec;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    /// The gradients of the weight and, behind it, of the bias: of the kernel.
    fn gradients(
        d: &BlockedConv2d,
        count: usize,
        gaps: [usize; 2],
        with_bias: bool,
        lanes: usize,
    ) -> Vec<f32> {
        let x = batch(&d.x(), &numbers(count * d.conv.input_len(), 1), gaps[0]);
        let d_y = batch(&d.y(), &numbers(count * d.conv.output_len(), 2), gaps[1]);
        let mut scratch = Scratch::new(lanes, 0, backward_weight_step_len(d));
        let mut d_weight = vec![f32::NAN; d.conv.weight_len()];
        let mut d_bias = with_bias.then(|| vec![f32::NAN; d.conv.out_channels]);
        backward_weight(d, x.view(), d_y.view(), &mut d_weight, d_bias.as_deref_mut(), scratch.workspace());
        d_weight.extend(d_bias.into_iter().flatten());
        d_weight
    }

    /// And of the definition.
    fn assert_like_reference(
        d: &BlockedConv2d,
        count: usize,
        gaps: [usize; 2],
        with_bias: bool,
        lanes: usize,
    ) {
        let (x, d_y) = (numbers(count * d.conv.input_len(), 1), numbers(count * d.conv.output_len(), 2));
        let mut d_weight = vec![f32::NAN; d.conv.weight_len()];
        let mut d_bias = with_bias.then(|| vec![f32::NAN; d.conv.out_channels]);
        reference::conv2d::backward_weight(&d.conv, &x, &d_y, &mut d_weight, d_bias.as_deref_mut());
        d_weight.extend(d_bias.into_iter().flatten());
        let size = count * d.conv.window.output_len();
        assert_close("parameters", &gradients(d, count, gaps, with_bias, lanes), &d_weight, size);
    }

    proptest! {
        #[test]
        fn gradients_are_the_definition(
            channels in [1..40_usize, 1..40],
            input in [1..10_usize, 1..10],
            kernel in [1..5_usize, 1..5],
            stride in [1..4_usize, 1..4],
            padding in [0..4_usize, 0..4],
            dilation in [1..4_usize, 1..4],
            more_halo in [0..3_usize, 0..3],
            y_halo in [0..3_usize, 0..3],
            count in 1..6_usize,
            gaps in [0..20_usize, 0..20],
            bias: bool,
        ) {
            let conv = conv2d([channels[0], channels[1], 1], input, kernel, stride, padding, dilation);
            prop_assume!(conv.window.output_len() > 0);
            let x_halo = [padding[0] + more_halo[0], padding[1] + more_halo[1]];
            assert_like_reference(&BlockedConv2d { conv, x_halo, y_halo }, count, gaps, bias, 1);
        }
    }

    #[cfg(feature = "rayon")]
    #[test]
    fn bits_do_not_depend_on_the_threads() {
        let cases = [
            (conv2d([37, 70, 1], [23, 21], [3, 3], [1, 1], [1, 1], [1, 1]), 5),
            (conv2d([5, 16, 1], [31, 40], [5, 3], [2, 1], [2, 0], [1, 2]), 40),
            (conv2d([340, 33, 1], [7, 7], [1, 1], [1, 1], [0, 0], [1, 1]), 9),
        ];
        for (conv, count) in cases {
            let d = BlockedConv2d { conv, x_halo: [2, 1], y_halo: [0, 1] };
            assert!(
                count * d.conv.macs() > 2 * crate::parallel::WORTH_SPLITTING,
                "{d:?} is worth three threads"
            );
            crate::conv2d::testing::assert_same_bits("parameters", |lanes| {
                gradients(&d, count, [7, 3], true, lanes)
            });
            assert_like_reference(&d, count, [7, 3], true, 3);
        }
    }

    fn small(x_halo: [usize; 2]) -> BlockedConv2d {
        let conv = conv2d([3, 2, 1], [5, 5], [3, 3], [1, 1], [1, 1], [1, 1]);
        BlockedConv2d { conv, x_halo, y_halo: [0, 0] }
    }

    #[test]
    #[should_panic(expected = "narrower than the padding")]
    fn too_narrow_a_halo() {
        gradients(&small([1, 0]), 1, [0, 0], false, 1);
    }

    #[test]
    #[should_panic(expected = "image length")]
    fn images_of_another_layout() {
        let (d, other) = (small([1, 1]), small([2, 1]));
        let x = batch(&other.x(), &numbers(other.conv.input_len(), 1), 0);
        let d_y = batch(&d.y(), &numbers(d.conv.output_len(), 2), 0);
        let mut scratch = Scratch::new(1, 0, backward_weight_step_len(&d));
        let mut d_weight = vec![0.0; d.conv.weight_len()];
        backward_weight(&d, x.view(), d_y.view(), &mut d_weight, None, scratch.workspace());
    }

    #[test]
    #[should_panic(expected = "step scratch")]
    fn too_little_scratch() {
        let d = small([1, 1]);
        let x = batch(&d.x(), &numbers(d.conv.input_len(), 1), 0);
        let d_y = batch(&d.y(), &numbers(d.conv.output_len(), 2), 0);
        let mut scratch = Scratch::new(1, 0, 16);
        let mut d_weight = vec![0.0; d.conv.weight_len()];
        backward_weight(&d, x.view(), d_y.view(), &mut d_weight, None, scratch.workspace());
    }
}
