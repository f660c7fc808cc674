//! The kernels of convolutions and linear layers, over layer shapes of LeNet, AlexNet and VGG-11.
//!
//! `cargo bench --bench kernels -- [FILTER]`. The elements per second are multiply-adds; the first line measures how many
//! of them one core can do at most, from registers alone.

use cnn_runtime::Write;
use cnn_runtime::conv2d::epilogue::Epilogue;
use cnn_runtime::conv2d::winograd::{self, Tile};
use cnn_runtime::conv2d::{BlockedConv2d, Conv2d, im2col, pointwise};
use cnn_runtime::linear::{self, Linear};
use cnn_runtime::memory::{AlignedBuffer, Arena, ArenaLayout, Buffer, Workspace};
use cnn_runtime::peak;
use cnn_runtime::view::{View, ViewMut};
use cnn_runtime::window::Window;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;

/// Images of a batch.
const BATCH: usize = 8;

/// (name, input channels, output channels, plane, kernel, stride, padding)
type Shape = (&'static str, usize, usize, usize, usize, usize, usize);

const CONVOLUTIONS: &[Shape] = &[
    ("lenet.conv1", 1, 6, 28, 5, 1, 2),
    ("lenet.conv2", 6, 16, 14, 5, 1, 0),
    ("alexnet.conv1", 1, 96, 224, 11, 4, 1),
    ("alexnet.conv2", 96, 256, 26, 5, 1, 2),
    ("alexnet.conv4", 384, 384, 12, 3, 1, 1),
    ("vgg11.conv2", 64, 128, 112, 3, 1, 1),
    ("nin.1x1", 256, 256, 26, 1, 1, 0),
];

const LINEAR: &[(&str, usize, usize)] = &[("lenet.fc1", 400, 120), ("alexnet.fc2", 4096, 4096)];

fn descriptor(&(_, in_channels, out_channels, plane, kernel, stride, padding): &Shape) -> Conv2d {
    let output = (plane + 2 * padding - kernel) / stride + 1;
    let window = Window {
        input: [plane; 2],
        output: [output; 2],
        kernel: [kernel; 2],
        stride: [stride; 2],
        padding: [padding; 2],
        dilation: [1; 2],
    };
    Conv2d { in_channels, out_channels, groups: 1, window }
}

/// Numbers that are neither zero nor denormal.
fn numbers(len: usize) -> AlignedBuffer {
    let mut numbers = AlignedBuffer::zeros(len);
    numbers.iter_mut().zip(0_u16..=u16::MAX).for_each(|(number, i)| *number = f32::from(i % 97) / 97.0 - 0.5);
    numbers
}

/// Runs `kernel` with scratch for each thread and for the step.
fn with_scratch(arena: &mut Arena, kernel: impl FnOnce(Workspace)) {
    let ([], work) = arena.split::<0>(0, [] as [Buffer; 0]);
    kernel(work);
}

fn scratch(lane_len: usize, step_len: usize) -> Arena {
    let round = |len: usize| len.next_multiple_of(16);
    Arena::new(
        ArenaLayout { image_len: 0, saved_len: 0, step_len: round(step_len), lane_len: round(lane_len) },
        0,
    )
}

/// The kernels of one way to convolve.
macro_rules! convolution {
    ($criterion:expr, $module:ident, $shape:expr) => {{
        let d = descriptor($shape);
        let mut group = $criterion.benchmark_group(format!("{}::{}", stringify!($module), $shape.0));
        group.throughput(Throughput::Elements((BATCH * d.macs()) as u64));
        let (x, weight) = (numbers(BATCH * d.input_len()), numbers(d.weight_len()));
        let (mut y, mut d_x) = (numbers(BATCH * d.output_len()), numbers(BATCH * d.input_len()));
        let (weight, mut d_weight) = (&weight[..d.weight_len()], numbers(d.weight_len()));
        let x = View::dense(&x[..BATCH * d.input_len()], d.input_len());
        let mut arena = scratch($module::forward_lane_len(&d), 0);
        group.bench_function("forward", |bencher| {
            bencher.iter(|| {
                let y = ViewMut::dense(&mut y[..BATCH * d.output_len()], d.output_len());
                with_scratch(&mut arena, |work| $module::forward(&d, x, weight, None, y, work));
            });
        });
        let d_y = View::dense(&y[..BATCH * d.output_len()], d.output_len());
        let mut arena = scratch($module::backward_input_lane_len(&d), 0);
        group.bench_function("backward_input", |bencher| {
            bencher.iter(|| {
                let d_x = ViewMut::dense(&mut d_x[..BATCH * d.input_len()], d.input_len());
                with_scratch(&mut arena, |work| {
                    $module::backward_input(&d, d_y, weight, d_x, Write::Overwrite, work);
                });
            });
        });
        let mut arena = scratch($module::backward_weight_lane_len(&d), $module::backward_weight_step_len(&d));
        group.bench_function("backward_weight", |bencher| {
            bencher.iter(|| {
                let d_weight = &mut d_weight[..d.weight_len()];
                with_scratch(&mut arena, |work| $module::backward_weight(&d, x, d_y, d_weight, None, work));
            });
        });
        group.finish();
    }};
}

fn convolutions(criterion: &mut Criterion) {
    for shape in CONVOLUTIONS {
        if shape.4 == 1 {
            convolution!(criterion, pointwise, shape);
        } else {
            convolution!(criterion, im2col, shape);
        }
    }
}

/// Layers with stride 1 that are large enough for tiles.
const TILED: &[Shape] = &[
    ("alexnet.conv2", 96, 256, 26, 5, 1, 2),
    ("alexnet.conv3", 256, 384, 12, 3, 1, 1),
    ("alexnet.conv4", 384, 384, 12, 3, 1, 1),
    ("vgg11.conv2", 64, 128, 112, 3, 1, 1),
    ("vgg11.conv4", 256, 256, 56, 3, 1, 1),
    ("vgg11.conv5", 256, 512, 28, 3, 1, 1),
    ("vgg11.conv7", 512, 512, 14, 3, 1, 1),
    ("googlenet.3x3", 96, 208, 14, 3, 1, 1),
    ("googlenet.5x5", 32, 96, 28, 5, 1, 2),
];

/// Winograd's algorithm; the elements are the multiply-adds of the definition, so that it may pass the peak.
fn tiled_convolutions(criterion: &mut Criterion) {
    for shape in TILED {
        let conv = descriptor(shape);
        let halo = conv.window.padding;
        let d = BlockedConv2d { conv, x_halo: halo, y_halo: halo };
        let (x_len, y_len) = (BATCH * d.x().len(), BATCH * d.y().len());
        let (x, mut y, mut d_x) = (numbers(x_len), numbers(y_len), numbers(x_len));
        let weight = &numbers(conv.weight_len())[..conv.weight_len()];
        let mut d_weight = weight.to_vec();
        let x = View::dense(&x[..x_len], d.x().len());
        for tile in [Tile::F2x3, Tile::F4x3, Tile::F4x5].into_iter().filter(|tile| tile.fits(&d)) {
            let mut group = criterion.benchmark_group(format!("winograd::{tile:?}::{}", shape.0));
            group.throughput(Throughput::Elements((BATCH * conv.macs()) as u64));
            let mut prepared = vec![0.0; winograd::prepared_len(tile, &d)];
            let mut arena = scratch(winograd::forward_lane_len(tile, &d), 0);
            group.bench_function("prepare", |bencher| {
                bencher.iter(|| {
                    with_scratch(&mut arena, |work| winograd::prepare(tile, &d, weight, &mut prepared, work));
                });
            });
            group.bench_function("forward", |bencher| {
                bencher.iter(|| {
                    let y = ViewMut::dense(&mut y[..y_len], d.y().len());
                    with_scratch(&mut arena, |work| {
                        winograd::forward(tile, &d, x, &prepared, Epilogue::bias(None), y, work);
                    });
                });
            });
            let d_y = View::dense(&y[..y_len], d.y().len());
            let mut arena = scratch(
                winograd::backward_input_lane_len(tile, &d),
                winograd::backward_input_step_len(tile, &d),
            );
            group.bench_function("backward_input", |bencher| {
                bencher.iter(|| {
                    let d_x = ViewMut::dense(&mut d_x[..x_len], d.x().len());
                    with_scratch(&mut arena, |work| {
                        winograd::backward_input(tile, &d, d_y, weight, d_x, Write::Overwrite, work);
                    });
                });
            });
            let mut arena = scratch(
                winograd::backward_weight_lane_len(tile),
                winograd::backward_weight_step_len(tile, &d),
            );
            group.bench_function("backward_weight", |bencher| {
                bencher.iter(|| {
                    with_scratch(&mut arena, |work| {
                        winograd::backward_weight(tile, &d, x, d_y, &mut d_weight, None, work);
                    });
                });
            });
            group.finish();
        }
    }
}

fn linear_layers(criterion: &mut Criterion) {
    for &(name, in_features, out_features) in LINEAR {
        let d = Linear { in_features, out_features };
        for batch in [1, 32] {
            let mut group = criterion.benchmark_group(format!("linear::{name}::batch{batch}"));
            group.throughput(Throughput::Elements((batch * d.weight_len()) as u64));
            let (x, weight, mut y) =
                (numbers(batch * in_features), numbers(d.weight_len()), numbers(batch * out_features));
            let x = View::dense(&x[..batch * in_features], in_features);
            let mut arena = scratch(linear::forward_lane_len(&d), 0);
            group.bench_function("forward", |bencher| {
                bencher.iter(|| {
                    let y = ViewMut::dense(&mut y[..batch * out_features], out_features);
                    with_scratch(&mut arena, |work| {
                        linear::forward(&d, x, &weight[..d.weight_len()], None, y, work);
                    });
                });
            });
            group.finish();
        }
    }
}

fn one_core(criterion: &mut Criterion) {
    const TURNS: usize = 10_000;
    let mut group = criterion.benchmark_group("peak");
    group.throughput(Throughput::Elements((TURNS * peak::PER_TURN) as u64));
    group.bench_function("one core", |bencher| bencher.iter(|| peak::multiply_adds(black_box(TURNS))));
    group.finish();
}

criterion_group!(kernels, one_core, convolutions, tiled_convolutions, linear_layers);
criterion_main!(kernels);
