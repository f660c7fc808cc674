//! Random networks, as emitted: their outputs are those of the reference kernels, and their gradients are finite differences
//! of these.

#[rustfmt::skip]
#[path = "random/networks.rs"]
mod networks;
#[path = "random/reference.rs"]
mod reference;

use cnn::network::TensorKind;
use cnn::prelude::*;
use cnn_runtime::dropout::Key;
use cnn_runtime::memory::{Arena, Bundles};
use reference::{Check, Described, Op, Tensors, widened};
use std::marker::PhantomData;

/// Numbers that look random, in ±1.
fn scattered(len: usize, seed: usize) -> impl Iterator<Item = f32> {
    (0..len).map(move |i| ((i * 7919 + seed * 104_729 + 13) % 2003) as f32 / 1001.5 - 1.0)
}

fn batch<S: Sample>(count: usize, seed: usize) -> Vec<S> {
    let mut batch = S::zeros(count);
    for (number, value) in S::as_numbers_mut(&mut batch).iter_mut().zip(scattered(count * S::LEN, seed)) {
        *number = value;
    }
    batch
}

/// A network none of whose tensors is what it would be at first where that is simpler than any: 0 or 1.
fn network<N: Described>() -> N {
    let mut net = N::new(3);
    for (i, tensor) in N::TENSORS.iter().enumerate() {
        let middle = match tensor.kind {
            TensorKind::Weight { .. } | TensorKind::Bias { .. } | TensorKind::BatchesTracked => continue,
            TensorKind::Scale | TensorKind::RunningVar => 1.0,
            TensorKind::Shift | TensorKind::RunningMean => 0.0,
        };
        let numbers: Vec<f32> = scattered(tensor.len(), i).map(|x| middle + 0.5 * x).collect();
        net.set_tensor(tensor.name, &numbers).expect("as many numbers");
    }
    net
}

/// Asserts that numbers differ by no more than a share of the largest.
fn assert_close(what: &str, share: f64, found: &[f32], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let largest = expected.iter().fold(0.0_f64, |largest, x| largest.max(x.abs()));
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        let error = (f64::from(*found) - expected).abs();
        assert!(error <= share * largest, "{what} [{i}]: {found}, the reference gives {expected}");
    }
}

/// The kernels of convolutions, and how many networks compute large batches in bundles.
#[derive(Default)]
struct Kernels {
    names: Vec<&'static str>,
    bundled_inference: usize,
    bundled_training: usize,
}

impl Check for Kernels {
    fn of<N: Described>(&mut self) {
        self.names.extend(N::LAYERS.iter().map(|layer| layer.kernel));
        self.bundled_inference += usize::from(N::INFERENCE.bundles != Bundles::Never);
        self.bundled_training += usize::from(N::TRAINING.bundles != Bundles::Never);
    }
}

#[test]
fn every_way_to_compute_a_convolution_is_among_them() {
    let mut found = Kernels::default();
    networks::all(&mut found);
    for kernel in ["direct", "F(4x4, 3x3)", "F(6x6, 3x3)", "first layer", "depthwise", "im2col", "matrix"] {
        let count = found.names.iter().filter(|name| name.starts_with(kernel)).count();
        assert!(count > 1, "{count} convolutions by {kernel}");
    }
    assert!(found.bundled_training > 1 && found.bundled_inference > found.bundled_training);
}

/// Few images, and more than a bundle of sixteen.
const COUNTS: [usize; 2] = [2, 18];

struct Inference;

impl Check for Inference {
    fn of<N: Described>(&mut self) {
        let net = network::<N>();
        for count in COUNTS {
            let inputs = batch::<N::Input>(count, 1);
            let expected = Tensors::of(&net).infer::<N>(&widened(N::Input::as_numbers(&inputs)));
            for policy in [Policy::Exact, Policy::F2, Policy::Fast] {
                let mut outputs = N::Output::zeros(count);
                net.session_with(policy, count).forward(&inputs, &mut outputs).expect("as many outputs");
                let what = format!("{} {policy:?} {count}", N::NAME);
                assert_close(&what, 1e-5, N::Output::as_numbers(&outputs), &expected);
            }
        }
    }
}

#[test]
fn inference_is_what_the_reference_kernels_give() {
    networks::all(&mut Inference);
}

/// How many networks were trained. The masks of dropout are nobody else's, so networks with dropout are left out.
struct Training(usize);

impl Check for Training {
    fn of<N: Described>(&mut self) {
        if N::OPS.iter().any(|(op, _)| matches!(op, Op::Dropout)) {
            return;
        }
        self.0 += 1;
        for count in COUNTS {
            Step::<N>::run(count).check_gradients();
        }
    }
}

#[test]
fn gradients_are_finite_differences() {
    let mut training = Training(0);
    networks::all(&mut training);
    assert!(training.0 > 12, "networks without dropout: {}", training.0);
}

/// A step of training, whose outputs and running statistics are what the reference gives.
struct Step<N: Described> {
    images: Vec<f64>,
    before: Tensors,
    d_outputs: Vec<f64>,
    of: PhantomData<N>,
    gradients: Vec<f32>,
}

/// In double precision neither rounding nor curvature shows at this step.
const STEP: f64 = 1e-6;

impl<N: Described> Step<N> {
    fn run(count: usize) -> Self {
        let (mut net, inputs) = (network::<N>(), batch::<N::Input>(count, 1));
        let (images, before) = (widened(N::Input::as_numbers(&inputs)), Tensors::of(&net));
        let mut arena = Arena::new(N::TRAINING, N::POLICY, count);
        let (mut outputs, key) = (N::Output::zeros(count), Key { seed: 0, step: 0, first_image: 0 });
        net.train_forward(&mut arena, &inputs, &mut outputs, key);

        let mut after = before.clone();
        let expected = after.train::<N>(&images);
        let what = |what| format!("{} {what} {count}", N::NAME);
        assert_close(&what("training"), 1e-5, N::Output::as_numbers(&outputs), &expected);
        for tensor in N::TENSORS {
            let numbers = net.state().tensor(tensor);
            match tensor.kind {
                TensorKind::BatchesTracked => assert_eq!(numbers, [1.0], "{}", what(tensor.name)),
                _ => assert_close(&what(tensor.name), 1e-5, numbers, &after.0[tensor.name]),
            }
        }

        let d_outputs = batch::<N::Output>(count, 2);
        let mut gradients = vec![0.0; net.state().parameters.len()];
        net.train_backward(&mut arena, &inputs, &d_outputs, key, &mut gradients);
        Self {
            images,
            before,
            d_outputs: widened(N::Output::as_numbers(&d_outputs)),
            of: PhantomData,
            gradients,
        }
    }

    /// The sum of all outputs times their gradients, with one tensor moved.
    fn loss(&self, tensor: &str, direction: &[f64], by: f64) -> f64 {
        let mut tensors = self.before.clone();
        let numbers = tensors.0.get_mut(tensor).expect("its own tensor");
        numbers.iter_mut().zip(direction).for_each(|(number, along)| *number += by * along);
        tensors.train::<N>(&self.images).iter().zip(&self.d_outputs).map(|(y, d_y)| y * d_y).sum()
    }

    /// Each tensor's gradient along a direction that no two of its numbers share is what the loss changes by.
    fn check_gradients(&self) {
        let mut all = Vec::new();
        for (i, tensor) in N::TENSORS.iter().enumerate().filter(|(_, tensor)| tensor.kind.is_parameter()) {
            let direction: Vec<f64> = scattered(tensor.len(), i).map(f64::from).collect();
            let gradient = &self.gradients[tensor.range()];
            let parts = gradient.iter().zip(&direction).map(|(gradient, along)| f64::from(*gradient) * along);
            let (found, size) = parts.fold((0.0, 0.0), |(sum, size), part| (sum + part, size + part.abs()));
            let [ahead, behind] = [STEP, -STEP].map(|by| self.loss(tensor.name, &direction, by));
            all.push((tensor.name, found, size, (ahead - behind) / (2.0 * STEP)));
        }
        // Sums of small gradients have the rounding errors of what led to them.
        let largest = all.iter().fold(0.0_f64, |largest, (_, _, size, _)| largest.max(*size));
        for (tensor, found, size, expected) in all {
            let error = (found - expected).abs();
            assert!(
                error <= 1e-4 * (size + 1e-3 * largest),
                "{} {tensor}: {found}, finite differences give {expected}",
                N::NAME
            );
        }
    }
}
