use super::*;
use crate::conv2d::testing::{Batch, Scratch, numbers};
use crate::reference::activation::Activation;
use alloc::vec;
use alloc::vec::Vec;
use proptest::prelude::*;

/// The four kernels of a function.
struct Kernels {
    definition: Activation,
    saves_output: bool,
    forward: fn(View<'_>, ViewMut<'_>, Workspace<'_>),
    forward_in_place: fn(ViewMut<'_>, Workspace<'_>),
    backward: fn(View<'_>, View<'_>, ViewMut<'_>, Write, Workspace<'_>),
    backward_in_place: fn(View<'_>, ViewMut<'_>, Workspace<'_>),
}

/// The kernels of a module, with the arguments that go before the operands.
macro_rules! kernels {
    ($module:ident($($argument:expr)?), $definition:expr, saves_output: $saves_output:expr) => {
        Kernels {
            definition: $definition,
            saves_output: $saves_output,
            forward: |x, y, work| $module::forward($($argument,)? x, y, work),
            forward_in_place: |y, work| $module::forward_in_place($($argument,)? y, work),
            backward: |saved, d_y, d_x, write, work| {
                $module::backward($($argument,)? saved, d_y, d_x, write, work);
            },
            backward_in_place: |saved, d, work| $module::backward_in_place($($argument,)? saved, d, work),
        }
    };
}

fn all() -> Vec<Kernels> {
    vec![
        kernels!(relu(), Activation::Relu, saves_output: true),
        kernels!(leaky_relu(0.125), Activation::LeakyRelu(0.125), saves_output: true),
        kernels!(leaky_relu(0.125), Activation::LeakyRelu(0.125), saves_output: false),
        kernels!(leaky_relu(-0.5), Activation::LeakyRelu(-0.5), saves_output: false),
        kernels!(sigmoid(), Activation::Sigmoid, saves_output: true),
        kernels!(tanh(), Activation::Tanh, saves_output: true),
        kernels!(gelu(), Activation::Gelu, saves_output: false),
        kernels!(silu(), Activation::Silu, saves_output: false),
        kernels!(relu6(), Activation::Relu6, saves_output: true),
        kernels!(hardsigmoid(), Activation::HardSigmoid, saves_output: true),
        kernels!(hardswish(), Activation::HardSwish, saves_output: false),
    ]
}

impl Kernels {
    /// The output, computed apart and in place.
    fn outputs(&self, x: &Batch, y_gap: usize, lanes: usize) -> [Batch; 2] {
        let (mut scratch, mut in_place) = (Scratch::new(lanes, 0, 0), x.clone());
        let len = x.view().image_len();
        let mut y = Batch::new(&vec![7.0; len * x.view().count()], len, y_gap);
        (self.forward)(x.view(), y.view_mut(), scratch.workspace());
        (self.forward_in_place)(in_place.view_mut(), scratch.workspace());
        [y, in_place]
    }

    /// The gradient, written, added to `before`, and in place.
    fn gradients(&self, saved: &Batch, d_y: &Batch, before: &Batch, lanes: usize) -> [Vec<f32>; 3] {
        let mut scratch = Scratch::new(lanes, 0, 0);
        let (mut d_x, mut sum, mut in_place) = (before.clone(), before.clone(), d_y.clone());
        for (d_x, write) in [(&mut d_x, Write::Overwrite), (&mut sum, Write::Accumulate)] {
            (self.backward)(saved.view(), d_y.view(), d_x.view_mut(), write, scratch.workspace());
        }
        (self.backward_in_place)(saved.view(), in_place.view_mut(), scratch.workspace());
        [d_x, sum, in_place].map(|batch| batch.dense())
    }

    /// Asserts what comes out for `x`, and the gradient of the sum of that.
    fn assert_numbers(&self, x: &[f32; 7], y: [f32; 7], d_x: [f32; 7]) {
        let what = alloc::format!("{:?}", self.definition);
        let x = Batch::new(x, 7, 0);
        let [found, _] = self.outputs(&x, 0, 1);
        assert_close(&what, &found.dense(), |i| f64::from(y[i]));
        let saved = if self.saves_output { found } else { x.clone() };
        let [found, ..] = self.gradients(&saved, &Batch::new(&[1.0; 7], 7, 0), &x, 1);
        assert_close(&what, &found, |i| f64::from(d_x[i]));
    }

    /// Asserts that all kernels compute what the definition says.
    fn assert_like_reference(&self, x: &[f32], len: usize, gaps: [usize; 3], lanes: usize) {
        let f = self.definition;
        let images = Batch::new(x, len, gaps[0]);
        let [y, in_place] = self.outputs(&images, gaps[1], lanes);
        let expected = |i: usize| f.value(f64::from(x[i]));
        assert_close(&alloc::format!("{f:?}"), &y.dense(), expected);
        assert_close(&alloc::format!("{f:?} in place"), &in_place.dense(), expected);

        let [d_y, before] = [2, 3].map(|seed| numbers(x.len(), seed));
        let saved = if self.saves_output { &y } else { &images };
        let [d_y_images, before_images] =
            [(&d_y, gaps[2]), (&before, gaps[1])].map(|(d, gap)| Batch::new(d, len, gap));
        let [d_x, sum, in_place] = self.gradients(saved, &d_y_images, &before_images, lanes);
        let expected = |i: usize| f.derivative(f64::from(x[i])) * f64::from(d_y[i]);
        assert_close(&alloc::format!("gradient of {f:?}"), &d_x, expected);
        assert_close(&alloc::format!("gradient of {f:?} in place"), &in_place, expected);
        assert_close(&alloc::format!("sum of {f:?}"), &sum, |i| expected(i) + f64::from(before[i]));
    }
}

/// Asserts that both are the same but for the rounding of numbers of order 1.
fn assert_close(what: &str, found: &[f32], expected: impl Fn(usize) -> f64) {
    for (i, found) in found.iter().enumerate() {
        let error = (f64::from(*found) - expected(i)).abs();
        assert!(
            error <= 6e-7 * (1.0 + expected(i).abs()),
            "{what}: number {i} is {found}, not {}",
            expected(i)
        );
    }
}

proptest! {
    #[test]
    fn kernels_are_the_definition(
        count in 1..4_usize, len in 1..70_usize, gaps in [0..3_usize, 0..3, 0..3],
        range in prop_oneof![Just(1.0_f32), Just(8.0), Just(30.0)],
    ) {
        let x: Vec<f32> = numbers(count * len, 1).iter().map(|x| x * range).collect();
        for kernels in all() {
            kernels.assert_like_reference(&x, len, gaps, 1);
        }
    }
}

/// Cut between images, and within them.
#[cfg(feature = "rayon")]
#[test]
fn bits_do_not_depend_on_the_threads() {
    use crate::conv2d::testing::assert_same_bits;
    for (count, len) in [(1, 300_001), (2, 150_001), (7, 40_001)] {
        assert!(count * len * MOVE_COST > 2 * crate::parallel::WORTH_SPLITTING, "worth three threads");
        let x = Batch::new(&numbers(count * len, 1), len, 3);
        for kernels in all() {
            let what = alloc::format!("{:?}", kernels.definition);
            assert_same_bits(&what, |lanes| kernels.outputs(&x, 1, lanes).map(|y| y.dense()).concat());
            assert_same_bits(&what, |lanes| kernels.gradients(&x, &x, &x, lanes).concat());
        }
    }
}

#[test]
fn numbers_are_pytorchs() {
    // PyTorch 2.15.0; F = torch.nn.functional; for each function f:
    // x = torch.tensor([-20., -3., -0.5, 0., 1e-3, 0.7, 4.], requires_grad=True)
    // y = f(x); y.sum().backward(); y, x.grad
    let x = [-20.0, -3.0, -0.5, 0.0, 1e-3, 0.7, 4.0];
    let check = |kernels: &Kernels, y, d_x| kernels.assert_numbers(&x, y, d_x);
    check(
        &kernels!(relu(), Activation::Relu, saves_output: true),
        [0.0, 0.0, 0.0, 0.0, 0.001, 0.7, 4.0],
        [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0],
    );
    check(
        &kernels!(leaky_relu(0.25), Activation::LeakyRelu(0.25), saves_output: true),
        [-5.0, -0.75, -0.125, 0.0, 0.001, 0.7, 4.0],
        [0.25, 0.25, 0.25, 0.25, 1.0, 1.0, 1.0],
    );
    check(
        &kernels!(sigmoid(), Activation::Sigmoid, saves_output: true),
        [2.061_153_7e-9, 0.047_425_874, 0.377_540_68, 0.5, 0.500_25, 0.668_187_74, 0.982_013_76],
        [2.061_153_7e-9, 0.045_176_66, 0.235_003_71, 0.25, 0.249_999_94, 0.221_712_89, 0.017_662_734],
    );
    check(
        &kernels!(tanh(), Activation::Tanh, saves_output: true),
        [-1.0, -0.995_054_8, -0.462_117_17, 0.0, 0.000_999_999_7, 0.604_367_8, 0.999_329_3],
        [0.0, 0.009_865_981_5, 0.786_447_7, 1.0, 0.999_999, 0.634_739_6, 0.001_340_893_1],
    );
    check(
        &kernels!(gelu(), Activation::Gelu, saves_output: false),
        [0.0, -0.004_049_867_4, -0.154_268_79, 0.0, 0.000_500_398_9, 0.530_625_46, 3.999_873_2],
        [0.0, -0.011_945_605, 0.132_504_91, 0.5, 0.500_797_8, 0.976_614_1, 1.000_503_7],
    );
    check(
        &kernels!(silu(), Activation::Silu, saves_output: false),
        [-4.122_307_5e-8, -0.142_277_61, -0.188_770_34, 0.0, 0.000_500_25, 0.467_731_42, 3.928_055],
        [-3.916_192e-8, -0.088_104_11, 0.260_038_82, 0.5, 0.500_499_96, 0.823_386_7, 1.052_664_6],
    );
}

/// As above, at the kinks.
#[test]
fn kinks_are_pytorchs() {
    let x = [-3.0, 0.0, 3.0, 6.0, 7.0, -20.0, 4.0];
    let check = |kernels: &Kernels, y, d_x| kernels.assert_numbers(&x, y, d_x);
    check(
        &kernels!(relu6(), Activation::Relu6, saves_output: true),
        [0.0, 0.0, 3.0, 6.0, 6.0, 0.0, 4.0],
        [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0],
    );
    check(
        &kernels!(hardsigmoid(), Activation::HardSigmoid, saves_output: true),
        [0.0, 0.5, 1.0, 1.0, 1.0, 0.0, 1.0],
        [0.0, 0.166_666_67, 0.0, 0.0, 0.0, 0.0, 0.0],
    );
    check(
        &kernels!(hardswish(), Activation::HardSwish, saves_output: false),
        [0.0, 0.0, 3.0, 6.0, 7.0, 0.0, 4.0],
        [0.0, 0.5, 1.0, 1.0, 1.0, 0.0, 1.0],
    );
}

/// PyTorch's `relu(x)` and the gradient that it passes back.
#[test]
fn relu_hides_no_nan_and_makes_none() {
    let mut y = [f32::NAN, -1.0, 0.0, 1.0, f32::INFINITY, f32::NEG_INFINITY];
    let mut scratch = Scratch::new(1, 0, 0);
    relu::forward_in_place(ViewMut::dense(&mut y, 6), scratch.workspace());
    assert!(y[0].is_nan(), "{y:?}");
    assert_eq!(
        y[1..].iter().map(|y| y.to_bits()).collect::<Vec<_>>(),
        [0.0, 0.0, 1.0, f32::INFINITY, 0.0].map(f32::to_bits)
    );
    let mut d = [2.0, f32::INFINITY, f32::NAN, 2.0, 2.0, f32::NAN];
    relu::backward_in_place(View::dense(&y, 6), ViewMut::dense(&mut d, 6), scratch.workspace());
    assert_eq!(d.map(f32::to_bits), [2.0, 0.0, 0.0, 2.0, 2.0, 0.0].map(f32::to_bits));
}

#[test]
#[should_panic(expected = "as many images of one size")]
fn an_image_of_another_size() {
    let mut scratch = Scratch::new(1, 0, 0);
    relu::forward(View::dense(&[0.0; 6], 3), ViewMut::dense(&mut [0.0; 6], 2), scratch.workspace());
}

mod images {
    //! The kernels on images in the layout of the network, against those on numbers.

    use super::{Kernels, all};
    use crate::Write;
    use crate::activation::*;
    use crate::blocked::testing::{batch, planes};
    use crate::blocked::{Blocked, Operands};
    use crate::conv2d::testing::{Batch, Scratch, numbers};
    use alloc::vec;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    /// A function's kernels on images: its name, and all their results for x, `d_y` and a gradient that is added to.
    struct OnImages {
        what: &'static str,
        run: fn(&Operands<3>, &Batch, &Batch, &Batch, usize) -> [Batch; 5],
    }

    /// y, y in place, `d_x`, the sum in `d_x`, and `d_y` in place; x is what was saved.
    macro_rules! on_images {
        ($module:ident($($argument:expr)?)) => {
            OnImages {
                what: stringify!($module),
                run: |d, x, d_y, before, lanes| {
                    let mut scratch = Scratch::new(lanes, 0, 0);
                    let (channels, plane, [of_x, of_d_y, of_d_x]) = (d.channels, d.plane, d.halos);
                    let one = Operands { channels, plane, halos: [of_x] };
                    let two = |halos| Operands { channels, plane, halos };
                    let garbage = |of: &Batch| {
                        let (count, len) = (of.view().count(), of.view().image_len());
                        Batch::new(&vec![f32::NAN; count * len], len, 3)
                    };
                    let (mut y, mut d_x) = (garbage(before), garbage(before));
                    let (mut y_in_place, mut sum, mut d_in_place) = (x.clone(), before.clone(), d_y.clone());
                    let work = &mut scratch;
                    $module::blocked::forward(
                        &two([of_x, of_d_x]), $($argument,)? x.view(), y.view_mut(), work.workspace(),
                    );
                    $module::blocked::forward_in_place(&one, $($argument,)? y_in_place.view_mut(), work.workspace());
                    for (d_x, write) in [(&mut d_x, Write::Overwrite), (&mut sum, Write::Accumulate)] {
                        $module::blocked::backward(
                            d, $($argument,)? x.view(), d_y.view(), d_x.view_mut(), write, work.workspace(),
                        );
                    }
                    $module::blocked::backward_in_place(
                        &two([of_x, of_d_y]), $($argument,)? x.view(), d_in_place.view_mut(), work.workspace(),
                    );
                    [y, y_in_place, d_x, sum, d_in_place]
                },
            }
        };
    }

    /// In the order of [`all`].
    fn all_on_images() -> Vec<OnImages> {
        vec![
            on_images!(relu()),
            on_images!(leaky_relu(0.125)),
            on_images!(leaky_relu(0.125)),
            on_images!(leaky_relu(-0.5)),
            on_images!(sigmoid()),
            on_images!(tanh()),
            on_images!(gelu()),
            on_images!(silu()),
            on_images!(relu6()),
            on_images!(hardsigmoid()),
            on_images!(hardswish()),
        ]
    }

    fn assert_alike(d: &Operands<3>, count: usize, gap: usize, kernels: &Kernels, on_images: &OnImages) {
        let layouts = d.layouts();
        let [x, d_y, before] = [1, 2, 3].map(|seed| numbers(count * layouts[0].planes_len(), seed));
        let [x, d_y, before] = [&x, &d_y, &before].map(|x| Batch::new(x, layouts[0].planes_len(), 0));
        let [y, y_in_place] = kernels.outputs(&x, 0, 1).map(|y| y.dense());
        let [d_x, sum, d_in_place] = kernels.gradients(&x, &d_y, &before, 1);

        let images = |i: usize, x: &Batch| batch(&layouts[i], &x.dense(), gap);
        let found = (on_images.run)(d, &images(0, &x), &images(1, &d_y), &images(2, &before), 1);
        let expected = [(2, y), (0, y_in_place), (2, d_x), (2, sum), (1, d_in_place)];
        for (i, (found, (layout, expected))) in found.iter().zip(expected).enumerate() {
            assert_eq!(planes(&layouts[layout], found), expected, "result {i} of {}", on_images.what);
        }
    }

    proptest! {
        #[test]
        fn kernels_on_images_compute_the_same(
            channels in prop_oneof![1..4_usize, 14..35_usize],
            plane in [1..6_usize, 1..6],
            halos in [[0..3_usize, 0..3], [0..3, 0..3], [0..3, 0..3]],
            alike: bool,
            count in 1..4_usize,
            gap in 0..3_usize,
        ) {
            let halos = if alike { [halos[0]; 3] } else { halos };
            let d = Operands { channels, plane, halos };
            for (kernels, on_images) in all().iter().zip(&all_on_images()) {
                assert_alike(&d, count, gap, kernels, on_images);
            }
        }
    }

    #[cfg(feature = "rayon")]
    #[test]
    fn bits_do_not_depend_on_the_threads() {
        for (channels, count) in [(70, 1), (40, 2), (18, 5)] {
            for halos in [[[1, 1], [0, 0], [0, 1]], [[1, 1]; 3]] {
                let d = Operands { channels, plane: [51, 43], halos };
                let images = |layout: &Blocked| batch(layout, &numbers(count * layout.planes_len(), 1), 1);
                let [x, d_y, before] = d.layouts().map(|layout| images(&layout));
                for on_images in all_on_images() {
                    crate::conv2d::testing::assert_same_bits(on_images.what, |lanes| {
                        (on_images.run)(&d, &x, &d_y, &before, lanes).map(|y| y.dense()).concat()
                    });
                }
            }
        }
    }
}
