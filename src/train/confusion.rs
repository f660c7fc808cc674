//! Which classes are taken for which.

use super::metrics::{predictions, same_length};
use cnn_runtime::error::Error;
use cnn_runtime::loss::Label;
use cnn_runtime::sample::Sample;
use std::fmt;

/// How often each class was taken for each.
///
/// `Display` writes a table: a row for each class, a column for each class it was taken for, its recall at the end. Classes
/// whose names are too long to stand above the columns are numbered.
///
/// ```
/// use cnn::prelude::*;
/// use cnn::train::ConfusionMatrix;
///
/// let mut confusion = ConfusionMatrix::new(2).names(["cat", "dog"]);
/// confusion.add(&[Vector([0.9, 0.1]), Vector([0.6, 0.4]), Vector([0.2, 0.8])], &[0_u8, 1, 1])?;
/// assert_eq!(confusion.count(1, 0), 1);
/// println!("{confusion}"); // "dog     1    1  50.0 %" is its last line
/// # Ok::<(), cnn::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfusionMatrix {
    classes: usize,
    names: Vec<String>,
    /// (class, predicted)
    counts: Vec<u64>,
}

impl ConfusionMatrix {
    /// Nothing counted yet for so many classes, named by their numbers.
    #[must_use]
    pub fn new(classes: usize) -> Self {
        let names = (0..classes).map(|class| class.to_string()).collect();
        Self { classes, names, counts: vec![0; classes * classes] }
    }

    /// Names the classes; those without a name keep their number.
    #[must_use]
    pub fn names(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        for (own, name) in self.names.iter_mut().zip(names) {
            *own = name.into();
        }
        self
    }

    /// Counts a batch.
    ///
    /// # Errors
    /// If there are not as many labels as outputs, or a label or an output is of a class that there is not. Nothing is
    /// counted then.
    pub fn add<O: Sample, L: Label>(&mut self, outputs: &[O], labels: &[L]) -> Result<(), Error> {
        same_length(outputs, labels)?;
        let classes = self.classes;
        let pairs = || labels.iter().map(|&label| label.class()).zip(predictions(outputs));
        if let Some((index, (label, predicted))) =
            pairs().enumerate().find(|&(_, (label, predicted))| label.max(predicted) >= classes)
        {
            return Err(Error::Label { index, found: label.max(predicted), classes });
        }
        for (label, predicted) in pairs() {
            self.counts[label * classes + predicted] += 1;
        }
        Ok(())
    }

    /// How often `class` was taken for `predicted`; 0 for a class that there is not.
    #[must_use]
    pub fn count(&self, class: usize, predicted: usize) -> u64 {
        if predicted < self.classes { self.row(class).get(predicted).copied().unwrap_or(0) } else { 0 }
    }

    /// How many images were counted.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// How many of them were recognised.
    #[must_use]
    pub fn correct(&self) -> u64 {
        (0..self.classes).map(|class| self.count(class, class)).sum()
    }

    /// The part of all images that was recognised; NaN if there is none.
    #[must_use]
    pub fn accuracy(&self) -> f32 {
        part(self.correct(), self.total())
    }

    /// The part of the images of `class` that was recognised; NaN if there is none.
    #[must_use]
    pub fn recall(&self, class: usize) -> f32 {
        part(self.count(class, class), self.row(class).iter().sum())
    }

    /// The part of the images that were taken for `class` that is of it; NaN if there is none.
    #[must_use]
    pub fn precision(&self, class: usize) -> f32 {
        part(self.count(class, class), self.predicted(class))
    }

    /// The harmonic mean of precision and recall of `class`; NaN if no image is of it or was taken for it.
    #[must_use]
    pub fn f1(&self, class: usize) -> f32 {
        part(2 * self.count(class, class), self.row(class).iter().sum::<u64>() + self.predicted(class))
    }

    /// The mean of all classes' precision, whatever their size. As in scikit-learn, a class that no image was taken for counts
    /// as 0, and one that is in neither labels nor predictions does not count. NaN if there is none.
    #[must_use]
    pub fn macro_precision(&self) -> f32 {
        self.mean_of_classes(Self::precision)
    }

    /// The mean of all classes' recall, by the rules of [`macro_precision`](Self::macro_precision).
    #[must_use]
    pub fn macro_recall(&self) -> f32 {
        self.mean_of_classes(Self::recall)
    }

    /// The mean of all classes' F1, by the rules of [`macro_precision`](Self::macro_precision).
    #[must_use]
    pub fn macro_f1(&self) -> f32 {
        self.mean_of_classes(Self::f1)
    }

    fn mean_of_classes(&self, figure: impl Fn(&Self, usize) -> f32) -> f32 {
        let occurs =
            |class: &usize| self.predicted(*class) > 0 || self.row(*class).iter().any(|count| *count > 0);
        let figures = (0..self.classes).filter(occurs).map(|class| figure(self, class));
        let (mut sum, mut count) = (0.0, 0.0);
        for figure in figures {
            sum += if figure.is_nan() { 0.0 } else { f64::from(figure) };
            count += 1.0;
        }
        (sum / count) as f32
    }

    /// How many classes there are.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The name of a class; empty for one that there is not.
    #[must_use]
    pub fn name(&self, class: usize) -> &str {
        self.names.get(class).map_or("", String::as_str)
    }

    /// How many images were taken for `class`.
    fn predicted(&self, class: usize) -> u64 {
        (0..self.classes).map(|of| self.count(of, class)).sum()
    }

    fn row(&self, class: usize) -> &[u64] {
        self.counts.chunks(self.classes.max(1)).nth(class).unwrap_or(&[])
    }
}

fn part(of: u64, whole: u64) -> f32 {
    (of as f64 / whole as f64) as f32
}

/// How wide a terminal is taken to be.
const COLUMNS: usize = 100;

/// The last column: `100.0 %`.
const RECALL: usize = 8;

/// What stands between two columns.
const GAP: usize = 2;

impl fmt::Display for ConfusionMatrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widest = |texts: &[String]| texts.iter().map(|text| text.chars().count()).max().unwrap_or(0);
        let digits = self.counts.iter().max().map_or(1, |count| count.to_string().len());
        let name = widest(&self.names).max(digits);
        // Where the names are too long to stand above the columns, the classes' numbers do.
        let numbered = widest(&self.names) + RECALL + self.classes * (name + GAP) > COLUMNS;
        let numbers: Vec<String> = (0..self.classes).map(|class| class.to_string()).collect();
        let (titles, labels) = if numbered {
            let labels = self.names.iter().zip(&numbers).map(|(name, number)| format!("{number} {name}"));
            (&numbers, labels.collect())
        } else {
            (&self.names, self.names.clone())
        };
        let (label_width, width) = (widest(&labels), widest(titles).max(digits));
        write!(f, "{:label_width$}", "")?;
        for title in titles {
            write!(f, "{:GAP$}{title:>width$}", "")?;
        }
        writeln!(f, "{:>RECALL$}", "recall")?;
        for (class, label) in labels.iter().enumerate() {
            write!(f, "{label:label_width$}")?;
            for count in self.row(class) {
                write!(f, "{:GAP$}{count:>width$}", "")?;
            }
            match self.recall(class) {
                recall if recall.is_nan() => writeln!(f, "{:>RECALL$}", "–")?,
                recall => writeln!(f, "{:>RECALL$}", format!("{:.1} %", 100.0 * recall))?,
            }
        }
        Ok(())
    }
}
