//! Files that training goes on from.
//!
//! A checkpoint is one safetensors file. The network's tensors are `model.` and their key, what the optimiser keeps is
//! `optimizer.`, the name of the vector and the parameter's key (`optimizer.exp_avg.conv1.weight`), all in PyTorch's
//! shapes and layouts. What is not a tensor stands as JSON in the metadata, every value as text, so that no bit of a
//! counter is lost. With it stands a CRC-32 of all of that and of all tensors, because a wrong number in a moment would
//! be seen nowhere else. A run of [`Fit`](super::Fit) adds where it stands, under names that begin with `run.`.

use crate::weights::Error;
use crate::weights::file::{self, Entry};
use cnn_runtime::network::{Network, TensorInfo};
use cnn_runtime::optim::Optimizer;
use safetensors::tensor::{SafeTensors, View};
use std::any::type_name;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::str::FromStr;

/// What a trainer counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counters {
    pub(super) seed: u64,
    pub(super) steps: u64,
}

/// The key of a checkpoint's metadata.
const METADATA: &str = "cnn.checkpoint";

/// The version of what the metadata and the tensors mean.
const FORMAT: &str = "1";

/// Values by name.
pub(super) type Values = BTreeMap<String, String>;

/// The bytes of a checkpoint, with what a run adds. Equal trainers and runs give equal bytes.
pub(super) fn encode<N: Network>(
    network: &N,
    optimizer: &impl Optimizer,
    counters: Counters,
    run: Values,
) -> Vec<u8> {
    let kept = optimizer.kept();
    let state = N::TENSORS.iter().map(|info| network.state().tensor(info));
    let vectors =
        kept.vectors().iter().flat_map(|vector| parameters::<N>().map(|info| &vector[info.range()]));
    let entries: Vec<_> = table::<N>(optimizer, kept.steps())
        .into_iter()
        .zip(state.chain(vectors))
        .map(|((key, info), numbers)| (key, Entry { info, numbers }))
        .collect();

    let mut values = run;
    values.extend([
        ("format".to_owned(), FORMAT.to_owned()),
        ("learning_rate".to_owned(), optimizer.learning_rate().to_string()),
        ("optimizer".to_owned(), optimizer.name().to_owned()),
        ("optimizer_steps".to_owned(), kept.steps().to_string()),
        ("seed".to_owned(), counters.seed.to_string()),
        ("steps".to_owned(), counters.steps.to_string()),
    ]);
    let crc = crc(&values, entries.iter().map(|(_, entry)| entry.data()));
    values.insert("crc32".to_owned(), crc.to_string());
    file::serialize(entries, HashMap::from([(METADATA.to_owned(), json(&values))]))
}

/// Restores a network and an optimiser, after it has made sure that everything fits; gives the counters.
pub(super) fn decode<N: Network>(
    network: &mut N,
    optimizer: &mut impl Optimizer,
    bytes: &[u8],
    file: &Path,
) -> Result<Counters, Error> {
    let tensors = file::open(bytes, Some(file))?;
    let mut scalars = Scalars::read(bytes, file)?;
    scalars.expect("format", FORMAT)?;
    scalars.expect("optimizer", optimizer.name())?;
    let crc_written: u32 = scalars.parse("crc32")?;
    let learning_rate: f32 = scalars.parse("learning_rate")?;
    let optimizer_steps: u64 = scalars.parse("optimizer_steps")?;
    let counters = Counters { seed: scalars.parse("seed")?, steps: scalars.parse("steps")? };

    let fitting = file::fit::<N>(&tensors, &table::<N>(optimizer, optimizer_steps), Some(file))?;
    scalars.values.remove("crc32");
    let crc = crc(&scalars.values, fitting.iter().map(|stored| Cow::Borrowed(stored.bytes)));
    // A fuzzer could not get past it.
    if crc != crc_written && !cfg!(fuzzing) {
        return Err(scalars.wrong("the CRC-32 of its contents", &crc_written.to_string(), &crc.to_string()));
    }

    let mut fitting = fitting.into_iter();
    for (info, stored) in N::TENSORS.iter().zip(&mut fitting) {
        stored.read(network.state_mut().tensor_mut(info));
    }
    for vector in optimizer.kept_mut().restore(optimizer_steps, network.state().parameters.len()) {
        for (info, stored) in parameters::<N>().zip(&mut fitting) {
            stored.read(&mut vector[info.range()]);
        }
    }
    optimizer.set_learning_rate(learning_rate);
    Ok(counters)
}

/// What is learned.
fn parameters<N: Network>() -> impl Iterator<Item = &'static TensorInfo> {
    N::TENSORS.iter().filter(|info| info.kind.is_parameter())
}

/// All tensors of a checkpoint: the network's, and once there was a step, those of each of the optimiser's vectors.
fn table<N: Network>(optimizer: &impl Optimizer, steps: u64) -> Vec<(String, &'static TensorInfo)> {
    let vectors = if steps > 0 { optimizer.kept().names() } else { &[] };
    let state = N::TENSORS.iter().map(|info| (format!("model.{}", info.name), info));
    let vectors = vectors.iter().flat_map(|vector| {
        parameters::<N>().map(move |info| (format!("optimizer.{vector}.{}", info.name), info))
    });
    state.chain(vectors).collect()
}

fn json(values: &Values) -> String {
    match serde_json::to_string(values) {
        Ok(json) => json,
        Err(error) => unreachable!("a map of texts is JSON: {error}"),
    }
}

/// Of all that a checkpoint says, in a fixed order.
fn crc<'b>(values: &Values, tensors: impl Iterator<Item = Cow<'b, [u8]>>) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(json(values).as_bytes());
    for bytes in tensors {
        hasher.update(&bytes);
    }
    hasher.finalize()
}

/// What is not a tensor.
pub(super) struct Scalars<'f> {
    file: &'f Path,
    values: Values,
}

impl<'f> Scalars<'f> {
    /// That of a checkpoint; nothing of it is checked yet.
    pub(super) fn read(bytes: &[u8], file: &'f Path) -> Result<Self, Error> {
        let metadata = SafeTensors::read_metadata(bytes).ok().and_then(|(_, metadata)| {
            metadata.metadata().as_ref().and_then(|entries| entries.get(METADATA)).cloned()
        });
        let this = Self { file, values: Values::new() };
        let what = format!("metadata `{METADATA}`");
        let Some(json) = metadata else {
            return Err(this.wrong(&what, "what `save_checkpoint` writes", "missing"));
        };
        match serde_json::from_str(&json) {
            Ok(values) => Ok(Self { values, ..this }),
            Err(error) => Err(this.wrong(&what, "JSON with texts", &format!("damaged ({error})"))),
        }
    }

    /// The value of that name.
    pub(super) fn get(&self, name: &str) -> &str {
        self.values.get(name).map_or("missing", String::as_str)
    }

    fn expect(&self, name: &str, expected: &str) -> Result<(), Error> {
        if self.get(name) == expected { Ok(()) } else { Err(self.wrong(name, expected, self.get(name))) }
    }

    pub(super) fn parse<T: FromStr>(&self, name: &str) -> Result<T, Error> {
        let found = self.get(name);
        found.parse().map_err(|_| self.wrong(name, &format!("a number ({})", type_name::<T>()), found))
    }

    /// That a value cannot be.
    pub(super) fn wrong(&self, what: &str, expected: &str, found: &str) -> Error {
        let [what, expected, found] = [what, expected, found].map(str::to_owned);
        Error::Checkpoint { file: self.file.to_owned(), what, expected, found }
    }
}
