//! Single layers and losses; `layers.py` wrote this file.

use super::layers::{cases, check, check_cross_entropy, check_squares};
use crate::fixture::Fixture;
use cnn::prelude::*;

// A case is (images, channels, rows, columns) -> (output) { layer }.
cases! {
    conv2d {
        Conv2D0(2, 4, 7, 9) -> (Image<6, 7, 9>) { let layer = conv2d(channels = 6, kernel_size = 1, stride = 1, padding = 0, dilation = 1); }
        Conv2D1(2, 4, 7, 9) -> (Image<6, 9, 11>) { let layer = conv2d(channels = 6, kernel_size = 1, stride = 1, padding = 1, dilation = 2); }
        Conv2D2(2, 4, 7, 9) -> (Image<6, 11, 9>) { let layer = conv2d(channels = 6, kernel_size = 1, stride = 1, padding = (2, 0), dilation = (2, 1)); }
        Conv2D3(2, 4, 7, 9) -> (Image<6, 4, 5>) { let layer = conv2d(channels = 6, kernel_size = 1, stride = 2, padding = 0, dilation = 2); }
        Conv2D4(2, 4, 7, 9) -> (Image<6, 9, 10>) { let layer = conv2d(channels = 6, kernel_size = 1, stride = 2, padding = 5, dilation = 1); }
        Conv2D5(2, 4, 7, 9) -> (Image<6, 7, 3>) { let layer = conv2d(channels = 6, kernel_size = 1, stride = (1, 3), padding = 0, dilation = (2, 1)); }
        Conv2D6(2, 4, 7, 9) -> (Image<6, 3, 3>) { let layer = conv2d(channels = 6, kernel_size = 1, stride = 4, padding = 1, dilation = 1); }
        Conv2D7(2, 4, 7, 9) -> (Image<6, 7, 10>) { let layer = conv2d(channels = 6, kernel_size = 2, stride = 1, padding = 1, dilation = (2, 1)); }
        Conv2D8(2, 4, 7, 9) -> (Image<6, 10, 8>) { let layer = conv2d(channels = 6, kernel_size = 2, stride = 1, padding = (2, 0), dilation = 1); }
        Conv2D9(2, 4, 7, 9) -> (Image<6, 15, 17>) { let layer = conv2d(channels = 6, kernel_size = 2, stride = 1, padding = 5, dilation = 2); }
        Conv2D10(2, 4, 7, 9) -> (Image<6, 3, 4>) { let layer = conv2d(channels = 6, kernel_size = 2, stride = 2, padding = 0, dilation = (2, 1)); }
        Conv2D11(2, 4, 7, 9) -> (Image<6, 8, 4>) { let layer = conv2d(channels = 6, kernel_size = 2, stride = (1, 3), padding = 1, dilation = 1); }
        Conv2D12(2, 4, 7, 9) -> (Image<6, 9, 3>) { let layer = conv2d(channels = 6, kernel_size = 2, stride = (1, 3), padding = (2, 0), dilation = 2); }
        Conv2D13(2, 4, 7, 9) -> (Image<6, 2, 2>) { let layer = conv2d(channels = 6, kernel_size = 2, stride = 4, padding = 0, dilation = 2); }
        Conv2D14(2, 4, 7, 9) -> (Image<6, 4, 5>) { let layer = conv2d(channels = 6, kernel_size = 2, stride = 4, padding = 5, dilation = (2, 1)); }
        Conv2D15(2, 4, 7, 9) -> (Image<6, 5, 7>) { let layer = conv2d(channels = 6, kernel_size = 3, stride = 1, padding = 0, dilation = 1); }
        Conv2D16(2, 4, 7, 9) -> (Image<6, 4, 5>) { let layer = conv2d(channels = 6, kernel_size = 3, stride = 2, padding = 1, dilation = 1); }
        Conv2D17(2, 4, 7, 9) -> (Image<6, 4, 3>) { let layer = conv2d(channels = 6, kernel_size = 3, stride = 2, padding = (2, 0), dilation = 2); }
        Conv2D18(2, 4, 7, 9) -> (Image<6, 15, 6>) { let layer = conv2d(channels = 6, kernel_size = 3, stride = (1, 3), padding = 5, dilation = 1); }
        Conv2D19(2, 4, 7, 9) -> (Image<6, 2, 2>) { let layer = conv2d(channels = 6, kernel_size = 3, stride = 4, padding = (2, 0), dilation = (2, 1)); }
        Conv2D20(2, 4, 7, 9) -> (Image<6, 4, 9>) { let layer = conv2d(channels = 6, kernel_size = (4, 1), stride = 1, padding = 0, dilation = 1); }
        Conv2D21(2, 4, 7, 9) -> (Image<6, 2, 6>) { let layer = conv2d(channels = 6, kernel_size = (4, 1), stride = 2, padding = 1, dilation = 2); }
        Conv2D22(2, 4, 7, 9) -> (Image<6, 5, 3>) { let layer = conv2d(channels = 6, kernel_size = (4, 1), stride = (1, 3), padding = (2, 0), dilation = (2, 1)); }
        Conv2D23(2, 4, 7, 9) -> (Image<6, 6, 5>) { let layer = conv2d(channels = 6, kernel_size = (2, 5), stride = 1, padding = 0, dilation = 1); }
        Conv2D24(2, 4, 7, 9) -> (Image<6, 4, 2>) { let layer = conv2d(channels = 6, kernel_size = (2, 5), stride = 2, padding = 1, dilation = 2); }
        Conv2D25(2, 4, 7, 9) -> (Image<6, 9, 2>) { let layer = conv2d(channels = 6, kernel_size = (2, 5), stride = (1, 3), padding = (2, 0), dilation = (2, 1)); }
        Conv2D26(1, 3, 5, 5) -> (Image<5, 3, 3>) { let layer = conv2d(channels = 5, kernel_size = 3, bias = false); }
        Conv2D27(2, 4, 7, 9) -> (Image<6, 7, 9>) { let layer = conv2d(channels = 6, kernel_size = 3, padding = 1, groups = 2); }
        Conv2D28(2, 4, 7, 9) -> (Image<8, 7, 9>) { let layer = conv2d(channels = 8, kernel_size = 1, groups = 4); }
        Conv2D29(2, 4, 7, 9) -> (Image<6, 3, 9>) { let layer = conv2d(channels = 6, kernel_size = (2, 3), stride = (3, 1), padding = (1, 2), dilation = (1, 2), groups = 2); }
        Conv2D30(2, 4, 7, 9) -> (Image<4, 7, 9>) { let layer = conv2d(channels = 4, kernel_size = 3, padding = 1, groups = 4); }
        Conv2D31(2, 4, 7, 9) -> (Image<4, 4, 5>) { let layer = conv2d(channels = 4, kernel_size = 3, stride = 2, padding = 1, groups = 4, bias = false); }
        Conv2D32(2, 4, 7, 9) -> (Image<4, 10, 9>) { let layer = conv2d(channels = 4, kernel_size = (2, 4), padding = 3, dilation = (3, 2), groups = 4); }
        Conv2D33(2, 4, 7, 9) -> (Image<8, 7, 5>) { let layer = conv2d(channels = 8, kernel_size = 5, stride = (1, 2), padding = 2, groups = 4); }
        Conv2D34(3, 19, 5, 6) -> (Image<19, 5, 6>) { let layer = conv2d(channels = 19, kernel_size = 3, padding = 1, groups = 19); }
        Conv2D35(3, 4, 1, 1) -> (Image<5, 1, 1>) { let layer = conv2d(channels = 5, kernel_size = 1); }
        Conv2D36(3, 4, 1, 1) -> (Image<5, 1, 1>) { let layer = conv2d(channels = 5, kernel_size = 3, padding = 1); }
        Conv2D37(3, 4, 1, 1) -> (Image<4, 2, 2>) { let layer = conv2d(channels = 4, kernel_size = 5, stride = 2, padding = 3, groups = 4); }
        Conv2D38(2, 3, 1, 12) -> (Image<3, 1, 5>) { let layer = conv2d(channels = 3, kernel_size = (1, 4), stride = (1, 2)); }
        Conv2D39(2, 3, 12, 1) -> (Image<3, 3, 1>) { let layer = conv2d(channels = 3, kernel_size = (4, 1), dilation = (3, 1)); }
        Conv2D40(2, 4, 7, 9) -> (Image<3, 1, 1>) { let layer = conv2d(channels = 3, kernel_size = (7, 9)); }
        Conv2D41(2, 1, 11, 10) -> (Image<6, 11, 10>) { let layer = conv2d(channels = 6, kernel_size = 5, padding = 2); }
        Conv2D42(1, 3, 15, 17) -> (Image<16, 8, 9>) { let layer = conv2d(channels = 16, kernel_size = 7, stride = 2, padding = 3); }
        Conv2D43(1, 3, 23, 19) -> (Image<8, 4, 3>) { let layer = conv2d(channels = 8, kernel_size = 11, stride = 4, padding = 1); }
        Conv2D44(2, 16, 14, 14) -> (Image<32, 14, 14>) { let layer = conv2d(channels = 32, kernel_size = 3, padding = 1); }
        Conv2D45(2, 17, 12, 13) -> (Image<33, 5, 6>) { let layer = conv2d(channels = 33, kernel_size = 3, stride = 2); }
        Conv2D46(5, 48, 7, 7) -> (Image<31, 7, 7>) { let layer = conv2d(channels = 31, kernel_size = 1); }
        Conv2D47(1, 16, 28, 28) -> (Image<16, 28, 28>) { let layer = conv2d(channels = 16, kernel_size = 5, padding = 2); }
        Conv2D48(1, 64, 28, 28) -> (Image<64, 28, 28>) { let layer = conv2d(channels = 64, kernel_size = 3, padding = 1); }
    }
    conv_transpose2d {
        ConvTranspose2D0(2, 4, 7, 9) -> (Image<6, 7, 9>) { let layer = conv_transpose2d(channels = 6, kernel_size = 1, stride = 1, padding = 0, dilation = 1); }
        ConvTranspose2D1(2, 4, 7, 9) -> (Image<6, 5, 7>) { let layer = conv_transpose2d(channels = 6, kernel_size = 1, stride = 1, padding = 1, dilation = 2); }
        ConvTranspose2D2(2, 4, 7, 9) -> (Image<6, 3, 9>) { let layer = conv_transpose2d(channels = 6, kernel_size = 1, stride = 1, padding = (2, 0), dilation = (2, 1)); }
        ConvTranspose2D3(2, 4, 7, 9) -> (Image<6, 13, 17>) { let layer = conv_transpose2d(channels = 6, kernel_size = 1, stride = 2, padding = 0, dilation = 2); }
        ConvTranspose2D4(2, 4, 7, 9) -> (Image<6, 3, 7>) { let layer = conv_transpose2d(channels = 6, kernel_size = 1, stride = 2, padding = 5, dilation = 1); }
        ConvTranspose2D5(2, 4, 7, 9) -> (Image<6, 7, 25>) { let layer = conv_transpose2d(channels = 6, kernel_size = 1, stride = (1, 3), padding = 0, dilation = (2, 1)); }
        ConvTranspose2D6(2, 4, 7, 9) -> (Image<6, 23, 31>) { let layer = conv_transpose2d(channels = 6, kernel_size = 1, stride = 4, padding = 1, dilation = 1); }
        ConvTranspose2D7(2, 4, 7, 9) -> (Image<6, 7, 8>) { let layer = conv_transpose2d(channels = 6, kernel_size = 2, stride = 1, padding = 1, dilation = (2, 1)); }
        ConvTranspose2D8(2, 4, 7, 9) -> (Image<6, 4, 10>) { let layer = conv_transpose2d(channels = 6, kernel_size = 2, stride = 1, padding = (2, 0), dilation = 1); }
        ConvTranspose2D9(2, 4, 7, 9) -> (Image<6, 15, 18>) { let layer = conv_transpose2d(channels = 6, kernel_size = 2, stride = 2, padding = 0, dilation = (2, 1)); }
        ConvTranspose2D10(2, 4, 7, 9) -> (Image<6, 6, 24>) { let layer = conv_transpose2d(channels = 6, kernel_size = 2, stride = (1, 3), padding = 1, dilation = 1); }
        ConvTranspose2D11(2, 4, 7, 9) -> (Image<6, 5, 27>) { let layer = conv_transpose2d(channels = 6, kernel_size = 2, stride = (1, 3), padding = (2, 0), dilation = 2); }
        ConvTranspose2D12(2, 4, 7, 9) -> (Image<6, 27, 35>) { let layer = conv_transpose2d(channels = 6, kernel_size = 2, stride = 4, padding = 0, dilation = 2); }
        ConvTranspose2D13(2, 4, 7, 9) -> (Image<6, 17, 24>) { let layer = conv_transpose2d(channels = 6, kernel_size = 2, stride = 4, padding = 5, dilation = (2, 1)); }
        ConvTranspose2D14(2, 4, 7, 9) -> (Image<6, 9, 11>) { let layer = conv_transpose2d(channels = 6, kernel_size = 3, stride = 1, padding = 0, dilation = 1); }
        ConvTranspose2D15(2, 4, 7, 9) -> (Image<6, 13, 17>) { let layer = conv_transpose2d(channels = 6, kernel_size = 3, stride = 2, padding = 1, dilation = 1); }
        ConvTranspose2D16(2, 4, 7, 9) -> (Image<6, 13, 21>) { let layer = conv_transpose2d(channels = 6, kernel_size = 3, stride = 2, padding = (2, 0), dilation = 2); }
        ConvTranspose2D17(2, 4, 7, 9) -> (Image<6, 25, 35>) { let layer = conv_transpose2d(channels = 6, kernel_size = 3, stride = 4, padding = (2, 0), dilation = (2, 1)); }
        ConvTranspose2D18(2, 4, 7, 9) -> (Image<6, 10, 9>) { let layer = conv_transpose2d(channels = 6, kernel_size = (4, 1), stride = 1, padding = 0, dilation = 1); }
        ConvTranspose2D19(2, 4, 7, 9) -> (Image<6, 17, 15>) { let layer = conv_transpose2d(channels = 6, kernel_size = (4, 1), stride = 2, padding = 1, dilation = 2); }
        ConvTranspose2D20(2, 4, 7, 9) -> (Image<6, 9, 25>) { let layer = conv_transpose2d(channels = 6, kernel_size = (4, 1), stride = (1, 3), padding = (2, 0), dilation = (2, 1)); }
        ConvTranspose2D21(2, 4, 7, 9) -> (Image<6, 8, 13>) { let layer = conv_transpose2d(channels = 6, kernel_size = (2, 5), stride = 1, padding = 0, dilation = 1); }
        ConvTranspose2D22(2, 4, 7, 9) -> (Image<6, 13, 23>) { let layer = conv_transpose2d(channels = 6, kernel_size = (2, 5), stride = 2, padding = 1, dilation = 2); }
        ConvTranspose2D23(2, 4, 7, 9) -> (Image<6, 5, 29>) { let layer = conv_transpose2d(channels = 6, kernel_size = (2, 5), stride = (1, 3), padding = (2, 0), dilation = (2, 1)); }
        ConvTranspose2D24(2, 4, 7, 9) -> (Image<3, 14, 18>) { let layer = conv_transpose2d(channels = 3, kernel_size = 2, stride = 2); }
        ConvTranspose2D25(2, 4, 7, 9) -> (Image<3, 14, 18>) { let layer = conv_transpose2d(channels = 3, kernel_size = 3, stride = 2, padding = 1, output_padding = 1); }
        ConvTranspose2D26(2, 4, 7, 9) -> (Image<3, 8, 27>) { let layer = conv_transpose2d(channels = 3, kernel_size = (2, 3), stride = (1, 3), padding = (0, 1), output_padding = (0, 2), bias = false); }
        ConvTranspose2D27(2, 4, 7, 9) -> (Image<6, 16, 11>) { let layer = conv_transpose2d(channels = 6, kernel_size = 3, stride = (2, 1), output_padding = (1, 0), groups = 2); }
        ConvTranspose2D28(2, 4, 7, 9) -> (Image<4, 15, 17>) { let layer = conv_transpose2d(channels = 4, kernel_size = 3, dilation = 3, output_padding = 2, groups = 4); }
        ConvTranspose2D29(2, 4, 7, 9) -> (Image<8, 14, 18>) { let layer = conv_transpose2d(channels = 8, kernel_size = 4, stride = 2, padding = 1, groups = 4); }
        ConvTranspose2D30(3, 4, 1, 1) -> (Image<3, 2, 2>) { let layer = conv_transpose2d(channels = 3, kernel_size = 2, stride = 5); }
        ConvTranspose2D31(3, 4, 1, 1) -> (Image<3, 1, 1>) { let layer = conv_transpose2d(channels = 3, kernel_size = 1); }
        ConvTranspose2D32(3, 4, 1, 1) -> (Image<3, 1, 1>) { let layer = conv_transpose2d(channels = 3, kernel_size = 5, padding = 2); }
        ConvTranspose2D33(2, 3, 1, 6) -> (Image<3, 1, 14>) { let layer = conv_transpose2d(channels = 3, kernel_size = (1, 4), stride = 2); }
        ConvTranspose2D34(1, 33, 9, 8) -> (Image<17, 18, 16>) { let layer = conv_transpose2d(channels = 17, kernel_size = 2, stride = 2); }
    }
    linear {
        Linear0(1, 5, 1, 1) -> (Vector<7>) { flatten; let layer = linear(features = 7); }
        Linear1(3, 1, 1, 1) -> (Vector<1>) { flatten; let layer = linear(features = 1); }
        Linear2(4, 17, 1, 1) -> (Vector<33>) { flatten; let layer = linear(features = 33, bias = false); }
        Linear3(19, 84, 1, 1) -> (Vector<10>) { flatten; let layer = linear(features = 10); }
        Linear4(2, 400, 1, 1) -> (Vector<120>) { flatten; let layer = linear(features = 120); }
        Linear5(16, 64, 1, 1) -> (Vector<16>) { flatten; let layer = linear(features = 16); }
    }
    max_pool2d {
        MaxPool2D0(2, 3, 7, 9) -> (Image<3, 3, 4>) { let layer = max_pool2d(kernel_size = 2); }
        MaxPool2D1(2, 3, 7, 9) -> (Image<3, 2, 3>) { let layer = max_pool2d(kernel_size = 3); }
        MaxPool2D2(2, 3, 7, 9) -> (Image<3, 7, 9>) { let layer = max_pool2d(kernel_size = 1); }
        MaxPool2D3(2, 3, 7, 9) -> (Image<3, 3, 3>) { let layer = max_pool2d(kernel_size = 1, stride = 3); }
        MaxPool2D4(2, 3, 7, 9) -> (Image<3, 2, 2>) { let layer = max_pool2d(kernel_size = 2, stride = 4); }
        MaxPool2D5(2, 3, 7, 9) -> (Image<3, 7, 9>) { let layer = max_pool2d(kernel_size = 3, stride = 1, padding = 1); }
        MaxPool2D6(2, 3, 7, 9) -> (Image<3, 4, 5>) { let layer = max_pool2d(kernel_size = 3, stride = 2, padding = 1); }
        MaxPool2D7(2, 3, 7, 9) -> (Image<3, 8, 10>) { let layer = max_pool2d(kernel_size = 2, stride = 1, padding = 1); }
        MaxPool2D8(2, 3, 7, 9) -> (Image<3, 3, 3>) { let layer = max_pool2d(kernel_size = (2, 3)); }
        MaxPool2D9(2, 3, 7, 9) -> (Image<3, 7, 5>) { let layer = max_pool2d(kernel_size = (3, 1), stride = (1, 2), padding = (1, 0)); }
        MaxPool2D10(2, 3, 7, 9) -> (Image<3, 2, 10>) { let layer = max_pool2d(kernel_size = (1, 4), stride = (5, 1), padding = (0, 2)); }
        MaxPool2D11(2, 3, 7, 9) -> (Image<3, 4, 5>) { let layer = max_pool2d(kernel_size = 2, ceil_mode = true); }
        MaxPool2D12(2, 3, 7, 9) -> (Image<3, 3, 4>) { let layer = max_pool2d(kernel_size = 3, stride = 2, ceil_mode = true); }
        MaxPool2D13(2, 3, 7, 9) -> (Image<3, 2, 3>) { let layer = max_pool2d(kernel_size = (3, 2), stride = (4, 3), ceil_mode = true); }
        MaxPool2D14(2, 3, 7, 9) -> (Image<3, 3, 4>) { let layer = max_pool2d(kernel_size = 3, stride = 3, padding = 1, ceil_mode = true); }
        MaxPool2D15(2, 3, 7, 9) -> (Image<3, 4, 3>) { let layer = max_pool2d(kernel_size = 2, stride = (2, 4), padding = (1, 0), ceil_mode = true); }
        MaxPool2D16(2, 3, 7, 9) -> (Image<3, 1, 1>) { let layer = max_pool2d(kernel_size = (7, 9)); }
        MaxPool2D17(2, 3, 7, 9) -> (Image<3, 7, 9>) { let layer = max_pool2d(kernel_size = 7, stride = 1, padding = 3); }
        MaxPool2D18(3, 2, 1, 1) -> (Image<2, 1, 1>) { let layer = max_pool2d(kernel_size = 1); }
        MaxPool2D19(3, 2, 1, 1) -> (Image<2, 1, 1>) { let layer = max_pool2d(kernel_size = 3, stride = 1, padding = 1); }
        MaxPool2D20(3, 2, 1, 1) -> (Image<2, 1, 1>) { let layer = max_pool2d(kernel_size = 2, padding = 1, ceil_mode = true); }
        MaxPool2D21(2, 3, 1, 12) -> (Image<3, 1, 5>) { let layer = max_pool2d(kernel_size = (1, 3), stride = 2); }
        MaxPool2D22(2, 3, 12, 1) -> (Image<3, 5, 1>) { let layer = max_pool2d(kernel_size = (3, 1), stride = 2); }
        MaxPool2D23(2, 16, 14, 14) -> (Image<16, 7, 7>) { let layer = max_pool2d(kernel_size = 2, stride = 2); }
        MaxPool2D24(2, 3, 7, 9) -> (Image<3, 4, 6>) { let layer = max_pool2d(kernel_size = 2, stride = 1, dilation = 3); }
        MaxPool2D25(2, 3, 7, 9) -> (Image<3, 4, 4>) { let layer = max_pool2d(kernel_size = 3, stride = 2, padding = 1, dilation = (1, 2)); }
        MaxPool2D26(2, 3, 7, 9) -> (Image<3, 3, 3>) { let layer = max_pool2d(kernel_size = (2, 3), stride = (3, 2), dilation = 2, ceil_mode = true); }
    }
    avg_pool2d {
        AvgPool2D0(2, 3, 7, 9) -> (Image<3, 3, 4>) { let layer = avg_pool2d(kernel_size = 2); }
        AvgPool2D1(2, 3, 7, 9) -> (Image<3, 2, 3>) { let layer = avg_pool2d(kernel_size = 3); }
        AvgPool2D2(2, 3, 7, 9) -> (Image<3, 7, 9>) { let layer = avg_pool2d(kernel_size = 1); }
        AvgPool2D3(2, 3, 7, 9) -> (Image<3, 3, 3>) { let layer = avg_pool2d(kernel_size = 1, stride = 3); }
        AvgPool2D4(2, 3, 7, 9) -> (Image<3, 2, 2>) { let layer = avg_pool2d(kernel_size = 2, stride = 4); }
        AvgPool2D5(2, 3, 7, 9) -> (Image<3, 7, 9>) { let layer = avg_pool2d(kernel_size = 3, stride = 1, padding = 1); }
        AvgPool2D6(2, 3, 7, 9) -> (Image<3, 4, 5>) { let layer = avg_pool2d(kernel_size = 3, stride = 2, padding = 1); }
        AvgPool2D7(2, 3, 7, 9) -> (Image<3, 8, 10>) { let layer = avg_pool2d(kernel_size = 2, stride = 1, padding = 1); }
        AvgPool2D8(2, 3, 7, 9) -> (Image<3, 3, 3>) { let layer = avg_pool2d(kernel_size = (2, 3)); }
        AvgPool2D9(2, 3, 7, 9) -> (Image<3, 7, 5>) { let layer = avg_pool2d(kernel_size = (3, 1), stride = (1, 2), padding = (1, 0)); }
        AvgPool2D10(2, 3, 7, 9) -> (Image<3, 2, 10>) { let layer = avg_pool2d(kernel_size = (1, 4), stride = (5, 1), padding = (0, 2)); }
        AvgPool2D11(2, 3, 7, 9) -> (Image<3, 4, 5>) { let layer = avg_pool2d(kernel_size = 2, ceil_mode = true); }
        AvgPool2D12(2, 3, 7, 9) -> (Image<3, 3, 4>) { let layer = avg_pool2d(kernel_size = 3, stride = 2, ceil_mode = true); }
        AvgPool2D13(2, 3, 7, 9) -> (Image<3, 2, 3>) { let layer = avg_pool2d(kernel_size = (3, 2), stride = (4, 3), ceil_mode = true); }
        AvgPool2D14(2, 3, 7, 9) -> (Image<3, 3, 4>) { let layer = avg_pool2d(kernel_size = 3, stride = 3, padding = 1, ceil_mode = true); }
        AvgPool2D15(2, 3, 7, 9) -> (Image<3, 4, 3>) { let layer = avg_pool2d(kernel_size = 2, stride = (2, 4), padding = (1, 0), ceil_mode = true); }
        AvgPool2D16(2, 3, 7, 9) -> (Image<3, 1, 1>) { let layer = avg_pool2d(kernel_size = (7, 9)); }
        AvgPool2D17(2, 3, 7, 9) -> (Image<3, 7, 9>) { let layer = avg_pool2d(kernel_size = 7, stride = 1, padding = 3); }
        AvgPool2D18(3, 2, 1, 1) -> (Image<2, 1, 1>) { let layer = avg_pool2d(kernel_size = 1); }
        AvgPool2D19(3, 2, 1, 1) -> (Image<2, 1, 1>) { let layer = avg_pool2d(kernel_size = 3, stride = 1, padding = 1); }
        AvgPool2D20(3, 2, 1, 1) -> (Image<2, 1, 1>) { let layer = avg_pool2d(kernel_size = 2, padding = 1, ceil_mode = true); }
        AvgPool2D21(2, 3, 1, 12) -> (Image<3, 1, 5>) { let layer = avg_pool2d(kernel_size = (1, 3), stride = 2); }
        AvgPool2D22(2, 3, 12, 1) -> (Image<3, 5, 1>) { let layer = avg_pool2d(kernel_size = (3, 1), stride = 2); }
        AvgPool2D23(2, 16, 14, 14) -> (Image<16, 7, 7>) { let layer = avg_pool2d(kernel_size = 2, stride = 2); }
        AvgPool2D24(2, 3, 7, 9) -> (Image<3, 7, 9>) { let layer = avg_pool2d(kernel_size = 3, stride = 1, padding = 1, count_include_pad = false); }
        AvgPool2D25(2, 3, 7, 9) -> (Image<3, 4, 5>) { let layer = avg_pool2d(kernel_size = 3, stride = 2, padding = 1, count_include_pad = false); }
        AvgPool2D26(2, 3, 7, 9) -> (Image<3, 8, 10>) { let layer = avg_pool2d(kernel_size = 2, stride = 1, padding = 1, count_include_pad = false); }
        AvgPool2D27(2, 3, 7, 9) -> (Image<3, 7, 5>) { let layer = avg_pool2d(kernel_size = (3, 1), stride = (1, 2), padding = (1, 0), count_include_pad = false); }
        AvgPool2D28(2, 3, 7, 9) -> (Image<3, 2, 10>) { let layer = avg_pool2d(kernel_size = (1, 4), stride = (5, 1), padding = (0, 2), count_include_pad = false); }
        AvgPool2D29(2, 3, 7, 9) -> (Image<3, 3, 4>) { let layer = avg_pool2d(kernel_size = 3, stride = 3, padding = 1, ceil_mode = true, count_include_pad = false); }
        AvgPool2D30(2, 3, 7, 9) -> (Image<3, 4, 3>) { let layer = avg_pool2d(kernel_size = 2, stride = (2, 4), padding = (1, 0), ceil_mode = true, count_include_pad = false); }
        AvgPool2D31(2, 3, 7, 9) -> (Image<3, 7, 9>) { let layer = avg_pool2d(kernel_size = 7, stride = 1, padding = 3, count_include_pad = false); }
        AvgPool2D32(3, 2, 1, 1) -> (Image<2, 1, 1>) { let layer = avg_pool2d(kernel_size = 3, stride = 1, padding = 1, count_include_pad = false); }
        AvgPool2D33(3, 2, 1, 1) -> (Image<2, 1, 1>) { let layer = avg_pool2d(kernel_size = 2, padding = 1, ceil_mode = true, count_include_pad = false); }
    }
    adaptive_avg_pool2d {
        AdaptiveAvgPool2D0(2, 3, 7, 9) -> (Image<3, 1, 1>) { let layer = adaptive_avg_pool2d(height = 1, width = 1); }
        AdaptiveAvgPool2D1(2, 3, 7, 9) -> (Image<3, 2, 3>) { let layer = adaptive_avg_pool2d(height = 2, width = 3); }
        AdaptiveAvgPool2D2(2, 3, 7, 9) -> (Image<3, 5, 4>) { let layer = adaptive_avg_pool2d(height = 5, width = 4); }
        AdaptiveAvgPool2D3(2, 3, 7, 9) -> (Image<3, 7, 9>) { let layer = adaptive_avg_pool2d(height = 7, width = 9); }
        AdaptiveAvgPool2D4(2, 3, 7, 9) -> (Image<3, 9, 5>) { let layer = adaptive_avg_pool2d(height = 9, width = 5); }
        AdaptiveAvgPool2D5(3, 2, 1, 1) -> (Image<2, 1, 1>) { let layer = adaptive_avg_pool2d(height = 1, width = 1); }
        AdaptiveAvgPool2D6(3, 2, 1, 1) -> (Image<2, 3, 2>) { let layer = adaptive_avg_pool2d(height = 3, width = 2); }
        AdaptiveAvgPool2D7(1, 4, 13, 12) -> (Image<4, 6, 6>) { let layer = adaptive_avg_pool2d(height = 6, width = 6); }
        AdaptiveAvgPool2D8(2, 2, 19, 17) -> (Image<2, 1, 1>) { let layer = adaptive_avg_pool2d(height = 1, width = 1); }
    }
    adaptive_max_pool2d {
        AdaptiveMaxPool2D0(2, 3, 7, 9) -> (Image<3, 1, 1>) { let layer = adaptive_max_pool2d(height = 1, width = 1); }
        AdaptiveMaxPool2D1(2, 3, 7, 9) -> (Image<3, 2, 3>) { let layer = adaptive_max_pool2d(height = 2, width = 3); }
        AdaptiveMaxPool2D2(2, 3, 7, 9) -> (Image<3, 5, 4>) { let layer = adaptive_max_pool2d(height = 5, width = 4); }
        AdaptiveMaxPool2D3(2, 3, 7, 9) -> (Image<3, 7, 9>) { let layer = adaptive_max_pool2d(height = 7, width = 9); }
        AdaptiveMaxPool2D4(2, 3, 7, 9) -> (Image<3, 9, 5>) { let layer = adaptive_max_pool2d(height = 9, width = 5); }
        AdaptiveMaxPool2D5(3, 2, 1, 1) -> (Image<2, 1, 1>) { let layer = adaptive_max_pool2d(height = 1, width = 1); }
        AdaptiveMaxPool2D6(3, 2, 1, 1) -> (Image<2, 3, 2>) { let layer = adaptive_max_pool2d(height = 3, width = 2); }
        AdaptiveMaxPool2D7(1, 4, 13, 12) -> (Image<4, 6, 6>) { let layer = adaptive_max_pool2d(height = 6, width = 6); }
        AdaptiveMaxPool2D8(2, 2, 19, 17) -> (Image<2, 1, 1>) { let layer = adaptive_max_pool2d(height = 1, width = 1); }
    }
    global_avg_pool2d {
        GlobalAvgPool2D0(2, 3, 7, 9) -> (Image<3, 1, 1>) { let layer = global_avg_pool2d; }
        GlobalAvgPool2D1(3, 2, 1, 1) -> (Image<2, 1, 1>) { let layer = global_avg_pool2d; }
    }
    upsample {
        Upsample0(2, 3, 5, 4) -> (Image<3, 5, 4>) { let layer = upsample(scale_factor = 1); }
        Upsample1(2, 3, 5, 4) -> (Image<3, 10, 8>) { let layer = upsample(scale_factor = 2); }
        Upsample2(1, 2, 4, 3) -> (Image<2, 12, 9>) { let layer = upsample(scale_factor = 3); }
        Upsample3(2, 2, 3, 5) -> (Image<2, 3, 20>) { let layer = upsample(scale_factor = (1, 4)); }
        Upsample4(2, 2, 2, 3) -> (Image<2, 6, 6>) { let layer = upsample(scale_factor = (3, 2)); }
        Upsample5(3, 2, 1, 1) -> (Image<2, 2, 2>) { let layer = upsample(scale_factor = 2); }
        Upsample6(2, 3, 5, 4) -> (Image<3, 5, 4>) { let layer = upsample(scale_factor = 1, mode = "bilinear"); }
        Upsample7(2, 3, 5, 4) -> (Image<3, 10, 8>) { let layer = upsample(scale_factor = 2, mode = "bilinear"); }
        Upsample8(1, 2, 4, 3) -> (Image<2, 12, 9>) { let layer = upsample(scale_factor = 3, mode = "bilinear"); }
        Upsample9(2, 2, 3, 5) -> (Image<2, 3, 20>) { let layer = upsample(scale_factor = (1, 4), mode = "bilinear"); }
        Upsample10(2, 2, 2, 3) -> (Image<2, 6, 6>) { let layer = upsample(scale_factor = (3, 2), mode = "bilinear"); }
        Upsample11(3, 2, 1, 1) -> (Image<2, 2, 2>) { let layer = upsample(scale_factor = 2, mode = "bilinear"); }
        Upsample12(2, 3, 5, 4) -> (Image<3, 5, 4>) { let layer = upsample(scale_factor = 1, mode = "bilinear", align_corners = true); }
        Upsample13(2, 3, 5, 4) -> (Image<3, 10, 8>) { let layer = upsample(scale_factor = 2, mode = "bilinear", align_corners = true); }
        Upsample14(1, 2, 4, 3) -> (Image<2, 12, 9>) { let layer = upsample(scale_factor = 3, mode = "bilinear", align_corners = true); }
        Upsample15(2, 2, 3, 5) -> (Image<2, 3, 20>) { let layer = upsample(scale_factor = (1, 4), mode = "bilinear", align_corners = true); }
        Upsample16(2, 2, 2, 3) -> (Image<2, 6, 6>) { let layer = upsample(scale_factor = (3, 2), mode = "bilinear", align_corners = true); }
        Upsample17(3, 2, 1, 1) -> (Image<2, 2, 2>) { let layer = upsample(scale_factor = 2, mode = "bilinear", align_corners = true); }
    }
    batch_norm2d {
        BatchNorm2D0(2, 3, 5, 7) -> (Image<3, 5, 7>) { let layer = batch_norm2d; }
        BatchNorm2D1(5, 4, 1, 1) -> (Image<4, 1, 1>) { let layer = batch_norm2d; }
        BatchNorm2D2(1, 3, 4, 4) -> (Image<3, 4, 4>) { let layer = batch_norm2d; }
        BatchNorm2D3(2, 3, 5, 7) -> (Image<3, 5, 7>) { let layer = batch_norm2d(affine = false); }
        BatchNorm2D4(2, 3, 5, 7) -> (Image<3, 5, 7>) { let layer = batch_norm2d(momentum = 0.3); }
        BatchNorm2D5(2, 3, 5, 7) -> (Image<3, 5, 7>) { let layer = batch_norm2d(eps = 0.5); }
        BatchNorm2D6(3, 17, 3, 3) -> (Image<17, 3, 3>) { let layer = batch_norm2d(eps = 0.001, momentum = 0.01); }
    }
    local_response_norm {
        LocalResponseNorm0(2, 7, 3, 4) -> (Image<7, 3, 4>) { let layer = local_response_norm(size = 5); }
        LocalResponseNorm1(2, 3, 4, 5) -> (Image<3, 4, 5>) { let layer = local_response_norm(size = 1, alpha = 0.1); }
        LocalResponseNorm2(2, 5, 4, 5) -> (Image<5, 4, 5>) { let layer = local_response_norm(size = 2, alpha = 0.1); }
        LocalResponseNorm3(2, 5, 4, 5) -> (Image<5, 4, 5>) { let layer = local_response_norm(size = 3, alpha = 0.1, beta = 0.5, k = 2.0); }
        LocalResponseNorm4(2, 6, 3, 3) -> (Image<6, 3, 3>) { let layer = local_response_norm(size = 4, alpha = 1.0, beta = 1.0); }
        LocalResponseNorm5(2, 4, 3, 3) -> (Image<4, 3, 3>) { let layer = local_response_norm(size = 9, alpha = 0.1); }
        LocalResponseNorm6(3, 5, 1, 1) -> (Image<5, 1, 1>) { let layer = local_response_norm(size = 3, alpha = 0.1); }
    }
    relu {
        Relu0(2, 3, 5, 7) -> (Image<3, 5, 7>) { let layer = relu; }
        Relu1(3, 5, 1, 1) -> (Image<5, 1, 1>) { let layer = relu; }
        Relu2(2, 7, 1, 1) -> (Vector<7>) { flatten; let layer = relu; }
    }
    relu6 {
        Relu60(2, 3, 5, 7) -> (Image<3, 5, 7>) { let layer = relu6; }
        Relu61(3, 5, 1, 1) -> (Image<5, 1, 1>) { let layer = relu6; }
        Relu62(2, 7, 1, 1) -> (Vector<7>) { flatten; let layer = relu6; }
    }
    leaky_relu {
        LeakyRelu0(2, 3, 5, 7) -> (Image<3, 5, 7>) { let layer = leaky_relu(slope = 0.01); }
        LeakyRelu1(3, 5, 1, 1) -> (Image<5, 1, 1>) { let layer = leaky_relu(slope = 0.2); }
        LeakyRelu2(2, 7, 1, 1) -> (Vector<7>) { flatten; let layer = leaky_relu(slope = 1.5); }
        LeakyRelu3(2, 7, 1, 1) -> (Vector<7>) { flatten; let layer = leaky_relu(slope = 0.0); }
        LeakyRelu4(2, 7, 1, 1) -> (Vector<7>) { flatten; let layer = leaky_relu(slope = -0.5); }
    }
    sigmoid {
        Sigmoid0(2, 3, 5, 7) -> (Image<3, 5, 7>) { let layer = sigmoid; }
        Sigmoid1(3, 5, 1, 1) -> (Image<5, 1, 1>) { let layer = sigmoid; }
        Sigmoid2(2, 7, 1, 1) -> (Vector<7>) { flatten; let layer = sigmoid; }
    }
    hardsigmoid {
        Hardsigmoid0(2, 3, 5, 7) -> (Image<3, 5, 7>) { let layer = hardsigmoid; }
        Hardsigmoid1(3, 5, 1, 1) -> (Image<5, 1, 1>) { let layer = hardsigmoid; }
        Hardsigmoid2(2, 7, 1, 1) -> (Vector<7>) { flatten; let layer = hardsigmoid; }
    }
    tanh {
        Tanh0(2, 3, 5, 7) -> (Image<3, 5, 7>) { let layer = tanh; }
        Tanh1(3, 5, 1, 1) -> (Image<5, 1, 1>) { let layer = tanh; }
        Tanh2(2, 7, 1, 1) -> (Vector<7>) { flatten; let layer = tanh; }
    }
    gelu {
        Gelu0(2, 3, 5, 7) -> (Image<3, 5, 7>) { let layer = gelu; }
        Gelu1(3, 5, 1, 1) -> (Image<5, 1, 1>) { let layer = gelu; }
        Gelu2(2, 7, 1, 1) -> (Vector<7>) { flatten; let layer = gelu; }
    }
    silu {
        Silu0(2, 3, 5, 7) -> (Image<3, 5, 7>) { let layer = silu; }
        Silu1(3, 5, 1, 1) -> (Image<5, 1, 1>) { let layer = silu; }
        Silu2(2, 7, 1, 1) -> (Vector<7>) { flatten; let layer = silu; }
    }
    hardswish {
        Hardswish0(2, 3, 5, 7) -> (Image<3, 5, 7>) { let layer = hardswish; }
        Hardswish1(3, 5, 1, 1) -> (Image<5, 1, 1>) { let layer = hardswish; }
        Hardswish2(2, 7, 1, 1) -> (Vector<7>) { flatten; let layer = hardswish; }
    }
    softmax {
        Softmax0(2, 3, 5, 7) -> (Image<3, 5, 7>) { let layer = softmax; }
        Softmax1(3, 5, 1, 1) -> (Image<5, 1, 1>) { let layer = softmax; }
        Softmax2(2, 7, 1, 1) -> (Vector<7>) { flatten; let layer = softmax; }
    }
    flatten {
        Flatten0(2, 3, 5, 7) -> (Vector<105>) { let layer = flatten; }
        Flatten1(3, 5, 1, 1) -> (Vector<5>) { let layer = flatten; }
        Flatten2(2, 7, 1, 1) -> (Vector<7>) { flatten; let layer = flatten; }
    }
    dropout {
        Dropout0(2, 3, 5, 7) -> (Image<3, 5, 7>) { let layer = dropout(p = 0.0); }
        Dropout1(3, 5, 1, 1) -> (Image<5, 1, 1>) { let layer = dropout(p = 0.0); }
        Dropout2(2, 7, 1, 1) -> (Vector<7>) { flatten; let layer = dropout(p = 0.0); }
    }
    concat {
        Concat0(2, 3, 5, 7) -> (Image<6, 5, 7>) { concat(_, { relu }) }
        Concat1(2, 3, 1, 1) -> (Image<9, 1, 1>) { concat(_, _, _) }
        Concat2(2, 7, 1, 1) -> (Vector<10>) { flatten; concat({ let p = linear(3); }, _) }
        Concat3(2, 3, 5, 7) -> (Image<13, 5, 7>) { concat({ let p = conv2d(5, kernel_size = 1); }, { let q = conv2d(2, kernel_size = (3, 1), padding = (1, 0)); }, _, { max_pool2d(3, stride = 1, padding = 1) }) }
    }
    add {
        Add0(2, 3, 5, 7) -> (Image<3, 5, 7>) { add(_, { tanh }) }
        Add1(3, 4, 1, 1) -> (Image<4, 1, 1>) { add(_, _, _) }
        Add2(2, 7, 1, 1) -> (Vector<7>) { flatten; add({ let p = linear(7); }, _, { relu }) }
        Add3(2, 3, 5, 7) -> (Image<3, 5, 7>) { add({ let p = conv2d(3, kernel_size = 3, padding = 1); }, { let q = batch_norm2d; }, _) }
    }
}

#[test]
fn cross_entropy() {
    let fixture = Fixture::read("layers");
    check_cross_entropy::<2>(&fixture, "CrossEntropy0", 1, 0.0, 1.0);
    check_cross_entropy::<2>(&fixture, "CrossEntropy1", 1, 0.0, 50.0);
    check_cross_entropy::<2>(&fixture, "CrossEntropy2", 1, 0.1, 1.0);
    check_cross_entropy::<2>(&fixture, "CrossEntropy3", 1, 0.1, 50.0);
    check_cross_entropy::<2>(&fixture, "CrossEntropy4", 1, 1.0, 1.0);
    check_cross_entropy::<2>(&fixture, "CrossEntropy5", 1, 1.0, 50.0);
    check_cross_entropy::<2>(&fixture, "CrossEntropy6", 5, 0.0, 1.0);
    check_cross_entropy::<2>(&fixture, "CrossEntropy7", 5, 0.0, 50.0);
    check_cross_entropy::<2>(&fixture, "CrossEntropy8", 5, 0.1, 1.0);
    check_cross_entropy::<2>(&fixture, "CrossEntropy9", 5, 0.1, 50.0);
    check_cross_entropy::<2>(&fixture, "CrossEntropy10", 5, 1.0, 1.0);
    check_cross_entropy::<2>(&fixture, "CrossEntropy11", 5, 1.0, 50.0);
    check_cross_entropy::<10>(&fixture, "CrossEntropy12", 1, 0.0, 1.0);
    check_cross_entropy::<10>(&fixture, "CrossEntropy13", 1, 0.0, 50.0);
    check_cross_entropy::<10>(&fixture, "CrossEntropy14", 1, 0.1, 1.0);
    check_cross_entropy::<10>(&fixture, "CrossEntropy15", 1, 0.1, 50.0);
    check_cross_entropy::<10>(&fixture, "CrossEntropy16", 1, 1.0, 1.0);
    check_cross_entropy::<10>(&fixture, "CrossEntropy17", 1, 1.0, 50.0);
    check_cross_entropy::<10>(&fixture, "CrossEntropy18", 5, 0.0, 1.0);
    check_cross_entropy::<10>(&fixture, "CrossEntropy19", 5, 0.0, 50.0);
    check_cross_entropy::<10>(&fixture, "CrossEntropy20", 5, 0.1, 1.0);
    check_cross_entropy::<10>(&fixture, "CrossEntropy21", 5, 0.1, 50.0);
    check_cross_entropy::<10>(&fixture, "CrossEntropy22", 5, 1.0, 1.0);
    check_cross_entropy::<10>(&fixture, "CrossEntropy23", 5, 1.0, 50.0);
    check_cross_entropy::<1>(&fixture, "CrossEntropy24", 3, 0.0, 1.0);
    check_cross_entropy::<1000>(&fixture, "CrossEntropy25", 3, 0.0, 8.0);
    check_cross_entropy::<1000>(&fixture, "CrossEntropy26", 3, 0.1, 8.0);
}

#[test]
fn mean_squared_error() {
    let fixture = Fixture::read("layers");
    check_squares::<Vector<1>>(&fixture, "MeanSquaredError0", 1, 1.0);
    check_squares::<Vector<7>>(&fixture, "MeanSquaredError1", 5, 8.0);
    check_squares::<Image<2, 4, 5>>(&fixture, "MeanSquaredError2", 3, 1.0);
    check_squares::<Image<3, 1, 1>>(&fixture, "MeanSquaredError3", 2, 8.0);
    check_squares::<Image<8, 16, 16>>(&fixture, "MeanSquaredError4", 2, 1.0);
}
