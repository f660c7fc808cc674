//! The worked numbers of the course, each through a `network!`.
//!
//! They are what PyTorch prints for
//! `torch.nn.functional.conv2d(x, k, stride=…, padding=…, dilation=…)`, `max_pool2d(x, 2)` and `avg_pool2d(x, 2)`.

use cnn::prelude::*;

const X: Image<1, 5, 5> = Image([[
    [1.0, 2.0, 0.0, 3.0, 1.0],
    [0.0, 1.0, 2.0, 3.0, 1.0],
    [1.0, 2.0, 1.0, 0.0, 0.0],
    [5.0, 2.0, 3.0, 1.0, 1.0],
    [2.0, 1.0, 0.0, 1.0, 1.0],
]]);

const KERNEL: [f32; 9] = [1.0, 2.0, 1.0, 0.0, 1.0, 0.0, 2.0, 1.0, 0.0];

const POOLED: Image<1, 4, 4> =
    Image([[[1.0, 1.0, 2.0, 4.0], [5.0, 6.0, 7.0, 8.0], [3.0, 2.0, 1.0, 0.0], [1.0, 2.0, 3.0, 4.0]]]);

network!(
    pub fn Plain(image: Image<1, 5, 5>) -> Image<1, 3, 3> {
        let conv = conv2d(1, kernel_size = 3, bias = false);
    }
    pub fn Strided(image: Image<1, 5, 5>) -> Image<1, 2, 2> {
        let conv = conv2d(1, kernel_size = 3, stride = 2, bias = false);
    }
    pub fn Padded(image: Image<1, 5, 5>) -> Image<1, 5, 5> {
        let conv = conv2d(1, kernel_size = 3, padding = 1, bias = false);
    }
    pub fn Dilated(image: Image<1, 5, 5>) -> Image<1, 1, 1> {
        let conv = conv2d(1, kernel_size = 3, dilation = 2, bias = false);
    }
    pub fn Largest(image: Image<1, 4, 4>) -> Image<1, 2, 2> {
        max_pool2d(2)
    }
    pub fn Mean(image: Image<1, 4, 4>) -> Image<1, 2, 2> {
        avg_pool2d(2)
    }
    pub fn Wide(image: Image<3, 100, 100>) -> Image<10, 98, 98> {
        conv2d(10, kernel_size = 3)
    }
);

/// The network with the course's kernel.
fn with_kernel<N: Network>() -> N {
    let mut net = N::new(0);
    net.set_tensor("conv.weight", &KERNEL).expect("the network has one kernel of 3x3");
    net
}

#[test]
fn a_convolution_gives_the_numbers_of_the_course() {
    let plain = with_kernel::<Plain>().forward(&[X]);
    assert_eq!(plain[0].0, [[[10.0, 12.0, 12.0], [18.0, 16.0, 16.0], [13.0, 9.0, 3.0]]]);
    let strided = with_kernel::<Strided>().forward(&[X]);
    assert_eq!(strided[0].0, [[[10.0, 12.0], [13.0, 3.0]]]);
    let dilated = with_kernel::<Dilated>().forward(&[X]);
    assert_eq!(dilated[0].0, [[[7.0]]]);
    let padded = with_kernel::<Padded>().forward(&[X]);
    let expected = [
        [1.0, 3.0, 4.0, 10.0, 8.0],
        [5.0, 10.0, 12.0, 12.0, 6.0],
        [7.0, 18.0, 16.0, 16.0, 8.0],
        [11.0, 13.0, 9.0, 3.0, 4.0],
        [14.0, 13.0, 9.0, 7.0, 4.0],
    ];
    assert_eq!(padded[0].0, [expected]);
}

#[test]
fn a_pool_gives_the_numbers_of_the_course() {
    assert_eq!(Largest::new(0).forward(&[POOLED])[0].0, [[[6.0, 8.0], [3.0, 4.0]]]);
    assert_eq!(Mean::new(0).forward(&[POOLED])[0].0, [[[3.25, 5.25], [2.0, 2.0]]]);
}

#[test]
fn a_shape_is_known_when_the_program_is_compiled() {
    const { assert!(Wide::OUTPUT[0] == 10 && Wide::OUTPUT[1] == 98 && Wide::OUTPUT[2] == 98) };
    const { assert!(Wide::PARAMETERS == 10 * 3 * 3 * 3 + 10) };
    const { assert!(Wide::MACS == 10 * 98 * 98 * 27) };
    let outputs = Wide::new(1).forward(&Image::zeros(2));
    assert_eq!(outputs.len(), 2);
}
