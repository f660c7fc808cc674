//! What a user's mistakes look like: one mistake a file, in folders by the stage that finds it.
//!
//! The texts belong to the toolchain that CI runs. `TRYBUILD=overwrite cargo test --test ui` writes them anew.

use std::fs;
use std::path::Path;

#[test]
fn mistakes_are_explained() {
    put_weights();
    let cases = trybuild::TestCases::new();
    for stage in ["imports", "syntax", "elaborate", "ops", "budget", "weights"] {
        cases.compile_fail(format!("tests/ui/{stage}/*.rs"));
    }
}

/// Puts the files that cases name where their paths start: the package that trybuild makes of them.
fn put_weights() {
    let files = Path::new("tests/ui/weights");
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("tests/trybuild/cnn").join(files);
    fs::create_dir_all(&package).expect("the folder of targets can be written");
    for entry in fs::read_dir(files).expect("the cases are there").map(|entry| entry.expect("a file")) {
        if entry.path().extension().is_some_and(|extension| extension == "safetensors") {
            fs::copy(entry.path(), package.join(entry.file_name())).expect("a small file can be copied");
        }
    }
}
