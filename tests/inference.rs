//! Inference is a function of the weights and one image: nothing is drawn, and no other image of the batch has a say.

use cnn::prelude::*;

network!(
    pub fn Net(image: Image<3, 8, 9>) -> Vector<6> {
        dropout(0.9);
        conv2d(20, kernel_size = 3, padding = 1);
        batch_norm2d;
        relu;
        let x;
        concat(
            {
                dropout(0.5);
                batch_norm2d(affine = false)
            },
            {
                max_pool2d(3, stride = 1, padding = 1);
                batch_norm2d;
                dropout(0.3)
            },
        );
        flatten;
        dropout(0.7);
        linear(6);
        dropout(0.9);
    }

    /// A batch normalisation that no convolution takes along.
    pub fn Normalised(image: Image<2, 1, 3>) -> Image<2, 1, 3> {
        let norm = batch_norm2d(eps = 0.25, affine = false);
    }

    pub fn Dropped(image: Image<2, 1, 3>) -> Image<2, 1, 3> {
        dropout(0.9)
    }
);

fn images<S: Sample>(count: usize) -> Vec<S> {
    let mut images = S::zeros(count);
    for (i, number) in S::as_numbers_mut(&mut images).iter_mut().enumerate() {
        *number = (i * 7919 % 2003) as f32 / 1001.0 - 1.0;
    }
    images
}

fn bits<S: Sample>(samples: &[S]) -> Vec<u32> {
    S::as_numbers(samples).iter().copied().map(f32::to_bits).collect()
}

#[test]
fn an_image_gives_the_same_bits_again_and_beside_any_others() {
    let (net, mut images) = (Net::new(1), images(5));
    let before = net.state().clone();
    let outputs = net.forward(&images);
    assert_eq!(bits(&net.forward(&images)), bits(&outputs));
    images[1..].fill(Image([[[-3.0; 9]; 8]; 3]));
    let beside_others = net.forward(&images);
    assert_eq!(bits(&beside_others[..1]), bits(&outputs[..1]));
    assert_ne!(bits(&beside_others[1..]), bits(&outputs[1..]));
    assert_eq!(net.state().parameters[..], before.parameters[..]);
    assert_eq!(net.state().buffers[..], before.buffers[..], "running statistics stay as they are");
}

#[test]
fn training_is_another_matter() {
    let (mut net, images) = (Net::new(1), images(5));
    let mut trainer = Trainer::new(&mut net, Sgd::new(0.0)).loss(MeanSquaredError);
    let targets = Vector::zeros(5);
    let mut step = || {
        trainer.step(&images, &targets).expect("a batch that fits");
        bits(trainer.outputs())
    };
    assert_ne!(step(), step(), "masks differ from step to step");
}

#[test]
fn batch_normalisation_is_by_running_statistics() {
    let (mut net, images) = (Normalised::new(1), images::<Image<2, 1, 3>>(4));
    let (mean, variance) = ([3.0, -0.5], [0.75, 3.75]);
    net.set_tensor("norm.running_mean", &mean).expect("two channels");
    net.set_tensor("norm.running_var", &variance).expect("two channels");
    for (image, output) in images.iter().zip(net.forward(&images)) {
        for channel in 0..2 {
            for (x, y) in image.0[channel][0].iter().zip(output.0[channel][0]) {
                let expected = (x - mean[channel]) / (variance[channel] + 0.25).sqrt();
                assert!((y - expected).abs() < 1e-6, "{y}, expected {expected}");
            }
        }
    }
}

#[test]
fn dropout_lets_everything_through() {
    let images = images::<Image<2, 1, 3>>(4);
    assert_eq!(bits(&Dropped::new(1).forward(&images)), bits(&images));
}
