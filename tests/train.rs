//! Training, testing and looking inside, on a network written by hand.

mod hand_made;

use cnn::__rt::dropout::Key;
use cnn::network::Error;
use cnn::prelude::*;
use cnn::train::{ConfusionMatrix, mean_loss, metrics};
use hand_made::Tiny;

/// Three classes that a line tells apart: which of the first three pixels is bright.
fn bright_pixels(count: usize) -> Dataset<Image<1, 2, 2>> {
    let labels: Vec<u8> = (0..count).map(|index| (index % 3) as u8).collect();
    let images = labels.iter().enumerate().map(|(index, &label)| {
        let noise = (index as f32 * 0.7).sin() * 0.3;
        let mut pixels = [noise, -noise, 0.2 * noise, noise];
        pixels[usize::from(label)] += 1.0;
        Image([[[pixels[0], pixels[1]], [pixels[2], pixels[3]]]])
    });
    Dataset::new(images.collect(), labels).unwrap()
}

fn parameter_bits(network: &Tiny) -> Vec<u32> {
    network.state().parameters.iter().map(|number| number.to_bits()).collect()
}

/// Trains for a few epochs; gives the network and each step's loss.
fn fit(seed: u64, dataset: &Dataset<Image<1, 2, 2>>) -> (Tiny, Vec<f32>) {
    let mut network = Tiny::new(seed);
    let mut trainer = Trainer::new(&mut network, Sgd::new(0.5).momentum(0.9));
    let mut batches = Batches::new(dataset, 16).shuffled(seed);
    let mut losses = Vec::new();
    for epoch in 0..20 {
        let mut epoch = batches.epoch(epoch);
        while let Some((images, labels)) = epoch.next_batch() {
            losses.push(trainer.step(images, labels).unwrap());
        }
    }
    (network, losses)
}

#[test]
fn a_problem_is_learned() {
    let dataset = bright_pixels(90);
    let (network, losses) = fit(1, &dataset);
    assert!(losses[losses.len() - 1] < 0.1 * losses[0], "{losses:?}");
    let test = evaluate(&network, &dataset, 32).unwrap();
    assert_eq!(test.confusion.correct(), 90);
    assert_eq!(test.accuracy.to_bits(), 1.0_f32.to_bits());
    assert!(test.loss < 0.1, "{}", test.loss);
    let tracked = network.tensor("norm.num_batches_tracked").unwrap().numbers().to_vec();
    assert_eq!(tracked, [losses.len() as f32]);
}

#[test]
fn the_same_seed_gives_the_same_bits() {
    let dataset = bright_pixels(50);
    let (one, losses) = fit(7, &dataset);
    let (other, other_losses) = fit(7, &dataset);
    assert_eq!(losses, other_losses);
    assert_eq!(parameter_bits(&one), parameter_bits(&other));
    assert_ne!(parameter_bits(&one), parameter_bits(&fit(8, &dataset).0));
}

#[test]
fn gradients_are_those_of_the_loss() {
    let dataset = bright_pixels(6);
    let (images, labels) = (dataset.images(), dataset.labels());
    let network = Tiny::new(3);
    let mut trained = network.clone();
    let mut trainer = Trainer::new(&mut trained, Sgd::new(0.0));
    trainer.step(images, labels).unwrap();
    for name in ["norm.weight", "norm.bias", "fc.weight", "fc.bias"] {
        let gradient = trainer.gradient(name).unwrap();
        let numbers = network.tensor(name).unwrap().numbers().to_vec();
        assert_eq!(gradient.shape(), network.tensor(name).unwrap().shape());
        for (index, &expected) in gradient.numbers().iter().enumerate() {
            let loss_at = |by: f32| {
                let mut moved = network.clone();
                let mut numbers = numbers.clone();
                numbers[index] += by;
                moved.set_tensor(name, &numbers).unwrap();
                f64::from(mean_loss(&moved, &CrossEntropy, images, labels, 6).unwrap())
            };
            let slope = (loss_at(0.01) - loss_at(-0.01)) / 0.02;
            assert!((slope - f64::from(expected)).abs() < 1e-3, "{name}[{index}]: {slope} and {expected}");
        }
    }
}

#[test]
fn only_what_is_learned_has_a_gradient() {
    let mut network = Tiny::new(1);
    let trainer = Trainer::new(&mut network, Sgd::new(0.1));
    assert!(trainer.gradient("fc.bias").unwrap().numbers().iter().all(|&number| number == 0.0));
    let message = |name| trainer.gradient(name).unwrap_err().to_string();
    assert_eq!(message("norm.running_mean"), "tensor `norm.running_mean` is not learned and has no gradient");
    assert_eq!(message("fc.bais"), "Tiny has no tensor `fc.bais`; did you mean `fc.bias`?");
}

#[test]
fn memory_grows_with_the_largest_batch_and_then_stays() {
    let dataset = bright_pixels(12);
    let mut network = Tiny::new(1);
    let mut trainer = Trainer::new(&mut network, Sgd::new(0.1));
    let mut places = Vec::new();
    for batch in [4, 12, 3, 12, 7] {
        trainer.step(&dataset.images()[..batch], &dataset.labels()[..batch]).unwrap();
        assert_eq!(trainer.outputs().len(), batch);
        places.push((trainer.outputs().as_ptr(), trainer.bytes()));
    }
    places.dedup();
    assert_eq!(places.len(), 2, "once for 4 images and once for 12");

    let trainer = Trainer::new(&mut network, Sgd::new(0.1)).batch(12);
    assert_eq!(trainer.bytes(), places[1].1);
}

#[test]
fn the_last_outputs_are_those_before_the_step() {
    let dataset = bright_pixels(9);
    let mut network = Tiny::new(4);
    let before = network.forward(dataset.images());
    let mut trainer = Trainer::new(&mut network, Sgd::new(0.5));
    assert!(trainer.outputs().is_empty());
    trainer.step(dataset.images(), dataset.labels()).unwrap();
    assert_eq!(trainer.outputs(), before);
    assert_ne!(trainer.network().forward(dataset.images()), before);
    let correct = metrics::correct(trainer.outputs(), dataset.labels()).unwrap();
    assert_eq!(correct, metrics::correct(&before, dataset.labels()).unwrap());
}

#[test]
fn dropout_gets_the_seed_and_the_number_of_the_step() {
    let dataset = bright_pixels(3);
    let mut network = Tiny::new(1);
    let mut trainer = Trainer::new(&mut network, Sgd::new(0.1)).seed(9);
    for step in 0..3 {
        trainer.step(dataset.images(), dataset.labels()).unwrap();
        assert_eq!(trainer.network().last_key, Some(Key { seed: 9, step, first_image: 0 }));
    }
    assert_eq!(trainer.steps(), 3);
}

#[test]
fn another_loss_and_rate_can_be_chosen() {
    let dataset = bright_pixels(30);
    let targets: Vec<_> = dataset
        .labels()
        .iter()
        .map(|&label| Vector(std::array::from_fn(|class| f32::from(u8::from(class == usize::from(label))))))
        .collect();
    let mut network = Tiny::new(2);
    let mut trainer = Trainer::new(&mut network, Sgd::new(0.5)).loss(MeanSquaredError);
    let first = trainer.step(dataset.images(), &targets).unwrap();
    let rate = trainer.optimizer().learning_rate();
    trainer.optimizer_mut().set_learning_rate(rate / 2.0);
    let last = (0..200).map(|_| trainer.step(dataset.images(), &targets).unwrap()).last().unwrap();
    assert!(last < 0.2 * first, "{first} to {last}");
    let again = mean_loss(&network, &MeanSquaredError, dataset.images(), &targets, 7).unwrap();
    assert!((again - last).abs() < 0.01);
}

#[test]
fn a_wrong_batch_teaches_nothing() {
    let dataset = bright_pixels(3);
    let mut network = Tiny::new(1);
    let before = parameter_bits(&network);
    let mut trainer = Trainer::new(&mut network, Sgd::new(0.1));
    let images = dataset.images();
    let error = Error::BatchLength { what: "targets", expected: 3, found: 2 };
    assert_eq!(trainer.step(images, &[0_u8, 1]), Err(error));
    assert_eq!(trainer.step(&[], &[0_u8; 0]), Err(Error::EmptyBatch));
    assert_eq!(trainer.step(images, &[0_u8, 1, 3]), Err(Error::Label { index: 2, found: 3, classes: 3 }));
    assert_eq!(trainer.network().tensor("norm.num_batches_tracked").unwrap().numbers(), [0.0]);
    assert_eq!(parameter_bits(&network), before);
}

#[test]
fn an_evaluation_does_not_depend_on_the_batch() {
    let dataset = bright_pixels(25);
    let network = Tiny::new(6);
    let whole = evaluate(&network, &dataset, 25).unwrap();
    assert_eq!(whole.confusion.total(), 25);
    let outputs = network.forward(dataset.images());
    assert_eq!(whole.confusion.correct(), metrics::correct(&outputs, dataset.labels()).unwrap() as u64);
    for batch in [0, 1, 4, 100] {
        let other = evaluate(&network, &dataset, batch).unwrap();
        assert_eq!(other.confusion, whole.confusion);
        assert!((other.loss - whole.loss).abs() < 1e-6);
    }
    let none = Dataset::new(vec![], vec![]).unwrap();
    assert!(matches!(evaluate(&network, &none, 4), Err(Error::EmptyBatch)));
    let wrong = Dataset::new(dataset.images()[..1].to_vec(), vec![3]).unwrap();
    assert!(matches!(evaluate(&network, &wrong, 4), Err(Error::Label { found: 3, classes: 3, .. })));
}

#[test]
fn the_largest_output_is_found_as_pytorch_does() {
    assert_eq!(metrics::argmax(&[1.0, 3.0, 2.0]), 1);
    assert_eq!(metrics::argmax(&[2.0, 2.0]), 0);
    assert_eq!(metrics::argmax(&[f32::NEG_INFINITY, f32::NEG_INFINITY]), 0);
    assert_eq!(metrics::argmax(&[f32::INFINITY, f32::NAN, f32::NAN]), 1);
    assert_eq!(metrics::argmax(&[f32::NAN, 1.0]), 0);
    assert_eq!(metrics::argmax(&[]), 0);
}

/// Outputs that speak for these classes.
fn speaking_for<const N: usize>(classes: &[usize]) -> Vec<Vector<N>> {
    classes.iter().map(|&class| Vector(std::array::from_fn(|i| f32::from(u8::from(i == class))))).collect()
}

#[test]
fn a_confusion_matrix_prints_as_an_aligned_table() {
    let mut confusion = ConfusionMatrix::new(3).names(["cat", "a long name"]);
    confusion.add(&speaking_for::<3>(&[0, 0, 1, 1]), &[0_u8, 1, 1, 1]).unwrap();
    let lines = [
        "                     cat  a long name            2  recall",
        "cat                    1            0            0 100.0 %",
        "a long name            1            2            0  66.7 %",
        "2                      0            0            0       –",
    ];
    assert_eq!(confusion.to_string(), lines.map(|line| format!("{line}\n")).concat());
    assert_eq!((confusion.correct(), confusion.total(), confusion.accuracy()), (3, 4, 0.75));
    assert_eq!((confusion.count(1, 0), confusion.count(0, 3), confusion.count(9, 0)), (1, 0, 0));
    assert!(confusion.recall(2).is_nan() && confusion.recall(9).is_nan());
}

#[test]
fn ten_classes_fit_a_terminal() {
    let mut confusion = ConfusionMatrix::new(10).names(cnn::data::fashion_mnist::CLASSES);
    let labels: Vec<u8> = (0..10).cycle().take(1000).collect();
    confusion
        .add(&speaking_for::<10>(&labels.iter().map(|&l| l.into()).collect::<Vec<_>>()), &labels)
        .unwrap();
    let table = confusion.to_string();
    let widths: Vec<_> = table.lines().map(|line| line.chars().count()).collect();
    assert!(widths.iter().all(|&width| width == widths[0] && width <= 100), "{table}");
    assert!(table.lines().nth(7).unwrap().starts_with("6 Shirt  "), "names are whole: {table}");
}

#[test]
fn a_confusion_matrix_refuses_what_it_cannot_count() {
    let mut confusion = ConfusionMatrix::new(2);
    let outputs = speaking_for::<3>(&[0, 2]);
    assert_eq!(confusion.add(&outputs, &[0_u8, 1]), Err(Error::Label { index: 1, found: 2, classes: 2 }));
    assert_eq!(confusion.add(&outputs[..1], &[2_u8]), Err(Error::Label { index: 0, found: 2, classes: 2 }));
    let error = Error::BatchLength { what: "labels", expected: 2, found: 1 };
    assert_eq!(confusion.add(&outputs, &[0_u8]), Err(error));
    assert_eq!(confusion, ConfusionMatrix::new(2));
}

#[test]
fn activations_are_found_by_layer() {
    let mut network = Tiny::new(1);
    network.set_tensor("norm.weight", &[2.0]).unwrap();
    network.set_tensor("norm.bias", &[1.0]).unwrap();
    let image = Image([[[1.0, 2.0], [3.0, 4.0]]]);
    let activations = network.activations(&image);
    let norm = activations.get("norm").unwrap();
    assert_eq!((norm.shape(), norm.numbers()), (&[1, 2, 2][..], &[3.0, 5.0, 7.0, 9.0][..]));
    let logits = network.forward(&[image])[0].0;
    assert_eq!(activations.get("fc").unwrap().numbers(), logits);
    let names: Vec<_> = activations.iter().map(|activation| activation.layer().name).collect();
    assert_eq!(names, ["norm", "fc"]);
    let error = activations.get("nrom2").unwrap_err();
    assert_eq!(error.to_string(), "Tiny has no layer `nrom2`");
    assert_eq!(
        activations.get("norms").unwrap_err().to_string(),
        "Tiny has no layer `norms`; did you mean `norm`?"
    );
}

#[test]
fn a_summary_is_a_table() {
    let rule = "─".repeat(59);
    let expected = [
        "Tiny",
        &rule,
        "layer  kind          input  output  parameters  MACs  field",
        &rule,
        "norm   batch_norm2d  1×2×2  1×2×2            2     4    1×1",
        "fc     linear        4      3               15    12    2×2",
        &rule,
        "total                1×2×2  3               17    16",
        &rule,
        " 68 bytes  parameters",
        "128 bytes  inference, 1 image on 1 thread",
        "256 bytes  training, 1 image on 1 thread",
    ];
    let summary = Tiny::summary().to_string();
    for (line, expected) in summary.lines().zip(expected) {
        assert_eq!(line, expected, "\n{summary}");
    }
    assert_eq!(summary.lines().count(), expected.len());
}
