//! The first layer's kernels against the definition, and against themselves on more threads.

use super::*;
use crate::blocked::testing::planes;
use crate::conv2d::epilogue::Activation;
use crate::conv2d::testing::{Batch, Scratch, assert_close, conv2d, numbers, window};
use crate::reference;
use alloc::vec;
use alloc::vec::Vec;
use proptest::prelude::*;

fn run(d: &FirstConv2d, x: &Batch, weight: &[f32], epilogue: Epilogue, lanes: usize) -> Vec<f32> {
    let mut scratch = Scratch::new(lanes, forward_lane_len(d), 0);
    let mut prepared = vec![f32::NAN; prepared_len(d)];
    prepare(d, weight, &mut prepared, scratch.workspace());
    let mut y = Batch::new(&vec![f32::NAN; x.view().count() * d.y().len()], d.y().len(), 3);
    forward(d, x.view(), &prepared, epilogue, y.view_mut(), scratch.workspace());
    planes(&d.y(), &y)
}

fn assert_like_reference(d: &FirstConv2d, count: usize, gap: usize, lanes: usize) {
    let x = Batch::new(&numbers(count * d.conv.input_len(), 1), d.conv.input_len(), gap);
    let (weight, shift) = (numbers(d.conv.weight_len(), 2), numbers(d.conv.out_channels, 3));
    let mut y = vec![f32::NAN; count * d.conv.output_len()];
    reference::conv2d::forward(&d.conv, &x.dense(), &weight, Some(&shift), &mut y);
    let epilogue = Epilogue::bias(Some(&shift));
    assert_close("sums", &run(d, &x, &weight, epilogue, lanes), &y, d.conv.patch_len());
    for y in &mut y {
        *y = y.max(0.0);
    }
    let epilogue = Epilogue { activation: Activation::Relu, ..epilogue };
    assert_close("y", &run(d, &x, &weight, epilogue, lanes), &y, d.conv.patch_len());
}

/// (kernel, stride, dilation) across: with a stride that has a kernel of its own, and with any.
const ROWS: [[usize; 3]; 9] =
    [[3, 1, 1], [3, 2, 1], [5, 1, 1], [7, 2, 1], [11, 4, 1], [3, 1, 2], [1, 3, 1], [4, 2, 1], [7, 1, 3]];

fn any_first_layer() -> impl Strategy<Value = FirstConv2d> {
    let down = (1..12_usize, 1..5_usize, 1..3_usize);
    let plane = ([1..40_usize, 1..40], [0..4_usize, 0..4]);
    let channels = (1..5_usize, prop_oneof![1..4_usize, 14..36_usize]);
    (down, proptest::sample::select(&ROWS[..]), plane, channels, [0..3_usize, 0..3]).prop_filter_map(
        "the window does not fit",
        |((kernel, stride, dilation), across, (input, padding), (inputs, outputs), y_halo)| {
            let pairs = [[kernel, across[0]], [stride, across[1]], [dilation, across[2]]];
            let conv = conv2d([inputs, outputs, 1], input, pairs[0], pairs[1], padding, pairs[2]);
            (conv.window.output_len() > 0).then_some(FirstConv2d { conv, y_halo })
        },
    )
}

proptest! {
    #[test]
    fn forward_is_the_definition(d in any_first_layer(), count in 1..4_usize, gap in 0..20_usize) {
        assert_like_reference(&d, count, gap, 1);
    }
}

/// As the two layers one behind the other.
fn assert_pooled(d: &FirstPooled, count: usize, lanes: usize) -> Vec<f32> {
    let (first, conv) = (&d.first, &d.first.conv);
    let x = Batch::new(&numbers(count * conv.input_len(), 1), conv.input_len(), 2);
    let (weight, shift) = (numbers(conv.weight_len(), 2), numbers(conv.out_channels, 3));
    let epilogue = Epilogue { activation: Activation::Sigmoid, ..Epilogue::bias(Some(&shift)) };
    let sums = run(first, &x, &weight, epilogue, lanes);
    let pool = crate::pool::MaxPool2d { channels: conv.out_channels, window: d.pool };
    let mut expected = vec![f32::NAN; count * d.y().planes_len()];
    reference::pool::max_forward(&pool, &sums, &mut expected);

    let mut scratch = Scratch::new(lanes, forward_max_pool_lane_len(d), 0);
    let mut prepared = vec![f32::NAN; prepared_len(first)];
    prepare(first, &weight, &mut prepared, scratch.workspace());
    let mut y = Batch::new(&vec![f32::NAN; count * d.y().len()], d.y().len(), 3);
    forward_max_pool(d, x.view(), &prepared, epilogue, y.view_mut(), scratch.workspace());
    let found = planes(&d.y(), &y);
    assert_eq!(found, expected);
    found
}

proptest! {
    #[test]
    fn a_pool_behind_it(
        first in any_first_layer(),
        [kernel, stride] in [[1..5_usize, 1..5], [1..4_usize, 1..4]],
        padding in [0..2_usize, 0..2],
        y_halo in [0..2_usize, 0..2],
        count in 1..3_usize,
    ) {
        let padding = [0, 1].map(|axis| padding[axis].min(kernel[axis] / 2));
        let plane = first.conv.window.output;
        prop_assume!((0..2).all(|axis| kernel[axis] <= plane[axis] + 2 * padding[axis]));
        let pool = window(plane, kernel, stride, padding, [1, 1]);
        let first = FirstConv2d { y_halo: [0, 0], ..first };
        assert_pooled(&FirstPooled { first, pool, y_halo }, count, 1);
    }
}

/// Cuts between images, blocks and rows.
#[cfg(feature = "rayon")]
#[test]
fn bits_do_not_depend_on_the_threads() {
    use crate::conv2d::testing::assert_same_bits;
    for (outputs, input, kernel, stride, count) in [(96, 60, 11, 4, 7), (20, 75, 7, 2, 2), (35, 57, 3, 1, 1)]
    {
        let conv = conv2d([3, outputs, 1], [input; 2], [kernel; 2], [stride; 2], [1; 2], [1; 2]);
        let d = FirstConv2d { conv, y_halo: [1, 2] };
        assert!(count * conv.macs() > 2 * crate::parallel::WORTH_SPLITTING, "{d:?} is worth three threads");
        let x = Batch::new(&numbers(count * conv.input_len(), 1), conv.input_len(), 5);
        let weight = numbers(conv.weight_len(), 2);
        assert_same_bits("y", |lanes| run(&d, &x, &weight, Epilogue::bias(None), lanes));
        assert_like_reference(&d, count, 5, 3);
        let pool = window(conv.window.output, [3; 2], [2; 2], [1; 2], [1; 2]);
        let pooled = FirstPooled { first: FirstConv2d { conv, y_halo: [0, 0] }, pool, y_halo: [1, 2] };
        assert_same_bits("the pool", |lanes| assert_pooled(&pooled, count, lanes));
    }
}

#[test]
#[should_panic(expected = "lane scratch")]
fn too_little_scratch() {
    let conv = conv2d([3, 8, 1], [9; 2], [3; 2], [1; 2], [1; 2], [1; 2]);
    let d = FirstConv2d { conv, y_halo: [0; 2] };
    let (x, prepared) = (numbers(conv.input_len(), 1), vec![0.0; prepared_len(&d)]);
    let mut y = vec![0.0; d.y().len()];
    let mut scratch = Scratch::new(1, forward_lane_len(&d) - 16, 0);
    let (x, y) = (View::dense(&x, x.len()), ViewMut::dense(&mut y, d.y().len()));
    forward(&d, x, &prepared, Epilogue::bias(None), y, scratch.workspace());
}
