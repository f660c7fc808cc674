//! Every `help:` of the compiler is followed, and the outcome compiled.
//!
//! The help for a budget of bytes is not among them: rustc evaluates those, as the kernels' scratch is the runtime's to say.
//! Nor are the mistakes in what is done with a network: `tests/ui.rs` mends those, as it takes rustc to find them.

use super::case::{Case, STAGES, USAGE};
use super::compile::errors;

/// A fix takes away the error whose help it follows, and brings no other.
#[test]
fn every_help_works() {
    let stages = STAGES.iter().filter(|(stage, _)| *stage != USAGE);
    let cases = stages.flat_map(|(stage, _)| Case::of_stage(stage));
    let wrong: Vec<String> = cases.flat_map(|case| wrong(&case)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn wrong(case: &Case) -> Vec<String> {
    let found = errors(&case.program);
    let mut wrong = Vec::new();
    let mut say = |text: String| wrong.push(format!("{}: {text}", case.path.display()));
    for error in &found {
        if let Some(help) = help(error)
            && !case.remedies.iter().any(|remedy| help.contains(&remedy.words))
        {
            say(format!("no remedy follows this help: {help}"));
        }
    }
    for remedy in &case.remedies {
        let Some(error) =
            found.iter().find(|error| help(error).is_some_and(|help| help.contains(&remedy.words)))
        else {
            say(format!("no help says `{}`", remedy.words));
            continue;
        };
        let Ok(fix) = &remedy.fix else { continue };
        let mended = match case.mended(fix) {
            Ok(program) => errors(&program),
            Err(old) => {
                say(format!("`{old}` does not stand there once"));
                continue;
            }
        };
        let times =
            |errors: &[String], error: &str| errors.iter().filter(|other| what(other) == what(error)).count();
        if times(&mended, error) >= times(&found, error) {
            say(format!("{fix:?} does not mend: {error}"));
        }
        for new_one in mended.iter().filter(|error| times(&found, error) == 0) {
            say(format!("{fix:?} brings: {new_one}"));
        }
    }
    wrong
}

/// The mistake itself.
fn what(error: &str) -> &str {
    error.lines().next().unwrap_or_default()
}

fn help(error: &str) -> Option<&str> {
    error.lines().find_map(|line| line.strip_prefix("help: "))
}
