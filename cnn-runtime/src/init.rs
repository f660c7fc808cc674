//! What a network's tensors start from.

use crate::network::{State, TensorInfo, TensorKind};
use crate::random::Stream;

/// How weights are drawn: the functions of `torch.nn.init`.
///
/// With the `fan_in` inputs that an output sums over and the `fan_out` outputs that an input goes to, as PyTorch counts
/// them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Init {
    /// PyTorch's default: weights and biases uniform in ±1/√`fan_in`.
    #[default]
    Default,
    /// Uniform in ±√(6/(`fan_in` + `fan_out`)) (Glorot and Bengio 2010).
    XavierUniform,
    /// Normal with variance 2/(`fan_in` + `fan_out`) (Glorot and Bengio 2010).
    XavierNormal,
    /// Uniform in ±gain · √(3/fan) (He et al. 2015).
    KaimingUniform {
        /// Which fan.
        mode: Fan,
        /// What the gain makes up for.
        nonlinearity: Nonlinearity,
    },
    /// Normal with variance gain²/fan (He et al. 2015).
    KaimingNormal {
        /// Which fan.
        mode: Fan,
        /// What the gain makes up for.
        nonlinearity: Nonlinearity,
    },
    /// Normal.
    Normal {
        /// The mean.
        mean: f32,
        /// The standard deviation.
        std: f32,
    },
    /// The same number everywhere.
    Constant(f32),
}

/// What keeps its variance from layer to layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fan {
    /// PyTorch's `fan_in`: the numbers on the way forward.
    #[default]
    In,
    /// PyTorch's `fan_out`: the gradients on the way back.
    Out,
}

/// What follows a layer, and so how much larger its weights must be.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Nonlinearity {
    /// Nothing, or a sigmoid: 1.
    Linear,
    /// 5/3.
    Tanh,
    /// √2.
    Relu,
    /// √(2/(1 + slope²)) for the slope of what is negative.
    LeakyRelu(f32),
    /// 3/4.
    Selu,
}

impl Nonlinearity {
    /// PyTorch's `calculate_gain`.
    #[must_use]
    pub fn gain(self) -> f32 {
        match self {
            Self::Linear => 1.0,
            Self::Tanh => 5.0 / 3.0,
            Self::Relu => core::f32::consts::SQRT_2,
            Self::LeakyRelu(slope) => libm::sqrtf(2.0 / (1.0 + slope * slope)),
            Self::Selu => 0.75,
        }
    }
}

impl Init {
    /// Whether it can draw a tensor of this kind: one that has fans, or any if it asks for none.
    #[must_use]
    pub const fn suits(self, kind: TensorKind) -> bool {
        match self {
            Self::Default | Self::Normal { .. } | Self::Constant(_) => true,
            Self::XavierUniform
            | Self::XavierNormal
            | Self::KaimingUniform { .. }
            | Self::KaimingNormal { .. } => kind.has_fans(),
        }
    }

    /// How the numbers of a weight are spread.
    fn spread(self, fan_in: usize, fan_out: usize) -> Spread {
        let both = (fan_in + fan_out) as f32;
        let of_fan = |mode, nonlinearity: Nonlinearity| {
            let fan = match mode {
                Fan::In => fan_in,
                Fan::Out => fan_out,
            };
            nonlinearity.gain() / libm::sqrtf(fan as f32)
        };
        match self {
            Self::Default => Spread::default_of(fan_in),
            Self::XavierUniform => Spread::Uniform(libm::sqrtf(6.0 / both)),
            Self::XavierNormal => Spread::Normal { mean: 0.0, std: libm::sqrtf(2.0 / both) },
            Self::KaimingUniform { mode, nonlinearity } => {
                Spread::Uniform(libm::sqrtf(3.0) * of_fan(mode, nonlinearity))
            }
            Self::KaimingNormal { mode, nonlinearity } => {
                Spread::Normal { mean: 0.0, std: of_fan(mode, nonlinearity) }
            }
            Self::Normal { mean, std } => Spread::Normal { mean, std },
            Self::Constant(value) => Spread::Constant(value),
        }
    }
}

/// How numbers are spread.
enum Spread {
    /// Evenly in ± this.
    Uniform(f32),
    Normal {
        mean: f32,
        std: f32,
    },
    Constant(f32),
}

impl Spread {
    fn default_of(fan_in: usize) -> Self {
        Self::Uniform(1.0 / libm::sqrtf(fan_in as f32))
    }

    fn fill(self, numbers: &mut [f32], stream: Stream) {
        for (index, number) in numbers.iter_mut().enumerate() {
            let index = index as u64;
            *number = match self {
                Self::Uniform(bound) => bound * (2.0 * stream.uniform(index) - 1.0),
                Self::Normal { mean, std } => mean + std * stream.normal(index),
                Self::Constant(value) => value,
            };
        }
    }
}

/// Draws every tensor of a state anew: weights as `init` says, everything else as by default.
///
/// Each tensor has a stream of random numbers of its own, so what it gets depends on the seed and its index alone.
/// Factors of normalisations start at 1, their summands at 0, running statistics at mean 0 and variance 1.
pub fn initialize(init: Init, seed: u64, tensors: &[TensorInfo], state: &mut State) {
    for (index, tensor) in tensors.iter().enumerate() {
        let init = if tensor.kind.has_fans() { init } else { Init::Default };
        initialize_tensor(init, seed, index, tensor, state);
    }
}

/// Draws one tensor anew, number `index` of its network's.
///
/// Where `init` asks for fans and the tensor has none ([`Init::suits`]), it is drawn as by default.
pub fn initialize_tensor(init: Init, seed: u64, index: usize, tensor: &TensorInfo, state: &mut State) {
    let spread = match (tensor.kind, init) {
        (TensorKind::Weight { fan_in, fan_out }, _) => init.spread(fan_in, fan_out),
        (_, Init::Normal { mean, std }) => Spread::Normal { mean, std },
        (_, Init::Constant(value)) => Spread::Constant(value),
        (TensorKind::Bias { fan_in }, _) => Spread::default_of(fan_in),
        (TensorKind::Scale | TensorKind::RunningVar, _) => Spread::Constant(1.0),
        (TensorKind::Shift | TensorKind::RunningMean | TensorKind::BatchesTracked, _) => {
            Spread::Constant(0.0)
        }
    };
    spread.fill(state.tensor_mut(tensor), Stream::new(seed, index as u64));
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENSORS: &[TensorInfo] = &[
        TensorInfo {
            name: "weight",
            shape: &[40, 4, 5, 5],
            kind: TensorKind::Weight { fan_in: 100, fan_out: 1000 },
            offset: 0,
        },
        TensorInfo { name: "bias", shape: &[400], kind: TensorKind::Bias { fan_in: 100 }, offset: 4000 },
        TensorInfo { name: "scale", shape: &[8], kind: TensorKind::Scale, offset: 4400 },
        TensorInfo { name: "shift", shape: &[8], kind: TensorKind::Shift, offset: 4408 },
        TensorInfo { name: "running_mean", shape: &[8], kind: TensorKind::RunningMean, offset: 0 },
        TensorInfo { name: "running_var", shape: &[8], kind: TensorKind::RunningVar, offset: 8 },
        TensorInfo { name: "batches", shape: &[], kind: TensorKind::BatchesTracked, offset: 16 },
    ];

    /// A state that had other numbers before.
    fn drawn(init: Init, seed: u64, tensors: &[TensorInfo]) -> State {
        let mut state = State::zeros(4416, 32);
        state.parameters.fill(7.0);
        state.buffers.fill(7.0);
        initialize(init, seed, tensors, &mut state);
        state
    }

    /// Mean, standard deviation and largest magnitude.
    fn moments(numbers: &[f32]) -> [f64; 3] {
        let count = numbers.len() as f64;
        let mean = numbers.iter().map(|n| f64::from(*n)).sum::<f64>() / count;
        let variance =
            numbers.iter().map(|n| (f64::from(*n) - mean) * (f64::from(*n) - mean)).sum::<f64>() / count;
        let largest = numbers.iter().fold(0.0_f64, |largest, n| largest.max(f64::from(n.abs())));
        [mean, libm::sqrt(variance), largest]
    }

    #[test]
    fn uniform_numbers_fill_their_bounds_evenly() {
        let kaiming = Init::KaimingUniform { mode: Fan::Out, nonlinearity: Nonlinearity::Relu };
        let bounds = [(Init::Default, 0.01), (Init::XavierUniform, 6.0 / 1100.0), (kaiming, 6.0 / 1000.0)];
        for (init, squared_bound) in bounds {
            let state = drawn(init, 3, TENSORS);
            for (tensor, bound) in TENSORS.iter().zip([libm::sqrt(squared_bound), 0.1]) {
                let ([mean, std, largest], what) = (moments(state.tensor(tensor)), tensor.name);
                assert!(largest <= bound && largest > 0.98 * bound, "{init:?} {what}: {largest} of {bound}");
                assert!(mean.abs() < 0.1 * bound, "{init:?} {what}: {mean} of {bound}");
                let expected = bound / libm::sqrt(3.0);
                assert!((std / expected - 1.0).abs() < 0.05, "{init:?} {what}: {std}, not {expected}");
            }
        }
    }

    /// PyTorch 2.15.0, I = torch.nn.init:
    ///
    /// ```python
    /// torch.manual_seed(0); w = torch.empty(400, 40, 5, 5)  # fan_in 1000, fan_out 10000
    /// I.xavier_uniform_(w); w.std(); I.xavier_normal_(w); w.std()
    /// I.kaiming_uniform_(w, nonlinearity="relu"); w.std()
    /// I.kaiming_normal_(w, mode="fan_out", nonlinearity="relu"); w.std()
    /// I.kaiming_normal_(w, a=0.2); w.std()
    /// ```
    #[test]
    fn weights_spread_as_pytorchs() {
        let tensor = TensorInfo {
            name: "weight",
            shape: &[400, 40, 5, 5],
            kind: TensorKind::Weight { fan_in: 1000, fan_out: 10_000 },
            offset: 0,
        };
        let normal = |mode, nonlinearity| Init::KaimingNormal { mode, nonlinearity };
        let stds = [
            (Init::XavierUniform, 0.013_482_8),
            (Init::XavierNormal, 0.013_469_5),
            (Init::KaimingUniform { mode: Fan::In, nonlinearity: Nonlinearity::Relu }, 0.044_742_5),
            (normal(Fan::Out, Nonlinearity::Relu), 0.014_134_7),
            (normal(Fan::In, Nonlinearity::LeakyRelu(0.2)), 0.043_853_8),
            (Init::Normal { mean: 0.0, std: 0.3 }, 0.3),
        ];
        for (init, expected) in stds {
            let mut state = State::zeros(tensor.len(), 0);
            initialize(init, 1, &[tensor], &mut state);
            let [mean, std, _] = moments(&state.parameters);
            // Two samples of 400,000 numbers.
            assert!((std / expected - 1.0).abs() < 0.005, "{init:?}: {std}, not {expected}");
            assert!(mean.abs() < 0.008 * expected, "{init:?}: mean {mean}");
        }
    }

    #[test]
    fn gains_are_pytorchs() {
        // [torch.nn.init.calculate_gain(*n) for n in [("linear",), ("tanh",), ("relu",), ("leaky_relu", 0.2), ("selu",)]]
        use Nonlinearity::{LeakyRelu, Linear, Relu, Selu, Tanh};
        let expected = [
            (Linear, 1.0),
            (Tanh, 5.0 / 3.0),
            (Relu, core::f32::consts::SQRT_2),
            (LeakyRelu(0.2), 1.386_750_5),
            (Selu, 0.75),
        ];
        for (nonlinearity, gain) in expected {
            assert!((nonlinearity.gain() - gain).abs() < 2e-7, "{nonlinearity:?}: {}", nonlinearity.gain());
        }
    }

    /// As PyTorch writes its default: `kaiming_uniform_(weight, a=math.sqrt(5))`.
    #[test]
    fn the_default_is_kaimings_of_a_slope() {
        let nonlinearity = Nonlinearity::LeakyRelu(libm::sqrtf(5.0));
        let kaiming = drawn(Init::KaimingUniform { mode: Fan::In, nonlinearity }, 3, TENSORS);
        let default = drawn(Init::Default, 3, TENSORS);
        crate::conv2d::testing::assert_close("weights", &kaiming.parameters, &default.parameters, 0);
    }

    #[test]
    fn a_single_tensor_gets_what_it_suits() {
        let mut state = drawn(Init::Default, 3, TENSORS);
        let before = state.clone();
        initialize_tensor(Init::Constant(0.5), 3, 1, &TENSORS[1], &mut state);
        assert!(state.tensor(&TENSORS[1]).iter().all(|number| number.to_bits() == 0.5_f32.to_bits()));
        assert_eq!(state.tensor(&TENSORS[0]), before.tensor(&TENSORS[0]));
        initialize_tensor(Init::Default, 3, 1, &TENSORS[1], &mut state);
        assert_eq!(state.tensor(&TENSORS[1]), before.tensor(&TENSORS[1]));
        for (init, expected) in [(Init::Constant(0.0), true), (Init::XavierNormal, false)] {
            assert!(init.suits(TENSORS[0].kind));
            assert_eq!(init.suits(TENSORS[1].kind), expected);
        }
    }

    #[test]
    fn normalisations_start_as_the_identity() {
        let state = drawn(Init::Default, 3, TENSORS);
        for (tensor, expected) in TENSORS[2..].iter().zip([1.0_f32, 0.0, 0.0, 1.0, 0.0]) {
            let same = |number: &f32| number.to_bits() == expected.to_bits();
            assert!(state.tensor(tensor).iter().all(same), "{}", tensor.name);
        }
    }

    #[test]
    fn a_tensor_has_the_bits_of_its_seed_and_index() {
        let bits = |seed, tensors: &[TensorInfo]| {
            let state = drawn(Init::Default, seed, tensors);
            TENSORS[..2]
                .iter()
                .map(|tensor| state.tensor(tensor)[0].to_bits())
                .collect::<alloc::vec::Vec<_>>()
        };
        let [first, other] = [5, 6].map(|seed| bits(seed, TENSORS));
        assert_eq!(first, bits(5, TENSORS));
        assert!(first[0] != other[0] && first[1] != other[1]);
        assert_ne!(first[0], first[1], "both have the same bound");
        // Not of the tensors before it.
        let small = TensorInfo { shape: &[1], ..TENSORS[0] };
        assert_eq!(first, bits(5, &[small, TENSORS[1]]));
    }
}
