//! Files: a `state_dict` that PyTorch saved loads as it is and gives PyTorch's logits, and PyTorch loads what was saved here.
//!
//! `saved.py` wrote the files, of two models that had learned for twenty steps, and is asked to load ours. That needs a
//! Python with torch, numpy and safetensors: the one that the variable `PYTHON` names, or else `python3`, if it has them.

use crate::fixture::{Fixture, assert_close, batch, fill, path};
use cnn::models::LeNet;
use cnn::prelude::*;
use std::process::Command;

network!(
    /// A stem and two inception blocks, small enough to be committed.
    pub fn SmallInception<const CLASSES: usize = 10>(image: Image<3, 16, 16>) -> Vector<CLASSES> {
        let stem = stem();
        let inception1 = inception(8, (4, 8), (4, 8), 8);
        let inception2 = inception(8, (8, 12), (4, 8), 4);
        let pool = global_avg_pool2d;
        flatten;
        let fc = linear(CLASSES);
    }
    fn stem() {
        conv2d(8, kernel_size = 3, padding = 1, bias = false);
        batch_norm2d;
        relu;
        max_pool2d(2);
    }
    fn inception(c1: usize, c2: (usize, usize), c3: (usize, usize), c4: usize) {
        concat(
            {
                let p1_1 = conv2d(c1, kernel_size = 1);
                relu;
            },
            {
                let p2_1 = conv2d(c2.0, kernel_size = 1);
                relu;
                let p2_2 = conv2d(c2.1, kernel_size = 3, padding = 1);
                relu;
            },
            {
                let p3_1 = conv2d(c3.0, kernel_size = 1);
                relu;
                let p3_2 = conv2d(c3.1, kernel_size = 5, padding = 2);
                relu;
            },
            {
                max_pool2d(3, stride = 1, padding = 1);
                let p4_2 = conv2d(c4, kernel_size = 1);
                relu;
            },
        )
    }
);

/// The stream of the images, and how many there are.
const IMAGES: (u64, usize) = (1_000_000, 3);

fn assert_logits<N: Network>(what: &str, net: &N, expected: &[f64]) {
    let outputs = net.forward(&batch(IMAGES.0, IMAGES.1));
    let logits = N::Output::as_numbers(&outputs).iter().copied().map(f64::from);
    let largest = expected.iter().fold(0.0_f64, |largest, logit| largest.max(logit.abs()));
    assert_close(what, logits, expected, 1e-5 * largest);
}

fn check_loads<N: Network>(name: &str) {
    let mut net = N::new(1);
    net.load(path(&format!("saved_{name}.safetensors"))).expect("a file that fits");
    assert_logits(name, &net, Fixture::read("saved").numbers(name));
}

#[test]
fn what_pytorch_saved_gives_pytorchs_logits() {
    check_loads::<LeNet>("lenet");
    check_loads::<SmallInception>("inception");
}

#[test]
fn what_pytorch_saved_in_16_bits_does_too() {
    check_loads::<SmallInception>("inception_f16");
    check_loads::<SmallInception>("inception_bf16");
}

/// What came in from PyTorch goes out with the same keys, shapes, types and numbers.
#[test]
fn a_file_of_pytorchs_saved_again_holds_the_same() {
    let bytes = std::fs::read(path("saved_inception.safetensors")).expect("a committed file");
    let mut net = SmallInception::new(1);
    net.load_bytes(&bytes).expect("a file that fits");
    let ours = net.to_bytes();
    let [ours, theirs] = [&ours, &bytes].map(|bytes| {
        let file = safetensors::SafeTensors::deserialize(bytes).expect("a safetensors file");
        let mut tensors: Vec<_> = file
            .iter()
            .map(|(name, view)| (name.to_owned(), view.dtype(), view.shape().to_vec(), view.data().to_vec()))
            .collect();
        tensors.sort_by(|a, b| a.0.cmp(&b.0));
        tensors
    });
    assert_eq!(ours, theirs);
}

/// A Python that has what `saved.py` needs; `None`, after saying so, if there is no such.
///
/// One that `PYTHON` names must have it.
fn python() -> Option<String> {
    let named = std::env::var("PYTHON").ok();
    let python = named.clone().unwrap_or_else(|| "python3".to_owned());
    let found = Command::new(&python).args(["-c", "import torch, numpy, safetensors"]).output();
    let reason = match found {
        Ok(output) if output.status.success() => return Some(python),
        Ok(output) => String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or_default().to_owned(),
        Err(error) => error.to_string(),
    };
    assert!(named.is_none(), "PYTHON={python} cannot run saved.py: {reason}");
    // Written past the test's captured output, for who believes that it ran.
    let note = format!("SKIPPED: PyTorch does not load our files here: {python}: {reason}; set PYTHON\n");
    let _ = std::io::Write::write_all(&mut std::io::stderr(), note.as_bytes());
    None
}

fn check_pytorch_loads<N: Network>(python: &str, name: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ours.safetensors");
    let mut net = N::new(3);
    fill(&mut net);
    net.save(&file).expect("a file");
    let output = Command::new(python)
        .arg("-B")
        .args([path("saved.py"), name.into(), file])
        .output()
        .expect("a Python that ran before");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "PyTorch does not load {name}: {error}");
    let theirs: Vec<f64> = serde_json::from_slice(&output.stdout).expect("logits");
    assert_logits(&format!("{name}, loaded by PyTorch"), &net, &theirs);
}

#[test]
fn pytorch_loads_what_was_saved_here() {
    if let Some(python) = python() {
        check_pytorch_loads::<LeNet>(&python, "lenet");
        check_pytorch_loads::<SmallInception>(&python, "inception");
    }
}
