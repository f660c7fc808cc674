//! Every layer by itself, over a grid of arguments: output in inference and in training, the gradients of its parameters
//! and of its input, and what it remembers. And every loss, with its gradient.
//!
//! `layers.py` writes the cases. In each the layer's input is the weight of a transposed convolution, so its gradient is
//! found as that of any other parameter: images of one pixel, each 1 in a channel of its own, pass that weight on as it
//! is, image by image.

use crate::fixture::{Fixture, SAMPLES, assert_close, batch, fill, sample, uniform};
use cnn::network::Error;
use cnn::prelude::*;

/// Inputs are in ±SCALE.
const SCALE: f32 = 8.0;
/// The stream of the gradient that comes back to the layer, and of a loss's targets.
const TARGET: u64 = 1_000_000;
/// Of the largest number.
const TOLERANCE: f64 = 1e-5;

/// The sum of the outputs times the targets: its gradient for the outputs is the targets.
struct Dot;

impl<S: Sample> Loss<S, S> for Dot {
    fn evaluate(&self, outputs: &[S], targets: &[S], d_outputs: &mut [S]) -> Result<f32, Error> {
        d_outputs.copy_from_slice(targets);
        Ok(S::as_numbers(outputs).iter().zip(S::as_numbers(targets)).map(|(y, target)| y * target).sum())
    }
}

/// A test for each kind of layer, and for each of its cases a network whose input is given to that layer.
macro_rules! cases {
    ($($test:ident {
        $($name:ident($images:tt, $channels:tt, $rows:tt, $columns:tt) -> ($($output:tt)*) { $($layer:tt)* })*
    })*) => {
        $(
            network!($(
                fn $name(image: Image<$images, 1, 1>) -> $($output)* {
                    let input = conv_transpose2d($channels, kernel_size = ($rows, $columns), bias = false);
                    $($layer)*
                }
            )*);

            #[test]
            fn $test() {
                let fixture = Fixture::read("layers");
                $(check::<$name>(&fixture);)*
            }
        )*
    };
}
pub(super) use cases;

/// Holds one layer against PyTorch's.
pub(super) fn check<N: Network>(fixture: &Fixture) {
    let mut net = N::new(1);
    fill(&mut net);
    let [input, ..] = N::TENSORS else { panic!("{} has an input", N::NAME) };
    let numbers: Vec<f32> = uniform(0, input.len()).map(|u| SCALE * u).collect();
    net.set_tensor(input.name, &numbers).expect("a tensor of the network");
    let images = one_hot::<N::Input>();

    let inference = format!("{}: inference", N::NAME);
    expect(fixture, &inference, N::Output::as_numbers(&net.forward(&images)));
    let mut trainer = Trainer::new(&mut net, Sgd::new(0.0)).loss(Dot);
    trainer.step(&images, &batch(TARGET, images.len())).expect("a batch that fits");
    let training = Some(format!("{}: training", N::NAME)).filter(|training| fixture.has(training));
    expect(fixture, &training.unwrap_or(inference), N::Output::as_numbers(trainer.outputs()));
    for tensor in N::TENSORS {
        if tensor.kind.is_parameter() {
            let gradient = trainer.gradient(tensor.name).expect("a learned tensor");
            expect(fixture, &format!("{}: gradient of {}", N::NAME, tensor.name), gradient.numbers());
        } else {
            let remembered = trainer.network().tensor(tensor.name).expect("a tensor of the network");
            expect(fixture, &format!("{}: {}", N::NAME, tensor.name), remembered.numbers());
        }
    }
}

/// As many images as they have channels, each 1 in a channel of its own.
fn one_hot<S: Sample>() -> Vec<S> {
    let mut images = S::zeros(S::LEN);
    S::as_numbers_mut(&mut images).iter_mut().step_by(S::LEN + 1).for_each(|number| *number = 1.0);
    images
}

/// Holds numbers against a tensor of the fixture, which has all of them, or a sample of many.
fn expect(fixture: &Fixture, what: &str, found: &[f32]) {
    let expected = fixture.numbers(what);
    let largest = expected.iter().fold(0.0_f64, |largest, number| largest.max(number.abs()));
    let found = if expected.len() == SAMPLES { &sample(found)[..] } else { found };
    assert_close(what, found.iter().copied().map(f64::from), expected, TOLERANCE * largest);
}

/// Holds cross-entropy of so many logits in ±`scale` against PyTorch's.
pub(super) fn check_cross_entropy<const C: usize>(
    fixture: &Fixture,
    name: &str,
    count: usize,
    label_smoothing: f32,
    scale: f32,
) {
    let labels: Vec<usize> = (0..count).map(|i| (3 * i + 1) % C).collect();
    let smoothed = CrossEntropy.label_smoothing(label_smoothing);
    check_loss::<Vector<C>, _, _>(fixture, name, &smoothed, &labels, scale);
    if label_smoothing == 0.0 {
        check_loss::<Vector<C>, _, _>(fixture, name, &CrossEntropy, &labels, scale);
    }
}

/// Holds the mean squared error of so many numbers in ±`scale` against PyTorch's.
pub(super) fn check_squares<S: Sample>(fixture: &Fixture, name: &str, count: usize, scale: f32) {
    check_loss(fixture, name, &MeanSquaredError, &scaled::<S>(TARGET, count, scale), scale);
}

fn check_loss<S: Sample, T, L: Loss<S, T>>(
    fixture: &Fixture,
    name: &str,
    loss: &L,
    targets: &[T],
    scale: f32,
) {
    let mut gradient = S::zeros(targets.len());
    let outputs = scaled::<S>(0, targets.len(), scale);
    let value = loss.evaluate(&outputs, targets, &mut gradient).expect("a batch that fits");
    expect(fixture, &format!("{name}: value"), &[value]);
    expect(fixture, &format!("{name}: gradient"), S::as_numbers(&gradient));
}

fn scaled<S: Sample>(stream: u64, count: usize, scale: f32) -> Vec<S> {
    let mut samples = batch::<S>(stream, count);
    for number in S::as_numbers_mut(&mut samples) {
        *number *= scale;
    }
    samples
}
