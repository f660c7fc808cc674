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

/// Two groups after four steps as this PyTorch 2.15.0 program takes them:
///
/// ```python
/// w = torch.nn.Parameter(torch.tensor([1.0, -2.0, 0.5])); b = torch.nn.Parameter(torch.tensor([3.0, -0.1]))
/// o = make([{"params": [w]}, {"params": [b], "weight_decay": 0.0, "lr": 0.05}])
/// for k in range(4):
///     w.grad = torch.tensor([0.5, -1.0, 0.25]) * (k - 1.5) + w.detach() * 0.5
///     b.grad = torch.tensor([4.0, 0.01]) * (k - 1.5) + b.detach() * 0.5
///     o.step()
/// w.tolist() + b.tolist()
/// ```
#[test]
fn two_groups_are_pytorchs() {
    /// Of the optimiser under test, with these two groups.
    struct Grouped<O>(O);

    impl<O: Optimizer> Optimizer for Grouped<O> {
        fn step_groups(&mut self, parameters: &mut [f32], gradients: &[f32], _: &[Group]) {
            let groups = [Group::all(3), Group { range: 3..5, learning_rate: 0.5, weight_decay: 0.0 }];
            self.0.step_groups(parameters, gradients, &groups);
        }
        fn learning_rate(&self) -> f32 {
            self.0.learning_rate()
        }
        fn set_learning_rate(&mut self, learning_rate: f32) {
            self.0.set_learning_rate(learning_rate);
        }
        fn name(&self) -> &'static str {
            self.0.name()
        }
        fn kept(&self) -> &Kept {
            self.0.kept()
        }
        fn kept_mut(&mut self) -> &mut Kept {
            self.0.kept_mut()
        }
    }
    check(
        "SGD(g, 0.1, weight_decay=0.2)",
        Grouped(Sgd::new(0.1).weight_decay(0.2)),
        [0.731_751_26, -1.463_502_5, 0.365_875_63, 2.686_684, -0.090_429_73],
    );
    check(
        "SGD(g, 0.1, momentum=0.9, weight_decay=0.2)",
        Grouped(Sgd::new(0.1).momentum(0.9).weight_decay(0.2)),
        [0.585_122, -1.170_244, 0.292_561, 3.086_044_8, -0.076_383_69],
    );
    check(
        "Adam(g, 0.1, weight_decay=0.2)",
        Grouped(Adam::new(0.1).weight_decay(0.2)),
        [0.864_681_96, -1.866_349_5, 0.361_860_25, 3.068_501_5, 0.044_761_617],
    );
    check(
        "AdamW(g, 0.1, weight_decay=0.2)",
        Grouped(AdamW::new(0.1).weight_decay(0.2)),
        [0.867_464_66, -1.796_139, 0.395_381_54, 3.068_501_5, 0.044_761_617],
    );
}

/// Not even by weight decay, or by what an earlier step left.
#[test]
fn what_is_in_no_group_stays() {
    fn stepped(mut optimizer: impl Optimizer) {
        let mut parameters = [1.0; 4];
        optimizer.step(&mut parameters, &[1.0; 4]);
        let before = parameters;
        optimizer.step_groups(&mut parameters, &[1.0; 4], &[Group { range: 1..2, ..Group::all(4) }]);
        let moved = parameters.iter().zip(before).map(|(after, before)| after.to_bits() != before.to_bits());
        assert_eq!(moved.collect::<Vec<_>>(), [false, true, false, false]);
    }
    stepped(Sgd::new(0.1).weight_decay(0.2));
    stepped(Sgd::new(0.1).momentum(0.9));
    stepped(Adam::new(0.1));
    stepped(AdamW::new(0.1));
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
