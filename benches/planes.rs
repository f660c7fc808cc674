//! The layers that are not convolutions, on images in the layout of the network.
//!
//! `cargo bench -p cnn-benches --bench planes -- [FILTER]`. These layers are bound by memory: the bytes per second are those of all
//! operands, each read or written once, to be held against those of the first line, a copy of as many.

mod operands;

use cnn_runtime::batch_norm2d::{self as norm, BatchNorm2d};
use cnn_runtime::blocked::{self, Blocked, Haloed, Operands};
use cnn_runtime::pool::{AvgPool2d, MaxPool2d, avg_pool2d, max_pool2d};
use cnn_runtime::window::Window;
use cnn_runtime::{Write, activation};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use operands::{Images, Scratch};

/// Images of a batch.
const BATCH: usize = 8;

/// (name, channels, plane, kernel, stride, padding)
const POOLS: &[(&str, usize, usize, usize, usize, usize)] = &[
    ("lenet.pool2", 16, 10, 2, 2, 0),
    ("alexnet.pool1", 96, 54, 3, 2, 0),
    ("vgg11.pool4", 512, 28, 2, 2, 0),
    ("googlenet.pool1", 64, 112, 3, 2, 1),
    ("googlenet.inception", 480, 14, 3, 1, 1),
];

/// (name, channels, plane)
const NORMS: &[(&str, usize, usize)] = &[("resnet.stage1", 64, 56), ("resnet.stage4", 512, 7)];

/// Times `kernel`, which moves so many numbers, beside a copy of as many.
fn time(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, moved: usize, mut kernel: impl FnMut()) {
    group.throughput(Throughput::Bytes(4 * (BATCH * moved) as u64));
    group.bench_function(name, |bencher| bencher.iter(&mut kernel));
}

fn pools(criterion: &mut Criterion) {
    for &(name, channels, plane, kernel, stride, padding) in POOLS {
        let output = (plane + 2 * padding - kernel) / stride + 1;
        let window = Window {
            input: [plane; 2],
            output: [output; 2],
            kernel: [kernel; 2],
            stride: [stride; 2],
            padding: [padding; 2],
            dilation: [1; 2],
        };
        let (x_halo, y_halo) = ([0, 0], [1, 1]);
        let max = Haloed { layer: MaxPool2d { channels, window }, x_halo, y_halo };
        let avg = Haloed { layer: AvgPool2d { channels, window, count_include_pad: true }, x_halo, y_halo };
        let x_len = Blocked { channels, plane: window.input, halo: x_halo }.len();
        let y_len = Blocked { channels, plane: window.output, halo: y_halo }.len();
        let indices_len = max_pool2d::indices_len(&max);
        let (x, mut d_x, mut y) =
            (Images::new(BATCH, x_len), Images::new(BATCH, x_len), Images::new(BATCH, y_len));
        let mut indices = Images::new(BATCH, indices_len);
        let mut scratch = Scratch::new(0, 0, 0);

        let mut group = criterion.benchmark_group(name);
        let half = usize::midpoint(x_len, y_len);
        let (from, mut copy) = (Images::new(BATCH, half), Images::new(BATCH, half));
        time(&mut group, "copy", x_len + y_len, || {
            copy.view_mut().numbers_mut().copy_from_slice(from.view().numbers());
        });
        time(&mut group, "max forward", x_len + y_len, || {
            max_pool2d::forward(&max, x.view(), y.view_mut(), scratch.work());
        });
        time(&mut group, "max train_forward", x_len + y_len + indices_len, || {
            max_pool2d::train_forward(&max, x.view(), y.view_mut(), indices.view_mut(), scratch.work());
        });
        time(&mut group, "max backward", x_len + y_len + indices_len, || {
            let d_x = d_x.view_mut();
            max_pool2d::backward(&max, indices.view(), y.view(), d_x, Write::Overwrite, scratch.work());
        });
        time(&mut group, "avg forward", x_len + y_len, || {
            avg_pool2d::forward(&avg, x.view(), y.view_mut(), scratch.work());
        });
        time(&mut group, "avg backward", x_len + y_len, || {
            avg_pool2d::backward(&avg, y.view(), d_x.view_mut(), Write::Overwrite, scratch.work());
        });
        group.finish();
    }
}

fn norms(criterion: &mut Criterion) {
    for &(name, channels, plane) in NORMS {
        let (plane, pixels) = ([plane; 2], plane * plane);
        let d = BatchNorm2d { channels, pixels, eps: 1e-5, momentum: 0.1 };
        let halo = [0, 0];
        let images = Blocked { channels, plane, halo };
        let two =
            norm::BlockedBatchNorm2d { norm: d, images: Operands { channels, plane, halos: [halo; 2] } };
        let three =
            norm::BlockedBatchNorm2d { norm: d, images: Operands { channels, plane, halos: [halo; 3] } };
        let len = images.len();
        let (x, mut y, mut d_x) = (Images::new(BATCH, len), Images::new(BATCH, len), Images::new(BATCH, len));
        let mut planes = Images::new(BATCH, images.planes_len());
        let (mut mean, mut var) = (vec![0.0; channels], vec![1.0; channels]);
        let mut scratch = Scratch::new(0, 0, 2 * channels);

        let mut group = criterion.benchmark_group(name);
        time(&mut group, "copy", 2 * len, || y.view_mut().numbers_mut().copy_from_slice(x.view().numbers()));
        time(&mut group, "to_planes", 2 * len, || {
            blocked::to_planes(&images, x.view(), planes.view_mut(), Write::Overwrite, scratch.work());
        });
        time(&mut group, "relu in place", 2 * len, || {
            let d = Operands { channels, plane, halos: [halo] };
            activation::relu::blocked::forward_in_place(&d, y.view_mut(), scratch.work());
        });
        time(&mut group, "norm forward", 2 * len, || {
            norm::forward(&two, x.view(), None, None, &mean, &var, y.view_mut(), scratch.work());
        });
        time(&mut group, "norm train_forward", 2 * len, || {
            let (saved_range, work) = (0..2 * channels, scratch.work());
            norm::train_forward(
                &two,
                x.view(),
                None,
                None,
                &mut mean,
                &mut var,
                &mut [],
                saved_range,
                y.view_mut(),
                work,
            );
        });
        time(&mut group, "norm backward", 3 * len, || {
            let (saved_range, work) = (0..2 * channels, scratch.work());
            let d_x = d_x.view_mut();
            norm::backward(
                &three,
                x.view(),
                y.view(),
                None,
                saved_range,
                d_x,
                Write::Overwrite,
                None,
                None,
                work,
            );
        });
        group.finish();
    }
}

criterion_group!(planes, pools, norms);
criterion_main!(planes);
