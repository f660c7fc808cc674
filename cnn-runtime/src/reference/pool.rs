//! Pooling: the largest or the mean of each window, on every plane by itself.
//!
//! The largest is the first of equals, and NaN beats every number, so a gradient goes to one pixel alone. Padding is
//! never the largest. In a mean it counts as zeros or not at all, as the descriptor says; what a window sees beyond the
//! padding, where it hangs over the far edge, never counts.

use super::Real;
use crate::pool::{AdaptivePool2d, AvgPool2d, MaxPool2d};
use crate::window::Window;

/// The largest pixel of each window.
pub fn max_forward<T: Real>(d: &MaxPool2d, x: &[T], y: &mut [T]) {
    for (x, y) in x.chunks(d.window.input_len()).zip(y.chunks_mut(d.window.output_len())) {
        for (place, y) in y.iter_mut().enumerate() {
            *y =
                largest(x, pixels(&d.window, place)).map_or(T::from_f64(f64::NEG_INFINITY), |pixel| x[pixel]);
        }
    }
}

/// The gradient of the input.
pub fn max_backward<T: Real>(d: &MaxPool2d, x: &[T], d_y: &[T], d_x: &mut [T]) {
    d_x.fill(T::ZERO);
    let planes = x.chunks(d.window.input_len()).zip(d_x.chunks_mut(d.window.input_len()));
    for ((x, d_x), d_y) in planes.zip(d_y.chunks(d.window.output_len())) {
        for (place, &d_y) in d_y.iter().enumerate() {
            if let Some(pixel) = largest(x, pixels(&d.window, place)) {
                d_x[pixel] += d_y;
            }
        }
    }
}

/// The mean of each window; 0 where a window has no pixel to count.
pub fn avg_forward<T: Real>(d: &AvgPool2d, x: &[T], y: &mut [T]) {
    for (x, y) in x.chunks(d.window.input_len()).zip(y.chunks_mut(d.window.output_len())) {
        for (place, y) in y.iter_mut().enumerate() {
            let sum: T = pixels(&d.window, place).map(|pixel| x[pixel]).sum();
            *y = sum / T::from_f64(counted(d, place).max(1) as f64);
        }
    }
}

/// The gradient of the input.
pub fn avg_backward<T: Real>(d: &AvgPool2d, d_y: &[T], d_x: &mut [T]) {
    d_x.fill(T::ZERO);
    for (d_y, d_x) in d_y.chunks(d.window.output_len()).zip(d_x.chunks_mut(d.window.input_len())) {
        for (place, &d_y) in d_y.iter().enumerate() {
            for pixel in pixels(&d.window, place) {
                d_x[pixel] += d_y / T::from_f64(counted(d, place) as f64);
            }
        }
    }
}

/// The largest pixel of each part of the plane.
pub fn adaptive_max_forward<T: Real>(d: &AdaptivePool2d, x: &[T], y: &mut [T]) {
    for (x, y) in x.chunks(d.input_len()).zip(y.chunks_mut(d.output_len())) {
        for (place, y) in y.iter_mut().enumerate() {
            *y = largest(x, adaptive_pixels(d, place))
                .map_or(T::from_f64(f64::NEG_INFINITY), |pixel| x[pixel]);
        }
    }
}

/// The gradient of the input.
pub fn adaptive_max_backward<T: Real>(d: &AdaptivePool2d, x: &[T], d_y: &[T], d_x: &mut [T]) {
    d_x.fill(T::ZERO);
    let planes = x.chunks(d.input_len()).zip(d_x.chunks_mut(d.input_len()));
    for ((x, d_x), d_y) in planes.zip(d_y.chunks(d.output_len())) {
        for (place, &d_y) in d_y.iter().enumerate() {
            if let Some(pixel) = largest(x, adaptive_pixels(d, place)) {
                d_x[pixel] += d_y;
            }
        }
    }
}

/// The mean of each part of the plane.
pub fn adaptive_avg_forward<T: Real>(d: &AdaptivePool2d, x: &[T], y: &mut [T]) {
    for (x, y) in x.chunks(d.input_len()).zip(y.chunks_mut(d.output_len())) {
        for (place, y) in y.iter_mut().enumerate() {
            let sum: T = adaptive_pixels(d, place).map(|pixel| x[pixel]).sum();
            *y = sum / T::from_f64(adaptive_pixels(d, place).count() as f64);
        }
    }
}

/// The gradient of the input.
pub fn adaptive_avg_backward<T: Real>(d: &AdaptivePool2d, d_y: &[T], d_x: &mut [T]) {
    d_x.fill(T::ZERO);
    for (d_y, d_x) in d_y.chunks(d.output_len()).zip(d_x.chunks_mut(d.input_len())) {
        for (place, &d_y) in d_y.iter().enumerate() {
            for pixel in adaptive_pixels(d, place) {
                d_x[pixel] += d_y / T::from_f64(adaptive_pixels(d, place).count() as f64);
            }
        }
    }
}

/// The pixels that the window sees at a place, row by row, without padding.
fn pixels(window: &Window, place: usize) -> impl Iterator<Item = usize> {
    let (i, j) = (place / window.output[1], place % window.output[1]);
    let rows = (0..window.kernel[0]).filter_map(move |k| window.tap(0, i, k));
    rows.flat_map(move |row| {
        let cols = (0..window.kernel[1]).filter_map(move |l| window.tap(1, j, l));
        cols.map(move |col| row * window.input[1] + col)
    })
}

/// The pixels of a part of the plane, row by row: from ⌊i·H/out⌋ to ⌈(i+1)·H/out⌉.
fn adaptive_pixels(d: &AdaptivePool2d, place: usize) -> impl Iterator<Item = usize> {
    let at = [place / d.output[1], place % d.output[1]];
    let [rows, cols] = [0, 1].map(|axis| {
        let (i, input, output) = (at[axis], d.input[axis], d.output[axis]);
        i * input / output..((i + 1) * input).div_ceil(output)
    });
    rows.flat_map(move |row| cols.clone().map(move |col| row * d.input[1] + col))
}

/// How many taps of the window a mean counts at a place.
fn counted(d: &AvgPool2d, place: usize) -> usize {
    let window = &d.window;
    let within_padding = |axis: usize, o: usize| {
        let padded = window.input[axis] + 2 * window.padding[axis];
        (0..window.kernel[axis])
            .filter(|k| o * window.stride[axis] + k * window.dilation[axis] < padded)
            .count()
    };
    if d.count_include_pad {
        within_padding(0, place / window.output[1]) * within_padding(1, place % window.output[1])
    } else {
        pixels(window, place).count()
    }
}

/// The pixel that holds the largest number: the first of equals, but the last NaN where there are any.
fn largest<T: Real>(x: &[T], pixels: impl Iterator<Item = usize>) -> Option<usize> {
    let is_nan = |value: T| value.partial_cmp(&value).is_none();
    pixels.reduce(|best, pixel| if x[pixel] > x[best] || is_nan(x[pixel]) { pixel } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::gradient_check::{assert_gradient, scattered};
    use alloc::vec;
    use alloc::vec::Vec;

    /// The plane of the golden numbers.
    #[rustfmt::skip]
    const IMAGE: [f64; 20] = [
        3.0, 1.0, 4.0, 1.0, 5.0,
        9.0, 2.0, 6.0, 5.0, 3.0,
        5.0, 8.0, 9.0, 7.0, 9.0,
        3.0, 2.0, 3.0, 8.0, 4.0,
    ];

    /// A quadratic window on that plane with a stride of two and one pixel of padding, which hangs over where it is last.
    fn hanging(kernel: usize, dilation: usize) -> Window {
        let (input, output) = ([4, 5], [3, 3]);
        Window {
            input,
            output,
            kernel: [kernel; 2],
            stride: [2; 2],
            padding: [1; 2],
            dilation: [dilation; 2],
        }
    }

    /// Asserts both passes on [`IMAGE`], where output i has the gradient i + 1; the numbers are told in 36ths.
    fn assert_golden(
        forward: impl Fn(&[f64], &mut [f64]),
        backward: impl Fn(&[f64], &[f64], &mut [f64]),
        y: &[f64],
        d_x: [f64; 20],
    ) {
        let in_36ths = |numbers: &[f64]| numbers.iter().map(|x| (x * 36e6).round() / 1e6).collect::<Vec<_>>();
        let mut actual = vec![f64::NAN; y.len()];
        forward(&IMAGE, &mut actual);
        assert_eq!(in_36ths(&actual), y);
        let d_y: Vec<_> = (1..=y.len()).map(|i| i as f64).collect();
        let mut actual = vec![f64::NAN; 20];
        backward(&IMAGE, &d_y, &mut actual);
        assert_eq!(in_36ths(&actual), d_x);
    }

    // The golden numbers come from PyTorch 2.15.0, with `d_y` = 1, 2, 3, …:
    // x = torch.tensor([[3., 1., 4., 1., 5.], …], dtype=torch.float64, requires_grad=True); y = …(x[None, None], …)
    // d_x, = torch.autograd.grad((y.flatten() * torch.arange(1., y.numel() + 1)).sum(), x)

    /// `F.avg_pool2d(x, 3, 2, 1, ceil_mode=True, count_include_pad=True)`
    #[test]
    fn golden_mean_that_counts_padding() {
        let d = AvgPool2d { channels: 1, window: hanging(3, 1), count_include_pad: true };
        assert_golden(
            |x, y| avg_forward(&d, x, y),
            |_, d_y, d_x| avg_backward(&d, d_y, d_x),
            &[60.0, 76.0, 56.0, 116.0, 200.0, 144.0, 30.0, 78.0, 72.0],
            [
                4.0, 12.0, 8.0, 20.0, 12.0, 20.0, 48.0, 28.0, 64.0, 36.0, 16.0, 36.0, 20.0, 44.0, 24.0, 58.0,
                126.0, 68.0, 146.0, 78.0,
            ],
        );
    }

    /// `F.avg_pool2d(x, 3, 2, 1, ceil_mode=True, count_include_pad=False)`
    #[test]
    fn golden_mean_of_pixels_only() {
        let d = AvgPool2d { channels: 1, window: hanging(3, 1), count_include_pad: false };
        assert_golden(
            |x, y| avg_forward(&d, x, y),
            |_, d_y, d_x| avg_backward(&d, d_y, d_x),
            &[135.0, 114.0, 126.0, 174.0, 200.0, 216.0, 90.0, 156.0, 216.0],
            [
                9.0, 21.0, 12.0, 39.0, 27.0, 33.0, 65.0, 32.0, 95.0, 63.0, 24.0, 44.0, 20.0, 56.0, 36.0,
                150.0, 266.0, 116.0, 314.0, 198.0,
            ],
        );
    }

    /// `F.max_pool2d(x, 2, 2, padding=1, dilation=2, ceil_mode=True)`
    #[test]
    fn golden_largest() {
        let d = MaxPool2d { channels: 1, window: hanging(2, 2) };
        let mut d_x = [0.0; 20];
        [d_x[6], d_x[8], d_x[16], d_x[18]] = [180.0, 180.0, 252.0, 1008.0];
        assert_golden(
            |x, y| max_forward(&d, x, y),
            |x, d_y, d_x| max_backward(&d, x, d_y, d_x),
            &[72.0, 180.0, 180.0, 72.0, 288.0, 288.0, 72.0, 288.0, 288.0],
            d_x,
        );
    }

    /// `F.adaptive_avg_pool2d(x, (3, 2))`
    #[test]
    fn golden_adaptive_mean() {
        let d = AdaptivePool2d { channels: 1, input: [4, 5], output: [3, 2] };
        assert_golden(
            |x, y| adaptive_avg_forward(&d, x, y),
            |_, d_y, d_x| adaptive_avg_backward(&d, d_y, d_x),
            &[150.0, 144.0, 234.0, 234.0, 180.0, 240.0],
            [
                6.0, 6.0, 18.0, 12.0, 12.0, 24.0, 24.0, 60.0, 36.0, 36.0, 48.0, 48.0, 108.0, 60.0, 60.0,
                30.0, 30.0, 66.0, 36.0, 36.0,
            ],
        );
    }

    /// `F.adaptive_max_pool2d(x, (3, 2))`: of two nines, the first has the gradient.
    #[test]
    fn golden_adaptive_largest() {
        let d = AdaptivePool2d { channels: 1, input: [4, 5], output: [3, 2] };
        let mut d_x = [0.0; 20];
        [d_x[5], d_x[7], d_x[12]] = [144.0, 72.0, 540.0];
        assert_golden(
            |x, y| adaptive_max_forward(&d, x, y),
            |x, d_y, d_x| adaptive_max_backward(&d, x, d_y, d_x),
            &[324.0, 216.0, 324.0, 324.0, 324.0, 324.0],
            d_x,
        );
    }

    /// `F.max_pool2d(x, 2)` and `F.adaptive_max_pool2d(x, 1)` alike, for `d_y` = 1.
    #[test]
    fn golden_ties_and_strange_numbers() {
        const NAN: f64 = f64::NAN;
        const LEAST: f64 = f64::NEG_INFINITY;
        let d = AdaptivePool2d { channels: 1, input: [2, 2], output: [1, 1] };
        let cases = [
            ([1.0, 1.0, 1.0, 1.0], 1.0, 0),
            ([NAN, 1.0, NAN, 2.0], NAN, 2),
            ([1.0, NAN, 2.0, 3.0], NAN, 1),
            ([LEAST; 4], LEAST, 0),
        ];
        for (x, largest, pixel) in cases {
            let (mut y, mut d_x) = ([0.0], vec![NAN; 4]);
            adaptive_max_forward(&d, &x, &mut y);
            adaptive_max_backward(&d, &x, &[1.0], &mut d_x);
            assert_eq!(y[0].to_bits(), f64::to_bits(largest), "{x:?}");
            let mut expected = vec![0.0; 4];
            expected[pixel] = 1.0;
            assert_eq!(d_x, expected, "{x:?}");
        }
    }

    /// Asserts that a backward function is the gradient of its forward function, on two images.
    fn assert_gradients(
        what: &str,
        [x_len, y_len]: [usize; 2],
        forward: impl Fn(&[f64], &mut [f64]),
        backward: impl Fn(&[f64], &[f64], &mut [f64]),
    ) {
        let (x, d_y) = (scattered(2 * x_len, 1), scattered(2 * y_len, 2));
        let mut d_x = vec![f64::NAN; x.len()];
        backward(&x, &d_y, &mut d_x);
        let loss = |x: &[f64]| {
            let mut y = vec![0.0; d_y.len()];
            forward(x, &mut y);
            y.iter().zip(&d_y).filter(|(y, _)| y.is_finite()).map(|(y, d_y)| y * d_y).sum()
        };
        assert_gradient(what, loss, &x, &d_x);
    }

    #[test]
    fn gradients_of_sliding_windows() {
        let (input, output) = ([6, 5], [4, 3]); // the last column of places of the third sees no pixel
        let windows = [
            Window { input, output, kernel: [3, 3], stride: [1, 1], padding: [0, 0], dilation: [1, 1] },
            Window { input, output, kernel: [3, 2], stride: [2, 2], padding: [1, 1], dilation: [1, 1] },
            Window { input, output, kernel: [2, 2], stride: [1, 4], padding: [2, 3], dilation: [2, 1] },
        ];
        for window in windows {
            let d = MaxPool2d { channels: 2, window };
            let lens = [2 * window.input_len(), 2 * window.output_len()];
            assert_gradients(
                "largest",
                lens,
                |x, y| max_forward(&d, x, y),
                |x, d_y, d_x| max_backward(&d, x, d_y, d_x),
            );
            for count_include_pad in [false, true] {
                let d = AvgPool2d { channels: 2, window, count_include_pad };
                let forward = |x: &[f64], y: &mut [f64]| avg_forward(&d, x, y);
                assert_gradients("mean", lens, forward, |_, d_y, d_x| avg_backward(&d, d_y, d_x));
            }
        }
    }

    #[test]
    fn gradients_of_adaptive_pools() {
        for output in [[1, 1], [3, 2], [6, 5], [7, 9]] {
            let d = AdaptivePool2d { channels: 2, input: [6, 5], output };
            let lens = [2 * d.input_len(), 2 * d.output_len()];
            let backward = |_: &[f64], d_y: &[f64], d_x: &mut [f64]| adaptive_avg_backward(&d, d_y, d_x);
            assert_gradients("mean", lens, |x, y| adaptive_avg_forward(&d, x, y), backward);
            let backward = |x: &[f64], d_y: &[f64], d_x: &mut [f64]| adaptive_max_backward(&d, x, d_y, d_x);
            assert_gradients("largest", lens, |x, y| adaptive_max_forward(&d, x, y), backward);
        }
    }
}
