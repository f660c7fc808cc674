use super::*;
use alloc::vec::Vec;

/// Each optimiser after four steps as this PyTorch 2.15.0 program takes them:
///
/// ```python
/// p = torch.nn.Parameter(torch.tensor([1.0, -2.0, 0.5, 3.0, -0.1]))
/// o = make([p])
/// for k in range(4):
///     p.grad = torch.tensor([0.5, -1.0, 0.25, 4.0, 0.01]) * (k - 1.5) + p.detach() * 0.5
///     o.step()
/// ```
fn four_steps(optimizer: &mut impl Optimizer) -> [f32; 5] {
    let mut parameters = [1.0, -2.0, 0.5, 3.0, -0.1];
    for k in [-1.5, -0.5, 0.5, 1.5_f32] {
        let slopes = [0.5, -1.0, 0.25, 4.0, 0.01].into_iter().zip(parameters);
        let gradients: Vec<f32> = slopes.map(|(slope, parameter)| slope * k + parameter * 0.5).collect();
        optimizer.step(&mut parameters, &gradients);
    }
    parameters
}

fn check(what: &str, mut optimizer: impl Optimizer, expected: [f32; 5]) {
    let found = four_steps(&mut optimizer);
    for (found, expected) in found.into_iter().zip(expected) {
        assert!((found - expected).abs() <= 3e-7 * (1.0 + expected.abs()), "{what}: {found}, not {expected}");
    }
}

#[test]
fn sgd_is_pytorchs() {
    check(
        "SGD(p, 0.1)",
        Sgd::new(0.1),
        [0.802_621_84, -1.605_243_7, 0.401_310_92, 2.348_443_7, -0.081_688_315],
    );
    check(
        "SGD(p, 0.1, weight_decay=0.2)",
        Sgd::new(0.1).weight_decay(0.2),
        [0.731_751_26, -1.463_502_5, 0.365_875_63, 2.113_750_2, -0.075_131_215],
    );
    check(
        "SGD(p, 0.1, momentum=0.9)",
        Sgd::new(0.1).momentum(0.9),
        [0.748_228_13, -1.496_456_3, 0.374_114_07, 3.079_356_2, -0.054_790_694],
    );
    check(
        "SGD(p, 0.1, momentum=0.9, weight_decay=0.2)",
        Sgd::new(0.1).momentum(0.9).weight_decay(0.2),
        [0.585_122, -1.170_244, 0.292_561, 2.520_660_9, -0.040_145_11],
    );
    check(
        "SGD(p, 0.1, momentum=0.9, dampening=0.5)",
        Sgd::new(0.1).momentum(0.9).dampening(0.5),
        [0.914_912_05, -1.829_824_1, 0.457_456_02, 3.809_824_2, -0.065_929_11],
    );
    check(
        "SGD(p, 0.1, momentum=0.9, nesterov=True)",
        Sgd::new(0.1).momentum(0.9).nesterov(),
        [0.577_912_1, -1.155_824_2, 0.288_956_05, 2.252_540_3, -0.045_339_9],
    );
    check(
        "SGD(p, 0.1, momentum=0.8, nesterov=True, weight_decay=0.2)",
        Sgd::new(0.1).momentum(0.8).nesterov().weight_decay(0.2),
        [0.433_857_38, -0.867_714_76, 0.216_928_69, 1.513_217_4, -0.038_306_255],
    );
}

#[test]
fn adam_is_pytorchs() {
    check(
        "Adam(p, 0.1)",
        Adam::new(0.1),
        [0.946_687_34, -1.952_931_9, 0.435_882_84, 3.135_474_2, 0.059_424_45],
    );
    check(
        "Adam(p, 0.1, betas=(0.8, 0.95))",
        Adam::new(0.1).betas(0.8, 0.95),
        [0.927_235_6, -1.933_204_8, 0.416_977_44, 3.112_088, 0.039_916_33],
    );
    check(
        "Adam(p, 0.1, eps=0.1)",
        Adam::new(0.1).eps(0.1),
        [0.943_894_9, -1.949_146_9, 0.440_663_07, 3.131_872_4, 0.010_964_085],
    );
    check(
        "Adam(p, 0.1, weight_decay=0.2)",
        Adam::new(0.1).weight_decay(0.2),
        [0.864_681_96, -1.866_349_5, 0.361_860_25, 3.096_321, 0.056_640_856],
    );
    check(
        "AdamW(p, 0.1)",
        AdamW::new(0.1),
        [0.942_609_25, -1.944_863_3, 0.433_797_18, 3.123_142_2, 0.059_238_233],
    );
    check(
        "AdamW(p, 0.1, betas=(0.8, 0.95), eps=0.1, weight_decay=0.2)",
        AdamW::new(0.1).betas(0.8, 0.95).eps(0.1).weight_decay(0.2),
        [0.849_680_7, -1.775_315, 0.388_103_4, 2.869_699_7, 0.008_943_257],
    );
}

/// What stands in for PyTorch's refusal.
#[test]
fn of_nesterov_and_dampening_the_last_counts() {
    let sgd = Sgd::new(0.1).momentum(0.9);
    let same =
        |mut a: Sgd, mut b: Sgd| four_steps(&mut a).map(f32::to_bits) == four_steps(&mut b).map(f32::to_bits);
    assert!(same(sgd.clone().nesterov().dampening(0.5), sgd.clone().dampening(0.5)));
    assert!(same(sgd.clone().dampening(0.5).nesterov(), sgd.clone().nesterov()));
    assert!(!same(sgd.clone().dampening(0.5), sgd.nesterov()));
}

#[test]
fn the_learning_rate_can_change() {
    let (mut sgd, mut adam, mut adam_w) = (Sgd::new(0.5), Adam::new(0.5), AdamW::new(0.5).weight_decay(0.0));
    let all: [&mut dyn Optimizer; 3] = [&mut sgd, &mut adam, &mut adam_w];
    for optimizer in all {
        optimizer.set_learning_rate(0.25);
        assert!((optimizer.learning_rate() - 0.25).abs() < 1e-9);
        // The first step of each goes as far as the learning rate.
        let mut parameters = [3.0];
        optimizer.step(&mut parameters, &[1.0]);
        assert!((parameters[0] - 2.75).abs() < 1e-6, "{parameters:?}");
    }
}

/// With as many parameters as before an optimiser goes on, with others it starts afresh.
#[test]
fn another_network_starts_afresh() {
    fn stepped(mut optimizer: impl Optimizer) {
        let fresh = four_steps(&mut optimizer);
        assert_ne!(four_steps(&mut optimizer).map(f32::to_bits), fresh.map(f32::to_bits));
        // As many numbers as before when rounded up to whole cache lines.
        let mut others = [1.0; 6];
        optimizer.step(&mut others, &[1.0; 6]);
        assert_eq!(four_steps(&mut optimizer).map(f32::to_bits), fresh.map(f32::to_bits));
    }
    stepped(Sgd::new(0.1).momentum(0.9).dampening(0.5));
    stepped(Adam::new(0.1));
    stepped(AdamW::new(0.1));
}

#[test]
#[should_panic(expected = "as many gradients as parameters")]
fn too_few_gradients() {
    Sgd::new(0.1).step(&mut [0.0; 3], &[0.0; 2]);
}

#[cfg(feature = "rayon")]
#[test]
fn bits_do_not_depend_on_the_threads() {
    use crate::conv2d::testing::{assert_same_bits, numbers};
    let (parameters, gradients) = (numbers(150_001, 1), numbers(150_001, 2));
    assert!(COST * 2 * parameters.len() > 2 * parallel::WORTH_SPLITTING, "worth three threads");
    let stepped = |optimizer: &mut dyn Optimizer| {
        let mut parameters = parameters.clone();
        optimizer.step(&mut parameters, &gradients);
        optimizer.step(&mut parameters, &gradients);
        parameters
    };
    assert_same_bits("plain", |_| stepped(&mut Sgd::new(0.1)));
    assert_same_bits("momentum", |_| stepped(&mut Sgd::new(0.1).momentum(0.9).nesterov()));
    assert_same_bits("Adam", |_| stepped(&mut Adam::new(0.1)));
}
