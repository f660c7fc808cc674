//! Reads a safetensors header and holds it against a network's tensors.
//!
//! The crate that parses the header is the one that reads weights at run time, and what fits is the same: exactly the
//! network's tensors, in 32-bit floats or in those of 16 bits. So what is found to fit here loads there.

mod header;

use crate::diagnostics::{Diagnostics, Message, nearest};
use crate::elaborate::Declared;
use crate::graph::{Graph, Layer};
use crate::ops::{Tensor, TensorKind};
use safetensors::Dtype;
use safetensors::tensor::TensorInfo;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A file that fits, to become part of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Embedded {
    /// Where it is, from the folder of the package.
    pub path: String,
    /// How many bytes it has.
    pub bytes: u64,
}

/// What a file holds.
type Stored = BTreeMap<String, TensorInfo>;

/// The most tensors that are reported one by one.
const REPORTED: usize = 8;

/// The file of a whole network, if it names one that fits.
pub fn check(declared: &Declared<'_>, errors: &Diagnostics) -> Option<Embedded> {
    let literal = declared.attrs.weights.as_ref().filter(|_| declared.graph.is_whole())?;
    let (path, before) = (literal.value(), errors.count());
    let found = match locate(&path) {
        Ok(file) => header::read(&file).map_err(|error| error.message(&path, &file)),
        Err(message) => Err(message),
    };
    let (stored, bytes) = match found {
        Ok(found) => found,
        Err(message) => {
            errors.error(literal, message);
            return None;
        }
    };
    let name =
        Path::new(&path).file_name().map_or_else(|| path.clone(), |name| name.to_string_lossy().into());
    let unfit = fit(&name, &declared.graph, &stored);
    let more = unfit.layers.len().saturating_sub(REPORTED);
    for (layer, message) in unfit.layers.into_iter().take(REPORTED) {
        errors.error_at(layer.place, message);
    }
    if more > 0 {
        let text = format!("{more} more tensors of `{}` do not fit those of `{name}`", declared.name);
        errors.error(literal, Message::new(text).help("is this the file of this network?"));
    }
    if let Some(message) = unexpected(&name, declared, &unfit.unexpected) {
        errors.error(literal, message);
    }
    (errors.count() == before).then_some(Embedded { path, bytes })
}

/// A path as the program will be asked to include it: from the folder of the package.
fn locate(path: &str) -> Result<PathBuf, Message> {
    if Path::new(path).is_absolute() {
        return Ok(path.into());
    }
    let package = std::env::var_os("CARGO_MANIFEST_DIR").ok_or_else(|| {
        Message::new("without Cargo nobody knows where this path starts").help("write an absolute path")
    })?;
    Ok(Path::new(&package).join(path))
}

/// All that does not fit.
#[derive(Debug, Default)]
struct Unfit<'g> {
    /// The layers that need something else than the file has.
    layers: Vec<(&'g Layer, Message)>,
    /// The tensors that no layer needs.
    unexpected: Vec<String>,
}

/// Holds what a file stores against what a network's layers need.
fn fit<'g>(file: &str, graph: &'g Graph, stored: &Stored) -> Unfit<'g> {
    let needed: Vec<(&Layer, String, Tensor)> = graph
        .layers
        .iter()
        .flat_map(|layer| layer.tensors().into_iter().map(move |tensor| (layer, layer.key(&tensor), tensor)))
        .collect();
    let mut rest: BTreeMap<&str, &TensorInfo> =
        stored.iter().map(|(key, info)| (key.as_str(), info)).collect();
    for (_, key, _) in &needed {
        rest.remove(key.as_str());
    }
    let misfit = |(layer, key, tensor): &(&'g Layer, String, Tensor)| {
        let message = match stored.get(key) {
            None => Some(missing(file, key, tensor, &rest)),
            Some(info) if info.shape != tensor.shape => Some(ill_shaped(file, key, tensor, info)),
            Some(info) if !is_readable(tensor.kind, info.dtype) => Some(ill_typed(file, key, tensor, info)),
            Some(_) => None,
        };
        message.map(|message| (*layer, message))
    };
    let layers = needed.iter().filter_map(misfit).collect();
    Unfit { layers, unexpected: rest.into_keys().map(str::to_owned).collect() }
}

fn missing(file: &str, key: &str, tensor: &Tensor, rest: &BTreeMap<&str, &TensorInfo>) -> Message {
    let shape = &tensor.shape;
    let message = Message::new(format_args!(
        "`{file}` has no tensor `{key}`, which this layer needs, of shape {shape:?}"
    ));
    // What is spelt alike comes first, then what has the shape.
    let alike = || rest.iter().find(|(_, info)| info.shape == *shape).map(|(key, _)| *key);
    match nearest(key, rest.keys().copied()).or_else(alike) {
        Some(near) => message.help(format_args!(
            "it has `{near}`, of shape {:?}; a layer is called by its `let`, or by its index",
            rest[near].shape
        )),
        None => message.help("the keys of a file are those of PyTorch's `state_dict` for the same network"),
    }
}

fn ill_shaped(file: &str, key: &str, tensor: &Tensor, info: &TensorInfo) -> Message {
    Message::new(format_args!("`{key}` has shape {:?} here, and {:?} in `{file}`", tensor.shape, info.shape))
        .help("give the layer the sizes that it was trained with")
}

fn ill_typed(file: &str, key: &str, tensor: &Tensor, info: &TensorInfo) -> Message {
    let types = if written(tensor.kind) == Dtype::F32 { "F32, F16 or BF16" } else { "I64" };
    Message::new(format_args!("`{key}` has numbers of type {} in `{file}`, and needs {types}", info.dtype))
        .help("convert the tensor before it is saved, in PyTorch with `.float()` or `.long()`")
}

fn unexpected(file: &str, declared: &Declared<'_>, names: &[String]) -> Option<Message> {
    let listed: Vec<String> = names.iter().take(REPORTED).map(|name| format!("`{name}`")).collect();
    let more = match names.len().saturating_sub(REPORTED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let (network, listed) = (declared.name, listed.join(", "));
    let help = "a file holds exactly a network's tensors, as `load_state_dict` has it: \
                add what is missing here, or save without it";
    let text = format!("no layer of `{network}` needs {listed}{more} of `{file}`");
    (!names.is_empty()).then(|| Message::new(text).help(help))
}

/// How a tensor is written at run time.
fn written(kind: TensorKind) -> Dtype {
    if kind == TensorKind::BatchesTracked { Dtype::I64 } else { Dtype::F32 }
}

/// Whether a tensor's numbers may be of this type in a file: those of 16 bits are all numbers of 32 bits too.
fn is_readable(kind: TensorKind, found: Dtype) -> bool {
    found == written(kind) || (written(kind) == Dtype::F32 && matches!(found, Dtype::F16 | Dtype::BF16))
}

#[cfg(test)]
mod tests;
