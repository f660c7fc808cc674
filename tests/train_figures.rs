//! Figures of classifiers, against numbers worked by hand and scikit-learn's definitions; and the search for a learning rate.

use cnn::network::Error;
use cnn::prelude::*;
use cnn::train::metrics::{confidence, correct, top_k};
use cnn::train::{Calibration, ConfusionMatrix, LearningRateFinder};

fn close(found: f32, expected: f64) {
    assert!((f64::from(found) - expected).abs() < 1e-6, "{found}, not {expected}");
}

/// A logit for each of four classes that speaks for one.
fn speaks_for(class: usize) -> Vector<4> {
    Vector(std::array::from_fn(|i| if i == class { 1.0 } else { 0.0 }))
}

/// scikit-learn's `precision_recall_fscore_support(y_true, y_pred, labels=[0, 1, 2], zero_division=0)` of
/// `y_true = [0, 1, 2, 0, 1, 2]` and `y_pred = [0, 2, 1, 0, 0, 1]`: the example of its documentation, where the macro averages are
/// 2/9, 1/3 and 4/15.
#[test]
fn precision_recall_and_f1_are_scikit_learns() {
    let labels = [0_u8, 1, 2, 0, 1, 2];
    let outputs = [0, 2, 1, 0, 0, 1].map(speaks_for);
    let mut confusion = ConfusionMatrix::new(4);
    confusion.add(&outputs, &labels).unwrap();
    for (class, [precision, recall, f1]) in
        [[2.0 / 3.0, 1.0, 0.8], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]].into_iter().enumerate()
    {
        close(confusion.precision(class), precision);
        close(confusion.recall(class), recall);
        close(confusion.f1(class), f1);
    }
    // Class 3 occurs nowhere.
    assert!(
        [confusion.precision(3), confusion.recall(3), confusion.f1(3)].iter().all(|figure| figure.is_nan())
    );
    close(confusion.macro_precision(), 2.0 / 9.0);
    close(confusion.macro_recall(), 1.0 / 3.0);
    close(confusion.macro_f1(), 4.0 / 15.0);
}

#[test]
fn a_class_that_only_labels_or_only_predictions_know_counts_as_nothing() {
    let mut confusion = ConfusionMatrix::new(4);
    // Three of class 0: two are recognised, one is taken for class 1. Class 2 is taken for class 0.
    confusion.add(&[0, 0, 1, 0].map(speaks_for), &[0_u8, 0, 0, 2]).unwrap();
    assert!(confusion.precision(2).is_nan() && confusion.recall(1).is_nan());
    close(confusion.f1(1), 0.0);
    close(confusion.macro_precision(), (2.0 / 3.0 + 0.0 + 0.0) / 3.0);
    close(confusion.macro_recall(), (2.0 / 3.0 + 0.0 + 0.0) / 3.0);
    close(confusion.macro_f1(), (2.0 / 3.0 + 0.0 + 0.0) / 3.0);
    assert!(ConfusionMatrix::new(2).macro_f1().is_nan());
}

/// scikit-learn's `top_k_accuracy_score([0, 1, 2, 2], …, k=2, normalize=False)` of the example of its documentation is 3.
#[test]
fn the_right_class_is_among_the_largest() {
    let outputs = [[0.5, 0.2, 0.2], [0.3, 0.4, 0.2], [0.2, 0.4, 0.3], [0.7, 0.2, 0.1]].map(Vector);
    let labels = [0_u8, 1, 2, 2];
    let found = [0, 1, 2, 3, 9].map(|k| top_k(&outputs, &labels, k).unwrap());
    assert_eq!(found, [0, 2, 3, 4, 4]);
    assert_eq!(correct(&outputs, &labels).unwrap(), found[1]);

    // Of equals the first comes first, and NaN is the largest: as the class that an output speaks for.
    let nan = f32::NAN;
    for numbers in [[0.5, 0.5, 0.5], [0.1, nan, 0.9], [nan, nan, 0.0], [-0.0, 0.0, -1.0], [1.0, nan, nan]] {
        let ranks =
            [0_u8, 1, 2].map(|label| (1..=3).find(|k| top_k(&[Vector(numbers)], &[label], *k) == Ok(1)));
        let speaks_for = (0..3).find(|label| correct(&[Vector(numbers)], &[*label as u8]) == Ok(1));
        assert_eq!(ranks.iter().position(|rank| *rank == Some(1)), speaks_for, "{numbers:?}");
        let mut sorted = ranks.map(Option::unwrap);
        sorted.sort_unstable();
        assert_eq!(sorted, [1, 2, 3], "{numbers:?}");
    }
    assert_eq!(
        top_k(&outputs, &[0_u8], 1).unwrap_err(),
        Error::BatchLength { what: "labels", expected: 4, found: 1 }
    );
    let error = top_k(&outputs, &[0_u8, 1, 3, 0], 1).unwrap_err();
    assert_eq!(error, Error::Label { index: 2, found: 3, classes: 3 });
}

/// Logits of two classes whose softmax has this probability for class 0.
fn sure(probability: f32) -> Vector<2> {
    Vector([(probability / (1.0 - probability)).ln() + 3.0, 3.0])
}

#[test]
fn the_calibration_error_is_the_mean_gap_of_the_bins() {
    let mut calibration = Calibration::new(5);
    // Bin 60–80 %: 0.62, 0.70, 0.78, two of three right. Bin 80–100 %: 0.9, 0.95, one of two right.
    let outputs = [0.62, 0.70, 0.78, 0.9, 0.95].map(sure);
    calibration.add(&outputs, &[0_u8, 0, 1, 0, 1]).unwrap();
    let bins = calibration.bins();
    assert_eq!(
        [0, 1, 2, 3, 4].map(|i| (bins[i].count, bins[i].correct)),
        [(0, 0), (0, 0), (0, 0), (3, 2), (2, 1)]
    );
    close(bins[3].confidence(), 0.70);
    close(bins[3].accuracy(), 2.0 / 3.0);
    assert!(bins[0].confidence().is_nan() && bins[0].accuracy().is_nan());
    let gaps = [3.0 / 5.0 * (0.70 - 2.0 / 3.0_f64), 2.0 / 5.0 * (0.925 - 0.5)];
    close(calibration.error(), gaps.iter().sum());
    assert!(
        calibration.to_string().contains("   60–80 %         3      70.0 %    66.7 %\n"),
        "{calibration}"
    );
    assert!(calibration.to_string().ends_with("error 19.0 %\n"), "{calibration}");

    let mut borders = Calibration::new(2);
    borders.add(&[Vector([0.0, 0.0]), Vector([500.0, -500.0])], &[0_u8, 0]).unwrap();
    assert_eq!(
        borders.bins().iter().map(|bin| bin.count).collect::<Vec<_>>(),
        [1, 1],
        "1/2 is in the lower bin"
    );
    assert!(Calibration::new(0).error().is_nan());
    let mut lost = Calibration::new(3);
    lost.add(&[Vector([f32::NAN, 0.0])], &[0_u8]).unwrap();
    assert!(lost.error().is_nan());
    assert!(lost.add(&[Vector([0.0, 0.0])], &[0_u8, 0]).is_err());
    close(confidence(&sure(0.8)).1, 0.8);
}

network!(
    pub fn Net(image: Image<1, 4, 4>) -> Vector<4> {
        flatten;
        let one = linear(16);
        tanh;
        dropout(0.1);
        let two = linear(4);
    }
);

fn bright_corners() -> Dataset<Image<1, 4, 4>> {
    let image = |n: usize| {
        let mut image = [[0.1 * (n as f32 * 0.7).sin(); 4]; 4];
        image[3 * (n % 4 / 2)][3 * (n % 2)] += 1.0;
        Image([image])
    };
    // One label in eight is wrong, so that it cannot be learned by heart, and large steps do harm.
    let label = |n: u8| (n + u8::from(n % 8 == 5)) % 4;
    Dataset::new((0..64).map(image).collect(), (0..64).map(label).collect()).unwrap()
}

#[test]
fn rates_are_tried_and_all_is_as_it_was() {
    let data = bright_corners();
    let mut net = Net::new(1);
    let mut trainer = Trainer::new(&mut net, Sgd::new(0.25).momentum(0.9)).seed(5);
    trainer.step(data.images(), data.labels()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let files = ["before", "after"].map(|name| folder.path().join(name));
    trainer.save_checkpoint(&files[0]).unwrap();

    let finder = LearningRateFinder::new().between(1e-4, 1e3).steps(71);
    let curve = finder.run(&mut trainer, Batches::new(&data, 16).shuffled(1)).unwrap();
    trainer.save_checkpoint(&files[1]).unwrap();
    let [before, after] = files.map(|file| std::fs::read(file).unwrap());
    assert!(before == after);

    assert!(curve.diverged && curve.points.len() > 30 && curve.points.len() < 71, "{curve:?}");
    for (i, point) in curve.points.iter().enumerate() {
        let expected = 10_f32.powf(-4.0 + i as f32 / 10.0);
        assert!((point.learning_rate / expected - 1.0).abs() < 1e-4, "{i}: {point:?}");
    }

    // A run at the rate that is suggested learns; one at a hundredth of it hardly does.
    let suggestion = curve.suggestion().unwrap();
    let loss_after = |rate| {
        let mut net = Net::new(1);
        let mut trainer = Trainer::new(&mut net, Sgd::new(rate).momentum(0.9));
        for _ in 0..30 {
            trainer.step(data.images(), data.labels()).unwrap();
        }
        evaluate(&net, &data, 64).unwrap().loss
    };
    let [at, below] = [suggestion, 0.01 * suggestion].map(loss_after);
    assert!(at < 0.5 && below > 1.0, "{suggestion}: {at}; {below}");
}

#[test]
fn a_range_without_harm_is_tried_to_its_end() {
    let data = bright_corners();
    let mut net = Net::new(1);
    let mut trainer = Trainer::new(&mut net, Sgd::new(0.25));
    let finder = LearningRateFinder::new().between(1e-6, 1e-2).steps(9).smoothing(0.5);
    let curve = finder.run(&mut trainer, Batches::new(&data, 16)).unwrap();
    assert_eq!((curve.diverged, curve.points.len()), (false, 9));
    let nothing = Dataset::new(Vec::new(), Vec::new()).unwrap();
    let error = finder.run(&mut trainer, Batches::new(&nothing, 16)).unwrap_err();
    assert_eq!(error.to_string(), "the batch is empty");
}
