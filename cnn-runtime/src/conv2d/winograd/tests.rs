//! Winograd's algorithm against the definition, and against itself on more threads.

use super::arithmetic::Doubles;
use super::transform::{
    F2x3, F4x3, F4x5, F6x3, Input, MOST, Map, Output, OutputGradient, Transform, Weight, WeightGradient,
};
use super::*;
use crate::blocked::testing::{batch, planes};
use crate::conv2d::testing::{Batch, Scratch, conv2d, numbers};
use crate::memory::LINE;
use crate::reference;
use alloc::vec;
use alloc::vec::Vec;
use proptest::prelude::*;

const TILES: [Tile; 4] = [Tile::F2x3, Tile::F4x3, Tile::F6x3, Tile::F4x5];

/// A vector whose lanes hold the same number.
fn line(number: f64) -> [f64; LINE] {
    [number; LINE]
}

fn unit(at: usize) -> [[f64; LINE]; MOST] {
    core::array::from_fn(|i| line(if i == at { 1.0 } else { 0.0 }))
}

/// What a map makes of the unit vectors: its matrix by columns.
fn columns<P: Map>() -> Vec<Vec<f64>> {
    let column = |j| P::apply(Doubles, unit(j))[..P::TO].iter().map(|line| line[0]).collect();
    (0..P::FROM).map(column).collect()
}

fn one_dimension<W: Transform>() {
    let (input, weight, output) = (columns::<Input<W>>(), columns::<Weight<W>>(), columns::<Output<W>>());
    for (tap, g) in weight.iter().enumerate() {
        for (pixel, d) in input.iter().enumerate() {
            for y in 0..W::M {
                let sum: f64 = (0..W::ALPHA).map(|i| output[i][y] * g[i] * d[i]).sum();
                let expected = if y + tap == pixel { 1.0 } else { 0.0 };
                assert!((sum - expected).abs() < 1e-14, "output {y} of pixel {pixel} and tap {tap}: {sum}");
            }
        }
    }
    let transposed = |a: Vec<Vec<f64>>, b: Vec<Vec<f64>>| {
        a.iter().enumerate().all(|(i, row)| row.iter().enumerate().all(|(j, x)| *x == b[j][i]))
    };
    assert!(transposed(output, columns::<OutputGradient<W>>()));
    assert!(transposed(weight, columns::<WeightGradient<W>>()));
}

#[test]
fn one_dimension_is_a_correlation() {
    one_dimension::<F2x3>();
    one_dimension::<F4x3>();
    one_dimension::<F6x3>();
    one_dimension::<F4x5>();
    // As Lavin and Gray print it, but for the order of rows.
    let rows = [0, 1, 2, 3, 4, 5].map(|j| columns::<Input<F4x3>>()[j].clone());
    let row = |i: usize| rows.clone().map(|column| column[i]);
    assert_eq!(row(0), [4.0, 0.0, -5.0, 0.0, 1.0, 0.0]);
    assert_eq!(row(1), [0.0, -4.0, -4.0, 1.0, 1.0, 0.0]);
    assert_eq!(row(4), [0.0, 2.0, -1.0, -2.0, 1.0, 0.0]);
    assert_eq!(row(5), [0.0, 4.0, 0.0, -5.0, 0.0, 1.0]);
}

/// What a batch's passes read.
struct Operands {
    tile: Tile,
    d: BlockedConv2d,
    x: Vec<f32>,
    d_y: Vec<f32>,
    weight: Vec<f32>,
    bias: Vec<f32>,
    gaps: [usize; 2],
}

impl Operands {
    fn new(tile: Tile, d: BlockedConv2d, count: usize, gaps: [usize; 2]) -> Self {
        Self {
            tile,
            d,
            x: numbers(count * d.conv.input_len(), 1),
            d_y: numbers(count * d.conv.output_len(), 2),
            weight: numbers(d.conv.weight_len(), 3),
            bias: numbers(d.conv.out_channels, 4),
            gaps,
        }
    }

    fn prepared(&self, lanes: usize) -> Vec<f32> {
        let mut prepared = vec![f32::NAN; prepared_len(self.tile, &self.d)];
        prepare(self.tile, &self.d, &self.weight, &mut prepared, Scratch::new(lanes, 0, 0).workspace());
        prepared
    }

    fn forward(&self, epilogue: Epilogue, lanes: usize) -> Vec<f32> {
        let (tile, d) = (self.tile, &self.d);
        let x = batch(&d.x(), &self.x, self.gaps[0]);
        let mut y = Batch::new(&vec![f32::NAN; self.count() * d.y().len()], d.y().len(), self.gaps[1]);
        let mut scratch = Scratch::new(lanes, forward_lane_len(tile, d), 0);
        forward(tile, d, x.view(), &self.prepared(lanes), epilogue, y.view_mut(), scratch.workspace());
        planes(&d.y(), &y)
    }

    /// The gradient of the input, beside what was there before if `write` says so: `x`.
    fn backward_input(&self, write: Write, lanes: usize) -> Vec<f32> {
        let (tile, d) = (self.tile, &self.d);
        let d_y = batch(&d.y(), &self.d_y, self.gaps[1]);
        let mut d_x = match write {
            Write::Overwrite => {
                Batch::new(&vec![f32::NAN; self.count() * d.x().len()], d.x().len(), self.gaps[0])
            }
            Write::Accumulate => batch(&d.x(), &self.x, self.gaps[0]),
        };
        let mut scratch =
            Scratch::new(lanes, backward_input_lane_len(tile, d), backward_input_step_len(tile, d));
        backward_input(tile, d, d_y.view(), &self.weight, d_x.view_mut(), write, scratch.workspace());
        planes(&d.x(), &d_x)
    }

    /// The gradients of the weight and, behind it, of the bias.
    fn backward_weight(&self, lanes: usize) -> Vec<f32> {
        let (tile, d) = (self.tile, &self.d);
        let [x, d_y] = [batch(&d.x(), &self.x, self.gaps[0]), batch(&d.y(), &self.d_y, self.gaps[1])];
        let mut scratch =
            Scratch::new(lanes, backward_weight_lane_len(tile), backward_weight_step_len(tile, d));
        let (mut d_weight, mut d_bias) = (vec![f32::NAN; self.weight.len()], vec![f32::NAN; self.bias.len()]);
        let (d_bias_too, work) = (Some(&mut *d_bias), scratch.workspace());
        backward_weight(tile, d, x.view(), d_y.view(), &mut d_weight, d_bias_too, work);
        d_weight.extend(d_bias);
        d_weight
    }

    fn count(&self) -> usize {
        self.x.len() / self.d.conv.input_len()
    }

    /// Asserts that all passes are the definition, but for rounding.
    fn assert_like_reference(&self, lanes: usize) {
        let found = self.all(lanes);
        for ((what, found), (expected, size)) in found.into_iter().zip(self.reference()) {
            let error = largest_error(&found, &expected);
            assert!(error <= 2e-5 * size, "{what} is off by {error}, where sums have {size}");
        }
    }

    /// The results of all passes.
    fn all(&self, lanes: usize) -> [(&'static str, Vec<f32>); 5] {
        let mut d_weight = self.backward_weight(lanes);
        let d_bias = d_weight.split_off(self.weight.len());
        [
            ("y", self.forward(Epilogue::bias(Some(&self.bias)), lanes)),
            ("d_x", self.backward_input(Write::Overwrite, lanes)),
            ("sum in d_x", self.backward_input(Write::Accumulate, lanes)),
            ("d_weight", d_weight),
            ("d_bias", d_bias),
        ]
    }

    /// What they should be, and the largest sum of the absolute values of what is summed.
    fn reference(&self) -> [(Vec<f64>, f64); 5] {
        let operands = [&self.x, &self.d_y, &self.weight, &self.bias].map(|numbers| doubles(numbers));
        let sizes = operands.clone().map(|numbers| numbers.into_iter().map(f64::abs).collect());
        let [expected, sizes] = [operands, sizes].map(|[x, d_y, weight, bias]: [Vec<f64>; 4]| {
            let d = &self.d.conv;
            let [mut y, mut d_x, mut d_weight, mut d_bias] =
                [&d_y, &x, &weight, &bias].map(|like| vec![0.0; like.len()]);
            reference::conv2d::forward(d, &x, &weight, Some(&bias), &mut y);
            reference::conv2d::backward_input(d, &d_y, &weight, &mut d_x);
            reference::conv2d::backward_weight(d, &x, &d_y, &mut d_weight, Some(&mut d_bias));
            let sum = d_x.iter().zip(&x).map(|(d_x, x)| d_x + x).collect();
            [y, d_x, sum, d_weight, d_bias]
        });
        let mut sizes = sizes.into_iter();
        expected.map(|expected| (expected, sizes.next().map_or(0.0, largest)))
    }
}

fn doubles(numbers: &[f32]) -> Vec<f64> {
    numbers.iter().map(|number| f64::from(*number)).collect()
}

/// The largest number, or NaN if there is one.
fn largest(numbers: impl IntoIterator<Item = f64>) -> f64 {
    numbers.into_iter().fold(0.0, |a, b| if a > b { a } else { b })
}

fn largest_error(found: &[f32], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    largest(found.iter().zip(expected).map(|(a, b)| (f64::from(*a) - b).abs()))
}

/// A convolution that a tile fits, whatever the padding and the halos.
fn any() -> impl Strategy<Value = (Tile, BlockedConv2d)> {
    let pair = |range: core::ops::Range<usize>| [range.clone(), range];
    (0..4_usize, [1..36_usize, 1..36], pair(1..15), pair(0..6), pair(0..4), pair(0..4)).prop_filter_map(
        "the window does not fit",
        |(tile, channels, input, padding, x_halo, y_halo)| {
            let tile = TILES[tile];
            let conv =
                conv2d([channels[0], channels[1], 1], input, [tile.taps(); 2], [1, 1], padding, [1, 1]);
            (conv.window.output_len() > 0).then_some((tile, BlockedConv2d { conv, x_halo, y_halo }))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn tiles_are_the_definition((tile, d) in any(), count in 1..4_usize, gaps in [0..20_usize, 0..20]) {
        Operands::new(tile, d, count, gaps).assert_like_reference(1);
    }
}

#[test]
fn scales_shifts_and_activations() {
    use crate::conv2d::epilogue::Activation;
    let conv = conv2d([5, 18, 1], [7, 6], [3, 3], [1, 1], [1, 1], [1, 1]);
    let operands =
        Operands::new(Tile::F4x3, BlockedConv2d { conv, x_halo: [1; 2], y_halo: [1; 2] }, 2, [0, 0]);
    let scale = numbers(18, 5);
    let epilogue =
        Epilogue { scale: Some(&scale), shift: Some(&operands.bias), activation: Activation::Relu };
    let plain = operands.forward(Epilogue::bias(None), 1);
    for (i, (y, sum)) in operands.forward(epilogue, 1).into_iter().zip(plain).enumerate() {
        let channel = i / conv.window.output_len() % 18;
        let expected = (sum * scale[channel] + operands.bias[channel]).max(0.0);
        assert!((y - expected).abs() < 1e-5, "number {i} is {y} instead of {expected}");
    }
}

/// Large enough to be worth several threads, and several blocks of tiles: single images, fewer than threads, and more.
fn large() -> [(Tile, BlockedConv2d, usize); 5] {
    let d = |tile: Tile, channels: [usize; 2], plane, halos: [usize; 2]| {
        let padding = [tile.taps() / 2; 2];
        let conv = conv2d([channels[0], channels[1], 1], plane, [tile.taps(); 2], [1, 1], padding, [1, 1]);
        BlockedConv2d { conv, x_halo: [halos[0]; 2], y_halo: [halos[1]; 2] }
    };
    [
        (Tile::F2x3, d(Tile::F2x3, [20, 40], [37, 31], [1, 0]), 1),
        (Tile::F4x3, d(Tile::F4x3, [18, 130], [22, 21], [1, 1]), 3),
        (Tile::F4x3, d(Tile::F4x3, [270, 20], [6, 7], [0, 2]), 9),
        (Tile::F6x3, d(Tile::F6x3, [36, 50], [13, 19], [1, 0]), 5),
        (Tile::F4x5, d(Tile::F4x5, [20, 34], [26, 27], [2, 3]), 2),
    ]
}

#[test]
fn blocks_of_tiles() {
    for (tile, d, count) in large() {
        Operands::new(tile, d, count, [7, 3]).assert_like_reference(1);
    }
}

#[cfg(feature = "rayon")]
#[test]
fn bits_do_not_depend_on_the_threads() {
    use crate::conv2d::testing::assert_same_bits;
    for (tile, d, count) in large() {
        let operands = Operands::new(tile, d, count, [7, 3]);
        assert_same_bits("all passes", |lanes| {
            operands.all(lanes).into_iter().flat_map(|(_, x)| x).collect()
        });
    }
}

/// Numbers as of a normal distribution: sums of twelve uniform ones.
fn normal(len: usize, seed: u64) -> Vec<f32> {
    let mut state = seed;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1_u64 << 24) as f32
    };
    (0..len).map(|_| (0..12).map(|_| uniform()).sum::<f32>() - 6.0).collect()
}

/// The bounds that the module's documentation names, in parts of the largest output.
#[test]
fn errors_are_bounded() {
    for (tile, channels, forward, gradient) in [
        (Tile::F2x3, 64, 6e-7, 1.2e-6),
        (Tile::F2x3, 512, 1.5e-6, 1.2e-6),
        (Tile::F4x3, 64, 1e-5, 1e-5),
        (Tile::F4x3, 512, 2.5e-5, 1e-5),
        (Tile::F6x3, 64, 1e-5, 1e-5),
        (Tile::F6x3, 512, 2.5e-5, 1e-5),
        (Tile::F4x5, 96, 1.5e-5, 1.5e-5),
    ] {
        let taps = tile.taps();
        let conv = conv2d([channels, 16, 1], [16, 16], [taps; 2], [1, 1], [taps / 2; 2], [1, 1]);
        let d = BlockedConv2d { conv, x_halo: [taps / 2; 2], y_halo: [0; 2] };
        let mut operands = Operands::new(tile, d, 1, [0, 0]);
        operands.x = normal(operands.x.len(), 1);
        operands.d_y = normal(operands.d_y.len(), 2);
        operands.weight = normal(operands.weight.len(), 3);
        for (((what, found), (expected, _)), bound) in operands
            .all(1)
            .into_iter()
            .zip(operands.reference())
            .zip([forward, forward, forward, gradient, 1e-6])
        {
            let error = largest_error(&found, &expected) / largest(expected.iter().map(|x| x.abs()));
            assert!(error <= bound, "{tile:?}, {channels} channels: {what} is off by {error} of the largest");
        }
    }
}

#[test]
#[should_panic(expected = "not for F4x3")]
fn a_window_of_another_size() {
    let conv = conv2d([1, 1, 1], [8, 8], [5, 5], [1, 1], [2, 2], [1, 1]);
    Operands::new(Tile::F4x3, BlockedConv2d { conv, x_halo: [2; 2], y_halo: [0; 2] }, 1, [0, 0]).prepared(1);
}

#[test]
#[should_panic(expected = "lane scratch")]
fn too_little_scratch() {
    let conv = conv2d([1, 1, 1], [8, 8], [3, 3], [1, 1], [1, 1], [1, 1]);
    let d = BlockedConv2d { conv, x_halo: [1; 2], y_halo: [0; 2] };
    let (x, mut y) = (vec![0.0; d.x().len()], vec![0.0; d.y().len()]);
    let prepared = vec![0.0; prepared_len(Tile::F2x3, &d)];
    let (x, y) = (View::dense(&x, x.len()), ViewMut::dense(&mut y, d.y().len()));
    forward(Tile::F2x3, &d, x, &prepared, Epilogue::bias(None), y, Scratch::new(1, 16, 0).workspace());
}
