//! `conv_transpose2d`: PyTorch's `ConvTranspose2d`, the transpose of a convolution.

use super::conv2d::{check_groups, check_in_channels, weight_and_bias};
use super::window::{DILATION, PADDING, STRIDE, Sliding};
use super::{Default, Kind, Misfit, Op, Parameter, Shape, Signature, Tensor, needs_image};
use crate::diagnostics::Message;

pub(super) static SIGNATURE: Signature = Signature {
    name: "conv_transpose2d",
    parameters: &[
        Parameter::required("channels", Kind::Count),
        Parameter::required("kernel_size", Kind::Size),
        STRIDE,
        PADDING,
        Parameter::optional("output_padding", Kind::Padding, Default::Int(0)),
        Parameter::optional("groups", Kind::Count, Default::Int(1)),
        Parameter::optional("bias", Kind::Flag, Default::Flag(true)),
        DILATION,
        Parameter::optional("in_channels", Kind::Count, Default::Unset),
    ],
    summary: "Adds a kernel, times each pixel, to the image that comes out: the way back of a convolution.",
    build: |arguments| {
        let layer = ConvTranspose2d {
            channels: arguments.count("channels"),
            window: arguments.window(),
            output_padding: arguments.pair("output_padding"),
            groups: arguments.count("groups"),
            bias: arguments.flag("bias"),
            in_channels: arguments.optional_count("in_channels"),
        };
        layer.check_output_padding().map(|()| Op::ConvTranspose2d(layer))
    },
};

/// A transposed convolution's arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConvTranspose2d {
    /// Channels that come out.
    pub channels: usize,
    /// The window of the convolution that this is the transpose of.
    pub window: Sliding,
    /// Rows and columns that come out beside those that the window reaches: of the sizes that the convolution would turn
    /// into this input, which is meant.
    pub output_padding: [usize; 2],
    /// Input and output channels are cut into so many groups that do not see each other.
    pub groups: usize,
    /// Whether a bias is added.
    pub bias: bool,
    /// What the user expects to go in.
    pub in_channels: Option<usize>,
}

impl ConvTranspose2d {
    /// PyTorch's condition; beyond it, rows would be longer than any convolution would read.
    fn check_output_padding(&self) -> Result<(), Misfit> {
        for axis in [0, 1] {
            let (padding, stride, dilation) =
                (self.output_padding[axis], self.window.stride[axis], self.window.dilation[axis]);
            if padding >= stride.max(dilation) {
                let message = Message::new(format_args!(
                    "output_padding must be smaller than stride or dilation: {padding}, but these are {stride} and {dilation}"
                ));
                let help = format!("make output_padding at most {}", stride.max(dilation) - 1);
                return Err(Misfit::argument("output_padding", message.help(help)));
            }
        }
        Ok(())
    }

    pub(super) fn output(&self, input: Shape) -> Result<Shape, Misfit> {
        let Shape::Image([in_channels, height, width]) = input else {
            return Err(needs_image("conv_transpose2d", input));
        };
        check_in_channels(self.in_channels, in_channels)?;
        check_groups(self.groups, in_channels, self.channels)?;
        let [height, width] = self.window.transposed_output([height, width], self.output_padding)?;
        Ok(Shape::Image([self.channels, height, width]))
    }

    /// `(I, O / groups, K_h, K_w)`
    pub(super) fn weight_shape(&self, input: Shape) -> Vec<usize> {
        let [height, width] = self.window.kernel;
        vec![input.channels(), self.channels / self.groups, height, width]
    }

    pub(super) fn tensors(&self, input: Shape) -> Vec<Tensor> {
        weight_and_bias(self.weight_shape(input), self.bias.then_some(self.channels))
    }
}
