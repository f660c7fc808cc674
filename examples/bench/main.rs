//! Times the networks that other libraries are measured with, as those are timed.
//!
//! `cargo run --release --example bench --all-features -- --net alexnet --mode infer --batch 32 --threads 2` prints a line
//! of JSON; `--layers` shows where the time goes, `-- --help` lists the options.

mod layers;
mod machine;
mod options;
mod timing;

use clap::Parser;
use cnn::models::{AlexNet, GoogLeNet, GoogLeNet224, LeNet, NiN, Vgg11};
use cnn::prelude::*;
use options::{Mode, Net, Options, name};
use serde_json::{Value, json};
use std::io;
use std::time::Instant;

fn main() -> Result<(), cnn::Error> {
    let start = Instant::now();
    let options = Options::parse();
    rayon::ThreadPoolBuilder::new()
        .num_threads(options.threads.get())
        .build_global()
        .map_err(|error| io::Error::other(format!("cannot start {} threads: {error}", options.threads)))?;
    let figures = match options.net {
        Net::Lenet => run::<LeNet>(&options, start),
        Net::Alexnet => run::<AlexNet>(&options, start),
        Net::Vgg11 => run::<Vgg11>(&options, start),
        Net::Nin => run::<NiN>(&options, start),
        Net::Googlenet96 => run::<GoogLeNet>(&options, start),
        Net::Googlenet224 => run::<GoogLeNet224>(&options, start),
    }?;
    println!("{figures}");
    Ok(())
}

impl Net {
    fn learning_rate(self) -> f32 {
        match self {
            Self::Lenet => 0.1,
            Self::Alexnet | Self::Vgg11 | Self::Nin | Self::Googlenet96 | Self::Googlenet224 => 0.01,
        }
    }
}

/// Measures one network; gives the line of JSON.
fn run<N: Network<Output = Vector<10>>>(options: &Options, start: Instant) -> Result<Value, cnn::Error> {
    let loading = Instant::now();
    let batch = options.batch.get();
    let mut net = N::new(0);
    let (images, labels) = (images::<N::Input>(batch), labels(batch));
    let line = if options.mode == Mode::Train {
        let trainer = Trainer::new(&mut net, Sgd::new(options.net.learning_rate()));
        let mut trainer = trainer.policy(options.policy.into()).batch(batch);
        figures(options, [start, loading], || Ok(trainer.step(&images, &labels)?))?
    } else {
        let (mut session, mut logits) =
            (net.session_with(options.policy.into(), batch), Vector::zeros(batch));
        figures(options, [start, loading], || {
            session.forward(&images, &mut logits)?;
            Ok(logits[0].0[0])
        })?
    };
    if options.layers {
        match options.mode {
            Mode::Infer | Mode::Start => layers::inference(&net, &images, options),
            Mode::Train => layers::training(&mut net, &images, &labels, options)?,
        }
    }
    Ok(line)
}

/// The line of JSON that every library's program prints.
fn figures(
    options: &Options,
    [start, loading]: [Instant; 2],
    mut step: impl FnMut() -> Result<f32, cnn::Error>,
) -> Result<Value, cnn::Error> {
    let mut line = json!({
        "peer": "cnn",
        "version": env!("CARGO_PKG_VERSION"),
        "net": name(&options.net),
        "mode": name(&options.mode),
        "batch": options.batch,
        "threads": options.threads,
        "policy": name(&options.policy),
    });
    let more = if options.mode == Mode::Start {
        let out0 = step()?;
        json!({ "in_process_ms": start.elapsed().as_secs_f64() * 1e3, "out0": out0 })
    } else {
        let load = loading.elapsed();
        let mut more = timing::measure(options, step)?.json(options.batch.get());
        more["load_ms"] = json!(load.as_secs_f64() * 1e3);
        more
    };
    if let (Value::Object(line), Value::Object(more)) = (&mut line, more) {
        line.extend(more);
    }
    Ok(line)
}

/// A batch of numbers in [-1.75, 1.75), the same each time: their variance is about 1.
fn images<I: Sample>(count: usize) -> Vec<I> {
    let stream = cnn_runtime::random::Stream::new(0, 0);
    let mut images = I::zeros(count);
    let numbers = I::as_numbers_mut(&mut images).iter_mut().zip(0..);
    numbers.for_each(|(number, index)| *number = 3.5 * stream.uniform(index) - 1.75);
    images
}

fn labels(count: usize) -> Vec<u8> {
    (0..10).cycle().take(count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the program that runs all libraries reads.
    const FIELDS: [&str; 20] = [
        "peer",
        "version",
        "net",
        "mode",
        "batch",
        "threads",
        "load_ms",
        "first_ms",
        "median_ms",
        "min_ms",
        "max_ms",
        "runs",
        "steps_per_run",
        "own_cores",
        "other_cores",
        "steal",
        "images_per_s",
        "out0",
        "finite",
        "peak_rss_mb",
    ];

    fn line(arguments: &str) -> Value {
        let options = Options::parse_from(["bench"].into_iter().chain(arguments.split_whitespace()));
        run::<LeNet>(&options, Instant::now()).expect("a fitting batch")
    }

    #[test]
    fn the_line_has_every_field() {
        for mode in ["infer", "train"] {
            let line = line(&format!("--batch 2 --budget 0.1 --onnx-dir any --layers --mode {mode}"));
            for field in FIELDS {
                assert!(line.get(field).is_some_and(|value| !value.is_null()), "{field} in {line}");
            }
            assert_eq!((&line["mode"], &line["net"]), (&json!(mode), &json!("lenet")));
            let ms = |field: &str| line[field].as_f64().expect("a number");
            assert!(0.0 < ms("min_ms") && ms("min_ms") <= ms("median_ms") && ms("median_ms") <= ms("max_ms"));
            assert!(ms("runs") >= 5.0);
        }
    }

    #[test]
    fn the_start_is_one_step() {
        let line = line("--mode start");
        assert!(line["in_process_ms"].as_f64().is_some_and(|ms| ms > 0.0), "{line}");
        assert_eq!(line.get("median_ms"), None);
    }

    #[test]
    fn a_step_of_training_lowers_the_loss() {
        let mut net = LeNet::new(0);
        let (images, labels) = (images(8), labels(8));
        let mut trainer = Trainer::new(&mut net, Sgd::new(Net::Lenet.learning_rate()));
        let losses: Vec<f32> = (0..20).map(|_| trainer.step(&images, &labels).expect("fitting")).collect();
        assert!(losses[19] < losses[0], "{losses:?}");
    }

    #[test]
    fn the_median_is_the_middle() {
        for (numbers, middle) in
            [(&mut [3.0, 1.0, 2.0][..], 2.0), (&mut [4.0, 1.0, 2.0, 3.0], 2.5), (&mut [], 0.0)]
        {
            assert!((timing::median(numbers) - middle).abs() < 1e-9, "{numbers:?}");
        }
    }
}
