//! Weights that are part of the program are those that loading at run time gives, to the last bit.

use crate::fixture::path;
use cnn::prelude::*;

network!(
    use crate::saved::SmallInception;
    use cnn::models::LeNet;

    #[weights("tests/parity/saved_lenet.safetensors")]
    pub type Digits = LeNet<10>;
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
    loaded.load(path(file)).expect("this file fits");
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
    assert_same(&Digits::pretrained(), "saved_lenet.safetensors");
    assert_same(&Full::pretrained(), "saved_inception.safetensors");
}

#[test]
fn numbers_of_16_bits_are_converted() {
    assert_same(&Half::pretrained(), "saved_inception_f16.safetensors");
    assert_same(&Brain::pretrained(), "saved_inception_bf16.safetensors");
    assert_ne!(bits(&Half::pretrained()), bits(&Brain::pretrained()));
}
