//! A U-Net that learns to tell discs from squares, pixel by pixel.
//!
//! `cargo run --release --example unet --features models` draws its own pictures: grey shapes of any brightness in noise.
//! It prints the intersection over union of each class on pictures that it has not learned from, and fails if their mean
//! stays below 0.9.

use cnn::init::{Fan, Nonlinearity};
use cnn::prelude::*;
use cnn::train::schedule::{OneCycle, Schedule};
use fastrand::Rng;

const SIZE: usize = 64;
const CLASSES: [&str; 3] = ["background", "disc", "square"];
const BATCH: usize = 16;
const STEPS: u64 = 500;

cnn::network!(
    use cnn::models::UNet;

    type Shapes = UNet<3, 64, 8>;
);

type Picture = Image<1, SIZE, SIZE>;
/// The class of each pixel.
type Mask = [[u8; SIZE]; SIZE];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut random = Rng::with_seed(7);
    let mut net = Shapes::new(7);
    net.initialize(Init::KaimingUniform { mode: Fan::In, nonlinearity: Nonlinearity::Relu }, 7);
    let mut trainer = Trainer::new(&mut net, Adam::new(0.004)).batch(BATCH);
    let (mut pictures, mut masks) = (Picture::zeros(BATCH), vec![[[0; SIZE]; SIZE]; BATCH]);
    let schedule = OneCycle::new(0.004, STEPS);
    for step in 0..STEPS {
        trainer.optimizer_mut().set_learning_rate(schedule.rate(step));
        draw(&mut random, &mut pictures, &mut masks);
        let loss = trainer.step(&pictures, &masks)?;
        if step % 50 == 49 {
            println!("step {:>3}/{STEPS}  loss {loss:.4}", step + 1);
        }
    }

    let (mut pictures, mut masks) = (Picture::zeros(256), vec![[[0; SIZE]; SIZE]; 256]);
    draw(&mut Rng::with_seed(8), &mut pictures, &mut masks);
    let unions = intersections_over_unions(&net.forward(&pictures), &masks);
    for (class, union) in CLASSES.iter().zip(unions) {
        println!("intersection over union of {class:<10}  {union:.4}");
    }
    let mean = unions.iter().sum::<f64>() / unions.len() as f64;
    println!("mean intersection over union      {mean:.4}");
    if mean < 0.9 { Err("it has not learned: the mean is below 0.9".into()) } else { Ok(()) }
}

/// Draws new pictures, each with one to three shapes, later ones in front of earlier ones.
fn draw(random: &mut Rng, pictures: &mut [Picture], masks: &mut [Mask]) {
    for (Image([picture]), mask) in pictures.iter_mut().zip(masks) {
        *mask = [[0; SIZE]; SIZE];
        picture.as_flattened_mut().fill_with(|| 0.3 * random.f32());
        for _ in 0..random.usize(1..=3) {
            let (class, radius) = (random.u8(1..=2), random.f32() * 8.0 + 5.0);
            let [row, column] = [random.f32(), random.f32()].map(|place| place * SIZE as f32);
            let brightness = 0.4 + 0.4 * random.f32();
            for (y, x) in (0..SIZE).flat_map(|y| (0..SIZE).map(move |x| (y, x))) {
                let (down, right) = (y as f32 - row, x as f32 - column);
                let far = if class == 1 { down.hypot(right) } else { down.abs().max(right.abs()) };
                if far <= radius {
                    mask[y][x] = class;
                    picture[y][x] = brightness + 0.2 * random.f32();
                }
            }
        }
    }
}

/// For each class, the pixels that are of it and were taken for it, divided by those that are or were.
fn intersections_over_unions(outputs: &[Image<3, SIZE, SIZE>], masks: &[Mask]) -> [f64; 3] {
    let (mut both, mut either) = ([0_u32; 3], [0_u32; 3]);
    for (Image(logits), mask) in outputs.iter().zip(masks) {
        for (y, x) in (0..SIZE).flat_map(|y| (0..SIZE).map(move |x| (y, x))) {
            let found = (1..3).fold(0, |a, b| if logits[b][y][x] > logits[a][y][x] { b } else { a });
            for class in 0..3 {
                let is = [found, usize::from(mask[y][x])].map(|of| of == class);
                both[class] += u32::from(is == [true; 2]);
                either[class] += u32::from(is != [false; 2]);
            }
        }
    }
    std::array::from_fn(|class| f64::from(both[class]) / f64::from(either[class]))
}
