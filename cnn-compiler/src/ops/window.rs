//! The sliding window of convolutions and pools, and the formula of its output size.

use super::{Default, Kind};
use super::{Misfit, Parameter};
use crate::diagnostics::Message;

/// A window's arguments; every pair is (height, width).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sliding {
    /// Taps.
    pub kernel: [usize; 2],
    /// Pixels between places.
    pub stride: [usize; 2],
    /// Zeros around the plane, on each side.
    pub padding: [usize; 2],
    /// Pixels between taps.
    pub dilation: [usize; 2],
}

pub(super) const STRIDE: Parameter = Parameter::optional("stride", Kind::Size, Default::Int(1));
pub(super) const POOL_STRIDE: Parameter =
    Parameter::optional("stride", Kind::Size, Default::Same("kernel_size"));
pub(super) const PADDING: Parameter = Parameter::optional("padding", Kind::Padding, Default::Int(0));
pub(super) const DILATION: Parameter = Parameter::optional("dilation", Kind::Size, Default::Int(1));
pub(super) const CEIL_MODE: Parameter = Parameter::optional("ceil_mode", Kind::Flag, Default::Flag(false));

impl Sliding {
    /// From the first to the last tap, in pixels.
    pub fn extent(&self, axis: usize) -> usize {
        self.dilation[axis] * (self.kernel[axis] - 1) + 1
    }

    /// The output's size along one axis, `None` if the window does not fit: the one place of the formula.
    ///
    /// PyTorch's definition: `floor((H + 2P − D·(K−1) − 1) / S) + 1`. With `ceil_mode` the division rounds up, but a window
    /// that would start in the padding beyond the end is left out.
    fn axis_output(&self, axis: usize, input: usize, ceil_mode: bool) -> Option<usize> {
        let (stride, padding) = (self.stride[axis], self.padding[axis]);
        let room = (input + 2 * padding).checked_sub(self.extent(axis))?;
        if !ceil_mode {
            return Some(room / stride + 1);
        }
        let output = room.div_ceil(stride) + 1;
        let last_starts_beyond = (output - 1) * stride >= input + padding;
        Some(output - usize::from(last_starts_beyond))
    }

    /// The output's height and width.
    pub(super) fn output(&self, input: [usize; 2], ceil_mode: bool) -> Result<[usize; 2], Misfit> {
        let sizes = [0, 1].map(|axis| self.axis_output(axis, input[axis], ceil_mode));
        match sizes {
            [Some(height), Some(width)] => Ok([height, width]),
            [None, _] => Err(self.too_large(0, input)),
            [_, None] => Err(self.too_large(1, input)),
        }
    }

    /// The height and width of the image that the window adds to where each of its places is a pixel of the input: the
    /// inverse of the formula above, of the sizes that lead to one the smallest and `output_padding` more.
    ///
    /// PyTorch's definition: `(H − 1)·S − 2P + D·(K − 1) + output_padding + 1`.
    pub(super) fn transposed_output(
        &self,
        input: [usize; 2],
        output_padding: [usize; 2],
    ) -> Result<[usize; 2], Misfit> {
        let mut output = [0; 2];
        for axis in [0, 1] {
            let reached =
                (input[axis] - 1).saturating_mul(self.stride[axis]).saturating_add(self.extent(axis));
            let all = reached.saturating_add(output_padding[axis]);
            output[axis] = all.saturating_sub(2 * self.padding[axis]);
            if output[axis] == 0 {
                let (name, rows) = [("height", "rows"), ("width", "columns")][axis];
                let padding = self.padding[axis];
                let message = Message::new(format_args!(
                    "padding takes all of the {name} away: 2 x {padding} = {} of {all} {rows}",
                    2 * padding
                ));
                let help = format!("make padding at most {}", (all - 1) / 2);
                return Err(Misfit::argument("padding", message.help(help)));
            }
        }
        Ok(output)
    }

    /// The error of a window that does not fit along `axis`.
    fn too_large(&self, axis: usize, input: [usize; 2]) -> Misfit {
        let [name, letter] = [["height", "H"], ["width", "W"]][axis];
        let (size, kernel) = (input[axis], self.kernel[axis]);
        let (padding, dilation, stride) = (self.padding[axis], self.dilation[axis], self.stride[axis]);
        let with_padding =
            if padding == 0 { String::new() } else { format!(", padded {}", size + 2 * padding) };
        let with_dilation = if dilation == 1 {
            String::new()
        } else {
            format!(", which dilation spreads over {}", self.extent(axis))
        };
        let formula = format!(
            "({letter} + 2·padding - dilation·(kernel_size - 1) - 1) / stride + 1 \
             = ({size} + 2·{padding} - {dilation}·({kernel} - 1) - 1) / {stride} + 1 has no place to start"
        );
        let largest = (size + 2 * padding - 1) / dilation + 1;
        let least_padding = (self.extent(axis) - size).div_ceil(2);
        Misfit::argument(
            "kernel_size",
            Message::new(format_args!(
                "the kernel is larger than its input: {name} {kernel}{with_dilation}, but the input has {size}{with_padding}"
            ))
            .line(formula)
            .help(format_args!("make kernel_size at most {largest} or padding at least {least_padding}")),
        )
    }

    /// A pool's padding must leave every window a pixel to look at.
    pub(super) fn check_pool_padding(&self) -> Result<(), Misfit> {
        for axis in [0, 1] {
            let most = self.extent(axis) / 2;
            if self.padding[axis] > most {
                return Err(Misfit::argument(
                    "padding",
                    Message::new(format_args!(
                        "a pool's padding is at most half of its kernel: {} is more than {most}",
                        self.padding[axis]
                    ))
                    .help("lower padding or raise kernel_size"),
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts the places where the window fits: the definition behind the formula.
    fn places(window: &Sliding, input: usize) -> usize {
        (0..100)
            .take_while(|place| place * window.stride[0] + window.extent(0) <= input + 2 * window.padding[0])
            .count()
    }

    #[test]
    fn the_formula_counts_the_places_of_the_window() {
        for kernel in 1..5 {
            for stride in 1..4 {
                for padding in 0..3 {
                    for dilation in 1..4 {
                        let window = Sliding {
                            kernel: [kernel; 2],
                            stride: [stride; 2],
                            padding: [padding; 2],
                            dilation: [dilation; 2],
                        };
                        for input in 1..12 {
                            let expected = places(&window, input);
                            let found = window.axis_output(0, input, false).unwrap_or(0);
                            assert_eq!(found, expected, "{window:?} over {input}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn ceil_mode_is_pytorchs() {
        // torch 2.x: MaxPool2d(k, s, p, ceil_mode=True)(zeros(1, 1, n, n)).shape[-1]
        let cases = [
            (5, 2, 2, 0, 3),
            (6, 3, 2, 0, 3),
            (5, 2, 3, 1, 2),
            (7, 3, 3, 1, 3),
            (4, 2, 3, 1, 2),
            (1, 1, 3, 0, 1),
        ];
        for (input, kernel, stride, padding, expected) in cases {
            let window =
                Sliding { kernel: [kernel; 2], stride: [stride; 2], padding: [padding; 2], dilation: [1; 2] };
            assert_eq!(window.axis_output(0, input, true), Some(expected), "{window:?} over {input}");
        }
    }

    #[test]
    fn the_help_for_a_large_kernel_works() {
        let window = Sliding { kernel: [4, 1], stride: [2, 2], padding: [1, 0], dilation: [3, 1] };
        let error = window.output([6, 6], false).unwrap_err();
        assert!(
            error.message.to_string().contains("kernel_size at most 3 or padding at least 2"),
            "{error:?}"
        );
        assert!(Sliding { kernel: [3, 1], ..window }.output([6, 6], false).is_ok());
        assert!(Sliding { padding: [2, 0], ..window }.output([6, 6], false).is_ok());
    }
}
