//! LeNet on Fashion-MNIST: the main job.
//!
//! `cargo run --release --example lenet` trains on the subset in `data/fashion-mnist`; `-- --help` lists the options.

mod options;
mod progress;
#[path = "../shared/mod.rs"]
mod shared;

use clap::Parser;
use cnn::data::fashion_mnist;
use cnn::prelude::*;
use options::Options;
use progress::{Progress, Running};
use shared::arguments::Choice;
use shared::{Epoch, finish, use_threads};
use std::process::ExitCode;

cnn::network!(
    /// LeNet-5 (LeCun et al. 1998) as the textbooks have it: sigmoids and average pools.
    pub fn LeNet(image: Image<1, 28, 28>) -> Vector<10> {
        let conv1 = conv2d(6, kernel_size = 5, padding = 2);
        sigmoid;
        avg_pool2d(2, stride = 2);
        conv2d(16, kernel_size = 5);
        sigmoid;
        avg_pool2d(2, stride = 2);
        flatten;
        linear(120);
        sigmoid;
        linear(84);
        sigmoid;
        linear(10)
    }
);

/// Images at a time when testing.
const TEST_BATCH: usize = 256;

type Data = Dataset<Image<1, 28, 28>>;

fn main() -> ExitCode {
    finish(run(&Options::parse()))
}

fn run(options: &Options) -> Result<(), cnn::Error> {
    use_threads(options.threads)?;
    let (train, test) = fashion_mnist::load(&options.data)?;
    println!("{}", LeNet::summary());
    println!("{} images to learn from, {} to test with\n", train.len(), test.len());

    let mut net = LeNet::new(options.seed);
    net.initialize(options.init.into(), options.seed);
    if let Some(path) = &options.load {
        net.load(path)?;
    }
    let last = match options.optimizer {
        Choice::Sgd => train_on(&mut net, Sgd::new(options.learning_rate()), options, &train, &test)?,
        Choice::Adam => train_on(&mut net, Adam::new(options.learning_rate()), options, &train, &test)?,
        Choice::Adamw => train_on(&mut net, AdamW::new(options.learning_rate()), options, &train, &test)?,
    };

    let result = evaluate(&net, &test, TEST_BATCH)?;
    println!("\n{}", result.confusion.clone().names(fashion_mnist::CLASSES));
    println!("test accuracy {:.4}", result.accuracy);
    net.save(&options.save)?;
    println!("weights saved to {}", options.save.display());
    if options.json {
        println!("{}", last.json("lenet", options.epochs, result.accuracy, LeNet::PARAMETERS));
    }
    Ok(())
}

/// Trains for all epochs, testing after each; gives the last epoch.
fn train_on(
    net: &mut LeNet,
    optimizer: impl Optimizer,
    options: &Options,
    train: &Data,
    test: &Data,
) -> Result<Epoch, cnn::Error> {
    let mut batches = Batches::new(train, options.batch).shuffled(options.seed);
    let mut trainer = Trainer::new(net, optimizer).seed(options.seed).batch(options.batch);
    let mut last = Epoch::default();
    for epoch in 0..options.epochs {
        let progress = Progress::start(epoch + 1, options.epochs, train.len());
        last = train_epoch(&mut trainer, &mut batches, epoch, &progress)?;
        let result = evaluate(trainer.network(), test, TEST_BATCH)?;
        progress.finish(&last, &[("test", &result)]);
    }
    Ok(last)
}

fn train_epoch<O: Optimizer>(
    trainer: &mut Trainer<'_, LeNet, O>,
    batches: &mut Batches<'_, Image<1, 28, 28>>,
    number: u64,
    progress: &Progress,
) -> Result<Epoch, cnn::Error> {
    let (mut running, mut figures) = (Running::start(), Epoch::default());
    let mut epoch = batches.epoch(number);
    while let Some((images, labels)) = epoch.next_batch() {
        figures = running.step(trainer, images, labels, progress)?;
    }
    Ok(figures)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subset(count: usize) -> Data {
        let (train, _) =
            fashion_mnist::load(shared::arguments::SUBSET).expect("the subset stands in the repository");
        Dataset::new(train.images()[..count].to_vec(), train.labels()[..count].to_vec())
            .expect("as many labels")
    }

    /// Trains on a few images; gives the loss of each epoch.
    fn losses(net: &mut LeNet, epochs: u64) -> Vec<f64> {
        let data = subset(512);
        let mut batches = Batches::new(&data, 32).shuffled(1);
        let mut trainer = Trainer::new(net, Adam::new(0.005));
        let progress = Progress::hidden();
        let epoch =
            |number| train_epoch(&mut trainer, &mut batches, number, &progress).expect("fitting data").loss;
        (0..epochs).map(epoch).collect()
    }

    #[test]
    fn lenet_learns_and_its_weights_can_be_kept() {
        let mut net = LeNet::new(7);
        let losses = losses(&mut net, 10);
        assert!((losses[0] - 10.0_f64.ln()).abs() < 0.3, "it starts from guessing: {losses:?}");
        assert!(losses[9] < 0.75 * losses[0], "{losses:?}");

        let mut other = LeNet::new(8);
        other.load_bytes(&net.to_bytes()).expect("the same network");
        let images = subset(4);
        assert_eq!(other.forward(images.images()), net.forward(images.images()));
    }

    #[test]
    fn a_seed_gives_the_same_bits_on_any_number_of_threads() {
        let trained = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            pool.install(|| {
                let mut net = LeNet::new(3);
                losses(&mut net, 1);
                net.to_bytes()
            })
        };
        let one = trained(1);
        assert!(one == trained(1) && one == trained(2) && one == trained(3));
    }
}
