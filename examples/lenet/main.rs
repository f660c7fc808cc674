//! LeNet on Fashion-MNIST: the main job.
//!
//! `cargo run --release --example lenet` trains on the subset in `data/fashion-mnist`; `-- --help` lists the options.

mod options;
mod progress;

use clap::Parser;
use cnn::data::fashion_mnist;
use cnn::prelude::*;
use cnn::train::metrics;
use options::{Choice, Options};
use progress::Progress;
use std::process::ExitCode;
use std::time::Instant;

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
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), cnn::Error> {
    if let Some(threads) = options.threads {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
        pool.map_err(|error| std::io::Error::other(format!("cannot start {threads} threads: {error}")))?;
    }
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
        println!("{}", last.json(options.epochs, result.accuracy));
    }
    Ok(())
}

/// What an epoch of training came to.
#[derive(Clone, Copy, Debug, Default)]
struct Epoch {
    /// Mean over the epoch, each batch measured before it was learned from.
    loss: f64,
    accuracy: f64,
    images_per_second: f64,
}

impl Epoch {
    fn json(&self, epochs: u64, test_accuracy: f32) -> String {
        // JSON has no NaN and no infinity: a loss that ran away is null.
        let loss = if self.loss.is_finite() { format!("{:.5}", self.loss) } else { "null".to_owned() };
        format!(
            "{{\"net\":\"lenet\",\"epochs\":{epochs},\"train_loss\":{loss},\"train_accuracy\":{:.5},\
             \"test_accuracy\":{test_accuracy:.5},\"images_per_second\":{:.0},\"parameters\":{}}}",
            self.accuracy,
            self.images_per_second,
            LeNet::PARAMETERS
        )
    }
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
        progress.finish(&last, &result);
    }
    Ok(last)
}

fn train_epoch<O: Optimizer>(
    trainer: &mut Trainer<'_, LeNet, O>,
    batches: &mut Batches<'_, Image<1, 28, 28>>,
    number: u64,
    progress: &Progress,
) -> Result<Epoch, cnn::Error> {
    let start = Instant::now();
    let (mut loss, mut correct, mut seen) = (0.0, 0, 0);
    let mut epoch = batches.epoch(number);
    let mut result = Epoch::default();
    while let Some((images, labels)) = epoch.next_batch() {
        loss += f64::from(trainer.step(images, labels)?) * images.len() as f64;
        correct += metrics::correct(trainer.outputs(), labels)?;
        seen += images.len();
        result = Epoch {
            loss: loss / seen as f64,
            accuracy: correct as f64 / seen as f64,
            images_per_second: seen as f64 / start.elapsed().as_secs_f64(),
        };
        progress.advance(seen, &result);
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subset(count: usize) -> Data {
        let (train, _) = fashion_mnist::load(options::SUBSET).expect("the subset stands in the repository");
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

    #[test]
    fn the_last_line_holds_every_figure() {
        let line = Epoch { loss: 0.5, accuracy: 0.8, images_per_second: 1234.4 }.json(10, 0.75);
        assert_eq!(
            line,
            "{\"net\":\"lenet\",\"epochs\":10,\"train_loss\":0.50000,\"train_accuracy\":0.80000,\
             \"test_accuracy\":0.75000,\"images_per_second\":1234,\"parameters\":61706}"
        );
    }

    #[test]
    fn a_loss_that_ran_away_is_null_in_json() {
        for loss in [f64::NAN, f64::INFINITY] {
            let line = Epoch { loss, ..Epoch::default() }.json(1, 0.1);
            assert!(line.contains("\"train_loss\":null,"), "{line}");
        }
    }
}
