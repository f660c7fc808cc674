//! The names that emitted code uses, each as short as it can be: they stand there thousands of times, and rustc reads
//! every one.
//!
//! Only a module without any name of the user's may import them all.

pub use crate::Write;
pub use crate::batch_norm2d::{BatchNorm2d, BlockedBatchNorm2d};
pub use crate::blocked::{Blocked, Haloed, Operands};
pub use crate::conv2d::dense::{Algorithm, Choice, Dense};
pub use crate::conv2d::epilogue::Activation;
pub use crate::conv2d::first_layer::{FirstConv2d, FirstPooled};
pub use crate::conv2d::winograd::Tile;
pub use crate::conv2d::{BlockedConv2d, Conv2d};
pub use crate::dropout::Dropout;
pub use crate::elementwise::blocked::Part;
pub use crate::linear::Linear;
pub use crate::local_response_norm::LocalResponseNorm;
pub use crate::memory::{ArenaLayout, Buffer, Bundles, disjoint, longest, starts};
pub use crate::network::{LayerInfo, TensorInfo, TensorKind};
pub use crate::pass::{Backward, Forward, Fused, Inference, Prepare};
pub use crate::pool::{AdaptivePool2d, AvgPool2d, MaxPool2d};
pub use crate::softmax::Softmax;
pub use crate::upsample::Upsample;
pub use crate::window::Window;
pub use crate::{
    activation, batch_norm2d, blocked, bundled, conv_transpose2d, conv2d, dropout, elementwise, linear,
    local_response_norm, pool, softmax, upsample,
};
