//! A run whose numbers cease to be finite says where that began.

mod stateful;

use cnn::prelude::*;
use cnn::train::{Fit, Place};
use stateful::data;

network!(
    pub fn Deep(image: Image<1, 8, 8>) -> Vector<4> {
        let one = conv2d(3, kernel_size = 3);
        let two = conv2d(3, kernel_size = 3);
        flatten;
        let three = linear(4);
    }
);

/// Where a run of [`Deep`] with one batch begins to be not finite.
fn place(images: Vec<Image<1, 8, 8>>, change: impl Fn(&mut Deep)) -> String {
    let labels = vec![1; images.len()];
    let data = Dataset::new(images, labels).unwrap();
    let mut net = Deep::new(1);
    change(&mut net);
    let before = net.to_bytes();
    let mut trainer = Trainer::new(&mut net, Sgd::new(0.1));
    let error = Fit::new(&mut trainer, Batches::new(&data, 8)).run().unwrap_err();
    let cnn::Error::NotFinite(error) = error else { panic!("{error}") };
    assert_eq!((error.step, error.epoch), (0, 0));
    assert!(trainer.network().to_bytes() == before, "the step was not taken");
    match error.place {
        Place::Input { index } => format!("input {index}"),
        Place::Parameter { tensor } => format!("parameter {tensor}"),
        Place::Layer { name, kind } => format!("{kind} {name}"),
        Place::Gradient { tensor } => format!("gradient {tensor}"),
        Place::Loss => "loss".to_owned(),
        place => panic!("{place:?}"),
    }
}

#[test]
fn the_first_layer_that_is_not_finite_is_named() {
    let images = || data(22).images().to_vec();
    let fill = |net: &mut Deep, tensor: &str, number: f32| {
        let len = net.tensor(tensor).unwrap().numbers().len();
        net.set_tensor(tensor, &vec![number; len]).unwrap();
    };
    let mut bad = images();
    bad[4].0[0][3][3] = f32::NAN;
    assert_eq!(place(bad, |_| ()), "input 4");
    assert_eq!(place(images(), |net| fill(net, "two.bias", f32::INFINITY)), "parameter two.bias");
    let huge = |net: &mut Deep| {
        fill(net, "one.weight", 1e20);
        fill(net, "two.weight", 1e20);
    };
    assert_eq!(place(images(), huge), "conv2d two");
    assert_eq!(place(images(), |net| fill(net, "three.weight", 3e38)), "linear three");
    // Nothing of black images reaches the loss, but its gradient passes two layers on the way back.
    let back = |net: &mut Deep| {
        for name in ["one.weight", "one.bias", "two.bias", "three.bias"] {
            fill(net, name, 0.0);
        }
        let len = net.tensor("three.weight").unwrap().numbers().len();
        net.set_tensor("three.weight", &(0..len).map(|i| i as f32 * 1e30).collect::<Vec<_>>()).unwrap();
        fill(net, "two.weight", 1e30);
    };
    assert_eq!(place(Image::zeros(3), back), "gradient one.bias");
}

/// Its gradient is finite, itself it is not.
struct Infinite;

impl Loss<Vector<4>, u8> for Infinite {
    fn evaluate(
        &self,
        _outputs: &[Vector<4>],
        _targets: &[u8],
        d_outputs: &mut [Vector<4>],
    ) -> Result<f32, cnn::network::Error> {
        d_outputs.fill(Vector([0.0; 4]));
        Ok(f32::INFINITY)
    }
}

#[test]
fn a_loss_alone_that_is_not_finite_is_named_too() {
    let data = data(22);
    let mut net = Deep::new(1);
    let mut trainer = Trainer::new(&mut net, Sgd::new(0.1)).loss(Infinite);
    let error = Fit::new(&mut trainer, Batches::new(&data, 5)).run().unwrap_err();
    assert!(matches!(&error, cnn::Error::NotFinite(error) if error.place == Place::Loss), "{error}");
    // A run leaves the trainer as it was.
    assert!(trainer.step(data.images(), data.labels()).is_ok());
}

/// Later in a run, by steps that are too large.
#[test]
fn a_run_that_runs_away_says_when() {
    let data = data(22);
    let mut net = Deep::new(1);
    let mut trainer = Trainer::new(&mut net, Sgd::new(1e18));
    let error = Fit::new(&mut trainer, Batches::new(&data, 11)).epochs(5).run().unwrap_err();
    let cnn::Error::NotFinite(error) = &error else { panic!("{error}") };
    assert!(error.step > 0 && error.epoch == error.step / 2, "{error}");
    let Place::Layer { name, .. } = error.place else { panic!("{error}") };
    assert!(error.to_string().contains(&format!("layer `{name}`")), "{error}");
    assert!(
        trainer.network().tensors().all(|tensor| tensor.numbers().iter().all(|number| number.is_finite()))
    );
}
