//! What a user's mistakes look like: one mistake a file, in folders by the stage that finds it.
//!
//! The texts belong to the toolchain that CI runs. `TRYBUILD=overwrite cargo test --test ui` writes them anew.

use case::{Case, STAGES, USAGE};
use std::fs;
use std::path::Path;

/// Where the cases are.
const UI: &str = "tests/ui";

#[path = "../cnn-compiler/tests/errors/case.rs"]
#[allow(dead_code, reason = "the catalogue of errors has more use for a case")]
mod case;

#[test]
fn mistakes_are_explained() {
    put_weights();
    let cases = trybuild::TestCases::new();
    for (stage, _) in STAGES {
        cases.compile_fail(format!("{UI}/{stage}/*.rs"));
    }
    // What mends the others is compiled by the tests of the compiler, in a second.
    let mended = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mended");
    fs::create_dir_all(&mended).expect("the folder of targets can be written");
    for case in Case::of_stage(USAGE) {
        for remedy in &case.remedies {
            let Ok(fix) = &remedy.fix else { continue };
            let program =
                case.mended(fix).unwrap_or_else(|old| panic!("{}: no `{old}`", case.path.display()));
            let path = mended.join(case.path.file_name().expect("a case is a file"));
            fs::write(&path, program).expect("a small file can be written");
            cases.pass(path);
        }
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
