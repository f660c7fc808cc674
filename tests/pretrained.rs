//! Weights that are part of the program are those that loading at run time gives, to the last bit.

use cnn::prelude::*;

network!(
    #[weights("tests/parity/saved_lenet.safetensors")]
    pub fn LeNet(image: Image<1, 28, 28>) -> Vector<10> {
        conv2d(6, kernel_size = 5, padding = 2);
        sigmoid;
        avg_pool2d(2, stride = 2);
        conv2d(16, kernel_size = 5);
        sigmoid;
        avg_pool2d(2, stride = 2);
        flatten;
        linear(120);
        sigmoid;
        linear(84);
        sigmoid;
        linear(10)
    }
);

network!(
    pub fn SmallInception<const CLASSES: usize>(image: Image<3, 16, 16>) -> Vector<CLASSES> {
        let stem = stem();
        let inception1 = inception(8, (4, 8), (4, 8), 8);
        let inception2 = inception(8, (8, 12), (4, 8), 4);
        global_avg_pool2d;
        flatten;
        let fc = linear(CLASSES);
    }
    fn stem() {
        conv2d(8, kernel_size = 3, padding = 1, bias = false);
        batch_norm2d;
        relu;
        max_pool2d(2);
    }
    fn inception(c1: usize, c2: (usize, usize), c3: (usize, usize), c4: usize) {
        concat(
            {
                let p1_1 = conv2d(c1, kernel_size = 1);
                relu
            },
            {
                let p2_1 = conv2d(c2.0, kernel_size = 1);
                relu;
                let p2_2 = conv2d(c2.1, kernel_size = 3, padding = 1);
                relu
            },
            {
                let p3_1 = conv2d(c3.0, kernel_size = 1);
                relu;
                let p3_2 = conv2d(c3.1, kernel_size = 5, padding = 2);
                relu
            },
            {
                max_pool2d(3, stride = 1, padding = 1);
                let p4_2 = conv2d(c4, kernel_size = 1);
                relu
            },
        )
    }

    #[weights("tests/parity/saved_inception.safetensors")]
    pub type Full = SmallInception<10>;
    #[weights("tests/parity/saved_inception_f16.safetensors")]
    pub type Half = SmallInception<10>;
    #[weights("tests/parity/saved_inception_bf16.safetensors")]
    pub type Brain = SmallInception<10>;
);

/// All bits of a network's state.
fn bits<N: Network>(network: &N) -> Vec<u32> {
    let state = network.state();
    state.parameters.iter().chain(state.buffers.iter()).map(|number| number.to_bits()).collect()
}

/// Asserts that two networks are the same in all their numbers, and in what they make of three images.
fn assert_same<N: Network>(pretrained: &N, file: &str) {
    let mut loaded = N::new(7);
    assert_ne!(bits(pretrained), bits(&loaded));
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity").join(file);
    loaded.load(path).expect("this file fits");
    assert_eq!(bits(pretrained), bits(&loaded));
    let mut images = N::Input::zeros(3);
    for (i, number) in N::Input::as_numbers_mut(&mut images).iter_mut().enumerate() {
        *number = (i * 7919 % 2003) as f32 / 1001.0 - 1.0;
    }
    let (found, expected) = (pretrained.forward(&images), loaded.forward(&images));
    let (found, expected) = (N::Output::as_numbers(&found), N::Output::as_numbers(&expected));
    assert_eq!(found, expected);
    assert!(found.iter().all(|logit| logit.is_finite()) && found[0].to_bits() != found[1].to_bits());
}

#[test]
fn pretrained_is_what_loading_gives() {
    assert_same(&LeNet::pretrained(), "saved_lenet.safetensors");
    assert_same(&Full::pretrained(), "saved_inception.safetensors");
}

#[test]
fn numbers_of_16_bits_are_converted() {
    assert_same(&Half::pretrained(), "saved_inception_f16.safetensors");
    assert_same(&Brain::pretrained(), "saved_inception_bf16.safetensors");
    assert_ne!(bits(&Half::pretrained()), bits(&Brain::pretrained()));
}
