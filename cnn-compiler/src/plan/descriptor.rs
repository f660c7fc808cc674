//! What kernels must know of their layers.

use super::algorithm::Choices;
use super::layout::{Blocked, Layout};
use super::{Operand, Place};
use crate::graph::Layer;
use crate::ops::Op;
use crate::ops::conv2d::Conv2d;
use crate::ops::window::Sliding;

/// What a kernel must know of its layer; the runtime has types of the same names.
#[derive(Clone, Debug, PartialEq)]
pub enum Descriptor {
    /// Convolution; of a transposed one, the convolution that it is the transpose of.
    Conv2d {
        /// Channels that go in.
        in_channels: usize,
        /// Channels that come out.
        out_channels: usize,
        /// Groups.
        groups: usize,
        /// Its window.
        window: Window,
    },
    /// Convolution between images in blocks; without groups it has algorithms to choose from.
    BlockedConv2d {
        /// The algorithms.
        choices: Option<Choices>,
        /// Channels that go in.
        in_channels: usize,
        /// Channels that come out.
        out_channels: usize,
        /// Groups.
        groups: usize,
        /// Its window.
        window: Window,
        /// The halo of what goes in.
        x_halo: [usize; 2],
        /// The halo of what comes out.
        y_halo: [usize; 2],
    },
    /// Convolution from planes to blocks.
    FirstConv2d {
        /// Channels that go in.
        in_channels: usize,
        /// Channels that come out.
        out_channels: usize,
        /// Its window.
        window: Window,
        /// The halo of what comes out.
        y_halo: [usize; 2],
    },
    /// A convolution from planes and the max-pool behind it, to blocks.
    FirstPooled {
        /// The convolution.
        first: Box<Descriptor>,
        /// The pool's window.
        pool: Window,
        /// The halo of what comes out.
        y_halo: [usize; 2],
    },
    /// An image in blocks.
    Blocked(Blocked),
    /// A layer between images in blocks.
    Haloed {
        /// The layer.
        layer: Box<Descriptor>,
        /// The halo of what goes in.
        x_halo: [usize; 2],
        /// The halo of what comes out.
        y_halo: [usize; 2],
    },
    /// Images in blocks that are alike but for their halos.
    Images(Images),
    /// Batch normalisation of images in blocks.
    BlockedBatchNorm2d {
        /// The layer.
        norm: Box<Descriptor>,
        /// The images.
        images: Images,
    },
    /// A part of an image in blocks that shares a block with another.
    Part {
        /// All of it.
        whole: Blocked,
        /// The part.
        part: Blocked,
        /// The first channel of the part.
        first: usize,
    },
    /// Fully connected layer.
    Linear {
        /// Features that go in.
        in_features: usize,
        /// Features that come out.
        out_features: usize,
    },
    /// Max-pool.
    MaxPool2d {
        /// Channels.
        channels: usize,
        /// Its window.
        window: Window,
    },
    /// Average pool.
    AvgPool2d {
        /// Channels.
        channels: usize,
        /// Its window.
        window: Window,
        /// Whether padding counts.
        count_include_pad: bool,
    },
    /// Adaptive pool.
    AdaptivePool2d {
        /// Channels.
        channels: usize,
        /// Plane before.
        input: [usize; 2],
        /// Plane after.
        output: [usize; 2],
    },
    /// Upsampling.
    Upsample {
        /// Channels.
        channels: usize,
        /// Plane before.
        input: [usize; 2],
        /// How many times larger it becomes.
        scale: [usize; 2],
        /// Whether the corner pixels lie on each other.
        align_corners: bool,
    },
    /// Local response normalisation.
    LocalResponseNorm {
        /// Channels.
        channels: usize,
        /// Pixels of a plane.
        pixels: usize,
        /// Channels that are summed over.
        size: usize,
        /// Weight of the squares.
        alpha: f64,
        /// The exponent.
        beta: f64,
        /// Added to the squares.
        k: f64,
    },
    /// Softmax.
    Softmax {
        /// Channels.
        channels: usize,
        /// Pixels of a plane.
        pixels: usize,
    },
    /// Batch normalisation.
    BatchNorm2d {
        /// Channels.
        channels: usize,
        /// Pixels of a plane.
        pixels: usize,
        /// Added to the variance.
        eps: f64,
        /// Weight of the newest batch.
        momentum: f64,
    },
    /// Dropout.
    Dropout {
        /// Share that becomes zero.
        p: f64,
        /// Index of the layer: each has masks of its own.
        layer: usize,
    },
}

/// Images of one size in blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Images {
    /// Channels.
    pub channels: usize,
    /// Rows and columns.
    pub plane: [usize; 2],
    /// The halo of each, in the order of a kernel's operands.
    pub halos: Vec<[usize; 2]>,
}

/// A sliding window over a plane of known size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The plane before.
    pub input: [usize; 2],
    /// The plane after.
    pub output: [usize; 2],
    /// The window.
    pub sliding: Sliding,
}

impl Window {
    /// The window of a fully connected layer: its vectors are planes of one pixel.
    const PIXEL: Self = Self {
        input: [1, 1],
        output: [1, 1],
        sliding: Sliding { kernel: [1, 1], stride: [1, 1], padding: [0, 0], dilation: [1, 1] },
    };
}

impl Descriptor {
    /// What the kernels of a layer must know of it, whose input and output stand in these layouts.
    pub(super) fn of(layer: &Layer, index: usize, x: Layout, y: Layout) -> Option<Self> {
        let (input, output) = (layer.input, layer.output);
        let window = |sliding: Sliding| Window { input: input.plane(), output: output.plane(), sliding };
        let (channels, pixels) = (input.channels(), input.plane_len());
        let in_blocks = x.as_blocks().map_or(channels, |blocked| blocked.channels);
        let haloed = |layer| Self::Haloed { layer: Box::new(layer), x_halo: x.halo(), y_halo: y.halo() };
        Some(match &layer.op {
            Op::Conv2d(conv) => Self::conv2d(layer, conv, x, y),
            // Of the convolution that it is the transpose of, as the kernels have it.
            Op::ConvTranspose2d(conv) => Self::Conv2d {
                in_channels: conv.channels,
                out_channels: channels,
                groups: conv.groups,
                window: Window { input: output.plane(), output: input.plane(), sliding: conv.window },
            },
            Op::Upsample(upsample) => haloed(Self::Upsample {
                channels: in_blocks,
                input: input.plane(),
                scale: upsample.scale,
                align_corners: upsample.align_corners,
            }),
            Op::LocalResponseNorm(norm) => Self::LocalResponseNorm {
                channels,
                pixels,
                size: norm.size,
                alpha: norm.alpha,
                beta: norm.beta,
                k: norm.k,
            },
            Op::Linear(linear) if matches!(x, Layout::Bundled(_)) => Self::Conv2d {
                in_channels: channels,
                out_channels: linear.features,
                groups: 1,
                window: Window::PIXEL,
            },
            Op::Linear(linear) => Self::Linear { in_features: channels, out_features: linear.features },
            Op::MaxPool2d(pool) => {
                haloed(Self::MaxPool2d { channels: in_blocks, window: window(pool.window) })
            }
            Op::AvgPool2d(pool) => haloed(Self::AvgPool2d {
                channels: in_blocks,
                window: window(pool.window),
                count_include_pad: pool.count_include_pad,
            }),
            Op::AdaptiveAvgPool2d(_) | Op::AdaptiveMaxPool2d(_) => haloed(Self::AdaptivePool2d {
                channels: in_blocks,
                input: input.plane(),
                output: output.plane(),
            }),
            Op::BatchNorm2d(norm) => {
                Self::BatchNorm2d { channels, pixels, eps: norm.eps, momentum: norm.momentum }
            }
            Op::Softmax => Self::Softmax { channels, pixels },
            Op::Dropout { p } => Self::Dropout { p: *p, layer: index },
            Op::Activation(_) | Op::Flatten | Op::Concat | Op::Add => return None,
        })
    }

    fn conv2d(layer: &Layer, conv: &Conv2d, x: Layout, y: Layout) -> Self {
        let window =
            Window { input: layer.input.plane(), output: layer.output.plane(), sliding: conv.window };
        let (in_channels, out_channels, groups) = (layer.input.channels(), conv.channels, conv.groups);
        let (x_halo, y_halo) = (x.halo(), y.halo());
        match (x, y) {
            (Layout::Planes(_), Layout::Planes(_) | Layout::Bundled(_)) | (Layout::Bundled(_), _) => {
                Self::Conv2d { in_channels, out_channels, groups, window }
            }
            (Layout::Planes(_), Layout::Blocked(_)) => {
                Self::FirstConv2d { in_channels, out_channels, window, y_halo }
            }
            (Layout::Blocked(_), _) => {
                let choices = Choices::of(conv, in_channels, window.input, window.output);
                let choices = (groups == 1).then_some(choices);
                Self::BlockedConv2d { choices, in_channels, out_channels, groups, window, x_halo, y_halo }
            }
        }
    }

    /// What the kernel of a first layer must know that computes the max-pool behind it too.
    pub(super) fn first_pooled(first: Self, pool: &Layer, y: Layout) -> Self {
        let Op::MaxPool2d(op) = &pool.op else { unreachable!("{} is a max-pool", pool.path) };
        let pool = Window { input: pool.input.plane(), output: pool.output.plane(), sliding: op.window };
        Self::FirstPooled { first: Box::new(first), pool, y_halo: y.halo() }
    }

    /// A part of a joined image that starts at channel `first`.
    pub(super) fn part(whole: Layout, part: Layout, first: usize) -> Self {
        match (whole, part) {
            (Layout::Blocked(whole), Layout::Blocked(part)) => Self::Part { whole, part, first },
            _ => unreachable!("only blocks hold channels of several tensors: {part:?} in {whole:?}"),
        }
    }
}

impl Images {
    /// Those of a kernel's operands, if they are images in blocks: then all are.
    pub(super) fn of(operands: &[Operand]) -> Option<Self> {
        let blocked = operands.iter().filter_map(|operand| match operand {
            Operand::Read(Place { layout: Layout::Blocked(blocked), .. })
            | Operand::Write(Place { layout: Layout::Blocked(blocked), .. }) => Some(*blocked),
            _ => None,
        });
        let images: Vec<Blocked> = blocked.collect();
        let first = *images.first()?;
        let halos = images.iter().map(|image| image.halo).collect();
        Some(Self { channels: first.channels, plane: first.plane, halos })
    }
}
