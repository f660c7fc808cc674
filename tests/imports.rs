//! Blocks and networks that are declared in other modules.

use cnn::prelude::*;

/// What others use.
mod blocks {
    cnn::block!(
        /// Convolutions of 3x3, each with a relu.
        pub(crate) fn convs(count: usize, channels: usize) {
            for _ in 0..count {
                conv2d(channels, kernel_size = KERNEL, padding = KERNEL / 2);
                relu;
            }
        }
        /// Convolutions and a pool.
        pub(crate) fn stage(channels: usize) {
            convs(TWICE, channels);
            max_pool2d(2);
        }
        const KERNEL: usize = 3;
        const TWICE: usize = 2;
    );

    pub(super) mod deeper {
        cnn::block!(
            use super::{convs, stage as down};

            /// Down, and on at the same size.
            pub(crate) fn encoder(channels: usize) {
                down(channels);
                let convs = convs(1, 2 * channels);
            }
        );
    }
}

/// A network that is declared for others to instantiate.
mod networks {
    cnn::network!(
        use super::blocks::convs;

        /// As wide and as often as wanted.
        pub fn Classifier<const WIDTH: usize, const CLASSES: usize = 10>(
            image: Image<1, 8, 8>,
        ) -> Vector<CLASSES> {
            convs(1, WIDTH);
            head(CLASSES)
        }
        fn head(classes: usize) {
            flatten;
            linear(classes)
        }
    );
}

network!(
    use crate::blocks::{deeper::encoder, stage};
    use crate::blocks::convs as convolutions;
    use networks::Classifier;

    /// Blocks that come by two ways; its own constant is none of theirs.
    pub fn Net(image: Image<1, 16, 16>) -> Vector<CLASSES> {
        stage(4);
        let encoder = encoder(KERNEL);
        convolutions(1, 3);
        flatten;
        linear(CLASSES)
    }
    const KERNEL: usize = 5;
    const CLASSES: usize = 7;

    /// An instance of a network of another module.
    pub type Narrow = Classifier<3>;
    pub type Wide = Classifier<12, { CLASSES }>;
);

#[test]
fn imported_blocks_are_laid_out_where_they_are_called() {
    let keys: Vec<&str> =
        Net::TENSORS.iter().map(|tensor| tensor.name).filter(|name| name.ends_with("weight")).collect();
    let expected = [
        "0.0.0.weight",
        "0.0.2.weight",
        "encoder.0.0.0.weight",
        "encoder.0.0.2.weight",
        "encoder.convs.0.weight",
        "2.0.weight",
        "4.weight",
    ];
    assert_eq!(keys, expected);
    assert_eq!(Net::TENSORS[0].shape, [4, 1, 3, 3], "a block sees its own constants");
    let logits = Net::new(1).forward(&[Image([[[0.5; 16]; 16]])]);
    assert!(logits[0].0.iter().all(|logit| logit.is_finite()));
}

#[test]
fn instances_of_an_imported_network() {
    assert_eq!(Narrow::PARAMETERS, 3 * 9 + 3 + 10 * 3 * 64 + 10);
    assert_eq!(Wide::PARAMETERS, 12 * 9 + 12 + 7 * 12 * 64 + 7);
    assert_eq!(Wide::OUTPUT, [7]);
}
