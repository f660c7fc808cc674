//! Every network of `cnn::models`: keys and shapes, logits, loss, gradients, twenty steps of training, and the running
//! statistics that they leave.

use crate::fixture::{Fixture, SAMPLES, assert_close, batch, fill, sample};
use cnn::models::{GoogLeNet, LeNet, UNet};
use cnn::network::TensorKind;
use cnn::prelude::*;

network!(
    use cnn::models::{AlexNet, DenseNet121, MobileNetV2, NiN, ResNet18, SqueezeNet, Vgg};

    // Without dropout, whose masks are no one's but ours.
    pub type AlexNet96 = AlexNet<10, 96, 0.0>;
    pub type AlexNet224 = AlexNet<10, 224, 0.0>;
    pub type Vgg11At64 = Vgg<{ VGG11 }, 1, 10, 64, 0.0>;
    pub type Vgg16At32 = Vgg<{ VGG16 }, 1, 10, 32, 0.0>;
    pub type Vgg19At32 = Vgg<{ VGG19 }, 1, 10, 32, 0.0>;
    pub type NiN96 = NiN<10, 96, 0.0>;
    pub type ResNet18At64 = ResNet18<1000, 64>;
    pub type SqueezeNet64 = SqueezeNet<1000, 64, 0.0>;
    pub type MobileNetV2At64 = MobileNetV2<1000, 64, 0.0>;
    pub type DenseNet121At64 = DenseNet121<1000, 64>;

    const VGG11: [(usize, usize); 5] = [(1, 64), (1, 128), (2, 256), (2, 512), (2, 512)];
    const VGG16: [(usize, usize); 5] = [(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)];
    const VGG19: [(usize, usize); 5] = [(2, 64), (2, 128), (4, 256), (4, 512), (4, 512)];
);

/// Holds a classifier against PyTorch's.
fn check_classifier<N: Network<Output = Vector<C>>, const C: usize>(name: &str) {
    let fixture = Fixture::read(name);
    let labels: Vec<usize> = (0..fixture.batch()).map(|i| (3 * i + 1) % C).collect();
    check::<N, _, _>(&fixture, CrossEntropy, &labels);
}

/// By every policy: what [`Policy::Fast`] gives is close enough, but on the way back its rounding decides about other relus
/// than PyTorch's does.
fn check<N: Network, L: Loss<N::Output, T> + Clone, T>(fixture: &Fixture, loss: L, targets: &[T]) {
    let name = fixture.name();
    let keys: Vec<(String, Vec<usize>)> =
        N::TENSORS.iter().map(|tensor| (tensor.name.to_owned(), tensor.shape.to_vec())).collect();
    assert_eq!(keys, fixture.keys(), "{name}: the keys and shapes of the state_dict, in order");

    let mut net = N::new(1);
    fill(&mut net);
    let inputs = batch::<N::Input>(fixture.stream(), fixture.batch());
    let expected = fixture.numbers("logits");
    let largest = expected.iter().fold(0.0_f64, |largest, logit| largest.max(logit.abs()));
    for policy in [Policy::Exact, Policy::F2, Policy::Fast] {
        let mut outputs = N::Output::zeros(inputs.len());
        net.session_with(policy, inputs.len()).forward(&inputs, &mut outputs).expect("as many outputs");
        let logits = N::Output::as_numbers(&outputs)[..expected.len()].iter().map(|logit| f64::from(*logit));
        assert_close(&format!("{name}: logits, {policy:?}"), logits, expected, 1e-4 * largest);
    }
    for policy in [Policy::Exact, Policy::F2] {
        check_training(fixture, net.clone(), &inputs, loss.clone(), targets, policy);
    }
}

/// Twenty steps of training.
fn check_training<N: Network, L: Loss<N::Output, T>, T>(
    fixture: &Fixture,
    mut net: N,
    inputs: &[N::Input],
    loss: L,
    targets: &[T],
    policy: Policy,
) {
    let name = fixture.name();
    let sgd = Sgd::new(fixture.rate()).momentum(0.9).weight_decay(5e-4);
    let mut trainer = Trainer::new(&mut net, sgd).loss(loss).policy(policy);
    for (step, expected) in fixture.numbers("losses").iter().copied().enumerate() {
        let found = f64::from(trainer.step(inputs, targets).expect("a batch that fits"));
        let tolerance = if step == 0 { 1e-5 } else { 1e-3 } * expected.max(1.0);
        assert_close(&format!("{name}: loss of step {step}, {policy:?}"), [found], &[expected], tolerance);
        if step == 0 {
            check_gradients::<N, _, _>(fixture, &trainer);
        }
    }
    drop(trainer);
    check_running_statistics(fixture, &net);
}

/// Each gradient's norm, and 64 of its entries.
fn check_gradients<N: Network, O: Optimizer, L>(fixture: &Fixture, trainer: &Trainer<N, O, L>) {
    let name = fixture.name();
    let (norms, largest) = (fixture.numbers("gradient_norms"), fixture.numbers("gradient_largest"));
    let samples = fixture.numbers("gradient_samples");
    let everywhere = largest.iter().copied().fold(0.0_f64, f64::max);
    let learned: Vec<_> = N::TENSORS.iter().filter(|tensor| tensor.kind.is_parameter()).collect();
    assert_eq!(learned.len(), norms.len(), "{name}: learned tensors");
    for (i, tensor) in learned.into_iter().enumerate() {
        let gradient = trainer.gradient(tensor.name).expect("a learned tensor");
        let what = format!("{name}: gradient of {}", tensor.name);
        let norm = gradient.numbers().iter().map(|g| f64::from(*g).powi(2)).sum::<f64>().sqrt();
        // What is nothing but rounding, as the gradient of a bias before a normalisation, is held against all gradients.
        let rounding = 1e-6 * everywhere;
        let of_norm = rounding * (gradient.numbers().len() as f64).sqrt();
        assert_close(&format!("{what}: norm"), [norm], &[norms[i]], 1e-3 * norms[i] + of_norm);
        let found = sample(gradient.numbers()).map(f64::from);
        let expected = &samples[i * SAMPLES..][..SAMPLES];
        assert_close(&what, found, expected, 1e-3 * largest[i] + rounding);
    }
}

/// What batch normalisation remembers after all steps.
fn check_running_statistics<N: Network>(fixture: &Fixture, net: &N) {
    let running = |tensor: &&cnn::network::TensorInfo| {
        matches!(tensor.kind, TensorKind::RunningMean | TensorKind::RunningVar)
    };
    let running: Vec<_> = N::TENSORS.iter().filter(running).collect();
    let has = fixture.has("running_samples");
    let expected = if has { fixture.numbers("running_samples") } else { &[] };
    assert_eq!(expected.len(), running.len() * SAMPLES, "{}: running statistics", fixture.name());
    for (tensor, expected) in running.into_iter().zip(expected.chunks(SAMPLES)) {
        let found = sample(net.tensor(tensor.name).expect("a tensor of the network").numbers());
        let largest = expected.iter().fold(1.0_f64, |largest, number| largest.max(number.abs()));
        let what = format!("{}: {} after all steps", fixture.name(), tensor.name);
        assert_close(&what, found.map(f64::from), expected, 1e-3 * largest);
    }
    let steps = fixture.numbers("losses").len() as f32;
    for tensor in N::TENSORS.iter().filter(|tensor| tensor.kind == TensorKind::BatchesTracked) {
        let found = net.tensor(tensor.name).expect("a tensor of the network");
        assert_eq!(found.numbers(), [steps], "{}: {}", fixture.name(), tensor.name);
    }
}

/// A test for each network and its fixture.
macro_rules! networks {
    ($($test:ident: $network:ty, $fixture:literal;)*) => {
        $(
            #[test]
            fn $test() {
                check_classifier::<$network, _>($fixture);
            }
        )*
    };
}

networks! {
    lenet: LeNet, "lenet";
    alexnet: AlexNet96, "alexnet";
    vgg11: Vgg11At64, "vgg11";
    vgg16: Vgg16At32, "vgg16";
    vgg19: Vgg19At32, "vgg19";
    nin: NiN96, "nin";
    googlenet: GoogLeNet, "googlenet";
    resnet18: ResNet18At64, "resnet18";
    squeezenet: SqueezeNet64, "squeezenet";
    mobilenetv2: MobileNetV2At64, "mobilenetv2";
    densenet121: DenseNet121At64, "densenet121";
    alexnet_at_224: AlexNet224, "alexnet_224";
}

#[test]
fn unet() {
    let fixture = Fixture::read("unet");
    let targets = batch(fixture.stream() + 1, fixture.batch());
    check::<UNet, _, _>(&fixture, MeanSquaredError, &targets);
}
