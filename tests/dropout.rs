//! Dropout as training meets it, by its statistics: PyTorch's masks are no one's but PyTorch's, so parity leaves it out.
//!
//! Every bound is five standard deviations of what independent draws would give: one in two million fails by chance, and
//! the seeds are fixed.

use cnn::network::Error;
use cnn::prelude::*;

network!(
    /// Ones, dropped by two layers, each into a channel of its own. The ones are a weight, so that they have a gradient.
    pub fn Ones<const P: f64>(image: Image<8, 1, 1>) -> Image<2, 50, 70> {
        let ones = conv_transpose2d(1, kernel_size = (50, 70), bias = false);
        concat({ dropout(P) }, { dropout(P) })
    }
    pub type Kept = Ones<0.0>;
    pub type Tenth = Ones<0.1>;
    pub type Half = Ones<0.5>;
    pub type Most = Ones<0.9>;
);

const IMAGES: usize = 8;
const WIDTH: usize = 70;
const PIXELS: usize = 50 * WIDTH;
/// Standard deviations.
const BOUND: f64 = 5.0;

/// The sum of the outputs times the targets: its gradient for the outputs is the targets.
struct Dot;

impl<S: Sample> Loss<S, S> for Dot {
    fn evaluate(&self, _outputs: &[S], targets: &[S], d_outputs: &mut [S]) -> Result<f32, Error> {
        d_outputs.copy_from_slice(targets);
        Ok(0.0)
    }
}

/// A network of ones, and an image for each of its channels.
fn ones<N: Network>() -> (N, Vec<N::Input>) {
    let mut net = N::new(1);
    net.set_tensor("ones.weight", &vec![1.0; IMAGES * PIXELS]).expect("its weight");
    let mut images = N::Input::zeros(IMAGES);
    N::Input::as_numbers_mut(&mut images).iter_mut().step_by(IMAGES + 1).for_each(|number| *number = 1.0);
    (net, images)
}

/// What comes out in each of some steps of training, and the last step's gradient of the ones.
fn train<N: Network>(seed: u64, steps: usize, micro_batch: usize) -> (Vec<Vec<f32>>, Vec<f32>) {
    let (mut net, images) = ones::<N>();
    let mut trainer = Trainer::new(&mut net, Sgd::new(0.0)).loss(Dot).seed(seed).micro_batch(micro_batch);
    let targets = targets::<N::Output>();
    let outputs = (0..steps).map(|_| {
        trainer.step(&images, &targets).expect("a batch that fits");
        N::Output::as_numbers(trainer.outputs()).to_vec()
    });
    let outputs = outputs.collect();
    (outputs, trainer.gradient("ones.weight").expect("a learned tensor").numbers().to_vec())
}

fn targets<S: Sample>() -> Vec<S> {
    let mut targets = S::zeros(IMAGES);
    for (i, target) in S::as_numbers_mut(&mut targets).iter_mut().enumerate() {
        *target = (i % 13) as f32 - 6.0;
    }
    targets
}

/// Whether each number was kept, less the share that should be.
fn centred(y: &[f32], p: f64) -> Vec<f64> {
    y.iter().map(|y| if *y == 0.0 { p - 1.0 } else { p }).collect()
}

/// How far two masks go together, in standard deviations of the correlation of independent ones.
fn correlation<'a>(
    a: impl IntoIterator<Item = &'a f64>,
    b: impl IntoIterator<Item = &'a f64>,
    p: f64,
) -> f64 {
    let (mut sum, mut count) = (0.0, 0);
    for (a, b) in a.into_iter().zip(b) {
        sum += a * b;
        count += 1;
    }
    (sum / (p * (1.0 - p) * f64::from(count).sqrt())).abs()
}

fn check_share<N: Network>(p: f64) {
    let (outputs, _) = train::<N>(1, 3, IMAGES);
    let scale = (1.0 / (1.0 - p)) as f32;
    for y in outputs.iter().flatten() {
        assert!(
            *y == 0.0 || (y - scale).abs() <= 2.0 * f32::EPSILON * scale,
            "p = {p}: {y}, not 0 or {scale}"
        );
    }
    // Of all numbers, and of each image and layer by itself.
    let planes = outputs.iter().flat_map(|output| output.chunks(PIXELS)).map(<[f32]>::to_vec);
    for numbers in planes.chain([outputs.concat()]) {
        let count = numbers.len() as f64;
        let kept = numbers.iter().filter(|y| **y != 0.0).count() as f64;
        let deviation = (kept - count * (1.0 - p)) / (count * p * (1.0 - p)).sqrt();
        assert!(
            deviation.abs() < BOUND,
            "p = {p}: {kept} of {count} kept, {deviation} standard deviations off"
        );
        let mean = numbers.iter().map(|y| f64::from(*y)).sum::<f64>() / count;
        let deviation = (mean - 1.0) / (p / ((1.0 - p) * count)).sqrt();
        assert!(deviation.abs() < BOUND, "p = {p}: the mean is {mean}, {deviation} standard deviations off");
    }
}

#[test]
fn a_share_p_is_dropped_and_the_mean_stays() {
    check_share::<Tenth>(0.1);
    check_share::<Half>(0.5);
    check_share::<Most>(0.9);
}

fn check_masks_differ<N: Network>(p: f64) {
    // Two epochs of two batches, and the first batch of another training.
    let steps = [train::<N>(1, 4, IMAGES).0, train::<N>(2, 1, IMAGES).0].concat();
    let planes: Vec<Vec<f64>> =
        steps.iter().flat_map(|output| output.chunks(PIXELS)).map(|plane| centred(plane, p)).collect();
    assert_eq!(planes.len(), 5 * IMAGES * 2);
    let name = |plane: usize| {
        format!("layer {} image {} step {}", plane % 2, plane / 2 % IMAGES, plane / 2 / IMAGES)
    };
    for (i, a) in planes.iter().enumerate() {
        for (j, b) in planes.iter().enumerate().skip(i + 1) {
            let deviation = correlation(a, b, p);
            assert!(deviation < BOUND, "p = {p}: {} and {}: {deviation}", name(i), name(j));
        }
    }
}

#[test]
fn layers_images_steps_epochs_and_seeds_have_masks_of_their_own() {
    check_masks_differ::<Tenth>(0.1);
    check_masks_differ::<Half>(0.5);
}

#[test]
fn neighbours_know_nothing_of_each_other() {
    let (p, (outputs, _)) = (0.5, train::<Half>(1, 3, IMAGES));
    let masks = centred(&outputs.concat(), p);
    // Side by side and a vector's lanes apart; above each other; the same place of the next layer and image.
    for apart in (1..=64).chain([WIDTH - 1, WIDTH, WIDTH + 1, 2 * WIDTH, PIXELS - 1, PIXELS, 2 * PIXELS]) {
        let deviation = correlation(&masks, &masks[apart..], p);
        assert!(deviation < BOUND, "{apart} numbers apart: {deviation}");
    }
}

#[test]
fn the_same_seed_is_the_same_mask() {
    let expected = train::<Half>(7, 2, IMAGES);
    assert_eq!(train::<Half>(7, 2, IMAGES), expected);
    assert_ne!(train::<Half>(8, 2, IMAGES), expected);
    assert_eq!(train::<Half>(7, 2, 3).0, expected.0, "in parts");
    for threads in [1, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        assert_eq!(pool.install(|| train::<Half>(7, 2, IMAGES)), expected, "on {threads} threads");
    }
}

#[test]
fn gradients_pass_where_numbers_passed() {
    let (outputs, gradient) = train::<Tenth>(1, 2, IMAGES);
    let targets = targets::<Image<2, 50, 70>>();
    let images = outputs[1].chunks(2 * PIXELS).zip(Image::as_numbers(&targets).chunks(2 * PIXELS));
    for ((masks, targets), gradient) in images.zip(gradient.chunks(PIXELS)) {
        for (i, found) in gradient.iter().enumerate() {
            let expected = masks[i] * targets[i] + masks[PIXELS + i] * targets[PIXELS + i];
            assert!((found - expected).abs() < 1e-5, "pixel {i}: {found}, expected {expected}");
        }
    }
}

#[test]
fn nothing_is_dropped_with_p_0_or_in_inference() {
    let (outputs, _) = train::<Kept>(1, 2, IMAGES);
    let is_one = |y: &f32| y.to_bits() == 1.0_f32.to_bits();
    assert!(outputs.iter().flatten().all(is_one));
    let (net, images) = ones::<Most>();
    assert!(Image::as_numbers(&net.forward(&images)).iter().all(is_one));
}
