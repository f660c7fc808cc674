//! Plots show the figures that they are given, in files and on a page that needs nothing else.

use cnn::data::{Loader, Transform};
use cnn::prelude::*;
use cnn::train::{Calibration, ConfusionMatrix, Fit, History, LearningRateFinder};
use cnn::visualize::plots::{self, Plot};
use cnn::visualize::{Answers, report};

network!(
    pub fn Net(image: Image<1, 8, 8>) -> Vector<4> {
        let conv = conv2d(2, kernel_size = 3);
        tanh;
        flatten;
        let fc = linear(4);
    }
);

fn data() -> Dataset<Image<1, 8, 8>> {
    let pixel = |i: usize| (i * 7919 % 1000) as f32 / 500.0 - 1.0;
    let images =
        (0..22).map(|n| Image([std::array::from_fn(|y| std::array::from_fn(|x| pixel(n * 64 + y * 8 + x)))]));
    Dataset::new(images.collect(), (0..22).map(|n| n % 4).collect()).unwrap()
}

fn history(net: &mut Net, epochs: u64) -> History {
    let data = data();
    let mut trainer = Trainer::new(net, Sgd::new(0.1));
    let fit = Fit::new(&mut trainer, Batches::new(&data, 5)).epochs(epochs).accuracy().gradient_norms(2);
    fit.validation(|net| evaluate(net, &data, 7)).run().unwrap()
}

/// The points of each line of this colour that is `opaque`.
fn lines(plot: &Plot, color: &str, opaque: bool) -> Vec<Vec<[f64; 2]>> {
    let svg = plot.to_svg();
    let mut lines = Vec::new();
    for tag in svg.split('<').filter(|tag| tag.starts_with("polyline")) {
        let value = |name: &str| tag.split(&format!("{name}=\"")).nth(1).unwrap().split('"').next().unwrap();
        if value("stroke") == color && (value("opacity") == "1") == opaque {
            let point = |text: &str| {
                let (x, y) = text.split_once(',').unwrap();
                [x.parse().unwrap(), y.parse().unwrap()]
            };
            lines.push(value("points").split_whitespace().map(point).collect());
        }
    }
    lines
}

const BLUE: &str = "#3B82F6";
const ORANGE: &str = "#EA7C14";

/// Whether points on the screen stand for these numbers, larger ones higher up.
fn stand_for(places: &[[f64; 2]], numbers: &[f32]) -> bool {
    let (first, last) = (f64::from(numbers[0]), f64::from(numbers[numbers.len() - 1]));
    let scale = (places[places.len() - 1][1] - places[0][1]) / (last - first);
    let place = |number: &f32| places[0][1] + scale * (f64::from(*number) - first);
    let close = places.iter().zip(numbers).all(|(found, number)| (found[1] - place(number)).abs() <= 2.0);
    let rising = places.windows(2).all(|pair| pair[0][0] < pair[1][0]);
    scale < 0.0 && places.len() == numbers.len() && close && rising
}

#[test]
fn curves_go_through_their_figures() {
    let history = history(&mut Net::new(1), 6);
    let losses: Vec<_> = history.epochs.iter().map(|epoch| epoch.training.loss).collect();
    let validation: Vec<_> = history.epochs.iter().map(|epoch| epoch.validation.unwrap().loss).collect();
    let steps: Vec<_> = history.steps.iter().map(|step| step.loss).collect();
    let plot = plots::loss(&history);
    for (color, opaque, expected) in
        [(BLUE, true, &losses), (ORANGE, true, &validation), (BLUE, false, &steps)]
    {
        let lines = lines(&plot, color, opaque);
        // The legend has lines of two points.
        let line = lines.iter().find(|line| line.len() > 2).unwrap();
        assert!(stand_for(line, expected), "{color}: {line:?}, {expected:?}");
    }
    let accuracies: Vec<_> = history.epochs.iter().map(|epoch| epoch.training.accuracy.unwrap()).collect();
    let lines = lines(&plots::accuracy(&history), BLUE, true);
    assert!(
        stand_for(lines.iter().find(|line| line.len() > 2).unwrap(), &accuracies),
        "{lines:?}, {accuracies:?}"
    );
    let svg = plots::gradient_norms(&history).to_svg();
    assert!([">\nconv\n<", ">\nfc\n<"].iter().all(|name| svg.contains(name)), "{svg}");
}

#[test]
fn squares_have_their_counts() {
    let speaks_for =
        |class: usize| Vector(std::array::from_fn::<f32, 3, _>(|i| if i == class { 9.0 } else { 0.0 }));
    let mut confusion = ConfusionMatrix::new(3).names(["bag", "coat & hat", "a name that is too long"]);
    let mut calibration = Calibration::new(4);
    let (outputs, labels) = ([0, 0, 0, 1, 2, 1].map(speaks_for), [0_u8, 0, 0, 1, 2, 2]);
    confusion.add(&outputs, &labels).unwrap();
    calibration.add(&outputs, &labels).unwrap();
    let svg = plots::confusion(&confusion).to_svg();
    for text in ["3", "1", "bag", "coat &amp; hat", "a name that i…"] {
        assert!(svg.contains(&format!(">\n{text}\n<")), "{text}: {svg}");
    }
    assert_eq!(svg.matches(&format!("fill=\"{BLUE}\"")).count(), 4, "squares that are not empty");
    let plot = plots::calibration(&calibration);
    assert_eq!(plot.title(), "Calibration: expected error 16.6 %");
    assert_eq!(plot.to_svg().matches(&format!("fill=\"{BLUE}\"")).count(), 1, "one bin has answers");
}

#[test]
fn files_are_what_they_are_called() {
    let history = history(&mut Net::new(1), 3);
    let folder = tempfile::tempdir().unwrap();
    let [png, svg] = ["loss.PNG", "loss.svg"].map(|name| folder.path().join(name));
    let plot = plots::loss(&history);
    plot.save(&png).unwrap();
    plot.save(&svg).unwrap();
    assert!(std::fs::read_to_string(svg).unwrap().starts_with("<svg "));
    let pixels =
        image::ImageReader::open(png).unwrap().with_guessed_format().unwrap().decode().unwrap().into_rgb8();
    assert_eq!(pixels.dimensions(), (960, 640));
    let count = |color: [u8; 3]| pixels.pixels().filter(|pixel| pixel.0 == color).count();
    assert!(count([255; 3]) > 450_000, "it is mostly white");
    assert!(count([59, 130, 246]) > 500 && count([234, 124, 20]) > 500, "with both lines");
    assert!(count([27, 27, 31]) > 500, "and text");
}

#[test]
fn nothing_to_plot_is_a_plot_too() {
    let nothing = History::default();
    let plots = [plots::loss, plots::accuracy, plots::learning_rate, plots::gradient_norms]
        .map(|plot| plot(&nothing));
    let others = [plots::confusion(&ConfusionMatrix::new(0)), plots::calibration(&Calibration::new(1))];
    for plot in plots.iter().chain(&others) {
        assert!(plot.to_svg().ends_with("</svg>\n") && !plot.to_png().is_empty(), "{}", plot.title());
    }
    assert!(report("Nothing", &nothing, None).to_html().contains("0 epochs"));
}

#[test]
fn a_report_needs_nothing_else() {
    let (mut net, data) = (Net::new(1), data());
    let history = history(&mut net, 2);
    let test = evaluate(&net, &data, 7).unwrap();
    let mut page = report("Net & its run", &history, Some(&test));
    let loader = Loader::new(data.clone(), Transform::new(), 5);
    let answers = Answers::of(&net, &loader, 6).unwrap();
    let wrong = test.confusion.total() - test.confusion.correct();
    assert_eq!((answers.first.len(), answers.mistakes.len() as u64), (6, wrong.min(6)));
    assert!(answers.mistakes.iter().all(|answer| answer.class != answer.label));
    for (answer, label) in answers.first.iter().zip(data.labels()) {
        assert_eq!(answer.label, usize::from(*label));
    }
    page.section("Answers").sheet(&Answers::sheet(&answers.first, &["shirt"]));
    let html = page.to_html();
    assert_eq!(html.matches("<svg role=\"img\" aria-label=\"").count(), 6);
    assert!(html.contains("2 epochs, 10 steps in "), "{html}");
    assert!(html.contains("currentColor") && !html.contains("#010203") && !html.contains("#1B1B1F"));
    for outside in ["http:", "https:", "<script", "@import", "url("] {
        assert!(!html.contains(outside), "{outside}");
    }
}

#[test]
fn the_rate_that_is_suggested_is_marked() {
    let (mut net, data) = (Net::new(1), data());
    let mut trainer = Trainer::new(&mut net, Sgd::new(0.1));
    let finder = LearningRateFinder::new().between(1e-3, 1e2).steps(30);
    let curve = finder.run(&mut trainer, Batches::new(&data, 11)).unwrap();
    assert!(curve.suggestion().is_some());
    let marks = lines(&plots::rate_finder(&curve), ORANGE, true);
    let mark = marks.iter().find(|line| (line[0][0] - line[1][0]).abs() < 0.5).unwrap();
    let smoothed = lines(&plots::rate_finder(&curve), BLUE, true);
    let ys = || smoothed.iter().filter(|line| line.len() > 2).flatten().map(|point| point[1]);
    let ends = [ys().fold(0.0, f64::max), ys().fold(f64::INFINITY, f64::min)];
    assert!(ends[0] - ends[1] > 20.0);
    assert!((0..2).all(|i| (mark[i][1] - ends[i]).abs() < 0.5), "as high as the curve: {mark:?}, {ends:?}");
}
