use super::*;
use crate::conv2d::testing::{Batch, Scratch, assert_close, numbers};
use crate::reference::softmax as reference;
use alloc::vec;
use alloc::vec::Vec;
use proptest::prelude::*;

/// A batch with gaps for the layer; numbers spread over ±`range`.
fn batch(d: &Softmax, count: usize, gap: usize, range: f32, seed: usize) -> Batch {
    let len = d.channels * d.pixels;
    let numbers: Vec<f32> = numbers(count * len, seed).iter().map(|x| x * range).collect();
    Batch::new(&numbers, len, gap)
}

fn run_forward(d: &Softmax, x: &Batch, y_gap: usize, lanes: usize) -> Batch {
    let (mut scratch, mut y) = (Scratch::new(lanes, 0, 0), batch(d, x.view().count(), y_gap, 1.0, 9));
    forward(d, x.view(), y.view_mut(), scratch.workspace());
    y
}

fn run_backward(d: &Softmax, y: &Batch, d_y: &Batch, d_x: &Batch, write: Write, lanes: usize) -> Vec<f32> {
    let (mut scratch, mut d_x) = (Scratch::new(lanes, 0, 0), d_x.clone());
    backward(d, y.view(), d_y.view(), d_x.view_mut(), write, scratch.workspace());
    d_x.dense()
}

proptest! {
    #[test]
    fn kernels_are_the_definition(
        channels in 1..40_usize,
        pixels in prop_oneof![Just(1_usize), 2..9_usize, 60..140_usize],
        count in 1..4_usize,
        gaps in [0..3_usize, 0..3, 0..3],
        range in prop_oneof![Just(3.0_f32), Just(30.0), Just(300.0)],
    ) {
        let d = Softmax { channels, pixels };
        let x = batch(&d, count, gaps[0], range, 1);
        let y = run_forward(&d, &x, gaps[1], 1);
        let mut expected = vec![f32::NAN; x.dense().len()];
        reference::forward(&d, &x.dense(), &mut expected);
        assert_close("y", &y.dense(), &expected, 0);

        let (d_y, d_x) = (batch(&d, count, gaps[2], 1.0, 2), batch(&d, count, gaps[0], 1.0, 3));
        reference::backward(&d, &y.dense(), &d_y.dense(), &mut expected);
        assert_close("d_x", &run_backward(&d, &y, &d_y, &d_x, Write::Overwrite, 1), &expected, 0);
        expected.iter_mut().zip(d_x.dense()).for_each(|(expected, before)| *expected += before);
        assert_close("sum in d_x", &run_backward(&d, &y, &d_y, &d_x, Write::Accumulate, 1), &expected, 0);
    }
}

/// Cut between images and, where there are few, between pixels.
#[cfg(feature = "rayon")]
#[test]
fn bits_do_not_depend_on_the_threads() {
    use crate::conv2d::testing::assert_same_bits;
    for (channels, pixels, count) in [(21, 7001, 1), (10, 8003, 2), (21, 1009, 7), (1000, 1, 150)] {
        let d = Softmax { channels, pixels };
        let cost = BACKWARD_COST * channels * pixels * count;
        assert!(cost > 2 * parallel::WORTH_SPLITTING, "{cost} is worth three threads");
        let x = batch(&d, count, 3, 10.0, 1);
        assert_same_bits("y", |lanes| run_forward(&d, &x, 1, lanes).dense());
        let (y, d_y) = (run_forward(&d, &x, 1, 1), batch(&d, count, 2, 1.0, 2));
        for write in [Write::Overwrite, Write::Accumulate] {
            assert_same_bits("d_x", |lanes| run_backward(&d, &y, &d_y, &x, write, lanes));
        }
    }
}

#[test]
fn large_numbers_do_not_overflow() {
    for pixels in [1, 2] {
        let d = Softmax { channels: 2, pixels };
        for (x, expected) in [(1e30, [0.5, 0.5]), (-1e30, [0.5, 0.5]), (f32::MAX, [0.5, 0.5])] {
            let x = Batch::new(&vec![x; 2 * pixels], 2 * pixels, 0);
            let y = run_forward(&d, &x, 0, 1).dense();
            assert_close("y", &y[..1], &expected[..1], 0);
            assert_close("y", &y[pixels..=pixels], &expected[1..], 0);
        }
        let mut numbers = vec![1e30; 2 * pixels];
        numbers[..pixels].fill(-1e30);
        let y = run_forward(&d, &Batch::new(&numbers, 2 * pixels, 0), 0, 1).dense();
        assert_close("y", &y[..pixels], &vec![0.0; pixels], 0);
        assert_close("y", &y[pixels..], &vec![1.0; pixels], 0);
    }
}

#[test]
fn numbers_are_pytorchs() {
    // PyTorch 2.15.0:
    // x = (torch.arange(12.) ** 2 / 20 - 3).reshape(2, 3, 1, 2).requires_grad_()
    // y = torch.softmax(x, dim=1); y.backward(torch.arange(12.).reshape(2, 3, 1, 2).cos()); y, x.grad
    let d = Softmax { channels: 3, pixels: 2 };
    let x: Vec<f32> = (0..12_u8).map(|i| f32::from(i) * f32::from(i) / 20.0 - 3.0).collect();
    let d_y: Vec<f32> = (0..12_u8).map(|i| libm::cosf(f32::from(i))).collect();
    let y = run_forward(&d, &Batch::new(&x, 6, 0), 0, 1);
    let d_x = run_backward(&d, &y, &Batch::new(&d_y, 6, 0), &Batch::new(&x, 6, 0), Write::Overwrite, 1);
    assert_close("y", &y.dense(), &GOLDEN_Y, 0);
    assert_close("d_x", &d_x, &GOLDEN_D_X, 0);
}

const GOLDEN_Y: [f32; 12] = [
    0.224_873_54,
    0.172_059_52,
    0.274_661_18,
    0.256_682_7,
    0.500_465_3,
    0.571_257_77,
    0.033_797_79,
    0.023_501_059,
    0.137_056_81,
    0.116_401_52,
    0.829_145_4,
    0.860_097_35,
];

const GOLDEN_D_X: [f32; 12] = [
    0.273_570_3,
    0.092_810_26,
    -0.054_821_02,
    -0.254_343_54,
    -0.218_749_28,
    0.161_533_27,
    0.055_542_36,
    0.019_704_115,
    0.073_695_764,
    -0.096_217_185,
    -0.129_238_16,
    0.076_513_07,
];
