//! Convolution without groups, by the algorithm that was chosen for it when the network was compiled.
//!
//! A choice names an algorithm for each [`Policy`], which says how exact sums must be, and for small and large batches. What
//! is compiled in is the choice; here it is only looked up.

use super::epilogue::{Activation, Epilogue};
use super::winograd::{self, Tile};
use super::{BlockedConv2d, Conv2d, direct, direct_weight};
use crate::Write;
use crate::memory::Workspace;
use crate::policy::Policy;
use crate::view::{View, ViewMut};

/// A convolution and the algorithms for its three passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dense {
    /// What is computed.
    pub conv: BlockedConv2d,
    /// How the output is computed.
    pub forward: Choice,
    /// How the gradient of the input is computed.
    pub backward_input: Choice,
    /// How the gradient of the weight is computed.
    pub backward_weight: Choice,
}

impl Dense {
    /// Between images with halos [x, y], computed by [forward, `backward_input`, `backward_weight`].
    #[must_use]
    pub const fn new(
        conv: Conv2d,
        [x_halo, y_halo]: [[usize; 2]; 2],
        [forward, backward_input, backward_weight]: [Choice; 3],
    ) -> Self {
        let conv = BlockedConv2d { conv, x_halo, y_halo };
        Self { conv, forward, backward_input, backward_weight }
    }
}

/// A way to compute a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// Sums as the definition has them.
    Direct,
    /// Products of transformed tiles.
    Winograd(Tile),
}

/// An algorithm for each case; sums are always direct where [`Policy::Exact`] wants them so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// For [`Policy::F2`].
    pub f2: Algorithm,
    /// For [`Policy::Fast`] and at least `fast_from` images; for fewer it is `f2`.
    pub fast: Algorithm,
    /// So many images are a large batch.
    pub fast_from: usize,
}

impl Choice {
    /// The algorithm for batches of so many images.
    const fn of(&self, policy: Policy, batch: usize) -> Algorithm {
        match policy {
            Policy::Exact => Algorithm::Direct,
            Policy::Fast if batch >= self.fast_from => self.fast,
            Policy::F2 | Policy::Fast => self.f2,
        }
    }
}

impl Algorithm {
    fn prepare(self, d: &BlockedConv2d, weight: &[f32], prepared: &mut [f32], work: Workspace) {
        match self {
            Self::Direct => direct::prepare(d, weight, &mut prepared[..direct::prepared_len(d)], work),
            Self::Winograd(tile) => {
                let prepared = &mut prepared[..winograd::prepared_len(tile, d)];
                winograd::prepare(tile, d, weight, prepared, work);
            }
        }
    }

    fn forward(
        self,
        d: &BlockedConv2d,
        x: View,
        prepared: &[f32],
        epilogue: Epilogue,
        y: ViewMut,
        work: Workspace,
    ) {
        match self {
            Self::Direct => direct::forward(d, x, &prepared[..direct::prepared_len(d)], epilogue, y, work),
            Self::Winograd(tile) => {
                let prepared = &prepared[..winograd::prepared_len(tile, d)];
                winograd::forward(tile, d, x, prepared, epilogue, y, work);
            }
        }
    }
}

/// The largest of what each algorithm of a choice needs.
macro_rules! largest {
    ($choice:expr, $direct:expr, |$tile:ident| $winograd:expr) => {{
        let choice = $choice;
        let mut largest = $direct;
        let mut i = 0;
        while i < 2 {
            if let Algorithm::Winograd($tile) = [choice.f2, choice.fast][i] {
                let len = $winograd;
                if len > largest {
                    largest = len;
                }
            }
            i += 1;
        }
        largest
    }};
}

/// Numbers of a weight as [`forward`] takes it, at most.
#[must_use]
pub const fn prepared_len(d: &Dense) -> usize {
    largest!(d.forward, direct::prepared_len(&d.conv), |tile| winograd::prepared_len(tile, &d.conv))
}

/// Numbers of scratch that [`forward`] needs for each thread.
#[must_use]
pub const fn forward_lane_len(d: &Dense) -> usize {
    largest!(d.forward, 0, |tile| winograd::forward_lane_len(tile, &d.conv))
}

/// Numbers of scratch that [`backward_input`] needs for each thread.
#[must_use]
pub const fn backward_input_lane_len(d: &Dense) -> usize {
    largest!(d.backward_input, 0, |tile| winograd::backward_input_lane_len(tile, &d.conv))
}

/// Numbers of scratch that [`backward_input`] needs for the step.
#[must_use]
pub const fn backward_input_step_len(d: &Dense) -> usize {
    largest!(d.backward_input, direct::backward_input_step_len(&d.conv), |tile| {
        winograd::backward_input_step_len(tile, &d.conv)
    })
}

/// Numbers of scratch that [`backward_weight`] needs for each thread.
#[must_use]
pub const fn backward_weight_lane_len(d: &Dense) -> usize {
    largest!(d.backward_weight, 0, |tile| winograd::backward_weight_lane_len(tile))
}

/// Numbers of scratch that [`backward_weight`] needs for the step.
#[must_use]
pub const fn backward_weight_step_len(d: &Dense) -> usize {
    largest!(d.backward_weight, direct_weight::backward_weight_step_len(&d.conv), |tile| {
        winograd::backward_weight_step_len(tile, &d.conv)
    })
}

/// Brings a weight of shape (O, I, Kh, Kw) into the form that [`forward`] takes.
///
/// # Panics
/// If a length is not what `d` tells, or `d` has groups.
pub fn prepare(d: &Dense, weight: &[f32], prepared: &mut [f32], work: Workspace) {
    d.forward.of(work.policy, work.batch).prepare(&d.conv, weight, prepared, work);
}

/// The output `y` for each image of `x`, by a weight that [`prepare`] has seen with the same policy and batch.
///
/// # Panics
/// If a length is not what `d` tells, a halo is narrower than its algorithm needs, or the scratch is smaller than the
/// functions above tell.
pub fn forward(d: &Dense, x: View, prepared: &[f32], epilogue: Epilogue, y: ViewMut, work: Workspace) {
    d.forward.of(work.policy, work.batch).forward(&d.conv, x, prepared, epilogue, y, work);
}

/// [`prepare`] and [`forward`] in one, for batches of as many images as there are.
///
/// # Panics
/// As they do, or if the step's scratch is smaller than [`prepared_len`] tells.
pub fn train_forward(
    d: &Dense,
    x: View,
    weight: &[f32],
    bias: Option<&[f32]>,
    activation: Activation,
    y: ViewMut,
    mut work: Workspace,
) {
    let algorithm = d.forward.of(work.policy, x.count());
    let prepared = work.take_step(prepared_len(d));
    algorithm.prepare(&d.conv, weight, prepared, work.reborrow());
    let epilogue = Epilogue { activation, ..Epilogue::bias(bias) };
    algorithm.forward(&d.conv, x, prepared, epilogue, y, work);
}

/// The gradient `d_x` of the input, from that of the sums.
///
/// # Panics
/// As [`forward`].
pub fn backward_input(d: &Dense, d_y: View, weight: &[f32], d_x: ViewMut, write: Write, work: Workspace) {
    match d.backward_input.of(work.policy, d_y.count()) {
        Algorithm::Direct => direct::backward_input(&d.conv, d_y, weight, d_x, write, work),
        Algorithm::Winograd(tile) => {
            winograd::backward_input(tile, &d.conv, d_y, weight, d_x, write, work);
        }
    }
}

/// The gradients `d_weight` and `d_bias`, over all images.
///
/// # Panics
/// As [`forward`].
pub fn backward_weight(
    d: &Dense,
    x: View,
    d_y: View,
    d_weight: &mut [f32],
    d_bias: Option<&mut [f32]>,
    work: Workspace,
) {
    match d.backward_weight.of(work.policy, x.count()) {
        Algorithm::Direct => direct_weight::backward_weight(&d.conv, x, d_y, d_weight, d_bias, work),
        Algorithm::Winograd(tile) => {
            winograd::backward_weight(tile, &d.conv, x, d_y, d_weight, d_bias, work);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocked::testing::{batch, planes};
    use crate::conv2d::testing::{Batch, Scratch, conv2d, numbers};
    use crate::policy::Policy;
    use alloc::vec;

    /// The contract of spare lanes holds whatever the numbers: else a NaN there would spread to all channels of the next
    /// layer, where a relu6 has made a number of infinity again.
    #[test]
    fn spare_lanes_are_zero_beside_infinity() {
        let conv = conv2d([2, 3, 1], [12, 12], [3, 3], [1, 1], [1, 1], [1, 1]);
        let conv = BlockedConv2d { conv, x_halo: [1, 1], y_halo: [1, 1] };
        let choice = |algorithm| Choice { f2: algorithm, fast: algorithm, fast_from: 1 };
        let (weight, mut x) = (numbers(conv.conv.weight_len(), 1), numbers(conv.x().planes_len(), 2));
        x[40] = f32::INFINITY;
        let x = batch(&conv.x(), &x, 0);
        for algorithm in [Algorithm::Direct, Algorithm::Winograd(Tile::F2x3), Algorithm::Winograd(Tile::F4x3)]
        {
            let all = choice(algorithm);
            let d = Dense { conv, forward: all, backward_input: all, backward_weight: all };
            let mut scratch = Scratch::new(1, forward_lane_len(&d).max(backward_input_lane_len(&d)), {
                prepared_len(&d).max(backward_input_step_len(&d))
            });
            let mut y = batch(&conv.y(), &vec![0.0; conv.y().planes_len()], 0);
            let work = Workspace { policy: Policy::Fast, ..scratch.workspace() };
            train_forward(&d, x.view(), &weight, None, Activation::Relu6, y.view_mut(), work);
            assert!(planes(&conv.y(), &y).contains(&6.0), "{algorithm:?}");

            let mut d_x = x.clone();
            backward_input(
                &d,
                gradient(&conv).view(),
                &weight,
                d_x.view_mut(),
                Write::Overwrite,
                scratch.workspace(),
            );
            planes(&conv.x(), &d_x);
        }
    }

    fn gradient(conv: &BlockedConv2d) -> Batch {
        let mut d_y = numbers(conv.y().planes_len(), 3);
        d_y[7] = f32::NEG_INFINITY;
        batch(&conv.y(), &d_y, 0)
    }
}
