//! One file of `tests/ui`: a program with a mistake, what rustc prints of it, and what mends it.
//!
//! What mends it stands behind the program, in lines that start with `//~`, one for each help of the message:
//!
//! ```text
//! //~ fix: OLD => NEW                   the help says NEW
//! //~ fix (WORDS): OLD => NEW           the help says WORDS, which come to NEW here
//! //~ no fix (WORDS): REASON            the help says WORDS, which no replacement can follow
//! ```
//!
//! Where rustc finds the mistake by itself, a fix stands for no words. `\n` in OLD and NEW is a line's end; ` && ` joins replacements that belong together.

use super::UI;
use std::fs;
use std::path::{Path, PathBuf};

/// The folder of mistakes that rustc finds by itself, in what is done with a network.
pub(crate) const USAGE: &str = "usage";

/// The folders of cases, by the stage that finds the mistake, and what the catalogue calls them.
pub(crate) const STAGES: [(&str, &str); 7] = [
    ("syntax", "How a network is written"),
    ("elaborate", "Names, values and blocks"),
    ("ops", "Layers, their arguments and shapes"),
    ("imports", "Blocks from elsewhere"),
    ("budget", "Budgets"),
    ("weights", "Files of weights"),
    (USAGE, "Using a network"),
];

pub(crate) struct Case {
    pub(crate) path: PathBuf,
    /// The program, without what mends it.
    pub(crate) program: String,
    /// What rustc prints.
    pub(crate) printed: String,
    pub(crate) remedies: Vec<Remedy>,
}

/// What one help comes to.
pub(crate) struct Remedy {
    /// What the help says.
    pub(crate) words: String,
    /// What to put for what in the program, or why nothing can be put.
    pub(crate) fix: Result<Vec<[String; 2]>, String>,
}

impl Case {
    /// All cases of a stage, by name.
    pub(crate) fn of_stage(stage: &str) -> Vec<Case> {
        let folder = Path::new(UI).join(stage);
        let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        let mut files: Vec<PathBuf> =
            files.filter(|file| file.extension().is_some_and(|name| name == "rs")).collect();
        files.sort();
        files.into_iter().map(Self::read).collect()
    }

    fn read(path: PathBuf) -> Self {
        let source = fs::read_to_string(&path).unwrap();
        let (remedies, program): (Vec<&str>, Vec<&str>) =
            source.lines().partition(|line| line.starts_with("//~"));
        let remedies = remedies.into_iter().map(|line| {
            Remedy::parse(line).unwrap_or_else(|| panic!("{}: `{line}` is no remedy", path.display()))
        });
        Self {
            program: program.join("\n").trim_end().to_owned() + "\n",
            printed: fs::read_to_string(path.with_extension("stderr")).unwrap(),
            remedies: remedies.collect(),
            path,
        }
    }

    /// The program with what a fix puts for what.
    ///
    /// # Errors
    /// With what does not stand there once.
    pub(crate) fn mended<'f>(&self, fix: &'f [[String; 2]]) -> Result<String, &'f str> {
        let replace = |program: String, [old, new]: &'f [String; 2]| match program.matches(old).count() {
            1 => Ok(program.replacen(old, new, 1)),
            _ => Err(old.as_str()),
        };
        fix.iter().try_fold(self.program.clone(), replace)
    }

    /// The mistake in words.
    pub(crate) fn title(&self) -> String {
        let name = self.path.file_stem().unwrap().to_str().unwrap().replace('_', " ");
        name[..1].to_uppercase() + &name[1..]
    }
}

impl Remedy {
    fn parse(line: &str) -> Option<Self> {
        let line = line.strip_prefix("//~ ")?;
        if let Some(line) = line.strip_prefix("no fix (") {
            let (words, reason) = line.split_once("): ")?;
            return Some(Self { words: words.into(), fix: Err(reason.into()) });
        }
        let (words, replacement) = match line.strip_prefix("fix: ") {
            Some(replacement) => (None, replacement),
            None => line
                .strip_prefix("fix (")?
                .split_once("): ")
                .map(|(words, replacement)| (Some(words), replacement))?,
        };
        let part = |part: &str| {
            let (old, new) = part.split_once(" =>")?;
            Some([old, new.strip_prefix(' ').unwrap_or(new)].map(|text| text.replace("\\n", "\n")))
        };
        let fix = replacement.split(" && ").map(part).collect::<Option<Vec<_>>>()?;
        Some(Self { words: words.unwrap_or(&fix[0][1]).into(), fix: Ok(fix) })
    }
}
