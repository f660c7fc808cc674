//! What the compiler knows of a network is a constant of the program: it can be asserted, and be the length of an array.

use cnn::network::LayerInfo;
use cnn::prelude::*;

network!(
    #[budget(
        params <= 61_706, macs < 416_521, receptive_field == 32,
        inference_bytes <= 256 * 1024, training_bytes > 0,
    )]
    pub fn LeNet(image: Image<1, 28, 28>) -> Vector<10> {
        let conv1 = conv2d(6, kernel_size = 5, padding = 2);
        sigmoid;
        let pool1 = avg_pool2d(2, stride = 2);
        let conv2 = conv2d(16, kernel_size = 5);
        sigmoid;
        let pool2 = avg_pool2d(2, stride = 2);
        flatten;
        let fc1 = linear(120);
        sigmoid;
        let fc2 = linear(84);
        sigmoid;
        let fc3 = linear(10);
    }
);

const CONV2: &LayerInfo = LeNet::layer("conv2");
const POOL2: &LayerInfo = LeNet::layer("pool2");

// By hand: a window of 5 sees 5 pixels, one of 2 one more; its stride of 2 makes the next window of 5 see 4 times 2 more,
// and the next of 2 two more.
const _: () = {
    assert!(CONV2.receptive_field[0] == 5 + 1 + 4 * 2 && CONV2.stride[0] == 2 && CONV2.stride[1] == 2);
    assert!(POOL2.receptive_field[1] == 14 + 2 && POOL2.stride[0] == 4);
    assert!(LeNet::layer("conv1").field_start[0] == -2 && POOL2.field_start[1] == -2);
    assert!(
        POOL2.inputs[0] == 5 && POOL2.window.unwrap().kernel[0] == 2 && POOL2.window.unwrap().output[1] == 5
    );
    assert!(LeNet::layer("fc1").window.is_none());
    assert!(CONV2.parameters == 16 * (6 * 5 * 5 + 1));
    assert!(CONV2.macs == 16 * 10 * 10 * 6 * 5 * 5);
    assert!(LeNet::PARAMETERS == 61_706 && LeNet::MACS == 416_520);
    assert!(LeNet::INFERENCE_BYTES == <LeNet as Network>::INFERENCE.bytes(1, 1));
    assert!(LeNet::TRAINING_BYTES > LeNet::INFERENCE_BYTES);
    assert!(
        LayerInfo::find(LeNet::LAYERS, "conv3").is_none() && LayerInfo::find(LeNet::LAYERS, "conv").is_none()
    );
};

// Each layer's field and stride in LAYERS' order: an activation and `flatten` see what they are given; a linear layer behind
// a plane of 5 pixels, 4 apart, is a window of 5 there.
const _: () = {
    const FIELDS: [usize; 12] = [5, 5, 6, 14, 14, 16, 16, 32, 32, 32, 32, 32];
    const STRIDES: [usize; 6] = [1, 1, 2, 2, 2, 4];
    let mut i = 0;
    while i < LeNet::LAYERS.len() {
        let LayerInfo { receptive_field, .. } = LeNet::LAYERS[i];
        assert!(receptive_field[0] == FIELDS[i] && receptive_field[1] == FIELDS[i]);
        i += 1;
    }
    let mut i = 0;
    while i < STRIDES.len() {
        let LayerInfo { stride, .. } = LeNet::LAYERS[i];
        assert!(stride[0] == STRIDES[i] && stride[1] == STRIDES[i]);
        i += 1;
    }
    assert!(LeNet::TRAINING_BYTES == <LeNet as Network>::TRAINING.bytes(1, 1));
    // Whole cache lines.
    assert!(LeNet::INFERENCE_BYTES.is_multiple_of(64) && LeNet::TRAINING_BYTES.is_multiple_of(64));
};

// Buffers as long as what a layer gives, as what is learned, and as what inference works in.
static PIXELS: [u8; CONV2.output[0] * CONV2.output[1] * CONV2.output[2]] =
    [0; CONV2.output[0] * CONV2.output[1] * CONV2.output[2]];
static GRADIENT: [f32; LeNet::PARAMETERS] = [0.0; LeNet::PARAMETERS];
static MEMORY: [u8; LeNet::INFERENCE_BYTES] = [0; LeNet::INFERENCE_BYTES];
static TRAINING_MEMORY: [u8; LeNet::TRAINING_BYTES] = [0; LeNet::TRAINING_BYTES];

#[test]
fn facts_are_lengths_of_arrays() {
    let net = LeNet::new(1);
    assert_eq!(PIXELS.len(), 16 * 10 * 10);
    assert_eq!(GRADIENT.len(), net.tensors().map(|tensor| tensor.numbers().len()).sum::<usize>());
    assert_eq!([MEMORY.len() % 64, TRAINING_MEMORY.len() % 64], [0, 0], "whole cache lines");
    assert_eq!([(); LeNet::LAYERS.len()].len(), 12);
    assert_eq!([LeNet::INPUT.len(), LeNet::OUTPUT.len()], [3, 1]);
}

/// A session for more images takes what the constant says of them.
#[test]
fn a_session_has_the_bytes_that_the_constant_says() {
    const FOUR: usize = <LeNet as Network>::INFERENCE.bytes(4, 1);
    let net = LeNet::new(1);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    pool.install(|| {
        assert_eq!(net.session(4).bytes(), FOUR);
        assert_eq!(net.session(1).bytes(), LeNet::INFERENCE_BYTES);
    });
}
