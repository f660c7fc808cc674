//! Fully connected layer: matrix products with the batch as one of the dimensions.
//!
//! ```text
//! forward           y        (N × O)  =  x    (N × I)  ·  weightᵀ (I × O)
//! backward_input    d_x      (N × I)  =  d_y  (N × O)  ·  weight  (O × I)
//! backward_weight   d_weight (O × I)  =  d_yᵀ (O × N)  ·  x       (N × I)
//! ```
//!
//! Threads share out the longer side of the result. Where the weight is larger than the batch, that is its own side, so
//! that each thread reads its part of the weight and nobody the whole.

mod dots;
mod input_gradient;
mod lanes;
mod weight_gradient;

use crate::Write;
use crate::gemm::{Cut, Matrix, MatrixMut, over_blocks};
use crate::memory::Workspace;
use crate::view::{View, ViewMut};

/// A fully connected layer; its weight has the shape (O, I).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Linear {
    /// Numbers of an image before.
    pub in_features: usize,
    /// Numbers of an image after.
    pub out_features: usize,
}

impl Linear {
    /// Numbers of the weight.
    pub const fn weight_len(&self) -> usize {
        self.in_features * self.out_features
    }

    /// The weight as a matrix: O × I.
    fn weight<'a>(&self, weight: &'a [f32]) -> Matrix<'a> {
        Matrix::dense(weight, self.out_features, self.in_features)
    }

    /// The contract: a kernel's `x` and `y`, or their gradients, are (count, length), and the parameters or theirs.
    fn assert_operands(&self, x: (usize, usize), y: (usize, usize), weight: &[f32], bias: Option<&[f32]>) {
        assert_eq!(x.0, y.0, "as many images in as out");
        assert_eq!((x.1, y.1), (self.in_features, self.out_features), "image lengths of {self:?}");
        assert_eq!(weight.len(), self.weight_len(), "weight of {self:?}");
        assert!(bias.is_none_or(|bias| bias.len() == self.out_features), "bias of {self:?}");
    }
}

/// Numbers of scratch that [`forward`] needs for the step.
pub const fn forward_step_len(d: &Linear) -> usize {
    lanes::step_len(d)
}

/// Numbers of scratch that [`backward_input`] needs for each thread.
pub const fn backward_input_lane_len(d: &Linear) -> usize {
    input_gradient::lane_len(d)
}

/// Numbers of scratch that [`backward_weight`] needs for each thread.
pub const fn backward_weight_lane_len(d: &Linear) -> usize {
    weight_gradient::lane_len(d)
}

/// The output `y` for each image of `x`.
///
/// # Panics
/// If a length is not what `d` tells, or the scratch is smaller than the functions above tell.
pub fn forward(
    d: &Linear,
    x: View,
    weight: &[f32],
    bias: Option<&[f32]>,
    mut y: ViewMut,
    mut work: Workspace,
) {
    d.assert_operands((x.count(), x.image_len()), (y.count(), y.image_len()), weight, bias);
    // Of a single image most lanes would be empty.
    if x.count() > 1 {
        assert!(work.step_scratch.len() >= forward_step_len(d), "step scratch of {d:?}");
        return lanes::forward(d, x, weight, bias, y, work);
    }
    for y in y.images_mut() {
        match bias {
            Some(bias) => y.copy_from_slice(bias),
            None => y.fill(0.0),
        }
    }
    let cost = x.count() * d.weight_len();
    let (x, weight) = (batch(x), d.weight(weight));
    over_blocks(batch_mut(&mut y), Cut::Cols, work.lanes_for(cost), &|mut y, images, outputs, _| {
        dots::add_products(x.rows(images), weight.rows(outputs), &mut y);
    });
}

/// The gradient `d_x` of the input.
///
/// # Panics
/// If a length is not what `d` tells, or the scratch is smaller than the functions above tell.
pub fn backward_input(
    d: &Linear,
    d_y: View,
    weight: &[f32],
    mut d_x: ViewMut,
    write: Write,
    mut work: Workspace,
) {
    d.assert_operands((d_x.count(), d_x.image_len()), (d_y.count(), d_y.image_len()), weight, None);
    work.assert_lanes(backward_input_lane_len(d));
    let cost = d_y.count() * d.weight_len();
    let (d_y, weight) = (batch(d_y), d.weight(weight));
    let cut = Cut::longer(d_x.count(), d.in_features);
    over_blocks(batch_mut(&mut d_x), cut, work.lanes_for(cost), &|mut d_x, images, inputs, sums| {
        input_gradient::multiply(d_y.rows(images), weight.cols(inputs), &mut d_x, write, sums);
    });
}

/// The gradients `d_weight` and `d_bias`, over all images.
///
/// # Panics
/// If a length is not what `d` tells, or the scratch is smaller than the functions above tell.
pub fn backward_weight(
    d: &Linear,
    x: View,
    d_y: View,
    d_weight: &mut [f32],
    d_bias: Option<&mut [f32]>,
    mut work: Workspace,
) {
    d.assert_operands(
        (x.count(), x.image_len()),
        (d_y.count(), d_y.image_len()),
        d_weight,
        d_bias.as_deref(),
    );
    work.assert_lanes(backward_weight_lane_len(d));
    if let Some(d_bias) = d_bias {
        d_bias.fill(0.0);
        for d_y in d_y.images() {
            d_bias.iter_mut().zip(d_y).for_each(|(d_bias, d_y)| *d_bias += d_y);
        }
    }
    let cost = x.count() * d.weight_len();
    let (x, d_y) = (batch(x), batch(d_y).transposed());
    let d_weight = MatrixMut::dense(d_weight, d.out_features, d.in_features);
    let cut = Cut::longer(d.out_features, d.in_features);
    over_blocks(d_weight, cut, work.lanes_for(cost), &|mut d_weight, outputs, inputs, packing| {
        weight_gradient::multiply(d_y.rows(outputs), x.cols(inputs), &mut d_weight, packing);
    });
}

/// A batch as a matrix: images × numbers.
fn batch(images: View<'_>) -> Matrix<'_> {
    Matrix::strided(images.numbers(), images.count(), images.image_len(), images.stride())
}

/// A batch as a matrix: images × numbers.
fn batch_mut<'a>(images: &'a mut ViewMut<'_>) -> MatrixMut<'a> {
    let (count, len, stride) = (images.count(), images.image_len(), images.stride());
    MatrixMut::strided(images.numbers_mut(), count, len, stride)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conv2d::testing::{Batch, Scratch, assert_close, numbers};
    use crate::reference;
    use alloc::vec;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    /// What a batch's passes read.
    struct Operands {
        d: Linear,
        x: Batch,
        d_y: Batch,
        weight: Vec<f32>,
        bias: Option<Vec<f32>>,
    }

    impl Operands {
        fn new(d: Linear, count: usize, gaps: [usize; 2], with_bias: bool) -> Self {
            Self {
                d,
                x: Batch::new(&numbers(count * d.in_features, 1), d.in_features, gaps[0]),
                d_y: Batch::new(&numbers(count * d.out_features, 2), d.out_features, gaps[1]),
                weight: numbers(d.weight_len(), 3),
                bias: with_bias.then(|| numbers(d.out_features, 4)),
            }
        }

        fn forward(&self, lanes: usize) -> Vec<f32> {
            let (mut scratch, mut y) = (Scratch::new(lanes, 0, forward_step_len(&self.d)), self.d_y.clone());
            let (bias, work) = (self.bias.as_deref(), scratch.workspace());
            forward(&self.d, self.x.view(), &self.weight, bias, y.view_mut(), work);
            y.dense()
        }

        /// The gradient of the input, beside what was there before if `write` says so: `x`.
        fn backward_input(&self, write: Write, lanes: usize) -> Vec<f32> {
            let (mut scratch, mut d_x) =
                (Scratch::new(lanes, backward_input_lane_len(&self.d), 0), self.x.clone());
            let work = scratch.workspace();
            backward_input(&self.d, self.d_y.view(), &self.weight, d_x.view_mut(), write, work);
            d_x.dense()
        }

        /// The gradients of the weight and, behind it, of the bias.
        fn backward_weight(&self, lanes: usize) -> Vec<f32> {
            let mut scratch = Scratch::new(lanes, backward_weight_lane_len(&self.d), 0);
            let mut d_weight = vec![f32::NAN; self.weight.len()];
            let mut d_bias = self.bias.as_ref().map(|bias| vec![f32::NAN; bias.len()]);
            let (x, d_y, work) = (self.x.view(), self.d_y.view(), scratch.workspace());
            backward_weight(&self.d, x, d_y, &mut d_weight, d_bias.as_deref_mut(), work);
            d_weight.extend(d_bias.into_iter().flatten());
            d_weight
        }

        /// Asserts that the kernels compute what the definition says.
        fn assert_like_reference(&self, lanes: usize) {
            let (d, x, d_y) = (&self.d, self.x.dense(), self.d_y.dense());
            let mut y = vec![f32::NAN; d_y.len()];
            reference::linear::forward(d, &x, &self.weight, self.bias.as_deref(), &mut y);
            assert_close("y", &self.forward(lanes), &y, d.in_features);

            let mut d_x = vec![f32::NAN; x.len()];
            reference::linear::backward_input(d, &d_y, &self.weight, &mut d_x);
            assert_close("d_x", &self.backward_input(Write::Overwrite, lanes), &d_x, d.out_features);
            d_x.iter_mut().zip(&x).for_each(|(d_x, x)| *d_x += x);
            assert_close("sum in d_x", &self.backward_input(Write::Accumulate, lanes), &d_x, d.out_features);

            let mut d_weight = vec![f32::NAN; d.weight_len()];
            let mut d_bias = self.bias.as_ref().map(|bias| vec![f32::NAN; bias.len()]);
            reference::linear::backward_weight(d, &x, &d_y, &mut d_weight, d_bias.as_deref_mut());
            d_weight.extend(d_bias.into_iter().flatten());
            assert_close("parameters", &self.backward_weight(lanes), &d_weight, self.x.view().count());
        }
    }

    proptest! {
        #[test]
        fn kernels_are_the_definition(
            [in_features, out_features] in [1..70_usize, 1..70],
            count in 1..40_usize,
            gaps in [0..20_usize, 0..20],
            bias: bool,
        ) {
            Operands::new(Linear { in_features, out_features }, count, gaps, bias).assert_like_reference(1);
        }
    }

    /// Large enough to be worth several threads; cut between images, inputs and outputs.
    #[cfg(feature = "rayon")]
    #[test]
    fn bits_do_not_depend_on_the_threads() {
        use crate::conv2d::testing::assert_same_bits;
        let cases =
            [(1, 1301, 1703), (2, 1301, 903), (5, 701, 603), (35, 211, 301), (263, 119, 83), (263, 83, 119)];
        for (count, in_features, out_features) in cases {
            let operands = Operands::new(Linear { in_features, out_features }, count, [7, 3], true);
            let cost = count * in_features * out_features;
            assert!(cost > 2 * crate::parallel::WORTH_SPLITTING, "{cost} is worth three threads");
            assert_same_bits("y", |lanes| operands.forward(lanes));
            assert_same_bits("d_x", |lanes| operands.backward_input(Write::Overwrite, lanes));
            assert_same_bits("sum in d_x", |lanes| operands.backward_input(Write::Accumulate, lanes));
            assert_same_bits("parameters", |lanes| operands.backward_weight(lanes));
            operands.assert_like_reference(3);
        }
    }
}
