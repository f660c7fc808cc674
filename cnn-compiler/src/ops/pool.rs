//! Pools: PyTorch's `MaxPool2d`, `AvgPool2d` and their adaptive kin.

use super::window::{CEIL_MODE, DILATION, PADDING, POOL_STRIDE, Sliding};
use super::{Default, Kind, Misfit, Op, Parameter, Shape, Signature, needs_image};

pub(super) static MAX_POOL2D: Signature = Signature {
    name: "max_pool2d",
    parameters: &[Parameter::required("kernel_size", Kind::Size), POOL_STRIDE, PADDING, DILATION, CEIL_MODE],
    summary: "Keeps the largest number of each window; padding never wins.",
    build: |arguments| {
        let pool = MaxPool2d { window: arguments.window(), ceil_mode: arguments.flag("ceil_mode") };
        pool.window.check_pool_padding().map(|()| Op::MaxPool2d(pool))
    },
};

pub(super) static AVG_POOL2D: Signature = Signature {
    name: "avg_pool2d",
    parameters: &[
        Parameter::required("kernel_size", Kind::Size),
        POOL_STRIDE,
        PADDING,
        CEIL_MODE,
        Parameter::optional("count_include_pad", Kind::Flag, Default::Flag(true)),
    ],
    summary: "Takes the mean of each window.",
    build: |arguments| {
        let pool = AvgPool2d {
            window: arguments.window(),
            ceil_mode: arguments.flag("ceil_mode"),
            count_include_pad: arguments.flag("count_include_pad"),
        };
        pool.window.check_pool_padding().map(|()| Op::AvgPool2d(pool))
    },
};

pub(super) static ADAPTIVE_AVG_POOL2D: Signature = Signature {
    name: "adaptive_avg_pool2d",
    parameters: ADAPTIVE,
    summary: "Takes means over windows chosen so that `height` x `width` pixels come out.",
    build: |arguments| {
        Ok(Op::AdaptiveAvgPool2d(Adaptive { output: [arguments.count("height"), arguments.count("width")] }))
    },
};

pub(super) static ADAPTIVE_MAX_POOL2D: Signature = Signature {
    name: "adaptive_max_pool2d",
    parameters: ADAPTIVE,
    summary: "Takes maxima over windows chosen so that `height` x `width` pixels come out.",
    build: |arguments| {
        Ok(Op::AdaptiveMaxPool2d(Adaptive { output: [arguments.count("height"), arguments.count("width")] }))
    },
};

pub(super) static GLOBAL_AVG_POOL2D: Signature = Signature {
    name: "global_avg_pool2d",
    parameters: &[],
    summary: "Takes the mean of each channel: `adaptive_avg_pool2d(1, 1)`.",
    build: |_| Ok(Op::AdaptiveAvgPool2d(Adaptive { output: [1, 1] })),
};

const ADAPTIVE: &[Parameter] =
    &[Parameter::required("height", Kind::Count), Parameter::required("width", Kind::Count)];

/// A max-pool's arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaxPool2d {
    /// Its window.
    pub window: Sliding,
    /// Whether a window may hang over the far edge.
    pub ceil_mode: bool,
}

impl MaxPool2d {
    pub(super) fn output(&self, input: Shape) -> Result<Shape, Misfit> {
        windowed("max_pool2d", &self.window, self.ceil_mode, input)
    }
}

/// An average pool's arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AvgPool2d {
    /// Its window.
    pub window: Sliding,
    /// Whether a window may hang over the far edge.
    pub ceil_mode: bool,
    /// Whether padding counts as zeros in the mean.
    pub count_include_pad: bool,
}

impl AvgPool2d {
    pub(super) fn output(&self, input: Shape) -> Result<Shape, Misfit> {
        windowed("avg_pool2d", &self.window, self.ceil_mode, input)
    }
}

/// An adaptive pool's arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adaptive {
    /// Height and width that come out.
    pub output: [usize; 2],
}

impl Adaptive {
    pub(super) fn output(&self, layer: &str, input: Shape) -> Result<Shape, Misfit> {
        let Shape::Image([channels, ..]) = input else { return Err(needs_image(layer, input)) };
        let [height, width] = self.output;
        Ok(Shape::Image([channels, height, width]))
    }
}

fn windowed(layer: &str, window: &Sliding, ceil_mode: bool, input: Shape) -> Result<Shape, Misfit> {
    let Shape::Image([channels, height, width]) = input else { return Err(needs_image(layer, input)) };
    let [height, width] = window.output([height, width], ceil_mode)?;
    Ok(Shape::Image([channels, height, width]))
}
