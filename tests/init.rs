//! Initialisers by the name of a layer, a block or a tensor.

use cnn::init::{Fan, Nonlinearity};
use cnn::prelude::*;

network!(
    pub fn Net(image: Image<1, 8, 8>) -> Vector<4> {
        let stem = conv2d(2, kernel_size = 3);
        relu;
        block(4);
        flatten;
        let head = linear(4);
    }
    fn block(channels: usize) {
        conv2d(channels, kernel_size = 3);
        batch_norm2d;
    }
);

const KAIMING: Init = Init::KaimingNormal { mode: Fan::Out, nonlinearity: Nonlinearity::Relu };

/// The names of the tensors that differ from those of a network as it starts.
fn changed(net: &Net) -> Vec<&'static str> {
    let fresh = Net::new(1);
    let pairs = net.tensors().zip(fresh.tensors());
    pairs.filter(|(a, b)| a.numbers() != b.numbers()).map(|(a, _)| a.name()).collect()
}

#[test]
fn a_name_is_a_layer_a_block_or_a_tensor() {
    let cases: [(&str, Init, &[&str]); 5] = [
        ("stem", KAIMING, &["stem.weight"]),
        ("2", KAIMING, &["2.0.weight"]),
        ("2.0", Init::XavierUniform, &["2.0.weight"]),
        ("2.1.weight", Init::Constant(0.0), &["2.1.weight"]),
        ("head.bias", Init::Normal { mean: 0.0, std: 0.1 }, &["head.bias"]),
    ];
    for (name, init, expected) in cases {
        let mut net = Net::new(1);
        net.initialize_part(name, init, 1).unwrap();
        assert_eq!(changed(&net), expected, "{name}");
    }
}

#[test]
fn parts_make_up_the_whole() {
    let (mut parts, mut whole) = (Net::new(1), Net::new(2));
    for name in ["head", "stem", "2"] {
        parts.initialize_part(name, KAIMING, 7).unwrap();
    }
    whole.initialize(KAIMING, 7);
    assert_eq!(parts.to_bytes(), whole.to_bytes());
}

#[test]
fn a_wrong_name_or_initialiser_changes_nothing() {
    let mut net = Net::new(1);
    let errors = [
        ("stme", KAIMING, "Net has no layer, block or tensor `stme`; did you mean `stem`?"),
        ("2.2", KAIMING, "Net has no layer, block or tensor `2.2`; did you mean `2.0`?"),
        ("hea", KAIMING, "Net has no layer, block or tensor `hea`; did you mean `head`?"),
        ("1", KAIMING, "`1` of Net has no tensors"),
        (
            "head.bias",
            Init::XavierUniform,
            "tensor `head.bias` is no weight and has no fan_in and fan_out, which XavierUniform needs; \
             Init::Normal and Init::Constant need none",
        ),
    ];
    for (name, init, expected) in errors {
        assert_eq!(net.initialize_part(name, init, 1).unwrap_err().to_string(), expected);
        assert!(changed(&net).is_empty());
    }
}
