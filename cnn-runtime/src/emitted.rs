//! The names that emitted code uses, each as short as it can be: they stand there thousands of times, and rustc reads
//! every one.
//!
//! Only a module without any name of the user's may import them all.

pub use crate::Write::{Accumulate, Overwrite};
pub use crate::batch_norm2d::{BatchNorm2d, BlockedBatchNorm2d};
pub use crate::blocked::{Blocked, Haloed, Operands};
pub use crate::conv2d::dense::{Algorithm, Choice, Dense};
pub use crate::conv2d::epilogue::Activation::{Identity, Relu, Relu6, Sigmoid};
pub use crate::conv2d::first_layer::{FirstConv2d, FirstPooled};
pub use crate::conv2d::winograd::Tile;
pub use crate::conv2d::{BlockedConv2d, Conv2d, dense, depthwise, first_layer, im2col, pointwise};
pub use crate::dropout::Dropout;
pub use crate::elementwise::blocked::Part;
pub use crate::linear::Linear;
pub use crate::local_response_norm::LocalResponseNorm;
pub use crate::memory::{ArenaLayout, Buffer, Bundles, disjoint, starts};
pub use crate::network::TensorKind::{BatchesTracked, Bias, RunningMean, RunningVar, Scale, Shift, Weight};
pub use crate::network::{LayerInfo, TensorInfo};
pub use crate::pass::{Backward, Forward, Fused, Inference, Prepare};
pub use crate::pool::{AdaptivePool2d, AvgPool2d, MaxPool2d};
pub use crate::softmax::Softmax;
pub use crate::upsample::Upsample;
pub use crate::window::Window;
pub use crate::{
    __longest as longest, activation, batch_norm2d, blocked, bundled, conv_transpose2d, dropout, elementwise,
    linear, local_response_norm, pool, softmax, upsample,
};

use crate::network::TensorKind;

/// A convolution: channels before and behind, groups, window.
#[must_use]
pub const fn conv(in_channels: usize, out_channels: usize, groups: usize, window: Window) -> Conv2d {
    Conv2d { in_channels, out_channels, groups, window }
}

/// A row of the table of layers: name, kind, what it reads, shapes before and behind, window, parameters and multiply-adds,
/// receptive field with its stride and start, kernel.
#[must_use]
#[expect(
    clippy::too_many_arguments,
    reason = "a row of a table, whose fields' names rustc would read for each"
)]
pub const fn layer(
    name: &'static str,
    kind: &'static str,
    inputs: &'static [usize],
    [input, output]: [&'static [usize]; 2],
    window: Option<Window>,
    [parameters, macs]: [usize; 2],
    [receptive_field, stride]: [[usize; 2]; 2],
    field_start: [isize; 2],
    kernel: &'static str,
) -> LayerInfo {
    LayerInfo {
        name,
        kind,
        inputs,
        input,
        output,
        window,
        parameters,
        macs,
        receptive_field,
        stride,
        field_start,
        kernel,
    }
}

/// A row of the table of tensors: name, shape, kind, offset.
#[must_use]
pub const fn tensor(
    name: &'static str,
    shape: &'static [usize],
    kind: TensorKind,
    offset: usize,
) -> TensorInfo {
    TensorInfo { name, shape, kind, offset }
}

/// A buffer of its own: offset and length.
#[must_use]
pub const fn buffer(offset: usize, len: usize) -> Buffer {
    Buffer::new(offset, len)
}

/// A window: the planes before and behind, then kernel, stride, padding and dilation.
#[must_use]
pub const fn window(
    [input, output]: [[usize; 2]; 2],
    [kernel, stride, padding, dilation]: [[usize; 2]; 4],
) -> Window {
    Window { input, output, kernel, stride, padding, dilation }
}

/// The largest of what these functions say of these layers: `longest!(dense::prepared_len: L1 L4; …)`.
#[doc(hidden)]
#[macro_export]
macro_rules! __longest {
    ($($function:path: $($layer:ident)*;)*) => {
        $crate::memory::longest(&[$($($function(&$layer),)*)*])
    };
}
