//! Which kernel computes a convolution.

use crate::ops::conv2d::Conv2d;
use crate::ops::window::Sliding;
use std::fmt;

/// A way to compute a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// Sums over blocks of channels: as the definition has them, or by tiles ([`Choices`]).
    Dense,
    /// The same for an image of few channels as the user has it, which would leave most lanes of a block empty.
    FirstLayer,
    /// Each channel by itself.
    Depthwise,
    /// The windows as columns of a matrix, then a matrix product: groups of channels.
    Im2col,
    /// A matrix product on the image as it stands: groups of channels, and a window of one pixel.
    Pointwise,
    /// Sixteen images in the lanes: tiny networks.
    Bundled,
}

/// The channels of an image for [`Algorithm::FirstLayer`], at most.
const FEW_CHANNELS: usize = 4;

impl Algorithm {
    /// The kernel for a convolution of so many channels, on images one by one. Nobody asks for the gradient of what the user gives.
    pub fn choose(conv: &Conv2d, in_channels: usize, is_user_input: bool) -> Self {
        let window = conv.window;
        if conv.groups == 1 {
            let few = is_user_input && in_channels <= FEW_CHANNELS;
            return if few { Self::FirstLayer } else { Self::Dense };
        }
        if conv.groups == in_channels && conv.groups == conv.channels {
            return Self::Depthwise;
        }
        if window.kernel == [1, 1] && window.stride == [1, 1] && window.padding == [0, 0] {
            Self::Pointwise
        } else {
            Self::Im2col
        }
    }

    /// Its module in the runtime.
    pub fn module(self) -> &'static str {
        match self {
            Self::Dense => "conv2d::dense",
            Self::FirstLayer => "conv2d::first_layer",
            Self::Depthwise => "conv2d::depthwise",
            Self::Im2col => "conv2d::im2col",
            Self::Pointwise => "conv2d::pointwise",
            Self::Bundled => "bundled::conv2d",
        }
    }

    /// Whether it computes what follows it too.
    pub fn fuses(self) -> bool {
        match self {
            Self::Dense | Self::FirstLayer | Self::Depthwise | Self::Bundled => true,
            Self::Im2col | Self::Pointwise => false,
        }
    }
}

/// A Winograd algorithm; the runtime's type of this name has the tiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tile {
    /// F(2×2, 3×3)
    F2x3,
    /// F(4×4, 3×3)
    F4x3,
    /// F(6×6, 3×3)
    F6x3,
    /// F(4×4, 5×5)
    F4x5,
}

/// The algorithms of a dense convolution where sums need not be exact; `None` is direct.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// As exact as direct sums, and for small batches.
    pub f2: Option<Tile>,
    /// The fastest.
    pub fast: Option<Tile>,
    /// So many images are a large batch.
    pub fast_from: usize,
}

/// The algorithms for the three passes of a dense convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choices {
    /// For the output.
    pub forward: Choice,
    /// For the gradient of the input.
    pub backward_input: Choice,
    /// For the gradient of the weight.
    pub backward_weight: Choice,
}

impl Choice {
    /// Sums as the definition has them, always.
    pub const DIRECT: Self = Self { f2: None, fast: None, fast_from: 1 };

    /// The choice for a window of a pixel's stride over a plane of so many outputs, between so many pairs of channels.
    fn of(kernel: [usize; 2], plane: [usize; 2], pairs: usize) -> Self {
        if pairs < FEWEST_PAIRS {
            return Self::DIRECT;
        }
        let least = plane[0].min(plane[1]);
        let (f2, fast) = (Some(Tile::F2x3), Some(Tile::of_window_of_3(plane, pairs)));
        match kernel {
            [3, 3] if least >= 28 => Self { f2, fast, fast_from: 1 },
            [3, 3] if least >= 6 => Self { f2, fast, fast_from: 4 },
            [3, 3] if least >= 3 => Self { f2: None, fast, fast_from: 8 },
            [5, 5] if least >= 6 => Self { f2: None, fast: Some(Tile::F4x5), fast_from: 1 },
            [5, 5] if least >= 3 => Self { f2: None, fast: Some(Tile::F4x5), fast_from: 4 },
            _ => Self::DIRECT,
        }
    }
}

/// Pairs of channels between which Winograd's products are worth its transforms, at least.
const FEWEST_PAIRS: usize = 16 * 16;

/// The largest weight of F(6×6, 3×3), in numbers: 16 MiB.
const LARGEST: usize = 1 << 22;

impl Tile {
    /// The tile of a window of 3 × 3 that covers a plane with the fewest products. The larger one has to spare an eighth of
    /// them, and its weight, 64 numbers for a pair of channels, must not take much memory.
    fn of_window_of_3(plane: [usize; 2], pairs: usize) -> Self {
        let products = |outputs: usize| {
            let products = (outputs + 2) * (outputs + 2);
            plane[0].div_ceil(outputs) * plane[1].div_ceil(outputs) * products
        };
        let is_worth_it = 8 * products(6) <= 7 * products(4) && 64 * pairs <= LARGEST;
        if is_worth_it { Self::F6x3 } else { Self::F4x3 }
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::F2x3 => "F(2x2, 3x3)",
            Self::F4x3 => "F(4x4, 3x3)",
            Self::F6x3 => "F(6x6, 3x3)",
            Self::F4x5 => "F(4x4, 5x5)",
        })
    }
}

/// What computes the output of a convolution unless sums must be exact: `F(4x4, 3x3) from 4 images on, else F(2x2, 3x3)`;
/// and why, where it is none of the fastest: `direct: stride 2`.
pub(super) fn described(algorithm: Algorithm, conv: &Conv2d, channels: usize, output: [usize; 2]) -> String {
    let Sliding { kernel, stride, dilation, .. } = conv.window;
    let axes = |pair: [usize; 2]| {
        if pair[0] == pair[1] { pair[0].to_string() } else { format!("({}, {})", pair[0], pair[1]) }
    };
    match algorithm {
        Algorithm::FirstLayer => format!("first layer: {channels} of the image's own channels"),
        Algorithm::Depthwise => "depthwise: a group for each channel".into(),
        Algorithm::Im2col => format!("im2col: {} groups", conv.groups),
        Algorithm::Pointwise => format!("matrix product: {} groups of one pixel's channels", conv.groups),
        Algorithm::Bundled => "sixteen images in the lanes".into(),
        Algorithm::Dense => {
            let choice = Choices::of(conv, channels, output, output).forward;
            match (choice.f2, choice.fast) {
                (_, Some(fast)) if choice.fast_from == 1 => fast.to_string(),
                (f2, Some(fast)) => {
                    let few = f2.map_or_else(|| "direct".into(), |tile| tile.to_string());
                    format!("{fast} from {} images on, else {few}", choice.fast_from)
                }
                (Some(f2), None) => f2.to_string(),
                _ if stride != [1, 1] => format!("direct: stride {}", axes(stride)),
                _ if dilation != [1, 1] => format!("direct: dilation {}", axes(dilation)),
                _ if channels * conv.channels < FEWEST_PAIRS => {
                    format!("direct: {channels} channels to {}", conv.channels)
                }
                _ if matches!(kernel, [3, 3] | [5, 5]) => {
                    format!("direct: a plane of {}x{}", output[0], output[1])
                }
                _ => format!("direct: a window of {}x{}", kernel[0], kernel[1]),
            }
        }
    }
}

impl Choices {
    /// What measurements say is fastest for a convolution of so many channels that leads from one plane to another.
    pub fn of(conv: &Conv2d, in_channels: usize, input: [usize; 2], output: [usize; 2]) -> Self {
        let (window, pairs) = (&conv.window, in_channels * conv.channels);
        if window.stride != [1, 1] || window.dilation != [1, 1] {
            return Self {
                forward: Choice::DIRECT,
                backward_input: Choice::DIRECT,
                backward_weight: Choice::DIRECT,
            };
        }
        Self {
            forward: Choice::of(window.kernel, output, pairs),
            backward_input: Choice::of(window.kernel, input, pairs),
            backward_weight: Choice::of(window.kernel, output, pairs),
        }
    }
}
