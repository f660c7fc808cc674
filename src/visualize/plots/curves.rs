//! Figures over steps.

use super::pen::{Area, BLUE, Drawn, Entry, ORANGE, Pen, Scale, short};
use super::{Kind, Plot};
use crate::train::{EpochRecord, History, LearningRateCurve, Scores};
use plotters::prelude::*;
use std::ops::Range;

/// Lines over one axis.
#[derive(Clone, Debug)]
pub(super) struct Curves {
    x: Axis,
    y: Axis,
    lines: Vec<Line>,
}

#[derive(Clone, Copy, Debug)]
struct Axis {
    name: &'static str,
    /// Whether it is one of powers of ten.
    log: bool,
}

#[derive(Clone, Debug)]
struct Line {
    /// Nothing in the legend if it is empty.
    name: String,
    color: RGBColor,
    points: Vec<(f64, f64)>,
    faint: bool,
}

const STEP: Axis = Axis { name: "step", log: false };

fn plot(title: &str, x: Axis, y: Axis, lines: Vec<Line>) -> Plot {
    let lines = lines.into_iter().filter(|line| !line.points.is_empty()).collect();
    Plot { title: title.to_owned(), size: (480, 320), kind: Kind::Curves(Curves { x, y, lines }) }
}

/// The loss: of each step, faintly, of each epoch and of the validation.
#[must_use]
pub fn loss(history: &History) -> Plot {
    let steps = history.steps.iter().map(|point| (point.step as f64, f64::from(point.loss)));
    let steps =
        Line { name: String::new(), color: BLUE, points: thinned(&steps.collect::<Vec<_>>()), faint: true };
    let mut lines = vec![steps];
    lines.extend(of_epochs(history, |scores| Some(scores.loss)));
    plot("Loss", STEP, Axis { name: "loss", log: false }, lines)
}

/// The accuracy of each epoch, of training and validation where they were counted.
#[must_use]
pub fn accuracy(history: &History) -> Plot {
    let lines = of_epochs(history, |scores| scores.accuracy);
    plot("Accuracy", STEP, Axis { name: "accuracy", log: false }, lines.into())
}

/// The learning rate of each step.
#[must_use]
pub fn learning_rate(history: &History) -> Plot {
    let points = history.steps.iter().map(|point| (point.step as f64, f64::from(point.learning_rate)));
    let line =
        Line { name: String::new(), color: BLUE, points: thinned(&points.collect::<Vec<_>>()), faint: false };
    plot("Learning rate", STEP, Axis { name: "learning rate", log: false }, vec![line])
}

/// The norm of each layer's gradient, where it [was measured](crate::train::Fit::gradient_norms). Layers go from blue for the
/// first to green for the last; of many, the legend names some.
#[must_use]
pub fn gradient_norms(history: &History) -> Plot {
    let count = history.layers.len();
    let line = |(layer, name): (usize, &&'static str)| {
        let colorous::Color { r, g, b } =
            colorous::VIRIDIS.eval_continuous(0.25 + 0.5 * layer as f64 / count.max(2) as f64);
        let points = history.gradient_norms.iter();
        let points: Vec<_> = points.map(|(step, norms)| (*step as f64, f64::from(norms[layer]))).collect();
        let named = layer.is_multiple_of(count.div_ceil(MOST_NAMES)) || layer + 1 == count;
        let name = if named { (*name).to_owned() } else { String::new() };
        Line { name, color: RGBColor(r, g, b), points: thinned(&points), faint: false }
    };
    let lines = history.layers.iter().enumerate().map(line).collect();
    plot("Gradient norm of each layer", STEP, Axis { name: "norm", log: true }, lines)
}

/// The loss over the learning rates that were tried, each as it was and smoothed, and the rate that is suggested.
#[must_use]
pub fn rate_finder(curve: &LearningRateCurve) -> Plot {
    let points = |loss: fn(&crate::train::RatePoint) -> f32| {
        let points =
            curve.points.iter().map(|point| (f64::from(point.learning_rate), f64::from(loss(point))));
        points.collect::<Vec<_>>()
    };
    let mut lines = vec![
        Line { name: "each batch".into(), color: BLUE, points: points(|point| point.loss), faint: true },
        Line { name: "smoothed".into(), color: BLUE, points: points(|point| point.smoothed), faint: false },
    ];
    if let Some(rate) = curve.suggestion() {
        let smoothed = || curve.points.iter().map(|point| f64::from(point.smoothed));
        let ends = [smoothed().fold(f64::INFINITY, f64::min), smoothed().fold(f64::NEG_INFINITY, f64::max)];
        let points = ends.map(|loss| (f64::from(rate), loss)).into();
        let name = format!("suggestion {}", short(f64::from(rate)));
        lines.push(Line { name, color: ORANGE, points, faint: false });
    }
    let x = Axis { name: "learning rate", log: true };
    plot("Learning rates tried", x, Axis { name: "loss", log: false }, lines)
}

/// Above so many layers, the legend does not name each.
const MOST_NAMES: usize = 10;

/// Above so many points, neighbours become their mean.
const MOST_POINTS: usize = 400;

/// A figure of training and validation at the end of each epoch.
fn of_epochs(history: &History, figure: impl Fn(&Scores) -> Option<f32>) -> [Line; 2] {
    let line = |name: &str, color, scores: fn(&EpochRecord) -> Option<Scores>| {
        let point = |epoch: &EpochRecord| {
            Some((epoch.steps as f64, f64::from(scores(epoch).as_ref().and_then(&figure)?)))
        };
        let points = history.epochs.iter().filter_map(point).collect();
        Line { name: name.to_owned(), color, points, faint: false }
    };
    [
        line("training", BLUE, |epoch| Some(epoch.training)),
        line("validation", ORANGE, |epoch| epoch.validation),
    ]
}

/// At most [`MOST_POINTS`]: means of as many neighbours as that needs.
fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mean = |run: &[(f64, f64)]| {
        let count = run.len() as f64;
        let sum = run.iter().fold((0.0, 0.0), |sum, point| (sum.0 + point.0, sum.1 + point.1));
        (sum.0 / count, sum.1 / count)
    };
    points.chunks(points.len().div_ceil(MOST_POINTS).max(1)).map(mean).collect()
}

impl Axis {
    /// Where a number stands on it; not finite if it does not.
    fn place(self, number: f64) -> f64 {
        if self.log { number.log10() } else { number }
    }

    fn label(self, place: f64) -> String {
        short(if self.log { 10_f64.powf(place) } else { place })
    }

    /// From the smallest to the largest place, with a little room.
    fn range(places: impl Iterator<Item = f64>, room: f64) -> Range<f64> {
        let (low, high) = places
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), place| (low.min(place), high.max(place)));
        if low > high {
            return 0.0..1.0;
        }
        let room = if high > low { room * (high - low) } else { (0.5 * high.abs()).max(1e-6) };
        low - room..high + room
    }
}

impl Line {
    /// Where its points stand on the axes, without those that do not.
    fn places(&self, x: Axis, y: Axis) -> impl Iterator<Item = (f64, f64)> {
        let places = self.points.iter().map(move |point| (x.place(point.0), y.place(point.1)));
        places.filter(|place| place.0.is_finite() && place.1.is_finite())
    }
}

impl Curves {
    pub(super) fn draw<DB: DrawingBackend>(&self, area: &Area<DB>, pen: Pen) -> Drawn<DB> {
        let named = self.lines.iter().filter(|line| !line.name.is_empty());
        let entries: Vec<Entry> = named.map(|line| (line.name.clone(), line.color)).collect();
        let area = pen.legend(area, &entries)?;
        let (x, y) = (self.x, self.y);
        let places = || self.lines.iter().flat_map(|line| line.places(x, y));
        let mut chart = pen.chart(
            &area,
            Scale {
                name: x.name,
                range: Axis::range(places().map(|place| place.0), 0.01),
                labels: 7,
                label: &|place| x.label(place),
            },
            Scale {
                name: y.name,
                range: Axis::range(places().map(|place| place.1), 0.05),
                labels: 6,
                label: &|place| y.label(place),
            },
        )?;
        for line in &self.lines {
            let style = if line.faint { pen.line(line.color.mix(0.45), 2) } else { pen.line(line.color, 4) };
            let places: Vec<_> = line.places(x, y).collect();
            // A single point is no line, and few are seen better.
            if !line.faint && places.len() <= 20 {
                let dot = |place: &(f64, f64)| Circle::new(*place, pen.units(3), line.color.filled());
                chart.draw_series(places.iter().map(dot))?;
            }
            chart.draw_series(LineSeries::new(places, style))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_points_become_means_of_neighbours() {
        let points: Vec<_> = (0..1000).map(|i| (f64::from(i), f64::from(i % 2))).collect();
        let thinned = thinned(&points);
        assert_eq!(thinned.len(), 334);
        assert_eq!(thinned[0], (1.0, 1.0 / 3.0));
        assert_eq!(thinned[333], (999.0, 1.0));
        assert_eq!(super::thinned(&points[..400]), points[..400]);
        assert!(super::thinned(&[]).is_empty());
    }
}
