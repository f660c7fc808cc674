//! Each kernel asserts what it is given, once a call, in a release build too: with a buffer a number too short, or with
//! another count of images, it panics before it reads or writes any, and says which buffer it is.

use cnn_runtime::blocked::{self, Blocked, Haloed};
use cnn_runtime::conv2d::epilogue::{Activation, Epilogue};
use cnn_runtime::conv2d::first_layer::{FirstConv2d, FirstPooled};
use cnn_runtime::conv2d::winograd::{self, Tile};
use cnn_runtime::conv2d::{
    BlockedConv2d, Conv2d, depthwise, direct, direct_weight, first_layer, im2col, pointwise,
};
use cnn_runtime::linear::{self, Linear};
use cnn_runtime::memory::Workspace;
use cnn_runtime::policy::Policy;
use cnn_runtime::pool::{
    AdaptivePool2d, AvgPool2d, MaxPool2d, adaptive_avg_pool2d, adaptive_max_pool2d, avg_pool2d, max_pool2d,
};
use cnn_runtime::view::{View, ViewMut};
use cnn_runtime::window::Window;
use cnn_runtime::{Write, bundled};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Images in every batch, unless a test is about sixteen.
const IMAGES: usize = 2;

/// A buffer of a call.
#[derive(Clone)]
struct Buffer {
    numbers: Vec<f32>,
    /// Numbers of an image, or of all if these are not images.
    len: usize,
    /// What the kernel says if it is too short.
    message: &'static str,
}

impl Buffer {
    fn view(&self) -> View<'_> {
        View::dense(&self.numbers, self.len)
    }
    fn view_mut(&mut self) -> ViewMut<'_> {
        ViewMut::dense(&mut self.numbers, self.len)
    }
    fn count(&self) -> usize {
        self.numbers.len() / self.len
    }
    fn resized(&self, count: usize, len: usize) -> Self {
        Self { numbers: vec![0.0; count * len], len, ..*self }
    }
}

fn images_of(count: usize, len: usize, message: &'static str) -> Buffer {
    Buffer { numbers: vec![0.0; count * len], len, message }
}

fn images(len: usize, message: &'static str) -> Buffer {
    images_of(IMAGES, len, message)
}

fn numbers(len: usize, message: &'static str) -> Buffer {
    images_of(1, len, message)
}

/// Scratch for each thread, of which there is one.
fn lane(len: usize) -> Buffer {
    numbers(len, "lane scratch")
}

/// Scratch for the step, in whole lines.
fn step(len: usize) -> Buffer {
    numbers(len.next_multiple_of(16), "step scratch")
}

fn work<'a>(lane: &'a mut [f32], step: &'a mut [f32]) -> Workspace<'a> {
    let policy = Policy::Fast;
    Workspace { policy, batch: usize::MAX, lanes: 1, lane_scratch: lane, step_scratch: step, saved: &mut [] }
}

fn no_work<'a>() -> Workspace<'a> {
    work(&mut [], &mut [])
}

/// Runs a kernel on buffers as it wants them, then with each of them broken.
fn assert_contract<const N: usize>(kernel: &str, buffers: &[Buffer; N], run: impl Fn([&mut Buffer; N])) {
    run(buffers.clone().each_mut());
    for (i, buffer) in buffers.iter().enumerate() {
        let count = buffer.count();
        let shorter = (buffer.resized(count, buffer.len - 1), buffer.message);
        let more = (count > 1).then(|| (buffer.resized(count + 16, buffer.len), "images"));
        for (broken, message) in [Some(shorter), more].into_iter().flatten() {
            let what = format!("{kernel}, buffer {i}: {} × {}", broken.count(), broken.len);
            let mut buffers = buffers.clone();
            buffers[i] = broken;
            let panic = catch_unwind(AssertUnwindSafe(|| run(buffers.each_mut()))).expect_err(&what);
            let said = panic.downcast_ref::<String>().map(String::as_str);
            let said = said.or_else(|| panic.downcast_ref().copied()).expect("a message");
            let is_told = said.contains(message) || (message == "images" && said.contains("planes of"));
            assert!(is_told, "{what}: “{said}” instead of “{message}”");
        }
    }
}

/// A window over 6 × 6 pixels that gives as many.
fn window(kernel: usize) -> Window {
    Window {
        input: [6; 2],
        output: [6; 2],
        kernel: [kernel; 2],
        stride: [1; 2],
        padding: [kernel / 2; 2],
        dilation: [1; 2],
    }
}

fn conv2d(channels: [usize; 2], groups: usize, kernel: usize) -> Conv2d {
    let [in_channels, out_channels] = channels;
    Conv2d { in_channels, out_channels, groups, window: window(kernel) }
}

fn blocked_conv2d(channels: [usize; 2], groups: usize) -> BlockedConv2d {
    BlockedConv2d { conv: conv2d(channels, groups, 3), x_halo: [1; 2], y_halo: [1; 2] }
}

#[test]
fn direct() {
    for inputs in [5, 20] {
        let d = blocked_conv2d([inputs, 20], 1);
        let [x, y] = [d.x(), d.y()].map(|layout| images(layout.len(), "image length"));
        let (weight, bias) = (numbers(d.conv.weight_len(), "weight of"), numbers(20, "bias of"));
        let prepared = numbers(direct::prepared_len(&d), "prepared weight of");
        assert_contract("prepare", &[weight.clone(), prepared.clone()], |[weight, prepared]| {
            direct::prepare(&d, &weight.numbers, &mut prepared.numbers, no_work());
        });
        let shift = numbers(20, "channels have as many");
        assert_contract("forward", &[x.clone(), prepared, shift, y.clone()], |[x, prepared, shift, y]| {
            let epilogue = Epilogue::bias(Some(&shift.numbers));
            direct::forward(&d, x.view(), &prepared.numbers, epilogue, y.view_mut(), no_work());
        });
        let buffers = [y.clone(), weight.clone(), x.clone(), step(direct::backward_input_step_len(&d))];
        assert_contract("backward_input", &buffers, |[d_y, weight, d_x, step]| {
            let work = work(&mut [], &mut step.numbers);
            direct::backward_input(&d, d_y.view(), &weight.numbers, d_x.view_mut(), Write::Overwrite, work);
        });
        let scratch = step(direct_weight::backward_weight_step_len(&d));
        assert_contract("backward_weight", &[x, y, weight, bias, scratch], |[x, d_y, weight, bias, step]| {
            let (weight, bias) = (&mut weight.numbers, Some(&mut bias.numbers[..]));
            let work = work(&mut [], &mut step.numbers);
            direct_weight::backward_weight(&d, x.view(), d_y.view(), weight, bias, work);
        });
    }
}

#[test]
fn depthwise() {
    let d = blocked_conv2d([20, 20], 20);
    let [x, y] = [d.x(), d.y()].map(|layout| images(layout.len(), "image length"));
    let (weight, bias) = (numbers(d.conv.weight_len(), "weight of"), numbers(20, "bias of"));
    let prepared = numbers(depthwise::prepared_len(&d), "prepared weight of");
    assert_contract("prepare", &[weight.clone(), prepared.clone()], |[weight, prepared]| {
        depthwise::prepare(&d, &weight.numbers, &mut prepared.numbers, no_work());
    });
    let shift = numbers(20, "channels have as many");
    assert_contract("forward", &[x.clone(), prepared, shift, y.clone()], |[x, prepared, shift, y]| {
        let epilogue = Epilogue::bias(Some(&shift.numbers));
        depthwise::forward(&d, x.view(), &prepared.numbers, epilogue, y.view_mut(), no_work());
    });
    let buffers = [y.clone(), weight.clone(), x.clone(), step(depthwise::backward_input_step_len(&d))];
    assert_contract("backward_input", &buffers, |[d_y, weight, d_x, step]| {
        let work = work(&mut [], &mut step.numbers);
        depthwise::backward_input(&d, d_y.view(), &weight.numbers, d_x.view_mut(), Write::Overwrite, work);
    });
    let scratch = step(depthwise::backward_weight_step_len(&d));
    assert_contract("backward_weight", &[x, y, weight, bias, scratch], |[x, d_y, weight, bias, step]| {
        let (weight, bias) = (&mut weight.numbers, Some(&mut bias.numbers[..]));
        depthwise::backward_weight(&d, x.view(), d_y.view(), weight, bias, work(&mut [], &mut step.numbers));
    });
}

#[test]
fn first_layer() {
    let d = FirstConv2d { conv: conv2d([3, 20], 1, 3), y_halo: [1; 2] };
    let x = images(d.conv.input_len(), "images of");
    let y = images(d.y().len(), "image length");
    let (weight, bias) = (numbers(d.conv.weight_len(), "weight of"), numbers(20, "bias of"));
    let prepared = numbers(first_layer::prepared_len(&d), "prepared weight of");
    assert_contract("prepare", &[weight.clone(), prepared.clone()], |[weight, prepared]| {
        first_layer::prepare(&d, &weight.numbers, &mut prepared.numbers, no_work());
    });
    let shift = numbers(20, "channels have as many");
    let buffers =
        [x.clone(), prepared.clone(), shift.clone(), y.clone(), lane(first_layer::forward_lane_len(&d))];
    assert_contract("forward", &buffers, |[x, prepared, shift, y, lane]| {
        let (epilogue, work) = (Epilogue::bias(Some(&shift.numbers)), work(&mut lane.numbers, &mut []));
        first_layer::forward(&d, x.view(), &prepared.numbers, epilogue, y.view_mut(), work);
    });
    let pooled = FirstPooled { first: d, pool: window(3), y_halo: [1; 2] };
    let scratch = lane(first_layer::forward_max_pool_lane_len(&pooled));
    let buffers = [x, prepared, shift, y.clone(), scratch];
    assert_contract("forward_max_pool", &buffers, |[x, prepared, shift, y, lane]| {
        let (epilogue, work) = (Epilogue::bias(Some(&shift.numbers)), work(&mut lane.numbers, &mut []));
        first_layer::forward_max_pool(&pooled, x.view(), &prepared.numbers, epilogue, y.view_mut(), work);
    });
    let x = images(d.conv.input_len(), "planes of");
    let scratch = lane(first_layer::backward_weight_lane_len(&d));
    let buffers = [x, y, weight, bias, scratch, step(first_layer::backward_weight_step_len(&d))];
    assert_contract("backward_weight", &buffers, |[x, d_y, weight, bias, lane, step]| {
        let (weight, bias) = (&mut weight.numbers, Some(&mut bias.numbers[..]));
        let work = work(&mut lane.numbers, &mut step.numbers);
        first_layer::backward_weight(&d, x.view(), d_y.view(), weight, bias, work);
    });
}

#[test]
fn winograd() {
    for tile in [Tile::F2x3, Tile::F4x3, Tile::F6x3, Tile::F4x5] {
        let conv = conv2d([20, 20], 1, tile.taps());
        let d = BlockedConv2d { conv, x_halo: [2; 2], y_halo: [2; 2] };
        let [x, y] = [d.x(), d.y()].map(|layout| images(layout.len(), "image length"));
        let (weight, bias) = (numbers(d.conv.weight_len(), "weight of"), numbers(20, "bias of"));
        let prepared = numbers(winograd::prepared_len(tile, &d), "length of prepared weights");
        assert_contract("prepare", &[weight.clone(), prepared.clone()], |[weight, prepared]| {
            winograd::prepare(tile, &d, &weight.numbers, &mut prepared.numbers, no_work());
        });
        let shift = numbers(20, "channels have as many");
        let buffers = [x.clone(), prepared, shift, y.clone(), lane(winograd::forward_lane_len(tile, &d))];
        assert_contract("forward", &buffers, |[x, prepared, shift, y, lane]| {
            let (epilogue, work) = (Epilogue::bias(Some(&shift.numbers)), work(&mut lane.numbers, &mut []));
            winograd::forward(tile, &d, x.view(), &prepared.numbers, epilogue, y.view_mut(), work);
        });
        let lane_of_input = lane(winograd::backward_input_lane_len(tile, &d));
        let step_of_input = step(winograd::backward_input_step_len(tile, &d));
        let buffers = [y.clone(), weight.clone(), x.clone(), lane_of_input, step_of_input];
        assert_contract("backward_input", &buffers, |[d_y, weight, d_x, lane, step]| {
            let (write, work) = (Write::Overwrite, work(&mut lane.numbers, &mut step.numbers));
            winograd::backward_input(tile, &d, d_y.view(), &weight.numbers, d_x.view_mut(), write, work);
        });
        let lane_of_weight = lane(winograd::backward_weight_lane_len(tile));
        let step_of_weight = step(winograd::backward_weight_step_len(tile, &d));
        let buffers = [x, y, weight, bias, lane_of_weight, step_of_weight];
        assert_contract("backward_weight", &buffers, |[x, d_y, weight, bias, lane, step]| {
            let (weight, bias) = (&mut weight.numbers, Some(&mut bias.numbers[..]));
            let work = work(&mut lane.numbers, &mut step.numbers);
            winograd::backward_weight(tile, &d, x.view(), d_y.view(), weight, bias, work);
        });
    }
}

/// Kernels over planes have the same signatures.
macro_rules! over_planes {
    ($name:ident: $module:path, $conv:expr) => {
        #[test]
        fn $name() {
            use $module as kernels;
            let d = $conv;
            let [x, y] = [d.input_len(), d.output_len()].map(|len| images(len, "image lengths"));
            let (weight, bias) = (numbers(d.weight_len(), "weight of"), numbers(d.out_channels, "bias of"));
            let scratch = lane(kernels::forward_lane_len(&d));
            let buffers = [x.clone(), weight.clone(), bias.clone(), y.clone(), scratch];
            assert_contract("forward", &buffers, |[x, weight, bias, y, lane]| {
                let (bias, work) = (Some(&bias.numbers[..]), work(&mut lane.numbers, &mut []));
                kernels::forward(&d, x.view(), &weight.numbers, bias, y.view_mut(), work);
            });
            let scratch = lane(kernels::backward_input_lane_len(&d));
            let buffers = [y.clone(), weight.clone(), x.clone(), scratch];
            assert_contract("backward_input", &buffers, |[d_y, weight, d_x, lane]| {
                let (write, work) = (Write::Overwrite, work(&mut lane.numbers, &mut []));
                kernels::backward_input(&d, d_y.view(), &weight.numbers, d_x.view_mut(), write, work);
            });
            let scratch =
                [lane(kernels::backward_weight_lane_len(&d)), step(kernels::backward_weight_step_len(&d))];
            let [lane, step] = scratch;
            let buffers = [x, y, weight, bias, lane, step];
            assert_contract("backward_weight", &buffers, |[x, d_y, weight, bias, lane, step]| {
                let (weight, bias) = (&mut weight.numbers, Some(&mut bias.numbers[..]));
                let work = work(&mut lane.numbers, &mut step.numbers);
                kernels::backward_weight(&d, x.view(), d_y.view(), weight, bias, work);
            });
        }
    };
}
over_planes!(im2col: im2col, conv2d([4, 6], 2, 3));
over_planes!(pointwise: pointwise, conv2d([4, 6], 2, 1));

#[test]
fn linear() {
    let d = Linear { in_features: 40, out_features: 30 };
    let [x, y] = [40, 30].map(|len| images(len, "image lengths"));
    let (weight, bias) = (numbers(d.weight_len(), "weight of"), numbers(30, "bias of"));
    let scratch = step(linear::forward_step_len(&d));
    let buffers = [x.clone(), weight.clone(), bias.clone(), y.clone(), scratch];
    assert_contract("forward", &buffers, |[x, weight, bias, y, step]| {
        let (bias, work) = (Some(&bias.numbers[..]), work(&mut [], &mut step.numbers));
        linear::forward(&d, x.view(), &weight.numbers, bias, y.view_mut(), work);
    });
    let scratch = lane(linear::backward_input_lane_len(&d));
    let buffers = [y.clone(), weight.clone(), x.clone(), scratch];
    assert_contract("backward_input", &buffers, |[d_y, weight, d_x, lane]| {
        let (write, work) = (Write::Overwrite, work(&mut lane.numbers, &mut []));
        linear::backward_input(&d, d_y.view(), &weight.numbers, d_x.view_mut(), write, work);
    });
    let scratch = lane(linear::backward_weight_lane_len(&d));
    assert_contract("backward_weight", &[x, y, weight, bias, scratch], |[x, d_y, weight, bias, lane]| {
        let (weight, bias) = (&mut weight.numbers, Some(&mut bias.numbers[..]));
        let work = work(&mut lane.numbers, &mut []);
        linear::backward_weight(&d, x.view(), d_y.view(), weight, bias, work);
    });
}

#[test]
fn bundles() {
    let (plain, bundle) = (images_of(20, 7, "numbers of a bundle"), images(16 * 7, "numbers of a bundle"));
    // Twenty images and sixteen more are a bundle more.
    let buffers = [plain, bundle].map(|buffer| Buffer { message: "numbers of a bundle", ..buffer });
    assert_contract("from_images", &buffers, |[x, y]| {
        bundled::from_images(x.view(), y.view_mut(), no_work());
    });
    assert_contract("from_gradients", &buffers, |[x, y]| {
        bundled::from_gradients(x.view(), y.view_mut(), Write::Overwrite, no_work());
    });
    assert_contract("to_images", &buffers, |[y, x]| bundled::to_images(x.view(), y.view_mut(), no_work()));
}

#[test]
fn bundled_conv2d() {
    use bundled::conv2d as kernels;
    let d = conv2d([4, 6], 1, 3);
    let [x, y] = [d.input_len(), d.output_len()].map(|len| images(16 * len, "sixteen images"));
    let (weight, bias) = (numbers(d.weight_len(), "weight of"), numbers(6, "bias of"));
    let scratch = lane(kernels::forward_lane_len(&d));
    let buffers = [x.clone(), weight.clone(), bias.clone(), y.clone(), scratch];
    assert_contract("forward", &buffers, |[x, weight, bias, y, lane]| {
        let (bias, work) = (Some(&bias.numbers[..]), work(&mut lane.numbers, &mut []));
        kernels::forward(&d, x.view(), &weight.numbers, bias, Activation::Relu, y.view_mut(), work);
    });
    let scratch = lane(kernels::backward_input_lane_len(&d));
    assert_contract(
        "backward_input",
        &[y.clone(), weight.clone(), x.clone(), scratch],
        |[d_y, w, d_x, lane]| {
            let (write, work) = (Write::Overwrite, work(&mut lane.numbers, &mut []));
            kernels::backward_input(&d, d_y.view(), &w.numbers, d_x.view_mut(), write, work);
        },
    );
    let scratch = step(kernels::backward_weight_step_len(&d));
    assert_contract("backward_weight", &[x, y, weight, bias, scratch], |[x, d_y, weight, bias, step]| {
        let (weight, bias) = (&mut weight.numbers, Some(&mut bias.numbers[..]));
        kernels::backward_weight(&d, x.view(), d_y.view(), weight, bias, work(&mut [], &mut step.numbers));
    });
}

/// The mean of windows, and the largest of them.
macro_rules! over_windows {
    ($name:ident: $mean:path, $largest:path, $mean_layer:expr, $largest_layer:expr) => {
        #[test]
        fn $name() {
            use {$largest as largest, $mean as mean};
            let d = Haloed { layer: $mean_layer, x_halo: [1; 2], y_halo: [1; 2] };
            let layout = Blocked { channels: 20, plane: [6; 2], halo: [1; 2] };
            let [x, y] = [0, 1].map(|_| images(layout.len(), "image length"));
            assert_contract("mean, forward", &[x.clone(), y.clone()], |[x, y]| {
                mean::forward(&d, x.view(), y.view_mut(), no_work());
            });
            assert_contract("mean, backward", &[y.clone(), x.clone()], |[d_y, d_x]| {
                mean::backward(&d, d_y.view(), d_x.view_mut(), Write::Overwrite, no_work());
            });
            let d = Haloed { layer: $largest_layer, x_halo: [1; 2], y_halo: [1; 2] };
            let indices = images(largest::indices_len(&d), "indices of an image");
            assert_contract("largest, forward", &[x.clone(), y.clone()], |[x, y]| {
                largest::forward(&d, x.view(), y.view_mut(), no_work());
            });
            let buffers = [x.clone(), y.clone(), indices.clone()];
            assert_contract("largest, train_forward", &buffers, |[x, y, indices]| {
                largest::train_forward(&d, x.view(), y.view_mut(), indices.view_mut(), no_work());
            });
            assert_contract("largest, backward", &[indices, y, x], |[indices, d_y, d_x]| {
                let write = Write::Overwrite;
                largest::backward(&d, indices.view(), d_y.view(), d_x.view_mut(), write, no_work());
            });
        }
    };
}
over_windows!(
    sliding_pools: avg_pool2d,
    max_pool2d,
    AvgPool2d { channels: 20, window: window(3), count_include_pad: true },
    MaxPool2d { channels: 20, window: window(3) }
);
over_windows!(
    adaptive_pools: adaptive_avg_pool2d,
    adaptive_max_pool2d,
    AdaptivePool2d { channels: 20, input: [6; 2], output: [6; 2] },
    AdaptivePool2d { channels: 20, input: [6; 2], output: [6; 2] }
);

#[test]
fn planes() {
    let d = Blocked { channels: 20, plane: [6; 2], halo: [1; 2] };
    let buffers = [images(d.planes_len(), "planes of"), images(d.len(), "image length")];
    assert_contract("from_planes", &buffers, |[x, y]| {
        blocked::from_planes(&d, x.view(), y.view_mut(), Write::Overwrite, no_work());
    });
    assert_contract("to_planes", &buffers, |[y, x]| {
        blocked::to_planes(&d, x.view(), y.view_mut(), Write::Overwrite, no_work());
    });
}
