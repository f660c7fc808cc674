//! What a user's mistakes look like: one mistake a file, in folders by the stage that finds it.
//!
//! The texts belong to the toolchain that CI runs. `TRYBUILD=overwrite cargo test --test ui` writes them anew.

#[test]
fn mistakes_are_explained() {
    let cases = trybuild::TestCases::new();
    for stage in ["imports", "syntax", "elaborate", "ops", "budget"] {
        cases.compile_fail(format!("tests/ui/{stage}/*.rs"));
    }
}
