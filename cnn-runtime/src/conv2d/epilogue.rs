//! What becomes of a convolution's sums before they are written: bias, batch normalisation of inference, activation.
//!
//! y = activation(sum · scale + shift), with a scale and a shift for each channel. A bias is a shift. Batch normalisation
//! with running statistics is both, which is how it is folded into the convolution before it.

use crate::blocked::Blocked;
use crate::memory::LINE;
use crate::simd::{HALF, Kernel, Simd, math, on_best_unit};
use crate::view::ViewMut;

/// A function of each number that is done before the number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// x
    Identity,
    /// max(x, 0); NaN stays NaN.
    Relu,
    /// max(x, 0), but 6 at most; NaN stays NaN.
    Relu6,
    /// 1 / (1 + e⁻ˣ)
    Sigmoid,
}

/// What becomes of the sums.
#[derive(Clone, Copy, Debug)]
pub struct Epilogue<'a> {
    /// A factor for each channel.
    pub scale: Option<&'a [f32]>,
    /// A summand for each channel.
    pub shift: Option<&'a [f32]>,
    /// What comes last.
    pub activation: Activation,
}

impl<'a> Epilogue<'a> {
    /// A bias, if there is one, and nothing else.
    #[must_use]
    pub fn bias(bias: Option<&'a [f32]>) -> Self {
        Self { scale: None, shift: bias, activation: Activation::Identity }
    }

    /// Applies it to images of sums in place.
    pub(crate) fn apply(&self, d: &Blocked, y: &mut ViewMut) {
        self.assert_channels(d.channels);
        d.assert_image(y.image_len());
        on_best_unit(InPlace { epilogue: *self, d, y });
    }

    /// The contract: a number for each channel.
    pub(super) fn assert_channels(&self, channels: usize) {
        let fits = |numbers: Option<&[f32]>| numbers.is_none_or(|numbers| numbers.len() == channels);
        assert!(fits(self.scale) && fits(self.shift), "{channels} channels have as many scales and shifts");
    }

    /// What becomes of the sums of one block of channels, in registers; whoever writes them clears the lanes beyond the last
    /// channel.
    #[inline(always)]
    pub(super) fn of_block<S: Simd>(&self, simd: S, block: usize) -> BlockEpilogue<S> {
        let lanes = |numbers: &[f32]| {
            let mut lanes = [0.0; LINE];
            let numbers = &numbers[block * LINE..];
            // Where they fill half of a line at most, a line may hold two pixels.
            for lanes in lanes.chunks_mut(if numbers.len() > HALF { LINE } else { HALF }) {
                lanes.iter_mut().zip(numbers).for_each(|(lane, number)| *lane = *number);
            }
            simd.load(&lanes)
        };
        BlockEpilogue {
            scale: self.scale.map_or_else(|| simd.splat(1.0), lanes),
            shift: self.shift.map_or_else(|| simd.splat(0.0), lanes),
            activation: self.activation,
        }
    }
}

/// An [`Epilogue`] of sixteen channels.
#[derive(Clone, Copy)]
pub(super) struct BlockEpilogue<S: Simd> {
    scale: S::Line,
    shift: S::Line,
    activation: Activation,
}

impl<S: Simd> BlockEpilogue<S> {
    /// The line that is written.
    #[inline(always)]
    pub(super) fn apply(self, simd: S, sums: S::Line) -> S::Line {
        self.activation.apply(simd, simd.mul_add(sums, self.scale, self.shift))
    }
}

/// Lines whose activations are computed side by side, where they are at hand: more than two take more registers than there
/// are.
const TOGETHER: usize = 2;

impl Activation {
    /// Its values.
    #[inline(always)]
    pub(crate) fn apply<S: Simd>(self, simd: S, y: S::Line) -> S::Line {
        let [y] = self.apply_to_each(simd, [y]);
        y
    }

    /// Its values of lines in memory, in place.
    #[inline(always)]
    pub(crate) fn apply_to_all<S: Simd>(self, simd: S, lines: &mut [[f32; LINE]]) {
        let (pairs, rest) = lines.as_chunks_mut::<TOGETHER>();
        for [a, b] in pairs {
            let [y_a, y_b] = self.apply_to_each(simd, [simd.load(a), simd.load(b)]);
            simd.store(y_a, a);
            simd.store(y_b, b);
        }
        for line in rest {
            simd.store(self.apply(simd, simd.load(line)), line);
        }
    }

    #[inline(always)]
    fn apply_to_each<S: Simd, const N: usize>(self, simd: S, mut y: [S::Line; N]) -> [S::Line; N] {
        let zero = simd.splat(0.0);
        if self == Activation::Sigmoid {
            return math::sigmoid_of_lines(simd, y);
        }
        // No closures: one that is not inlined would be compiled without the vector unit.
        for y in &mut y {
            *y = match self {
                Activation::Identity | Activation::Sigmoid => *y,
                Activation::Relu => simd.max(zero, *y),
                Activation::Relu6 => simd.min(simd.splat(6.0), simd.max(zero, *y)),
            };
        }
        y
    }
}

/// [`Epilogue::apply`]: the halo stays as it is.
struct InPlace<'k, 'y> {
    epilogue: Epilogue<'k>,
    d: &'k Blocked,
    y: &'k mut ViewMut<'y>,
}

impl Kernel for InPlace<'_, '_> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { epilogue, d, y } = self;
        for image in y.images_mut() {
            let (pixels, _) = image.as_chunks_mut::<LINE>();
            for (block, pixels) in pixels.chunks_exact_mut(d.block_pixels().max(1)).enumerate() {
                let epilogue = epilogue.of_block(simd, block);
                for row in 0..d.plane[0] {
                    for pixel in &mut pixels[d.row(row)] {
                        simd.store(epilogue.apply(simd, simd.load(pixel)), pixel);
                    }
                    d.clear_spare(block, &mut pixels[d.row(row)]);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Apply<'a>(Epilogue<'a>, usize, [f32; LINE]);

    impl Kernel for Apply<'_> {
        type Output = [f32; LINE];
        #[inline(always)]
        fn run<S: Simd>(self, simd: S) -> [f32; LINE] {
            let mut y = [f32::NAN; LINE];
            simd.store(self.0.of_block(simd, self.1).apply(simd, simd.load(&self.2)), &mut y);
            y
        }
    }

    #[test]
    fn channels_have_their_own_numbers() {
        let scale: [f32; 18] = core::array::from_fn(|i| i as f32);
        let shift: [f32; 18] = core::array::from_fn(|i| 100.0 - 10.0 * i as f32);
        let mut sums = [0.0; LINE];
        sums[..2].copy_from_slice(&[2.0, 8.0]);
        let run = |activation| {
            on_best_unit(Apply(Epilogue { scale: Some(&scale), shift: Some(&shift), activation }, 1, sums))
        };
        assert_eq!(run(Activation::Identity)[..3], [32.0 - 60.0, 136.0 - 70.0, 0.0]);
        assert_eq!(run(Activation::Relu)[..3], [0.0, 66.0, 0.0]);
        assert_eq!(run(Activation::Relu6)[..3], [0.0, 6.0, 0.0]);
        let y = on_best_unit(Apply(Epilogue::bias(None), 1, sums));
        assert_eq!(y, sums);
        let nan = [f32::NAN; LINE];
        for activation in [Activation::Relu, Activation::Relu6] {
            let y = on_best_unit(Apply(Epilogue { activation, ..Epilogue::bias(None) }, 0, nan));
            assert!(y.iter().all(|y| y.is_nan()), "{activation:?}");
        }
    }
}
