//! The one table of layers.
//!
//! A layer's file holds its signature, its shape rule, its tensors and its multiply-adds. Parsing of arguments,
//! suggestions, tables and documentation all come from here.

pub mod activation;
pub mod arguments;
pub mod batch_norm2d;
pub mod conv2d;
pub mod conv_transpose2d;
pub mod join;
pub mod linear;
pub mod local_response_norm;
pub mod plain;
pub mod pool;
pub mod upsample;
pub mod window;

use crate::diagnostics::Message;
use crate::shape::Shape;
use crate::syntax::ast::JoinKind;
use arguments::Arguments;
use std::fmt;
use window::Sliding;

/// What a layer is called and what it takes.
#[derive(Debug)]
pub struct Signature {
    /// Its name in the language.
    pub name: &'static str,
    /// Its parameters in PyTorch's order, which is the positional one.
    pub parameters: &'static [Parameter],
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// Makes the layer of its arguments.
    pub build: fn(&Arguments) -> Result<Op, Misfit>,
}

/// `max_pool2d(kernel_size, stride = kernel_size, …)`: the call with every parameter and its default; `?` behind one that
/// may be left out.
impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        for (i, parameter) in self.parameters.iter().enumerate() {
            write!(f, "{}{}", if i == 0 { "(" } else { ", " }, parameter.name)?;
            match parameter.default {
                Default::Required => Ok(()),
                Default::Int(value) => write!(f, " = {value}"),
                Default::Flag(value) => write!(f, " = {value}"),
                Default::Number(value) => write!(f, " = {value:?}"),
                Default::Word(value) => write!(f, " = {value:?}"),
                Default::Same(other) => write!(f, " = {other}"),
                Default::Unset => f.write_str("?"),
            }?;
        }
        if self.parameters.is_empty() { Ok(()) } else { f.write_str(")") }
    }
}

/// One parameter of a layer.
#[derive(Debug)]
pub struct Parameter {
    /// PyTorch's name for it.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// What it is when not given.
    pub default: Default,
}

/// What an argument may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A number of things, at least 1.
    Count,
    /// A size, at least 1, for height and width or a pair `(h, w)` of them.
    Size,
    /// The same, but 0 is allowed.
    Padding,
    /// `true` or `false`.
    Flag,
    /// A floating-point number.
    Number,
    /// One of these words, as a text: `"bilinear"`.
    Word(&'static [&'static str]),
}

/// What an argument is when not given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Default {
    /// It must be given.
    Required,
    /// This number, for height and width if it is a pair.
    Int(usize),
    /// This truth value.
    Flag(bool),
    /// This number.
    Number(f64),
    /// This word.
    Word(&'static str),
    /// The same as another argument.
    Same(&'static str),
    /// It may be left out.
    Unset,
}

impl Parameter {
    const fn required(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, default: Default::Required }
    }
    const fn optional(name: &'static str, kind: Kind, default: Default) -> Self {
        Self { name, kind, default }
    }
}

/// Every layer but the joins, which have a syntax of their own.
pub static LAYERS: &[&Signature] = &[
    &conv2d::SIGNATURE,
    &conv_transpose2d::SIGNATURE,
    &linear::SIGNATURE,
    &pool::MAX_POOL2D,
    &pool::AVG_POOL2D,
    &pool::ADAPTIVE_AVG_POOL2D,
    &pool::ADAPTIVE_MAX_POOL2D,
    &pool::GLOBAL_AVG_POOL2D,
    &upsample::SIGNATURE,
    &batch_norm2d::SIGNATURE,
    &local_response_norm::SIGNATURE,
    &activation::RELU,
    &activation::RELU6,
    &activation::LEAKY_RELU,
    &activation::SIGMOID,
    &activation::HARDSIGMOID,
    &activation::TANH,
    &activation::GELU,
    &activation::SILU,
    &activation::HARDSWISH,
    &plain::SOFTMAX,
    &plain::FLATTEN,
    &plain::DROPOUT,
];

/// The layer of this name.
pub fn find(name: &str) -> Option<&'static Signature> {
    LAYERS.iter().copied().find(|signature| signature.name == name)
}

/// Why a layer does not fit where it stands.
#[derive(Debug)]
pub struct Misfit {
    /// The argument that is at fault; the layer's name where it is not given, or where there is none.
    pub argument: Option<&'static str>,
    /// What is wrong and what helps.
    pub message: Message,
}

impl Misfit {
    fn layer(message: impl Into<Message>) -> Self {
        Self { argument: None, message: message.into() }
    }
    fn argument(name: &'static str, message: impl Into<Message>) -> Self {
        Self { argument: Some(name), message: message.into() }
    }
}

/// A layer with its arguments.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// Convolution.
    Conv2d(conv2d::Conv2d),
    /// Transposed convolution.
    ConvTranspose2d(conv_transpose2d::ConvTranspose2d),
    /// Fully connected layer.
    Linear(linear::Linear),
    /// Maximum over a sliding window.
    MaxPool2d(pool::MaxPool2d),
    /// Mean over a sliding window.
    AvgPool2d(pool::AvgPool2d),
    /// Mean over as many windows as the output has pixels.
    AdaptiveAvgPool2d(pool::Adaptive),
    /// Maximum over as many windows as the output has pixels.
    AdaptiveMaxPool2d(pool::Adaptive),
    /// A larger image.
    Upsample(upsample::Upsample),
    /// Normalisation over neighbouring channels.
    LocalResponseNorm(local_response_norm::LocalResponseNorm),
    /// Normalisation over the batch.
    BatchNorm2d(batch_norm2d::BatchNorm2d),
    /// A function of each number.
    Activation(activation::Activation),
    /// Softmax over channels.
    Softmax,
    /// An image as a vector.
    Flatten,
    /// Random zeros while training.
    Dropout {
        /// How many of the numbers become zero.
        p: f64,
    },
    /// Channels side by side.
    Concat,
    /// Sum.
    Add,
}

/// A tensor that a layer keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tensor {
    /// Its name within the layer.
    pub name: &'static str,
    /// Its shape in PyTorch's `state_dict`.
    pub shape: Vec<usize>,
    /// What it is.
    pub kind: TensorKind,
}

/// How a tensor starts out and what it is for; the runtime has the same type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TensorKind {
    /// Weight of a convolution or linear layer.
    Weight {
        /// Inputs that one output sums over.
        fan_in: usize,
        /// Outputs that one input goes to.
        fan_out: usize,
    },
    /// Bias beside such a weight.
    Bias {
        /// The weight's.
        fan_in: usize,
    },
    /// Factor of a normalisation.
    Scale,
    /// Summand of a normalisation.
    Shift,
    /// Running mean.
    RunningMean,
    /// Running variance.
    RunningVar,
    /// How many batches the running statistics have seen.
    BatchesTracked,
}

impl TensorKind {
    /// Whether training learns it.
    pub fn is_parameter(self) -> bool {
        match self {
            Self::Weight { .. } | Self::Bias { .. } | Self::Scale | Self::Shift => true,
            Self::RunningMean | Self::RunningVar | Self::BatchesTracked => false,
        }
    }
}

impl Tensor {
    /// How many numbers it has.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }
}

/// How far a layer sees.
#[derive(Clone, Copy, Debug)]
pub enum Reach {
    /// One pixel.
    Pixel,
    /// A window.
    Window(Sliding),
    /// As many pixels as `taps` says, of an input whose pixels become `scale` each: (height, width).
    Spread {
        /// Pixels of the input.
        taps: [usize; 2],
        /// Pixels of the output for one of the input.
        scale: [usize; 2],
    },
    /// The whole plane.
    Plane,
}

impl Op {
    /// The layer's name in the language.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Conv2d(_) => conv2d::SIGNATURE.name,
            Self::ConvTranspose2d(_) => conv_transpose2d::SIGNATURE.name,
            Self::Upsample(_) => upsample::SIGNATURE.name,
            Self::LocalResponseNorm(_) => local_response_norm::SIGNATURE.name,
            Self::Linear(_) => linear::SIGNATURE.name,
            Self::MaxPool2d(_) => pool::MAX_POOL2D.name,
            Self::AvgPool2d(_) => pool::AVG_POOL2D.name,
            Self::AdaptiveAvgPool2d(_) => pool::ADAPTIVE_AVG_POOL2D.name,
            Self::AdaptiveMaxPool2d(_) => pool::ADAPTIVE_MAX_POOL2D.name,
            Self::BatchNorm2d(_) => batch_norm2d::SIGNATURE.name,
            Self::Activation(activation) => activation.signature().name,
            Self::Softmax => plain::SOFTMAX.name,
            Self::Flatten => plain::FLATTEN.name,
            Self::Dropout { .. } => plain::DROPOUT.name,
            Self::Concat => JoinKind::Concat.name(),
            Self::Add => JoinKind::Add.name(),
        }
    }

    /// The shape that comes out: the layer's shape rule.
    ///
    /// # Errors
    /// If the layer does not fit its input.
    pub fn output(&self, inputs: &[Shape]) -> Result<Shape, Misfit> {
        let input = inputs[0];
        let output = match self {
            Self::Conv2d(conv) => conv.output(input),
            Self::ConvTranspose2d(conv) => conv.output(input),
            Self::Upsample(upsample) => upsample.output(input),
            Self::LocalResponseNorm(_) => local_response_norm::LocalResponseNorm::output(input),
            Self::Linear(linear) => linear.output(input),
            Self::MaxPool2d(pool) => pool.output(input),
            Self::AvgPool2d(pool) => pool.output(input),
            Self::AdaptiveAvgPool2d(pool) => pool.output("adaptive_avg_pool2d", input),
            Self::AdaptiveMaxPool2d(pool) => pool.output("adaptive_max_pool2d", input),
            Self::BatchNorm2d(_) => batch_norm2d::BatchNorm2d::output(input),
            Self::Activation(_) | Self::Softmax | Self::Dropout { .. } => Ok(input),
            Self::Flatten => Ok(Shape::Vector(input.len())),
            Self::Concat => join::concat(inputs),
            Self::Add => join::add(inputs),
        }?;
        let fits = output.checked_len().is_some() && self.checked_macs(input, output).is_some();
        if fits { Ok(output) } else { Err(Misfit::layer(too_large("layer"))) }
    }

    /// The tensors that the layer keeps, in the order of PyTorch's `state_dict`.
    pub fn tensors(&self, input: Shape) -> Vec<Tensor> {
        match self {
            Self::Conv2d(conv) => conv.tensors(input),
            Self::ConvTranspose2d(conv) => conv.tensors(input),
            Self::Linear(linear) => linear.tensors(input),
            Self::BatchNorm2d(norm) => norm.tensors(input),
            Self::Upsample(_)
            | Self::LocalResponseNorm(_)
            | Self::MaxPool2d(_)
            | Self::AvgPool2d(_)
            | Self::AdaptiveAvgPool2d(_)
            | Self::AdaptiveMaxPool2d(_)
            | Self::Activation(_)
            | Self::Softmax
            | Self::Flatten
            | Self::Dropout { .. }
            | Self::Concat
            | Self::Add => Vec::new(),
        }
    }

    /// Multiply-adds for one image: those of convolutions, transposed ones too, and linear layers, as usual.
    pub fn macs(&self, input: Shape, output: Shape) -> usize {
        self.checked_macs(input, output).unwrap_or_else(|| unreachable!("`output` has checked them"))
    }

    /// Weights times the outputs (of a transposed convolution, the inputs) that share them; `None` if that is more than 2^48 weights or 2^62 in all.
    fn checked_macs(&self, input: Shape, output: Shape) -> Option<usize> {
        let (weights, shared_by) = match self {
            Self::Conv2d(conv) => (conv.weight_shape(input), output.plane_len()),
            Self::ConvTranspose2d(conv) => (conv.weight_shape(input), input.plane_len()),
            Self::Linear(linear) => (linear.weight_shape(input), 1),
            _ => return Some(0),
        };
        let weights = weights.into_iter().try_fold(1, usize::checked_mul).filter(|len| *len <= 1 << 48)?;
        weights.checked_mul(shared_by).filter(|macs| *macs <= 1 << 62)
    }

    /// How far one of the layer's outputs sees into its input.
    pub fn reach(&self) -> Reach {
        match self {
            Self::Conv2d(conv) => Reach::Window(conv.window),
            Self::ConvTranspose2d(conv) => Reach::Spread {
                taps: [0, 1].map(|axis| conv.window.extent(axis).div_ceil(conv.window.stride[axis])),
                scale: conv.window.stride,
            },
            Self::Upsample(upsample) => {
                Reach::Spread { taps: [1 + usize::from(upsample.bilinear); 2], scale: upsample.scale }
            }
            Self::MaxPool2d(pool) => Reach::Window(pool.window),
            Self::AvgPool2d(pool) => Reach::Window(pool.window),
            Self::Linear(_) | Self::AdaptiveAvgPool2d(_) | Self::AdaptiveMaxPool2d(_) => Reach::Plane,
            Self::BatchNorm2d(_)
            | Self::LocalResponseNorm(_)
            | Self::Activation(_)
            | Self::Softmax
            | Self::Flatten
            | Self::Dropout { .. }
            | Self::Concat
            | Self::Add => Reach::Pixel,
        }
    }
}

/// The error of what has more numbers than can be counted.
pub fn too_large(what: &str) -> Message {
    Message::new(format_args!("overflow: this {what} is larger than any memory"))
        .help("make the image smaller, or write fewer channels or features")
}

/// The error of a layer for images that stands at a vector.
fn needs_image(layer: &str, input: Shape) -> Misfit {
    Misfit::layer(
        Message::new(format_args!("`{layer}` needs an image, but here stands a vector of {input} features"))
            .help(format_args!("move `{layer}` before `flatten` or `linear`")),
    )
}

#[cfg(test)]
mod tests;
