#![allow(clippy::float_cmp)] // numbers that were copied are the same

use super::*;
use crate::reference::activation::{self as definition, Activation};
use alloc::vec;
use alloc::vec::Vec;
use proptest::prelude::*;

fn workspace(lanes: usize) -> Workspace<'static> {
    Workspace { lanes, lane_scratch: &mut [], step_scratch: &mut [], saved: &mut [] }
}

/// The four kernels of a function, by name.
struct Kernels {
    definition: Activation,
    saves_output: bool,
    forward: fn(View<'_>, ViewMut<'_>, Workspace<'_>),
    forward_in_place: fn(ViewMut<'_>, Workspace<'_>),
    backward: fn(View<'_>, View<'_>, ViewMut<'_>, Write, Workspace<'_>),
    backward_in_place: fn(View<'_>, ViewMut<'_>, Workspace<'_>),
}

macro_rules! kernels {
    ($module:ident, $definition:expr, $saves_output:expr) => {
        Kernels {
            definition: $definition,
            saves_output: $saves_output,
            forward: $module::forward,
            forward_in_place: $module::forward_in_place,
            backward: $module::backward,
            backward_in_place: $module::backward_in_place,
        }
    };
}

const SLOPE: f32 = 0.125;

fn all() -> Vec<Kernels> {
    vec![
        kernels!(relu, Activation::Relu, true),
        kernels!(sigmoid, Activation::Sigmoid, true),
        kernels!(tanh, Activation::Tanh, true),
        kernels!(gelu, Activation::Gelu, false),
        kernels!(silu, Activation::Silu, false),
        Kernels {
            definition: Activation::LeakyRelu(f64::from(SLOPE)),
            saves_output: true,
            forward: |x, y, work| leaky_relu::forward(SLOPE, x, y, work),
            forward_in_place: |y, work| leaky_relu::forward_in_place(SLOPE, y, work),
            backward: |saved, d_y, d_x, write, work| {
                leaky_relu::backward(SLOPE, saved, d_y, d_x, write, work);
            },
            backward_in_place: |saved, d, work| leaky_relu::backward_in_place(SLOPE, saved, d, work),
        },
    ]
}

fn close(what: &str, found: &[f32], expected: impl Iterator<Item = f32>) {
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!(
            (found - expected).abs() <= 2e-6 * (1.0 + expected.abs()),
            "{what} {i}: {found}, not {expected}"
        );
    }
}

proptest! {
    #[test]
    fn kernels_are_the_definition(
        numbers in prop::collection::vec((-8.0_f32..8.0, -2.0_f32..2.0), 1..90),
        gap in 0_usize..3,
        lanes in 1_usize..4,
    ) {
        // Three images, `gap` numbers apart, the last one without a gap.
        let len = numbers.len().div_ceil(3);
        let stride = len + gap;
        let total = 2 * stride + len;
        let at = |i: usize| numbers[i % numbers.len()];
        let x: Vec<f32> = (0..total).map(|i| at(i).0).collect();
        let d_y: Vec<f32> = (0..total).map(|i| at(i).1).collect();
        let images = |numbers: &[f32]| -> Vec<f32> {
            View::strided(numbers, len, stride).images().flatten().copied().collect()
        };
        for kernels in all() {
            let f = kernels.definition;
            let what = alloc::format!("{f:?}");
            let mut y = vec![7.0; total];
            (kernels.forward)(View::strided(&x, len, stride), ViewMut::strided(&mut y, len, stride), workspace(lanes));
            close(&what, &images(&y), images(&x).iter().map(|x| f.value(*x)));
            let mut in_place = x.clone();
            (kernels.forward_in_place)(ViewMut::strided(&mut in_place, len, stride), workspace(lanes));
            prop_assert_eq!(images(&in_place), images(&y));
            if gap > 0 {
                prop_assert_eq!(y[len], 7.0, "the gap belongs to another");
            }

            let saved = View::strided(if kernels.saves_output { &y } else { &x }, len, stride);
            let mut expected = vec![0.0; 3 * len];
            definition::backward(f, &images(&x), &images(&d_y), &mut expected);
            let mut d_x = vec![1.0; total];
            let d_y_view = View::strided(&d_y, len, stride);
            let run = |write, d_x: &mut [f32]| {
                (kernels.backward)(saved, d_y_view, ViewMut::strided(d_x, len, stride), write, workspace(lanes));
            };
            run(Write::Overwrite, &mut d_x);
            close(&what, &images(&d_x), expected.iter().copied());
            run(Write::Accumulate, &mut d_x);
            close(&what, &images(&d_x), expected.iter().map(|d| 2.0 * d));
            let mut d = d_y.clone();
            (kernels.backward_in_place)(saved, ViewMut::strided(&mut d, len, stride), workspace(lanes));
            close(&what, &images(&d), expected.iter().copied());
        }
    }
}

#[test]
fn numbers_are_pytorchs() {
    // PyTorch 2.15: x = torch.tensor([-2., -0.5, 0., 0.5, 2.]); torch.nn.functional.gelu(x), silu(x)
    let x = [-2.0, -0.5, 0.0, 0.5, 2.0];
    let mut y = [0.0; 5];
    gelu::forward(View::dense(&x, 5), ViewMut::dense(&mut y, 5), workspace(1));
    close("gelu", &y, [-0.045_500_1, -0.154_268_77, 0.0, 0.345_731_23, 1.954_499_7].into_iter());
    silu::forward(View::dense(&x, 5), ViewMut::dense(&mut y, 5), workspace(1));
    close("silu", &y, [-0.238_405_84, -0.188_770_33, 0.0, 0.311_229_67, 1.761_594_2].into_iter());
}

/// Far below 0, what is left of 1 + erf would be multiplied by a large number.
#[test]
fn gelu_is_nothing_far_below_zero() {
    let mut y = [-10.0, -1e4, -1e30];
    gelu::forward_in_place(ViewMut::dense(&mut y, 3), workspace(1));
    assert_eq!(y, [0.0; 3]);
}

#[test]
fn nan_is_not_hidden() {
    let mut y = [f32::NAN, -1.0, 1.0];
    relu::forward_in_place(ViewMut::dense(&mut y, 3), workspace(1));
    assert!(y[0].is_nan() && y[1..] == [0.0, 1.0]);
}
