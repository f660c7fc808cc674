//! Functions of each number by itself, and their gradients.
//!
//! Each function is a module of four kernels, not one kernel that asks which function it is: loops then hold nothing but
//! the arithmetic. A backward kernel takes what the derivative is computed from best. That is the layer's **output** for
//! `relu`, `relu6`, `leaky_relu`, `sigmoid`, `tanh` and `hardsigmoid`, so that these can run in place; it is the layer's
//! **input** for `gelu`, `silu` and `hardswish`, and for a `leaky_relu` of negative slope. (For `relu` and `leaky_relu` only
//! the sign counts.)

use crate::Write;
use crate::blocked::Operands;
use crate::elementwise::blocked::each as each_blocked;
use crate::elementwise::{self, Added, MOVE_COST, Pointwise};
use crate::memory::Workspace;
use crate::simd::math;
use crate::view::{View, ViewMut};

/// A function of one number.
trait Function: Copy + Sync {
    /// What it costs, in multiply-adds, beside moving the numbers.
    const COST: usize;
    /// Its value at x.
    fn value(self, x: f32) -> f32;
    /// The gradient for x from that for y, and from what the layer saved.
    fn gradient(self, saved: f32, d_y: f32) -> f32;
}

/// Writes the kernels of one function.
macro_rules! activation {
    (
        $(#[$doc:meta])*
        $module:ident $(($parameter:ident))?, costs $cost:literal,
        value: |$x:ident| $value:expr,
        gradient: |$saved:ident, $d_y:ident| $gradient:expr,
    ) => {
        $(#[$doc])*
        pub mod $module {
            use super::*;

            #[derive(Clone, Copy)]
            struct F {
                $($parameter: f32,)?
            }

            impl Function for F {
                const COST: usize = $cost;
                #[inline(always)]
                fn value(self, $x: f32) -> f32 {
                    $(let $parameter = self.$parameter;)?
                    $value
                }
                #[inline(always)]
                fn gradient(self, $saved: f32, $d_y: f32) -> f32 {
                    $(let $parameter = self.$parameter;)?
                    $gradient
                }
            }

            /// y = f(x)
            ///
            /// # Panics
            /// Unless all operands are as many images of the same length.
            pub fn forward($($parameter: f32,)? x: View<'_>, y: ViewMut<'_>, work: Workspace<'_>) {
                elementwise::each(Value(F { $($parameter)? }), [x], y, work);
            }

            /// y = f(y)
            pub fn forward_in_place($($parameter: f32,)? y: ViewMut<'_>, work: Workspace<'_>) {
                elementwise::each(Value(F { $($parameter)? }), [], y, work);
            }

            /// Writes f′ · `d_y` to `d_x`, or adds it.
            ///
            /// # Panics
            /// Unless all operands are as many images of the same length.
            pub fn backward(
                $($parameter: f32,)?
                saved: View<'_>,
                d_y: View<'_>,
                d_x: ViewMut<'_>,
                write: Write,
                work: Workspace<'_>,
            ) {
                let gradient = Gradient(F { $($parameter)? });
                match write {
                    Write::Overwrite => elementwise::each(gradient, [saved, d_y], d_x, work),
                    Write::Accumulate => elementwise::each(Added(gradient), [saved, d_y], d_x, work),
                }
            }

            /// d = f′ · d
            ///
            /// # Panics
            /// Unless all operands are as many images of the same length.
            pub fn backward_in_place(
                $($parameter: f32,)?
                saved: View<'_>,
                d: ViewMut<'_>,
                work: Workspace<'_>,
            ) {
                elementwise::each(Gradient(F { $($parameter)? }), [saved], d, work);
            }

            /// The same on images in the layout of the network; `d` tells their halos in the order of the operands.
            pub mod blocked {
                use super::*;

                /// y = f(x)
                ///
                /// # Panics
                /// If a length is not what `d` tells.
                pub fn forward(
                    d: &Operands<2>,
                    $($parameter: f32,)?
                    x: View<'_>,
                    y: ViewMut<'_>,
                    work: Workspace<'_>,
                ) {
                    let [from, to] = d.layouts();
                    each_blocked(Value(F { $($parameter)? }), [(from, x)], (to, y), work);
                }

                /// y = f(y)
                ///
                /// # Panics
                /// If a length is not what `d` tells.
                pub fn forward_in_place(
                    d: &Operands<1>,
                    $($parameter: f32,)?
                    y: ViewMut<'_>,
                    work: Workspace<'_>,
                ) {
                    let [to] = d.layouts();
                    each_blocked(Value(F { $($parameter)? }), [], (to, y), work);
                }

                /// Writes f′ · `d_y` to `d_x`, or adds it.
                ///
                /// # Panics
                /// If a length is not what `d` tells.
                pub fn backward(
                    d: &Operands<3>,
                    $($parameter: f32,)?
                    saved: View<'_>,
                    d_y: View<'_>,
                    d_x: ViewMut<'_>,
                    write: Write,
                    work: Workspace<'_>,
                ) {
                    let [of_saved, from, to] = d.layouts();
                    let (read, written) = ([(of_saved, saved), (from, d_y)], (to, d_x));
                    let gradient = Gradient(F { $($parameter)? });
                    match write {
                        Write::Overwrite => each_blocked(gradient, read, written, work),
                        Write::Accumulate => each_blocked(Added(gradient), read, written, work),
                    }
                }

                /// d = f′ · d
                ///
                /// # Panics
                /// If a length is not what `images` tells.
                pub fn backward_in_place(
                    images: &Operands<2>,
                    $($parameter: f32,)?
                    saved: View<'_>,
                    d: ViewMut<'_>,
                    work: Workspace<'_>,
                ) {
                    let [of_saved, to] = images.layouts();
                    each_blocked(Gradient(F { $($parameter)? }), [(of_saved, saved)], (to, d), work);
                }
            }
        }
    };
}

activation!(
    /// max(x, 0); NaN stays NaN. Saves its output.
    relu, costs 0,
    value: |x| if x < 0.0 { 0.0 } else { x },
    gradient: |y, d_y| if y <= 0.0 { 0.0 } else { d_y },
);
activation!(
    /// max(x, 0), but 6 at most (Krizhevsky 2010); NaN stays NaN. Saves its output.
    relu6, costs 0,
    value: |x| x.clamp(0.0, 6.0),
    gradient: |y, d_y| if y <= 0.0 || y >= 6.0 { 0.0 } else { d_y },
);
activation!(
    /// A sigmoid of straight lines: relu6(x + 3) / 6. Saves its output.
    hardsigmoid, costs 2,
    value: |x| (x + 3.0).clamp(0.0, 6.0) * (1.0 / 6.0),
    gradient: |y, d_y| if y > 0.0 && y < 1.0 { d_y * (1.0 / 6.0) } else { 0.0 },
);
activation!(
    /// x·hardsigmoid(x) (Howard et al. 2019). Saves its input.
    hardswish, costs 4,
    value: |x| x * (x + 3.0).clamp(0.0, 6.0) * (1.0 / 6.0),
    gradient: |x, d_y| {
        let slope = x * (1.0 / 3.0) + 0.5;
        d_y * (if x <= -3.0 { 0.0 } else if x < 3.0 { slope } else { 1.0 })
    },
);
activation!(
    /// x, or slope·x below 0. Saves its output, or its input where the slope is negative.
    leaky_relu(slope), costs 0,
    value: |x| if x > 0.0 { x } else { slope * x },
    gradient: |saved, d_y| if saved > 0.0 { d_y } else { slope * d_y },
);
activation!(
    /// 1 / (1 + e⁻ˣ). Saves its output.
    sigmoid, costs 20,
    value: |x| math::sigmoid(x),
    gradient: |y, d_y| d_y * ((1.0 - y) * y),
);
activation!(
    /// The hyperbolic tangent. Saves its output.
    tanh, costs 30,
    value: |x| math::tanh(x),
    gradient: |y, d_y| d_y * (1.0 - y * y),
);
activation!(
    /// x·Φ(x) with the normal distribution function Φ, exactly (Hendrycks and Gimpel 2016). Saves its input.
    gelu, costs 40,
    value: |x| x * math::normal(x).0,
    gradient: |x, d_y| {
        let (distribution, density) = math::normal(x);
        d_y * (distribution + x * density)
    },
);
activation!(
    /// x·sigmoid(x) (Elfwing, Uchibe and Doya 2017). Saves its input.
    silu, costs 20,
    value: |x| x * math::sigmoid(x),
    gradient: |x, d_y| {
        let (s, rest) = math::sigmoid_and_rest(x);
        d_y * (s * (1.0 + x * rest))
    },
);

// In place, a zero is added to what functions give. Where that is the number itself, the optimiser would otherwise leave it
// where it stands and store by masks, which costs several times what it saves.

/// y = f(x), or in place.
#[derive(Clone, Copy)]
struct Value<F>(F);

impl<F: Function> Pointwise<1> for Value<F> {
    const COST: usize = F::COST + MOVE_COST;
    #[inline(always)]
    fn value(self, [x]: [f32; 1], _y: f32) -> f32 {
        self.0.value(x)
    }
}

impl<F: Function> Pointwise<0> for Value<F> {
    const COST: usize = F::COST + MOVE_COST;
    #[inline(always)]
    fn value(self, []: [f32; 0], y: f32) -> f32 {
        self.0.value(y) + 0.0
    }
}

/// `d_x` from what was saved and `d_y`, or in place.
#[derive(Clone, Copy)]
struct Gradient<F>(F);

impl<F: Function> Pointwise<2> for Gradient<F> {
    const COST: usize = F::COST + MOVE_COST;
    #[inline(always)]
    fn value(self, [saved, d_y]: [f32; 2], _d_x: f32) -> f32 {
        self.0.gradient(saved, d_y)
    }
}

impl<F: Function> Pointwise<1> for Gradient<F> {
    const COST: usize = F::COST + MOVE_COST;
    #[inline(always)]
    fn value(self, [saved]: [f32; 1], d: f32) -> f32 {
        self.0.gradient(saved, d) + 0.0
    }
}

#[cfg(test)]
mod tests;
