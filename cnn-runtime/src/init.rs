//! What a network's tensors start from.

use crate::network::{State, TensorInfo, TensorKind};
use crate::random::Stream;

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
    for (index, tensor) in tensors.iter().enumerate() {
        let stream = Stream::new(seed, index as u64);
        let numbers = state.tensor_mut(tensor);
        match tensor.kind {
            TensorKind::Weight { fan_in, fan_out } => {
                let bound = match init {
                    Init::Default => default_bound(fan_in),
                    Init::XavierUniform => libm::sqrtf(6.0 / (fan_in + fan_out) as f32),
                };
                uniform(numbers, bound, stream);
            }
            TensorKind::Bias { fan_in } => uniform(numbers, default_bound(fan_in), stream),
            TensorKind::Scale | TensorKind::RunningVar => numbers.fill(1.0),
            TensorKind::Shift | TensorKind::RunningMean | TensorKind::BatchesTracked => numbers.fill(0.0),
        }
    }
}

fn default_bound(fan_in: usize) -> f32 {
    1.0 / libm::sqrtf(fan_in as f32)
}

/// Fills with numbers that are uniform in ±`bound`.
fn uniform(numbers: &mut [f32], bound: f32, stream: Stream) {
    for (index, number) in numbers.iter_mut().enumerate() {
        *number = bound * (2.0 * stream.uniform(index as u64) - 1.0);
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

    #[test]
    fn weights_and_biases_fill_their_bounds_evenly() {
        // 6 / (100 + 1000)
        for (init, weight_bound) in [(Init::Default, 0.1), (Init::XavierUniform, libm::sqrt(0.005_454_545))] {
            let state = drawn(init, 3, TENSORS);
            for (tensor, bound) in TENSORS.iter().zip([weight_bound, 0.1]) {
                let (numbers, what) = (state.tensor(tensor), tensor.name);
                let largest = numbers.iter().fold(0.0_f64, |largest, n| largest.max(f64::from(n.abs())));
                assert!(largest <= bound && largest > 0.98 * bound, "{init:?} {what}: {largest} of {bound}");
                let mean = numbers.iter().map(|n| f64::from(*n)).sum::<f64>() / numbers.len() as f64;
                assert!(mean.abs() < 0.1 * bound, "{init:?} {what}: {mean} of {bound}");
                let squares = numbers.iter().map(|n| f64::from(*n) * f64::from(*n));
                let variance = squares.sum::<f64>() / numbers.len() as f64;
                assert!((variance / (bound * bound / 3.0) - 1.0).abs() < 0.1, "{init:?} {what}: {variance}");
            }
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
