//! Dropout (Srivastava et al. 2014), inverted as in PyTorch: what is kept is scaled by 1/(1 − p).

/// What one training step's random masks follow from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// The trainer's seed.
    pub seed: u64,
    /// The number of the step.
    pub step: u64,
}
