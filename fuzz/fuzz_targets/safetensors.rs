//! Any bytes as a safetensors file: where the compiler looks at its header, where weights are loaded, and as a checkpoint.
//!
//! What the compiler finds to fit loads, and nothing else does; what is refused has changed nothing. The CRC of a checkpoint
//! is not compared here, or every change would end at it.
#![no_main]

use cnn::prelude::*;
use cnn_compiler::diagnostics::Diagnostics;
use cnn_compiler::elaborate::Declared;
use cnn_compiler::{elaborate, syntax, weights};
use libfuzzer_sys::fuzz_target;
use std::path::{Path, PathBuf};
use std::{env, fs, process};

/// One program, for both compilers: the one in rustc and the one that is called here.
macro_rules! program {
    ($($tokens:tt)*) => {
        network!($($tokens)*);
        const PROGRAM: &str = stringify!($($tokens)*);
    };
}

program!(
    fn Net(image: Image<1, 4, 4>) -> Vector<2> {
        conv2d(1, kernel_size = 3);
        batch_norm2d;
        dropout(0.5);
        flatten;
        linear(2)
    }
);

/// A file of this process.
fn file(name: &str) -> PathBuf {
    env::temp_dir().join(format!("cnn-fuzz-{}-{name}", process::id()))
}

/// The network with the file as its weights.
fn declared() -> Vec<Declared<'static>> {
    let tokens = format!("#[weights({:?})] {PROGRAM}", file("input"));
    let errors = Diagnostics::default();
    let program = syntax::parse(&[], tokens.parse().expect("a program"), &errors);
    let declared = elaborate::elaborate(Box::leak(Box::new(program)), &errors);
    assert!(errors.finish().is_empty(), "the program is right");
    declared
}

thread_local! {
    static DECLARED: Vec<Declared<'static>> = declared();
}

/// Puts whole files into the corpus, before libFuzzer reads it.
fn seed() {
    let (images, labels) = (Image::zeros(3), [0_u8, 1, 0]);
    let mut net = Net::new(1);
    let mut seeds = vec![net.to_bytes()];
    let mut trainer = Trainer::new(&mut net, Adam::new(0.01));
    for _ in 0..2 {
        trainer.save_checkpoint(file("saved")).expect("a file can be written");
        seeds.push(fs::read(file("saved")).expect("it can be read again"));
        trainer.step(&images, &labels).expect("a batch that fits");
    }
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/safetensors");
    fs::create_dir_all(&corpus).expect("the corpus is a folder");
    for (i, seed) in seeds.iter().enumerate() {
        fs::write(corpus.join(format!("seed-{i}")), seed).expect("a seed can be written");
    }
}

fn as_weights(data: &[u8]) {
    let errors = Diagnostics::default();
    let embedded = DECLARED.with(|declared| weights::check(&declared[0], &errors));
    let errors = errors.finish();
    assert_eq!(embedded.is_none(), !errors.is_empty(), "{errors:?}");

    let mut net = Net::new(1);
    let before = net.to_bytes();
    match net.load_bytes(data) {
        Ok(()) => assert!(embedded.is_some(), "loads, but: {errors:?}"),
        Err(error) => {
            assert!(embedded.is_none(), "compiles, but: {error}");
            assert!(net.to_bytes() == before, "changed in spite of: {error}");
        }
    }
}

fn as_checkpoint() {
    let mut net = Net::new(2);
    let mut trainer = Trainer::new(&mut net, Adam::new(0.02)).seed(3);
    let state = |trainer: &Trainer<'_, Net, Adam>| {
        (trainer.network().to_bytes(), trainer.steps(), trainer.optimizer().learning_rate())
    };
    let before = state(&trainer);
    match trainer.load_checkpoint(file("input")) {
        Ok(()) => {
            trainer.step(&Image::zeros(3), &[0_u8, 1, 0]).expect("a batch that fits");
        }
        Err(error) => assert!(state(&trainer) == before, "changed in spite of: {error}"),
    }
}

fuzz_target!(init: seed(), |data: &[u8]| {
    fs::write(file("input"), data).expect("a file can be written");
    as_weights(data);
    as_checkpoint();
});
