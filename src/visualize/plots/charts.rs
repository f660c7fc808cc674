//! How good a classifier is.

use super::pen::{Area, BLUE, Drawn, ORANGE, Pen, Scale, short};
use super::{Kind, Plot};
use crate::train::{Calibration, ConfusionMatrix};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

/// Which classes were taken for which: a row for each class, a column for each that it was taken for. The more of a class was
/// taken for one, the darker is the square.
#[must_use]
pub fn confusion(confusion: &ConfusionMatrix) -> Plot {
    Plot { title: "Confusion".to_owned(), size: (480, 480), kind: Kind::Confusion(confusion.clone()) }
}

/// How often answers are right, over how sure they are. On the diagonal it would be as sure as it is right.
#[must_use]
pub fn calibration(calibration: &Calibration) -> Plot {
    let title = format!("Calibration: expected error {:.1} %", 100.0 * calibration.error());
    Plot { title, size: (480, 320), kind: Kind::Calibration(calibration.clone()) }
}

/// The longest name that is written out.
const LONGEST_NAME: usize = 14;

/// A square smaller than this has no number in it.
const SMALLEST_WITH_NUMBER: i32 = 26;

/// A row lower than this has no name.
const LOWEST_WITH_NAME: i32 = 12;

pub(super) fn draw_confusion<DB: DrawingBackend>(
    confusion: &ConfusionMatrix,
    area: &Area<DB>,
    pen: Pen,
) -> Drawn<DB> {
    let classes = confusion.classes();
    let count = whole(classes.max(1));
    let names: Vec<String> = (0..classes).map(|class| shortened(confusion.name(class))).collect();
    let [row, column] =
        [(HPos::Right, VPos::Center), (HPos::Left, VPos::Center)].map(|(h, v)| pen.text(13, h, v));
    let column = column.transform(FontTransform::Rotate270);
    let mut widest = 0;
    for name in &names {
        widest = widest.max(area.estimate_text_size(name, &row)?.0.cast_signed());
    }
    let (width, height) = area.dim_in_pixel();
    let (left, top) = (widest + pen.units(40), widest + pen.units(36));
    let room = (width.cast_signed() - left).min(height.cast_signed() - top) - pen.units(16);
    let cell = (room / count).max(1);
    let middle = |class: usize| whole(class) * cell + cell / 2;

    let axis = pen.text(14, HPos::Center, VPos::Center);
    area.draw_text("taken for", &axis, (left + count * cell / 2, pen.units(12)))?;
    let axis = axis.transform(FontTransform::Rotate270);
    area.draw_text("class", &axis, (pen.units(16), top + count * cell / 2))?;
    for (class, name) in names.iter().enumerate().filter(|_| cell >= pen.units(LOWEST_WITH_NAME)) {
        area.draw_text(name, &row, (left - pen.units(6), top + middle(class)))?;
        area.draw_text(name, &column, (left + middle(class), top - pen.units(6)))?;
    }
    let number = pen.text(12, HPos::Center, VPos::Center);
    for class in 0..classes {
        let of_class: u64 = (0..classes).map(|predicted| confusion.count(class, predicted)).sum();
        for predicted in 0..classes {
            let count = confusion.count(class, predicted);
            let corner = (left + whole(predicted) * cell, top + whole(class) * cell);
            let opposite = (corner.0 + cell - pen.zoom, corner.1 + cell - pen.zoom);
            let share = if count == 0 { 0.0 } else { count as f64 / of_class as f64 };
            // The square root, so that rare mistakes are seen beside many right answers.
            let color = if count == 0 { pen.ink.mix(0.05) } else { BLUE.mix(0.08 + 0.72 * share.sqrt()) };
            area.draw(&Rectangle::new([corner, opposite], color.filled()))?;
            if count > 0 && cell >= pen.units(SMALLEST_WITH_NUMBER) {
                let place = (left + middle(predicted), top + middle(class));
                area.draw_text(&count.to_string(), &number, place)?;
            }
        }
    }
    Ok(())
}

/// A number of squares; nobody could draw more.
fn whole(squares: usize) -> i32 {
    i32::try_from(squares).unwrap_or(i32::MAX)
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= LONGEST_NAME {
        return name.to_owned();
    }
    name.chars().take(LONGEST_NAME - 1).chain(['…']).collect()
}

pub(super) fn draw_calibration<DB: DrawingBackend>(
    calibration: &Calibration,
    area: &Area<DB>,
    pen: Pen,
) -> Drawn<DB> {
    let entries = [("are right".to_owned(), BLUE), ("are said to be right".to_owned(), ORANGE)];
    let area = pen.legend(area, &entries)?;
    let of_all = |name| Scale { name, range: 0.0..1.0, labels: 6, label: &short };
    let mut chart = pen.chart(&area, of_all("probability of the answer"), of_all("part of the answers"))?;
    let width = 1.0 / calibration.bins().len() as f64;
    for (i, bin) in calibration.bins().iter().enumerate().filter(|(_, bin)| bin.count > 0) {
        let (left, right) = ((i as f64 + 0.06) * width, (i as f64 + 0.94) * width);
        let bar = Rectangle::new([(left, 0.0), (right, f64::from(bin.accuracy()))], BLUE.mix(0.6).filled());
        let said = f64::from(bin.confidence());
        let mark = PathElement::new([(left, said), (right, said)], pen.line(ORANGE, 5));
        chart.draw_series([bar])?;
        chart.draw_series([mark])?;
    }
    let diagonal = [(0.0, 0.0), (1.0, 1.0)];
    chart.draw_series(LineSeries::new(diagonal, pen.line(pen.ink.mix(0.4), 2)))?;
    Ok(())
}
