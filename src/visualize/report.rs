//! All that there is to see of a run, on one page.

use super::{Page, plots};
use crate::train::{ConfusionMatrix, End, Evaluation, History};
use std::fmt::Write as _;

/// A page with the plots and tables of a run: what happened while it learned, and what the network was worth then.
///
/// More can be added to it, such as [`Answers`](super::Answers) for some images.
///
/// ```
/// # use cnn::prelude::*;
/// # network!(pub fn Net(image: Image<1, 8, 8>) -> Vector<4> { let conv1 = conv2d(2, kernel_size = 3); flatten; linear(4) });
/// # let data = Dataset::new(Image::zeros(6), vec![0, 1, 2, 3, 0, 1])?;
/// # let mut net = Net::new(42);
/// # let folder = tempfile::tempdir()?;
/// use cnn::train::Fit;
/// use cnn::visualize::report;
///
/// let mut trainer = Trainer::new(&mut net, Sgd::new(0.1));
/// let fit = Fit::new(&mut trainer, Batches::new(&data, 4)).epochs(2).accuracy().gradient_norms(1);
/// let history = fit.validation(|net| evaluate(net, &data, 256)).run()?;
/// let test = evaluate(&net, &data, 256)?;
/// report("Net", &history, Some(&test)).save(folder.path().join("net.html"))?;
/// # Ok::<(), cnn::Error>(())
/// ```
#[must_use]
pub fn report(title: &str, history: &History, test: Option<&Evaluation>) -> Page {
    let mut page = Page::new(title);
    let section = page.section("Learning");
    section.text(&summary(history)).plot(&plots::loss(history));
    let counted = history.epochs.iter().any(|epoch| {
        epoch.training.accuracy.or(epoch.validation.and_then(|scores| scores.accuracy)).is_some()
    });
    if counted {
        section.plot(&plots::accuracy(history));
    }
    section.plot(&plots::learning_rate(history));
    if !history.gradient_norms.is_empty() {
        section.plot(&plots::gradient_norms(history));
    }
    if let Some(test) = test {
        let section = page.section("On images that it has not learned from");
        section
            .text(&format!("Loss {:.4}, accuracy {:.2} %.", test.loss, 100.0 * test.accuracy))
            .plot(&plots::confusion(&test.confusion))
            .plot(&plots::calibration(&test.calibration))
            .preformatted(&of_classes(&test.confusion));
    }
    page.section("Epochs").preformatted(&of_epochs(history));
    page
}

fn summary(history: &History) -> String {
    let (steps, seconds) = history.epochs.iter().fold((0, 0.0), |(_, sum), e| (e.steps, sum + e.seconds));
    let end = match history.end {
        End::Completed => "",
        End::EarlyStopping => ", stopped early",
        End::Callback => ", stopped",
    };
    let count = history.epochs.len();
    let plural = if count == 1 { "" } else { "s" };
    let mut text = format!("{count} epoch{plural}, {steps} steps in {seconds:.1} s{end}.");
    if let Some(best) = history.best() {
        let _ = write!(text, " Best: epoch {}, training {}", best.epoch + 1, best.training);
        if let Some(validation) = best.validation {
            let _ = write!(text, ", validation {validation}");
        }
        text.push('.');
    }
    text
}

/// Precision, recall and F1 of each class, and the means.
fn of_classes(confusion: &ConfusionMatrix) -> String {
    let names = (0..confusion.classes()).map(|class| confusion.name(class).chars().count());
    let width = names.max().unwrap_or(0).max("mean of classes".len());
    let mut table = format!("{:width$}  precision   recall       F1\n", "");
    let mut row = |name: &str, figures: [f32; 3]| {
        let [precision, recall, f1] = figures
            .map(|figure| if figure.is_nan() { "–".to_owned() } else { format!("{:.1} %", 100.0 * figure) });
        let _ = writeln!(table, "{name:width$}  {precision:>9}  {recall:>7}  {f1:>7}");
    };
    for class in 0..confusion.classes() {
        let figures = [confusion.precision(class), confusion.recall(class), confusion.f1(class)];
        row(confusion.name(class), figures);
    }
    let means = [confusion.macro_precision(), confusion.macro_recall(), confusion.macro_f1()];
    row("mean of classes", means);
    table
}

fn of_epochs(history: &History) -> String {
    let mut table = String::new();
    for epoch in &history.epochs {
        let _ = write!(table, "{:>4}  training {}", epoch.epoch + 1, epoch.training);
        if let Some(validation) = &epoch.validation {
            let _ = write!(table, "  validation {validation}");
        }
        let best = if epoch.best { "  best" } else { "" };
        let _ = writeln!(
            table,
            "  rate {:.2e}  {:.0} images/s{best}",
            epoch.learning_rate, epoch.images_per_second
        );
    }
    table
}
