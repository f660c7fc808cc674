//! Single layers and losses; `layers.py` wrote this file.

use super::layers::{check, check_cross_entropy, check_squares};
use crate::fixture::Fixture;
use cnn::prelude::*;

network!(
    pub fn Conv2D0(image: Image<2, 1, 1>) -> Image<6, 7, 9> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv2d(channels = 6, kernel_size = 1, stride = 1, padding = 0, dilation = 1);
    }
    pub fn Conv2D1(image: Image<2, 1, 1>) -> Image<6, 9, 11> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv2d(channels = 6, kernel_size = 1, stride = 1, padding = 1, dilation = 2);
    }
    pub fn Conv2D2(image: Image<2, 1, 1>) -> Image<6, 11, 9> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv2d(channels = 6, kernel_size = 1, stride = 1, padding = (2, 0), dilation = (2, 1));
    }
    pub fn Conv2D3(image: Image<2, 1, 1>) -> Image<6, 4, 5> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv2d(channels = 6, kernel_size = 1, stride = 2, padding = 0, dilation = 2);
    }
    pub fn Conv2D4(image: Image<2, 1, 1>) -> Image<6, 9, 10> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv2d(channels = 6, kernel_size = 1, stride = 2, padding = 5, dilation = 1);
    }
    pub fn Conv2D5(image: Image<2, 1, 1>) -> Image<6, 7, 3> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv2d(channels = 6, kernel_size = 1, stride = (1, 3), padding = 0, dilation = (2, 1));
    }
    pub fn Conv2D6(image: Image<2, 1, 1>) -> Image<6, 3, 3> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv2d(channels = 6, kernel_size = 1, stride = 4, padding = 1, dilation = 1);
    }
    pub fn Conv2D7(image: Image<2, 1, 1>) -> Image<6, 7, 10> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv2d(channels = 6, kernel_size = 2, stride = 1, padding = 1, dilation = (2, 1));
    }
    pub fn Conv2D8(image: Image<2, 1, 1>) -> Image<6, 10, 8> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv2d(channels = 6, kernel_size = 2, stride = 1, padding = (2, 0), dilation = 1);
    }
    pub fn Conv2D9(image: Image<2, 1, 1>) -> Image<6, 15, 17> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv2d(channels = 6, kernel_size = 2, stride = 1, padding = 5, dilation = 2);
    }
    pub fn Conv2D10(image: Image<2, 1, 1>) -> Image<6, 3, 4> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv2d(channels = 6, kernel_size = 2, stride = 2, padding = 0, dilation = (2, 1));
    }
    pub fn Conv2D11(image: Image<2, 1, 1>) -> Image<6, 8, 4> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv2d(channels = 6, kernel_size = 2, stride = (1, 3), padding = 1, dilation = 1);
    }
    pub fn Conv2D12(image: Image<2, 1, 1>) -> Image<6, 9, 3> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv2d(channels = 6, kernel_size = 2, stride = (1, 3), padding = (2, 0), dilation = 2);
    }
    pub fn Conv2D13(image: Image<2, 1, 1>) -> Image<6, 2, 2> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv2d(channels = 6, kernel_size = 2, stride = 4, padding = 0, dilation = 2);
    }
    pub fn Conv2D14(image: Image<2, 1, 1>) -> Image<6, 4, 5> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv2d(channels = 6, kernel_size = 2, stride = 4, padding = 5, dilation = (2, 1));
    }
    pub fn Conv2D15(image: Image<2, 1, 1>) -> Image<6, 5, 7> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv2d(channels = 6, kernel_size = 3, stride = 1, padding = 0, dilation = 1);
    }
    pub fn Conv2D16(image: Image<2, 1, 1>) -> Image<6, 4, 5> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv2d(channels = 6, kernel_size = 3, stride = 2, padding = 1, dilation = 1);
    }
    pub fn Conv2D17(image: Image<2, 1, 1>) -> Image<6, 4, 3> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv2d(channels = 6, kernel_size = 3, stride = 2, padding = (2, 0), dilation = 2);
    }
    pub fn Conv2D18(image: Image<2, 1, 1>) -> Image<6, 15, 6> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv2d(channels = 6, kernel_size = 3, stride = (1, 3), padding = 5, dilation = 1);
    }
    pub fn Conv2D19(image: Image<2, 1, 1>) -> Image<6, 2, 2> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv2d(channels = 6, kernel_size = 3, stride = 4, padding = (2, 0), dilation = (2, 1));
    }
    pub fn Conv2D20(image: Image<2, 1, 1>) -> Image<6, 4, 9> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv2d(channels = 6, kernel_size = (4, 1), stride = 1, padding = 0, dilation = 1);
    }
    pub fn Conv2D21(image: Image<2, 1, 1>) -> Image<6, 2, 6> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv2d(channels = 6, kernel_size = (4, 1), stride = 2, padding = 1, dilation = 2);
    }
    pub fn Conv2D22(image: Image<2, 1, 1>) -> Image<6, 5, 3> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer =
            conv2d(channels = 6, kernel_size = (4, 1), stride = (1, 3), padding = (2, 0), dilation = (2, 1));
    }
    pub fn Conv2D23(image: Image<2, 1, 1>) -> Image<6, 6, 5> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv2d(channels = 6, kernel_size = (2, 5), stride = 1, padding = 0, dilation = 1);
    }
    pub fn Conv2D24(image: Image<2, 1, 1>) -> Image<6, 4, 2> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv2d(channels = 6, kernel_size = (2, 5), stride = 2, padding = 1, dilation = 2);
    }
    pub fn Conv2D25(image: Image<2, 1, 1>) -> Image<6, 9, 2> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer =
            conv2d(channels = 6, kernel_size = (2, 5), stride = (1, 3), padding = (2, 0), dilation = (2, 1));
    }
    pub fn Conv2D26(image: Image<1, 1, 1>) -> Image<5, 3, 3> {
        let input = conv_transpose2d(3, kernel_size = (5, 5), bias = false);
        let layer = conv2d(channels = 5, kernel_size = 3, bias = false);
    }
    pub fn Conv2D27(image: Image<2, 1, 1>) -> Image<6, 7, 9> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv2d(channels = 6, kernel_size = 3, padding = 1, groups = 2);
    }
    pub fn Conv2D28(image: Image<2, 1, 1>) -> Image<8, 7, 9> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv2d(channels = 8, kernel_size = 1, groups = 4);
    }
    pub fn Conv2D29(image: Image<2, 1, 1>) -> Image<6, 3, 9> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv2d(
            channels = 6,
            kernel_size = (2, 3),
            stride = (3, 1),
            padding = (1, 2),
            dilation = (1, 2),
            groups = 2,
        );
    }
    pub fn Conv2D30(image: Image<2, 1, 1>) -> Image<4, 7, 9> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv2d(channels = 4, kernel_size = 3, padding = 1, groups = 4);
    }
    pub fn Conv2D31(image: Image<2, 1, 1>) -> Image<4, 4, 5> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv2d(channels = 4, kernel_size = 3, stride = 2, padding = 1, groups = 4, bias = false);
    }
    pub fn Conv2D32(image: Image<2, 1, 1>) -> Image<4, 10, 9> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv2d(channels = 4, kernel_size = (2, 4), padding = 3, dilation = (3, 2), groups = 4);
    }
    pub fn Conv2D33(image: Image<2, 1, 1>) -> Image<8, 7, 5> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv2d(channels = 8, kernel_size = 5, stride = (1, 2), padding = 2, groups = 4);
    }
    pub fn Conv2D34(image: Image<3, 1, 1>) -> Image<19, 5, 6> {
        let input = conv_transpose2d(19, kernel_size = (5, 6), bias = false);
        let layer = conv2d(channels = 19, kernel_size = 3, padding = 1, groups = 19);
    }
    pub fn Conv2D35(image: Image<3, 1, 1>) -> Image<5, 1, 1> {
        let input = conv_transpose2d(4, kernel_size = (1, 1), bias = false);
        let layer = conv2d(channels = 5, kernel_size = 1);
    }
    pub fn Conv2D36(image: Image<3, 1, 1>) -> Image<5, 1, 1> {
        let input = conv_transpose2d(4, kernel_size = (1, 1), bias = false);
        let layer = conv2d(channels = 5, kernel_size = 3, padding = 1);
    }
    pub fn Conv2D37(image: Image<3, 1, 1>) -> Image<4, 2, 2> {
        let input = conv_transpose2d(4, kernel_size = (1, 1), bias = false);
        let layer = conv2d(channels = 4, kernel_size = 5, stride = 2, padding = 3, groups = 4);
    }
    pub fn Conv2D38(image: Image<2, 1, 1>) -> Image<3, 1, 5> {
        let input = conv_transpose2d(3, kernel_size = (1, 12), bias = false);
        let layer = conv2d(channels = 3, kernel_size = (1, 4), stride = (1, 2));
    }
    pub fn Conv2D39(image: Image<2, 1, 1>) -> Image<3, 3, 1> {
        let input = conv_transpose2d(3, kernel_size = (12, 1), bias = false);
        let layer = conv2d(channels = 3, kernel_size = (4, 1), dilation = (3, 1));
    }
    pub fn Conv2D40(image: Image<2, 1, 1>) -> Image<3, 1, 1> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv2d(channels = 3, kernel_size = (7, 9));
    }
    pub fn Conv2D41(image: Image<2, 1, 1>) -> Image<6, 11, 10> {
        let input = conv_transpose2d(1, kernel_size = (11, 10), bias = false);
        let layer = conv2d(channels = 6, kernel_size = 5, padding = 2);
    }
    pub fn Conv2D42(image: Image<1, 1, 1>) -> Image<16, 8, 9> {
        let input = conv_transpose2d(3, kernel_size = (15, 17), bias = false);
        let layer = conv2d(channels = 16, kernel_size = 7, stride = 2, padding = 3);
    }
    pub fn Conv2D43(image: Image<1, 1, 1>) -> Image<8, 4, 3> {
        let input = conv_transpose2d(3, kernel_size = (23, 19), bias = false);
        let layer = conv2d(channels = 8, kernel_size = 11, stride = 4, padding = 1);
    }
    pub fn Conv2D44(image: Image<2, 1, 1>) -> Image<32, 14, 14> {
        let input = conv_transpose2d(16, kernel_size = (14, 14), bias = false);
        let layer = conv2d(channels = 32, kernel_size = 3, padding = 1);
    }
    pub fn Conv2D45(image: Image<2, 1, 1>) -> Image<33, 5, 6> {
        let input = conv_transpose2d(17, kernel_size = (12, 13), bias = false);
        let layer = conv2d(channels = 33, kernel_size = 3, stride = 2);
    }
    pub fn Conv2D46(image: Image<5, 1, 1>) -> Image<31, 7, 7> {
        let input = conv_transpose2d(48, kernel_size = (7, 7), bias = false);
        let layer = conv2d(channels = 31, kernel_size = 1);
    }
    pub fn Conv2D47(image: Image<1, 1, 1>) -> Image<16, 28, 28> {
        let input = conv_transpose2d(16, kernel_size = (28, 28), bias = false);
        let layer = conv2d(channels = 16, kernel_size = 5, padding = 2);
    }
    pub fn Conv2D48(image: Image<1, 1, 1>) -> Image<64, 28, 28> {
        let input = conv_transpose2d(64, kernel_size = (28, 28), bias = false);
        let layer = conv2d(channels = 64, kernel_size = 3, padding = 1);
    }
);

network!(
    pub fn ConvTranspose2D0(image: Image<2, 1, 1>) -> Image<6, 7, 9> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv_transpose2d(channels = 6, kernel_size = 1, stride = 1, padding = 0, dilation = 1);
    }
    pub fn ConvTranspose2D1(image: Image<2, 1, 1>) -> Image<6, 5, 7> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv_transpose2d(channels = 6, kernel_size = 1, stride = 1, padding = 1, dilation = 2);
    }
    pub fn ConvTranspose2D2(image: Image<2, 1, 1>) -> Image<6, 3, 9> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer =
            conv_transpose2d(channels = 6, kernel_size = 1, stride = 1, padding = (2, 0), dilation = (2, 1));
    }
    pub fn ConvTranspose2D3(image: Image<2, 1, 1>) -> Image<6, 13, 17> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv_transpose2d(channels = 6, kernel_size = 1, stride = 2, padding = 0, dilation = 2);
    }
    pub fn ConvTranspose2D4(image: Image<2, 1, 1>) -> Image<6, 3, 7> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv_transpose2d(channels = 6, kernel_size = 1, stride = 2, padding = 5, dilation = 1);
    }
    pub fn ConvTranspose2D5(image: Image<2, 1, 1>) -> Image<6, 7, 25> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer =
            conv_transpose2d(channels = 6, kernel_size = 1, stride = (1, 3), padding = 0, dilation = (2, 1));
    }
    pub fn ConvTranspose2D6(image: Image<2, 1, 1>) -> Image<6, 23, 31> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv_transpose2d(channels = 6, kernel_size = 1, stride = 4, padding = 1, dilation = 1);
    }
    pub fn ConvTranspose2D7(image: Image<2, 1, 1>) -> Image<6, 7, 8> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer =
            conv_transpose2d(channels = 6, kernel_size = 2, stride = 1, padding = 1, dilation = (2, 1));
    }
    pub fn ConvTranspose2D8(image: Image<2, 1, 1>) -> Image<6, 4, 10> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer =
            conv_transpose2d(channels = 6, kernel_size = 2, stride = 1, padding = (2, 0), dilation = 1);
    }
    pub fn ConvTranspose2D9(image: Image<2, 1, 1>) -> Image<6, 15, 18> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer =
            conv_transpose2d(channels = 6, kernel_size = 2, stride = 2, padding = 0, dilation = (2, 1));
    }
    pub fn ConvTranspose2D10(image: Image<2, 1, 1>) -> Image<6, 6, 24> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer =
            conv_transpose2d(channels = 6, kernel_size = 2, stride = (1, 3), padding = 1, dilation = 1);
    }
    pub fn ConvTranspose2D11(image: Image<2, 1, 1>) -> Image<6, 5, 27> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer =
            conv_transpose2d(channels = 6, kernel_size = 2, stride = (1, 3), padding = (2, 0), dilation = 2);
    }
    pub fn ConvTranspose2D12(image: Image<2, 1, 1>) -> Image<6, 27, 35> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv_transpose2d(channels = 6, kernel_size = 2, stride = 4, padding = 0, dilation = 2);
    }
    pub fn ConvTranspose2D13(image: Image<2, 1, 1>) -> Image<6, 17, 24> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer =
            conv_transpose2d(channels = 6, kernel_size = 2, stride = 4, padding = 5, dilation = (2, 1));
    }
    pub fn ConvTranspose2D14(image: Image<2, 1, 1>) -> Image<6, 9, 11> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv_transpose2d(channels = 6, kernel_size = 3, stride = 1, padding = 0, dilation = 1);
    }
    pub fn ConvTranspose2D15(image: Image<2, 1, 1>) -> Image<6, 13, 17> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv_transpose2d(channels = 6, kernel_size = 3, stride = 2, padding = 1, dilation = 1);
    }
    pub fn ConvTranspose2D16(image: Image<2, 1, 1>) -> Image<6, 13, 21> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer =
            conv_transpose2d(channels = 6, kernel_size = 3, stride = 2, padding = (2, 0), dilation = 2);
    }
    pub fn ConvTranspose2D17(image: Image<2, 1, 1>) -> Image<6, 25, 35> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer =
            conv_transpose2d(channels = 6, kernel_size = 3, stride = 4, padding = (2, 0), dilation = (2, 1));
    }
    pub fn ConvTranspose2D18(image: Image<2, 1, 1>) -> Image<6, 10, 9> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer =
            conv_transpose2d(channels = 6, kernel_size = (4, 1), stride = 1, padding = 0, dilation = 1);
    }
    pub fn ConvTranspose2D19(image: Image<2, 1, 1>) -> Image<6, 17, 15> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer =
            conv_transpose2d(channels = 6, kernel_size = (4, 1), stride = 2, padding = 1, dilation = 2);
    }
    pub fn ConvTranspose2D20(image: Image<2, 1, 1>) -> Image<6, 9, 25> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv_transpose2d(
            channels = 6,
            kernel_size = (4, 1),
            stride = (1, 3),
            padding = (2, 0),
            dilation = (2, 1),
        );
    }
    pub fn ConvTranspose2D21(image: Image<2, 1, 1>) -> Image<6, 8, 13> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer =
            conv_transpose2d(channels = 6, kernel_size = (2, 5), stride = 1, padding = 0, dilation = 1);
    }
    pub fn ConvTranspose2D22(image: Image<2, 1, 1>) -> Image<6, 13, 23> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer =
            conv_transpose2d(channels = 6, kernel_size = (2, 5), stride = 2, padding = 1, dilation = 2);
    }
    pub fn ConvTranspose2D23(image: Image<2, 1, 1>) -> Image<6, 5, 29> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv_transpose2d(
            channels = 6,
            kernel_size = (2, 5),
            stride = (1, 3),
            padding = (2, 0),
            dilation = (2, 1),
        );
    }
    pub fn ConvTranspose2D24(image: Image<2, 1, 1>) -> Image<3, 14, 18> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv_transpose2d(channels = 3, kernel_size = 2, stride = 2);
    }
    pub fn ConvTranspose2D25(image: Image<2, 1, 1>) -> Image<3, 14, 18> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer =
            conv_transpose2d(channels = 3, kernel_size = 3, stride = 2, padding = 1, output_padding = 1);
    }
    pub fn ConvTranspose2D26(image: Image<2, 1, 1>) -> Image<3, 8, 27> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv_transpose2d(
            channels = 3,
            kernel_size = (2, 3),
            stride = (1, 3),
            padding = (0, 1),
            output_padding = (0, 2),
            bias = false,
        );
    }
    pub fn ConvTranspose2D27(image: Image<2, 1, 1>) -> Image<6, 16, 11> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv_transpose2d(
            channels = 6,
            kernel_size = 3,
            stride = (2, 1),
            output_padding = (1, 0),
            groups = 2,
        );
    }
    pub fn ConvTranspose2D28(image: Image<2, 1, 1>) -> Image<4, 15, 17> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer =
            conv_transpose2d(channels = 4, kernel_size = 3, dilation = 3, output_padding = 2, groups = 4);
    }
    pub fn ConvTranspose2D29(image: Image<2, 1, 1>) -> Image<8, 14, 18> {
        let input = conv_transpose2d(4, kernel_size = (7, 9), bias = false);
        let layer = conv_transpose2d(channels = 8, kernel_size = 4, stride = 2, padding = 1, groups = 4);
    }
    pub fn ConvTranspose2D30(image: Image<3, 1, 1>) -> Image<3, 2, 2> {
        let input = conv_transpose2d(4, kernel_size = (1, 1), bias = false);
        let layer = conv_transpose2d(channels = 3, kernel_size = 2, stride = 5);
    }
    pub fn ConvTranspose2D31(image: Image<3, 1, 1>) -> Image<3, 1, 1> {
        let input = conv_transpose2d(4, kernel_size = (1, 1), bias = false);
        let layer = conv_transpose2d(channels = 3, kernel_size = 1);
    }
    pub fn ConvTranspose2D32(image: Image<3, 1, 1>) -> Image<3, 1, 1> {
        let input = conv_transpose2d(4, kernel_size = (1, 1), bias = false);
        let layer = conv_transpose2d(channels = 3, kernel_size = 5, padding = 2);
    }
    pub fn ConvTranspose2D33(image: Image<2, 1, 1>) -> Image<3, 1, 14> {
        let input = conv_transpose2d(3, kernel_size = (1, 6), bias = false);
        let layer = conv_transpose2d(channels = 3, kernel_size = (1, 4), stride = 2);
    }
    pub fn ConvTranspose2D34(image: Image<1, 1, 1>) -> Image<17, 18, 16> {
        let input = conv_transpose2d(33, kernel_size = (9, 8), bias = false);
        let layer = conv_transpose2d(channels = 17, kernel_size = 2, stride = 2);
    }
);

network!(
    pub fn Linear0(image: Image<1, 1, 1>) -> Vector<7> {
        let input = conv_transpose2d(5, kernel_size = (1, 1), bias = false);
        flatten;
        let layer = linear(features = 7);
    }
    pub fn Linear1(image: Image<3, 1, 1>) -> Vector<1> {
        let input = conv_transpose2d(1, kernel_size = (1, 1), bias = false);
        flatten;
        let layer = linear(features = 1);
    }
    pub fn Linear2(image: Image<4, 1, 1>) -> Vector<33> {
        let input = conv_transpose2d(17, kernel_size = (1, 1), bias = false);
        flatten;
        let layer = linear(features = 33, bias = false);
    }
    pub fn Linear3(image: Image<19, 1, 1>) -> Vector<10> {
        let input = conv_transpose2d(84, kernel_size = (1, 1), bias = false);
        flatten;
        let layer = linear(features = 10);
    }
    pub fn Linear4(image: Image<2, 1, 1>) -> Vector<120> {
        let input = conv_transpose2d(400, kernel_size = (1, 1), bias = false);
        flatten;
        let layer = linear(features = 120);
    }
    pub fn Linear5(image: Image<16, 1, 1>) -> Vector<16> {
        let input = conv_transpose2d(64, kernel_size = (1, 1), bias = false);
        flatten;
        let layer = linear(features = 16);
    }
);

network!(
    pub fn MaxPool2D0(image: Image<2, 1, 1>) -> Image<3, 3, 4> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = max_pool2d(kernel_size = 2);
    }
    pub fn MaxPool2D1(image: Image<2, 1, 1>) -> Image<3, 2, 3> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = max_pool2d(kernel_size = 3);
    }
    pub fn MaxPool2D2(image: Image<2, 1, 1>) -> Image<3, 7, 9> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = max_pool2d(kernel_size = 1);
    }
    pub fn MaxPool2D3(image: Image<2, 1, 1>) -> Image<3, 3, 3> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = max_pool2d(kernel_size = 1, stride = 3);
    }
    pub fn MaxPool2D4(image: Image<2, 1, 1>) -> Image<3, 2, 2> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = max_pool2d(kernel_size = 2, stride = 4);
    }
    pub fn MaxPool2D5(image: Image<2, 1, 1>) -> Image<3, 7, 9> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = max_pool2d(kernel_size = 3, stride = 1, padding = 1);
    }
    pub fn MaxPool2D6(image: Image<2, 1, 1>) -> Image<3, 4, 5> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = max_pool2d(kernel_size = 3, stride = 2, padding = 1);
    }
    pub fn MaxPool2D7(image: Image<2, 1, 1>) -> Image<3, 8, 10> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = max_pool2d(kernel_size = 2, stride = 1, padding = 1);
    }
    pub fn MaxPool2D8(image: Image<2, 1, 1>) -> Image<3, 3, 3> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = max_pool2d(kernel_size = (2, 3));
    }
    pub fn MaxPool2D9(image: Image<2, 1, 1>) -> Image<3, 7, 5> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = max_pool2d(kernel_size = (3, 1), stride = (1, 2), padding = (1, 0));
    }
    pub fn MaxPool2D10(image: Image<2, 1, 1>) -> Image<3, 2, 10> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = max_pool2d(kernel_size = (1, 4), stride = (5, 1), padding = (0, 2));
    }
    pub fn MaxPool2D11(image: Image<2, 1, 1>) -> Image<3, 4, 5> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = max_pool2d(kernel_size = 2, ceil_mode = true);
    }
    pub fn MaxPool2D12(image: Image<2, 1, 1>) -> Image<3, 3, 4> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = max_pool2d(kernel_size = 3, stride = 2, ceil_mode = true);
    }
    pub fn MaxPool2D13(image: Image<2, 1, 1>) -> Image<3, 2, 3> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = max_pool2d(kernel_size = (3, 2), stride = (4, 3), ceil_mode = true);
    }
    pub fn MaxPool2D14(image: Image<2, 1, 1>) -> Image<3, 3, 4> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = max_pool2d(kernel_size = 3, stride = 3, padding = 1, ceil_mode = true);
    }
    pub fn MaxPool2D15(image: Image<2, 1, 1>) -> Image<3, 4, 3> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = max_pool2d(kernel_size = 2, stride = (2, 4), padding = (1, 0), ceil_mode = true);
    }
    pub fn MaxPool2D16(image: Image<2, 1, 1>) -> Image<3, 1, 1> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = max_pool2d(kernel_size = (7, 9));
    }
    pub fn MaxPool2D17(image: Image<2, 1, 1>) -> Image<3, 7, 9> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = max_pool2d(kernel_size = 7, stride = 1, padding = 3);
    }
    pub fn MaxPool2D18(image: Image<3, 1, 1>) -> Image<2, 1, 1> {
        let input = conv_transpose2d(2, kernel_size = (1, 1), bias = false);
        let layer = max_pool2d(kernel_size = 1);
    }
    pub fn MaxPool2D19(image: Image<3, 1, 1>) -> Image<2, 1, 1> {
        let input = conv_transpose2d(2, kernel_size = (1, 1), bias = false);
        let layer = max_pool2d(kernel_size = 3, stride = 1, padding = 1);
    }
    pub fn MaxPool2D20(image: Image<3, 1, 1>) -> Image<2, 1, 1> {
        let input = conv_transpose2d(2, kernel_size = (1, 1), bias = false);
        let layer = max_pool2d(kernel_size = 2, padding = 1, ceil_mode = true);
    }
    pub fn MaxPool2D21(image: Image<2, 1, 1>) -> Image<3, 1, 5> {
        let input = conv_transpose2d(3, kernel_size = (1, 12), bias = false);
        let layer = max_pool2d(kernel_size = (1, 3), stride = 2);
    }
    pub fn MaxPool2D22(image: Image<2, 1, 1>) -> Image<3, 5, 1> {
        let input = conv_transpose2d(3, kernel_size = (12, 1), bias = false);
        let layer = max_pool2d(kernel_size = (3, 1), stride = 2);
    }
    pub fn MaxPool2D23(image: Image<2, 1, 1>) -> Image<16, 7, 7> {
        let input = conv_transpose2d(16, kernel_size = (14, 14), bias = false);
        let layer = max_pool2d(kernel_size = 2, stride = 2);
    }
    pub fn MaxPool2D24(image: Image<2, 1, 1>) -> Image<3, 4, 6> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = max_pool2d(kernel_size = 2, stride = 1, dilation = 3);
    }
    pub fn MaxPool2D25(image: Image<2, 1, 1>) -> Image<3, 4, 4> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = max_pool2d(kernel_size = 3, stride = 2, padding = 1, dilation = (1, 2));
    }
    pub fn MaxPool2D26(image: Image<2, 1, 1>) -> Image<3, 3, 3> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = max_pool2d(kernel_size = (2, 3), stride = (3, 2), dilation = 2, ceil_mode = true);
    }
);

network!(
    pub fn AvgPool2D0(image: Image<2, 1, 1>) -> Image<3, 3, 4> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = avg_pool2d(kernel_size = 2);
    }
    pub fn AvgPool2D1(image: Image<2, 1, 1>) -> Image<3, 2, 3> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = avg_pool2d(kernel_size = 3);
    }
    pub fn AvgPool2D2(image: Image<2, 1, 1>) -> Image<3, 7, 9> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = avg_pool2d(kernel_size = 1);
    }
    pub fn AvgPool2D3(image: Image<2, 1, 1>) -> Image<3, 3, 3> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = avg_pool2d(kernel_size = 1, stride = 3);
    }
    pub fn AvgPool2D4(image: Image<2, 1, 1>) -> Image<3, 2, 2> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = avg_pool2d(kernel_size = 2, stride = 4);
    }
    pub fn AvgPool2D5(image: Image<2, 1, 1>) -> Image<3, 7, 9> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = avg_pool2d(kernel_size = 3, stride = 1, padding = 1);
    }
    pub fn AvgPool2D6(image: Image<2, 1, 1>) -> Image<3, 4, 5> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = avg_pool2d(kernel_size = 3, stride = 2, padding = 1);
    }
    pub fn AvgPool2D7(image: Image<2, 1, 1>) -> Image<3, 8, 10> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = avg_pool2d(kernel_size = 2, stride = 1, padding = 1);
    }
    pub fn AvgPool2D8(image: Image<2, 1, 1>) -> Image<3, 3, 3> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = avg_pool2d(kernel_size = (2, 3));
    }
    pub fn AvgPool2D9(image: Image<2, 1, 1>) -> Image<3, 7, 5> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = avg_pool2d(kernel_size = (3, 1), stride = (1, 2), padding = (1, 0));
    }
    pub fn AvgPool2D10(image: Image<2, 1, 1>) -> Image<3, 2, 10> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = avg_pool2d(kernel_size = (1, 4), stride = (5, 1), padding = (0, 2));
    }
    pub fn AvgPool2D11(image: Image<2, 1, 1>) -> Image<3, 4, 5> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = avg_pool2d(kernel_size = 2, ceil_mode = true);
    }
    pub fn AvgPool2D12(image: Image<2, 1, 1>) -> Image<3, 3, 4> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = avg_pool2d(kernel_size = 3, stride = 2, ceil_mode = true);
    }
    pub fn AvgPool2D13(image: Image<2, 1, 1>) -> Image<3, 2, 3> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = avg_pool2d(kernel_size = (3, 2), stride = (4, 3), ceil_mode = true);
    }
    pub fn AvgPool2D14(image: Image<2, 1, 1>) -> Image<3, 3, 4> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = avg_pool2d(kernel_size = 3, stride = 3, padding = 1, ceil_mode = true);
    }
    pub fn AvgPool2D15(image: Image<2, 1, 1>) -> Image<3, 4, 3> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = avg_pool2d(kernel_size = 2, stride = (2, 4), padding = (1, 0), ceil_mode = true);
    }
    pub fn AvgPool2D16(image: Image<2, 1, 1>) -> Image<3, 1, 1> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = avg_pool2d(kernel_size = (7, 9));
    }
    pub fn AvgPool2D17(image: Image<2, 1, 1>) -> Image<3, 7, 9> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = avg_pool2d(kernel_size = 7, stride = 1, padding = 3);
    }
    pub fn AvgPool2D18(image: Image<3, 1, 1>) -> Image<2, 1, 1> {
        let input = conv_transpose2d(2, kernel_size = (1, 1), bias = false);
        let layer = avg_pool2d(kernel_size = 1);
    }
    pub fn AvgPool2D19(image: Image<3, 1, 1>) -> Image<2, 1, 1> {
        let input = conv_transpose2d(2, kernel_size = (1, 1), bias = false);
        let layer = avg_pool2d(kernel_size = 3, stride = 1, padding = 1);
    }
    pub fn AvgPool2D20(image: Image<3, 1, 1>) -> Image<2, 1, 1> {
        let input = conv_transpose2d(2, kernel_size = (1, 1), bias = false);
        let layer = avg_pool2d(kernel_size = 2, padding = 1, ceil_mode = true);
    }
    pub fn AvgPool2D21(image: Image<2, 1, 1>) -> Image<3, 1, 5> {
        let input = conv_transpose2d(3, kernel_size = (1, 12), bias = false);
        let layer = avg_pool2d(kernel_size = (1, 3), stride = 2);
    }
    pub fn AvgPool2D22(image: Image<2, 1, 1>) -> Image<3, 5, 1> {
        let input = conv_transpose2d(3, kernel_size = (12, 1), bias = false);
        let layer = avg_pool2d(kernel_size = (3, 1), stride = 2);
    }
    pub fn AvgPool2D23(image: Image<2, 1, 1>) -> Image<16, 7, 7> {
        let input = conv_transpose2d(16, kernel_size = (14, 14), bias = false);
        let layer = avg_pool2d(kernel_size = 2, stride = 2);
    }
    pub fn AvgPool2D24(image: Image<2, 1, 1>) -> Image<3, 7, 9> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = avg_pool2d(kernel_size = 3, stride = 1, padding = 1, count_include_pad = false);
    }
    pub fn AvgPool2D25(image: Image<2, 1, 1>) -> Image<3, 4, 5> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = avg_pool2d(kernel_size = 3, stride = 2, padding = 1, count_include_pad = false);
    }
    pub fn AvgPool2D26(image: Image<2, 1, 1>) -> Image<3, 8, 10> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = avg_pool2d(kernel_size = 2, stride = 1, padding = 1, count_include_pad = false);
    }
    pub fn AvgPool2D27(image: Image<2, 1, 1>) -> Image<3, 7, 5> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer =
            avg_pool2d(kernel_size = (3, 1), stride = (1, 2), padding = (1, 0), count_include_pad = false);
    }
    pub fn AvgPool2D28(image: Image<2, 1, 1>) -> Image<3, 2, 10> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer =
            avg_pool2d(kernel_size = (1, 4), stride = (5, 1), padding = (0, 2), count_include_pad = false);
    }
    pub fn AvgPool2D29(image: Image<2, 1, 1>) -> Image<3, 3, 4> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer =
            avg_pool2d(kernel_size = 3, stride = 3, padding = 1, ceil_mode = true, count_include_pad = false);
    }
    pub fn AvgPool2D30(image: Image<2, 1, 1>) -> Image<3, 4, 3> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = avg_pool2d(
            kernel_size = 2,
            stride = (2, 4),
            padding = (1, 0),
            ceil_mode = true,
            count_include_pad = false,
        );
    }
    pub fn AvgPool2D31(image: Image<2, 1, 1>) -> Image<3, 7, 9> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = avg_pool2d(kernel_size = 7, stride = 1, padding = 3, count_include_pad = false);
    }
    pub fn AvgPool2D32(image: Image<3, 1, 1>) -> Image<2, 1, 1> {
        let input = conv_transpose2d(2, kernel_size = (1, 1), bias = false);
        let layer = avg_pool2d(kernel_size = 3, stride = 1, padding = 1, count_include_pad = false);
    }
    pub fn AvgPool2D33(image: Image<3, 1, 1>) -> Image<2, 1, 1> {
        let input = conv_transpose2d(2, kernel_size = (1, 1), bias = false);
        let layer = avg_pool2d(kernel_size = 2, padding = 1, ceil_mode = true, count_include_pad = false);
    }
);

network!(
    pub fn AdaptiveAvgPool2D0(image: Image<2, 1, 1>) -> Image<3, 1, 1> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = adaptive_avg_pool2d(height = 1, width = 1);
    }
    pub fn AdaptiveAvgPool2D1(image: Image<2, 1, 1>) -> Image<3, 2, 3> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = adaptive_avg_pool2d(height = 2, width = 3);
    }
    pub fn AdaptiveAvgPool2D2(image: Image<2, 1, 1>) -> Image<3, 5, 4> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = adaptive_avg_pool2d(height = 5, width = 4);
    }
    pub fn AdaptiveAvgPool2D3(image: Image<2, 1, 1>) -> Image<3, 7, 9> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = adaptive_avg_pool2d(height = 7, width = 9);
    }
    pub fn AdaptiveAvgPool2D4(image: Image<2, 1, 1>) -> Image<3, 9, 5> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = adaptive_avg_pool2d(height = 9, width = 5);
    }
    pub fn AdaptiveAvgPool2D5(image: Image<3, 1, 1>) -> Image<2, 1, 1> {
        let input = conv_transpose2d(2, kernel_size = (1, 1), bias = false);
        let layer = adaptive_avg_pool2d(height = 1, width = 1);
    }
    pub fn AdaptiveAvgPool2D6(image: Image<3, 1, 1>) -> Image<2, 3, 2> {
        let input = conv_transpose2d(2, kernel_size = (1, 1), bias = false);
        let layer = adaptive_avg_pool2d(height = 3, width = 2);
    }
    pub fn AdaptiveAvgPool2D7(image: Image<1, 1, 1>) -> Image<4, 6, 6> {
        let input = conv_transpose2d(4, kernel_size = (13, 12), bias = false);
        let layer = adaptive_avg_pool2d(height = 6, width = 6);
    }
);

network!(
    pub fn AdaptiveMaxPool2D0(image: Image<2, 1, 1>) -> Image<3, 1, 1> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = adaptive_max_pool2d(height = 1, width = 1);
    }
    pub fn AdaptiveMaxPool2D1(image: Image<2, 1, 1>) -> Image<3, 2, 3> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = adaptive_max_pool2d(height = 2, width = 3);
    }
    pub fn AdaptiveMaxPool2D2(image: Image<2, 1, 1>) -> Image<3, 5, 4> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = adaptive_max_pool2d(height = 5, width = 4);
    }
    pub fn AdaptiveMaxPool2D3(image: Image<2, 1, 1>) -> Image<3, 7, 9> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = adaptive_max_pool2d(height = 7, width = 9);
    }
    pub fn AdaptiveMaxPool2D4(image: Image<2, 1, 1>) -> Image<3, 9, 5> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = adaptive_max_pool2d(height = 9, width = 5);
    }
    pub fn AdaptiveMaxPool2D5(image: Image<3, 1, 1>) -> Image<2, 1, 1> {
        let input = conv_transpose2d(2, kernel_size = (1, 1), bias = false);
        let layer = adaptive_max_pool2d(height = 1, width = 1);
    }
    pub fn AdaptiveMaxPool2D6(image: Image<3, 1, 1>) -> Image<2, 3, 2> {
        let input = conv_transpose2d(2, kernel_size = (1, 1), bias = false);
        let layer = adaptive_max_pool2d(height = 3, width = 2);
    }
    pub fn AdaptiveMaxPool2D7(image: Image<1, 1, 1>) -> Image<4, 6, 6> {
        let input = conv_transpose2d(4, kernel_size = (13, 12), bias = false);
        let layer = adaptive_max_pool2d(height = 6, width = 6);
    }
);

network!(
    pub fn GlobalAvgPool2D0(image: Image<2, 1, 1>) -> Image<3, 1, 1> {
        let input = conv_transpose2d(3, kernel_size = (7, 9), bias = false);
        let layer = global_avg_pool2d;
    }
    pub fn GlobalAvgPool2D1(image: Image<3, 1, 1>) -> Image<2, 1, 1> {
        let input = conv_transpose2d(2, kernel_size = (1, 1), bias = false);
        let layer = global_avg_pool2d;
    }
);

network!(
    pub fn Upsample0(image: Image<2, 1, 1>) -> Image<3, 5, 4> {
        let input = conv_transpose2d(3, kernel_size = (5, 4), bias = false);
        let layer = upsample(scale_factor = 1);
    }
    pub fn Upsample1(image: Image<2, 1, 1>) -> Image<3, 10, 8> {
        let input = conv_transpose2d(3, kernel_size = (5, 4), bias = false);
        let layer = upsample(scale_factor = 2);
    }
    pub fn Upsample2(image: Image<1, 1, 1>) -> Image<2, 12, 9> {
        let input = conv_transpose2d(2, kernel_size = (4, 3), bias = false);
        let layer = upsample(scale_factor = 3);
    }
    pub fn Upsample3(image: Image<2, 1, 1>) -> Image<2, 3, 20> {
        let input = conv_transpose2d(2, kernel_size = (3, 5), bias = false);
        let layer = upsample(scale_factor = (1, 4));
    }
    pub fn Upsample4(image: Image<2, 1, 1>) -> Image<2, 6, 6> {
        let input = conv_transpose2d(2, kernel_size = (2, 3), bias = false);
        let layer = upsample(scale_factor = (3, 2));
    }
    pub fn Upsample5(image: Image<3, 1, 1>) -> Image<2, 2, 2> {
        let input = conv_transpose2d(2, kernel_size = (1, 1), bias = false);
        let layer = upsample(scale_factor = 2);
    }
    pub fn Upsample6(image: Image<2, 1, 1>) -> Image<3, 5, 4> {
        let input = conv_transpose2d(3, kernel_size = (5, 4), bias = false);
        let layer = upsample(scale_factor = 1, mode = "bilinear");
    }
    pub fn Upsample7(image: Image<2, 1, 1>) -> Image<3, 10, 8> {
        let input = conv_transpose2d(3, kernel_size = (5, 4), bias = false);
        let layer = upsample(scale_factor = 2, mode = "bilinear");
    }
    pub fn Upsample8(image: Image<1, 1, 1>) -> Image<2, 12, 9> {
        let input = conv_transpose2d(2, kernel_size = (4, 3), bias = false);
        let layer = upsample(scale_factor = 3, mode = "bilinear");
    }
    pub fn Upsample9(image: Image<2, 1, 1>) -> Image<2, 3, 20> {
        let input = conv_transpose2d(2, kernel_size = (3, 5), bias = false);
        let layer = upsample(scale_factor = (1, 4), mode = "bilinear");
    }
    pub fn Upsample10(image: Image<2, 1, 1>) -> Image<2, 6, 6> {
        let input = conv_transpose2d(2, kernel_size = (2, 3), bias = false);
        let layer = upsample(scale_factor = (3, 2), mode = "bilinear");
    }
    pub fn Upsample11(image: Image<3, 1, 1>) -> Image<2, 2, 2> {
        let input = conv_transpose2d(2, kernel_size = (1, 1), bias = false);
        let layer = upsample(scale_factor = 2, mode = "bilinear");
    }
    pub fn Upsample12(image: Image<2, 1, 1>) -> Image<3, 5, 4> {
        let input = conv_transpose2d(3, kernel_size = (5, 4), bias = false);
        let layer = upsample(scale_factor = 1, mode = "bilinear", align_corners = true);
    }
    pub fn Upsample13(image: Image<2, 1, 1>) -> Image<3, 10, 8> {
        let input = conv_transpose2d(3, kernel_size = (5, 4), bias = false);
        let layer = upsample(scale_factor = 2, mode = "bilinear", align_corners = true);
    }
    pub fn Upsample14(image: Image<1, 1, 1>) -> Image<2, 12, 9> {
        let input = conv_transpose2d(2, kernel_size = (4, 3), bias = false);
        let layer = upsample(scale_factor = 3, mode = "bilinear", align_corners = true);
    }
    pub fn Upsample15(image: Image<2, 1, 1>) -> Image<2, 3, 20> {
        let input = conv_transpose2d(2, kernel_size = (3, 5), bias = false);
        let layer = upsample(scale_factor = (1, 4), mode = "bilinear", align_corners = true);
    }
    pub fn Upsample16(image: Image<2, 1, 1>) -> Image<2, 6, 6> {
        let input = conv_transpose2d(2, kernel_size = (2, 3), bias = false);
        let layer = upsample(scale_factor = (3, 2), mode = "bilinear", align_corners = true);
    }
    pub fn Upsample17(image: Image<3, 1, 1>) -> Image<2, 2, 2> {
        let input = conv_transpose2d(2, kernel_size = (1, 1), bias = false);
        let layer = upsample(scale_factor = 2, mode = "bilinear", align_corners = true);
    }
);

network!(
    pub fn BatchNorm2D0(image: Image<2, 1, 1>) -> Image<3, 5, 7> {
        let input = conv_transpose2d(3, kernel_size = (5, 7), bias = false);
        let layer = batch_norm2d;
    }
    pub fn BatchNorm2D1(image: Image<5, 1, 1>) -> Image<4, 1, 1> {
        let input = conv_transpose2d(4, kernel_size = (1, 1), bias = false);
        let layer = batch_norm2d;
    }
    pub fn BatchNorm2D2(image: Image<1, 1, 1>) -> Image<3, 4, 4> {
        let input = conv_transpose2d(3, kernel_size = (4, 4), bias = false);
        let layer = batch_norm2d;
    }
    pub fn BatchNorm2D3(image: Image<2, 1, 1>) -> Image<3, 5, 7> {
        let input = conv_transpose2d(3, kernel_size = (5, 7), bias = false);
        let layer = batch_norm2d(affine = false);
    }
    pub fn BatchNorm2D4(image: Image<2, 1, 1>) -> Image<3, 5, 7> {
        let input = conv_transpose2d(3, kernel_size = (5, 7), bias = false);
        let layer = batch_norm2d(momentum = 0.3);
    }
    pub fn BatchNorm2D5(image: Image<2, 1, 1>) -> Image<3, 5, 7> {
        let input = conv_transpose2d(3, kernel_size = (5, 7), bias = false);
        let layer = batch_norm2d(eps = 0.5);
    }
    pub fn BatchNorm2D6(image: Image<3, 1, 1>) -> Image<17, 3, 3> {
        let input = conv_transpose2d(17, kernel_size = (3, 3), bias = false);
        let layer = batch_norm2d(eps = 0.001, momentum = 0.01);
    }
);

network!(
    pub fn LocalResponseNorm0(image: Image<2, 1, 1>) -> Image<7, 3, 4> {
        let input = conv_transpose2d(7, kernel_size = (3, 4), bias = false);
        let layer = local_response_norm(size = 5);
    }
    pub fn LocalResponseNorm1(image: Image<2, 1, 1>) -> Image<3, 4, 5> {
        let input = conv_transpose2d(3, kernel_size = (4, 5), bias = false);
        let layer = local_response_norm(size = 1, alpha = 0.1);
    }
    pub fn LocalResponseNorm2(image: Image<2, 1, 1>) -> Image<5, 4, 5> {
        let input = conv_transpose2d(5, kernel_size = (4, 5), bias = false);
        let layer = local_response_norm(size = 2, alpha = 0.1);
    }
    pub fn LocalResponseNorm3(image: Image<2, 1, 1>) -> Image<5, 4, 5> {
        let input = conv_transpose2d(5, kernel_size = (4, 5), bias = false);
        let layer = local_response_norm(size = 3, alpha = 0.1, beta = 0.5, k = 2.0);
    }
    pub fn LocalResponseNorm4(image: Image<2, 1, 1>) -> Image<6, 3, 3> {
        let input = conv_transpose2d(6, kernel_size = (3, 3), bias = false);
        let layer = local_response_norm(size = 4, alpha = 1.0, beta = 1.0);
    }
    pub fn LocalResponseNorm5(image: Image<2, 1, 1>) -> Image<4, 3, 3> {
        let input = conv_transpose2d(4, kernel_size = (3, 3), bias = false);
        let layer = local_response_norm(size = 9, alpha = 0.1);
    }
    pub fn LocalResponseNorm6(image: Image<3, 1, 1>) -> Image<5, 1, 1> {
        let input = conv_transpose2d(5, kernel_size = (1, 1), bias = false);
        let layer = local_response_norm(size = 3, alpha = 0.1);
    }
);

network!(
    pub fn Relu0(image: Image<2, 1, 1>) -> Image<3, 5, 7> {
        let input = conv_transpose2d(3, kernel_size = (5, 7), bias = false);
        let layer = relu;
    }
    pub fn Relu1(image: Image<3, 1, 1>) -> Image<5, 1, 1> {
        let input = conv_transpose2d(5, kernel_size = (1, 1), bias = false);
        let layer = relu;
    }
    pub fn Relu2(image: Image<2, 1, 1>) -> Vector<7> {
        let input = conv_transpose2d(7, kernel_size = (1, 1), bias = false);
        flatten;
        let layer = relu;
    }
);

network!(
    pub fn Relu60(image: Image<2, 1, 1>) -> Image<3, 5, 7> {
        let input = conv_transpose2d(3, kernel_size = (5, 7), bias = false);
        let layer = relu6;
    }
    pub fn Relu61(image: Image<3, 1, 1>) -> Image<5, 1, 1> {
        let input = conv_transpose2d(5, kernel_size = (1, 1), bias = false);
        let layer = relu6;
    }
    pub fn Relu62(image: Image<2, 1, 1>) -> Vector<7> {
        let input = conv_transpose2d(7, kernel_size = (1, 1), bias = false);
        flatten;
        let layer = relu6;
    }
);

network!(
    pub fn LeakyRelu0(image: Image<2, 1, 1>) -> Image<3, 5, 7> {
        let input = conv_transpose2d(3, kernel_size = (5, 7), bias = false);
        let layer = leaky_relu(slope = 0.01);
    }
    pub fn LeakyRelu1(image: Image<3, 1, 1>) -> Image<5, 1, 1> {
        let input = conv_transpose2d(5, kernel_size = (1, 1), bias = false);
        let layer = leaky_relu(slope = 0.2);
    }
    pub fn LeakyRelu2(image: Image<2, 1, 1>) -> Vector<7> {
        let input = conv_transpose2d(7, kernel_size = (1, 1), bias = false);
        flatten;
        let layer = leaky_relu(slope = 1.5);
    }
    pub fn LeakyRelu3(image: Image<2, 1, 1>) -> Vector<7> {
        let input = conv_transpose2d(7, kernel_size = (1, 1), bias = false);
        flatten;
        let layer = leaky_relu(slope = 0.0);
    }
    pub fn LeakyRelu4(image: Image<2, 1, 1>) -> Vector<7> {
        let input = conv_transpose2d(7, kernel_size = (1, 1), bias = false);
        flatten;
        let layer = leaky_relu(slope = -0.5);
    }
);

network!(
    pub fn Sigmoid0(image: Image<2, 1, 1>) -> Image<3, 5, 7> {
        let input = conv_transpose2d(3, kernel_size = (5, 7), bias = false);
        let layer = sigmoid;
    }
    pub fn Sigmoid1(image: Image<3, 1, 1>) -> Image<5, 1, 1> {
        let input = conv_transpose2d(5, kernel_size = (1, 1), bias = false);
        let layer = sigmoid;
    }
    pub fn Sigmoid2(image: Image<2, 1, 1>) -> Vector<7> {
        let input = conv_transpose2d(7, kernel_size = (1, 1), bias = false);
        flatten;
        let layer = sigmoid;
    }
);

network!(
    pub fn Hardsigmoid0(image: Image<2, 1, 1>) -> Image<3, 5, 7> {
        let input = conv_transpose2d(3, kernel_size = (5, 7), bias = false);
        let layer = hardsigmoid;
    }
    pub fn Hardsigmoid1(image: Image<3, 1, 1>) -> Image<5, 1, 1> {
        let input = conv_transpose2d(5, kernel_size = (1, 1), bias = false);
        let layer = hardsigmoid;
    }
    pub fn Hardsigmoid2(image: Image<2, 1, 1>) -> Vector<7> {
        let input = conv_transpose2d(7, kernel_size = (1, 1), bias = false);
        flatten;
        let layer = hardsigmoid;
    }
);

network!(
    pub fn Tanh0(image: Image<2, 1, 1>) -> Image<3, 5, 7> {
        let input = conv_transpose2d(3, kernel_size = (5, 7), bias = false);
        let layer = tanh;
    }
    pub fn Tanh1(image: Image<3, 1, 1>) -> Image<5, 1, 1> {
        let input = conv_transpose2d(5, kernel_size = (1, 1), bias = false);
        let layer = tanh;
    }
    pub fn Tanh2(image: Image<2, 1, 1>) -> Vector<7> {
        let input = conv_transpose2d(7, kernel_size = (1, 1), bias = false);
        flatten;
        let layer = tanh;
    }
);

network!(
    pub fn Gelu0(image: Image<2, 1, 1>) -> Image<3, 5, 7> {
        let input = conv_transpose2d(3, kernel_size = (5, 7), bias = false);
        let layer = gelu;
    }
    pub fn Gelu1(image: Image<3, 1, 1>) -> Image<5, 1, 1> {
        let input = conv_transpose2d(5, kernel_size = (1, 1), bias = false);
        let layer = gelu;
    }
    pub fn Gelu2(image: Image<2, 1, 1>) -> Vector<7> {
        let input = conv_transpose2d(7, kernel_size = (1, 1), bias = false);
        flatten;
        let layer = gelu;
    }
);

network!(
    pub fn Silu0(image: Image<2, 1, 1>) -> Image<3, 5, 7> {
        let input = conv_transpose2d(3, kernel_size = (5, 7), bias = false);
        let layer = silu;
    }
    pub fn Silu1(image: Image<3, 1, 1>) -> Image<5, 1, 1> {
        let input = conv_transpose2d(5, kernel_size = (1, 1), bias = false);
        let layer = silu;
    }
    pub fn Silu2(image: Image<2, 1, 1>) -> Vector<7> {
        let input = conv_transpose2d(7, kernel_size = (1, 1), bias = false);
        flatten;
        let layer = silu;
    }
);

network!(
    pub fn Hardswish0(image: Image<2, 1, 1>) -> Image<3, 5, 7> {
        let input = conv_transpose2d(3, kernel_size = (5, 7), bias = false);
        let layer = hardswish;
    }
    pub fn Hardswish1(image: Image<3, 1, 1>) -> Image<5, 1, 1> {
        let input = conv_transpose2d(5, kernel_size = (1, 1), bias = false);
        let layer = hardswish;
    }
    pub fn Hardswish2(image: Image<2, 1, 1>) -> Vector<7> {
        let input = conv_transpose2d(7, kernel_size = (1, 1), bias = false);
        flatten;
        let layer = hardswish;
    }
);

network!(
    pub fn Softmax0(image: Image<2, 1, 1>) -> Image<3, 5, 7> {
        let input = conv_transpose2d(3, kernel_size = (5, 7), bias = false);
        let layer = softmax;
    }
    pub fn Softmax1(image: Image<3, 1, 1>) -> Image<5, 1, 1> {
        let input = conv_transpose2d(5, kernel_size = (1, 1), bias = false);
        let layer = softmax;
    }
    pub fn Softmax2(image: Image<2, 1, 1>) -> Vector<7> {
        let input = conv_transpose2d(7, kernel_size = (1, 1), bias = false);
        flatten;
        let layer = softmax;
    }
);

network!(
    pub fn Flatten0(image: Image<2, 1, 1>) -> Vector<105> {
        let input = conv_transpose2d(3, kernel_size = (5, 7), bias = false);
        let layer = flatten;
    }
    pub fn Flatten1(image: Image<3, 1, 1>) -> Vector<5> {
        let input = conv_transpose2d(5, kernel_size = (1, 1), bias = false);
        let layer = flatten;
    }
    pub fn Flatten2(image: Image<2, 1, 1>) -> Vector<7> {
        let input = conv_transpose2d(7, kernel_size = (1, 1), bias = false);
        flatten;
        let layer = flatten;
    }
);

network!(
    pub fn Dropout0(image: Image<2, 1, 1>) -> Image<3, 5, 7> {
        let input = conv_transpose2d(3, kernel_size = (5, 7), bias = false);
        let layer = dropout(p = 0.0);
    }
    pub fn Dropout1(image: Image<3, 1, 1>) -> Image<5, 1, 1> {
        let input = conv_transpose2d(5, kernel_size = (1, 1), bias = false);
        let layer = dropout(p = 0.0);
    }
    pub fn Dropout2(image: Image<2, 1, 1>) -> Vector<7> {
        let input = conv_transpose2d(7, kernel_size = (1, 1), bias = false);
        flatten;
        let layer = dropout(p = 0.0);
    }
);

network!(
    pub fn Concat0(image: Image<2, 1, 1>) -> Image<6, 5, 7> {
        let input = conv_transpose2d(3, kernel_size = (5, 7), bias = false);
        concat(_, { relu })
    }
    pub fn Concat1(image: Image<2, 1, 1>) -> Image<9, 1, 1> {
        let input = conv_transpose2d(3, kernel_size = (1, 1), bias = false);
        concat(_, _, _)
    }
    pub fn Concat2(image: Image<2, 1, 1>) -> Vector<10> {
        let input = conv_transpose2d(7, kernel_size = (1, 1), bias = false);
        flatten;
        concat(
            {
                let p = linear(3);
            },
            _,
        )
    }
    pub fn Concat3(image: Image<2, 1, 1>) -> Image<13, 5, 7> {
        let input = conv_transpose2d(3, kernel_size = (5, 7), bias = false);
        concat(
            {
                let p = conv2d(5, kernel_size = 1);
            },
            {
                let q = conv2d(2, kernel_size = (3, 1), padding = (1, 0));
            },
            _,
            { max_pool2d(3, stride = 1, padding = 1) },
        )
    }
);

network!(
    pub fn Add0(image: Image<2, 1, 1>) -> Image<3, 5, 7> {
        let input = conv_transpose2d(3, kernel_size = (5, 7), bias = false);
        add(_, { tanh })
    }
    pub fn Add1(image: Image<3, 1, 1>) -> Image<4, 1, 1> {
        let input = conv_transpose2d(4, kernel_size = (1, 1), bias = false);
        add(_, _, _)
    }
    pub fn Add2(image: Image<2, 1, 1>) -> Vector<7> {
        let input = conv_transpose2d(7, kernel_size = (1, 1), bias = false);
        flatten;
        add(
            {
                let p = linear(7);
            },
            _,
            { relu },
        )
    }
    pub fn Add3(image: Image<2, 1, 1>) -> Image<3, 5, 7> {
        let input = conv_transpose2d(3, kernel_size = (5, 7), bias = false);
        add(
            {
                let p = conv2d(3, kernel_size = 3, padding = 1);
            },
            {
                let q = batch_norm2d;
            },
            _,
        )
    }
);

#[test]
fn conv2d() {
    let fixture = Fixture::read("layers");
    check::<Conv2D0>(&fixture);
    check::<Conv2D1>(&fixture);
    check::<Conv2D2>(&fixture);
    check::<Conv2D3>(&fixture);
    check::<Conv2D4>(&fixture);
    check::<Conv2D5>(&fixture);
    check::<Conv2D6>(&fixture);
    check::<Conv2D7>(&fixture);
    check::<Conv2D8>(&fixture);
    check::<Conv2D9>(&fixture);
    check::<Conv2D10>(&fixture);
    check::<Conv2D11>(&fixture);
    check::<Conv2D12>(&fixture);
    check::<Conv2D13>(&fixture);
    check::<Conv2D14>(&fixture);
    check::<Conv2D15>(&fixture);
    check::<Conv2D16>(&fixture);
    check::<Conv2D17>(&fixture);
    check::<Conv2D18>(&fixture);
    check::<Conv2D19>(&fixture);
    check::<Conv2D20>(&fixture);
    check::<Conv2D21>(&fixture);
    check::<Conv2D22>(&fixture);
    check::<Conv2D23>(&fixture);
    check::<Conv2D24>(&fixture);
    check::<Conv2D25>(&fixture);
    check::<Conv2D26>(&fixture);
    check::<Conv2D27>(&fixture);
    check::<Conv2D28>(&fixture);
    check::<Conv2D29>(&fixture);
    check::<Conv2D30>(&fixture);
    check::<Conv2D31>(&fixture);
    check::<Conv2D32>(&fixture);
    check::<Conv2D33>(&fixture);
    check::<Conv2D34>(&fixture);
    check::<Conv2D35>(&fixture);
    check::<Conv2D36>(&fixture);
    check::<Conv2D37>(&fixture);
    check::<Conv2D38>(&fixture);
    check::<Conv2D39>(&fixture);
    check::<Conv2D40>(&fixture);
    check::<Conv2D41>(&fixture);
    check::<Conv2D42>(&fixture);
    check::<Conv2D43>(&fixture);
    check::<Conv2D44>(&fixture);
    check::<Conv2D45>(&fixture);
    check::<Conv2D46>(&fixture);
    check::<Conv2D47>(&fixture);
    check::<Conv2D48>(&fixture);
}

#[test]
fn conv_transpose2d() {
    let fixture = Fixture::read("layers");
    check::<ConvTranspose2D0>(&fixture);
    check::<ConvTranspose2D1>(&fixture);
    check::<ConvTranspose2D2>(&fixture);
    check::<ConvTranspose2D3>(&fixture);
    check::<ConvTranspose2D4>(&fixture);
    check::<ConvTranspose2D5>(&fixture);
    check::<ConvTranspose2D6>(&fixture);
    check::<ConvTranspose2D7>(&fixture);
    check::<ConvTranspose2D8>(&fixture);
    check::<ConvTranspose2D9>(&fixture);
    check::<ConvTranspose2D10>(&fixture);
    check::<ConvTranspose2D11>(&fixture);
    check::<ConvTranspose2D12>(&fixture);
    check::<ConvTranspose2D13>(&fixture);
    check::<ConvTranspose2D14>(&fixture);
    check::<ConvTranspose2D15>(&fixture);
    check::<ConvTranspose2D16>(&fixture);
    check::<ConvTranspose2D17>(&fixture);
    check::<ConvTranspose2D18>(&fixture);
    check::<ConvTranspose2D19>(&fixture);
    check::<ConvTranspose2D20>(&fixture);
    check::<ConvTranspose2D21>(&fixture);
    check::<ConvTranspose2D22>(&fixture);
    check::<ConvTranspose2D23>(&fixture);
    check::<ConvTranspose2D24>(&fixture);
    check::<ConvTranspose2D25>(&fixture);
    check::<ConvTranspose2D26>(&fixture);
    check::<ConvTranspose2D27>(&fixture);
    check::<ConvTranspose2D28>(&fixture);
    check::<ConvTranspose2D29>(&fixture);
    check::<ConvTranspose2D30>(&fixture);
    check::<ConvTranspose2D31>(&fixture);
    check::<ConvTranspose2D32>(&fixture);
    check::<ConvTranspose2D33>(&fixture);
    check::<ConvTranspose2D34>(&fixture);
}

#[test]
fn linear() {
    let fixture = Fixture::read("layers");
    check::<Linear0>(&fixture);
    check::<Linear1>(&fixture);
    check::<Linear2>(&fixture);
    check::<Linear3>(&fixture);
    check::<Linear4>(&fixture);
    check::<Linear5>(&fixture);
}

#[test]
fn max_pool2d() {
    let fixture = Fixture::read("layers");
    check::<MaxPool2D0>(&fixture);
    check::<MaxPool2D1>(&fixture);
    check::<MaxPool2D2>(&fixture);
    check::<MaxPool2D3>(&fixture);
    check::<MaxPool2D4>(&fixture);
    check::<MaxPool2D5>(&fixture);
    check::<MaxPool2D6>(&fixture);
    check::<MaxPool2D7>(&fixture);
    check::<MaxPool2D8>(&fixture);
    check::<MaxPool2D9>(&fixture);
    check::<MaxPool2D10>(&fixture);
    check::<MaxPool2D11>(&fixture);
    check::<MaxPool2D12>(&fixture);
    check::<MaxPool2D13>(&fixture);
    check::<MaxPool2D14>(&fixture);
    check::<MaxPool2D15>(&fixture);
    check::<MaxPool2D16>(&fixture);
    check::<MaxPool2D17>(&fixture);
    check::<MaxPool2D18>(&fixture);
    check::<MaxPool2D19>(&fixture);
    check::<MaxPool2D20>(&fixture);
    check::<MaxPool2D21>(&fixture);
    check::<MaxPool2D22>(&fixture);
    check::<MaxPool2D23>(&fixture);
    check::<MaxPool2D24>(&fixture);
    check::<MaxPool2D25>(&fixture);
    check::<MaxPool2D26>(&fixture);
}

#[test]
fn avg_pool2d() {
    let fixture = Fixture::read("layers");
    check::<AvgPool2D0>(&fixture);
    check::<AvgPool2D1>(&fixture);
    check::<AvgPool2D2>(&fixture);
    check::<AvgPool2D3>(&fixture);
    check::<AvgPool2D4>(&fixture);
    check::<AvgPool2D5>(&fixture);
    check::<AvgPool2D6>(&fixture);
    check::<AvgPool2D7>(&fixture);
    check::<AvgPool2D8>(&fixture);
    check::<AvgPool2D9>(&fixture);
    check::<AvgPool2D10>(&fixture);
    check::<AvgPool2D11>(&fixture);
    check::<AvgPool2D12>(&fixture);
    check::<AvgPool2D13>(&fixture);
    check::<AvgPool2D14>(&fixture);
    check::<AvgPool2D15>(&fixture);
    check::<AvgPool2D16>(&fixture);
    check::<AvgPool2D17>(&fixture);
    check::<AvgPool2D18>(&fixture);
    check::<AvgPool2D19>(&fixture);
    check::<AvgPool2D20>(&fixture);
    check::<AvgPool2D21>(&fixture);
    check::<AvgPool2D22>(&fixture);
    check::<AvgPool2D23>(&fixture);
    check::<AvgPool2D24>(&fixture);
    check::<AvgPool2D25>(&fixture);
    check::<AvgPool2D26>(&fixture);
    check::<AvgPool2D27>(&fixture);
    check::<AvgPool2D28>(&fixture);
    check::<AvgPool2D29>(&fixture);
    check::<AvgPool2D30>(&fixture);
    check::<AvgPool2D31>(&fixture);
    check::<AvgPool2D32>(&fixture);
    check::<AvgPool2D33>(&fixture);
}

#[test]
fn adaptive_avg_pool2d() {
    let fixture = Fixture::read("layers");
    check::<AdaptiveAvgPool2D0>(&fixture);
    check::<AdaptiveAvgPool2D1>(&fixture);
    check::<AdaptiveAvgPool2D2>(&fixture);
    check::<AdaptiveAvgPool2D3>(&fixture);
    check::<AdaptiveAvgPool2D4>(&fixture);
    check::<AdaptiveAvgPool2D5>(&fixture);
    check::<AdaptiveAvgPool2D6>(&fixture);
    check::<AdaptiveAvgPool2D7>(&fixture);
}

#[test]
fn adaptive_max_pool2d() {
    let fixture = Fixture::read("layers");
    check::<AdaptiveMaxPool2D0>(&fixture);
    check::<AdaptiveMaxPool2D1>(&fixture);
    check::<AdaptiveMaxPool2D2>(&fixture);
    check::<AdaptiveMaxPool2D3>(&fixture);
    check::<AdaptiveMaxPool2D4>(&fixture);
    check::<AdaptiveMaxPool2D5>(&fixture);
    check::<AdaptiveMaxPool2D6>(&fixture);
    check::<AdaptiveMaxPool2D7>(&fixture);
}

#[test]
fn global_avg_pool2d() {
    let fixture = Fixture::read("layers");
    check::<GlobalAvgPool2D0>(&fixture);
    check::<GlobalAvgPool2D1>(&fixture);
}

#[test]
fn upsample() {
    let fixture = Fixture::read("layers");
    check::<Upsample0>(&fixture);
    check::<Upsample1>(&fixture);
    check::<Upsample2>(&fixture);
    check::<Upsample3>(&fixture);
    check::<Upsample4>(&fixture);
    check::<Upsample5>(&fixture);
    check::<Upsample6>(&fixture);
    check::<Upsample7>(&fixture);
    check::<Upsample8>(&fixture);
    check::<Upsample9>(&fixture);
    check::<Upsample10>(&fixture);
    check::<Upsample11>(&fixture);
    check::<Upsample12>(&fixture);
    check::<Upsample13>(&fixture);
    check::<Upsample14>(&fixture);
    check::<Upsample15>(&fixture);
    check::<Upsample16>(&fixture);
    check::<Upsample17>(&fixture);
}

#[test]
fn batch_norm2d() {
    let fixture = Fixture::read("layers");
    check::<BatchNorm2D0>(&fixture);
    check::<BatchNorm2D1>(&fixture);
    check::<BatchNorm2D2>(&fixture);
    check::<BatchNorm2D3>(&fixture);
    check::<BatchNorm2D4>(&fixture);
    check::<BatchNorm2D5>(&fixture);
    check::<BatchNorm2D6>(&fixture);
}

#[test]
fn local_response_norm() {
    let fixture = Fixture::read("layers");
    check::<LocalResponseNorm0>(&fixture);
    check::<LocalResponseNorm1>(&fixture);
    check::<LocalResponseNorm2>(&fixture);
    check::<LocalResponseNorm3>(&fixture);
    check::<LocalResponseNorm4>(&fixture);
    check::<LocalResponseNorm5>(&fixture);
    check::<LocalResponseNorm6>(&fixture);
}

#[test]
fn relu() {
    let fixture = Fixture::read("layers");
    check::<Relu0>(&fixture);
    check::<Relu1>(&fixture);
    check::<Relu2>(&fixture);
}

#[test]
fn relu6() {
    let fixture = Fixture::read("layers");
    check::<Relu60>(&fixture);
    check::<Relu61>(&fixture);
    check::<Relu62>(&fixture);
}

#[test]
fn leaky_relu() {
    let fixture = Fixture::read("layers");
    check::<LeakyRelu0>(&fixture);
    check::<LeakyRelu1>(&fixture);
    check::<LeakyRelu2>(&fixture);
    check::<LeakyRelu3>(&fixture);
    check::<LeakyRelu4>(&fixture);
}

#[test]
fn sigmoid() {
    let fixture = Fixture::read("layers");
    check::<Sigmoid0>(&fixture);
    check::<Sigmoid1>(&fixture);
    check::<Sigmoid2>(&fixture);
}

#[test]
fn hardsigmoid() {
    let fixture = Fixture::read("layers");
    check::<Hardsigmoid0>(&fixture);
    check::<Hardsigmoid1>(&fixture);
    check::<Hardsigmoid2>(&fixture);
}

#[test]
fn tanh() {
    let fixture = Fixture::read("layers");
    check::<Tanh0>(&fixture);
    check::<Tanh1>(&fixture);
    check::<Tanh2>(&fixture);
}

#[test]
fn gelu() {
    let fixture = Fixture::read("layers");
    check::<Gelu0>(&fixture);
    check::<Gelu1>(&fixture);
    check::<Gelu2>(&fixture);
}

#[test]
fn silu() {
    let fixture = Fixture::read("layers");
    check::<Silu0>(&fixture);
    check::<Silu1>(&fixture);
    check::<Silu2>(&fixture);
}

#[test]
fn hardswish() {
    let fixture = Fixture::read("layers");
    check::<Hardswish0>(&fixture);
    check::<Hardswish1>(&fixture);
    check::<Hardswish2>(&fixture);
}

#[test]
fn softmax() {
    let fixture = Fixture::read("layers");
    check::<Softmax0>(&fixture);
    check::<Softmax1>(&fixture);
    check::<Softmax2>(&fixture);
}

#[test]
fn flatten() {
    let fixture = Fixture::read("layers");
    check::<Flatten0>(&fixture);
    check::<Flatten1>(&fixture);
    check::<Flatten2>(&fixture);
}

#[test]
fn dropout() {
    let fixture = Fixture::read("layers");
    check::<Dropout0>(&fixture);
    check::<Dropout1>(&fixture);
    check::<Dropout2>(&fixture);
}

#[test]
fn concat() {
    let fixture = Fixture::read("layers");
    check::<Concat0>(&fixture);
    check::<Concat1>(&fixture);
    check::<Concat2>(&fixture);
    check::<Concat3>(&fixture);
}

#[test]
fn add() {
    let fixture = Fixture::read("layers");
    check::<Add0>(&fixture);
    check::<Add1>(&fixture);
    check::<Add2>(&fixture);
    check::<Add3>(&fixture);
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
