//! The page `docs/errors.md`.

use super::case::{Case, STAGES};
use std::fmt::Write as _;
use std::fs;

const PAGE: &str = "../docs/errors.md";

#[test]
fn the_catalogue_shows_what_is_printed() {
    let page = page();
    if std::env::var_os("ERRORS").is_some_and(|value| value == "overwrite") {
        fs::write(PAGE, &page).unwrap();
    }
    let written = fs::read_to_string(PAGE).unwrap_or_default();
    let differs = written.lines().zip(page.lines()).position(|(written, made)| written != made);
    let at = differs.unwrap_or(written.lines().count().min(page.lines().count())) + 1;
    assert!(
        written == page,
        "docs/errors.md is not what the cases make of it, from line {at} on: \
         `ERRORS=overwrite cargo test -p cnn-compiler --test errors` writes it anew"
    );
}

fn page() -> String {
    let stages: Vec<(&str, Vec<Case>)> =
        STAGES.iter().map(|(stage, title)| (*title, Case::of_stage(stage))).collect();
    let count: usize = stages.iter().map(|(_, cases)| cases.len()).sum();
    let mut page = format!(
        "# What the compiler says\n\n\
         {count} mistakes, and what rustc prints of each. The page is made of the programs in `tests/ui` and of rustc's \
         own output: `ERRORS=overwrite cargo test -p cnn-compiler --test errors` writes it anew, and that test fails where they differ. \
         What is listed as a fix has been applied by a test, and the outcome compiled.\n"
    );
    for (title, cases) in &stages {
        let links: Vec<String> = cases
            .iter()
            .map(|case| format!("[{}](#{})", case.title(), case.title().to_lowercase().replace(' ', "-")))
            .collect();
        let _ = write!(page, "\n**{title}**: {}\n", links.join(", "));
    }
    for (title, cases) in &stages {
        let _ = write!(page, "\n## {title}\n");
        for case in cases {
            entry(&mut page, case);
        }
    }
    page
}

fn entry(page: &mut String, case: &Case) {
    let printed = case.printed.replace("$DIR/", "");
    let _ = write!(page, "\n### {}\n\n```text\n{}\n```\n", case.title(), printed.trim_end());
    for (i, fix) in case.remedies.iter().filter_map(|remedy| remedy.fix.as_ref().ok()).enumerate() {
        let parts: Vec<String> = fix.iter().map(replacement).collect();
        let _ = writeln!(page, "{}- Fix: {}", if i == 0 { "\n" } else { "" }, parts.join(", and "));
    }
    let _ = write!(
        page,
        "\n<details><summary>The program</summary>\n\n```rust\n{}\n```\n\n</details>\n",
        case.program.trim_end()
    );
}

fn replacement([old, new]: &[String; 2]) -> String {
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (old, new) = (line(old), line(new));
    if new.is_empty() { format!("leave out `` {old} ``") } else { format!("`` {old} `` → `` {new} ``") }
}
