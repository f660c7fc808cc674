//! How a network's numbers start out.

use cnn_runtime::init;
use cnn_runtime::network::Network;

pub use cnn_runtime::init::Init;

/// Initialises any network anew.
///
/// [`Network::new`] does as PyTorch does; this is for the other ways.
pub trait Initialize: Network {
    /// Sets all numbers, those that training does not learn too, as `init` says; the same seed gives the same bits.
    fn initialize(&mut self, init: Init, seed: u64) {
        init::initialize(init, seed, Self::TENSORS, self.state_mut());
    }
}

impl<N: Network> Initialize for N {}
