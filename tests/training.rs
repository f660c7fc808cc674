//! Training as users do it: parts of batches, limits, groups.

use cnn::optim::{Clip, gradients};
use cnn::prelude::*;
use cnn::train::Groups;
use cnn::train::schedule::{CosineAnnealing, Schedule, Warmup};
use cnn::weights::Error;

network!(
    /// All that training has to do with, but for what sees the whole batch.
    pub fn Net(image: Image<1, 8, 8>) -> Vector<4> {
        let stem = conv2d(6, kernel_size = 3);
        relu;
        dropout(0.5);
        flatten;
        let head = linear(4);
    }
    pub fn Normed(image: Image<1, 8, 8>) -> Vector<4> {
        block(3);
        block(4);
        flatten;
        let head = linear(4);
    }
    fn block(channels: usize) {
        conv2d(channels, kernel_size = 3);
        let norm = batch_norm2d;
        relu;
    }
    pub fn Small(image: Image<1, 2, 2>) -> Vector<4> {
        flatten;
        linear(3);
        tanh;
        linear(4)
    }
    /// Worth several threads.
    pub fn Wide(image: Image<1, 16, 16>) -> Vector<512> {
        flatten;
        linear(1200);
        relu;
        linear(512)
    }
);

fn data<const S: usize>(count: usize) -> Dataset<Image<1, S, S>> {
    let pixel = |i: usize| ((i * 7919 % 1000) as f32 / 500.0 - 1.0) * 1.5;
    let images = (0..count)
        .map(|n| Image([std::array::from_fn(|y| std::array::from_fn(|x| pixel(n * S * S + y * S + x)))]));
    Dataset::new(images.collect(), (0..count).map(|n| (n % 4) as u8).collect()).unwrap()
}

/// All tensors, by name.
fn tensors<N: Network>(net: &N) -> Vec<(&'static str, Vec<f32>)> {
    net.tensors().map(|tensor| (tensor.name(), tensor.numbers().to_vec())).collect()
}

#[test]
fn parts_of_a_batch_make_up_the_whole() {
    let data = data(23);
    let run = |micro_batch| {
        let mut net = Net::new(1);
        let mut trainer = Trainer::new(&mut net, Sgd::new(0.1)).seed(3).micro_batch(micro_batch).batch(23);
        let bytes = trainer.bytes();
        let losses = [(); 2].map(|()| trainer.step(data.images(), data.labels()).unwrap());
        assert_eq!((trainer.bytes(), trainer.steps()), (bytes, 2));
        let gradients = ["stem.weight", "stem.bias", "head.weight", "head.bias"]
            .map(|name| trainer.gradient(name).unwrap().numbers().to_vec());
        (losses, gradients.concat(), trainer.outputs().to_vec(), bytes)
    };
    let (losses, gradients, outputs, bytes) = run(23);
    assert!(gradients.iter().any(|g| g.abs() > 0.01));
    for micro_batch in [0, 1, 5, 16, 22, 100] {
        let part = run(micro_batch);
        let close = |a: &f32, b: &f32| (a - b).abs() <= 2e-6 * (1.0 + b.abs());
        assert!(
            part.0.iter().zip(&losses).all(|(a, b)| close(a, b)),
            "{micro_batch}: {:?}, {losses:?}",
            part.0
        );
        assert!(part.1.iter().zip(&gradients).all(|(a, b)| close(a, b)), "{micro_batch}: gradients");
        let pairs = part.2.iter().flat_map(|v| v.0).zip(outputs.iter().flat_map(|v| v.0));
        assert!(
            pairs.clone().count() == 92 && pairs.into_iter().all(|(a, b)| close(&a, &b)),
            "{micro_batch}"
        );
        assert_eq!(part.3 < bytes, micro_batch < 23, "{micro_batch} takes {} of {bytes}", part.3);
    }
}

#[test]
fn a_wrong_label_in_a_later_part_teaches_nothing() {
    let data = data(5);
    let mut net = Normed::new(1);
    let mut trainer = Trainer::new(&mut net, Sgd::new(0.1)).micro_batch(2);
    trainer.step(data.images(), &[0_u8, 0, 0, 0, 4]).unwrap_err();
    assert_eq!(tensors(trainer.network()), tensors(&Normed::new(1)));
}

#[test]
fn a_step_is_no_longer_than_the_limit() {
    let data = data(8);
    let all = |trainer: &Trainer<'_, Net, Sgd>| {
        let names = ["stem.weight", "stem.bias", "head.weight", "head.bias"];
        names.map(|name| trainer.gradient(name).unwrap().numbers().to_vec()).concat()
    };
    let mut nets = [(); 3].map(|()| Net::new(1));
    let [free, by_norm, by_value] = &mut nets;
    let mut free = Trainer::new(free, Sgd::new(1.0));
    free.step(data.images(), data.labels()).unwrap();
    let (gradient, norm) = (all(&free), gradients::norm(&all(&free)));
    assert_eq!(free.gradient_norm(), None);

    let mut trainer = Trainer::new(by_norm, Sgd::new(1.0)).clip(Clip::Norm(0.25));
    trainer.step(data.images(), data.labels()).unwrap();
    assert!((trainer.gradient_norm().unwrap() - norm).abs() < 1e-6 * norm && norm > 0.5);
    assert!((gradients::norm(&all(&trainer)) - 0.25).abs() < 1e-6);
    let moved: Vec<f32> = tensors(&Net::new(1))
        .iter()
        .zip(tensors(trainer.network()))
        .flat_map(|(a, b)| a.1.iter().zip(b.1).map(|(a, b)| a - b).collect::<Vec<_>>())
        .collect();
    assert!((gradients::norm(&moved) - 0.25).abs() < 1e-5, "{}", gradients::norm(&moved));

    let mut trainer = Trainer::new(by_value, Sgd::new(1.0)).clip(Clip::Value(0.02));
    trainer.step(data.images(), data.labels()).unwrap();
    let expected: Vec<f32> = gradient.iter().map(|g| g.clamp(-0.02, 0.02)).collect();
    assert_eq!(all(&trainer), expected);
    assert_ne!(gradient, expected);
}

/// A learned tensor before and after a step, and its gradient.
type Stepped = (&'static str, Vec<f32>, Vec<f32>, Vec<f32>);

/// All at once, as this PyTorch 2.15.0 program prints it:
///
/// ```python
/// net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(4, 3), torch.nn.Tanh(), torch.nn.Linear(3, 4))
/// number = lambda i: (i * 7919 % 1000) / 500 - 1
/// with torch.no_grad():
///     for k, p in enumerate(net.parameters()):
///         p.copy_(torch.tensor([number(100 * k + i) for i in range(p.numel())]).view(p.shape))
/// x = torch.tensor([number(1000 + i) * 2 for i in range(24)]).view(6, 1, 2, 2)
/// t = torch.tensor([0, 1, 2, 3, 0, 1])
/// o = torch.optim.SGD([
///     {"params": [net[1].weight]}, {"params": [net[1].bias], "weight_decay": 0},
///     {"params": [net[3].weight], "lr": 1.0}, {"params": [net[3].bias], "lr": 1.0, "weight_decay": 0},
/// ], lr=0.5, momentum=0.9, weight_decay=0.1)
/// s = SequentialLR(o, [LinearLR(o, 0.25, total_iters=3), CosineAnnealingLR(o, 6)], [3])
/// loss_of = torch.nn.CrossEntropyLoss(label_smoothing=0.1)
/// for step in range(8):
///     o.zero_grad(); total = 0.0
///     for part in (slice(0, 4), slice(4, 6)):
///         loss = loss_of(net(x[part]), t[part]) * len(t[part]) / 6
///         loss.backward(); total += loss.item()
///     norm = torch.nn.utils.clip_grad_norm_(net.parameters(), 0.5)
///     o.step(); s.step()
///     print(f"{total:.7g}, {norm.item():.7g}")
/// print(net[3].weight.flatten()[:3])
/// ```
#[test]
fn a_whole_recipe_is_pytorchs() {
    let number = |i: usize| (i * 7919 % 1000) as f32 / 500.0 - 1.0;
    let mut net = Small::new(0);
    for (k, name) in ["1.weight", "1.bias", "3.weight", "3.bias"].into_iter().enumerate() {
        let len = net.tensor(name).unwrap().numbers().len();
        net.set_tensor(name, &(0..len).map(|i| number(100 * k + i)).collect::<Vec<_>>()).unwrap();
    }
    let images: Vec<f32> = (0..24).map(|i| number(1000 + i) * 2.0).collect();
    let (images, labels) = (Image::from_numbers(&images).unwrap(), [0_u8, 1, 2, 3, 0, 1]);

    let schedule = Warmup::new(3, 0.25, CosineAnnealing::new(0.5, 6));
    let groups = Groups::new().decay_weights_only().learning_rate("3", 2.0);
    let trainer =
        Trainer::new(&mut net, Sgd::new(0.5).momentum(0.9).weight_decay(0.1)).groups(&groups).unwrap();
    let mut trainer = trainer.loss(CrossEntropy.label_smoothing(0.1)).clip(Clip::Norm(0.5)).micro_batch(4);
    let expected = [
        (1.897_341, 1.232_353),
        (1.781_488, 1.120_719),
        (1.453_156, 0.697_92),
        (1.152_311, 0.294_255_2),
        (1.035_583, 0.281_315_4),
        (1.012_224, 0.382_744_8),
        (0.977_495_8, 0.218_411_2),
        (0.958_950_1, 0.174_721_6),
    ];
    for (loss, norm) in expected {
        let rate = schedule.rate(trainer.steps());
        trainer.optimizer_mut().set_learning_rate(rate);
        let found = (trainer.step(images, &labels).unwrap(), trainer.gradient_norm().unwrap());
        assert!((found.0 - loss).abs() < 2e-6 && (found.1 - norm).abs() < 2e-6, "{found:?}, {loss}, {norm}");
    }
    let weight = trainer.network().tensor("3.weight").unwrap().numbers()[..3].to_vec();
    for (found, expected) in weight.iter().zip([0.363_506_9, 0.340_594_6, -0.527_866]) {
        assert!((found - expected).abs() < 2e-6, "{weight:?}");
    }
}

/// What one step of gradient descent changes, tensor by tensor, with the rate 0.5 and the decay 0.1.
fn stepped(groups: &Groups) -> Vec<Stepped> {
    let data = data(8);
    let before = Normed::new(1);
    let mut net = before.clone();
    let mut trainer =
        Trainer::new(&mut net, Sgd::new(0.5).weight_decay(0.1)).groups(groups).unwrap().clip(Clip::Norm(1e9));
    trainer.step(data.images(), data.labels()).unwrap();
    let all: Vec<_> = tensors(trainer.network()).into_iter().zip(tensors(&before)).collect();
    let learned = all.into_iter().filter_map(|((name, after), (_, before))| {
        Some((name, before, after, trainer.gradient(name).ok()?.numbers().to_vec()))
    });
    let learned: Vec<_> = learned.collect();
    let gradients: Vec<f32> = learned.iter().flat_map(|(.., gradient)| gradient.clone()).collect();
    let norm = gradients::norm(&gradients);
    assert!((trainer.gradient_norm().unwrap() - norm).abs() <= 1e-6 * norm, "the norm of what learns");
    learned
}

/// Asserts that each tensor made a step of its own rate and decay.
fn check_steps(groups: &Groups, rates: impl Fn(&str) -> (f32, f32)) {
    for (name, before, after, gradient) in stepped(groups) {
        let (rate, decay) = rates(name);
        for ((before, after), gradient) in before.iter().zip(after).zip(gradient) {
            let expected = before - rate * (gradient + decay * before);
            assert!((after - expected).abs() < 1e-6, "{name}: {before} to {after}, not {expected}");
        }
    }
}

#[test]
fn groups_have_rates_and_decays_of_their_own() {
    let is_weight = |name: &str| name.ends_with("weight") && !name.contains("norm");
    check_steps(&Groups::new(), |_| (0.5, 0.1));
    check_steps(&Groups::new().decay_weights_only(), |name| (0.5, if is_weight(name) { 0.1 } else { 0.0 }));
    let groups = Groups::new().decay_weights_only().learning_rate("", 0.1).learning_rate("head", 2.0);
    check_steps(&groups.weight_decay("0", 3.0), |name| {
        let decay = if name.starts_with("0.") { 0.3 } else { 0.1 };
        let decay = if is_weight(name) || name.starts_with("0.") { decay } else { 0.0 };
        (if name.starts_with("head") { 1.0 } else { 0.05 }, decay)
    });
}

#[test]
fn what_is_frozen_stays_and_has_no_gradient() {
    let groups = Groups::new().freeze("").unfreeze("head").unfreeze("1.norm.bias");
    for (name, before, after, gradient) in stepped(&groups) {
        let learns = name.starts_with("head") || name == "1.norm.bias";
        let differ = before.iter().zip(&after).filter(|(a, b)| a.to_bits() != b.to_bits()).count();
        assert_eq!((differ > 0, gradient.iter().any(|g| g.abs() > 0.0)), (learns, learns), "{name}");
    }
    // Running statistics go on, as in PyTorch.
    let data = data(8);
    let mut net = Normed::new(1);
    let groups = Groups::new().freeze("0");
    let mut trainer = Trainer::new(&mut net, Adam::new(0.1)).groups(&groups).unwrap();
    trainer.step(data.images(), data.labels()).unwrap();
    let norm = |net: &Normed, name| net.tensor(name).unwrap().numbers().to_vec();
    assert_eq!(norm(trainer.network(), "0.norm.num_batches_tracked"), [1.0]);
    assert_ne!(norm(trainer.network(), "0.norm.running_mean"), [0.0; 3]);
    assert_eq!(norm(trainer.network(), "0.norm.weight"), [1.0; 3]);
}

#[test]
fn a_group_of_nothing_is_an_error() {
    let message = |groups: Groups| {
        let mut net = Normed::new(1);
        let error: Error = Trainer::new(&mut net, Sgd::new(0.1)).groups(&groups).map(|_| ()).unwrap_err();
        error.to_string()
    };
    assert_eq!(
        message(Groups::new().freeze("haed")),
        "Normed has no layer, block or tensor `haed`; did you mean `head`?"
    );
    assert_eq!(message(Groups::new().learning_rate("0.2", 0.1)), "`0.2` of Normed has no tensors");
    assert_eq!(
        message(Groups::new().weight_decay("0.norm.running_var", 0.0)),
        "tensor `0.norm.running_var` is not learned and has no gradient"
    );
}

#[cfg(feature = "rayon")]
#[test]
fn the_same_bits_on_any_number_of_threads() {
    let data = data::<16>(24);
    let trained = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut net = Wide::new(1);
            let groups = Groups::new().decay_weights_only().learning_rate("3", 0.3);
            let optimizer = AdamW::new(0.01);
            let mut trainer = Trainer::new(&mut net, optimizer).groups(&groups).unwrap();
            trainer = trainer.clip(Clip::Norm(0.1)).micro_batch(10);
            let mut trainer = trainer.loss(CrossEntropy.label_smoothing(0.1));
            let losses = [(); 3].map(|()| trainer.step(data.images(), data.labels()).unwrap().to_bits());
            (losses, trainer.gradient_norm().map(f32::to_bits), trainer.network().to_bytes())
        })
    };
    let one = trained(1);
    assert!(one == trained(2) && one == trained(3));
}
