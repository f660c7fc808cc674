//! A network, images and a trainer with everything that a step can depend on: statistics, dropout, groups, clipping, parts of a
//! batch.
#![allow(dead_code)] // each test file uses its own part

use cnn::optim::{Clip, Optimizer};
use cnn::prelude::*;
use cnn::train::Groups;

network!(
    pub(crate) fn Net(image: Image<1, 8, 8>) -> Vector<4> {
        let stem = conv2d(6, kernel_size = 3, bias = false);
        let norm = batch_norm2d;
        relu;
        dropout(0.3);
        flatten;
        let head = linear(4);
    }
);

/// So many images of noise, of four classes in turn.
pub(crate) fn data(count: u8) -> Dataset<Image<1, 8, 8>> {
    let pixel = |i: usize| (i * 7919 % 1000) as f32 / 500.0 - 1.0;
    let image = |n: u8| {
        let first = usize::from(n) * 64;
        Image([std::array::from_fn(|y| std::array::from_fn(|x| pixel(first + y * 8 + x)))])
    };
    Dataset::new((0..count).map(image).collect(), (0..count).map(|n| n % 4).collect()).unwrap()
}

pub(crate) fn trainer<O: Optimizer>(net: &mut Net, optimizer: O, micro_batch: usize) -> Trainer<'_, Net, O> {
    let groups = Groups::new().decay_weights_only().learning_rate("head", 0.5);
    let trainer = Trainer::new(net, optimizer).groups(&groups).unwrap();
    trainer.clip(Clip::Norm(0.5)).micro_batch(micro_batch)
}
