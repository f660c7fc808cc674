//! Two-dimensional convolution on bundles, without groups; a fully connected layer is one of a single pixel.

use super::outer::{Outer, OuterOfPixel};
use super::taps::{Correlate, Correlation, Direction, Finish, LONGEST};
use crate::Write;
use crate::conv2d::Conv2d;
use crate::conv2d::epilogue::Activation;
use crate::memory::{LINE, Workspace};
use crate::parallel::{self, Records};
use crate::simd::{HALF, on_best_unit, sums};
use crate::view::{View, ViewMut};
use core::ops::Range;

/// Numbers of scratch that [`forward`] needs for each thread.
#[must_use]
pub const fn forward_lane_len(d: &Conv2d) -> usize {
    Correlation::scratch_len(d.in_channels, &d.window, d.window.output)
}

/// Numbers of scratch that [`backward_input`] needs for each thread.
#[must_use]
pub const fn backward_input_lane_len(d: &Conv2d) -> usize {
    Correlation::scratch_len(d.out_channels, &d.window, d.window.input)
}

/// Numbers of scratch that [`backward_weight`] needs for each thread: none.
#[must_use]
pub const fn backward_weight_lane_len(_: &Conv2d) -> usize {
    0
}

/// Numbers of scratch that [`backward_weight`] needs for the step.
#[must_use]
pub const fn backward_weight_step_len(d: &Conv2d) -> usize {
    if is_of_a_pixel(d) { 0 } else { HALF * d.weight_len() }
}

/// Whether it leads from vectors to vectors.
const fn is_of_a_pixel(d: &Conv2d) -> bool {
    d.window.kernel_len() == 1 && d.window.input_len() == 1 && d.window.output_len() == 1
}

/// The output `y` for each bundle of `x`; the weight is (O, I, Kh, Kw).
///
/// # Panics
/// If a length is not what `d` tells, if the window is longer than 32 or a length than 2³¹, or the scratch is smaller than
/// [`forward_lane_len`] tells.
pub fn forward(
    d: &Conv2d,
    x: View,
    weight: &[f32],
    bias: Option<&[f32]>,
    activation: Activation,
    y: ViewMut,
    work: Workspace,
) {
    assert_operands(d, &x, &y.view(), weight, bias);
    let correlation = Correlation {
        window: &d.window,
        direction: Direction::Forward,
        x_channels: d.in_channels,
        y_channels: d.out_channels,
        x_plane: d.window.input,
        y_plane: d.window.output,
        weight,
        x_step: d.window.kernel_len(),
        y_step: d.in_channels * d.window.kernel_len(),
    };
    correlate(&correlation, d, x, y, Finish { bias, activation, write: Write::Overwrite }, work);
}

/// The gradient `d_x` of the input, or its sum with what stands there.
///
/// # Panics
/// As [`forward`]; the scratch is [`backward_input_lane_len`].
pub fn backward_input(d: &Conv2d, d_y: View, weight: &[f32], d_x: ViewMut, write: Write, work: Workspace) {
    assert_operands(d, &d_x.view(), &d_y, weight, None);
    let correlation = Correlation {
        window: &d.window,
        direction: Direction::Backward,
        x_channels: d.out_channels,
        y_channels: d.in_channels,
        x_plane: d.window.output,
        y_plane: d.window.input,
        weight,
        x_step: d.in_channels * d.window.kernel_len(),
        y_step: d.window.kernel_len(),
    };
    let finish = Finish { bias: None, activation: Activation::Identity, write };
    correlate(&correlation, d, d_y, d_x, finish, work);
}

fn correlate(of: &Correlation, d: &Conv2d, x: View, y: ViewMut, finish: Finish, mut work: Workspace) {
    let needed = Correlation::scratch_len(of.x_channels, of.window, of.y_plane);
    work.assert_lanes(needed);
    let (lanes, scratch) = work.lanes_for(x.count() * LINE * d.macs());
    parallel::over((x, y), scratch, lanes, &|(x, mut y): (View, ViewMut), scratch| {
        for (x, y) in x.images().zip(y.images_mut()) {
            let (x, y, scratch) = (x.as_chunks().0, y.as_chunks_mut().0, &mut scratch[..needed]);
            on_best_unit(Correlate { of, x, y, finish, scratch });
        }
    });
}

/// The gradients `d_weight` and `d_bias`, over all images.
///
/// # Panics
/// As [`forward`]; the scratch is [`backward_weight_step_len`].
pub fn backward_weight(
    d: &Conv2d,
    x: View,
    d_y: View,
    d_weight: &mut [f32],
    d_bias: Option<&mut [f32]>,
    mut work: Workspace,
) {
    assert_operands(d, &x, &d_y, d_weight, d_bias.as_deref());
    let products = work.take_step(backward_weight_step_len(d));
    let (lanes, scratch) = work.lanes_for(x.count() * LINE * d.macs());
    let patch = d.patch_len();
    if is_of_a_pixel(d) {
        let outputs = (0..d.out_channels, Records::new(d_weight, patch));
        parallel::over(outputs, scratch, lanes, &|(outputs, d_weight): (Range<usize>, Records<&mut [_]>),
                                                  _| {
            on_best_unit(OuterOfPixel { x, d_y, outputs, d_weight: d_weight.items() });
        });
    } else {
        let outputs =
            (0..d.out_channels, Records::new(products, HALF * patch), Records::new(d_weight, patch));
        parallel::over(outputs, scratch, lanes, &|(outputs, sums, d_weight): (
            Range<usize>,
            Records<&mut [f32]>,
            Records<&mut [f32]>,
        ),
                                                  _| {
            let (sums, d_weight) = (sums.items().as_chunks_mut().0, d_weight.items());
            sums.fill([0.0; HALF]);
            for (x, d_y) in x.images().zip(d_y.images()) {
                let (x, d_y, outputs) = (x.as_chunks().0, d_y.as_chunks().0, outputs.clone());
                on_best_unit(Outer { d, x, d_y, outputs, sums });
            }
            for (d_weight, sums) in d_weight.iter_mut().zip(sums) {
                *d_weight = sums.iter().sum();
            }
        });
    }
    if let Some(d_bias) = d_bias {
        let plane = LINE * d.window.output_len();
        for (output, d_bias) in d_bias.iter_mut().enumerate() {
            let planes = d_y.images().map(|d_y| [&d_y[output * plane..][..plane]]);
            let [sum] = sums(planes, |[number]| [f64::from(number)]);
            *d_bias = sum as f32;
        }
    }
}

/// The contract.
fn assert_operands(d: &Conv2d, x: &View, y: &View, weight: &[f32], bias: Option<&[f32]>) {
    assert_eq!(d.groups, 1, "no groups on bundles");
    assert!(d.window.kernel.iter().all(|taps| *taps <= LONGEST), "the window of {d:?} is too long");
    let places = d.input_len().max(d.output_len()).max(d.weight_len());
    assert!(i32::try_from(places).is_ok(), "{d:?} is too large: a tap's places are 32 bits long");
    let of_an_image = |view: &View| {
        assert!(view.image_len().is_multiple_of(LINE), "sixteen images");
        (view.count(), view.image_len() / LINE)
    };
    d.assert_images(of_an_image(x), of_an_image(y));
    d.assert_parameters(weight, bias);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bundled::testing::{bundled, images};
    use crate::bundled::{bundles, from_gradients};
    use crate::conv2d::testing::{Batch, Scratch, assert_close, conv2d, numbers};
    use crate::reference;
    use alloc::vec;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    /// What a batch's passes read, as images.
    struct Operands {
        d: Conv2d,
        count: usize,
        x: Vec<f32>,
        d_y: Vec<f32>,
        weight: Vec<f32>,
        bias: Option<Vec<f32>>,
    }

    impl Operands {
        fn new(d: Conv2d, count: usize, with_bias: bool) -> Self {
            Self {
                d,
                count,
                x: numbers(count * d.input_len(), 1),
                d_y: numbers(count * d.output_len(), 2),
                weight: numbers(d.weight_len(), 3),
                bias: with_bias.then(|| numbers(d.out_channels, 4)),
            }
        }

        fn gradients(&self) -> Batch {
            let (len, count) = (self.d.output_len(), self.count);
            let mut found = Batch::new(&vec![f32::NAN; bundles(count) * LINE * len], LINE * len, 1);
            let d_y = Batch::new(&self.d_y, len, 0);
            let work = &mut Scratch::new(1, 0, 0);
            from_gradients(d_y.view(), found.view_mut(), Write::Overwrite, work.workspace());
            found
        }

        fn forward(&self, activation: Activation, lanes: usize) -> Vec<f32> {
            let d = &self.d;
            let (x, mut y) = (bundled(&self.x, d.input_len(), 2), self.gradients());
            let mut scratch = Scratch::new(lanes, forward_lane_len(d), 0);
            let (bias, work) = (self.bias.as_deref(), scratch.workspace());
            forward(d, x.view(), &self.weight, bias, activation, y.view_mut(), work);
            images(&y, self.count)
        }

        /// The gradient of the input, beside `x` if it is added.
        fn backward_input(&self, write: Write, lanes: usize) -> Vec<f32> {
            let d = &self.d;
            let mut d_x = bundled(&self.x, d.input_len(), 1);
            let mut scratch = Scratch::new(lanes, backward_input_lane_len(d), 0);
            let d_y = self.gradients();
            backward_input(d, d_y.view(), &self.weight, d_x.view_mut(), write, scratch.workspace());
            images(&d_x, self.count)
        }

        /// The gradients of the weight and, behind it, of the bias.
        fn backward_weight(&self, lanes: usize) -> Vec<f32> {
            let d = &self.d;
            let (x, d_y) = (bundled(&self.x, d.input_len(), 1), self.gradients());
            let mut scratch = Scratch::new(lanes, 0, backward_weight_step_len(d));
            let mut d_weight = vec![f32::NAN; self.weight.len()];
            let mut d_bias = self.bias.as_ref().map(|bias| vec![f32::NAN; bias.len()]);
            let work = scratch.workspace();
            backward_weight(d, x.view(), d_y.view(), &mut d_weight, d_bias.as_deref_mut(), work);
            d_weight.extend(d_bias.into_iter().flatten());
            d_weight
        }

        /// Asserts that the kernels compute what the definition says.
        fn assert_like_reference(&self, lanes: usize) {
            let Self { d, count, x, d_y, weight, bias } = self;
            let mut y = vec![f32::NAN; d_y.len()];
            reference::conv2d::forward(d, x, weight, bias.as_deref(), &mut y);
            assert_close("y", &self.forward(Activation::Identity, lanes), &y, d.patch_len());
            for y in &mut y {
                *y = y.max(0.0);
            }
            assert_close("relu", &self.forward(Activation::Relu, lanes), &y, d.patch_len());

            let mut d_x = vec![f32::NAN; x.len()];
            reference::conv2d::backward_input(d, d_y, weight, &mut d_x);
            let size = d.out_channels * d.window.kernel_len();
            assert_close("d_x", &self.backward_input(Write::Overwrite, lanes), &d_x, size);
            d_x.iter_mut().zip(x).for_each(|(d_x, x)| *d_x += x);
            assert_close("sum in d_x", &self.backward_input(Write::Accumulate, lanes), &d_x, size);

            let mut d_weight = vec![f32::NAN; weight.len()];
            let mut d_bias = bias.as_ref().map(|bias| vec![f32::NAN; bias.len()]);
            reference::conv2d::backward_weight(d, x, d_y, &mut d_weight, d_bias.as_deref_mut());
            d_weight.extend(d_bias.into_iter().flatten());
            let size = count * d.window.output_len();
            assert_close("parameters", &self.backward_weight(lanes), &d_weight, size);
        }
    }

    /// Sizes along an axis: input, kernel, stride, padding, dilation.
    fn axis() -> impl Strategy<Value = [usize; 5]> {
        (1..=7_usize, 1..=3_usize, 0..=4_usize, 1..=3_usize).prop_flat_map(
            |(kernel, stride, padding, dilation)| {
                let extent = (kernel - 1) * dilation + 1;
                let least = extent.saturating_sub(2 * padding).max(1);
                (least..least + 12).prop_map(move |input| [input, kernel, stride, padding, dilation])
            },
        )
    }

    proptest! {
        #[test]
        fn kernels_are_the_definition(
            [in_channels, out_channels] in [1..9_usize, 1..15],
            axes in [axis(), axis()],
            count in 1..36_usize,
            bias: bool,
        ) {
            let [input, kernel, stride, padding, dilation] =
                core::array::from_fn(|i| [axes[0][i], axes[1][i]]);
            let d = conv2d([in_channels, out_channels, 1], input, kernel, stride, padding, dilation);
            Operands::new(d, count, bias).assert_like_reference(1);
        }

        #[test]
        fn vectors_too([inputs, outputs] in [1..70_usize, 1..70], count in 1..70_usize, bias: bool) {
            let d = conv2d([inputs, outputs, 1], [1, 1], [1, 1], [1, 1], [0, 0], [1, 1]);
            Operands::new(d, count, bias).assert_like_reference(1);
        }
    }

    /// LeNet's layers, at a batch that is worth several threads.
    #[cfg(feature = "rayon")]
    #[test]
    fn bits_do_not_depend_on_the_threads() {
        use crate::conv2d::testing::assert_same_bits;
        let one = [1, 1];
        let layers = [
            conv2d([1, 6, 1], [28, 28], [5, 5], one, [2, 2], one),
            conv2d([6, 16, 1], [14, 14], [5, 5], one, [0, 0], one),
            conv2d([400, 120, 1], one, one, one, [0, 0], one),
        ];
        for d in layers {
            let operands = Operands::new(d, 70, true);
            assert!(80 * d.macs() > 3 * crate::parallel::WORTH_SPLITTING, "worth three threads");
            assert_same_bits("y", |lanes| operands.forward(Activation::Sigmoid, lanes));
            assert_same_bits("d_x", |lanes| operands.backward_input(Write::Overwrite, lanes));
            assert_same_bits("parameters", |lanes| operands.backward_weight(lanes));
            operands.assert_like_reference(3);
        }
    }
}
