//! A network written by hand in plain loops, so that the facade is tested without the compiler and its kernels.
#![allow(dead_code)] // each test file uses its own part

use cnn::__rt::dropout::Key;
use cnn::__rt::memory::{Arena, ArenaLayout, Buffer, Bundles};
use cnn::__rt::network::Observer;
use cnn::init::{Init, Initialize};
use cnn::network::{Image, LayerInfo, Network, State, TensorInfo, TensorKind, Vector};

/// Scales and shifts a 1×2×2 image by one number each, and gives a linear map of it to three classes.
///
/// `norm` has the tensors of a normalisation, so that all kinds occur, but only counts its batches.
#[derive(Clone, Debug)]
pub(crate) struct Tiny {
    state: State,
    /// What the last training step's masks would follow from.
    pub(crate) last_key: Option<Key>,
}

const fn tensor(name: &'static str, shape: &'static [usize], kind: TensorKind, offset: usize) -> TensorInfo {
    TensorInfo { name, shape, kind, offset }
}

const SCALE: TensorInfo = tensor("norm.weight", &[1], TensorKind::Scale, 0);
const SHIFT: TensorInfo = tensor("norm.bias", &[1], TensorKind::Shift, 16);
const MEAN: TensorInfo = tensor("norm.running_mean", &[1], TensorKind::RunningMean, 0);
const VAR: TensorInfo = tensor("norm.running_var", &[1], TensorKind::RunningVar, 16);
const TRACKED: TensorInfo = tensor("norm.num_batches_tracked", &[], TensorKind::BatchesTracked, 32);
const WEIGHT: TensorInfo = tensor("fc.weight", &[3, 4], TensorKind::Weight { fan_in: 4, fan_out: 3 }, 32);
const BIAS: TensorInfo = tensor("fc.bias", &[3], TensorKind::Bias { fan_in: 4 }, 48);

const NORMALISED: Buffer = Buffer::new(0, 4);
const LOGITS: Buffer = Buffer::new(16, 3);

impl Tiny {
    fn run(
        &self,
        arena: &mut Arena,
        inputs: &[Image<1, 2, 2>],
        outputs: &mut [Vector<3>],
        look: &mut dyn Observer,
    ) {
        let [scale, shift, weight, bias] = [SCALE, SHIFT, WEIGHT, BIAS].map(|info| self.state.tensor(&info));
        let ([mut normalised, mut logits], _) = arena.split(inputs.len(), [NORMALISED, LOGITS]);
        for ((image, y), z) in inputs.iter().zip(normalised.images_mut()).zip(logits.images_mut()) {
            for (y, x) in y.iter_mut().zip(image.0.as_flattened().as_flattened()) {
                *y = scale[0] * x + shift[0];
            }
            for (class, z) in z.iter_mut().enumerate() {
                *z = bias[class] + y.iter().zip(&weight[4 * class..]).map(|(y, w)| y * w).sum::<f32>();
            }
        }
        look.observe(0, normalised.view());
        look.observe(1, logits.view());
        for (output, logits) in outputs.iter_mut().zip(logits.view().images()) {
            output.0.copy_from_slice(logits);
        }
    }
}

impl Network for Tiny {
    type Input = Image<1, 2, 2>;
    type Output = Vector<3>;

    const NAME: &'static str = "Tiny";
    const PARAMETERS: usize = 17;
    const MACS: usize = 16;
    const LAYERS: &'static [LayerInfo] = &[
        LayerInfo {
            name: "norm",
            kind: "batch_norm2d",
            inputs: &[0],
            input: &[1, 2, 2],
            output: &[1, 2, 2],
            window: None,
            parameters: 2,
            macs: 4,
            receptive_field: [1, 1],
            stride: [1, 1],
            field_start: [0, 0],
            kernel: "",
        },
        LayerInfo {
            name: "fc",
            kind: "linear",
            inputs: &[1],
            input: &[4],
            output: &[3],
            window: None,
            parameters: 15,
            macs: 12,
            receptive_field: [2, 2],
            stride: [1, 1],
            field_start: [0, 0],
            kernel: "",
        },
    ];
    const TENSORS: &'static [TensorInfo] = &[SCALE, SHIFT, MEAN, VAR, TRACKED, WEIGHT, BIAS];
    const INFERENCE: ArenaLayout = ArenaLayout {
        image_len: 32,
        bundles: Bundles::Never,
        saved_len: 0,
        step_len: 0,
        lane_len: 0,
        prepared_len: 0,
    };
    const TRAINING: ArenaLayout = ArenaLayout {
        image_len: 32,
        bundles: Bundles::Never,
        saved_len: 16,
        step_len: 0,
        lane_len: 16,
        prepared_len: 0,
    };

    fn new(seed: u64) -> Self {
        let mut network = Self { state: State::zeros(64, 48), last_key: None };
        network.initialize(Init::XavierUniform, seed);
        network
    }

    fn state(&self) -> &State {
        &self.state
    }

    fn state_mut(&mut self) -> &mut State {
        &mut self.state
    }

    fn infer(
        &self,
        arena: &mut Arena,
        inputs: &[Self::Input],
        outputs: &mut [Self::Output],
        observer: &mut dyn Observer,
    ) {
        self.run(arena, inputs, outputs, observer);
    }

    fn train_forward(
        &mut self,
        arena: &mut Arena,
        inputs: &[Self::Input],
        outputs: &mut [Self::Output],
        dropout: Key,
    ) {
        self.last_key = Some(dropout);
        self.state.tensor_mut(&TRACKED)[0] += 1.0;
        self.run(arena, inputs, outputs, &mut ());
    }

    fn train_backward(
        &self,
        arena: &mut Arena,
        inputs: &[Self::Input],
        d_outputs: &[Self::Output],
        _dropout: Key,
        gradients: &mut [f32],
    ) {
        gradients.fill(0.0);
        let ([normalised], _) = arena.split(inputs.len(), [NORMALISED]);
        let weight = self.state.tensor(&WEIGHT);
        for ((image, y), d_z) in inputs.iter().zip(normalised.view().images()).zip(d_outputs) {
            for (class, d_z) in d_z.0.iter().enumerate() {
                gradients[BIAS.offset + class] += d_z;
                for (pixel, x) in image.0.as_flattened().as_flattened().iter().enumerate() {
                    let d_y = d_z * weight[4 * class + pixel];
                    gradients[WEIGHT.offset + 4 * class + pixel] += d_z * y[pixel];
                    gradients[SCALE.offset] += d_y * x;
                    gradients[SHIFT.offset] += d_y;
                }
            }
        }
    }
}
