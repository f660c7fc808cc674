//! Where the time goes: a table with a row for each layer, or for each part of a training step.
//!
//! Rows are held against what the threads could do at most, multiplying and adding in registers alone, as measured
//! between the passes. A multiply-add is one of the plain sum: an algorithm that needs fewer can be above 100 %.

use crate::options::{Mode, Options};
use crate::timing::{RUN, median};
use cnn::loss::{CrossEntropy, Loss};
use cnn::network::{LayerInfo, Network, Sample, Vector};
use cnn::optim::{Optimizer, Sgd};
use cnn_runtime::dropout::Key;
use cnn_runtime::memory::{AlignedBuffer, Arena};
use cnn_runtime::network::Observer;
use cnn_runtime::view::View;
use cnn_runtime::{parallel, peak};
use std::hint::black_box;
use std::time::Instant;

/// One row.
struct Row {
    name: String,
    kind: &'static str,
    output: String,
    kernel: &'static str,
    /// Multiply-adds for the whole batch.
    macs: usize,
    /// Of the pass that runs.
    now: f64,
    /// Of each pass.
    seconds: Vec<f64>,
}

/// Times rows as they end, one behind the other.
struct Clock {
    rows: Vec<Row>,
    last: Instant,
}

impl Clock {
    fn row_ends(&mut self, row: usize) {
        let now = Instant::now();
        self.rows[row].now += (now - self.last).as_secs_f64();
        self.last = now;
    }

    fn pass_ends(&mut self) {
        for row in &mut self.rows {
            row.seconds.push(std::mem::take(&mut row.now));
        }
    }
}

impl Observer for Clock {
    fn observe(&mut self, _layer: usize, _output: View<'_>) {}
    fn looks(&self) -> bool {
        false
    }
    fn listens(&self) -> bool {
        true
    }
    fn pass(&mut self, layer: usize) {
        self.row_ends(layer);
    }
}

/// Prints what each layer costs in inference.
pub(crate) fn inference<N: Network>(net: &N, images: &[N::Input], options: &Options) {
    let batch = images.len();
    let row = |layer: &LayerInfo| Row {
        name: layer.name.to_owned(),
        kind: layer.kind,
        output: layer.output.iter().map(ToString::to_string).collect::<Vec<_>>().join("×"),
        kernel: layer.kernel,
        macs: layer.macs * batch,
        now: 0.0,
        seconds: Vec::new(),
    };
    let rows = N::LAYERS.iter().map(row).collect();
    let mut arena = Arena::new(N::INFERENCE, options.policy.into(), batch);
    let mut outputs = N::Output::zeros(batch);
    parallel::enter(N::PARAMETERS, || net.prepare(&mut arena));
    table::<N>(options, rows, |clock| {
        parallel::enter(batch * N::MACS, || net.infer(&mut arena, images, &mut outputs, clock));
    });
}

/// Prints what each part of a training step costs.
pub(crate) fn training<N: Network<Output = Vector<10>>>(
    net: &mut N,
    images: &[N::Input],
    labels: &[u8],
    options: &Options,
) -> Result<(), cnn::Error> {
    let batch = images.len();
    let cost = batch * N::MACS;
    // The gradient of the images themselves is not needed.
    let first = N::LAYERS.iter().find(|layer| layer.macs > 0).map_or(0, |layer| layer.macs * batch);
    let parts = [("forward", cost), ("loss", 0), ("backward", 2 * cost - first), ("update", 0)];
    let row = |(name, macs): (&str, _)| Row {
        name: name.into(),
        kind: "",
        output: String::new(),
        kernel: "",
        macs,
        now: 0.0,
        seconds: vec![],
    };
    let rows = parts.map(row).into();
    let mut arena = Arena::new(N::TRAINING, options.policy.into(), batch);
    let (mut outputs, mut d_outputs) = (N::Output::zeros(batch), N::Output::zeros(batch));
    let mut gradients = AlignedBuffer::zeros(net.state().parameters.len());
    let mut optimizer = Sgd::new(options.net.learning_rate());
    let key = Key { seed: 0, step: 0, first_image: 0 };
    let mut loss = Ok(0.0);
    table::<N>(options, rows, |clock| {
        parallel::enter(cost, || net.train_forward(&mut arena, images, &mut outputs, key));
        clock.row_ends(0);
        loss = CrossEntropy.evaluate(&outputs, labels, &mut d_outputs);
        clock.row_ends(1);
        parallel::enter(cost, || net.train_backward(&mut arena, images, &d_outputs, key, &mut gradients));
        clock.row_ends(2);
        optimizer.step(&mut net.state_mut().parameters, &gradients);
        clock.row_ends(3);
    });
    loss?;
    Ok(())
}

/// Runs `pass` once to warm up, then at least 5 times until the budget is used up; prints the medians.
///
/// The peak is measured again every 20 ms, or between passes that take longer: it changes with what else goes on.
fn table<N: Network>(options: &Options, rows: Vec<Row>, mut pass: impl FnMut(&mut Clock)) {
    let mut clock = Clock { rows, last: Instant::now() };
    pass(&mut clock);
    clock.rows.iter_mut().for_each(|row| row.now = 0.0);
    let (mut totals, mut peaks) = (Vec::new(), Vec::new());
    let start = Instant::now();
    while totals.len() < 5 || start.elapsed() < options.budget {
        peaks.push(multiply_adds_per_second());
        let run = Instant::now();
        while run.elapsed() < RUN {
            let start = Instant::now();
            clock.last = start;
            pass(&mut clock);
            totals.push(start.elapsed().as_secs_f64());
            clock.pass_ends();
        }
    }
    print::<N>(options, clock.rows, median(&mut totals), median(&mut peaks));
}

/// What all threads together can do at most.
fn multiply_adds_per_second() -> f64 {
    const TURNS: usize = 300_000;
    let rates = rayon::broadcast(|_| {
        let start = Instant::now();
        black_box(peak::multiply_adds(black_box(TURNS)));
        (TURNS * peak::PER_TURN) as f64 / start.elapsed().as_secs_f64()
    });
    rates.iter().sum()
}

fn print<N: Network>(options: &Options, rows: Vec<Row>, total: f64, peak: f64) {
    let (name, mode, gflops) = (N::NAME, crate::options::name(&options.mode), 2e-9 * peak);
    println!(
        "{name}, {mode}, batch {}, threads {}: peak {gflops:.1} GFLOP/s\n",
        options.batch, options.threads
    );
    let width =
        |of: fn(&Row) -> &str| rows.iter().map(|row| of(row).chars().count()).max().unwrap_or(0).max(6);
    let (names, kinds, outputs) = (width(|row| &row.name), width(|row| row.kind), width(|row| &row.output));
    let line = |[name, kind, output, kernel]: [&str; 4], numbers: [&str; 4]| {
        let [ms, share, speed, of_peak] = numbers;
        let row = format!(
            "{name:names$}  {kind:kinds$}  {output:outputs$}{ms:>11}{share:>9}{speed:>10}{of_peak:>9}  {kernel}"
        );
        println!("{}", row.trim_end());
    };
    let figures = |texts: [&str; 4], seconds: f64, macs: usize| {
        let (ms, share) = (format!("{:.4}", seconds * 1e3), format!("{:.1}", 100.0 * seconds / total));
        let per_second = macs as f64 / seconds;
        let (speed, of_peak) = if macs > 0 && seconds > 0.0 {
            (format!("{:.1}", 2e-9 * per_second), format!("{:.0}", 100.0 * per_second / peak))
        } else {
            ("–".into(), "–".into())
        };
        line(texts, [&ms, &share, &speed, &of_peak]);
    };
    let first = if options.mode == Mode::Train { "part" } else { "layer" };
    let kernel = if options.mode == Mode::Train { "" } else { "kernel" };
    line([first, "kind", "output", kernel], ["ms", "% time", "GFLOP/s", "% peak"]);
    let macs = rows.iter().map(|row| row.macs).sum();
    for mut row in rows {
        figures([&row.name, row.kind, &row.output, row.kernel], median(&mut row.seconds), row.macs);
    }
    figures(["total", "", "", ""], total, macs);
    println!();
}
