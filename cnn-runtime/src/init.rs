//! What a network's tensors start from.

use crate::network::{State, TensorInfo, TensorKind};
use crate::random;

/// How weights and biases are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Init {
    /// PyTorch's default: weights and biases uniform in ±1/√`fan_in`.
    #[default]
    Default,
    /// Weights uniform in ±√(6/(`fan_in` + `fan_out`)) (Glorot and Bengio 2010); biases as by default.
    XavierUniform,
}

/// Draws every tensor of a state anew.
///
/// Each tensor has a stream of random numbers of its own, so what it gets depends on the seed and its index alone.
/// Factors of normalisations start at 1, their summands at 0, running statistics at mean 0 and variance 1.
pub fn initialize(init: Init, seed: u64, tensors: &[TensorInfo], state: &mut State) {
    for (stream, tensor) in tensors.iter().enumerate() {
        let numbers = state.tensor_mut(tensor);
        match tensor.kind {
            TensorKind::Weight { fan_in, fan_out } => {
                let bound = match init {
                    Init::Default => default_bound(fan_in),
                    Init::XavierUniform => libm::sqrtf(6.0 / (fan_in + fan_out) as f32),
                };
                uniform(numbers, bound, seed, stream);
            }
            TensorKind::Bias { fan_in } => uniform(numbers, default_bound(fan_in), seed, stream),
            TensorKind::Scale | TensorKind::RunningVar => numbers.fill(1.0),
            TensorKind::Shift | TensorKind::RunningMean | TensorKind::BatchesTracked => numbers.fill(0.0),
        }
    }
}

fn default_bound(fan_in: usize) -> f32 {
    1.0 / libm::sqrtf(fan_in as f32)
}

/// Fills with numbers that are uniform in ±`bound`.
fn uniform(numbers: &mut [f32], bound: f32, seed: u64, stream: usize) {
    for (index, number) in numbers.iter_mut().enumerate() {
        *number = bound * (2.0 * random::uniform(seed, stream as u64, index as u64) - 1.0);
    }
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
        TensorInfo { name: "bias", shape: &[40], kind: TensorKind::Bias { fan_in: 100 }, offset: 4000 },
        TensorInfo { name: "scale", shape: &[8], kind: TensorKind::Scale, offset: 4048 },
        TensorInfo { name: "running_var", shape: &[8], kind: TensorKind::RunningVar, offset: 0 },
    ];

    fn drawn(init: Init, seed: u64) -> State {
        let mut state = State::zeros(4064, 16);
        initialize(init, seed, TENSORS, &mut state);
        state
    }

    #[test]
    fn weights_fill_their_bounds() {
        for (init, bound) in [(Init::Default, 0.1), (Init::XavierUniform, (6.0_f32 / 1100.0).sqrt())] {
            let state = drawn(init, 3);
            let weights = state.tensor(&TENSORS[0]);
            let largest = weights.iter().fold(0.0_f32, |largest, w| largest.max(w.abs()));
            assert!(largest <= bound && largest > 0.99 * bound, "{init:?}: {largest} of {bound}");
            let variance = weights.iter().map(|w| w * w).sum::<f32>() / weights.len() as f32;
            assert!((variance / (bound * bound / 3.0) - 1.0).abs() < 0.05, "{init:?}: {variance}");
            let biases = state.tensor(&TENSORS[1]);
            assert!(biases.iter().all(|b| b.abs() <= 0.1 && *b != 0.0));
            assert!(
                state
                    .tensor(&TENSORS[2])
                    .iter()
                    .chain(state.tensor(&TENSORS[3]))
                    .all(|n| n.to_bits() == 1.0_f32.to_bits())
            );
        }
    }

    #[test]
    fn a_seed_gives_the_same_bits() {
        let bits = |seed| {
            drawn(Init::Default, seed).parameters.iter().map(|n| n.to_bits()).fold(0, u32::wrapping_add)
        };
        assert_eq!(bits(5), bits(5));
        assert_ne!(bits(5), bits(6));
    }

    #[test]
    fn what_was_there_before_is_gone() {
        let kinds = [
            (TensorKind::Scale, 1.0_f32),
            (TensorKind::Shift, 0.0),
            (TensorKind::RunningMean, 0.0),
            (TensorKind::RunningVar, 1.0),
            (TensorKind::BatchesTracked, 0.0),
        ];
        for (kind, expected) in kinds {
            let mut state = State::zeros(16, 16);
            let tensor = TensorInfo { name: "tensor", shape: &[8], kind, offset: 4 };
            state.parameters.fill(7.0);
            state.buffers.fill(7.0);
            initialize(Init::Default, 1, &[tensor], &mut state);
            let found = state.tensor(&tensor).iter();
            assert!(found.into_iter().all(|n| n.to_bits() == expected.to_bits()), "{kind:?}");
            // Nothing beside the tensor has changed.
            let sevens = state.parameters.iter().chain(state.buffers.iter()).filter(|n| **n > 6.0).count();
            assert_eq!(sevens, 24, "{kind:?}");
        }
    }

    #[test]
    fn every_tensor_has_a_stream_of_its_own() {
        let kind = TensorKind::Weight { fan_in: 4, fan_out: 4 };
        let tensor = |offset| TensorInfo { name: "weight", shape: &[64], kind, offset };
        let draw = |tensors: [TensorInfo; 2]| {
            let mut state = State::zeros(128, 0);
            initialize(Init::Default, 1, &tensors, &mut state);
            tensors.map(|tensor| state.tensor(&tensor).to_vec())
        };
        let [first, second] = draw([tensor(0), tensor(64)]);
        assert!(first.iter().zip(&second).all(|(a, b)| a.to_bits() != b.to_bits()));
        // Where a tensor stands does not matter, only its index.
        assert_eq!(draw([tensor(64), tensor(0)]), [first, second]);
    }
}
