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

    pub fn Vgg(image: Image<3, 32, 32>) -> Vector<10> {
        for (convs, channels) in [(1, 16), (2, 32)] {
            for _ in 0..convs {
                conv2d(channels, kernel_size = 3, padding = 1);
                relu;
            }
            max_pool2d(2, stride = 2);
        }
        flatten;
        linear(64);
        relu;
        dropout(0.5);
        linear(10)
    }

    pub fn ResNet(image: Image<3, 32, 32>) -> Vector<10> {
        conv_bn(16, 3, 1);
        relu;
        residual(16, 1);
        residual(32, 2);
        global_avg_pool2d;
        flatten;
        linear(10)
    }
    fn residual(channels: usize, stride: usize) {
        let x;
        add(
            {
                conv_bn(channels, 3, stride);
                relu;
                conv_bn(channels, 3, 1)
            },
            {
                if stride != 1 || x.channels != channels {
                    conv_bn(channels, 1, stride)
                }
            },
        );
        relu
    }
    fn conv_bn(channels: usize, kernel_size: usize, stride: usize) {
        let conv = conv2d(channels, kernel_size, stride, padding = kernel_size / 2, bias = false);
        let bn = batch_norm2d;
    }

    pub fn Inception(image: Image<3, 32, 32>) -> Vector<10> {
        conv2d(16, kernel_size = 7, stride = 2, padding = 3);
        relu;
        local_response_norm(5);
        concat(
            {
                conv2d(16, kernel_size = 1);
                relu;
            },
            {
                conv2d(24, kernel_size = 1);
                relu;
                conv2d(32, kernel_size = 3, padding = 1);
                relu;
            },
            {
                conv2d(16, kernel_size = 1);
                relu;
                conv2d(24, kernel_size = 5, padding = 2);
                relu;
            },
            {
                max_pool2d(3, stride = 1, padding = 1);
                conv2d(8, kernel_size = 1);
                relu;
            },
        );
        adaptive_avg_pool2d(3, 3);
        flatten;
        linear(10)
    }

    /// Inverted residual blocks, as in `MobileNetV2`.
    pub fn Mobile(image: Image<3, 32, 32>) -> Vector<10> {
        conv2d(16, kernel_size = 3, stride = 2, padding = 1);
        for stride in [1, 2] {
            let x;
            add(
                {
                    conv2d(48, kernel_size = 1);
                    relu6;
                    conv2d(48, kernel_size = 3, stride = stride, padding = 1, groups = 48);
                    batch_norm2d;
                    relu6;
                    conv2d(16, kernel_size = 1)
                },
                {
                    if stride != 1 {
                        avg_pool2d(2)
                    }
                },
            );
        }
        adaptive_max_pool2d(2, 2);
        hardswish;
        flatten;
        linear(10)
    }

    pub fn UNet(image: Image<1, 32, 32>) -> Image<2, 32, 32> {
        conv2d(16, kernel_size = 3, padding = 1);
        relu;
        let wide;
        max_pool2d(2);
        conv2d(32, kernel_size = 3, padding = 1);
        relu;
        let narrow;
        max_pool2d(2);
        conv2d(32, kernel_size = 3, padding = 1);
        gelu;
        conv_transpose2d(16, kernel_size = 2, stride = 2);
        concat(narrow, _);
        conv2d(16, kernel_size = 3, padding = 1);
        relu;
        upsample(2, mode = "bilinear");
        concat(wide, _);
        conv2d(2, kernel_size = 1)
    }
);

/// One test: others would allocate at the same time. It runs on a thread of a pool, because rayon's queue for calls from
/// outside allocates a block now and then.
#[test]
fn calls_allocate_nothing() {
    assert_eq!(allocations_of(|| drop(vec![1_u8])), 1, "the allocator counts");
    for threads in [1, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a few threads");
        pool.broadcast(|_| ()); // a thread allocates when it starts
        pool.install(|| {
            classes();
            sessions_and_trainers::<Net>();
            sessions_and_trainers::<LeNet>();
            sessions_and_trainers::<Vgg>();
            sessions_and_trainers::<ResNet>();
            sessions_and_trainers::<Inception>();
            sessions_and_trainers::<Mobile>();
            sessions_and_trainers::<UNet>();
        });
    }
}

/// Few images, and some of what does not fit at a time; so many that tiny networks compute them in bundles.
const BATCHES: [(usize, usize); 2] = [(5, 4), (18, 18)];

fn sessions_and_trainers<N: Network>() {
    let mut net = N::new(1);
    for (count, at_a_time) in BATCHES {
        assert!(at_a_time * N::MACS > 1 << 20, "{}: worth several threads", N::NAME);
        let (images, targets, mut outputs) =
            (N::Input::zeros(count), N::Output::zeros(count), N::Output::zeros(count));
        for policy in [Policy::Exact, Policy::F2, Policy::Fast] {
            let mut session = net.session_with(policy, at_a_time);
            let mut call = || session.forward(&images, &mut outputs).expect("as many outputs as inputs");
            call(); // and when it takes its first work
            assert_eq!(allocations_of(call), 0, "{}: inference on {count} images, {policy:?}", N::NAME);
        }
        let mut trainer =
            Trainer::new(&mut net, Adam::new(1e-3)).loss(MeanSquaredError).micro_batch(at_a_time);
        let mut step = || {
            trainer.step(&images, &targets).expect("a batch that fits");
        };
        step();
        assert_eq!(allocations_of(step), 0, "{}: the second step on {count} images", N::NAME);
    }
}

/// With the loss and the optimiser of most classifiers.
fn classes() {
    let mut net = Net::new(1);
    let mut trainer = Trainer::new(&mut net, Sgd::new(0.1).momentum(0.9));
    let images = Image::zeros(5);
    let mut step = || {
        trainer.step(&images, &[0_u8, 1, 2, 3, 4]).expect("labels of classes");
    };
    step();
    assert_eq!(allocations_of(step), 0, "in the second training step");
}
