//! Nothing is allocated in a call of inference, nor in a training step after the first.

use cnn::prelude::*;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn allocations_of(call: impl FnOnce()) -> usize {
    let region = Region::new(ALLOCATOR);
    call();
    let change = region.change();
    change.allocations + change.reallocations
}

network!(
    /// One of each layer whose kernel works with scratch memory.
    pub fn Net(image: Image<3, 64, 64>) -> Vector<10> {
        conv2d(8, kernel_size = 3, padding = 1);
        batch_norm2d;
        relu;
        concat({ conv2d(8, kernel_size = 1) }, { max_pool2d(3, stride = 1, padding = 1) });
        conv2d(16, kernel_size = 3, groups = 8);
        avg_pool2d(2);
        flatten;
        dropout(0.5);
        linear(10);
        softmax
    }
);

/// One test: others would allocate at the same time. It runs on a thread of a pool, because rayon's queue for calls from
/// outside allocates a block now and then.
#[test]
fn calls_allocate_nothing() {
    for threads in [1, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a few threads");
        pool.broadcast(|_| ()); // a thread allocates when it starts
        pool.install(a_session_and_a_trainer);
    }
}

fn a_session_and_a_trainer() {
    const { assert!(4 * Net::MACS > 3 << 20, "worth three threads") };
    let mut net = Net::new(1);
    let images = Image::zeros(5);
    let mut outputs = Vector::zeros(5);

    let mut session = net.session(4);
    let mut call = || session.forward(&images, &mut outputs).expect("as many outputs as inputs");
    call(); // and when it takes its first work
    assert_eq!(allocations_of(call), 0, "in an inference call of 4 and 1 images");

    let mut trainer = Trainer::new(&mut net, Sgd::new(0.1).momentum(0.9));
    let mut step = || {
        trainer.step(&images, &[0_u8, 1, 2, 3, 4]).expect("labels of classes");
    };
    step();
    assert_eq!(allocations_of(step), 0, "in the second training step");
    assert_eq!(allocations_of(|| drop(vec![1_u8])), 1, "the allocator counts");
}
