//! Winograd's algorithm against the definition, and against itself on more threads.

use super::arithmetic::Doubles;
use super::transform::{
    F2x3, F4x3, F4x5, Input, MOST, Map, Output, OutputGradient, Transform, Weight, WeightGradient,
};
use super::*;
use crate::blocked::testing::{batch, planes};
use crate::conv2d::epilogue::Activation;
use crate::conv2d::testing::{Batch, Scratch, conv2d, numbers};
use crate::memory::LINE;
use crate::reference;
use alloc::vec;
use alloc::vec::Vec;
use proptest::prelude::*;

const TILES: [Tile; 3] = [Tile::F2x3, Tile::F4x3, Tile::F4x5];

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

    fn count(&self) -> usize {
        self.x.len() / self.d.conv.input_len()
    }

    /// Asserts that all passes are the definition, but for what rounding does to the largest output.
    fn assert_like_reference(&self, lanes: usize) {
        let conv = &self.d.conv;
        let [x, d_y, weight, bias] =
            [&self.x, &self.d_y, &self.weight, &self.bias].map(|numbers| doubles(numbers));
        let mut y = vec![f64::NAN; d_y.len()];
        reference::conv2d::forward(conv, &x, &weight, Some(&bias), &mut y);
        assert_near("y", &self.forward(Epilogue::bias(Some(&self.bias)), lanes), &y);

        let mut d_x = vec![f64::NAN; x.len()];
        reference::conv2d::backward_input(conv, &d_y, &weight, &mut d_x);
        assert_near("d_x", &self.backward_input(Write::Overwrite, lanes), &d_x);
        d_x.iter_mut().zip(&x).for_each(|(d_x, x)| *d_x += x);
        assert_near("sum in d_x", &self.backward_input(Write::Accumulate, lanes), &d_x);
    }
}

fn doubles(numbers: &[f32]) -> Vec<f64> {
    numbers.iter().map(|number| f64::from(*number)).collect()
}

/// The largest error in parts of the largest number.
fn error(found: &[f32], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let errors = found.iter().zip(expected).map(|(a, b)| (f64::from(*a) - b).abs());
    // `max` would forget NaN.
    let error = errors.fold(0.0, |a, b| if a > b { a } else { b });
    error / expected.iter().fold(0.0, |a, b| b.abs().max(a))
}

fn assert_near(what: &str, found: &[f32], expected: &[f64]) {
    let error = error(found, expected);
    assert!(error < 2e-5, "{what} is off by {error} of the largest");
}

/// A convolution that a tile fits, whatever the padding and the halos.
fn any() -> impl Strategy<Value = (Tile, BlockedConv2d)> {
    let pair = |range: core::ops::Range<usize>| [range.clone(), range];
    (0..3_usize, [1..40_usize, 1..40], pair(1..20), pair(0..6), pair(0..4), pair(0..4)).prop_filter_map(
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
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn tiles_are_the_definition((tile, d) in any(), count in 1..4_usize, gaps in [0..20_usize, 0..20]) {
        Operands::new(tile, d, count, gaps).assert_like_reference(1);
    }
}
