//! A network of 47 million parameters never passes the stack, whatever the profile.

use cnn::prelude::*;

network!(
    /// AlexNet (Krizhevsky, Sutskever and Hinton 2012) for one channel and ten classes.
    pub fn AlexNet(image: Image<1, 224, 224>) -> Vector<10> {
        conv2d(96, kernel_size = 11, stride = 4, padding = 1);
        relu;
        max_pool2d(3, stride = 2);
        conv2d(256, kernel_size = 5, padding = 2);
        relu;
        max_pool2d(3, stride = 2);
        for channels in [384, 384, 256] {
            conv2d(channels, kernel_size = 3, padding = 1);
            relu;
        }
        max_pool2d(3, stride = 2);
        flatten;
        for _ in 0..2 {
            linear(4096);
            relu;
            dropout(0.5);
        }
        linear(10)
    }
);

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
