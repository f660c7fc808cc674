//! The kernels of convolutions and linear layers, over layer shapes of LeNet, AlexNet, VGG-11, NiN and GoogLeNet.
//!
//! `cargo bench --bench kernels -- [FILTER]`. All run on one thread. Beside the time stand GFLOP/s of the plain sum and
//! their share of what the core can do at most, multiplying and adding in registers alone, as measured right after.

mod core_time;

use cnn_runtime::Write;
use cnn_runtime::conv2d::epilogue::Epilogue;
use cnn_runtime::conv2d::first_layer::{self, FirstConv2d};
use cnn_runtime::conv2d::{BlockedConv2d, Conv2d, depthwise, direct, direct_weight};
use cnn_runtime::conv2d::{im2col, pointwise};
use cnn_runtime::linear::{self, Linear};
use cnn_runtime::memory::{AlignedBuffer, Arena, ArenaLayout, Buffer, Workspace};
use cnn_runtime::peak;
use cnn_runtime::policy::Policy;
use cnn_runtime::view::{View, ViewMut};
use cnn_runtime::window::Window;
use core_time::CoreTime;
use criterion::{Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::time::Duration;

type Criterion = criterion::Criterion<CoreTime>;

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

/// Those of the blocked kernels, from AlexNet, VGG-11, NiN and GoogLeNet.
const BLOCKED: &[Shape] = &[
    ("alexnet.conv2", 96, 256, 26, 5, 1, 2),
    ("alexnet.conv3", 256, 384, 12, 3, 1, 1),
    ("vgg11.conv2", 64, 128, 112, 3, 1, 1),
    ("vgg11.conv4", 256, 256, 56, 3, 1, 1),
    ("vgg11.conv6", 512, 512, 28, 3, 1, 1),
    ("vgg11.conv8", 512, 512, 14, 3, 1, 1),
    ("nin.1x1", 256, 256, 26, 1, 1, 0),
    ("googlenet.1x1@14", 480, 192, 14, 1, 1, 0),
    ("googlenet.1x1@7", 832, 384, 7, 1, 1, 0),
    ("googlenet.3x3@28", 96, 128, 28, 3, 1, 1),
    ("googlenet.5x5@28", 16, 32, 28, 5, 1, 2),
    ("googlenet.5x5@7", 48, 128, 7, 5, 1, 2),
];

const FIRST: &[Shape] = &[
    ("alexnet.conv1", 1, 96, 224, 11, 4, 1),
    ("googlenet.conv1", 1, 64, 224, 7, 2, 3),
    ("vgg11.conv1", 1, 64, 224, 3, 1, 1),
    ("vgg11.conv1 in colour", 3, 64, 224, 3, 1, 1),
];

const DEPTHWISE: &[Shape] = &[
    ("3x3@112", 64, 64, 112, 3, 1, 1),
    ("3x3@112, stride 2", 64, 64, 112, 3, 2, 1),
    ("5x5@28", 240, 240, 28, 5, 1, 2),
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
        ArenaLayout {
            image_len: 0,
            saved_len: 0,
            step_len: round(step_len),
            lane_len: round(lane_len),
            prepared_len: 0,
        },
        Policy::Fast,
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

fn blocked_convolutions(criterion: &mut Criterion) {
    for shape in BLOCKED {
        let conv = descriptor(shape);
        let mut d = BlockedConv2d { conv, x_halo: conv.window.padding, y_halo: [0; 2] };
        d.y_halo = direct::needed_d_y_halo(&d);
        let (x_len, y_len) = (d.x().len(), d.y().len());
        let mut group = criterion.benchmark_group(format!("direct::{}", shape.0));
        group.throughput(Throughput::Elements((BATCH * conv.macs()) as u64));
        let (x, weight) = (numbers(BATCH * x_len), numbers(conv.weight_len()));
        let (mut y, mut d_x) = (numbers(BATCH * y_len), numbers(BATCH * x_len));
        let weight = &weight[..conv.weight_len()];
        let mut prepared = numbers(direct::prepared_len(&d));
        let mut arena = scratch(0, direct::backward_input_step_len(&d));
        with_scratch(&mut arena, |work| direct::prepare(&d, weight, &mut prepared, work));
        group.bench_function("forward", |bencher| {
            bencher.iter(|| {
                let (x, y) = (View::dense(&x, x_len), ViewMut::dense(&mut y, y_len));
                with_scratch(&mut arena, |work| {
                    direct::forward(&d, x, &prepared, Epilogue::bias(None), y, work);
                });
            });
        });
        group.bench_function("backward_input", |bencher| {
            bencher.iter(|| {
                let (d_y, d_x) = (View::dense(&y, y_len), ViewMut::dense(&mut d_x, x_len));
                with_scratch(&mut arena, |work| {
                    direct::backward_input(&d, d_y, weight, d_x, Write::Overwrite, work);
                });
            });
        });
        let mut arena = scratch(0, direct_weight::backward_weight_step_len(&d));
        let mut d_weight = numbers(conv.weight_len());
        group.bench_function("backward_weight", |bencher| {
            bencher.iter(|| {
                let (x, d_y) = (View::dense(&x, x_len), View::dense(&y, y_len));
                let d_weight = &mut d_weight[..conv.weight_len()];
                with_scratch(&mut arena, |work| {
                    direct_weight::backward_weight(&d, x, d_y, d_weight, None, work);
                });
            });
        });
        group.finish();
    }
}

fn first_layers(criterion: &mut Criterion) {
    for shape in FIRST {
        let d = FirstConv2d { conv: descriptor(shape), y_halo: [1; 2] };
        let (x_len, y_len) = (d.conv.input_len(), d.y().len());
        let mut group = criterion.benchmark_group(format!("first_layer::{}", shape.0));
        group.throughput(Throughput::Elements((BATCH * d.conv.macs()) as u64));
        let (x, weight, mut y) =
            (numbers(BATCH * x_len), numbers(d.conv.weight_len()), numbers(BATCH * y_len));
        let mut prepared = numbers(first_layer::prepared_len(&d));
        let mut arena = scratch(first_layer::forward_lane_len(&d), 0);
        let weight = &weight[..d.conv.weight_len()];
        with_scratch(&mut arena, |work| first_layer::prepare(&d, weight, &mut prepared, work));
        group.bench_function("forward", |bencher| {
            bencher.iter(|| {
                let (x, y) = (View::dense(&x[..BATCH * x_len], x_len), ViewMut::dense(&mut y, y_len));
                with_scratch(&mut arena, |work| {
                    first_layer::forward(&d, x, &prepared, Epilogue::bias(None), y, work);
                });
            });
        });
        let lane_len = first_layer::backward_weight_lane_len(&d);
        let mut arena = scratch(lane_len, first_layer::backward_weight_step_len(&d));
        let mut d_weight = numbers(d.conv.weight_len());
        group.bench_function("backward_weight", |bencher| {
            bencher.iter(|| {
                let (x, d_y) = (View::dense(&x[..BATCH * x_len], x_len), View::dense(&y, y_len));
                let d_weight = &mut d_weight[..d.conv.weight_len()];
                with_scratch(&mut arena, |work| {
                    first_layer::backward_weight(&d, x, d_y, d_weight, None, work);
                });
            });
        });
        group.finish();
    }
}

fn depthwise_layers(criterion: &mut Criterion) {
    for shape in DEPTHWISE {
        let conv = Conv2d { groups: shape.1, ..descriptor(shape) };
        let halo = conv.window.padding;
        let d = BlockedConv2d { conv, x_halo: halo, y_halo: halo };
        let (x_len, y_len) = (d.x().len(), d.y().len());
        let mut group = criterion.benchmark_group(format!("depthwise::{}", shape.0));
        group.throughput(Throughput::Elements((BATCH * conv.macs()) as u64));
        let (x, weight) = (numbers(BATCH * x_len), numbers(conv.weight_len()));
        let (mut y, mut d_x) = (numbers(BATCH * y_len), numbers(BATCH * x_len));
        let (weight, mut d_weight) = (&weight[..conv.weight_len()], numbers(conv.weight_len()));
        let mut prepared = numbers(depthwise::prepared_len(&d));
        let step_len = depthwise::backward_input_step_len(&d).max(depthwise::backward_weight_step_len(&d));
        let mut arena = scratch(0, step_len);
        with_scratch(&mut arena, |work| depthwise::prepare(&d, weight, &mut prepared, work));
        group.bench_function("forward", |bencher| {
            bencher.iter(|| {
                let (x, y) = (View::dense(&x, x_len), ViewMut::dense(&mut y, y_len));
                with_scratch(&mut arena, |work| {
                    depthwise::forward(&d, x, &prepared, Epilogue::bias(None), y, work);
                });
            });
        });
        group.bench_function("backward_input", |bencher| {
            bencher.iter(|| {
                let (d_y, d_x) = (View::dense(&y, y_len), ViewMut::dense(&mut d_x, x_len));
                with_scratch(&mut arena, |work| {
                    depthwise::backward_input(&d, d_y, weight, d_x, Write::Overwrite, work);
                });
            });
        });
        group.bench_function("backward_weight", |bencher| {
            bencher.iter(|| {
                let (x, d_y) = (View::dense(&x, x_len), View::dense(&y, y_len));
                let d_weight = &mut d_weight[..conv.weight_len()];
                with_scratch(&mut arena, |work| {
                    depthwise::backward_weight(&d, x, d_y, d_weight, None, work);
                });
            });
        });
        group.finish();
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
            let mut arena = scratch(0, linear::forward_step_len(&d));
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

fn on_one_thread() -> Criterion {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build_global();
    pool.expect("nothing has started a pool before");
    let (warm_up, measure) = (Duration::from_millis(500), Duration::from_secs(2));
    let criterion = criterion::Criterion::default().without_plots().with_measurement(CoreTime::new());
    criterion.warm_up_time(warm_up).measurement_time(measure).sample_size(20)
}

criterion_group! {
    name = kernels;
    config = on_one_thread();
    targets =
        one_core, convolutions, blocked_convolutions, first_layers, depthwise_layers, linear_layers
}
criterion_main!(kernels);
