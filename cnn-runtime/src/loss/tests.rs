use super::*;
use crate::conv2d::testing::{assert_close, numbers};
use crate::reference::loss as reference;
use crate::sample::{Image, Vector};
use alloc::vec;
use alloc::vec::Vec;
use proptest::prelude::*;

/// Small and large logits.
const LOGITS: [Vector<3>; 3] =
    [Vector([1.0, 2.0, 3.0]), Vector([-1.0, 0.5, 100.0]), Vector([0.1, -0.2, 0.3])];

/// Targets of the other loss.
const TARGETS: [Vector<3>; 3] = [Vector([0.5, -2.0, 3.0]), Vector([0.0, 1.0, 90.0]), Vector([0.2, 0.2, 0.2])];

/// Asserts a loss and its gradient.
fn check<O: Sample, T>(
    loss: &impl Loss<O, T>,
    (outputs, targets): (&[O], &[T]),
    expected: f32,
    expected_gradient: &[f32],
) {
    let mut d_outputs = O::zeros(outputs.len());
    O::as_numbers_mut(&mut d_outputs).fill(f32::NAN);
    let found = loss.evaluate(outputs, targets, &mut d_outputs).unwrap();
    assert!((found - expected).abs() <= 5e-7 * (1.0 + expected.abs()), "{found} instead of {expected}");
    assert_close("gradient", O::as_numbers(&d_outputs), expected_gradient, 0);
}

#[test]
fn numbers_are_pytorchs() {
    // PyTorch 2.15.0; F = torch.nn.functional
    // z = torch.tensor([[1., 2., 3.], [-1., .5, 100.], [.1, -.2, .3]], requires_grad=True)
    // loss = F.cross_entropy(z, torch.tensor([0, 1, 2])); loss.backward(); loss, z.grad
    let labels = [0_usize, 1, 2];
    check(&CrossEntropy, (&LOGITS, &labels), GOLDEN_CE, &GOLDEN_CE_GRAD);
    check(&CrossEntropy, (&LOGITS, &labels.map(|label| label as u8)), GOLDEN_CE, &GOLDEN_CE_GRAD);
    // z.grad = None; loss = F.cross_entropy(z, torch.tensor([0, 1, 2]), label_smoothing=0.1); loss.backward(); …
    check(&CrossEntropy.label_smoothing(0.1), (&LOGITS, &labels), 33.150_07, &GOLDEN_SMOOTHED_GRAD);
    // z.grad = None; loss = F.cross_entropy(z, torch.tensor([0, 1, 2]), label_smoothing=1.0); loss.backward(); …
    check(&CrossEntropy.label_smoothing(1.0), (&LOGITS, &labels), 23.120_071, &GOLDEN_UNIFORM_GRAD);
    // t = torch.tensor([[.5, -2., 3.], [0., 1., 90.], [.2, .2, .2]])
    // z.grad = None; loss = F.mse_loss(z, t); loss.backward(); loss, z.grad
    check(&MeanSquaredError, (&LOGITS, &TARGETS), GOLDEN_MSE, &GOLDEN_MSE_GRAD);
}

/// The difference of large numbers would have no digits left.
#[test]
fn a_small_loss_keeps_its_digits() {
    let mut d = [Vector([0.0; 2])];
    let loss = CrossEntropy.evaluate(&[Vector([20.0, 0.0])], &[0_usize], &mut d).unwrap();
    assert!((loss / 2.061_153_7e-9 - 1.0).abs() < 1e-6, "ln(1 + e^-20) is not {loss}");
    let loss = CrossEntropy.evaluate(&[Vector([1e30, -1e30])], &[1_usize], &mut d).unwrap();
    assert!((loss / 2e30 - 1.0).abs() < 1e-6, "{loss}");
    assert_close("gradient", &d[0].0, &[1.0, -1.0], 0);
    let loss = CrossEntropy.evaluate(&[Vector([0.0, f32::NEG_INFINITY])], &[0_usize], &mut d).unwrap();
    assert!(loss.abs() < 1e-9, "a class that cannot be costs nothing: {loss}");
}

proptest! {
    #[test]
    fn all_are_the_definition(
        count in 1..6_usize,
        labels in prop::array::uniform6(0..37_u8),
        range in prop_oneof![Just(1.0_f32), Just(40.0)],
        label_smoothing in prop_oneof![Just(0.0_f32), Just(0.1), 0.0..1.0_f32],
    ) {
        let scaled = |seed| numbers(count * 37, seed).iter().map(|x| x * range).collect::<Vec<f32>>();
        let (outputs, targets) = (scaled(1), scaled(2));
        let labels = &labels[..count];
        let exact = |numbers: &[f32]| numbers.iter().copied().map(f64::from).collect::<Vec<_>>();
        let (exact_outputs, exact_targets) = (exact(&outputs), exact(&targets));
        let mut exact_gradient = vec![f64::NAN; outputs.len()];
        let rounded = |numbers: &[f64]| numbers.iter().map(|x| *x as f32).collect::<Vec<_>>();

        let vectors = Vector::<37>::from_numbers(&outputs).unwrap();
        let indices: Vec<usize> = labels.iter().map(|label| usize::from(*label)).collect();
        let expected = reference::cross_entropy(&exact_outputs, 37, &indices, 0.0, &mut exact_gradient);
        check(&CrossEntropy, (vectors, labels), expected as f32, &rounded(&exact_gradient));
        let smoothing = f64::from(label_smoothing);
        let expected = reference::cross_entropy(&exact_outputs, 37, &indices, smoothing, &mut exact_gradient);
        let smoothed = CrossEntropy.label_smoothing(label_smoothing);
        check(&smoothed, (vectors, labels), expected as f32, &rounded(&exact_gradient));

        let expected = reference::mean_squared_error(&exact_outputs, &exact_targets, &mut exact_gradient);
        let (expected, gradient) = (expected as f32, rounded(&exact_gradient));
        check(&MeanSquaredError, (vectors, Vector::from_numbers(&targets).unwrap()), expected, &gradient);
        let images = [&outputs, &targets].map(|numbers| Image::<37, 1, 1>::from_numbers(numbers).unwrap());
        check(&MeanSquaredError, (images[0], images[1]), expected, &gradient);
    }
}

#[test]
fn a_wrong_batch_changes_nothing() {
    let mut d = [Vector([7.0; 3]); 3];
    let length = |what, found| Error::BatchLength { what, expected: 3, found };
    let errors = [
        (
            CrossEntropy.evaluate(&LOGITS, &[0_u8, 3, 4], &mut d),
            Error::Label { index: 1, found: 3, classes: 3 },
        ),
        (CrossEntropy.evaluate(&LOGITS, &[0_u8; 2], &mut d), length("targets", 2)),
        (CrossEntropy.evaluate(&LOGITS, &[0_u8; 3], &mut d[..2]), length("output gradients", 2)),
        (CrossEntropy.evaluate(&LOGITS[..0], &[0_u8; 0], &mut d), Error::EmptyBatch),
        (MeanSquaredError.evaluate(&LOGITS, &TARGETS[..1], &mut d), length("targets", 1)),
        (MeanSquaredError.evaluate(&LOGITS, &TARGETS, &mut d[..1]), length("output gradients", 1)),
        (MeanSquaredError.evaluate(&LOGITS[..0], &TARGETS[..0], &mut d), Error::EmptyBatch),
    ];
    for label_smoothing in [-0.1, 1.5] {
        let found = CrossEntropy.label_smoothing(label_smoothing).evaluate(&LOGITS, &[0_u8; 3], &mut d);
        assert_eq!(found, Err(Error::LabelSmoothing { found: label_smoothing }));
    }
    assert!(CrossEntropy.label_smoothing(f32::NAN).evaluate(&LOGITS, &[0_u8; 3], &mut d).is_err());
    for (found, expected) in errors {
        assert_eq!(found, Err(expected));
    }
    assert_eq!(d, [Vector([7.0; 3]); 3]);
}

const GOLDEN_CE: f32 = 34.264_515;

const GOLDEN_CE_GRAD: [f32; 9] = [
    -0.303_323_15,
    0.081_576_17,
    0.221_747_01,
    4e-45,
    -0.333_333_34,
    0.333_333_34,
    0.112_528_17,
    0.083_362_92,
    -0.195_891_11,
];

const GOLDEN_SMOOTHED_GRAD: [f32; 9] = [
    -0.281_100_9,
    0.070_465_05,
    0.210_635_87,
    -0.011_111_111,
    -0.311_111_1,
    0.322_222_2,
    0.101_417_05,
    0.072_251_804,
    -0.173_668_88,
];

const GOLDEN_UNIFORM_GRAD: [f32; 9] = [
    -0.081_100_92,
    -0.029_534_945,
    0.110_635_9,
    -0.111_111_11,
    -0.111_111_11,
    0.222_222_24,
    0.001_417_056_5,
    -0.027_748_192,
    0.026_331_114,
];

const GOLDEN_MSE: f32 = 13.075_557;

const GOLDEN_MSE_GRAD: [f32; 9] = [
    0.111_111_11,
    0.888_888_9,
    0.0,
    -0.222_222_22,
    -0.111_111_11,
    2.222_222_3,
    -0.022_222_223,
    -0.088_888_89,
    0.022_222_225,
];
