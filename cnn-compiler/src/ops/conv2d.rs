//! `conv2d`: PyTorch's `Conv2d`, a cross-correlation.

use super::window::{DILATION, PADDING, STRIDE, Sliding};
use super::{Default, Kind, Misfit, Op, Parameter, Shape, Signature, Tensor, TensorKind, needs_image};
use crate::diagnostics::Message;

pub(super) static SIGNATURE: Signature = Signature {
    name: "conv2d",
    parameters: &[
        Parameter::required("channels", Kind::Count),
        Parameter::required("kernel_size", Kind::Size),
        STRIDE,
        PADDING,
        DILATION,
        Parameter::optional("groups", Kind::Count, Default::Int(1)),
        Parameter::optional("bias", Kind::Flag, Default::Flag(true)),
        Parameter::optional("in_channels", Kind::Count, Default::Unset),
    ],
    summary: "Slides `channels` kernels over the image; each gives one channel of dot products.",
    build: |arguments| {
        Ok(Op::Conv2d(Conv2d {
            channels: arguments.count("channels"),
            window: arguments.window(),
            groups: arguments.count("groups"),
            bias: arguments.flag("bias"),
            in_channels: arguments.optional_count("in_channels"),
        }))
    },
};

/// A convolution's arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conv2d {
    /// Channels that come out.
    pub channels: usize,
    /// Its window.
    pub window: Sliding,
    /// Input and output channels are cut into so many groups that do not see each other.
    pub groups: usize,
    /// Whether a bias is added.
    pub bias: bool,
    /// What the user expects to go in.
    pub in_channels: Option<usize>,
}

impl Conv2d {
    pub(super) fn output(&self, input: Shape) -> Result<Shape, Misfit> {
        let Shape::Image([in_channels, height, width]) = input else {
            return Err(needs_image("conv2d", input));
        };
        check_in_channels(self.in_channels, in_channels)?;
        check_groups(self.groups, in_channels, self.channels)?;
        let [height, width] = self.window.output([height, width], false)?;
        Ok(Shape::Image([self.channels, height, width]))
    }

    /// `(O, I / groups, K_h, K_w)`
    pub(super) fn weight_shape(&self, input: Shape) -> Vec<usize> {
        let [height, width] = self.window.kernel;
        vec![self.channels, input.channels() / self.groups, height, width]
    }

    pub(super) fn tensors(&self, input: Shape) -> Vec<Tensor> {
        weight_and_bias(self.weight_shape(input), self.bias.then_some(self.channels))
    }
}

/// A user's `in_channels` must be what comes in.
pub(super) fn check_in_channels(expected: Option<usize>, found: usize) -> Result<(), Misfit> {
    match expected.filter(|expected| *expected != found) {
        None => Ok(()),
        Some(expected) => Err(Misfit::argument(
            "in_channels",
            Message::new(format_args!(
                "in_channels = {expected}, but the image that comes in has {found} channels"
            ))
            .help(format_args!("write in_channels = {found}, or leave it out")),
        )),
    }
}

/// Groups must divide the channels on both sides.
pub(super) fn check_groups(groups: usize, in_channels: usize, out_channels: usize) -> Result<(), Misfit> {
    for (what, count) in [("input", in_channels), ("output", out_channels)] {
        if !count.is_multiple_of(groups) {
            let divides =
                |groups: usize| in_channels.is_multiple_of(groups) && out_channels.is_multiple_of(groups);
            let usable = (1..=in_channels.min(out_channels).min(4096)).filter(|groups| divides(*groups));
            let usable: Vec<String> = usable.map(|groups| groups.to_string()).collect();
            let message =
                Message::new(format_args!("groups = {groups} does not divide the {count} {what} channels"));
            let help = format!("groups can be {}", usable.join(", "));
            return Err(Misfit::argument("groups", message.help(help)));
        }
    }
    Ok(())
}

/// A weight of four dimensions, and a bias of so many channels.
///
/// PyTorch counts the fan-in of a weight over its second dimension and the fan-out over its first, whatever the layer and
/// its groups do with them.
pub(super) fn weight_and_bias(shape: Vec<usize>, bias: Option<usize>) -> Vec<Tensor> {
    let taps = shape[2] * shape[3];
    let (fan_in, fan_out) = (shape[1] * taps, shape[0] * taps);
    let mut tensors = vec![Tensor { name: "weight", shape, kind: TensorKind::Weight { fan_in, fan_out } }];
    tensors.extend(bias.map(|channels| Tensor {
        name: "bias",
        shape: vec![channels],
        kind: TensorKind::Bias { fan_in },
    }));
    tensors
}
