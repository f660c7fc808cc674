//! Safetensors files: bytes to and from, and the disk.

use super::{Error, Mismatch};
use crate::files;
use cnn_runtime::network::{Network, TensorInfo, TensorKind};
use half::{bf16, f16};
use safetensors::SafeTensorError;
use safetensors::tensor::{Dtype, Metadata, SafeTensors, TensorView, View};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::fs;
use std::path::Path;

/// How a tensor is written.
fn dtype(kind: TensorKind) -> Dtype {
    match kind {
        TensorKind::BatchesTracked => Dtype::I64,
        TensorKind::Weight { .. }
        | TensorKind::Bias { .. }
        | TensorKind::Scale
        | TensorKind::Shift
        | TensorKind::RunningMean
        | TensorKind::RunningVar => Dtype::F32,
    }
}

fn dtype_name(kind: TensorKind) -> &'static str {
    if matches!(kind, TensorKind::BatchesTracked) { "I64" } else { "F32" }
}

/// A tensor as the `safetensors` crate wants to see it.
pub(crate) struct Entry<'a> {
    pub(crate) info: &'static TensorInfo,
    pub(crate) numbers: &'a [f32],
}

impl View for Entry<'_> {
    fn dtype(&self) -> Dtype {
        dtype(self.info.kind)
    }

    fn shape(&self) -> &[usize] {
        self.info.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        let mut bytes = vec![0; self.data_len()];
        match self.info.kind {
            TensorKind::BatchesTracked => {
                for (bytes, &number) in bytes.as_chunks_mut().0.iter_mut().zip(self.numbers) {
                    *bytes = (number as i64).to_le_bytes();
                }
            }
            _ => {
                for (bytes, &number) in bytes.as_chunks_mut().0.iter_mut().zip(self.numbers) {
                    *bytes = number.to_le_bytes();
                }
            }
        }
        Cow::Owned(bytes)
    }

    fn data_len(&self) -> usize {
        self.info.len() * dtype(self.info.kind).bitsize() / 8
    }
}

/// The bytes of a file with all tensors of a network.
pub(super) fn encode<N: Network>(network: &N) -> Vec<u8> {
    let entries =
        N::TENSORS.iter().map(|info| (info.name, Entry { info, numbers: network.state().tensor(info) }));
    // Says which framework's names and layouts these are; some readers insist on it.
    let metadata = HashMap::from([("format".to_owned(), "pt".to_owned())]);
    serialize(entries, metadata)
}

/// The bytes of a file.
pub(crate) fn serialize<'a>(
    entries: impl IntoIterator<Item = (impl AsRef<str> + Ord + fmt::Display, Entry<'a>)>,
    metadata: HashMap<String, String>,
) -> Vec<u8> {
    match safetensors::serialize(entries, Some(metadata)) {
        Ok(bytes) => bytes,
        Err(error) => unreachable!("a network's own tensors make up a valid file: {error}"),
    }
}

/// Sets all tensors of a network, after it has made sure that all of them fit.
pub(super) fn decode<N: Network>(network: &mut N, bytes: &[u8], file: Option<&Path>) -> Result<(), Error> {
    let expected: Vec<_> = N::TENSORS.iter().map(|info| (info.name.to_owned(), info)).collect();
    let fitting = fit::<N>(&open(bytes, file)?, &expected, file)?;
    for (info, stored) in N::TENSORS.iter().zip(fitting) {
        stored.read(network.state_mut().tensor_mut(info));
    }
    Ok(())
}

/// The numbers of a tensor as they stand in a file.
pub(crate) struct Stored<'b> {
    dtype: Dtype,
    pub(crate) bytes: &'b [u8],
}

impl Stored<'_> {
    /// Sets a tensor to them.
    pub(crate) fn read(&self, numbers: &mut [f32]) {
        match self.dtype {
            Dtype::I64 => self.each(numbers, |bytes| i64::from_le_bytes(bytes) as f32),
            Dtype::F32 => self.each(numbers, f32::from_le_bytes),
            Dtype::F16 => self.each(numbers, |bytes| f16::from_le_bytes(bytes).to_f32()),
            Dtype::BF16 => self.each(numbers, |bytes| bf16::from_le_bytes(bytes).to_f32()),
            other => unreachable!("numbers of type {other} do not fit any tensor"),
        }
    }

    /// Each number has `B` bytes.
    fn each<const B: usize>(&self, numbers: &mut [f32], number: impl Fn([u8; B]) -> f32) {
        for (to, bytes) in numbers.iter_mut().zip(self.bytes.as_chunks().0) {
            *to = number(*bytes);
        }
    }
}

/// Looks at bytes as a safetensors file, or says that they are none.
pub(crate) fn open<'b>(bytes: &'b [u8], file: Option<&Path>) -> Result<SafeTensors<'b>, Error> {
    parse(bytes).map_err(|error| Error::Damaged {
        file: file.map(Path::to_owned),
        bytes: bytes.len(),
        source: error.into(),
    })
}

/// Whether a tensor's numbers may be of this type in a file: those of 16 bits are all numbers of 32 bits too.
fn is_readable(kind: TensorKind, found: Dtype) -> bool {
    let written = dtype(kind);
    found == written || (written == Dtype::F32 && matches!(found, Dtype::F16 | Dtype::BF16))
}

/// Looks at bytes as a safetensors file.
///
/// The crate adds the file's parts up without looking for an overflow, so a header that promises more than there is must
/// be found before.
fn parse(bytes: &[u8]) -> Result<SafeTensors<'_>, SafeTensorError> {
    if let Some((len, rest)) = bytes.split_first_chunk()
        && let Ok(len) = usize::try_from(u64::from_le_bytes(*len))
        && let Some(header) = rest.get(..len)
        && let Ok(metadata) = serde_json::from_slice::<Metadata>(header)
        && metadata.data_len() > rest.len() - len
    {
        return Err(SafeTensorError::MetadataIncompleteBuffer);
    }
    SafeTensors::deserialize(bytes)
}

/// The numbers of each tensor that is expected, or all that does not fit.
pub(crate) fn fit<'b, N: Network>(
    tensors: &SafeTensors<'b>,
    expected: &[(String, &'static TensorInfo)],
    file: Option<&Path>,
) -> Result<Vec<Stored<'b>>, Error> {
    let mut fitting = Vec::with_capacity(expected.len());
    let mut mismatches = Vec::new();
    for (name, info) in expected {
        match tensors.tensor(name) {
            Err(_) => mismatches.push(Mismatch::Missing { tensor: name.clone() }),
            Ok(tensor) => match mismatch(name, info, &tensor) {
                Some(mismatch) => mismatches.push(mismatch),
                None => fitting.push(Stored { dtype: tensor.dtype(), bytes: tensor.data() }),
            },
        }
    }
    let known: BTreeSet<&str> = expected.iter().map(|(name, _)| name.as_str()).collect();
    let mut unexpected = tensors.names();
    unexpected.retain(|name| !known.contains(name));
    unexpected.sort_unstable();
    mismatches
        .extend(unexpected.into_iter().map(|tensor| Mismatch::Unexpected { tensor: tensor.to_owned() }));
    if mismatches.is_empty() {
        return Ok(fitting);
    }
    Err(Error::Mismatch { file: file.map(Path::to_owned), network: N::NAME, mismatches })
}

fn mismatch(name: &str, info: &TensorInfo, tensor: &TensorView<'_>) -> Option<Mismatch> {
    let named = || name.to_owned();
    if tensor.shape() != info.shape {
        let found = tensor.shape().to_vec();
        return Some(Mismatch::Shape { tensor: named(), expected: info.shape, found });
    }
    if !is_readable(info.kind, tensor.dtype()) {
        let found = tensor.dtype().to_string();
        return Some(Mismatch::Type { tensor: named(), expected: dtype_name(info.kind), found });
    }
    None
}

pub(crate) fn read(file: &Path) -> Result<Vec<u8>, Error> {
    fs::read(file).map_err(|source| Error::Read { file: file.to_owned(), source })
}

/// Puts a file in its place in one go.
pub(crate) fn write(file: &Path, bytes: &[u8]) -> Result<(), Error> {
    files::replace(file, bytes).map_err(|source| Error::Write { file: file.to_owned(), source })
}
