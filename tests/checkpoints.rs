//! Training that was stopped goes on as if nothing had been, and what is no checkpoint is refused.

mod hand_made;
mod stateful;

use cnn::optim::Optimizer;
use cnn::prelude::*;
use cnn::train::schedule::{CosineAnnealing, Schedule, Warmup};
use cnn::weights::Error;
use hand_made::Tiny;
use safetensors::tensor::SafeTensors;
use stateful::{Net, data, trainer};
use std::fs;
use std::path::Path;

/// Goes on up to step number `to`; gives the losses.
fn train<O: Optimizer>(
    trainer: &mut Trainer<'_, Net, O>,
    data: &Dataset<Image<1, 8, 8>>,
    to: u64,
) -> Vec<u32> {
    let schedule = Warmup::new(2, 0.1, CosineAnnealing::new(0.05, 8));
    let mut batches = Batches::new(data, 10).shuffled(5);
    let mut losses = Vec::new();
    while trainer.steps() < to {
        // The rate of a step before a stop is kept; a schedule would set it anew.
        if trainer.steps() % 3 == 0 {
            let rate = schedule.rate(trainer.steps());
            trainer.optimizer_mut().set_learning_rate(rate);
        }
        let mut epoch = batches.epoch(trainer.steps());
        let (images, labels) = epoch.next_batch().unwrap();
        losses.push(trainer.step(images, labels).unwrap().to_bits());
    }
    losses
}

fn resumes<O: Optimizer>(optimizer: impl Fn() -> O) {
    let (folder, data) = (tempfile::tempdir().unwrap(), data(40));
    let file = folder.path().join("net.safetensors");
    // Nothing in a float holds this seed.
    let seed = u64::MAX - 1;
    for stop in [0, 1, 4, 7] {
        let (mut whole, mut first, mut second) = (Net::new(1), Net::new(1), Net::new(99));
        let mut uninterrupted = trainer(&mut whole, optimizer(), 7).seed(seed);
        let expected = train(&mut uninterrupted, &data, 8);

        let mut stopped = trainer(&mut first, optimizer(), 7).seed(seed);
        let mut losses = train(&mut stopped, &data, stop);
        stopped.save_checkpoint(&file).unwrap();
        let mut resumed = trainer(&mut second, optimizer(), 7);
        train(&mut resumed, &data, 2);
        resumed.load_checkpoint(&file).unwrap();
        assert_eq!(resumed.steps(), stop);
        losses.extend(train(&mut resumed, &data, 8));
        assert_eq!(losses, expected, "stopped after {stop}");

        let bytes = |trainer: &Trainer<'_, Net, O>| {
            trainer.save_checkpoint(&file).unwrap();
            fs::read(&file).unwrap()
        };
        assert!(bytes(&resumed) == bytes(&uninterrupted), "stopped after {stop}");
        assert!(bytes(&resumed) != bytes(&stopped));
        assert_eq!(resumed.network().to_bytes(), uninterrupted.network().to_bytes());
    }
}

#[test]
fn training_goes_on_with_the_same_bits() {
    resumes(|| Sgd::new(0.05));
    resumes(|| Sgd::new(0.05).momentum(0.9).dampening(0.1).weight_decay(0.01));
    resumes(|| Sgd::new(0.05).momentum(0.9).nesterov());
    resumes(|| Adam::new(0.01).weight_decay(0.01));
    resumes(|| AdamW::new(0.01));
}

const IMAGES: [Image<1, 2, 2>; 3] =
    [Image([[[1.0, 0.0], [0.5, 0.2]]]), Image([[[0.0, 1.0], [0.1, 0.2]]]), Image([[[0.3, 0.0], [1.0, 0.2]]])];

/// The bytes of a checkpoint after two steps.
fn checkpoint(file: &Path, optimizer: impl Optimizer) -> Vec<u8> {
    let mut net = Tiny::new(1);
    let mut trainer = Trainer::new(&mut net, optimizer).seed(7);
    for _ in 0..2 {
        trainer.step(&IMAGES, &[0_u8, 1, 2]).unwrap();
    }
    trainer.save_checkpoint(file).unwrap();
    fs::read(file).unwrap()
}

#[test]
fn a_checkpoint_has_pytorchs_names_and_shapes() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = checkpoint(&folder.path().join("a"), Adam::new(0.01));
    assert_eq!(bytes, checkpoint(&folder.path().join("b"), Adam::new(0.01)));
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let mut names = file.names();
    names.sort_unstable();
    let expected = ["optimizer.exp_avg.", "optimizer.exp_avg_sq."].iter().flat_map(|vector| {
        ["fc.bias", "fc.weight", "norm.bias", "norm.weight"].map(|key| format!("{vector}{key}"))
    });
    let model = Tiny::TENSORS.iter().map(|tensor| format!("model.{}", tensor.name));
    let mut expected: Vec<_> = expected.chain(model).collect();
    expected.sort_unstable();
    assert_eq!(names, expected);
    assert_eq!(file.tensor("optimizer.exp_avg_sq.fc.weight").unwrap().shape(), [3, 4]);
}

/// Everything that a checkpoint sets.
fn everything<O: Optimizer>(trainer: &Trainer<'_, Tiny, O>) -> (Vec<u8>, u64, u64, u32, Vec<Vec<u32>>) {
    let kept = trainer.optimizer().kept();
    let bits = |numbers: &[f32]| numbers.iter().map(|number| number.to_bits()).collect();
    let vectors = kept.vectors().iter().map(|vector| bits(vector)).collect();
    let rate = trainer.optimizer().learning_rate().to_bits();
    (trainer.network().to_bytes(), trainer.steps(), kept.steps(), rate, vectors)
}

/// Asserts that a file is refused and changes nothing; gives the message behind the file's name.
fn refused<O: Optimizer>(file: &Path, optimizer: O) -> String {
    let mut net = Tiny::new(2);
    let mut trainer = Trainer::new(&mut net, optimizer);
    trainer.step(&IMAGES[..2], &[0_u8, 2]).unwrap();
    let before = everything(&trainer);
    let error = trainer.load_checkpoint(file).expect_err("this file");
    assert!(everything(&trainer) == before, "{error}");
    let message = error.to_string();
    message.strip_prefix(&format!("{}: ", file.display())).expect("the file's name").to_owned()
}

#[test]
fn a_checkpoint_cut_anywhere_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tiny.safetensors");
    let bytes = checkpoint(&file, Sgd::new(0.1).momentum(0.9));
    for end in (0..bytes.len()).step_by(7) {
        fs::write(&file, &bytes[..end]).unwrap();
        let message = refused(&file, Sgd::new(0.1).momentum(0.9));
        assert!(message.starts_with(&format!("not a whole safetensors file ({end} bytes)")), "{message}");
    }
}

/// Bits of any number, name or count; only what means nothing, such as a space, may change.
#[test]
fn a_damaged_checkpoint_is_refused_or_says_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tiny.safetensors");
    let bytes = checkpoint(&file, Adam::new(0.01));
    let load = |bytes: &[u8]| {
        fs::write(&file, bytes).unwrap();
        let mut net = Tiny::new(2);
        let mut trainer = Trainer::new(&mut net, Adam::new(0.01));
        let before = everything(&trainer);
        let loaded = trainer.load_checkpoint(&file).is_ok();
        let after = everything(&trainer);
        assert!(loaded || after == before);
        loaded.then_some(after)
    };
    let expected = load(&bytes);
    assert!(expected.is_some());
    let mut refused = 0;
    for position in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[position] ^= 1 << (position % 8);
        match load(&damaged) {
            None => refused += 1,
            found => assert!(found == expected, "bit {} at {position}", position % 8),
        }
    }
    assert!(refused > bytes.len() * 9 / 10, "{refused} of {} are refused", bytes.len());
}

#[test]
fn what_does_not_fit_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tiny.safetensors");
    checkpoint(&file, Sgd::new(0.1));
    assert_eq!(refused(&file, Adam::new(0.1)), "optimizer is Sgd, expected Adam");
    assert_eq!(
        refused(&file, Sgd::new(0.1).momentum(0.9)),
        "does not fit Tiny\n  \
         tensor `optimizer.momentum_buffer.norm.weight` is missing\n  \
         tensor `optimizer.momentum_buffer.norm.bias` is missing\n  \
         tensor `optimizer.momentum_buffer.fc.weight` is missing\n  \
         tensor `optimizer.momentum_buffer.fc.bias` is missing"
    );

    Tiny::new(1).save(&file).unwrap();
    assert_eq!(
        refused(&file, Sgd::new(0.1)),
        "metadata `cnn.checkpoint` is missing, expected what `save_checkpoint` writes"
    );

    let mut net = Net::new(1);
    Trainer::new(&mut net, Sgd::new(0.1)).save_checkpoint(&file).unwrap();
    let message = refused(&file, Sgd::new(0.1));
    assert!(message.starts_with("does not fit Tiny\n"), "{message}");
    assert!(message.contains("tensor `model.norm.weight` has shape [6], expected [1]"), "{message}");

    fs::remove_file(&file).unwrap();
    assert!(refused(&file, Sgd::new(0.1)).starts_with("cannot be read: "));
}

/// The bytes of a file after one text in it was replaced by another of the same length.
fn with(bytes: &[u8], old: &str, new: &str) -> Vec<u8> {
    let (old, new) = (old.as_bytes(), new.as_bytes());
    let place = bytes.windows(old.len()).position(|window| window == old).expect("the text");
    [&bytes[..place], new, &bytes[place + old.len()..]].concat()
}

#[test]
fn every_wrong_value_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tiny.safetensors");
    let bytes = checkpoint(&file, Sgd::new(0.125));
    let values = [
        (r#"format\":\"1"#, r#"format\":\"7"#, "format is 7, expected 1"),
        (r#"\"steps\":\"2"#, r#"\"steps\":\"x"#, "steps is x, expected a number (u64)"),
        (r#"\"seed\":\"7"#, r#"\"sead\":\"7"#, "seed is missing, expected a number (u64)"),
        (r#"rate\":\"0.125"#, r#"rate\":\"0,125"#, "learning_rate is 0,125, expected a number (f32)"),
    ];
    for (old, new, expected) in values {
        fs::write(&file, with(&bytes, old, new)).unwrap();
        assert_eq!(refused(&file, Sgd::new(0.1)), expected);
    }
    fs::write(&file, with(&bytes, r#"\"steps\":\"2"#, r#"\"steps\":\"3"#)).unwrap();
    let message = refused(&file, Sgd::new(0.1));
    assert!(message.starts_with("the CRC-32 of its contents is "), "{message}");
    fs::write(&file, with(&bytes, r#"{\"crc32"#, r#"[\"crc32"#)).unwrap();
    let message = refused(&file, Sgd::new(0.1));
    assert!(message.starts_with("metadata `cnn.checkpoint` is damaged ("), "{message}");
}

#[test]
fn a_checkpoint_that_cannot_be_written_leaves_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut net = Tiny::new(1);
    let trainer = Trainer::new(&mut net, Sgd::new(0.1));
    let error = trainer.save_checkpoint(folder.path().join("no-such-folder/a")).unwrap_err();
    assert!(matches!(error, Error::Write { .. }), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
