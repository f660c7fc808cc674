use super::*;
use crate::reference::batch_norm2d as definition;
use alloc::vec;
use alloc::vec::Vec;
use proptest::prelude::*;

fn workspace(saved: &mut [f32], lanes: usize) -> Workspace<'_> {
    Workspace { lanes, lane_scratch: &mut [], step_scratch: &mut [], saved }
}

proptest! {
    #[test]
    fn kernels_are_the_definition(
        channels in 1_usize..5, pixels in 1_usize..7, count in 2_usize..5, affine: bool,
        numbers in prop::collection::vec(-3.0_f32..3.0, 13..60),
    ) {
        let d = BatchNorm2d { channels, pixels, eps: 1e-2, momentum: 0.1 };
        let len = channels * pixels;
        let x: Vec<f32> = (0..count * len).map(|i| numbers[i % numbers.len()] + i as f32 * 0.01).collect();
        let d_y: Vec<f32> = x.iter().map(|x| (x * 7.0) % 1.0).collect();
        let weight: Vec<f32> = (0..channels).map(|c| 0.5 + c as f32).collect();
        let bias: Vec<f32> = (0..channels).map(|c| c as f32 - 1.0).collect();
        let (ones, zeros) = (vec![1.0; channels], vec![0.0; channels]);
        let (given, w, b) = if affine { (true, &weight, &bias) } else { (false, &ones, &zeros) };
        let (mut mean, mut var, mut tracked) = (vec![0.0; channels], vec![1.0; channels], [0.0]);
        let mut saved = vec![0.0; 2 * channels + 3];
        let range = 3..3 + 2 * channels;
        let (mut y, mut expected) = (vec![0.0; x.len()], vec![0.0; x.len()]);

        let (optional_w, optional_b) = (given.then_some(&w[..]), given.then_some(&b[..]));
        let view = View::dense(&x, len);
        train_forward(
            &d, view, optional_w, optional_b, &mut mean, &mut var, &mut tracked, range.clone(),
            ViewMut::dense(&mut y, len), workspace(&mut saved, 2),
        );
        let (batch_mean, batch_var) = definition::statistics(&d, &x);
        definition::forward(&d, &x, w, b, &batch_mean, &batch_var, &mut expected);
        for (y, expected) in y.iter().zip(&expected) {
            prop_assert!((y - expected).abs() < 1e-4 * (1.0 + expected.abs()));
        }
        let unbiased = (count * pixels) as f32 / (count * pixels - 1) as f32;
        for c in 0..channels {
            prop_assert!((mean[c] - 0.1 * batch_mean[c]).abs() < 1e-5);
            prop_assert!((var[c] - 0.9 - 0.1 * batch_var[c] * unbiased).abs() < 1e-4);
        }
        prop_assert_eq!(tracked, [1.0]);

        forward(&d, view, optional_w, optional_b, &mean, &var, ViewMut::dense(&mut y, len), workspace(&mut [], 1));
        definition::forward(&d, &x, w, b, &mean, &var, &mut expected);
        for (y, expected) in y.iter().zip(&expected) {
            prop_assert!((y - expected).abs() < 1e-4 * (1.0 + expected.abs()));
        }

        let (mut d_x, mut d_w, mut d_b) = (vec![0.0; x.len()], vec![9.0; channels], vec![9.0; channels]);
        for write in [Write::Overwrite, Write::Accumulate] {
            backward(
                &d, view, View::dense(&d_y, len), optional_w, range.clone(), ViewMut::dense(&mut d_x, len), write,
                Some(&mut d_w), Some(&mut d_b), workspace(&mut saved, 1),
            );
        }
        let (mut expected_w, mut expected_b) = (vec![0.0; channels], vec![0.0; channels]);
        definition::backward(&d, &x, &d_y, w, &mut expected, &mut expected_w, &mut expected_b);
        for (d_x, expected) in d_x.iter().zip(&expected) {
            prop_assert!((d_x - 2.0 * expected).abs() < 1e-3 * (1.0 + expected.abs()), "{} {}", d_x, expected);
        }
        for c in 0..channels {
            prop_assert!((d_w[c] - expected_w[c]).abs() < 1e-3 * (1.0 + expected_w[c].abs()));
            prop_assert!((d_b[c] - expected_b[c]).abs() < 1e-3 * (1.0 + expected_b[c].abs()));
        }
    }
}

#[test]
fn numbers_are_pytorchs() {
    // PyTorch 2.15:
    // bn = torch.nn.BatchNorm2d(2, eps=1e-3, momentum=0.3); weight = [1.5, -0.5], bias = [0.25, 1.0]
    // x = torch.arange(12.).reshape(2, 2, 1, 3)**2 / 10; bn(x), bn.running_mean, bn.running_var
    let d = BatchNorm2d { channels: 2, pixels: 3, eps: 1e-3, momentum: 0.3 };
    let x: Vec<f32> = (0..12).map(|i| (i * i) as f32 / 10.0).collect();
    let (mut mean, mut var, mut tracked, mut saved) = ([0.0; 2], [1.0; 2], [0.0], [0.0; 4]);
    let mut y = [0.0; 12];
    train_forward(
        &d,
        View::dense(&x, 6),
        Some(&[1.5, -0.5]),
        Some(&[0.25, 1.0]),
        &mut mean,
        &mut var,
        &mut tracked,
        0..4,
        ViewMut::dense(&mut y, 6),
        workspace(&mut saved, 1),
    );
    let expected = [
        -1.268_304_8,
        -1.209_150_1,
        -1.031_685_8,
        1.566_89,
        1.486_992_7,
        1.384_267_7,
        0.861_265_66,
        1.630_277_4,
        2.517_598_4,
        0.745_089_77,
        0.528_225_9,
        0.288_534_1,
    ];
    for (y, expected) in y.iter().zip(expected) {
        assert!((y - expected).abs() < 2e-6, "{y}, not {expected}");
    }
    for (found, expected) in mean.iter().chain(&var).zip([0.77, 1.760_000_1, 3.014_400_2, 7.608_000_8]) {
        assert!((found - expected).abs() < 2e-6, "{found}, not {expected}");
    }
}
