use super::*;
use alloc::boxed::Box;
use approx::assert_relative_eq;

/// Four steps as this PyTorch 2.15 program takes them:
///
/// ```python
/// p = torch.nn.Parameter(torch.tensor([1.0, -2.0, 0.5])); o = make([p])
/// for k in range(4):
///     p.grad = torch.tensor([0.5, -1.0, 0.25]) * (k - 1.5) + p.detach() * 0.5
///     o.step()
/// ```
fn four_steps(mut optimizer: impl Optimizer) -> [f32; 3] {
    let mut parameters = [1.0, -2.0, 0.5];
    for k in 0..4 {
        let slopes = [0.5, -1.0, 0.25].into_iter().zip(parameters);
        let gradients: Vec<f32> = slopes.map(|(slope, p)| slope * (k as f32 - 1.5) + p * 0.5).collect();
        optimizer.step(&mut parameters, &gradients);
    }
    parameters
}

fn check(optimizer: impl Optimizer, expected: [f32; 3]) {
    for (found, expected) in four_steps(optimizer).into_iter().zip(expected) {
        assert_relative_eq!(found, expected, epsilon = 2e-6);
    }
}

#[test]
fn sgd_is_pytorchs() {
    check(Sgd::new(0.1), [0.802_621_84, -1.605_243_7, 0.401_310_92]);
    check(Sgd::new(0.1).weight_decay(0.2), [0.731_751_26, -1.463_502_5, 0.365_875_63]);
    let momentum = Sgd::new(0.1).momentum(0.9);
    check(momentum.clone().weight_decay(0.2), [0.585_122, -1.170_244, 0.292_561]);
    check(momentum.clone(), [0.748_228_13, -1.496_456_3, 0.374_114_07]);
    check(momentum.clone().dampening(0.5), [0.914_912_05, -1.829_824_1, 0.457_456_02]);
    check(momentum.clone().dampening(0.5).weight_decay(0.2), [0.796_551_9, -1.593_103_8, 0.398_275_94]);
    check(momentum.clone().nesterov(), [0.577_912_1, -1.155_824_2, 0.288_956_05]);
    check(momentum.nesterov().weight_decay(0.2), [0.381_255_72, -0.762_511_43, 0.190_627_86]);
}

#[test]
fn adam_is_pytorchs() {
    check(Adam::new(0.1), [0.946_687_34, -1.952_931_9, 0.435_882_84]);
    let other = Adam::new(0.1).betas(0.8, 0.95).eps(1e-3).weight_decay(0.2);
    check(other, [0.849_675_06, -1.851_881_9, 0.345_812_86]);
    check(Adam::new(0.1).betas(0.8, 0.95), [0.927_235_6, -1.933_204_8, 0.416_977_44]);
    check(Adam::new(0.1).eps(0.1), [0.943_894_9, -1.949_146_9, 0.440_663_07]);
    check(Adam::new(0.1).weight_decay(0.2), [0.864_681_96, -1.866_349_5, 0.361_860_25]);
    check(AdamW::new(0.1), [0.942_609_25, -1.944_863_3, 0.433_797_18]);
    let other = AdamW::new(0.1).betas(0.8, 0.95).eps(1e-3).weight_decay(0.2);
    check(other, [0.848_230_24, -1.776_626_7, 0.376_757_14]);
}

#[test]
fn the_learning_rate_can_change() {
    let mut sgd = Sgd::new(0.5);
    sgd.set_learning_rate(0.25);
    assert_relative_eq!(sgd.learning_rate(), 0.25);
    let mut parameters = [1.0];
    sgd.step(&mut parameters, &[2.0]);
    assert_relative_eq!(parameters[0], 0.5);
}

#[test]
fn nesterov_and_dampening_exclude_each_other() {
    let momentum = Sgd::new(0.1).momentum(0.9);
    let bits = |sgd: Sgd| four_steps(sgd).map(f32::to_bits);
    assert_eq!(bits(momentum.clone().dampening(0.5).nesterov()), bits(momentum.clone().nesterov()));
    assert_eq!(bits(momentum.clone().nesterov().dampening(0.5)), bits(momentum.dampening(0.5)));
}

/// Two steps on more parameters than one thread takes must give the bits that each gets in a short vector.
#[track_caller]
fn check_long(make: impl Fn() -> Box<dyn Optimizer>) {
    const SHORT: usize = 4099;
    let len = parallel::WORTH_SPLITTING + 77;
    let gradients: Vec<f32> = (0..len).map(|i| (i % 1013) as f32 / 500.0 - 1.0).collect();
    let start: Vec<f32> = (0..len).map(|i| 1.0 - (i % 911) as f32 / 450.0).collect();

    let mut long = start.clone();
    let mut optimizer = make();
    for _ in 0..2 {
        optimizer.step(&mut long, &gradients);
    }
    for ((long, start), gradients) in long.chunks(SHORT).zip(start.chunks(SHORT)).zip(gradients.chunks(SHORT))
    {
        let mut short = start.to_vec();
        let mut optimizer = make();
        for _ in 0..2 {
            optimizer.step(&mut short, gradients);
        }
        assert!(long.iter().zip(&short).all(|(a, b)| a.to_bits() == b.to_bits()));
    }
}

#[test]
fn long_vectors_get_the_same_bits() {
    check_long(|| Box::new(Sgd::new(0.1).weight_decay(0.2)));
    check_long(|| Box::new(Sgd::new(0.1).momentum(0.9).nesterov().weight_decay(0.2)));
    check_long(|| Box::new(Adam::new(0.1)));
    check_long(|| Box::new(AdamW::new(0.1)));
}

#[test]
#[cfg(feature = "std")]
fn both_square_roots_have_the_same_bits() {
    for x in (0..0x7f80_0000).step_by(9973).map(f32::from_bits) {
        assert_eq!(square_root(x).to_bits(), libm::sqrtf(x).to_bits(), "{x}");
    }
}
