//! How a network's numbers start out.

use crate::names::tensors_of;
use crate::weights::Error;
use cnn_runtime::init;
use cnn_runtime::network::Network;

pub use cnn_runtime::init::{Fan, Init, Nonlinearity};

/// Initialises any network anew.
///
/// [`Network::new`] does as PyTorch does; this is for the other ways.
pub trait Initialize: Network {
    /// Sets all numbers, those that training does not learn too: weights as `init` says, everything else as by default.
    ///
    /// The same seed gives the same bits.
    fn initialize(&mut self, init: Init, seed: u64) {
        init::initialize(init, seed, Self::TENSORS, self.state_mut());
    }

    /// Sets the numbers of one part of the network: of a layer (`conv1`), of all layers of a block (`2` or `2.0`), or of
    /// one tensor (`conv1.bias`).
    ///
    /// Of a layer or a block, weights are drawn as `init` says and everything else as by default; a tensor that is named
    /// itself is drawn as `init` says, whatever it is. What a weight gets is what [`initialize`](Self::initialize) with
    /// the same `init` and seed would give it.
    ///
    /// ```
    /// # use cnn::prelude::*;
    /// use cnn::init::{Fan, Nonlinearity};
    /// # network!(pub fn Net(image: Image<1, 8, 8>) -> Vector<4> { let conv1 = conv2d(2, kernel_size = 3); flatten; linear(4) });
    ///
    /// let mut net = Net::new(42);
    /// let kaiming = Init::KaimingNormal { mode: Fan::Out, nonlinearity: Nonlinearity::Relu };
    /// net.initialize_part("conv1", kaiming, 42)?;
    /// net.initialize_part("conv1.bias", Init::Constant(0.0), 42)?;
    /// assert_eq!(net.tensor("conv1.bias")?.numbers(), [0.0, 0.0]);
    /// # Ok::<(), cnn::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the network has nothing of that name, or nothing that has tensors, or it is a single tensor without the fans that
    /// `init` asks for; the network is then what it was.
    fn initialize_part(&mut self, name: &str, init: Init, seed: u64) -> Result<(), Error> {
        for (index, tensor) in tensors_of::<Self>(name)? {
            let init = if tensor.name == name || tensor.kind.has_fans() { init } else { Init::Default };
            if !init.suits(tensor.kind) {
                return Err(Error::NoFans { tensor: tensor.name, init });
            }
            init::initialize_tensor(init, seed, index, tensor, self.state_mut());
        }
        Ok(())
    }
}

impl<N: Network> Initialize for N {}
