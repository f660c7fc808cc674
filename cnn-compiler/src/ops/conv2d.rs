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
        if let Some(expected) = self.in_channels
            && expected != in_channels
        {
            return Err(Misfit::argument(
                "in_channels",
                Message::new(format_args!(
                    "in_channels = {expected}, but the image that comes in has {in_channels} channels"
                ))
                .help(format_args!("write in_channels = {in_channels}, or leave it out")),
            ));
        }
        for (what, count) in [("input", in_channels), ("output", self.channels)] {
            if !count.is_multiple_of(self.groups) {
                return Err(self.groups_do_not_divide(what, count, in_channels));
            }
        }
        let [height, width] = self.window.output([height, width], false)?;
        Ok(Shape::Image([self.channels, height, width]))
    }

    fn groups_do_not_divide(&self, what: &str, count: usize, in_channels: usize) -> Misfit {
        let usable: Vec<String> = (1..=in_channels.min(self.channels).min(4096))
            .filter(|groups| in_channels.is_multiple_of(*groups) && self.channels.is_multiple_of(*groups))
            .map(|groups| groups.to_string())
            .collect();
        Misfit::argument(
            "groups",
            Message::new(format_args!(
                "groups = {} does not divide the {count} {what} channels",
                self.groups
            ))
            .help(format_args!("groups can be {}", usable.join(", "))),
        )
    }

    /// `(O, I / groups, K_h, K_w)`
    pub(super) fn weight_shape(&self, input: Shape) -> Vec<usize> {
        let [height, width] = self.window.kernel;
        vec![self.channels, input.channels() / self.groups, height, width]
    }

    pub(super) fn tensors(&self, input: Shape) -> Vec<Tensor> {
        let shape = self.weight_shape(input);
        let taps = shape[2] * shape[3];
        let fan_in = shape[1] * taps;
        // PyTorch counts the fan-out of a grouped weight over all its outputs.
        let fan_out = self.channels * taps;
        let mut tensors =
            vec![Tensor { name: "weight", shape, kind: TensorKind::Weight { fan_in, fan_out } }];
        if self.bias {
            tensors.push(Tensor {
                name: "bias",
                shape: vec![self.channels],
                kind: TensorKind::Bias { fan_in },
            });
        }
        tensors
    }
}
