//! Gradients of whole networks, as emitted, against finite differences of their loss: joins, taps, shared memory and all.

use cnn::network::TensorKind;
use cnn::prelude::*;

network!(
    /// Branches of every kind, some written straight into the joined tensor, some copied.
    pub fn Branches(image: Image<2, 6, 7>) -> Vector<3> {
        conv2d(4, kernel_size = 3, padding = 1);
        let stem;
        concat(
            _,
            {
                conv2d(3, kernel_size = 1);
                tanh;
            },
            {
                conv2d(2, kernel_size = (3, 1), padding = (1, 0), groups = 2);
                sigmoid;
                conv2d(2, kernel_size = 3, padding = 2, dilation = 2);
            },
            {
                avg_pool2d(3, stride = 1, padding = 1);
                silu
            },
        );
        gelu;
        add(_, _, { conv2d(13, kernel_size = 1, bias = false) });
        // A slope of 1 has no kink, which finite differences would stumble over.
        concat(stem, { leaky_relu(1.0) });
        adaptive_avg_pool2d(2, 3);
        concat({ flatten }, { flatten });
        linear(3)
    }

    /// Residual blocks with batch normalisation.
    pub fn Residual(image: Image<1, 8, 8>) -> Vector<3> {
        batch_norm2d;
        block(4, 2);
        block(4, 1);
        global_avg_pool2d;
        flatten;
        linear(3);
        softmax
    }
    fn block(channels: usize, stride: usize) {
        let x;
        add(
            {
                conv2d(channels, kernel_size = 3, stride = stride, padding = 1, bias = false);
                batch_norm2d;
                tanh;
                conv2d(channels, kernel_size = 3, padding = 1, bias = false);
                batch_norm2d;
            },
            {
                if stride != 1 || x.channels != channels {
                    conv2d(channels, kernel_size = 1, stride = stride)
                }
            },
        );
        sigmoid
    }

    /// Down and up again: transposed convolutions, upsampling of both kinds, and normalisation over channels.
    pub fn Up(image: Image<2, 6, 5>) -> Image<3, 15, 12> {
        conv2d(6, kernel_size = 3, stride = 2, padding = 1);
        hardswish;
        local_response_norm(4, alpha = 0.5);
        let small;
        conv_transpose2d(4, kernel_size = 3, stride = 2, padding = 1, output_padding = (1, 0), groups = 2);
        tanh;
        concat(_, { conv2d(2, kernel_size = 1) }, image);
        concat({ conv2d(4, kernel_size = (2, 1)) }, { conv2d(4, kernel_size = (2, 1)) });
        upsample((3, 2), mode = "bilinear");
        sigmoid;
        upsample((1, 2));
        conv2d(3, kernel_size = (1, 9))
    }

    /// Two outputs: one that a later layer would overwrite, and one behind it.
    pub fn Heads(image: Image<1, 5, 5>) -> (Image<2, 3, 3>, Vector<3>) {
        conv2d(2, kernel_size = 3);
        let features;
        (features, {
            tanh;
            flatten;
            linear(3)
        })
    }

    /// Dropout, whose mask is the same in every evaluation of one step.
    pub fn Dropped(image: Image<1, 5, 5>) -> Vector<2> {
        conv2d(3, kernel_size = 3, stride = 2);
        dropout(0.3);
        tanh;
        flatten;
        dropout(0.5);
        linear(2)
    }
);

/// The loss of a fresh trainer's first step, which leads nowhere, and the gradient of one tensor.
fn loss<N: Network>(net: &N, inputs: &[N::Input], targets: &[N::Output], tensor: &str) -> (f64, Vec<f32>) {
    let mut net = net.clone();
    let mut trainer = Trainer::new(&mut net, Sgd::new(0.0)).loss(MeanSquaredError).seed(5);
    let loss = trainer.step(inputs, targets).expect("a batch that fits");
    (f64::from(loss), trainer.gradient(tensor).expect("a learned tensor").numbers().to_vec())
}

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

fn check<N: Network>() {
    let net = N::new(11);
    let (inputs, targets) = (batch::<N::Input>(3, 1), batch::<N::Output>(3, 2));
    for tensor in N::TENSORS.iter().filter(|tensor| tensor.kind.is_parameter()) {
        let (_, gradient) = loss(&net, &inputs, &targets, tensor.name);
        let largest = gradient.iter().fold(0.0_f32, |largest, g| largest.max(g.abs()));
        let is_weight = matches!(tensor.kind, TensorKind::Weight { .. });
        assert!(largest > 1e-6 || !is_weight, "{} {}: nothing comes back to it", N::NAME, tensor.name);
        // A few entries of each tensor; the step is large since losses are known to 24 bits only.
        for entry in (0..gradient.len()).step_by(gradient.len().div_ceil(5)) {
            let moved = |by: f32| {
                let mut net = net.clone();
                let mut numbers = net.tensor(tensor.name).expect("its own tensor").numbers().to_vec();
                numbers[entry] += by;
                net.set_tensor(tensor.name, &numbers).expect("as many numbers");
                loss(&net, &inputs, &targets, tensor.name).0
            };
            let step = 1e-2;
            let expected = (moved(step) - moved(-step)) / (2.0 * f64::from(step));
            let found = f64::from(gradient[entry]);
            let tolerance = 2e-5 + 0.01 * f64::from(largest);
            assert!(
                (found - expected).abs() < tolerance,
                "{} {} [{entry}]: {found}, finite differences give {expected}",
                N::NAME,
                tensor.name
            );
        }
    }
}

#[test]
fn joins_and_taps_pass_gradients_back() {
    check::<Branches>();
}

#[test]
fn residual_blocks_and_batch_normalisation_pass_gradients_back() {
    check::<Residual>();
}

#[test]
fn ways_up_pass_gradients_back() {
    check::<Up>();
}

#[test]
fn several_outputs_pass_gradients_back() {
    check::<Heads>();
    const { assert!(Heads::OUTPUT.0[0] == 2 && Heads::OUTPUT.1[0] == 3) };
}

#[test]
fn dropout_passes_gradients_back_where_it_passed_numbers() {
    check::<Dropped>();
}
