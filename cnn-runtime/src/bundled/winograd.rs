//! Winograd's F(2, 5) along the rows of bundles: two outputs of five taps across by six products, where the definition has ten.
//!
//! ```text
//! y[o][row][2t..2t + 2] = Aᵀ ( Σ_c Σ_k (G w[o][c][k]) ⊙ (Bᵀ x[c][row + k][2t..2t + 6]) )
//! ```
//!
//! For each of the six points, what stands between the maps is a convolution as well, of one column of taps over planes that
//! have a column for each tile. So its sums are those of [`super::taps`], and long ones still: over all channels of x and
//! rows of the window. The maps are those of [`crate::conv2d::winograd`], which has the errors too.
//!
//! Products wait in memory for the map of the outputs: those of six channels at a time, so that they stay in the cache.

use super::Line;
use super::taps::{Correlate, Correlation, Direction, Finish, TILE};
use crate::Write;
use crate::conv2d::Conv2d;
use crate::conv2d::epilogue::Activation;
use crate::conv2d::winograd::{
    Arithmetic, Doubles, F2x5, Halves, Input, MOST, Map, Output, Transform, Weight,
};
use crate::memory::LINE;
use crate::simd::{Kernel, Simd, on_best_unit};
use crate::window::Window;
use core::ops::Range;

/// Points at which a product is taken, and columns of x that a tile sees.
const ALPHA: usize = F2x5::ALPHA;
/// Columns of y that a tile gives.
const OUTPUTS: usize = F2x5::M;
/// Columns of taps.
const TAPS: usize = F2x5::R;

/// The fewest products in a sum between the maps that are worth the maps: LeNet's second convolution has 30, its first 5.
const FEWEST: usize = 20;

/// Tiles of a row.
const fn tiles(d: &Conv2d) -> usize {
    d.window.output[1].div_ceil(OUTPUTS)
}

/// The window of a point's convolution: from a column for each tile to a column for each tile.
const fn window_of_point(d: &Conv2d) -> Window {
    let Window { input, output, kernel, padding, .. } = d.window;
    Window {
        input: [input[0], tiles(d)],
        output: [output[0], tiles(d)],
        kernel: [kernel[0], 1],
        stride: [1, 1],
        padding: [padding[0], 0],
        dilation: [1, 1],
    }
}

/// Lines of a point's inputs.
const fn inputs_len(d: &Conv2d) -> usize {
    d.in_channels * d.window.input[0] * tiles(d)
}

/// Lines of a point's products for a channel of y.
const fn products_len(d: &Conv2d) -> usize {
    d.window.output[0] * tiles(d)
}

/// Numbers of a point's weight.
const fn weights_len(d: &Conv2d) -> usize {
    d.weight_len() / TAPS
}

/// What the convolutions of a batch share: the mapped weights, and room for what is mapped.
pub(super) struct Tiles<'a> {
    d: &'a Conv2d,
    window: Window,
    inputs: &'a mut [Line],
    products: &'a mut [Line],
    weights: &'a mut [f32],
    table: &'a mut [f32],
}

impl<'a> Tiles<'a> {
    /// Whether they compute this convolution, and faster than the definition does.
    pub(super) const fn pay(d: &Conv2d) -> bool {
        let Window { kernel, stride, dilation, output, .. } = d.window;
        let fits = matches!((stride, dilation, d.groups), ([1, 1], [1, 1], 1)) && kernel[1] == TAPS;
        fits && d.in_channels * kernel[0] >= FEWEST && output[1] >= 2 * OUTPUTS
    }

    /// Numbers of scratch that they need.
    pub(super) const fn scratch_len(d: &Conv2d) -> usize {
        let window = window_of_point(d);
        let lines = inputs_len(d) + TILE * products_len(d);
        let table = Correlation::scratch_len(d.in_channels, &window, window.output);
        ALPHA * (LINE * lines + weights_len(d)) + table
    }

    /// Maps the weight; the scratch is [`Tiles::scratch_len`].
    pub(super) fn new(d: &'a Conv2d, weight: &[f32], scratch: &'a mut [f32]) -> Self {
        let (inputs, rest) = scratch.split_at_mut(ALPHA * LINE * inputs_len(d));
        let (products, rest) = rest.split_at_mut(ALPHA * LINE * TILE * products_len(d));
        let (weights, table) = rest.split_at_mut(ALPHA * weights_len(d));
        map_weights(weight, weights);
        let (inputs, products) = (inputs.as_chunks_mut().0, products.as_chunks_mut().0);
        Self { d, window: window_of_point(d), inputs, products, weights, table }
    }

    /// The output of a bundle.
    pub(super) fn forward(
        &mut self,
        x: &[Line],
        bias: Option<&[f32]>,
        activation: Activation,
        y: &mut [Line],
    ) {
        let d = self.d;
        on_best_unit(MapInputs { d, x, inputs: self.inputs });
        let (channels, plane) = (d.out_channels, d.window.output_len());
        let groups = channels.div_ceil(TILE);
        for i in 0..groups {
            let group = i * channels / groups..(i + 1) * channels / groups;
            let products = self.multiply(group.clone());
            let bias = bias.map(|bias| &bias[group.clone()]);
            let y = &mut y[group.start * plane..group.end * plane];
            on_best_unit(MapOutputs { d, products, bias, activation, y });
        }
    }

    /// The products of some channels of y, point by point.
    fn multiply(&mut self, channels: Range<usize>) -> &[Line] {
        let d = self.d;
        let (count, y_step) = (channels.len(), d.in_channels * d.window.kernel[0]);
        let products = &mut self.products[..ALPHA * count * products_len(d)];
        let points = self.inputs.chunks_exact(inputs_len(d)).zip(self.weights.chunks_exact(weights_len(d)));
        for ((x, weight), y) in points.zip(products.chunks_exact_mut(count * products_len(d))) {
            let of = Correlation {
                window: &self.window,
                direction: Direction::Forward,
                x_channels: d.in_channels,
                y_channels: count,
                x_plane: self.window.input,
                y_plane: self.window.output,
                weight: &weight[channels.start * y_step..channels.end * y_step],
                x_step: d.window.kernel[0],
                y_step,
            };
            let finish = Finish { bias: None, activation: Activation::Identity, write: Write::Overwrite };
            on_best_unit(Correlate { of: &of, x, y, finish, scratch: self.table });
        }
        products
    }
}

/// G: of each row of five taps, in double precision; point by point.
fn map_weights(weight: &[f32], mapped: &mut [f32]) {
    let (rows, _) = weight.as_chunks::<TAPS>();
    for (first, some) in (0..).step_by(LINE).zip(rows.chunks(LINE)) {
        let mut taps = [[0.0; LINE]; MOST];
        for (lane, row) in some.iter().enumerate() {
            row.iter().zip(&mut taps).for_each(|(tap, to)| to[lane] = f64::from(*tap));
        }
        let points = Weight::<F2x5>::apply(Doubles, taps);
        for (mapped, point) in mapped.chunks_exact_mut(rows.len()).zip(points) {
            mapped[first..].iter_mut().zip(&point[..some.len()]).for_each(|(to, value)| *to = *value as f32);
        }
    }
}

/// Bᵀ: of the columns that each tile sees, zero where they are padding; point by point.
struct MapInputs<'a> {
    d: &'a Conv2d,
    x: &'a [Line],
    inputs: &'a mut [Line],
}

impl Kernel for MapInputs<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { d, x, inputs } = self;
        let (f, tiles, padding) = (Halves(simd), tiles(d), d.window.padding[1]);
        for (row, x) in x.chunks_exact(d.window.input[1]).enumerate() {
            for tile in 0..tiles {
                for half in 0..2 {
                    let mut columns = [f.zero(); MOST];
                    for (i, column) in columns.iter_mut().enumerate().take(ALPHA) {
                        let at = (OUTPUTS * tile + i).wrapping_sub(padding);
                        if let Some(line) = x.get(at) {
                            *column = f.load(line, half);
                        }
                    }
                    let points = Input::<F2x5>::apply(f, columns);
                    for (to, point) in inputs.chunks_exact_mut(inputs_len(d)).zip(points) {
                        f.store(point, &mut to[row * tiles + tile], half);
                    }
                }
            }
        }
    }
}

/// Aᵀ: from the products of some channels to their outputs.
struct MapOutputs<'a> {
    d: &'a Conv2d,
    products: &'a [Line],
    bias: Option<&'a [f32]>,
    activation: Activation,
    y: &'a mut [Line],
}

impl Kernel for MapOutputs<'_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { d, products, bias, activation, y } = self;
        let [height, width] = d.window.output;
        let (f, tiles, of_point) = (Halves(simd), tiles(d), products.len() / ALPHA);
        for (row, y) in y.chunks_exact_mut(width).enumerate() {
            let bias = simd.splat_half(bias.map_or(0.0, |bias| bias[row / height]));
            for (tile, y) in y.chunks_mut(OUTPUTS).enumerate() {
                for half in 0..2 {
                    let mut points = [f.zero(); MOST];
                    for (point, from) in points.iter_mut().zip(products.chunks_exact(of_point)) {
                        *point = f.load(&from[row * tiles + tile], half);
                    }
                    let outputs = Output::<F2x5>::apply(f, points);
                    for (y, output) in y.iter_mut().zip(outputs) {
                        f.store(f.plus(output, 1.0, bias), y, half);
                    }
                }
            }
            if activation != Activation::Identity {
                activation.apply_to_all(simd, y);
            }
        }
    }
}
