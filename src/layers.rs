//! The layers of [`network!`](crate::network!) and [`block!`](crate::block!): a page of reference for each.
//!
//! These modules are empty. They are what an editor shows for a word of the language, and where it goes to from there.
//!
//! Arguments have PyTorch's names, order and defaults; `?` stands behind what may be left out. `kernel_size`, `stride`,
//! `padding`, `dilation` and `scale_factor` are a number, or a pair `(height, width)`. Shapes are those of one image of the
//! batch: `C x H x W`, or a number of features.

/// Slides `channels` kernels over the image; each gives one channel of dot products.
///
/// ```text
/// conv2d(channels, kernel_size, stride = 1, padding = 0, dilation = 1, groups = 1, bias = true, in_channels?)
/// ```
///
/// PyTorch's `Conv2d`, a cross-correlation. `C x H x W` becomes `channels x H' x W'`, where
/// `H' = floor((H + 2 padding - dilation (kernel_size - 1) - 1) / stride) + 1`, and `W'` likewise.
///
/// Learns `weight`, `(channels, C / groups, kernel_size, kernel_size)`, and `bias`, `(channels)`.
pub mod conv2d {}

/// Adds a kernel, times each pixel, to the image that comes out: the way back of a convolution.
///
/// ```text
/// conv_transpose2d(channels, kernel_size, stride = 1, padding = 0, output_padding = 0, groups = 1, bias = true, dilation = 1, in_channels?)
/// ```
///
/// PyTorch's `ConvTranspose2d`. `C x H x W` becomes `channels x H' x W'`, where
/// `H' = (H - 1) stride - 2 padding + dilation (kernel_size - 1) + output_padding + 1`, and `W'` likewise.
///
/// Learns `weight`, `(C, channels / groups, kernel_size, kernel_size)`, and `bias`, `(channels)`.
pub mod conv_transpose2d {}

/// Gives `features` weighted sums of all features that come in.
///
/// ```text
/// linear(features, bias = true, in_features?)
/// ```
///
/// PyTorch's `Linear`. A vector of `N` features becomes one of `features`; an image is made a vector by [`flatten`](mod@flatten) first.
///
/// Learns `weight`, `(features, N)`, and `bias`, `(features)`.
pub mod linear {}

/// Keeps the largest number of each window; padding never wins.
///
/// ```text
/// max_pool2d(kernel_size, stride = kernel_size, padding = 0, dilation = 1, ceil_mode = false)
/// ```
///
/// PyTorch's `MaxPool2d`; sizes are those of [`conv2d`], and `channels` stay. With `ceil_mode` the division rounds up, so that
/// a last window may hang over the edge. Of equal numbers the first one gets the gradient.
pub mod max_pool2d {}

/// Takes the mean of each window.
///
/// ```text
/// avg_pool2d(kernel_size, stride = kernel_size, padding = 0, ceil_mode = false, count_include_pad = true)
/// ```
///
/// PyTorch's `AvgPool2d`; sizes are those of [`max_pool2d`]. Padding counts as zeros, unless `count_include_pad` is false.
pub mod avg_pool2d {}

/// Takes means over windows chosen so that `height` x `width` pixels come out.
///
/// ```text
/// adaptive_avg_pool2d(height, width)
/// ```
///
/// PyTorch's `AdaptiveAvgPool2d`. `C x H x W` becomes `C x height x width`.
pub mod adaptive_avg_pool2d {}

/// Takes maxima over windows chosen so that `height` x `width` pixels come out.
///
/// ```text
/// adaptive_max_pool2d(height, width)
/// ```
///
/// PyTorch's `AdaptiveMaxPool2d`. `C x H x W` becomes `C x height x width`.
pub mod adaptive_max_pool2d {}

/// Takes the mean of each channel: `adaptive_avg_pool2d(1, 1)`.
///
/// ```text
/// global_avg_pool2d
/// ```
///
/// `C x H x W` becomes `C x 1 x 1`.
pub mod global_avg_pool2d {}

/// Makes the image larger: repeats each pixel, or interpolates between the nearest four.
///
/// ```text
/// upsample(scale_factor, mode = "nearest", align_corners = false)
/// ```
///
/// PyTorch's `Upsample`. `C x H x W` becomes `C x scale_factor H x scale_factor W`; `mode` is `"nearest"` or `"bilinear"`.
/// `align_corners`, for the latter alone, lays the corner pixels of both images on each other.
pub mod upsample {}

/// Normalises each channel: over the batch while training, by the running statistics in inference.
///
/// ```text
/// batch_norm2d(eps = 1e-5, momentum = 0.1, affine = true)
/// ```
///
/// PyTorch's `BatchNorm2d`. The shape stays.
///
/// Learns `weight` and `bias`, `(C)` each, if `affine`; keeps `running_mean`, `running_var` and `num_batches_tracked`.
pub mod batch_norm2d {}

/// Divides each number by a power of the squares of `size` channels around it.
///
/// ```text
/// local_response_norm(size, alpha = 0.0001, beta = 0.75, k = 1.0)
/// ```
///
/// PyTorch's `LocalResponseNorm`: `x / (k + alpha m)^beta`, where `m` is the mean of those squares. The shape stays.
pub mod local_response_norm {}

/// Keeps what is positive: max(x, 0).
///
/// ```text
/// relu
/// ```
///
/// PyTorch's `ReLU`. The shape stays.
pub mod relu {}

/// Keeps what is positive, but 6 at most.
///
/// ```text
/// relu6
/// ```
///
/// PyTorch's `ReLU6`. The shape stays.
pub mod relu6 {}

/// x, or slope times x below 0.
///
/// ```text
/// leaky_relu(slope)
/// ```
///
/// PyTorch's `LeakyReLU`, whose slope is 0.01 unless said otherwise. The shape stays.
pub mod leaky_relu {}

/// Squeezes into (0, 1): 1 / (1 + exp(-x)).
///
/// ```text
/// sigmoid
/// ```
///
/// PyTorch's `Sigmoid`. The shape stays.
pub mod sigmoid {}

/// A sigmoid of straight lines: relu6(x + 3) / 6.
///
/// ```text
/// hardsigmoid
/// ```
///
/// PyTorch's `Hardsigmoid`. The shape stays.
pub mod hardsigmoid {}

/// Squeezes into (-1, 1).
///
/// ```text
/// tanh
/// ```
///
/// PyTorch's `Tanh`. The shape stays.
pub mod tanh {}

/// x times the normal distribution function of x.
///
/// ```text
/// gelu
/// ```
///
/// PyTorch's `GELU`. The shape stays.
pub mod gelu {}

/// x times sigmoid(x).
///
/// ```text
/// silu
/// ```
///
/// PyTorch's `SiLU`. The shape stays.
pub mod silu {}

/// x times hardsigmoid(x).
///
/// ```text
/// hardswish
/// ```
///
/// PyTorch's `Hardswish`. The shape stays.
pub mod hardswish {}

/// Turns channels (or features) into probabilities, pixel by pixel.
///
/// ```text
/// softmax
/// ```
///
/// PyTorch's `Softmax(dim=1)`. The shape stays. The loss [`CrossEntropy`](crate::loss::CrossEntropy) has it in itself.
pub mod softmax {}

/// Looks at an image as a vector, channel by channel and row by row.
///
/// ```text
/// flatten
/// ```
///
/// PyTorch's `Flatten`. `C x H x W` becomes a vector of `C H W` features. Costs nothing where the image stands so already.
pub mod flatten {}

/// While training, sets a share p of the numbers to zero and scales the others by 1 / (1 - p).
///
/// ```text
/// dropout(p)
/// ```
///
/// PyTorch's `Dropout`. The shape stays. It does not exist in inference.
pub mod dropout {}

/// Puts the channels of several branches side by side.
///
/// ```text
/// concat({ conv2d(64, 1) }, { max_pool2d(3, 1, 1); conv2d(32, 1) }, x, _)
/// ```
///
/// A branch is a body that starts from the tensor that stands here, the name of a tensor, or `_`, the tensor that stands here.
/// Images `C x H x W` agree in `H` and `W`; their channels add up, as the features of vectors do.
pub mod concat {}

/// Adds several branches, number by number.
///
/// ```text
/// add({ conv2d(64, 3, padding = 1); relu; conv2d(64, 3, padding = 1) }, _)
/// ```
///
/// Branches are those of [`concat`](mod@concat); all have the same shape, which stays.
pub mod add {}
