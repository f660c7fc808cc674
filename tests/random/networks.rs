//! Random networks, and what each means: its layers, and what they read. The compiler's tests make this file:
//! `NETWORKS=overwrite cargo test -p cnn-compiler random`.

use super::reference::{Check, Described, Op::*};
use cnn::network;
use cnn_runtime::emitted::{conv, window};
use cnn_runtime::reference::activation::Activation::*;
use cnn_runtime::reference::upsample::Mode::*;

network!(
pub(crate) fn Random0(image: Image<1, 6, 6>) -> Image<4, 1, 1> {
    add({
        let layer1 = conv2d(4, 3);
        max_pool2d(3, dilation = 1);
    }, {
        hardswish;
        conv2d(4, 1);
        adaptive_max_pool2d(1, 1);
    }, {
        conv2d(channels = 1, kernel_size = 5, in_channels = _.channels);
        concat({
            tanh;
            let x3;
        }, _, {
            adaptive_avg_pool2d(height = 1, width = 2);
            relu;
            adaptive_avg_pool2d(2, 2);
        });
        let x4;
        conv2d(4, 1);
        adaptive_max_pool2d(1, 1);
    });
    upsample((3, 3), "bilinear");
    dropout(0.125);
    conv2d(_.channels, kernel_size = 3, stride = 1, in_channels = _.channels);
    gelu;
    let x15;
    let layer16 = leaky_relu(slope = -0.5);
    softmax;
    local_response_norm(2, alpha = 0.75);
    batch_norm2d(affine = false);
}
);
impl Described for Random0 {
    const OPS: &'static [(super::reference::Op, &'static [usize])] = &[
        (Conv2d(conv(1, 4, 1, window([[6, 6], [4, 4]], [[3, 3], [1, 1], [0, 0], [1, 1]]))), &[0]),
        (MaxPool2d(4, window([[4, 4], [1, 1]], [[3, 3], [3, 3], [0, 0], [1, 1]])), &[1]),
        (Activation(HardSwish), &[0]),
        (Conv2d(conv(1, 4, 1, window([[6, 6], [6, 6]], [[1, 1], [1, 1], [0, 0], [1, 1]]))), &[3]),
        (AdaptiveMaxPool2d(4, [6, 6], [1, 1]), &[4]),
        (Conv2d(conv(1, 1, 1, window([[6, 6], [2, 2]], [[5, 5], [1, 1], [0, 0], [1, 1]]))), &[0]),
        (Activation(Tanh), &[6]),
        (AdaptiveAvgPool2d(1, [2, 2], [1, 2]), &[6]),
        (Activation(Relu), &[8]),
        (AdaptiveAvgPool2d(1, [1, 2], [2, 2]), &[9]),
        (Concat, &[7, 6, 10]),
        (Conv2d(conv(3, 4, 1, window([[2, 2], [2, 2]], [[1, 1], [1, 1], [0, 0], [1, 1]]))), &[11]),
        (AdaptiveMaxPool2d(4, [2, 2], [1, 1]), &[12]),
        (Add, &[2, 5, 13]),
        (Upsample(4, [1, 1], [3, 3], Bilinear, false), &[14]),
        (Dropout, &[15]),
        (Conv2d(conv(4, 4, 1, window([[3, 3], [1, 1]], [[3, 3], [1, 1], [0, 0], [1, 1]]))), &[16]),
        (Activation(Gelu), &[17]),
        (Activation(LeakyRelu(-0.5)), &[18]),
        (Softmax([4, 1]), &[19]),
        (LocalResponseNorm([4, 1], 2, [0.75, 0.75, 1.0]), &[20]),
        (BatchNorm2d([4, 1], [1e-5, 0.1]), &[21]),
    ];
    const RESULTS: &'static [usize] = &[22];
}

network!(
pub(crate) fn Random1(image: Image<2, 5, 6>) -> Vector<24> {
    let layer1 = conv2d(8, 1, 2, groups = _.channels);
    block0(3);
    tanh;
}
fn block0(n: usize) {
    let layer2 = sigmoid;
    let x3;
    let layer4 = leaky_relu(-0.5);
    add({
        let layer5 = avg_pool2d(3, padding = 0, ceil_mode = true);
        concat({
            flatten;
            let layer6 = tanh;
            hardsigmoid;
        }, {
            sigmoid;
            flatten;
            silu;
        }, {
            conv2d(8, kernel_size = 1, dilation = 1, bias = false);
            tanh;
            flatten;
            linear(8);
        });
    }, {
        tanh;
        add({
            global_avg_pool2d;
            let layer9 = conv2d(_.channels, 3, padding = 1, groups = 2);
        }, {
            conv2d(8, 1);
            adaptive_max_pool2d(1, 1);
        });
        flatten;
        linear(24);
    });
}
);
impl Described for Random1 {
    const OPS: &'static [(super::reference::Op, &'static [usize])] = &[
        (Conv2d(conv(2, 8, 2, window([[5, 6], [3, 3]], [[1, 1], [2, 2], [0, 0], [1, 1]]))), &[0]),
        (Activation(Sigmoid), &[1]),
        (Activation(LeakyRelu(-0.5)), &[2]),
        (AvgPool2d(8, window([[3, 3], [1, 1]], [[3, 3], [3, 3], [0, 0], [1, 1]]), true), &[3]),
        (Flatten, &[4]),
        (Activation(Tanh), &[5]),
        (Activation(HardSigmoid), &[6]),
        (Activation(Sigmoid), &[4]),
        (Flatten, &[8]),
        (Activation(Silu), &[9]),
        (Conv2d(conv(8, 8, 1, window([[1, 1], [1, 1]], [[1, 1], [1, 1], [0, 0], [1, 1]]))), &[4]),
        (Activation(Tanh), &[11]),
        (Flatten, &[12]),
        (Linear([8, 8]), &[13]),
        (Concat, &[7, 10, 14]),
        (Activation(Tanh), &[3]),
        (AdaptiveAvgPool2d(8, [3, 3], [1, 1]), &[16]),
        (Conv2d(conv(8, 8, 2, window([[1, 1], [1, 1]], [[3, 3], [1, 1], [1, 1], [1, 1]]))), &[17]),
        (Conv2d(conv(8, 8, 1, window([[3, 3], [3, 3]], [[1, 1], [1, 1], [0, 0], [1, 1]]))), &[16]),
        (AdaptiveMaxPool2d(8, [3, 3], [1, 1]), &[19]),
        (Add, &[18, 20]),
        (Flatten, &[21]),
        (Linear([8, 24]), &[22]),
        (Add, &[15, 23]),
        (Activation(Tanh), &[24]),
    ];
    const RESULTS: &'static [usize] = &[25];
}

network!(
pub(crate) fn Random2(image: Image<3, 8, 7>) -> (Image<16, 4, 4>, Image<16, 4, 4>, Image<16, 6, 5>) {
    silu;
    let layer1 = conv2d(16, kernel_size = 3, padding = (0, 0), bias = false);
    let layer2 = gelu;
    block1(6);
    ({
    }, _, layer2)
}
fn block0(n: usize) {
    let layer11 = batch_norm2d;
    batch_norm2d;
    hardswish;
    conv2d(_.channels, 3, padding = 1);
    conv_transpose2d(channels = _.channels, kernel_size = 2, stride = (3, 2), bias = true, dilation = 3);
}
fn block1(n: usize) {
    add({
        for n in [17] {
            batch_norm2d(affine = false);
        }
        for n in [16] {
            tanh;
        }
    }, {
        softmax;
        concat({
            let layer3 = hardsigmoid;
            conv2d(17, kernel_size = 3);
            relu6;
        }, {
            conv2d(17, 3, padding = 1, in_channels = _.channels);
            adaptive_avg_pool2d(4, 3);
        });
        conv2d(16, 1);
        adaptive_max_pool2d(6, 5);
    }, {
        let x4;
    });
    for n in [8, 2] {
        adaptive_max_pool2d(4, width = 4);
        global_avg_pool2d;
    }
    if n % 2 == 0 {
        block0(6);
        softmax;
    } else {
        gelu;
    }
}
);
impl Described for Random2 {
    const OPS: &'static [(super::reference::Op, &'static [usize])] = &[
        (Activation(Silu), &[0]),
        (Conv2d(conv(3, 16, 1, window([[8, 7], [6, 5]], [[3, 3], [1, 1], [0, 0], [1, 1]]))), &[1]),
        (Activation(Gelu), &[2]),
        (BatchNorm2d([16, 30], [1e-5, 0.1]), &[3]),
        (Activation(Tanh), &[4]),
        (Softmax([16, 30]), &[3]),
        (Activation(HardSigmoid), &[6]),
        (Conv2d(conv(16, 17, 1, window([[6, 5], [4, 3]], [[3, 3], [1, 1], [0, 0], [1, 1]]))), &[7]),
        (Activation(Relu6), &[8]),
        (Conv2d(conv(16, 17, 1, window([[6, 5], [6, 5]], [[3, 3], [1, 1], [1, 1], [1, 1]]))), &[6]),
        (AdaptiveAvgPool2d(17, [6, 5], [4, 3]), &[10]),
        (Concat, &[9, 11]),
        (Conv2d(conv(34, 16, 1, window([[4, 3], [4, 3]], [[1, 1], [1, 1], [0, 0], [1, 1]]))), &[12]),
        (AdaptiveMaxPool2d(16, [4, 3], [6, 5]), &[13]),
        (Add, &[5, 14, 3]),
        (AdaptiveMaxPool2d(16, [6, 5], [4, 4]), &[15]),
        (AdaptiveAvgPool2d(16, [4, 4], [1, 1]), &[16]),
        (AdaptiveMaxPool2d(16, [1, 1], [4, 4]), &[17]),
        (AdaptiveAvgPool2d(16, [4, 4], [1, 1]), &[18]),
        (BatchNorm2d([16, 1], [1e-5, 0.1]), &[19]),
        (BatchNorm2d([16, 1], [1e-5, 0.1]), &[20]),
        (Activation(HardSwish), &[21]),
        (Conv2d(conv(16, 16, 1, window([[1, 1], [1, 1]], [[3, 3], [1, 1], [1, 1], [1, 1]]))), &[22]),
        (ConvTranspose2d(conv(16, 16, 1, window([[4, 4], [1, 1]], [[2, 2], [3, 2], [0, 0], [3, 3]]))), &[23]),
        (Softmax([16, 16]), &[24]),
    ];
    const RESULTS: &'static [usize] = &[25, 25, 3];
}

network!(
pub(crate) fn Random3(image: Image<3, 5, 7>) -> Image<16, 2, 3> {
    let x1;
    conv2d(8, 3, dilation = (2, 1), bias = false);
    let layer2 = hardswish;
    let x3;
    block0(6);
}
fn block0(n: usize) {
    conv2d(16, kernel_size = 4, stride = (1, 2), padding = 2, bias = true);
    tanh;
    let x4;
}
);
impl Described for Random3 {
    const OPS: &'static [(super::reference::Op, &'static [usize])] = &[
        (Conv2d(conv(3, 8, 1, window([[5, 7], [1, 5]], [[3, 3], [1, 1], [0, 0], [2, 1]]))), &[0]),
        (Activation(HardSwish), &[1]),
        (Conv2d(conv(8, 16, 1, window([[1, 5], [2, 3]], [[4, 4], [1, 2], [2, 2], [1, 1]]))), &[2]),
        (Activation(Tanh), &[3]),
    ];
    const RESULTS: &'static [usize] = &[4];
}

network!(
pub(crate) fn Random4(image: Image<2, 7, 5>) -> Image<144, 2, 4> {
    concat(_, image, {
        conv2d(channels = 2, kernel_size = (2, 4), groups = _.channels);
        adaptive_avg_pool2d(height = 5, width = 4);
        adaptive_avg_pool2d(7, 5);
    });
    local_response_norm(3, k = 0.25);
    for n in [17, 2] {
        silu;
    }
    conv_transpose2d(channels = 4, kernel_size = (5, 1), padding = (1, 1), bias = true, in_channels = _.channels);
    block1(6);
    concat(_, {
        concat({
            let x33;
            global_avg_pool2d;
            let x34;
        }, {
            let layer35 = hardswish;
            adaptive_avg_pool2d(1, 1);
        });
        adaptive_avg_pool2d(2, 4);
    });
}
fn block0(n: usize) {
    sigmoid;
    concat({
        let layer6 = adaptive_max_pool2d(2, width = 4);
    }, {
        adaptive_avg_pool2d(2, 4);
    }, {
        adaptive_avg_pool2d(2, 4);
    });
    concat(_, {
        avg_pool2d(kernel_size = (2, 1), count_include_pad = false);
        let layer7 = silu;
        adaptive_avg_pool2d(2, 4);
    });
    silu;
}
fn block1(n: usize) {
    let layer5 = tanh;
    hardsigmoid;
    block0(3);
    concat(_, {
        adaptive_avg_pool2d(2, 4);
    });
}
);
impl Described for Random4 {
    const OPS: &'static [(super::reference::Op, &'static [usize])] = &[
        (Conv2d(conv(2, 2, 2, window([[7, 5], [6, 2]], [[2, 4], [1, 1], [0, 0], [1, 1]]))), &[0]),
        (AdaptiveAvgPool2d(2, [6, 2], [5, 4]), &[1]),
        (AdaptiveAvgPool2d(2, [5, 4], [7, 5]), &[2]),
        (Concat, &[0, 0, 3]),
        (LocalResponseNorm([6, 35], 3, [0.0001, 0.75, 0.25]), &[4]),
        (Activation(Silu), &[5]),
        (Activation(Silu), &[6]),
        (ConvTranspose2d(conv(4, 6, 1, window([[9, 3], [7, 5]], [[5, 1], [1, 1], [1, 1], [1, 1]]))), &[7]),
        (Activation(Tanh), &[8]),
        (Activation(HardSigmoid), &[9]),
        (Activation(Sigmoid), &[10]),
        (AdaptiveMaxPool2d(4, [9, 3], [2, 4]), &[11]),
        (AdaptiveAvgPool2d(4, [9, 3], [2, 4]), &[11]),
        (AdaptiveAvgPool2d(4, [9, 3], [2, 4]), &[11]),
        (Concat, &[12, 13, 14]),
        (AvgPool2d(12, window([[2, 4], [1, 4]], [[2, 1], [2, 1], [0, 0], [1, 1]]), false), &[15]),
        (Activation(Silu), &[16]),
        (AdaptiveAvgPool2d(12, [1, 4], [2, 4]), &[17]),
        (Concat, &[15, 18]),
        (Activation(Silu), &[19]),
        (AdaptiveAvgPool2d(24, [2, 4], [2, 4]), &[20]),
        (Concat, &[20, 21]),
        (AdaptiveAvgPool2d(48, [2, 4], [1, 1]), &[22]),
        (Activation(HardSwish), &[22]),
        (AdaptiveAvgPool2d(48, [2, 4], [1, 1]), &[24]),
        (Concat, &[23, 25]),
        (AdaptiveAvgPool2d(96, [1, 1], [2, 4]), &[26]),
        (Concat, &[22, 27]),
    ];
    const RESULTS: &'static [usize] = &[28];
}

network!(
pub(crate) fn Random5(image: Image<2, 7, 6>) -> Image<30, 3, 4> {
    relu6;
    concat({
        add({
            concat({
                conv2d(6, 3, dilation = (2, 1), in_channels = _.channels);
                tanh;
            }, {
                adaptive_avg_pool2d(3, 4);
            }, {
                let layer3 = max_pool2d(3, padding = 1, dilation = (1, 1));
                adaptive_avg_pool2d(3, 4);
            });
            let layer4 = relu6;
            conv2d(_.channels, 2, padding = 1, dilation = 2);
        }, {
            let x5;
            conv2d(10, 1);
            adaptive_max_pool2d(3, 4);
        });
        sigmoid;
        concat(_, {
            conv2d(_.channels, 1, stride = 1, dilation = 2, groups = 2);
            conv2d(6, kernel_size = 3, stride = (2, 3));
            adaptive_avg_pool2d(3, 4);
        }, {
            adaptive_avg_pool2d(3, 4);
        });
    }, {
        global_avg_pool2d;
        adaptive_avg_pool2d(3, 4);
    }, {
        adaptive_avg_pool2d(3, 4);
    });
    let x7;
}
);
impl Described for Random5 {
    const OPS: &'static [(super::reference::Op, &'static [usize])] = &[
        (Activation(Relu6), &[0]),
        (Conv2d(conv(2, 6, 1, window([[7, 6], [3, 4]], [[3, 3], [1, 1], [0, 0], [2, 1]]))), &[1]),
        (Activation(Tanh), &[2]),
        (AdaptiveAvgPool2d(2, [7, 6], [3, 4]), &[1]),
        (MaxPool2d(2, window([[7, 6], [3, 2]], [[3, 3], [3, 3], [1, 1], [1, 1]])), &[1]),
        (AdaptiveAvgPool2d(2, [3, 2], [3, 4]), &[5]),
        (Concat, &[3, 4, 6]),
        (Activation(Relu6), &[7]),
        (Conv2d(conv(10, 10, 1, window([[3, 4], [3, 4]], [[2, 2], [1, 1], [1, 1], [2, 2]]))), &[8]),
        (Conv2d(conv(2, 10, 1, window([[7, 6], [7, 6]], [[1, 1], [1, 1], [0, 0], [1, 1]]))), &[1]),
        (AdaptiveMaxPool2d(10, [7, 6], [3, 4]), &[10]),
        (Add, &[9, 11]),
        (Activation(Sigmoid), &[12]),
        (Conv2d(conv(10, 10, 2, window([[3, 4], [3, 4]], [[1, 1], [1, 1], [0, 0], [2, 2]]))), &[13]),
        (Conv2d(conv(10, 6, 1, window([[3, 4], [1, 1]], [[3, 3], [2, 3], [0, 0], [1, 1]]))), &[14]),
        (AdaptiveAvgPool2d(6, [1, 1], [3, 4]), &[15]),
        (AdaptiveAvgPool2d(10, [3, 4], [3, 4]), &[13]),
        (Concat, &[13, 16, 17]),
        (AdaptiveAvgPool2d(2, [7, 6], [1, 1]), &[1]),
        (AdaptiveAvgPool2d(2, [1, 1], [3, 4]), &[19]),
        (AdaptiveAvgPool2d(2, [7, 6], [3, 4]), &[1]),
        (Concat, &[18, 20, 21]),
    ];
    const RESULTS: &'static [usize] = &[22];
}

network!(
pub(crate) fn Random6(image: Image<1, 6, 7>) -> (Image<1, 6, 7>, Image<4, 3, 2>, Image<4, 1, 1>) {
    conv2d(4, 4, padding = (2, 1));
    relu;
    avg_pool2d(3, ceil_mode = true, count_include_pad = true);
    (image, _, {
        if _.channels > 4 {
            global_avg_pool2d;
            flatten;
        } else {
            dropout(0.125);
            global_avg_pool2d;
        }
        tanh;
        sigmoid;
    })
}
);
impl Described for Random6 {
    const OPS: &'static [(super::reference::Op, &'static [usize])] = &[
        (Conv2d(conv(1, 4, 1, window([[6, 7], [7, 6]], [[4, 4], [1, 1], [2, 1], [1, 1]]))), &[0]),
        (Activation(Relu), &[1]),
        (AvgPool2d(4, window([[7, 6], [3, 2]], [[3, 3], [3, 3], [0, 0], [1, 1]]), true), &[2]),
        (Dropout, &[3]),
        (AdaptiveAvgPool2d(4, [3, 2], [1, 1]), &[4]),
        (Activation(Tanh), &[5]),
        (Activation(Sigmoid), &[6]),
    ];
    const RESULTS: &'static [usize] = &[0, 3, 7];
}

network!(
pub(crate) fn Random7(image: Image<3, 6, 5>) -> Image<8, 10, 8> {
    conv2d(channels = 16, kernel_size = (2, 2), dilation = 1);
    hardswish;
    add(image, {
        add(_, {
            block0(6);
            dropout(0.125);
            conv2d(16, 1);
            adaptive_max_pool2d(5, 4);
        }, {
            conv2d(16, 1);
            adaptive_max_pool2d(5, 4);
        });
        let x4;
        local_response_norm(5, alpha = 0.75);
        conv2d(3, 1);
        adaptive_max_pool2d(6, 5);
    }, {
        conv2d(3, 1);
        adaptive_max_pool2d(6, 5);
    });
    let x5;
    concat(x5, _, {
        add({
            conv2d(4, 4, (3, 1), in_channels = _.channels);
            silu;
            let layer6 = hardsigmoid;
        }, {
            conv2d(4, 1);
            adaptive_max_pool2d(1, 2);
        });
        adaptive_avg_pool2d(6, 5);
    });
    let x7;
    upsample(2, "nearest");
    for n in [8] {
        conv2d(channels = n, kernel_size = 3);
    }
}
fn block0(n: usize) {
    conv2d(_.channels, kernel_size = 1, stride = (1, 2), dilation = (1, 3));
    sigmoid;
    batch_norm2d(eps = 0.25, affine = true);
    let layer3 = tanh;
    gelu;
}
);
impl Described for Random7 {
    const OPS: &'static [(super::reference::Op, &'static [usize])] = &[
        (Conv2d(conv(3, 16, 1, window([[6, 5], [5, 4]], [[2, 2], [1, 1], [0, 0], [1, 1]]))), &[0]),
        (Activation(HardSwish), &[1]),
        (Conv2d(conv(16, 16, 1, window([[5, 4], [5, 2]], [[1, 1], [1, 2], [0, 0], [1, 3]]))), &[2]),
        (Activation(Sigmoid), &[3]),
        (BatchNorm2d([16, 10], [0.25, 0.1]), &[4]),
        (Activation(Tanh), &[5]),
        (Activation(Gelu), &[6]),
        (Dropout, &[7]),
        (Conv2d(conv(16, 16, 1, window([[5, 2], [5, 2]], [[1, 1], [1, 1], [0, 0], [1, 1]]))), &[8]),
        (AdaptiveMaxPool2d(16, [5, 2], [5, 4]), &[9]),
        (Conv2d(conv(16, 16, 1, window([[5, 4], [5, 4]], [[1, 1], [1, 1], [0, 0], [1, 1]]))), &[2]),
        (AdaptiveMaxPool2d(16, [5, 4], [5, 4]), &[11]),
        (Add, &[2, 10, 12]),
        (LocalResponseNorm([16, 20], 5, [0.75, 0.75, 1.0]), &[13]),
        (Conv2d(conv(16, 3, 1, window([[5, 4], [5, 4]], [[1, 1], [1, 1], [0, 0], [1, 1]]))), &[14]),
        (AdaptiveMaxPool2d(3, [5, 4], [6, 5]), &[15]),
        (Conv2d(conv(16, 3, 1, window([[5, 4], [5, 4]], [[1, 1], [1, 1], [0, 0], [1, 1]]))), &[2]),
        (AdaptiveMaxPool2d(3, [5, 4], [6, 5]), &[17]),
        (Add, &[0, 16, 18]),
        (Conv2d(conv(3, 4, 1, window([[6, 5], [1, 2]], [[4, 4], [3, 1], [0, 0], [1, 1]]))), &[19]),
        (Activation(Silu), &[20]),
        (Activation(HardSigmoid), &[21]),
        (Conv2d(conv(3, 4, 1, window([[6, 5], [6, 5]], [[1, 1], [1, 1], [0, 0], [1, 1]]))), &[19]),
        (AdaptiveMaxPool2d(4, [6, 5], [1, 2]), &[23]),
        (Add, &[22, 24]),
        (AdaptiveAvgPool2d(4, [1, 2], [6, 5]), &[25]),
        (Concat, &[19, 19, 26]),
        (Upsample(10, [6, 5], [2, 2], Nearest, false), &[27]),
        (Conv2d(conv(10, 8, 1, window([[12, 10], [10, 8]], [[3, 3], [1, 1], [0, 0], [1, 1]]))), &[28]),
    ];
    const RESULTS: &'static [usize] = &[29];
}

network!(
pub(crate) fn Random8(image: Image<2, 6, 8>) -> (Vector<192>, Vector<192>, Vector<192>) {
    let layer5 = softmax;
    let x6;
    concat({
        batch_norm2d(0.75);
        block0(8);
        flatten;
    }, {
        concat({
            dropout(p = 0.5);
            hardswish;
        }, _);
        flatten;
        linear(96);
    });
    hardswish;
    block3(1);
    ({
    }, _, _)
}
fn block0(n: usize) {
    softmax;
    if n % 2 == 0 {
        relu6;
    } else {
        relu6;
        adaptive_avg_pool2d(2, width = 4);
    }
    let layer7 = avg_pool2d(kernel_size = (1, 1));
    leaky_relu(slope = 0.01);
}
fn block3(n: usize) {
    silu;
}
);
impl Described for Random8 {
    const OPS: &'static [(super::reference::Op, &'static [usize])] = &[
        (Softmax([2, 48]), &[0]),
        (BatchNorm2d([2, 48], [0.75, 0.1]), &[1]),
        (Softmax([2, 48]), &[2]),
        (Activation(Relu6), &[3]),
        (AvgPool2d(2, window([[6, 8], [6, 8]], [[1, 1], [1, 1], [0, 0], [1, 1]]), true), &[4]),
        (Activation(LeakyRelu(0.01)), &[5]),
        (Flatten, &[6]),
        (Dropout, &[1]),
        (Activation(HardSwish), &[8]),
        (Concat, &[9, 1]),
        (Flatten, &[10]),
        (Linear([192, 96]), &[11]),
        (Concat, &[7, 12]),
        (Activation(HardSwish), &[13]),
        (Activation(Silu), &[14]),
    ];
    const RESULTS: &'static [usize] = &[15, 15, 15];
}

network!(
pub(crate) fn Random9(image: Image<2, 6, 4>) -> Image<15, 3, 5> {
    let layer1 = conv2d(6, 3, (2, 1), groups = _.channels);
    let layer2 = conv2d(channels = 1, kernel_size = 1, dilation = (3, 2), in_channels = _.channels);
    tanh;
    let x3;
    concat({
        concat(_, {
            concat(_, {
                hardswish;
                relu6;
                let layer4 = gelu;
            });
        }, _);
    }, {
        adaptive_avg_pool2d(2, 2);
    });
    concat(_, {
        gelu;
    }, {
        batch_norm2d;
        let x5;
    });
    relu;
    relu;
    conv_transpose2d(channels = _.channels, kernel_size = (2, 5), stride = (3, 1), padding = (2, 2));
    let layer8 = adaptive_avg_pool2d(height = 3, width = 5);
}
);
impl Described for Random9 {
    const OPS: &'static [(super::reference::Op, &'static [usize])] = &[
        (Conv2d(conv(2, 6, 2, window([[6, 4], [2, 2]], [[3, 3], [2, 1], [0, 0], [1, 1]]))), &[0]),
        (Conv2d(conv(6, 1, 1, window([[2, 2], [2, 2]], [[1, 1], [1, 1], [0, 0], [3, 2]]))), &[1]),
        (Activation(Tanh), &[2]),
        (Activation(HardSwish), &[3]),
        (Activation(Relu6), &[4]),
        (Activation(Gelu), &[5]),
        (Concat, &[3, 6]),
        (Concat, &[3, 7, 3]),
        (AdaptiveAvgPool2d(1, [2, 2], [2, 2]), &[3]),
        (Concat, &[8, 9]),
        (Activation(Gelu), &[10]),
        (BatchNorm2d([5, 4], [1e-5, 0.1]), &[10]),
        (Concat, &[10, 11, 12]),
        (Activation(Relu), &[13]),
        (Activation(Relu), &[14]),
        (ConvTranspose2d(conv(15, 15, 1, window([[1, 2], [2, 2]], [[2, 5], [3, 1], [2, 2], [1, 1]]))), &[15]),
        (AdaptiveAvgPool2d(15, [1, 2], [3, 5]), &[16]),
    ];
    const RESULTS: &'static [usize] = &[17];
}

network!(
pub(crate) fn Random10(image: Image<16, 5, 6>) -> Image<2, 12, 15> {
    concat(image, {
        add(image, {
            hardsigmoid;
            adaptive_max_pool2d(1, 2);
            conv2d(16, 1);
            adaptive_max_pool2d(5, 6);
        }, _);
        conv2d(_.channels, kernel_size = 3, dilation = 1, in_channels = _.channels);
        adaptive_avg_pool2d(5, 6);
    }, {
        conv2d(channels = _.channels, kernel_size = (5, 4), stride = (2, 3));
        concat({
            local_response_norm(size = 3, alpha = 0.75);
            concat(image, image);
            let x2;
        }, {
            adaptive_avg_pool2d(5, 6);
        });
    });
    block0(3);
    let layer4 = conv2d(2, 3, in_channels = _.channels);
    conv_transpose2d(channels = _.channels, kernel_size = 3, output_padding = 1, groups = _.channels, dilation = 2);
}
fn block0(n: usize) {
    add({
        for n in [17, 6] {
            conv2d(2, (3, 1), padding = (1, 0), dilation = (1, 3));
        }
        let layer3 = conv2d(channels = 2, kernel_size = 3, padding = (0, 1), in_channels = _.channels);
        upsample((3, 2), "nearest");
    }, {
        for n in [3] {
            max_pool2d(kernel_size = 4, stride = 2, ceil_mode = false);
            gelu;
        }
        conv2d(2, 1);
        adaptive_max_pool2d(9, 12);
    });
}
);
impl Described for Random10 {
    const OPS: &'static [(super::reference::Op, &'static [usize])] = &[
        (Activation(HardSigmoid), &[0]),
        (AdaptiveMaxPool2d(16, [5, 6], [1, 2]), &[1]),
        (Conv2d(conv(16, 16, 1, window([[1, 2], [1, 2]], [[1, 1], [1, 1], [0, 0], [1, 1]]))), &[2]),
        (AdaptiveMaxPool2d(16, [1, 2], [5, 6]), &[3]),
        (Add, &[0, 4, 0]),
        (Conv2d(conv(16, 16, 1, window([[5, 6], [3, 4]], [[3, 3], [1, 1], [0, 0], [1, 1]]))), &[5]),
        (AdaptiveAvgPool2d(16, [3, 4], [5, 6]), &[6]),
        (Conv2d(conv(16, 16, 1, window([[5, 6], [1, 1]], [[5, 4], [2, 3], [0, 0], [1, 1]]))), &[0]),
        (LocalResponseNorm([16, 1], 3, [0.75, 0.75, 1.0]), &[8]),
        (Concat, &[0, 0]),
        (AdaptiveAvgPool2d(16, [1, 1], [5, 6]), &[8]),
        (Concat, &[10, 11]),
        (Concat, &[0, 7, 12]),
        (Conv2d(conv(80, 2, 1, window([[5, 6], [5, 6]], [[3, 1], [1, 1], [1, 0], [1, 3]]))), &[13]),
        (Conv2d(conv(2, 2, 1, window([[5, 6], [5, 6]], [[3, 1], [1, 1], [1, 0], [1, 3]]))), &[14]),
        (Conv2d(conv(2, 2, 1, window([[5, 6], [3, 6]], [[3, 3], [1, 1], [0, 1], [1, 1]]))), &[15]),
        (Upsample(2, [3, 6], [3, 2], Nearest, false), &[16]),
        (MaxPool2d(80, window([[5, 6], [1, 2]], [[4, 4], [2, 2], [0, 0], [1, 1]])), &[13]),
        (Activation(Gelu), &[18]),
        (Conv2d(conv(80, 2, 1, window([[1, 2], [1, 2]], [[1, 1], [1, 1], [0, 0], [1, 1]]))), &[19]),
        (AdaptiveMaxPool2d(2, [1, 2], [9, 12]), &[20]),
        (Add, &[17, 21]),
        (Conv2d(conv(2, 2, 1, window([[9, 12], [7, 10]], [[3, 3], [1, 1], [0, 0], [1, 1]]))), &[22]),
        (ConvTranspose2d(conv(2, 2, 2, window([[12, 15], [7, 10]], [[3, 3], [1, 1], [0, 0], [2, 2]]))), &[23]),
    ];
    const RESULTS: &'static [usize] = &[24];
}

network!(
pub(crate) fn Random11(image: Image<18, 8, 8>) -> Vector<18> {
    conv2d(channels = _.channels, kernel_size = 3, groups = 1);
    for n in [2, 3, 16] {
        hardswish;
        global_avg_pool2d;
    }
    relu6;
    sigmoid;
    relu6;
    relu;
    add({
        let x16;
        add({
            let layer17 = flatten;
        }, {
            flatten;
            linear(18);
        }, {
            flatten;
            linear(18);
        });
    }, {
        if _.channels > 4 {
            gelu;
        } else {
            silu;
            add({
                silu;
            }, {
                conv2d(18, 1);
                adaptive_max_pool2d(1, 1);
            }, {
                hardswish;
            });
        }
        flatten;
        linear(18);
    }, {
        flatten;
        linear(18);
    });
}
);
impl Described for Random11 {
    const OPS: &'static [(super::reference::Op, &'static [usize])] = &[
        (Conv2d(conv(18, 18, 1, window([[8, 8], [6, 6]], [[3, 3], [1, 1], [0, 0], [1, 1]]))), &[0]),
        (Activation(HardSwish), &[1]),
        (AdaptiveAvgPool2d(18, [6, 6], [1, 1]), &[2]),
        (Activation(HardSwish), &[3]),
        (AdaptiveAvgPool2d(18, [1, 1], [1, 1]), &[4]),
        (Activation(HardSwish), &[5]),
        (AdaptiveAvgPool2d(18, [1, 1], [1, 1]), &[6]),
        (Activation(Relu6), &[7]),
        (Activation(Sigmoid), &[8]),
        (Activation(Relu6), &[9]),
        (Activation(Relu), &[10]),
        (Flatten, &[11]),
        (Flatten, &[11]),
        (Linear([18, 18]), &[13]),
        (Flatten, &[11]),
        (Linear([18, 18]), &[15]),
        (Add, &[12, 14, 16]),
        (Activation(Gelu), &[11]),
        (Flatten, &[18]),
        (Linear([18, 18]), &[19]),
        (Flatten, &[11]),
        (Linear([18, 18]), &[21]),
        (Add, &[17, 20, 22]),
    ];
    const RESULTS: &'static [usize] = &[23];
}

network!(
pub(crate) fn Random12(image: Image<2, 8, 8>) -> Vector<648> {
    dropout(0.75);
    let x1;
    let layer2 = conv2d(channels = 2, kernel_size = 3, groups = _.channels);
    add({
        let layer3 = softmax;
    }, layer2, _);
    flatten;
    for n in [4] {
        dropout(p = 0.5);
        concat(_, {
            leaky_relu(1.0);
        }, {
            for n in [2, 4] {
                silu;
                dropout(0.125);
                hardswish;
            }
        });
    }
    concat(_, {
        add({
            relu;
        }, {
            gelu;
            block0(17);
        });
        tanh;
    }, {
        let x17;
        silu;
        linear(_.features, bias = true, in_features = _.features);
    });
    let layer18 = leaky_relu(slope = 1.0);
}
fn block0(n: usize) {
    leaky_relu(0.01);
    hardswish;
}
);
impl Described for Random12 {
    const OPS: &'static [(super::reference::Op, &'static [usize])] = &[
        (Dropout, &[0]),
        (Conv2d(conv(2, 2, 2, window([[8, 8], [6, 6]], [[3, 3], [1, 1], [0, 0], [1, 1]]))), &[1]),
        (Softmax([2, 36]), &[2]),
        (Add, &[3, 2, 2]),
        (Flatten, &[4]),
        (Dropout, &[5]),
        (Activation(LeakyRelu(1.0)), &[6]),
        (Activation(Silu), &[6]),
        (Dropout, &[8]),
        (Activation(HardSwish), &[9]),
        (Activation(Silu), &[10]),
        (Dropout, &[11]),
        (Activation(HardSwish), &[12]),
        (Concat, &[6, 7, 13]),
        (Activation(Relu), &[14]),
        (Activation(Gelu), &[14]),
        (Activation(LeakyRelu(0.01)), &[16]),
        (Activation(HardSwish), &[17]),
        (Add, &[15, 18]),
        (Activation(Tanh), &[19]),
        (Activation(Silu), &[14]),
        (Linear([216, 216]), &[21]),
        (Concat, &[14, 20, 22]),
        (Activation(LeakyRelu(1.0)), &[23]),
    ];
    const RESULTS: &'static [usize] = &[24];
}

network!(
pub(crate) fn Random13(image: Image<2, 4, 7>) -> Image<2, 1, 2> {
    add({
        for n in [6] {
            dropout(p = 0.25);
            add(_, {
                conv2d(channels = n, kernel_size = 3, stride = 2, bias = true, in_channels = _.channels);
                adaptive_max_pool2d(5, 3);
                conv2d(2, 1);
                adaptive_max_pool2d(4, 7);
            });
            conv2d(2, kernel_size = 3, stride = (2, 3), bias = false);
        }
        hardsigmoid;
        let x1;
    }, {
        conv2d(2, 1);
        adaptive_max_pool2d(1, 2);
    });
}
);
impl Described for Random13 {
    const OPS: &'static [(super::reference::Op, &'static [usize])] = &[
        (Dropout, &[0]),
        (Conv2d(conv(2, 6, 1, window([[4, 7], [1, 3]], [[3, 3], [2, 2], [0, 0], [1, 1]]))), &[1]),
        (AdaptiveMaxPool2d(6, [1, 3], [5, 3]), &[2]),
        (Conv2d(conv(6, 2, 1, window([[5, 3], [5, 3]], [[1, 1], [1, 1], [0, 0], [1, 1]]))), &[3]),
        (AdaptiveMaxPool2d(2, [5, 3], [4, 7]), &[4]),
        (Add, &[1, 5]),
        (Conv2d(conv(2, 2, 1, window([[4, 7], [1, 2]], [[3, 3], [2, 3], [0, 0], [1, 1]]))), &[6]),
        (Activation(HardSigmoid), &[7]),
        (Conv2d(conv(2, 2, 1, window([[4, 7], [4, 7]], [[1, 1], [1, 1], [0, 0], [1, 1]]))), &[0]),
        (AdaptiveMaxPool2d(2, [4, 7], [1, 2]), &[9]),
        (Add, &[8, 10]),
    ];
    const RESULTS: &'static [usize] = &[11];
}

network!(
pub(crate) fn Random14(image: Image<18, 7, 7>) -> Image<4, 1, 1> {
    adaptive_max_pool2d(height = 3, width = 5);
    conv2d(_.channels, kernel_size = 1, groups = 6);
    add(image, {
        relu6;
        let layer2 = global_avg_pool2d;
        conv2d(18, 1);
        adaptive_max_pool2d(7, 7);
    });
    conv2d(4, (3, 2), padding = (0, 2), dilation = (2, 1));
    global_avg_pool2d;
}
);
impl Described for Random14 {
    const OPS: &'static [(super::reference::Op, &'static [usize])] = &[
        (AdaptiveMaxPool2d(18, [7, 7], [3, 5]), &[0]),
        (Conv2d(conv(18, 18, 6, window([[3, 5], [3, 5]], [[1, 1], [1, 1], [0, 0], [1, 1]]))), &[1]),
        (Activation(Relu6), &[2]),
        (AdaptiveAvgPool2d(18, [3, 5], [1, 1]), &[3]),
        (Conv2d(conv(18, 18, 1, window([[1, 1], [1, 1]], [[1, 1], [1, 1], [0, 0], [1, 1]]))), &[4]),
        (AdaptiveMaxPool2d(18, [1, 1], [7, 7]), &[5]),
        (Add, &[0, 6]),
        (Conv2d(conv(18, 4, 1, window([[7, 7], [3, 10]], [[3, 2], [1, 1], [0, 2], [2, 1]]))), &[7]),
        (AdaptiveAvgPool2d(4, [3, 10], [1, 1]), &[8]),
    ];
    const RESULTS: &'static [usize] = &[9];
}

network!(
pub(crate) fn Random15(image: Image<4, 7, 9>) -> Image<6, 1, 1> {
    concat({
        gelu;
        gelu;
    }, {
        block1(2);
        add(image, {
            hardsigmoid;
            add(_, _);
            conv2d(4, 1);
            adaptive_max_pool2d(7, 9);
        }, image);
        let x3;
    }, {
        conv2d(channels = 8, kernel_size = 3);
        let layer4 = dropout(0.125);
        adaptive_avg_pool2d(7, 9);
    });
    conv2d(channels = 6, kernel_size = 3, bias = false);
    conv2d(channels = _.channels, kernel_size = (1, 3), padding = 2);
    max_pool2d(5, dilation = (2, 2));
    let x5;
    block5(4);
    add(_, _);
    sigmoid;
}
fn block0(n: usize) {
    tanh;
    conv2d(n, (5, 4), dilation = 1, bias = true);
    let layer1 = conv2d(channels = n, kernel_size = 3, dilation = 1);
    gelu;
    hardswish;
}
fn block1(n: usize) {
    tanh;
    add(_, _, {
        relu;
    });
    block0(16);
    sigmoid;
    adaptive_max_pool2d(height = 1, width = 5);
}
fn block5(n: usize) {
    silu;
    let layer21 = gelu;
    softmax;
}
);
impl Described for Random15 {
    const OPS: &'static [(super::reference::Op, &'static [usize])] = &[
        (Activation(Gelu), &[0]),
        (Activation(Gelu), &[1]),
        (Activation(Tanh), &[0]),
        (Activation(Relu), &[3]),
        (Add, &[3, 3, 4]),
        (Activation(Tanh), &[5]),
        (Conv2d(conv(4, 16, 1, window([[7, 9], [3, 6]], [[5, 4], [1, 1], [0, 0], [1, 1]]))), &[6]),
        (Conv2d(conv(16, 16, 1, window([[3, 6], [1, 4]], [[3, 3], [1, 1], [0, 0], [1, 1]]))), &[7]),
        (Activation(Gelu), &[8]),
        (Activation(HardSwish), &[9]),
        (Activation(Sigmoid), &[10]),
        (AdaptiveMaxPool2d(16, [1, 4], [1, 5]), &[11]),
        (Activation(HardSigmoid), &[12]),
        (Add, &[13, 13]),
        (Conv2d(conv(16, 4, 1, window([[1, 5], [1, 5]], [[1, 1], [1, 1], [0, 0], [1, 1]]))), &[14]),
        (AdaptiveMaxPool2d(4, [1, 5], [7, 9]), &[15]),
        (Add, &[0, 16, 0]),
        (Conv2d(conv(4, 8, 1, window([[7, 9], [5, 7]], [[3, 3], [1, 1], [0, 0], [1, 1]]))), &[0]),
        (Dropout, &[18]),
        (AdaptiveAvgPool2d(8, [5, 7], [7, 9]), &[19]),
        (Concat, &[2, 17, 20]),
        (Conv2d(conv(16, 6, 1, window([[7, 9], [5, 7]], [[3, 3], [1, 1], [0, 0], [1, 1]]))), &[21]),
        (Conv2d(conv(6, 6, 1, window([[5, 7], [9, 9]], [[1, 3], [1, 1], [2, 2], [1, 1]]))), &[22]),
        (MaxPool2d(6, window([[9, 9], [1, 1]], [[5, 5], [5, 5], [0, 0], [2, 2]])), &[23]),
        (Activation(Silu), &[24]),
        (Activation(Gelu), &[25]),
        (Softmax([6, 1]), &[26]),
        (Add, &[27, 27]),
        (Activation(Sigmoid), &[28]),
    ];
    const RESULTS: &'static [usize] = &[29];
}

network!(
pub(crate) fn Random16(image: Image<18, 9, 7>) -> (Vector<2268>, Vector<2268>, Vector<2268>) {
    concat({
        let layer1 = softmax;
        flatten;
    }, {
        batch_norm2d(eps = 0.5, affine = true);
        if _.channels > 4 {
            if _.channels > 4 {
                conv2d(8, 3);
                let layer2 = sigmoid;
            } else {
                max_pool2d(5);
            }
            if _.channels > 4 {
                conv2d(2, kernel_size = 3, dilation = 2, groups = 2, bias = false);
                global_avg_pool2d;
            } else {
                adaptive_max_pool2d(4, width = 3);
                let layer4 = conv2d(channels = 1, kernel_size = 1, stride = 3, bias = false, in_channels = _.channels);
            }
        } else {
            add(image, image, {
                local_response_norm(1, alpha = 0.75, k = 0.75);
            });
            conv2d(3, 3, stride = 1);
        }
        upsample(scale_factor = (1, 2), mode = "bilinear");
        flatten;
        linear(1134);
    });
    block4(1);
    let layer55 = softmax;
    (_, _, {
        add(_, {
            let layer58 = leaky_relu(1.0);
            let layer61 = sigmoid;
        });
        block6(4);
    })
}
fn block4(n: usize) {
    hardswish;
}
fn block6(n: usize) {
    gelu;
    gelu;
}
);
impl Described for Random16 {
    const OPS: &'static [(super::reference::Op, &'static [usize])] = &[
        (Softmax([18, 63]), &[0]),
        (Flatten, &[1]),
        (BatchNorm2d([18, 63], [0.5, 0.1]), &[0]),
        (Conv2d(conv(18, 8, 1, window([[9, 7], [7, 5]], [[3, 3], [1, 1], [0, 0], [1, 1]]))), &[3]),
        (Activation(Sigmoid), &[4]),
        (Conv2d(conv(8, 2, 2, window([[7, 5], [3, 1]], [[3, 3], [1, 1], [0, 0], [2, 2]]))), &[5]),
        (AdaptiveAvgPool2d(2, [3, 1], [1, 1]), &[6]),
        (Upsample(2, [1, 1], [1, 2], Bilinear, false), &[7]),
        (Flatten, &[8]),
        (Linear([4, 1134]), &[9]),
        (Concat, &[2, 10]),
        (Activation(HardSwish), &[11]),
        (Softmax([2268, 1]), &[12]),
        (Activation(LeakyRelu(1.0)), &[13]),
        (Activation(Sigmoid), &[14]),
        (Add, &[13, 15]),
        (Activation(Gelu), &[16]),
        (Activation(Gelu), &[17]),
    ];
    const RESULTS: &'static [usize] = &[13, 13, 18];
}

network!(
pub(crate) fn Random17(image: Image<16, 7, 9>) -> Image<17, 2, 1> {
    conv2d(channels = _.channels, kernel_size = 2);
    add({
        let layer1 = hardsigmoid;
        let layer2 = conv2d(17, 3, padding = (2, 0), in_channels = _.channels);
        avg_pool2d(4);
    }, {
        dropout(0.25);
        relu6;
        conv2d(channels = _.channels, kernel_size = 3, padding = 1, bias = false);
        conv2d(17, 1);
        adaptive_max_pool2d(2, 1);
    });
}
);
impl Described for Random17 {
    const OPS: &'static [(super::reference::Op, &'static [usize])] = &[
        (Conv2d(conv(16, 16, 1, window([[7, 9], [6, 8]], [[2, 2], [1, 1], [0, 0], [1, 1]]))), &[0]),
        (Activation(HardSigmoid), &[1]),
        (Conv2d(conv(16, 17, 1, window([[6, 8], [8, 6]], [[3, 3], [1, 1], [2, 0], [1, 1]]))), &[2]),
        (AvgPool2d(17, window([[8, 6], [2, 1]], [[4, 4], [4, 4], [0, 0], [1, 1]]), true), &[3]),
        (Dropout, &[1]),
        (Activation(Relu6), &[5]),
        (Conv2d(conv(16, 16, 1, window([[6, 8], [6, 8]], [[3, 3], [1, 1], [1, 1], [1, 1]]))), &[6]),
        (Conv2d(conv(16, 17, 1, window([[6, 8], [6, 8]], [[1, 1], [1, 1], [0, 0], [1, 1]]))), &[7]),
        (AdaptiveMaxPool2d(17, [6, 8], [2, 1]), &[8]),
        (Add, &[4, 9]),
    ];
    const RESULTS: &'static [usize] = &[10];
}

network!(
pub(crate) fn Random18(image: Image<2, 9, 4>) -> Image<6, 32, 4> {
    block0(17);
    conv2d(6, (4, 1));
    if _.channels > 4 {
        adaptive_avg_pool2d(height = 5, width = 1);
    } else {
        leaky_relu(0.25);
    }
    for n in [3, 4, 4] {
        for n in [6, 16, 8] {
            dropout(0.75);
        }
        if _.channels > 4 {
            local_response_norm(size = 1, k = 0.25);
            conv_transpose2d(_.channels, (4, 1), output_padding = (0, 1), dilation = 3);
        } else {
            relu6;
        }
    }
    let layer2 = tanh;
    let x3;
}
fn block0(n: usize) {
    relu6;
}
);
impl Described for Random18 {
    const OPS: &'static [(super::reference::Op, &'static [usize])] = &[
        (Activation(Relu6), &[0]),
        (Conv2d(conv(2, 6, 1, window([[9, 4], [6, 4]], [[4, 1], [1, 1], [0, 0], [1, 1]]))), &[1]),
        (AdaptiveAvgPool2d(6, [6, 4], [5, 1]), &[2]),
        (Dropout, &[3]),
        (Dropout, &[4]),
        (Dropout, &[5]),
        (LocalResponseNorm([6, 5], 1, [0.0001, 0.75, 0.25]), &[6]),
        (ConvTranspose2d(conv(6, 6, 1, window([[14, 2], [5, 1]], [[4, 1], [1, 1], [0, 0], [3, 3]]))), &[7]),
        (Dropout, &[8]),
        (Dropout, &[9]),
        (Dropout, &[10]),
        (LocalResponseNorm([6, 28], 1, [0.0001, 0.75, 0.25]), &[11]),
        (ConvTranspose2d(conv(6, 6, 1, window([[23, 3], [14, 2]], [[4, 1], [1, 1], [0, 0], [3, 3]]))), &[12]),
        (Dropout, &[13]),
        (Dropout, &[14]),
        (Dropout, &[15]),
        (LocalResponseNorm([6, 69], 1, [0.0001, 0.75, 0.25]), &[16]),
        (ConvTranspose2d(conv(6, 6, 1, window([[32, 4], [23, 3]], [[4, 1], [1, 1], [0, 0], [3, 3]]))), &[17]),
        (Activation(Tanh), &[18]),
    ];
    const RESULTS: &'static [usize] = &[19];
}

network!(
pub(crate) fn Random19(image: Image<16, 6, 6>) -> (Image<6, 1, 5>, Image<6, 1, 5>, Image<6, 1, 5>) {
    let layer1 = tanh;
    block0(6);
    let layer2 = adaptive_max_pool2d(3, 5);
    let x3;
    for n in [17, 6] {
        conv2d(channels = n, kernel_size = 2);
        let x4;
        block0(3);
    }
    adaptive_max_pool2d(3, 1);
    block0(16);
    adaptive_avg_pool2d(1, width = 5);
    ({
        relu;
        tanh;
    }, _, _)
}
fn block0(n: usize) {
    adaptive_max_pool2d(3, 2);
}
);
impl Described for Random19 {
    const OPS: &'static [(super::reference::Op, &'static [usize])] = &[
        (Activation(Tanh), &[0]),
        (AdaptiveMaxPool2d(16, [6, 6], [3, 2]), &[1]),
        (AdaptiveMaxPool2d(16, [3, 2], [3, 5]), &[2]),
        (Conv2d(conv(16, 17, 1, window([[3, 5], [2, 4]], [[2, 2], [1, 1], [0, 0], [1, 1]]))), &[3]),
        (AdaptiveMaxPool2d(17, [2, 4], [3, 2]), &[4]),
        (Conv2d(conv(17, 6, 1, window([[3, 2], [2, 1]], [[2, 2], [1, 1], [0, 0], [1, 1]]))), &[5]),
        (AdaptiveMaxPool2d(6, [2, 1], [3, 2]), &[6]),
        (AdaptiveMaxPool2d(6, [3, 2], [3, 1]), &[7]),
        (AdaptiveMaxPool2d(6, [3, 1], [3, 2]), &[8]),
        (AdaptiveAvgPool2d(6, [3, 2], [1, 5]), &[9]),
        (Activation(Relu), &[10]),
        (Activation(Tanh), &[11]),
    ];
    const RESULTS: &'static [usize] = &[12, 10, 10];
}

network!(
pub(crate) fn Random20(image: Image<2, 6, 5>) -> Image<6, 2, 2> {
    let layer20 = conv2d(channels = 6, kernel_size = 4, padding = (1, 2));
    let layer21 = adaptive_avg_pool2d(4, width = 4);
    dropout(0.125);
    leaky_relu(0.25);
    for n in [2] {
        for n in [2] {
            block2(2);
            let x23;
        }
        add({
            add({
                local_response_norm(size = 3, beta = 0.5);
                relu6;
                sigmoid;
            }, {
                adaptive_avg_pool2d(height = 5, width = 3);
                hardsigmoid;
                conv2d(6, 1);
                adaptive_max_pool2d(2, 2);
            });
        }, {
            conv2d(6, 1);
            adaptive_max_pool2d(2, 2);
        }, {
            concat({
                relu;
            }, {
                adaptive_max_pool2d(4, 3);
                tanh;
                adaptive_avg_pool2d(2, 2);
            });
            conv2d(6, 1);
            adaptive_max_pool2d(2, 2);
        });
    }
    block3(4);
}
fn block2(n: usize) {
    conv2d(_.channels, kernel_size = 2, stride = 2, groups = _.channels, in_channels = _.channels);
}
fn block3(n: usize) {
    let x30;
    relu6;
}
);
impl Described for Random20 {
    const OPS: &'static [(super::reference::Op, &'static [usize])] = &[
        (Conv2d(conv(2, 6, 1, window([[6, 5], [5, 6]], [[4, 4], [1, 1], [1, 2], [1, 1]]))), &[0]),
        (AdaptiveAvgPool2d(6, [5, 6], [4, 4]), &[1]),
        (Dropout, &[2]),
        (Activation(LeakyRelu(0.25)), &[3]),
        (Conv2d(conv(6, 6, 6, window([[4, 4], [2, 2]], [[2, 2], [2, 2], [0, 0], [1, 1]]))), &[4]),
        (LocalResponseNorm([6, 4], 3, [0.0001, 0.5, 1.0]), &[5]),
        (Activation(Relu6), &[6]),
        (Activation(Sigmoid), &[7]),
        (AdaptiveAvgPool2d(6, [2, 2], [5, 3]), &[5]),
        (Activation(HardSigmoid), &[9]),
        (Conv2d(conv(6, 6, 1, window([[5, 3], [5, 3]], [[1, 1], [1, 1], [0, 0], [1, 1]]))), &[10]),
        (AdaptiveMaxPool2d(6, [5, 3], [2, 2]), &[11]),
        (Add, &[8, 12]),
        (Conv2d(conv(6, 6, 1, window([[2, 2], [2, 2]], [[1, 1], [1, 1], [0, 0], [1, 1]]))), &[5]),
        (AdaptiveMaxPool2d(6, [2, 2], [2, 2]), &[14]),
        (Activation(Relu), &[5]),
        (AdaptiveMaxPool2d(6, [2, 2], [4, 3]), &[5]),
        (Activation(Tanh), &[17]),
        (AdaptiveAvgPool2d(6, [4, 3], [2, 2]), &[18]),
        (Concat, &[16, 19]),
        (Conv2d(conv(12, 6, 1, window([[2, 2], [2, 2]], [[1, 1], [1, 1], [0, 0], [1, 1]]))), &[20]),
        (AdaptiveMaxPool2d(6, [2, 2], [2, 2]), &[21]),
        (Add, &[13, 15, 22]),
        (Activation(Relu6), &[23]),
    ];
    const RESULTS: &'static [usize] = &[24];
}

network!(
pub(crate) fn Random21(image: Image<18, 8, 5>) -> Image<6, 14, 5> {
    let layer1 = upsample((2, 1));
    let layer2 = conv2d(2, (4, 2), 3, 0, in_channels = _.channels);
    let layer6 = local_response_norm(4, k = 0.25);
    softmax;
    if _.channels > 4 {
        let layer8 = silu;
        let x9;
    } else {
        silu;
        let x10;
    }
    add({
        relu6;
        concat({
            leaky_relu(0.25);
            global_avg_pool2d;
            for n in [3, 4, 8] {
                conv2d(_.channels, (3, 4), padding = 2);
                local_response_norm(size = 5, alpha = 0.75);
            }
        }, {
            adaptive_avg_pool2d(7, 4);
        });
    }, {
        gelu;
        conv2d(4, 1);
        adaptive_max_pool2d(7, 4);
    });
    if _.channels > 4 {
        add({
            concat({
                avg_pool2d(3, padding = (0, 0), count_include_pad = false);
            }, {
                let layer11 = hardswish;
                adaptive_avg_pool2d(2, 1);
            });
        }, {
            conv2d(8, 1);
            adaptive_max_pool2d(2, 1);
        }, {
            conv2d(8, 1);
            adaptive_max_pool2d(2, 1);
        });
    } else {
        concat(_, {
            batch_norm2d(eps = 0.125);
            for n in [2] {
                relu6;
                adaptive_avg_pool2d(3, width = 5);
            }
            adaptive_avg_pool2d(7, 4);
        }, _);
        block1(16);
    }
}
fn block1(n: usize) {
    conv2d(6, kernel_size = 3);
    relu6;
    upsample(scale_factor = 3);
    conv2d(_.channels, (2, 2), groups = 3, in_channels = _.channels);
}
);
impl Described for Random21 {
    const OPS: &'static [(super::reference::Op, &'static [usize])] = &[
        (Upsample(18, [8, 5], [2, 1], Nearest, false), &[0]),
        (Conv2d(conv(18, 2, 1, window([[16, 5], [5, 2]], [[4, 2], [3, 3], [0, 0], [1, 1]]))), &[1]),
        (LocalResponseNorm([2, 10], 4, [0.0001, 0.75, 0.25]), &[2]),
        (Softmax([2, 10]), &[3]),
        (Activation(Silu), &[4]),
        (Activation(Relu6), &[5]),
        (Activation(LeakyRelu(0.25)), &[6]),
        (AdaptiveAvgPool2d(2, [5, 2], [1, 1]), &[7]),
        (Conv2d(conv(2, 2, 1, window([[1, 1], [3, 2]], [[3, 4], [1, 1], [2, 2], [1, 1]]))), &[8]),
        (LocalResponseNorm([2, 6], 5, [0.75, 0.75, 1.0]), &[9]),
        (Conv2d(conv(2, 2, 1, window([[3, 2], [5, 3]], [[3, 4], [1, 1], [2, 2], [1, 1]]))), &[10]),
        (LocalResponseNorm([2, 15], 5, [0.75, 0.75, 1.0]), &[11]),
        (Conv2d(conv(2, 2, 1, window([[5, 3], [7, 4]], [[3, 4], [1, 1], [2, 2], [1, 1]]))), &[12]),
        (LocalResponseNorm([2, 28], 5, [0.75, 0.75, 1.0]), &[13]),
        (AdaptiveAvgPool2d(2, [5, 2], [7, 4]), &[6]),
        (Concat, &[14, 15]),
        (Activation(Gelu), &[5]),
        (Conv2d(conv(2, 4, 1, window([[5, 2], [5, 2]], [[1, 1], [1, 1], [0, 0], [1, 1]]))), &[17]),
        (AdaptiveMaxPool2d(4, [5, 2], [7, 4]), &[18]),
        (Add, &[16, 19]),
        (BatchNorm2d([4, 28], [0.125, 0.1]), &[20]),
        (Activation(Relu6), &[21]),
        (AdaptiveAvgPool2d(4, [7, 4], [3, 5]), &[22]),
        (AdaptiveAvgPool2d(4, [3, 5], [7, 4]), &[23]),
        (Concat, &[20, 24, 20]),
        (Conv2d(conv(12, 6, 1, window([[7, 4], [5, 2]], [[3, 3], [1, 1], [0, 0], [1, 1]]))), &[25]),
        (Activation(Relu6), &[26]),
        (Upsample(6, [5, 2], [3, 3], Nearest, false), &[27]),
        (Conv2d(conv(6, 6, 3, window([[15, 6], [14, 5]], [[2, 2], [1, 1], [0, 0], [1, 1]]))), &[28]),
    ];
    const RESULTS: &'static [usize] = &[29];
}

network!(
pub(crate) fn Random22(image: Image<4, 6, 4>) -> Vector<16> {
    block0(4);
    conv_transpose2d(_.channels, 3);
    gelu;
    let x1;
    batch_norm2d;
    if _.channels > 4 {
        conv2d(4, kernel_size = 3);
    } else {
        concat({
            let layer2 = flatten;
            add({
                let layer3 = hardswish;
            }, {
                sigmoid;
            }, {
                flatten;
                linear(64);
            });
            concat(_, {
                flatten;
                linear(64);
            });
        }, {
            conv_transpose2d(channels = _.channels, kernel_size = 3, stride = 1, padding = (0, 2), dilation = (1, 3));
            flatten;
            linear(128);
        });
        for n in [6] {
            if n % 2 == 0 {
                linear(16);
                relu;
            } else {
                hardsigmoid;
                leaky_relu(1.0);
            }
            add({
                leaky_relu(0.25);
            }, {
                hardsigmoid;
            }, _);
            let x5;
        }
    }
}
fn block0(n: usize) {
    conv2d(_.channels, 3, padding = 2, bias = false);
    avg_pool2d(kernel_size = 3, count_include_pad = true);
}
);
impl Described for Random22 {
    const OPS: &'static [(super::reference::Op, &'static [usize])] = &[
        (Conv2d(conv(4, 4, 1, window([[6, 4], [8, 6]], [[3, 3], [1, 1], [2, 2], [1, 1]]))), &[0]),
        (AvgPool2d(4, window([[8, 6], [2, 2]], [[3, 3], [3, 3], [0, 0], [1, 1]]), true), &[1]),
        (ConvTranspose2d(conv(4, 4, 1, window([[4, 4], [2, 2]], [[3, 3], [1, 1], [0, 0], [1, 1]]))), &[2]),
        (Activation(Gelu), &[3]),
        (BatchNorm2d([4, 16], [1e-5, 0.1]), &[4]),
        (Flatten, &[5]),
        (Activation(HardSwish), &[6]),
        (Activation(Sigmoid), &[6]),
        (Flatten, &[6]),
        (Linear([64, 64]), &[9]),
        (Add, &[7, 8, 10]),
        (Flatten, &[11]),
        (Linear([64, 64]), &[12]),
        (Concat, &[11, 13]),
        (ConvTranspose2d(conv(4, 4, 1, window([[6, 6], [4, 4]], [[3, 3], [1, 1], [0, 2], [1, 3]]))), &[5]),
        (Flatten, &[15]),
        (Linear([144, 128]), &[16]),
        (Concat, &[14, 17]),
        (Linear([256, 16]), &[18]),
        (Activation(Relu), &[19]),
        (Activation(LeakyRelu(0.25)), &[20]),
        (Activation(HardSigmoid), &[20]),
        (Add, &[21, 22, 20]),
    ];
    const RESULTS: &'static [usize] = &[23];
}

network!(
pub(crate) fn Random23(image: Image<1, 7, 9>) -> Image<6, 2, 2> {
    max_pool2d((5, 1), stride = 2);
    concat(_, {
        adaptive_avg_pool2d(2, 5);
    }, {
        adaptive_avg_pool2d(2, 5);
    });
    tanh;
    let layer10 = dropout(0.125);
    concat({
        concat(_, _);
        let x11;
    }, {
        dropout(0.5);
        silu;
    }, {
        add(_, {
            tanh;
            let layer13 = adaptive_avg_pool2d(height = 1, width = 5);
            conv2d(3, 1);
            adaptive_max_pool2d(2, 5);
        });
    });
    concat(image, {
        adaptive_avg_pool2d(7, 9);
    });
    block4(6);
}
fn block4(n: usize) {
    conv2d(channels = n, kernel_size = 3, padding = (0, 0), in_channels = _.channels);
    let x16;
    conv2d(_.channels, 3, stride = (3, 3), padding = (1, 0));
}
);
impl Described for Random23 {
    const OPS: &'static [(super::reference::Op, &'static [usize])] = &[
        (MaxPool2d(1, window([[7, 9], [2, 5]], [[5, 1], [2, 2], [0, 0], [1, 1]])), &[0]),
        (AdaptiveAvgPool2d(1, [2, 5], [2, 5]), &[1]),
        (AdaptiveAvgPool2d(1, [2, 5], [2, 5]), &[1]),
        (Concat, &[1, 2, 3]),
        (Activation(Tanh), &[4]),
        (Dropout, &[5]),
        (Concat, &[6, 6]),
        (Dropout, &[6]),
        (Activation(Silu), &[8]),
        (Activation(Tanh), &[6]),
        (AdaptiveAvgPool2d(3, [2, 5], [1, 5]), &[10]),
        (Conv2d(conv(3, 3, 1, window([[1, 5], [1, 5]], [[1, 1], [1, 1], [0, 0], [1, 1]]))), &[11]),
        (AdaptiveMaxPool2d(3, [1, 5], [2, 5]), &[12]),
        (Add, &[6, 13]),
        (Concat, &[7, 9, 14]),
        (AdaptiveAvgPool2d(12, [2, 5], [7, 9]), &[15]),
        (Concat, &[0, 16]),
        (Conv2d(conv(13, 6, 1, window([[7, 9], [5, 7]], [[3, 3], [1, 1], [0, 0], [1, 1]]))), &[17]),
        (Conv2d(conv(6, 6, 1, window([[5, 7], [2, 2]], [[3, 3], [3, 3], [1, 0], [1, 1]]))), &[18]),
    ];
    const RESULTS: &'static [usize] = &[19];
}

network!(
pub(crate) fn Random24(image: Image<1, 5, 4>) -> (Image<3, 1, 4>, Image<3, 1, 4>, Image<1, 5, 4>) {
    conv_transpose2d(channels = 8, kernel_size = 3, stride = 3, bias = true);
    dropout(p = 0.125);
    add({
        add({
            add({
                conv2d(channels = 4, kernel_size = 3, stride = (2, 1), padding = 0, in_channels = _.channels);
                adaptive_max_pool2d(4, 4);
            }, {
                conv2d(4, 1);
                adaptive_max_pool2d(4, 4);
            });
            for n in [4] {
                conv2d(n, (4, 4), stride = 2, groups = n, in_channels = _.channels);
                avg_pool2d(1);
                conv2d(1, 3, padding = 2, dilation = 1, in_channels = _.channels);
            }
            let x1;
        }, {
            conv2d(1, 1);
            adaptive_max_pool2d(3, 3);
        }, {
            conv2d(1, 1);
            adaptive_max_pool2d(3, 3);
        });
        let layer2 = adaptive_max_pool2d(1, 4);
        conv2d(channels = 3, kernel_size = 5, padding = 2);
    }, {
        let layer3 = conv2d(16, 3, groups = 8, in_channels = _.channels);
        hardsigmoid;
        conv2d(3, 1);
        adaptive_max_pool2d(1, 4);
    });
    (_, _, image)
}
);
impl Described for Random24 {
    const OPS: &'static [(super::reference::Op, &'static [usize])] = &[
        (ConvTranspose2d(conv(8, 1, 1, window([[15, 12], [5, 4]], [[3, 3], [3, 3], [0, 0], [1, 1]]))), &[0]),
        (Dropout, &[1]),
        (Conv2d(conv(8, 4, 1, window([[15, 12], [7, 10]], [[3, 3], [2, 1], [0, 0], [1, 1]]))), &[2]),
        (AdaptiveMaxPool2d(4, [7, 10], [4, 4]), &[3]),
        (Conv2d(conv(8, 4, 1, window([[15, 12], [15, 12]], [[1, 1], [1, 1], [0, 0], [1, 1]]))), &[2]),
        (AdaptiveMaxPool2d(4, [15, 12], [4, 4]), &[5]),
        (Add, &[4, 6]),
        (Conv2d(conv(4, 4, 4, window([[4, 4], [1, 1]], [[4, 4], [2, 2], [0, 0], [1, 1]]))), &[7]),
        (AvgPool2d(4, window([[1, 1], [1, 1]], [[1, 1], [1, 1], [0, 0], [1, 1]]), true), &[8]),
        (Conv2d(conv(4, 1, 1, window([[1, 1], [3, 3]], [[3, 3], [1, 1], [2, 2], [1, 1]]))), &[9]),
        (Conv2d(conv(8, 1, 1, window([[15, 12], [15, 12]], [[1, 1], [1, 1], [0, 0], [1, 1]]))), &[2]),
        (AdaptiveMaxPool2d(1, [15, 12], [3, 3]), &[11]),
        (Conv2d(conv(8, 1, 1, window([[15, 12], [15, 12]], [[1, 1], [1, 1], [0, 0], [1, 1]]))), &[2]),
        (AdaptiveMaxPool2d(1, [15, 12], [3, 3]), &[13]),
        (Add, &[10, 12, 14]),
        (AdaptiveMaxPool2d(1, [3, 3], [1, 4]), &[15]),
        (Conv2d(conv(1, 3, 1, window([[1, 4], [1, 4]], [[5, 5], [1, 1], [2, 2], [1, 1]]))), &[16]),
        (Conv2d(conv(8, 16, 8, window([[15, 12], [13, 10]], [[3, 3], [1, 1], [0, 0], [1, 1]]))), &[2]),
        (Activation(HardSigmoid), &[18]),
        (Conv2d(conv(16, 3, 1, window([[13, 10], [13, 10]], [[1, 1], [1, 1], [0, 0], [1, 1]]))), &[19]),
        (AdaptiveMaxPool2d(3, [13, 10], [1, 4]), &[20]),
        (Add, &[17, 21]),
    ];
    const RESULTS: &'static [usize] = &[22, 22, 0];
}

network!(
pub(crate) fn Random25(image: Image<4, 8, 5>) -> Image<17, 6, 3> {
    add({
        add({
            relu6;
            let x1;
        }, image, {
            dropout(p = 0.5);
        });
        concat(image, {
            conv2d(channels = 2, kernel_size = 1, stride = 2, padding = 1, dilation = (2, 3), bias = true);
            conv2d(_.channels, kernel_size = 3, padding = (0, 1));
            concat(_, _, {
                adaptive_avg_pool2d(3, 4);
            });
            adaptive_avg_pool2d(8, 5);
        });
    }, {
        conv2d(10, 1);
        adaptive_max_pool2d(8, 5);
    });
    concat(_, {
        block0(4);
        adaptive_avg_pool2d(8, 5);
    }, image);
    conv2d(channels = 17, kernel_size = 3, bias = true);
    let layer3 = silu;
}
fn block0(n: usize) {
    concat({
        conv2d(8, 3, (2, 1), bias = false, in_channels = _.channels);
    }, {
        adaptive_avg_pool2d(3, 3);
    }, {
        relu6;
        hardswish;
        dropout(0.5);
        adaptive_avg_pool2d(3, 3);
    });
}
);
impl Described for Random25 {
    const OPS: &'static [(super::reference::Op, &'static [usize])] = &[
        (Activation(Relu6), &[0]),
        (Dropout, &[0]),
        (Add, &[1, 0, 2]),
        (Conv2d(conv(4, 2, 1, window([[8, 5], [5, 4]], [[1, 1], [2, 2], [1, 1], [2, 3]]))), &[3]),
        (Conv2d(conv(2, 2, 1, window([[5, 4], [3, 4]], [[3, 3], [1, 1], [0, 1], [1, 1]]))), &[4]),
        (AdaptiveAvgPool2d(2, [3, 4], [3, 4]), &[5]),
        (Concat, &[5, 5, 6]),
        (AdaptiveAvgPool2d(6, [3, 4], [8, 5]), &[7]),
        (Concat, &[0, 8]),
        (Conv2d(conv(4, 10, 1, window([[8, 5], [8, 5]], [[1, 1], [1, 1], [0, 0], [1, 1]]))), &[0]),
        (AdaptiveMaxPool2d(10, [8, 5], [8, 5]), &[10]),
        (Add, &[9, 11]),
        (Conv2d(conv(10, 8, 1, window([[8, 5], [3, 3]], [[3, 3], [2, 1], [0, 0], [1, 1]]))), &[12]),
        (AdaptiveAvgPool2d(10, [8, 5], [3, 3]), &[12]),
        (Activation(Relu6), &[12]),
        (Activation(HardSwish), &[15]),
        (Dropout, &[16]),
        (AdaptiveAvgPool2d(10, [8, 5], [3, 3]), &[17]),
        (Concat, &[13, 14, 18]),
        (AdaptiveAvgPool2d(28, [3, 3], [8, 5]), &[19]),
        (Concat, &[12, 20, 0]),
        (Conv2d(conv(42, 17, 1, window([[8, 5], [6, 3]], [[3, 3], [1, 1], [0, 0], [1, 1]]))), &[21]),
        (Activation(Silu), &[22]),
    ];
    const RESULTS: &'static [usize] = &[23];
}

network!(
pub(crate) fn Random26(image: Image<4, 9, 8>) -> Image<4, 6, 5> {
    let layer1 = hardswish;
    for n in [4, 8, 3] {
        conv2d(n, kernel_size = (2, 2));
    }
    conv2d(4, 3, padding = (1, 1));
    gelu;
}
);
impl Described for Random26 {
    const OPS: &'static [(super::reference::Op, &'static [usize])] = &[
        (Activation(HardSwish), &[0]),
        (Conv2d(conv(4, 4, 1, window([[9, 8], [8, 7]], [[2, 2], [1, 1], [0, 0], [1, 1]]))), &[1]),
        (Conv2d(conv(4, 8, 1, window([[8, 7], [7, 6]], [[2, 2], [1, 1], [0, 0], [1, 1]]))), &[2]),
        (Conv2d(conv(8, 3, 1, window([[7, 6], [6, 5]], [[2, 2], [1, 1], [0, 0], [1, 1]]))), &[3]),
        (Conv2d(conv(3, 4, 1, window([[6, 5], [6, 5]], [[3, 3], [1, 1], [1, 1], [1, 1]]))), &[4]),
        (Activation(Gelu), &[5]),
    ];
    const RESULTS: &'static [usize] = &[6];
}

network!(
pub(crate) fn Random27(image: Image<1, 5, 8>) -> Vector<51> {
    relu;
    silu;
    conv2d(channels = 1, kernel_size = 3, groups = _.channels, in_channels = _.channels);
    add({
        conv2d(17, 2, (3, 2), dilation = 1);
    }, {
        conv2d(17, 1);
        adaptive_max_pool2d(1, 3);
    });
    add(_, {
    }, {
        relu6;
        add(_, {
            conv2d(17, 1);
            adaptive_max_pool2d(1, 3);
        });
    });
    block0(3);
    let layer10 = dropout(0.5);
    block0(2);
}
fn block0(n: usize) {
    flatten;
    sigmoid;
    let x9;
}
);
impl Described for Random27 {
    const OPS: &'static [(super::reference::Op, &'static [usize])] = &[
        (Activation(Relu), &[0]),
        (Activation(Silu), &[1]),
        (Conv2d(conv(1, 1, 1, window([[5, 8], [3, 6]], [[3, 3], [1, 1], [0, 0], [1, 1]]))), &[2]),
        (Conv2d(conv(1, 17, 1, window([[3, 6], [1, 3]], [[2, 2], [3, 2], [0, 0], [1, 1]]))), &[3]),
        (Conv2d(conv(1, 17, 1, window([[3, 6], [3, 6]], [[1, 1], [1, 1], [0, 0], [1, 1]]))), &[3]),
        (AdaptiveMaxPool2d(17, [3, 6], [1, 3]), &[5]),
        (Add, &[4, 6]),
        (Activation(Relu6), &[7]),
        (Conv2d(conv(17, 17, 1, window([[1, 3], [1, 3]], [[1, 1], [1, 1], [0, 0], [1, 1]]))), &[8]),
        (AdaptiveMaxPool2d(17, [1, 3], [1, 3]), &[9]),
        (Add, &[8, 10]),
        (Add, &[7, 7, 11]),
        (Flatten, &[12]),
        (Activation(Sigmoid), &[13]),
        (Dropout, &[14]),
        (Flatten, &[15]),
        (Activation(Sigmoid), &[16]),
    ];
    const RESULTS: &'static [usize] = &[17];
}

pub(crate) fn all(check: &mut impl Check) {
    check.of::<Random0>();
    check.of::<Random1>();
    check.of::<Random2>();
    check.of::<Random3>();
    check.of::<Random4>();
    check.of::<Random5>();
    check.of::<Random6>();
    check.of::<Random7>();
    check.of::<Random8>();
    check.of::<Random9>();
    check.of::<Random10>();
    check.of::<Random11>();
    check.of::<Random12>();
    check.of::<Random13>();
    check.of::<Random14>();
    check.of::<Random15>();
    check.of::<Random16>();
    check.of::<Random17>();
    check.of::<Random18>();
    check.of::<Random19>();
    check.of::<Random20>();
    check.of::<Random21>();
    check.of::<Random22>();
    check.of::<Random23>();
    check.of::<Random24>();
    check.of::<Random25>();
    check.of::<Random26>();
    check.of::<Random27>();
}
