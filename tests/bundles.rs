//! Tiny networks compute large batches in bundles of sixteen images: the numbers are those of small batches, which they
//! compute image by image.

use cnn::prelude::*;

network!(
    /// Every kind of layer that has kernels for bundles.
    pub fn Tiny(image: Image<3, 13, 11>) -> Vector<5> {
        conv2d(6, kernel_size = 3, padding = (1, 2));
        sigmoid;
        max_pool2d(3, stride = 2, padding = 1);
        conv2d(7, kernel_size = (3, 2), stride = 2, dilation = (1, 2), padding = 1);
        relu;
        let x;
        add(
            {
                conv2d(7, kernel_size = 1);
                gelu
            },
            x,
        );
        avg_pool2d(2, stride = 1);
        adaptive_max_pool2d(2, 2);
        upsample(scale_factor = 2);
        tanh;
        flatten;
        linear(20);
        relu6;
        linear(5)
    }
);

network!(
    /// Dropout has no kernel for bundles: only inference uses them.
    pub fn Dropped(image: Image<1, 6, 6>) -> Vector<5> {
        conv2d(3, kernel_size = 3);
        relu;
        flatten;
        dropout(0.5);
        linear(5)
    }
);

fn images<S: Sample>(count: usize) -> Vec<S> {
    let mut images = S::zeros(count);
    for (i, number) in S::as_numbers_mut(&mut images).iter_mut().enumerate() {
        *number = ((i * 7919) % 2003) as f32 / 1001.0 - 1.0;
    }
    images
}

fn assert_close(what: &str, found: &[f32], expected: &[f32]) {
    assert_eq!(found.len(), expected.len());
    let largest = expected.iter().fold(0.0_f32, |largest, x| largest.max(x.abs()));
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!((found - expected).abs() <= 1e-5 * largest, "{what} {i}: {found} instead of {expected}");
    }
}

fn inference_is_that_of_single_images<N: Network>() {
    let net = N::new(1);
    for count in [5, 6, 16, 17, 40, 64] {
        let batch = images(count);
        let (found, mut expected) = (net.forward(&batch), Vec::new());
        for image in batch.chunks(1) {
            expected.extend(net.forward(image));
        }
        assert_close(N::NAME, N::Output::as_numbers(&found), N::Output::as_numbers(&expected));
    }
}

#[test]
fn inference() {
    inference_is_that_of_single_images::<Tiny>();
    inference_is_that_of_single_images::<Dropped>();
}

/// All learned numbers after a step, whose micro-batches are so large.
fn trained(batch: usize, micro_batch: usize) -> Vec<f32> {
    let mut net = Tiny::new(1);
    let labels: Vec<u8> = (0..batch).map(|i| (i % 5) as u8).collect();
    let mut trainer = Trainer::new(&mut net, Sgd::new(1.0)).micro_batch(micro_batch);
    trainer.step(&images(batch), &labels).expect("a batch that fits");
    let gradients =
        Tiny::TENSORS.iter().map(|tensor| trainer.gradient(tensor.name).expect("a learned tensor"));
    gradients.flat_map(|gradient| gradient.numbers().to_vec()).collect()
}

#[test]
fn gradients_are_those_of_small_batches() {
    for batch in [6, 16, 37] {
        assert_close("gradient", &trained(batch, usize::MAX), &trained(batch, 4));
    }
}

/// Threads take bundles, not parts of sums.
#[test]
fn bits_do_not_depend_on_the_threads() {
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let batch = images(400);
        pool.install(|| (Tiny::new(1).forward(&batch), trained(400, usize::MAX)))
    };
    let (outputs, gradients) = on(1);
    for threads in [2, 3] {
        let (others, other_gradients) = on(threads);
        assert!(
            others == outputs && other_gradients == gradients,
            "{threads} threads give other bits than one"
        );
    }
}
