//! Parameters that training treats in their own way: other rates, no decay, none at all.

use crate::names::tensors_of;
use crate::weights::Error;
use cnn_runtime::network::{Network, TensorInfo};
use cnn_runtime::optim::Group;
use std::ops::Range;

/// What is special about some parameters: PyTorch's parameter groups, by name.
///
/// A name stands for a layer (`conv1`), for all layers of a block (`2` or `2.0`), for one tensor (`conv1.bias`), or, if
/// empty, for the whole network. Of two rules about the same, the later counts.
///
/// ```
/// # use cnn::prelude::*;
/// use cnn::train::Groups;
/// # network!(pub fn Net(image: Image<1, 8, 8>) -> Vector<4> { let stem = conv2d(2, kernel_size = 3); flatten; let head = linear(4); });
///
/// let mut net = Net::new(42);
/// let groups = Groups::new().decay_weights_only().learning_rate("head", 10.0).freeze("stem");
/// let trainer = Trainer::new(&mut net, Sgd::new(0.1).momentum(0.9).weight_decay(5e-4)).groups(&groups)?;
/// # Ok::<(), cnn::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Groups {
    rules: Vec<(Which, Change)>,
}

#[derive(Clone, Debug)]
enum Which {
    Named(String),
    /// Biases, and factors and summands of normalisations.
    NotWeights,
}

#[derive(Clone, Copy, Debug)]
enum Change {
    LearningRate(f32),
    WeightDecay(f32),
    Frozen(bool),
}

impl Groups {
    /// Nothing special.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// No weight decay on biases and on the factors and summands of normalisations.
    #[must_use]
    pub fn decay_weights_only(self) -> Self {
        self.with(Which::NotWeights, Change::WeightDecay(0.0))
    }

    /// The learning rate of what has this name is `factor` times the optimiser's.
    ///
    /// A factor, so that a schedule of the optimiser's rate changes this one too.
    #[must_use]
    pub fn learning_rate(self, name: &str, factor: f32) -> Self {
        self.with(Which::Named(name.to_owned()), Change::LearningRate(factor))
    }

    /// The weight decay of what has this name is `factor` times the optimiser's.
    #[must_use]
    pub fn weight_decay(self, name: &str, factor: f32) -> Self {
        self.with(Which::Named(name.to_owned()), Change::WeightDecay(factor))
    }

    /// What has this name does not learn: PyTorch's `requires_grad_(False)`.
    ///
    /// Its gradient is 0 and does not count in the norm that is clipped. As in PyTorch, running statistics go on being
    /// updated.
    #[must_use]
    pub fn freeze(self, name: &str) -> Self {
        self.with(Which::Named(name.to_owned()), Change::Frozen(true))
    }

    /// What has this name learns, although an earlier rule has frozen more: `freeze("").unfreeze("head")`.
    #[must_use]
    pub fn unfreeze(self, name: &str) -> Self {
        self.with(Which::Named(name.to_owned()), Change::Frozen(false))
    }

    fn with(mut self, which: Which, change: Change) -> Self {
        self.rules.push((which, change));
        self
    }

    /// The ranges of a network's parameters that these rules make, and those that are frozen.
    pub(super) fn resolve<N: Network>(&self) -> Result<Resolved, Error> {
        let mut settings =
            vec![Setting { learning_rate: 1.0, weight_decay: 1.0, frozen: false }; N::TENSORS.len()];
        for (which, change) in &self.rules {
            for index in which.parameters::<N>()? {
                let setting = &mut settings[index];
                match *change {
                    Change::LearningRate(factor) => setting.learning_rate = factor,
                    Change::WeightDecay(factor) => setting.weight_decay = factor,
                    Change::Frozen(frozen) => setting.frozen = frozen,
                }
            }
        }
        let mut tensors: Vec<_> =
            N::TENSORS.iter().zip(settings).filter(|(t, _)| t.kind.is_parameter()).collect();
        tensors.sort_by_key(|(tensor, _)| tensor.offset);
        Ok(Resolved::new(&tensors))
    }
}

impl Which {
    /// The indices of the parameters that are meant.
    fn parameters<N: Network>(&self) -> Result<Vec<usize>, Error> {
        let learned = |(_, tensor): &(usize, &'static TensorInfo)| tensor.kind.is_parameter();
        match self {
            Self::NotWeights => {
                let tensors = N::TENSORS.iter().enumerate().filter(learned);
                Ok(tensors.filter(|(_, tensor)| !tensor.kind.has_fans()).map(|(index, _)| index).collect())
            }
            Self::Named(name) => {
                let tensors: Vec<_> = tensors_of::<N>(name)?.collect();
                let parameters: Vec<_> =
                    tensors.iter().copied().filter(learned).map(|(index, _)| index).collect();
                match tensors.first() {
                    Some((_, tensor)) if parameters.is_empty() => {
                        Err(Error::NoGradient { tensor: tensor.name })
                    }
                    _ => Ok(parameters),
                }
            }
        }
    }
}

/// How one tensor is treated.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Setting {
    learning_rate: f32,
    weight_decay: f32,
    frozen: bool,
}

/// Rules as ranges of the one vector of parameters.
#[derive(Debug)]
pub(super) struct Resolved {
    /// What learns.
    pub(super) groups: Vec<Group>,
    /// What does not.
    pub(super) frozen: Vec<Range<usize>>,
}

impl Resolved {
    /// Neighbours that are treated alike are one range, with the padding between them.
    fn new(tensors: &[(&TensorInfo, Setting)]) -> Self {
        let mut resolved = Self { groups: Vec::new(), frozen: Vec::new() };
        for run in tensors.chunk_by(|(_, a), (_, b)| a == b) {
            let (Some((first, setting)), Some((last, _))) = (run.first(), run.last()) else { continue };
            let range = first.offset..last.range().end;
            if setting.frozen {
                resolved.frozen.push(range);
            } else {
                let Setting { learning_rate, weight_decay, .. } = *setting;
                resolved.groups.push(Group { range, learning_rate, weight_decay });
            }
        }
        resolved
    }
}
