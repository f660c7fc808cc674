//! Whole runs: they are the loop that one would write, they end when they should, and they go on as if nothing had been.

mod stateful;

use cnn::data::{Loader, Transform};
use cnn::loss::Label;
use cnn::prelude::*;
use cnn::train::schedule::{CosineAnnealing, Schedule, Step, Warmup};
use cnn::train::{
    Callback, EarlyStopping, End, EpochRecord, Fit, Flow, History, Interrupt, JsonLines, Monitor, Scores,
    Start, StepRecord, TrainingData,
};
use serde_json::Value;
use stateful::Net;
use std::path::Path;

fn data() -> Dataset<Image<1, 8, 8>> {
    stateful::data(22)
}

fn trainer(net: &mut Net) -> Trainer<'_, Net, Adam> {
    stateful::trainer(net, Adam::new(0.01), 4).seed(7)
}

fn rates() -> impl Schedule {
    Warmup::new(3, 0.1, CosineAnnealing::new(0.02, 12))
}

/// Ends a run after this step.
struct StopAt(u64);

impl Callback for StopAt {
    fn on_step(&mut self, step: &StepRecord) -> Result<Flow, cnn::Error> {
        Ok(if step.step == self.0 { Flow::Stop } else { Flow::Continue })
    }
}

/// Figures without times.
fn untimed(epochs: &[EpochRecord]) -> Vec<EpochRecord> {
    let untimed = |mut epoch: EpochRecord| {
        (epoch.seconds, epoch.images_per_second) = (0.0, 0.0);
        epoch
    };
    epochs.iter().cloned().map(untimed).collect()
}

#[test]
fn a_run_is_the_loop_that_one_writes() {
    let data = data();
    for by_epoch in [false, true] {
        let (mut by_hand, mut fitted) = (Net::new(1), Net::new(1));
        let mut expected = Vec::new();
        let mut own = trainer(&mut by_hand);
        let mut batches = Batches::new(&data, 5).shuffled(3);
        for number in 0..3 {
            let mut epoch = batches.epoch(number);
            let (mut loss, mut correct) = (0.0, 0);
            while let Some((images, labels)) = epoch.next_batch() {
                let rate = rates().rate(if by_epoch { number } else { own.steps() });
                own.optimizer_mut().set_learning_rate(rate);
                loss += f64::from(own.step(images, labels).unwrap()) * images.len() as f64;
                correct += cnn::train::metrics::correct(own.outputs(), labels).unwrap();
            }
            let test = evaluate(own.network(), &data, 7).unwrap();
            let rate = own.optimizer().learning_rate();
            expected.push((
                (loss / 22.0) as f32,
                Some(correct as f32 / 22.0),
                Some(Scores::from(test)),
                rate,
            ));
        }

        let mut trainer = trainer(&mut fitted);
        let fit = Fit::new(&mut trainer, Batches::new(&data, 5).shuffled(3)).epochs(3).accuracy();
        let fit = if by_epoch { fit.schedule_of_epochs(rates()) } else { fit.schedule(rates()) };
        let history = fit.validation(|net| evaluate(net, &data, 7)).run().unwrap();
        let found = history.epochs.iter().map(|epoch| {
            let EpochRecord { training, validation, learning_rate, .. } = epoch;
            (training.loss, training.accuracy, *validation, *learning_rate)
        });
        assert_eq!(found.collect::<Vec<_>>(), expected);
        assert_eq!((history.end, history.steps.len(), history.epochs[2].steps), (End::Completed, 15, 15));
        assert!(own.network().to_bytes() == trainer.network().to_bytes());
    }
}

/// Runs five epochs, or up to where `stop` says, from the beginning or from where a run was stopped; gives all that is left of it.
fn run<D: TrainingData<Image<1, 8, 8>, Target: Label>>(
    data: D,
    test: &Dataset<Image<1, 8, 8>>,
    [from, to]: [Option<&Path>; 2],
    stop: Option<u64>,
) -> (Vec<EpochRecord>, Vec<u8>, End)
where
    CrossEntropy: Loss<Vector<4>, D::Target>,
{
    let mut net = Net::new(if from.is_some() { 99 } else { 1 });
    let mut trainer = trainer(&mut net);
    let mut fit = Fit::new(&mut trainer, data)
        .epochs(5)
        .accuracy()
        .schedule(rates())
        .validation(|net| evaluate(net, test, 7))
        .stop_early(EarlyStopping::new(2).min_delta(0.005));
    if let Some(from) = from {
        fit = fit.resume(from).unwrap();
    }
    if let Some(to) = to {
        fit = fit.checkpoint(to);
    }
    if let Some(stop) = stop {
        fit = fit.callback(StopAt(stop));
    }
    let History { epochs, end, .. } = fit.run().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("net.safetensors");
    trainer.save_checkpoint(&file).unwrap();
    (untimed(&epochs), std::fs::read(file).unwrap(), end)
}

#[test]
fn a_run_that_was_stopped_goes_on_with_the_same_bits() {
    let (folder, data) = (tempfile::tempdir().unwrap(), data());
    let path = folder.path().join("run.safetensors");
    let batches = || Batches::new(&data, 5).shuffled(3);
    let whole = run(batches(), &data, [None; 2], None);
    // In the middle of an epoch, at its first and at its last step, and in the last epoch.
    for stop in [0, 2, 4, 5, 9, 12] {
        let stopped = run(batches(), &data, [None, Some(&path)], Some(stop));
        assert_eq!((stopped.2, stopped.0.len() as u64), (End::Callback, stop / 5), "stopped at {stop}");
        assert!(run(batches(), &data, [Some(&path), None], None) == whole, "stopped at {stop}");
    }
    // Stopped twice, and when all was over.
    run(batches(), &data, [None, Some(&path)], Some(3));
    run(batches(), &data, [Some(&path), Some(&path)], Some(11));
    run(batches(), &data, [Some(&path), Some(&path)], None);
    assert!(run(batches(), &data, [Some(&path), None], None) == whole);
}

#[test]
fn images_that_are_varied_in_the_background_are_the_same_after_a_stop() {
    let (folder, test) = (tempfile::tempdir().unwrap(), data());
    let path = folder.path().join("run.safetensors");
    let transform = Transform::new().random_horizontal_flip(0.5).random_crop(8, 8, 2);
    let loader = Loader::new(data(), transform, 5).shuffled(3);
    let whole = run(&loader, &test, [None; 2], None);
    for stop in [1, 4, 7] {
        run(&loader, &test, [None, Some(&path)], Some(stop));
        assert!(run(&loader, &test, [Some(&path), None], None) == whole, "stopped at {stop}");
    }
}

/// The file is the network of the epoch that had the best figure, by whichever figure.
#[test]
fn the_best_epoch_is_kept_and_too_many_worse_ones_end_the_run() {
    let (folder, data) = (tempfile::tempdir().unwrap(), data());
    let path = folder.path().join("best.safetensors");
    let losses = [1.0, 0.5, 0.7, 0.4, 0.6, 0.4, 0.3];
    let accuracies = [0.1, 0.8, 0.2, 0.3, 0.4, 0.5, 0.6];
    for (monitor, best, last) in
        [(None, 3, 5), (Some(Monitor::ValidationLoss), 3, 5), (Some(Monitor::ValidationAccuracy), 1, 3)]
    {
        let mut net = Net::new(1);
        let mut trainer = trainer(&mut net);
        let (mut epoch, mut networks) = (0, Vec::new());
        let mut fit = Fit::new(&mut trainer, Batches::new(&data, 5))
            .epochs(7)
            .validation(|net: &Net| {
                networks.push(net.to_bytes());
                epoch += 1;
                let scores = Scores { loss: losses[epoch - 1], accuracy: Some(accuracies[epoch - 1]) };
                Ok::<_, cnn::Error>(scores)
            })
            .stop_early(EarlyStopping::new(2))
            .keep_best(&path);
        if let Some(monitor) = monitor {
            fit = fit.monitor(monitor);
        }
        let history = fit.run().unwrap();
        assert_eq!((history.end, history.epochs.len()), (End::EarlyStopping, last + 1));
        assert_eq!(history.best().unwrap().epoch, best);
        trainer.load_checkpoint(&path).unwrap();
        assert!(trainer.network().to_bytes() == networks[best as usize]);
    }
}

#[test]
fn norms_are_those_of_the_gradients() {
    let data = data();
    let mut net = Net::new(1);
    let mut trainer = trainer(&mut net);
    let history = Fit::new(&mut trainer, Batches::new(&data, 5)).epochs(2).gradient_norms(3).run().unwrap();
    assert_eq!(history.layers, ["stem", "norm", "head"]);
    assert_eq!(history.gradient_norms.iter().map(|(step, _)| *step).collect::<Vec<_>>(), [0, 3, 6, 9]);
    for (layer, norm) in history.layers.iter().zip(&history.gradient_norms[3].1) {
        let squares = ["weight", "bias"].map(|tensor| {
            let gradient = trainer.gradient(&format!("{layer}.{tensor}"));
            gradient.map_or(0.0, |gradient| gradient.numbers().iter().map(|x| f64::from(x * x)).sum::<f64>())
        });
        let expected = squares.iter().sum::<f64>().sqrt() as f32;
        assert!(
            expected > 1e-4 && (norm - expected).abs() < 1e-5 * expected,
            "{layer}: {norm}, not {expected}"
        );
    }
}

#[test]
fn a_log_has_a_line_for_each_event() {
    let (folder, data) = (tempfile::tempdir().unwrap(), data());
    let path = folder.path().join("run.jsonl");
    let mut net = Net::new(1);
    let mut trainer = trainer(&mut net);
    let fit = Fit::new(&mut trainer, Batches::new(&data, 5)).epochs(2).accuracy().gradient_norms(4);
    let mut log = JsonLines::create(&path).unwrap().every(2);
    let history = fit.validation(|net| evaluate(net, &data, 7)).callback(&mut log).run().unwrap();

    let lines = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let events: Vec<_> = lines.iter().map(|line| line["event"].as_str().unwrap()).collect();
    assert_eq!(events, ["start", "step", "step", "step", "epoch", "step", "step", "epoch", "end"]);
    assert_eq!((&lines[0]["network"], &lines[0]["batches"]), (&"Net".into(), &5.into()));
    assert_eq!(lines[2]["step"], 2);
    assert_eq!(
        (lines[1]["gradient_norms"].as_array().unwrap().len(), &lines[2]["gradient_norms"]),
        (3, &Value::Null)
    );
    let last = &history.epochs[1];
    let number = |name: &str| lines[7][name].as_f64().map(|number| number as f32);
    assert_eq!(number("loss"), Some(last.training.loss));
    assert_eq!(number("validation_accuracy"), last.validation.unwrap().accuracy);
    assert_eq!((&lines[8]["reason"], &lines[8]["epochs"]), (&"completed".into(), &2.into()));
    drop(log);

    let mut trainer = self::trainer(&mut net);
    let log = JsonLines::append(&path).unwrap();
    Fit::new(&mut trainer, Batches::new(&data, 50)).callback(log).run().unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 9 + 4);
}

#[test]
fn whoever_ends_a_run_hears_of_what_was_before() {
    #[derive(Default)]
    struct Heard {
        past: usize,
        ended: Option<usize>,
    }
    impl Callback for Heard {
        fn on_start(&mut self, start: &Start<'_>) -> Result<(), cnn::Error> {
            self.past = start.history.epochs.len();
            Ok(())
        }
        fn on_epoch(&mut self, epoch: &EpochRecord) -> Result<Flow, cnn::Error> {
            Ok(if epoch.epoch == 2 { Flow::Stop } else { Flow::Continue })
        }
        fn on_end(&mut self, history: &History) -> Result<(), cnn::Error> {
            self.ended = Some(history.epochs.len());
            Ok(())
        }
    }
    let (folder, data) = (tempfile::tempdir().unwrap(), data());
    let path = folder.path().join("run.safetensors");
    let (mut net, mut heard) = (Net::new(1), Heard::default());
    let mut trainer = trainer(&mut net);
    Fit::new(&mut trainer, Batches::new(&data, 5))
        .epochs(2)
        .checkpoint(&path)
        .callback(&mut heard)
        .run()
        .unwrap();
    assert_eq!((heard.past, heard.ended), (0, Some(2)));
    let fit = Fit::new(&mut trainer, Batches::new(&data, 5)).epochs(9).resume(&path).unwrap();
    let history = fit.callback(&mut heard).run().unwrap();
    assert_eq!((heard.past, heard.ended, history.end), (2, Some(3), End::Callback));
}

#[test]
fn what_cannot_be_gone_on_from_is_refused() {
    let (folder, data) = (tempfile::tempdir().unwrap(), data());
    let path = folder.path().join("run.safetensors");
    let mut net = Net::new(1);
    let mut trainer = trainer(&mut net);
    let refusal = |trainer: &mut Trainer<'_, Net, Adam>, batch| {
        let (steps, before) = (trainer.steps(), trainer.network().to_bytes());
        let fit = Fit::new(trainer, Batches::new(&data, batch)).resume(&path);
        let message = fit.map(|_| ()).unwrap_err().to_string();
        assert!(trainer.steps() == steps && trainer.network().to_bytes() == before);
        message
    };
    trainer.save_checkpoint(&path).unwrap();
    let message = refusal(&mut trainer, 5);
    assert!(message.contains("run.batches") && message.contains("missing"), "{message}");
    Fit::new(&mut trainer, Batches::new(&data, 5)).checkpoint(&path).run().unwrap();
    let message = refusal(&mut trainer, 6);
    assert!(message.contains("run.batches") && message.contains("4, as the data has"), "{message}");
    // For a trainer alone it is a checkpoint as any other.
    trainer.load_checkpoint(&path).unwrap();
}

#[test]
fn a_figure_that_there_is_not_cannot_be_watched() {
    let data = data();
    let mut net = Net::new(1);
    let mut trainer = trainer(&mut net);
    let fit = Fit::new(&mut trainer, Batches::new(&data, 5)).monitor(Monitor::TrainingAccuracy);
    let message = fit.run().unwrap_err().to_string();
    assert_eq!(message, "the run has no training accuracy to watch; `Fit::accuracy` counts it");
    let nothing = Dataset::new(Vec::new(), Vec::new()).unwrap();
    let error = Fit::new(&mut trainer, Batches::new(&nothing, 5)).run().unwrap_err();
    assert_eq!(error.to_string(), "the batch is empty");
}

#[test]
fn an_interrupt_ends_a_run_after_its_step() {
    let data = data();
    let interrupt = Interrupt::new();
    interrupt.raise();
    let mut net = Net::new(1);
    let mut trainer = trainer(&mut net);
    let fit = Fit::new(&mut trainer, Batches::new(&data, 5)).schedule(Step::new(0.1, 1, 0.5));
    let history = fit.callback(interrupt.clone()).run().unwrap();
    assert_eq!((history.end, history.steps.len(), trainer.steps()), (End::Callback, 1, 1));
}

#[cfg(all(feature = "ctrlc", unix))]
#[test]
fn ctrl_c_is_an_interrupt() {
    let interrupt = Interrupt::on_ctrl_c().unwrap();
    assert!(!interrupt.is_raised());
    let me = std::process::id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &me]).status().unwrap().success());
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while !interrupt.is_raised() && std::time::Instant::now() < deadline {
        std::thread::yield_now();
    }
    assert!(interrupt.is_raised());
    assert!(Interrupt::on_ctrl_c().is_err(), "it can be asked for once");
}
