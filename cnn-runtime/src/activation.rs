//! Functions of each number by itself.
//!
//! Each function is a module of four kernels, not one kernel that asks which function it is: loops then hold nothing but
//! the arithmetic. The backward kernels take what [the reference](crate::reference::activation) says a function's
//! derivative is best computed from: the layer's **output** for `relu`, `leaky_relu`, `sigmoid` and `tanh`, its **input**
//! for `gelu` and `silu`.

#![allow(clippy::inline_always)] // the loops' arithmetic takes on their instruction set only where it is inlined

use crate::Write;
use crate::memory::Workspace;
use crate::parallel;
use crate::simd::{Body, math, vectorized};
use crate::view::{View, ViewMut};

/// A function of one number.
trait Function: Copy + Send + Sync {
    /// Its value at x.
    fn value(self, x: f32) -> f32;
    /// Its derivative, from what the layer saved.
    fn derivative(self, saved: f32) -> f32;
    /// What it costs, in multiply-adds.
    const COST: usize;
}

/// Writes the kernels of one function.
macro_rules! activation {
    ($(#[$doc:meta])* $module:ident, $cost:literal, $($slope:ident)?, |$x:ident| $value:expr, |$saved:ident| $derivative:expr) => {
        $(#[$doc])*
        pub mod $module {
            use super::{Function, View, ViewMut, Workspace, Write};
            #[allow(unused_imports)] // not every function needs them
            use super::math;

            #[derive(Clone, Copy)]
            struct F {
                $($slope: f32,)?
            }

            impl Function for F {
                const COST: usize = $cost;
                #[inline(always)]
                fn value(self, $x: f32) -> f32 {
                    $(let $slope = self.$slope;)?
                    $value
                }
                #[inline(always)]
                fn derivative(self, $saved: f32) -> f32 {
                    $(let $slope = self.$slope;)?
                    $derivative
                }
            }

            /// y = f(x)
            pub fn forward($($slope: f32,)? x: View<'_>, y: ViewMut<'_>, work: Workspace<'_>) {
                super::forward(F { $($slope)? }, x, y, work);
            }

            /// y = f(y)
            pub fn forward_in_place($($slope: f32,)? y: ViewMut<'_>, work: Workspace<'_>) {
                super::forward_in_place(F { $($slope)? }, y, work);
            }

            /// Writes or adds f′ · `d_y` to `d_x`.
            pub fn backward(
                $($slope: f32,)?
                saved: View<'_>,
                d_y: View<'_>,
                d_x: ViewMut<'_>,
                write: Write,
                work: Workspace<'_>,
            ) {
                super::backward(F { $($slope)? }, saved, d_y, d_x, write, work);
            }

            /// d = f′ · d
            pub fn backward_in_place($($slope: f32,)? saved: View<'_>, d: ViewMut<'_>, work: Workspace<'_>) {
                super::backward_in_place(F { $($slope)? }, saved, d, work);
            }
        }
    };
}

activation!(
    /// max(x, 0); NaN stays NaN.
    relu, 1, , |x| if x < 0.0 { 0.0 } else { x }, |y| if y > 0.0 { 1.0 } else { 0.0 }
);
activation!(
    /// x, or slope·x below 0. What is saved may be input or output: only its sign counts.
    leaky_relu, 1, slope, |x| if x > 0.0 { x } else { slope * x }, |y| if y > 0.0 { 1.0 } else { slope }
);
activation!(
    /// 1 / (1 + e⁻ˣ)
    sigmoid, 16, , |x| math::sigmoid(x), |y| y * (1.0 - y)
);
activation!(
    /// The hyperbolic tangent.
    tanh, 24, , |x| math::tanh(x), |y| 1.0 - y * y
);
activation!(
    /// x·Φ(x) with the normal distribution function Φ, exactly (Hendrycks and Gimpel 2016).
    gelu, 32, , |x| x * super::distribution(x), |x| super::distribution(x) + x * super::density(x)
);
activation!(
    /// x·sigmoid(x) (Elfwing, Uchibe and Doya 2017).
    silu, 16, , |x| x * math::sigmoid(x), |x| {
        let s = math::sigmoid(x);
        s * (1.0 + x * (1.0 - s))
    }
);

/// The normal distribution function.
#[inline(always)]
fn distribution(x: f32) -> f32 {
    0.5 * (1.0 + math::erf(x * core::f32::consts::FRAC_1_SQRT_2))
}

/// The normal density.
#[inline(always)]
fn density(x: f32) -> f32 {
    // 1 / √(2π)
    0.398_942_3 * math::exp(-0.5 * x * x)
}

fn forward<F: Function>(f: F, x: View<'_>, y: ViewMut<'_>, mut work: Workspace<'_>) {
    assert_eq!((x.count(), x.image_len()), (y.count(), y.image_len()), "as many images of one size");
    let (lanes, scratch) = work.lanes_for(F::COST * x.count() * x.image_len());
    parallel::over((x, y), scratch, lanes, &|(x, mut y), _| {
        for (x, y) in x.images().zip(y.images_mut()) {
            vectorized(Forward { f, x, y });
        }
    });
}

struct Forward<'a, F> {
    f: F,
    x: &'a [f32],
    y: &'a mut [f32],
}

impl<F: Function> Body for Forward<'_, F> {
    #[inline(always)]
    fn run(self) {
        for (x, y) in self.x.iter().zip(self.y) {
            *y = self.f.value(*x);
        }
    }
}

fn forward_in_place<F: Function>(f: F, y: ViewMut<'_>, mut work: Workspace<'_>) {
    let (lanes, scratch) = work.lanes_for(F::COST * y.count() * y.image_len());
    parallel::over(y, scratch, lanes, &|mut y: ViewMut<'_>, _: &mut [f32]| {
        for y in y.images_mut() {
            vectorized(ForwardInPlace { f, y });
        }
    });
}

struct ForwardInPlace<'a, F> {
    f: F,
    y: &'a mut [f32],
}

impl<F: Function> Body for ForwardInPlace<'_, F> {
    #[inline(always)]
    fn run(self) {
        for y in self.y {
            *y = self.f.value(*y);
        }
    }
}

fn backward<F: Function>(
    f: F,
    saved: View<'_>,
    d_y: View<'_>,
    d_x: ViewMut<'_>,
    write: Write,
    mut work: Workspace<'_>,
) {
    let shape = (d_x.count(), d_x.image_len());
    assert_eq!((saved.count(), saved.image_len()), shape, "as many images of one size");
    assert_eq!((d_y.count(), d_y.image_len()), shape, "as many images of one size");
    let (lanes, scratch) = work.lanes_for(F::COST * shape.0 * shape.1);
    parallel::over((saved, d_y, d_x), scratch, lanes, &|(saved, d_y, mut d_x), _| {
        for ((saved, d_y), d_x) in saved.images().zip(d_y.images()).zip(d_x.images_mut()) {
            vectorized(Backward { f, saved, d_y, d_x, write });
        }
    });
}

struct Backward<'a, F> {
    f: F,
    saved: &'a [f32],
    d_y: &'a [f32],
    d_x: &'a mut [f32],
    write: Write,
}

impl<F: Function> Body for Backward<'_, F> {
    #[inline(always)]
    fn run(self) {
        let items = self.saved.iter().zip(self.d_y).zip(self.d_x);
        // Loops, not `for_each`: a closure this large would not be inlined, and so not be vectorised.
        match self.write {
            Write::Overwrite => {
                for ((saved, d_y), d_x) in items {
                    *d_x = self.f.derivative(*saved) * d_y;
                }
            }
            Write::Accumulate => {
                for ((saved, d_y), d_x) in items {
                    *d_x += self.f.derivative(*saved) * d_y;
                }
            }
        }
    }
}

fn backward_in_place<F: Function>(f: F, saved: View<'_>, d: ViewMut<'_>, mut work: Workspace<'_>) {
    assert_eq!((saved.count(), saved.image_len()), (d.count(), d.image_len()), "as many images of one size");
    let (lanes, scratch) = work.lanes_for(F::COST * d.count() * d.image_len());
    parallel::over((saved, d), scratch, lanes, &|(saved, mut d), _| {
        for (saved, d) in saved.images().zip(d.images_mut()) {
            vectorized(BackwardInPlace { f, saved, d });
        }
    });
}

struct BackwardInPlace<'a, F> {
    f: F,
    saved: &'a [f32],
    d: &'a mut [f32],
}

impl<F: Function> Body for BackwardInPlace<'_, F> {
    #[inline(always)]
    fn run(self) {
        for (saved, d) in self.saved.iter().zip(self.d) {
            *d *= self.f.derivative(*saved);
        }
    }
}

#[cfg(test)]
mod tests;
