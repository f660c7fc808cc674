//! What PyTorch computed, and the numbers that both sides compute from an integer hash.

use cnn::network::{Network, Sample, TensorInfo, TensorKind};
use cnn::weights::Weights;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use std::collections::HashMap;
use std::path::PathBuf;

/// How many entries of a tensor a fixture holds.
pub(crate) const SAMPLES: usize = 64;

/// The output function of splitmix64 (Steele, Lea and Flood 2014).
fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// Numbers in -1..1 that 24 bits hold exactly.
pub(crate) fn uniform(stream: u64, count: usize) -> impl Iterator<Item = f32> {
    let start = stream << 32;
    (0..count as u64).map(move |i| (mix(start + i) >> 40) as f32 / 8_388_608.0 - 1.0)
}

/// A batch of such numbers.
pub(crate) fn batch<S: Sample>(stream: u64, count: usize) -> Vec<S> {
    let mut batch = S::zeros(count);
    let numbers = S::as_numbers_mut(&mut batch);
    let len = numbers.len();
    numbers.iter_mut().zip(uniform(stream, len)).for_each(|(number, u)| *number = u);
    batch
}

/// Sets every tensor by its index and shape, as the script does.
pub(crate) fn fill<N: Network>(net: &mut N) {
    for (index, tensor) in N::TENSORS.iter().enumerate() {
        if !tensor.name.ends_with("num_batches_tracked") {
            let numbers: Vec<f32> = filled(index, tensor).collect();
            net.set_tensor(tensor.name, &numbers).expect("a tensor of the network");
        }
    }
}

fn filled(index: usize, tensor: &TensorInfo) -> impl Iterator<Item = f32> {
    let (factor, summand) = if let [_, rest @ ..] = tensor.shape
        && !rest.is_empty()
    {
        let fan_in: usize = rest.iter().product();
        ((6.0 / fan_in as f64).sqrt() as f32, 0.0)
    } else if tensor.name.ends_with("running_var") {
        (0.5, 1.0)
    } else if tensor.kind == TensorKind::Shift {
        (0.125, 2.0)
    } else if tensor.name.ends_with("weight") {
        (0.25, 1.0)
    } else {
        (0.125, 0.0)
    };
    uniform(index as u64, tensor.len()).map(move |u| summand + factor * u)
}

/// The entries of a tensor that a fixture holds.
pub(crate) fn sample(numbers: &[f32]) -> [f32; SAMPLES] {
    let len = numbers.len();
    std::array::from_fn(|i| {
        if len <= SAMPLES {
            return numbers.get(i).copied().unwrap_or(0.0);
        }
        numbers[usize::try_from(mix(i as u64) % len as u64).expect("an index")]
    })
}

/// What PyTorch computed.
pub(crate) struct Fixture {
    name: String,
    tensors: HashMap<String, Vec<f64>>,
    metadata: HashMap<String, String>,
}

impl Fixture {
    /// Reads `tests/parity/NAME.safetensors`.
    pub(crate) fn read(name: &str) -> Self {
        let path = path(&format!("{name}.safetensors"));
        let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let (_, header) = SafeTensors::read_metadata(&bytes).expect("a safetensors file");
        let file = SafeTensors::deserialize(&bytes).expect("a safetensors file");
        Self {
            name: name.to_owned(),
            tensors: file.iter().map(|(name, view)| (name.to_owned(), numbers(&view))).collect(),
            metadata: header.metadata().clone().unwrap_or_default(),
        }
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Whether it has this tensor.
    pub(crate) fn has(&self, tensor: &str) -> bool {
        self.tensors.contains_key(tensor)
    }

    /// One of its tensors; numbers of 32 bits come out exactly.
    pub(crate) fn numbers(&self, tensor: &str) -> &[f64] {
        self.tensors.get(tensor).unwrap_or_else(|| panic!("{} has no tensor `{tensor}`", self.name))
    }

    /// The keys of the `state_dict`, with their shapes, in order.
    pub(crate) fn keys(&self) -> Vec<(String, Vec<usize>)> {
        serde_json::from_str(self.metadata("keys")).expect("pairs of key and shape")
    }

    /// Which images were drawn.
    pub(crate) fn stream(&self) -> u64 {
        self.metadata("stream").parse().expect("a number")
    }

    /// How many there were.
    pub(crate) fn batch(&self) -> usize {
        self.metadata("batch").parse().expect("a number")
    }

    /// The learning rate.
    pub(crate) fn rate(&self) -> f32 {
        self.metadata("rate").parse().expect("a number")
    }

    fn metadata(&self, key: &str) -> &str {
        &self.metadata[key]
    }
}

/// A file beside this one.
pub(crate) fn path(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/parity").join(file)
}

fn numbers(view: &TensorView<'_>) -> Vec<f64> {
    let data = view.data();
    match view.dtype() {
        Dtype::F32 => data.as_chunks().0.iter().map(|bytes| f64::from(f32::from_le_bytes(*bytes))).collect(),
        Dtype::F64 => data.as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect(),
        other => panic!("numbers of type {other:?}"),
    }
}

/// Asserts that numbers agree within `tolerance`.
pub(crate) fn assert_close(
    what: &str,
    found: impl IntoIterator<Item = f64>,
    expected: &[f64],
    tolerance: f64,
) {
    let mut count = 0;
    for (i, (found, expected)) in found.into_iter().zip(expected).enumerate() {
        let error = (found - expected).abs();
        assert!(
            error <= tolerance,
            "{what}: number {i} is {found}, PyTorch has {expected} (tolerance {tolerance:e})"
        );
        count += 1;
    }
    assert_eq!(count, expected.len(), "{what}: as many numbers");
}
