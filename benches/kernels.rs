//! The kernels of convolutions and linear layers, over layer shapes of LeNet, AlexNet, VGG-11, NiN and GoogLeNet.
//!
//! `cargo bench -p cnn-benches --bench kernels -- [FILTER]`. All run on one thread. Beside the time stand GFLOP/s of the plain sum and
//! their share of what the core can do at most, multiplying and adding in registers alone, as measured right after. An
//! algorithm that needs fewer multiplications can be above 100 %.

mod core_time;
mod operands;

use cnn_runtime::Write;
use cnn_runtime::conv2d::dense::{self, Algorithm, Choice, Dense};
use cnn_runtime::conv2d::epilogue::Epilogue;
use cnn_runtime::conv2d::first_layer::{self, FirstConv2d};
use cnn_runtime::conv2d::winograd::Tile;
use cnn_runtime::conv2d::{BlockedConv2d, Conv2d, depthwise, direct, im2col};
use cnn_runtime::linear::{self, Linear};
use cnn_runtime::memory::Workspace;
use cnn_runtime::peak;
use cnn_runtime::window::Window;
use core_time::CoreTime;
use criterion::{BenchmarkGroup, Throughput, criterion_group, criterion_main};
use operands::{Images, Scratch, numbers};
use std::hint::black_box;
use std::time::Duration;

type Criterion = criterion::Criterion<CoreTime>;

/// Images of a batch.
const BATCH: usize = 8;

/// (name, input channels, output channels, plane, kernel, stride, padding)
type Shape = (&'static str, usize, usize, usize, usize, usize, usize);

const DENSE: &[Shape] = &[
    ("lenet.conv2", 6, 16, 14, 5, 1, 0),
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
    ("lenet.conv1", 1, 6, 28, 5, 1, 2),
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

/// In four groups.
const GROUPED: &[Shape] = &[("3x3@28", 128, 128, 28, 3, 1, 1)];

const LINEAR: &[(&str, usize, usize)] = &[("lenet.fc1", 400, 120), ("alexnet.fc2", 4096, 4096)];

fn descriptor(
    &(_, in_channels, out_channels, plane, kernel, stride, padding): &Shape,
    groups: usize,
) -> Conv2d {
    let output = (plane + 2 * padding - kernel) / stride + 1;
    let window = Window {
        input: [plane; 2],
        output: [output; 2],
        kernel: [kernel; 2],
        stride: [stride; 2],
        padding: [padding; 2],
        dilation: [1; 2],
    };
    Conv2d { in_channels, out_channels, groups, window }
}

fn blocked(conv: Conv2d) -> BlockedConv2d {
    let d = BlockedConv2d { conv, x_halo: conv.window.padding, y_halo: [0, 0] };
    BlockedConv2d { y_halo: direct::needed_d_y_halo(&d), ..d }
}

/// The passes of one layer, and the memory that they work in.
struct Passes<'c> {
    group: BenchmarkGroup<'c, CoreTime>,
    macs: usize,
    scratch: Scratch,
}

impl<'c> Passes<'c> {
    /// Of a layer of so many multiply-adds for the batch, with as much scratch for the thread and the step as any of its
    /// passes needs.
    fn new(
        criterion: &'c mut Criterion,
        name: &str,
        macs: usize,
        lane_lens: &[usize],
        step_lens: &[usize],
    ) -> Self {
        let most = |lens: &[usize]| lens.iter().copied().max().unwrap_or(0);
        let scratch = Scratch::new(most(lane_lens), most(step_lens), 0);
        Self { group: criterion.benchmark_group(name), macs, scratch }
    }

    /// Times a pass.
    fn time(&mut self, pass: &str, kernel: impl FnMut(Workspace)) {
        self.time_with(Throughput::Elements(self.macs as u64), pass, kernel);
    }

    /// Times what brings a weight of so many numbers into another layout.
    fn time_prepare(&mut self, weight_len: usize, kernel: impl FnMut(Workspace)) {
        self.time_with(Throughput::Bytes(4 * weight_len as u64), "prepare", kernel);
    }

    fn time_with(&mut self, throughput: Throughput, pass: &str, mut kernel: impl FnMut(Workspace)) {
        let scratch = &mut self.scratch;
        self.group.throughput(throughput);
        self.group.bench_function(pass, |bencher| bencher.iter(|| kernel(scratch.work())));
    }
}

fn dense_layers(criterion: &mut Criterion) {
    let tiles = [Tile::F2x3, Tile::F4x3, Tile::F6x3, Tile::F4x5];
    let algorithms = || [Algorithm::Direct].into_iter().chain(tiles.map(Algorithm::Winograd));
    for shape in DENSE {
        let conv = blocked(descriptor(shape, 1));
        for algorithm in algorithms() {
            match algorithm {
                Algorithm::Direct => dense_layer(criterion, &format!("direct::{}", shape.0), conv, algorithm),
                Algorithm::Winograd(tile) if tile.fits(&conv) => {
                    dense_layer(criterion, &format!("winograd {tile:?}::{}", shape.0), conv, algorithm);
                }
                Algorithm::Winograd(_) => {}
            }
        }
    }
}

fn dense_layer(criterion: &mut Criterion, name: &str, conv: BlockedConv2d, algorithm: Algorithm) {
    let always = Choice { f2: algorithm, fast: algorithm, fast_from: 0 };
    let d = Dense { conv, forward: always, backward_input: always, backward_weight: always };
    let (x, mut d_x) = (Images::new(BATCH, conv.x().len()), Images::new(BATCH, conv.x().len()));
    let (mut y, weight) = (Images::new(BATCH, conv.y().len()), numbers(conv.conv.weight_len()));
    let (mut prepared, mut d_weight) = (vec![0.0; dense::prepared_len(&d)], weight.clone());
    let lane_lens = [
        dense::forward_lane_len(&d),
        dense::backward_input_lane_len(&d),
        dense::backward_weight_lane_len(&d),
    ];
    let step_lens = [dense::backward_input_step_len(&d), dense::backward_weight_step_len(&d)];
    let mut passes = Passes::new(criterion, name, BATCH * conv.conv.macs(), &lane_lens, &step_lens);
    passes.time_prepare(weight.len(), |work| dense::prepare(&d, &weight, &mut prepared, work));
    passes.time("forward", |work| {
        dense::forward(&d, x.view(), &prepared, Epilogue::bias(None), y.view_mut(), work);
    });
    passes.time("backward_input", |work| {
        dense::backward_input(&d, y.view(), &weight, d_x.view_mut(), Write::Overwrite, work);
    });
    passes.time("backward_weight", |work| {
        dense::backward_weight(&d, x.view(), y.view(), &mut d_weight, None, work);
    });
}

fn first_layers(criterion: &mut Criterion) {
    for shape in FIRST {
        let d = FirstConv2d { conv: descriptor(shape, 1), y_halo: [1; 2] };
        let (x, mut y) = (Images::new(BATCH, d.conv.input_len()), Images::new(BATCH, d.y().len()));
        let weight = numbers(d.conv.weight_len());
        let (mut prepared, mut d_weight) = (vec![0.0; first_layer::prepared_len(&d)], weight.clone());
        let lane_lens = [first_layer::forward_lane_len(&d), first_layer::backward_weight_lane_len(&d)];
        let (name, macs) = (format!("first_layer::{}", shape.0), BATCH * d.conv.macs());
        let step_len = first_layer::backward_weight_step_len(&d);
        let mut passes = Passes::new(criterion, &name, macs, &lane_lens, &[step_len]);
        first_layer::prepare(&d, &weight, &mut prepared, passes.scratch.work());
        passes.time("forward", |work| {
            first_layer::forward(&d, x.view(), &prepared, Epilogue::bias(None), y.view_mut(), work);
        });
        passes.time("backward_weight", |work| {
            first_layer::backward_weight(&d, x.view(), y.view(), &mut d_weight, None, work);
        });
    }
}

fn depthwise_layers(criterion: &mut Criterion) {
    for shape in DEPTHWISE {
        let d = blocked(descriptor(shape, shape.1));
        let (x, mut d_x) = (Images::new(BATCH, d.x().len()), Images::new(BATCH, d.x().len()));
        let (mut y, weight) = (Images::new(BATCH, d.y().len()), numbers(d.conv.weight_len()));
        let (mut prepared, mut d_weight) = (vec![0.0; depthwise::prepared_len(&d)], weight.clone());
        let step_lens = [depthwise::backward_input_step_len(&d), depthwise::backward_weight_step_len(&d)];
        let (name, macs) = (format!("depthwise::{}", shape.0), BATCH * d.conv.macs());
        let mut passes = Passes::new(criterion, &name, macs, &[], &step_lens);
        depthwise::prepare(&d, &weight, &mut prepared, passes.scratch.work());
        passes.time("forward", |work| {
            depthwise::forward(&d, x.view(), &prepared, Epilogue::bias(None), y.view_mut(), work);
        });
        passes.time("backward_input", |work| {
            depthwise::backward_input(&d, y.view(), &weight, d_x.view_mut(), Write::Overwrite, work);
        });
        passes.time("backward_weight", |work| {
            depthwise::backward_weight(&d, x.view(), y.view(), &mut d_weight, None, work);
        });
    }
}

fn grouped_layers(criterion: &mut Criterion) {
    for shape in GROUPED {
        let d = descriptor(shape, 4);
        let (x, mut d_x) = (Images::new(BATCH, d.input_len()), Images::new(BATCH, d.input_len()));
        let (mut y, weight) = (Images::new(BATCH, d.output_len()), numbers(d.weight_len()));
        let mut d_weight = weight.clone();
        let lane_lens = [
            im2col::forward_lane_len(&d),
            im2col::backward_input_lane_len(&d),
            im2col::backward_weight_lane_len(&d),
        ];
        let (name, macs) = (format!("im2col::{}", shape.0), BATCH * d.macs());
        let step_len = im2col::backward_weight_step_len(&d);
        let mut passes = Passes::new(criterion, &name, macs, &lane_lens, &[step_len]);
        passes.time("forward", |work| im2col::forward(&d, x.view(), &weight, None, y.view_mut(), work));
        passes.time("backward_input", |work| {
            im2col::backward_input(&d, y.view(), &weight, d_x.view_mut(), Write::Overwrite, work);
        });
        passes.time("backward_weight", |work| {
            im2col::backward_weight(&d, x.view(), y.view(), &mut d_weight, None, work);
        });
    }
}

fn linear_layers(criterion: &mut Criterion) {
    for &(name, in_features, out_features) in LINEAR {
        let d = Linear { in_features, out_features };
        for batch in [1, 32] {
            let (x, mut d_x) = (Images::new(batch, in_features), Images::new(batch, in_features));
            let (mut y, weight) = (Images::new(batch, out_features), numbers(d.weight_len()));
            let mut d_weight = weight.clone();
            let lane_lens = [linear::backward_input_lane_len(&d), linear::backward_weight_lane_len(&d)];
            let (name, macs) = (format!("linear::{name}, batch {batch}"), batch * d.weight_len());
            let mut passes = Passes::new(criterion, &name, macs, &lane_lens, &[linear::forward_step_len(&d)]);
            passes.time("forward", |work| linear::forward(&d, x.view(), &weight, None, y.view_mut(), work));
            passes.time("backward_input", |work| {
                linear::backward_input(&d, y.view(), &weight, d_x.view_mut(), Write::Overwrite, work);
            });
            passes.time("backward_weight", |work| {
                linear::backward_weight(&d, x.view(), y.view(), &mut d_weight, None, work);
            });
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
    targets = one_core, dense_layers, first_layers, depthwise_layers, grouped_layers, linear_layers
}
criterion_main!(kernels);
