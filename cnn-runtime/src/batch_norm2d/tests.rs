#![allow(clippy::float_cmp)] // the count of batches is exact

use super::*;
use crate::conv2d::testing::{Batch, numbers};
use crate::reference::batch_norm2d as definition;
use alloc::vec;
use alloc::vec::Vec;
use proptest::prelude::*;

fn workspace(saved: &mut [f32], lanes: usize) -> Workspace<'_> {
    Workspace { lanes, lane_scratch: &mut [], step_scratch: &mut [], saved }
}

/// Asserts that both are the same but for rounding.
fn close(what: &str, found: &[f32], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{what}: length");
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        let distance = (f64::from(*found) - expected).abs();
        assert!(distance <= 2e-5 * (1.0 + expected.abs()), "{what} {i}: {found}, not {expected}");
    }
}

fn exact(numbers: &[f32]) -> Vec<f64> {
    numbers.iter().copied().map(f64::from).collect()
}

proptest! {
    #[test]
    fn kernels_are_the_definition(
        channels in 1_usize..5, pixels in 1_usize..30, count in 2_usize..5,
        (gap, lanes, seed) in (0_usize..3, 1_usize..4, 0_usize..100),
        (has_weight, has_bias) in any::<(bool, bool)>(),
    ) {
        let d = BatchNorm2d { channels, pixels, eps: 1e-2, momentum: 0.1 };
        let len = channels * pixels;
        let x: Vec<f32> = numbers(count * len, seed).iter().map(|x| 3.0 * x + 0.5).collect();
        let d_y = numbers(count * len, seed + 7);
        let weight: Vec<f32> = (0..channels).map(|c| 0.5 + c as f32).collect();
        let bias: Vec<f32> = (0..channels).map(|c| c as f32 - 1.0).collect();
        let (w, b) = (has_weight.then_some(&weight[..]), has_bias.then_some(&bias[..]));
        let (exact_x, exact_d_y, exact_w, exact_b) = (exact(&x), exact(&d_y), exact(&weight), exact(&bias));
        let (exact_w, exact_b) = (has_weight.then_some(&exact_w[..]), has_bias.then_some(&exact_b[..]));
        let (x, d_y) = (Batch::new(&x, len, gap), Batch::new(&d_y, len, gap));
        let blank = vec![f32::NAN; count * len];
        let (mut y, mut expected) = (Batch::new(&blank, len, gap), vec![0.0; count * len]);

        let (mut mean, mut var, mut tracked) = (vec![0.25; channels], vec![1.0; channels], [4.0]);
        let (mut exact_mean, mut exact_var) = (exact(&mean), exact(&var));
        let mut saved = vec![0.0; 2 * channels + 3];
        let range = 3..3 + 2 * channels;
        train_forward(
            &d, x.view(), w, b, &mut mean, &mut var, &mut tracked, range.clone(), y.view_mut(),
            workspace(&mut saved, lanes),
        );
        let (batch_mean, batch_var) = definition::statistics(&d, &exact_x);
        definition::forward(&d, &exact_x, exact_w, exact_b, &batch_mean, &batch_var, &mut expected);
        close("y while training", &y.dense(), &expected);
        definition::update_running(&d, &exact_x, &mut exact_mean, &mut exact_var);
        close("running mean", &mean, &exact_mean);
        close("running variance", &var, &exact_var);
        prop_assert_eq!(tracked, [5.0]);
        prop_assert_eq!(&saved[..3], [0.0; 3], "what another layer saved");

        forward(&d, x.view(), w, b, &mean, &var, y.view_mut(), workspace(&mut [], lanes));
        definition::forward(&d, &exact_x, exact_w, exact_b, &exact_mean, &exact_var, &mut expected);
        close("y", &y.dense(), &expected);

        let mut d_x = Batch::new(&blank, len, gap);
        let (mut d_w, mut d_b) = (vec![9.0; channels], vec![9.0; channels]);
        for write in [Write::Overwrite, Write::Accumulate] {
            backward(
                &d, x.view(), d_y.view(), w, range.clone(), d_x.view_mut(), write,
                has_weight.then_some(&mut d_w), has_bias.then_some(&mut d_b), workspace(&mut saved, lanes),
            );
        }
        let (mut expected_w, mut expected_b) = (vec![0.0; channels], vec![0.0; channels]);
        definition::backward(
            &d, &exact_x, &exact_d_y, exact_w, &mut expected, &mut expected_w, &mut expected_b,
        );
        close("d_x", &d_x.dense(), &expected.iter().map(|d_x| 2.0 * d_x).collect::<Vec<_>>());
        close("d_weight", &d_w, &if has_weight { expected_w } else { vec![9.0; channels] });
        close("d_bias", &d_b, &if has_bias { expected_b } else { vec![9.0; channels] });
    }
}

/// A mean a thousand times the deviation costs no digits of the variance.
#[test]
fn a_large_mean_does_not_spoil_the_variance() {
    let d = BatchNorm2d { channels: 1, pixels: 100, eps: 1e-5, momentum: 1.0 };
    let x: Vec<f32> = numbers(1000, 3).iter().map(|x| x + 1000.0).collect();
    let (mut mean, mut var, mut tracked, mut saved, mut y) = ([0.0], [0.0], [0.0], [0.0; 2], vec![0.0; 1000]);
    let (view, y) = (View::dense(&x, 100), ViewMut::dense(&mut y, 100));
    let work = workspace(&mut saved, 1);
    train_forward(&d, view, None, None, &mut mean, &mut var, &mut tracked, 0..2, y, work);
    let (mut exact_mean, mut exact_var) = ([0.0], [0.0]);
    definition::update_running(&d, &exact(&x), &mut exact_mean, &mut exact_var);
    assert!((f64::from(var[0]) / exact_var[0] - 1.0).abs() < 2e-7, "{} not {}", var[0], exact_var[0]);
    close("mean", &mean, &exact_mean);
}

#[cfg(feature = "rayon")]
#[test]
fn bits_do_not_depend_on_the_threads() {
    let d = BatchNorm2d { channels: 7, pixels: 50_001, eps: 1e-5, momentum: 0.1 };
    let len = d.channels * d.pixels;
    let x = numbers(5 * len, 1);
    crate::conv2d::testing::assert_same_bits("batch norm", |lanes| {
        let (mut mean, mut var, mut tracked, mut saved) = ([0.0; 7], [1.0; 7], [0.0], [0.0; 14]);
        let mut y = vec![0.0; x.len()];
        let (view, into) = (View::dense(&x, len), ViewMut::dense(&mut y, len));
        let work = workspace(&mut saved, lanes);
        train_forward(&d, view, None, None, &mut mean, &mut var, &mut tracked, 0..14, into, work);
        y.into_iter().chain(mean).chain(var).chain(saved).collect()
    });
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
