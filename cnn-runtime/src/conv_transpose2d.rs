//! Transposed convolution: PyTorch's `ConvTranspose2d`.
//!
//! It is the transpose of a convolution as a matrix, and so that convolution's data gradient. A descriptor here is that of
//! the **convolution**: its output, of `out_channels` channels, is what goes in here, and its input what comes out. So is
//! the weight, of PyTorch's shape (channels in, channels out / groups, Kh, Kw) for this layer.
//!
//! ```text
//! forward           is the convolution's  backward_input, and adds the bias
//! backward_input                          forward
//! backward_weight                         backward_weight, with both images exchanged
//! ```

use crate::Write;
use crate::conv2d::{Conv2d, add_planes, im2col};
use crate::memory::Workspace;
use crate::view::{View, ViewMut};

/// Numbers of scratch that [`forward`] needs for each thread.
pub const fn forward_lane_len(d: &Conv2d) -> usize {
    im2col::backward_input_lane_len(d)
}

/// Numbers of scratch that [`backward_input`] needs for each thread.
pub const fn backward_input_lane_len(d: &Conv2d) -> usize {
    im2col::forward_lane_len(d)
}

/// Numbers of scratch that [`backward_weight`] needs for each thread.
pub const fn backward_weight_lane_len(d: &Conv2d) -> usize {
    im2col::backward_weight_lane_len(d)
}

/// Numbers of scratch that [`backward_weight`] needs for the step.
pub const fn backward_weight_step_len(d: &Conv2d) -> usize {
    im2col::backward_weight_step_len(d)
}

/// The output `y` for each image of `x`.
///
/// # Panics
/// If a length is not what `d` tells, or the scratch is smaller than the functions above tell.
pub fn forward(d: &Conv2d, x: View, weight: &[f32], bias: Option<&[f32]>, mut y: ViewMut, work: Workspace) {
    assert_bias(d, bias);
    let mut write = Write::Overwrite;
    if let Some(bias) = bias {
        for y in y.images_mut() {
            for (plane, bias) in y.chunks_exact_mut(d.window.input_len()).zip(bias) {
                plane.fill(*bias);
            }
        }
        write = Write::Accumulate;
    }
    im2col::backward_input(d, x, weight, y, write, work);
}

/// The gradient `d_x` of the input.
///
/// # Panics
/// If a length is not what `d` tells, or the scratch is smaller than the functions above tell.
pub fn backward_input(d: &Conv2d, d_y: View, weight: &[f32], d_x: ViewMut, write: Write, work: Workspace) {
    im2col::correlate(d, d_y, weight, None, d_x, write, work);
}

/// The gradients `d_weight` and `d_bias`, over all images.
///
/// # Panics
/// If a length is not what `d` tells, or the scratch is smaller than the functions above tell.
pub fn backward_weight(
    d: &Conv2d,
    x: View,
    d_y: View,
    d_weight: &mut [f32],
    d_bias: Option<&mut [f32]>,
    work: Workspace,
) {
    assert_bias(d, d_bias.as_deref());
    im2col::backward_weight(d, d_y, x, d_weight, None, work);
    if let Some(d_bias) = d_bias {
        d_bias.fill(0.0);
        for d_y in d_y.images() {
            add_planes(d_y, d.window.input_len(), d_bias);
        }
    }
}

/// The contract on the bias or its gradient.
fn assert_bias(d: &Conv2d, bias: Option<&[f32]>) {
    assert!(bias.is_none_or(|bias| bias.len() == d.in_channels), "bias of the transpose of {d:?}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conv2d::testing::{Batch, Scratch, assert_close, numbers};
    use crate::reference::conv_transpose2d as reference;
    use crate::window::Window;
    use alloc::vec;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    /// The convolution whose transpose turns planes of `input` into `(H − 1)·S − 2P + D·(K − 1) + output_padding + 1`.
    fn transposed(
        [channels_in, channels_out, groups]: [usize; 3],
        input: [usize; 2],
        [kernel, stride, padding, dilation, output_padding]: [[usize; 2]; 5],
    ) -> Option<Conv2d> {
        let size = |axis: usize| {
            let spread = (input[axis] - 1) * stride[axis] + dilation[axis] * (kernel[axis] - 1);
            (spread + output_padding[axis] + 1).checked_sub(2 * padding[axis]).filter(|size| *size > 0)
        };
        let window = Window { input: [size(0)?, size(1)?], output: input, kernel, stride, padding, dilation };
        Some(Conv2d { in_channels: channels_out, out_channels: channels_in, groups, window })
    }

    fn any_transposed() -> impl Strategy<Value = Conv2d> {
        let pair = |range: core::ops::Range<usize>| [range.clone(), range];
        let sizes = (pair(1..5), pair(1..4), pair(0..3), pair(1..3), pair(0..3));
        ([1..4_usize, 1..4, 1..3], pair(1..6), sizes).prop_filter_map(
            "nothing comes out",
            |([group_in, group_out, groups], input, (kernel, stride, padding, dilation, output_padding))| {
                let output_padding =
                    [0, 1].map(|axis| output_padding[axis] % stride[axis].max(dilation[axis]));
                let channels = [group_in * groups, group_out * groups, groups];
                transposed(channels, input, [kernel, stride, padding, dilation, output_padding])
            },
        )
    }

    proptest! {
        #[test]
        fn kernels_are_the_definition(
            d in any_transposed(),
            count in 1..4_usize,
            gaps in [0..5_usize, 0..5],
            with_bias: bool,
        ) {
            let (x, d_y) = (numbers(count * d.output_len(), 1), numbers(count * d.input_len(), 2));
            let (weight, bias) = (numbers(d.weight_len(), 3), with_bias.then(|| numbers(d.in_channels, 4)));
            let (x_images, y_images) =
                (Batch::new(&x, d.output_len(), gaps[0]), Batch::new(&d_y, d.input_len(), gaps[1]));
            let terms = d.out_channels * d.window.kernel_len();

            let (mut y, mut found) = (vec![f32::NAN; d_y.len()], y_images.clone());
            reference::forward(&d, &x, &weight, bias.as_deref(), &mut y);
            let mut scratch = Scratch::new(1, forward_lane_len(&d), 0);
            forward(&d, x_images.view(), &weight, bias.as_deref(), found.view_mut(), scratch.workspace());
            assert_close("y", &found.dense(), &y, terms);

            let mut d_x = vec![f32::NAN; x.len()];
            reference::backward_input(&d, &d_y, &weight, &mut d_x);
            for write in [Write::Overwrite, Write::Accumulate] {
                let (mut scratch, mut found) = (Scratch::new(1, backward_input_lane_len(&d), 0), x_images.clone());
                backward_input(&d, y_images.view(), &weight, found.view_mut(), write, scratch.workspace());
                assert_close("d_x", &found.dense(), &d_x, terms);
                d_x.iter_mut().zip(&x).for_each(|(d_x, x)| *d_x += x);
            }

            let (mut d_weight, mut d_bias) = (vec![f32::NAN; weight.len()], bias.clone());
            reference::backward_weight(&d, &x, &d_y, &mut d_weight, d_bias.as_deref_mut());
            let (mut found, mut found_bias) = (vec![f32::NAN; weight.len()], bias.clone());
            let mut scratch = Scratch::new(1, backward_weight_lane_len(&d), backward_weight_step_len(&d));
            let (views, work) = ((x_images.view(), y_images.view()), scratch.workspace());
            backward_weight(&d, views.0, views.1, &mut found, found_bias.as_deref_mut(), work);
            let terms = count * d.window.input_len();
            assert_close("d_weight", &found, &d_weight, terms);
            assert_close("d_bias", &found_bias.unwrap_or_default(), &d_bias.unwrap_or_default(), terms);
        }
    }

    /// ```python
    /// # torch 2.15.0
    /// x = torch.arange(1., 5).reshape(1, 1, 2, 2); w = torch.arange(1., 19).reshape(1, 2, 3, 3)
    /// F.conv_transpose2d(x, w, torch.tensor([.5, -1.]), stride=2, padding=1, output_padding=1)
    /// ```
    #[test]
    fn numbers_are_pytorchs() {
        let d =
            transposed([1, 2, 1], [2, 2], [[3; 2], [2; 2], [1; 2], [1; 2], [1; 2]]).expect("4 x 4 pixels");
        let weight: Vec<f32> = (1_u8..19).map(f32::from).collect();
        let mut y = [0.0; 32];
        let mut scratch = Scratch::new(1, forward_lane_len(&d), 0);
        let (x, y_view) = (View::dense(&[1.0, 2.0, 3.0, 4.0], 4), ViewMut::dense(&mut y, 32));
        forward(&d, x, &weight, Some(&[0.5, -1.0]), y_view, scratch.workspace());
        let expected = [
            5.5, 14.5, 10.5, 12.5, 14.5, 36.5, 24.5, 30.5, 15.5, 34.5, 20.5, 24.5, 24.5, 55.5, 32.5, 36.5,
            13.0, 40.0, 27.0, 29.0, 49.0, 125.0, 77.0, 83.0, 41.0, 96.0, 55.0, 59.0, 50.0, 117.0, 67.0, 71.0,
        ];
        assert_close("y", &y, &expected, 1);
    }
}
