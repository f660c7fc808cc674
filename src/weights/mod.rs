//! A network's numbers by name, and files of them.
//!
//! Names, shapes and layouts are those of PyTorch's `state_dict`. Files are in the safetensors format: 32-bit floats
//! (those of 16 bits, `F16` and `BF16`, are read too), and a 64-bit integer for how many batches a normalisation has seen. So
//! `safetensors.torch.save_file(model.state_dict(), "lenet.safetensors")` writes a file that [`Weights::load`] reads,
//! and `model.load_state_dict(safetensors.torch.load_file("lenet.safetensors"))` reads one that [`Weights::save`] wrote.

mod error;
pub(crate) mod file;

pub use error::{Error, Mismatch};

use crate::nearest::nearest;
use cnn_runtime::network::{Network, TensorInfo};
use std::path::Path;

/// One tensor of a network in PyTorch's layout: (O, I, H, W) for a convolution's weight.
#[derive(Clone, Debug, PartialEq)]
pub struct TensorView<'a> {
    info: &'static TensorInfo,
    numbers: &'a [f32],
}

impl<'a> TensorView<'a> {
    /// A tensor whose numbers are in PyTorch's layout already.
    pub(crate) fn new(info: &'static TensorInfo, numbers: &'a [f32]) -> Self {
        Self { info, numbers }
    }

    /// Its key in the `state_dict`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.info.name
    }

    /// Its shape, empty for a single number.
    #[must_use]
    pub fn shape(&self) -> &'static [usize] {
        self.info.shape
    }

    /// Its numbers, the last dimension varying fastest.
    #[must_use]
    pub fn numbers(&self) -> &[f32] {
        self.numbers
    }
}

/// Gives access to the numbers of any network, and keeps them in files.
///
/// ```
/// # use cnn::prelude::*;
/// # network!(pub fn Net(image: Image<1, 8, 8>) -> Vector<4> { let conv1 = conv2d(2, kernel_size = 3); flatten; linear(4) });
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("net.safetensors");
/// let net = Net::new(42);
/// net.save(&path)?;
/// let mut other = Net::new(1);
/// other.load(&path)?;
/// assert_eq!(other.tensor("conv1.weight")?, net.tensor("conv1.weight")?);
/// assert_eq!(other.tensor("conv1.weight")?.shape(), [2, 1, 3, 3]);
/// # Ok::<(), cnn::Error>(())
/// ```
pub trait Weights: Network {
    /// The tensor of that name.
    ///
    /// # Errors
    /// If there is none; the error suggests the nearest name.
    fn tensor(&self, name: &str) -> Result<TensorView<'_>, Error> {
        let info = find::<Self>(name)?;
        Ok(TensorView::new(info, self.state().tensor(info)))
    }

    /// All tensors in the order of the `state_dict`.
    fn tensors(&self) -> impl ExactSizeIterator<Item = TensorView<'_>> {
        Self::TENSORS.iter().map(|info| TensorView::new(info, self.state().tensor(info)))
    }

    /// Sets the numbers of a tensor, the last dimension varying fastest.
    ///
    /// # Errors
    /// If there is no tensor of that name, or it has more or fewer numbers.
    fn set_tensor(&mut self, name: &str, numbers: &[f32]) -> Result<(), Error> {
        let info = find::<Self>(name)?;
        if numbers.len() != info.len() {
            return Err(Error::Length { tensor: info.name, shape: info.shape, found: numbers.len() });
        }
        self.state_mut().tensor_mut(info).copy_from_slice(numbers);
        Ok(())
    }

    /// Writes all tensors to a safetensors file.
    ///
    /// The file is whole or not there at all: it is written beside its place and then moved there, and a file that stood
    /// there before is kept until the new one is complete.
    ///
    /// # Errors
    /// If the file cannot be written.
    fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        file::write(path.as_ref(), &self.to_bytes())
    }

    /// Sets all tensors from a safetensors file.
    ///
    /// The file must hold exactly the network's tensors, as PyTorch's strict loading has it.
    ///
    /// # Errors
    /// If the file cannot be read, is damaged, or does not fit the network; the network is then what it was.
    fn load(&mut self, path: impl AsRef<Path>) -> Result<(), Error> {
        let bytes = file::read(path.as_ref())?;
        file::decode(self, &bytes, Some(path.as_ref()))
    }

    /// What [`save`](Self::save) would write. Equal networks give equal bytes.
    fn to_bytes(&self) -> Vec<u8> {
        file::encode(self)
    }

    /// Sets all tensors from the bytes of a safetensors file, as [`load`](Self::load) does.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    fn load_bytes(&mut self, bytes: &[u8]) -> Result<(), Error> {
        file::decode(self, bytes, None)
    }
}

impl<N: Network> Weights for N {}

/// Sets all tensors of a network from a file that the compiler has held against it; not meant to be called by hand.
///
/// # Panics
/// If it does not fit, which is then a mistake of the compiler.
#[doc(hidden)]
pub fn __embedded<N: Network>(network: &mut N, bytes: &[u8]) {
    if let Err(error) = file::decode(network, bytes, None) {
        unreachable!("the compiler has found that this file fits: {error}");
    }
}

/// The row of the network's table with that name.
pub(crate) fn find<N: Network>(name: &str) -> Result<&'static TensorInfo, Error> {
    let names = || N::TENSORS.iter().map(|tensor| tensor.name);
    N::TENSORS.iter().find(|tensor| tensor.name == name).ok_or_else(|| Error::UnknownTensor {
        network: N::NAME,
        name: name.to_owned(),
        nearest: nearest(name, names()),
    })
}
