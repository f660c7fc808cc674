//! What a name means: one tensor, or all tensors of a layer or of a block.

use crate::nearest::nearest;
use crate::weights::Error;
use cnn_runtime::network::{Network, TensorInfo};

/// The tensors that `name` stands for, each with its index in the network's table.
///
/// `conv1` stands for `conv1.weight` and `conv1.bias`; `2` for all tensors of all layers in block `2`, and not for those of
/// block `20`; `conv1.weight` for itself; the empty name for all.
///
/// # Errors
/// If the network has nothing of that name, and then the error suggests the nearest one, or nothing of it has tensors.
pub(crate) fn tensors_of<N: Network>(
    name: &str,
) -> Result<impl Iterator<Item = (usize, &'static TensorInfo)> + use<'_, N>, Error> {
    let mut named =
        N::TENSORS.iter().enumerate().filter(move |(_, tensor)| within(tensor.name, name)).peekable();
    if named.peek().is_some() {
        return Ok(named);
    }
    let (network, name) = (N::NAME, name.to_owned());
    if N::LAYERS.iter().any(|layer| within(layer.name, &name)) {
        return Err(Error::NoTensors { network, name });
    }
    let nearest = nearest(&name, names::<N>());
    Err(Error::UnknownName { network, name, nearest })
}

/// Whether the thing at `path` is `name` or a part of it.
pub(crate) fn within(path: &str, name: &str) -> bool {
    name.is_empty() || path.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// All that has a name: tensors, layers, and the blocks they stand in.
fn names<N: Network>() -> impl Iterator<Item = &'static str> {
    let tensors = N::TENSORS.iter().map(|tensor| tensor.name);
    let blocks = tensors.flat_map(|path| path.match_indices('.').map(|(dot, _)| &path[..dot]).chain([path]));
    blocks.chain(N::LAYERS.iter().map(|layer| layer.name))
}
