//! A network of 47 million parameters never passes the stack, whatever the profile.

use cnn::models::AlexNet;
use cnn::prelude::*;

#[test]
fn a_large_network_is_made_trained_and_cloned() {
    const { assert!(AlexNet::PARAMETERS == 46_764_746) };
    // A test's thread has 2 MiB of stack; an image alone has 200 KB.
    let mut net = AlexNet::new(1);
    let images = Image::zeros(2);
    let before = net.clone();
    let loss = Trainer::new(&mut net, Sgd::new(0.01)).step(&images, &[3_u8, 4]).expect("two images");
    assert!(loss.is_finite());
    assert_ne!(net.forward(&images[..1]), before.forward(&images[..1]));
}
