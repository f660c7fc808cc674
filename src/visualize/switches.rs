//! Which of its inputs a max-pool lets through.

use super::{Error, planes};
use crate::activations::Inspect;
use crate::activations::find;
use cnn_runtime::network::Network;
use cnn_runtime::sample::Sample;
use std::slice;

/// Where one output of a max-pool comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Switch {
    /// The channel.
    pub channel: usize,
    /// Row and column of the output.
    pub place: [usize; 2],
    /// Row and column of the input that it is: the first of equals, as in PyTorch.
    pub source: [usize; 2],
    /// The number.
    pub value: f32,
}

/// The switches of a `max_pool2d` for an image, channel by channel and row by row.
///
/// # Errors
/// If the network has no such layer, or it is no `max_pool2d`.
pub fn switches<N: Network>(network: &N, layer: &str, image: &N::Input) -> Result<Vec<Switch>, Error> {
    let (_, info) = find::<N>(layer)?;
    let (Some(window), "max_pool2d") = (info.window, info.kind) else {
        return Err(Error::Kind { layer: info.name, kind: info.kind, expected: "max_pool2d" });
    };
    let activations = network.activations(image);
    let input = match info.inputs {
        [0, ..] | [] => N::Input::as_numbers(slice::from_ref(image)),
        [before, ..] => activations.get(N::LAYERS[before - 1].name)?.numbers(),
    };
    let ([channels, ..], [rows, columns]) = (planes(info.output), window.output);
    let mut switches = Vec::with_capacity(channels * rows * columns);
    for channel in 0..channels {
        let plane = &input[channel * window.input_len()..][..window.input_len()];
        for place in (0..rows * columns).map(|index| [index / columns, index % columns]) {
            let taps =
                |axis: usize| (0..window.kernel[axis]).filter_map(move |k| window.tap(axis, place[axis], k));
            let mut best: Option<([usize; 2], f32)> = None;
            for source in taps(0).flat_map(|row| taps(1).map(move |column| [row, column])) {
                let value = plane[source[0] * window.input[1] + source[1]];
                // As PyTorch has it: a number that is none wins.
                if best.is_none_or(|(_, largest)| value > largest || value.is_nan()) {
                    best = Some((source, value));
                }
            }
            switches.extend(best.map(|(source, value)| Switch { channel, place, source, value }));
        }
    }
    Ok(switches)
}
