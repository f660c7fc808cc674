use super::*;
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
    check(momentum.clone().dampening(0.5), [0.914_912_05, -1.829_824_1, 0.457_456_02]);
    check(momentum.nesterov().weight_decay(0.2), [0.381_255_72, -0.762_511_43, 0.190_627_86]);
}

#[test]
fn adam_is_pytorchs() {
    check(Adam::new(0.1), [0.946_687_34, -1.952_931_9, 0.435_882_84]);
    let other = Adam::new(0.1).betas(0.8, 0.95).eps(1e-3).weight_decay(0.2);
    check(other, [0.849_675_06, -1.851_881_9, 0.345_812_86]);
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
