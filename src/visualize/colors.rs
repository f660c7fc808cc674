//! Numbers to colours.

use image::Rgb;

/// How numbers become colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Colors {
    /// From black for the smallest to white for the largest.
    Grey,
    /// From dark blue over green to yellow, which differ for colour-blind readers too (viridis of matplotlib).
    Heat,
    /// From red for negative numbers over white for zero to blue for positive ones.
    Signed,
}

/// The numbers that the ends of a scale stand for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    low: f32,
    high: f32,
}

impl Scale {
    /// From the smallest to the largest of some numbers; with zero in the middle for [`Colors::Signed`].
    pub(super) fn of(numbers: &[f32], colors: Colors) -> Self {
        let finite = || numbers.iter().copied().filter(|number| number.is_finite());
        let (low, high) =
            (finite().fold(f32::INFINITY, f32::min), finite().fold(f32::NEG_INFINITY, f32::max));
        if low > high {
            return Self { low: 0.0, high: 0.0 };
        }
        match colors {
            Colors::Grey | Colors::Heat => Self { low, high },
            Colors::Signed => {
                let largest = low.abs().max(high.abs());
                Self { low: -largest, high: largest }
            }
        }
    }

    /// Where a number stands, from 0 to 1; in the middle where all are equal.
    fn share(self, number: f32) -> f64 {
        let [low, high, number] = [self.low, self.high, number].map(f64::from);
        if high > low { ((number - low) / (high - low)).clamp(0.0, 1.0) } else { 0.5 }
    }

    /// A number's colour; magenta, which no scale has, for one that is not a number.
    pub(super) fn color(self, number: f32, colors: Colors) -> Rgb<u8> {
        if number.is_nan() {
            return Rgb([255, 0, 255]);
        }
        let share = self.share(number);
        match colors {
            Colors::Grey => Rgb([byte(share); 3]),
            Colors::Heat => gradient(colorous::VIRIDIS, share),
            Colors::Signed => gradient(colorous::RED_BLUE, share),
        }
    }

    /// The brightness of one channel of a picture in colour.
    pub(super) fn brightness(self, number: f32) -> u8 {
        byte(self.share(number))
    }
}

fn gradient(gradient: colorous::Gradient, share: f64) -> Rgb<u8> {
    let colorous::Color { r, g, b } = gradient.eval_continuous(share);
    Rgb([r, g, b])
}

#[expect(clippy::cast_sign_loss, reason = "a share is from 0 to 1")]
fn byte(share: f64) -> u8 {
    (255.0 * share).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grey_goes_from_the_smallest_to_the_largest() {
        let scale = Scale::of(&[-1.0, 3.0, f32::NAN, f32::INFINITY], Colors::Grey);
        let grey = |number| scale.color(number, Colors::Grey).0[0];
        assert_eq!([-1.0, 1.0, 3.0, 9.0].map(grey), [0, 128, 255, 255]);
    }

    #[test]
    fn zero_is_the_middle_of_signed_colors() {
        let scale = Scale::of(&[-1.0, 3.0], Colors::Signed);
        let [negative, zero, positive] = [-3.0, 0.0, 3.0].map(|number| scale.color(number, Colors::Signed).0);
        assert!(zero.iter().all(|channel| *channel > 235), "{zero:?}");
        assert!(negative[0] > negative[2] && positive[2] > positive[0], "{negative:?}, {positive:?}");
    }

    #[test]
    fn what_is_no_number_stands_out() {
        let scale = Scale::of(&[f32::NAN], Colors::Heat);
        assert_eq!(scale.color(f32::NAN, Colors::Heat).0, [255, 0, 255]);
        assert_eq!(scale.color(7.0, Colors::Grey).0, [128; 3], "all are equal");
    }
}
