//! Transforms that change colours and leave every pixel where it is.

use super::Error;
use crate::data::Picture;
use cnn_runtime::random::{self, Stream};

/// By how much colours may change: torchvision's `ColorJitter`.
///
/// The four changes come in a random order. One of amount 0 is left out. `ColorJitter::default()` changes nothing.
///
/// ```
/// use cnn::data::transform::{ColorJitter, Key};
/// use cnn::data::{Picture, Transform};
///
/// let jitter = ColorJitter { brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 };
/// let picture = Picture::from_pixels(3, 1, 2, &[250, 120, 10, 20, 40, 60])?;
/// let jittered = Transform::new().color_jitter(jitter).apply(picture, Key { seed: 1, epoch: 0, item: 0 })?;
/// assert!(jittered.numbers().iter().all(|number| (0.0..=1.0).contains(number)));
/// # Ok::<(), cnn::data::transform::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ColorJitter {
    /// All numbers are multiplied by a factor from 1 − brightness (at least 0) to 1 + brightness.
    pub brightness: f32,
    /// The distance from the mean grey is multiplied by such a factor.
    pub contrast: f32,
    /// The distance from each pixel's grey is multiplied by such a factor.
    pub saturation: f32,
    /// The hue is turned by −hue to +hue of a whole turn; at most 0.5.
    pub hue: f32,
}

/// One of the four changes, with its factor.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Change {
    Brightness(f32),
    Contrast(f32),
    Saturation(f32),
    Hue(f32),
}

impl ColorJitter {
    pub(super) fn apply(&self, mut picture: Picture, stream: Stream) -> Result<Picture, Error> {
        for change in self.changes(stream)? {
            change.apply(&mut picture);
        }
        Ok(picture)
    }

    /// What happens, in that order.
    fn changes(&self, stream: Stream) -> Result<Vec<Change>, Error> {
        let amounts = [
            ("brightness", self.brightness, f32::INFINITY, "at least 0"),
            ("contrast", self.contrast, f32::INFINITY, "at least 0"),
            ("saturation", self.saturation, f32::INFINITY, "at least 0"),
            ("hue", self.hue, 0.5, "from 0 to 0.5"),
        ];
        for (argument, amount, most, expected) in amounts {
            if !(amount.is_finite() && (0.0..=most).contains(&amount)) {
                let found = amount.to_string();
                return Err(Error::Argument { transform: "color_jitter", argument, expected, found });
            }
        }
        let between = |index, low: f32, high: f32| low + (high - low) * stream.uniform(index);
        let factor = |index, amount: f32| between(index, (1.0 - amount).max(0.0), 1.0 + amount);
        let mut changes = vec![
            (self.brightness, Change::Brightness(factor(1, self.brightness))),
            (self.contrast, Change::Contrast(factor(2, self.contrast))),
            (self.saturation, Change::Saturation(factor(3, self.saturation))),
            (self.hue, Change::Hue(between(4, -self.hue, self.hue))),
        ];
        random::shuffle(stream.bits(0), &mut changes);
        Ok(changes.into_iter().filter(|&(amount, _)| amount > 0.0).map(|(_, change)| change).collect())
    }
}

impl Change {
    fn apply(self, picture: &mut Picture) {
        match self {
            Self::Brightness(factor) => {
                for number in picture.numbers_mut() {
                    *number = (factor * *number).clamp(0.0, 1.0);
                }
            }
            Self::Contrast(factor) => {
                let mean = mean_gray(picture);
                for number in picture.numbers_mut() {
                    *number = blend(*number, mean, factor);
                }
            }
            Self::Saturation(factor) => each_color(picture, |rgb| {
                let gray = gray(rgb);
                rgb.map(|number| blend(number, gray, factor))
            }),
            Self::Hue(turn) => each_color(picture, |rgb| {
                let [h, s, v] = hsv(rgb);
                rgb_of([(h + turn).rem_euclid(1.0), s, v])
            }),
        }
    }
}

/// From `other` (factor 0) over `number` (factor 1) and beyond.
fn blend(number: f32, other: f32, factor: f32) -> f32 {
    (factor * number + (1.0 - factor) * other).clamp(0.0, 1.0)
}

/// How bright a colour is, as ITU-R BT.601 has it.
fn gray([r, g, b]: [f32; 3]) -> f32 {
    0.2989 * r + 0.587 * g + 0.114 * b
}

fn mean_gray(picture: &Picture) -> f32 {
    let sum: f64 = match picture.shape()[0] {
        3 => colors(picture).map(|rgb| f64::from(gray(rgb))).sum(),
        _ => picture.numbers().iter().copied().map(f64::from).sum(),
    };
    (sum / picture.plane_len() as f64) as f32
}

/// The colours of a picture with three channels, row by row.
fn colors(picture: &Picture) -> impl Iterator<Item = [f32; 3]> {
    let [r, g, b] = [0, 1, 2].map(|channel| picture.plane(channel));
    r.iter().zip(g).zip(b).map(|((&r, &g), &b)| [r, g, b])
}

/// Changes each colour; grey pictures have none.
fn each_color(picture: &mut Picture, change: impl Fn([f32; 3]) -> [f32; 3]) {
    if picture.shape()[0] != 3 {
        return;
    }
    let plane_len = picture.plane_len();
    let (red, others) = picture.numbers_mut().split_at_mut(plane_len);
    let (green, blue) = others.split_at_mut(plane_len);
    for ((r, g), b) in red.iter_mut().zip(green).zip(blue) {
        [*r, *g, *b] = change([*r, *g, *b]);
    }
}

/// Hue, saturation and value, all from 0 to 1 (Smith 1978, *Color Gamut Transform Pairs*); greys have hue and
/// saturation 0.
fn hsv([r, g, b]: [f32; 3]) -> [f32; 3] {
    let value = r.max(g).max(b);
    let range = value - r.min(g).min(b);
    if range <= 0.0 {
        return [0.0, 0.0, value];
    }
    let [from_r, from_g, from_b] = [r, g, b].map(|number| (value - number) / range);
    let sixths = if r >= value {
        from_b - from_g
    } else if g >= value {
        2.0 + from_r - from_b
    } else {
        4.0 + from_g - from_r
    };
    [(sixths / 6.0).rem_euclid(1.0), range / value, value]
}

/// The way back from [`hsv`].
#[allow(clippy::cast_sign_loss)] // no hue is below 0
fn rgb_of([h, s, v]: [f32; 3]) -> [f32; 3] {
    let sixth = (h * 6.0).floor();
    let fraction = h * 6.0 - sixth;
    let [p, q, t] =
        [s, s * fraction, s * (1.0 - fraction)].map(|distance| (v * (1.0 - distance)).clamp(0.0, 1.0));
    // Rounding may have made a hue just below 1 a whole turn.
    match sixth as u8 % 6 {
        0 => [v, t, p],
        1 => [q, v, p],
        2 => [p, v, t],
        3 => [p, q, v],
        4 => [t, p, v],
        _ => [v, p, q],
    }
}

pub(super) fn rgb(picture: Picture) -> Picture {
    match picture.shape()[0] {
        1 => picture.with_channels(3, picture.numbers().repeat(3)),
        _ => picture,
    }
}

pub(super) fn grayscale(picture: Picture) -> Picture {
    match picture.shape()[0] {
        3 => picture.with_channels(1, colors(&picture).map(gray).collect()),
        _ => picture,
    }
}

pub(super) fn normalize(mut picture: Picture, mean: &[f32], std: &[f32]) -> Result<Picture, Error> {
    let transform = "normalize";
    if let Some(std) = std.iter().find(|std| !(std.is_finite() && **std > 0.0)) {
        let (argument, expected, found) = ("std", "above 0", std.to_string());
        return Err(Error::Argument { transform, argument, expected, found });
    }
    if mean.len() != std.len() {
        let (argument, expected) = ("std", "as many numbers as mean");
        return Err(Error::Argument { transform, argument, expected, found: std.len().to_string() });
    }
    if mean.len() != picture.shape()[0] {
        let (expected, found) = (mean.len(), picture.shape()[0]);
        return Err(Error::Channels { transform, expected, found });
    }
    let plane_len = picture.plane_len();
    for (plane, (mean, std)) in picture.numbers_mut().chunks_exact_mut(plane_len).zip(mean.iter().zip(std)) {
        for number in plane {
            *number = (*number - mean) / std;
        }
    }
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_abs_diff_eq;

    /// In torch 2.15.0 with torchvision 0.29.2:
    ///
    /// ```python
    /// p = torch.tensor([[[(c*31 + y*17 + x*29)*37 % 101 / 100 for x in range(3)] for y in range(2)] for c in range(3)])
    /// F.adjust_brightness(p, 1.4).flatten().tolist()   # torchvision.transforms.v2.functional
    /// ```
    fn picture(channels: usize) -> Picture {
        let numbers = (0..channels * 6).map(|i| (i / 6 * 31 + i / 3 % 2 * 17 + i % 3 * 29) * 37 % 101);
        Picture::new(channels, 2, 3, numbers.map(|number| number as f32 / 100.0).collect()).unwrap()
    }

    fn assert_close(found: &Picture, expected: &[f32]) {
        assert_eq!(found.numbers().len(), expected.len());
        for (found, expected) in found.numbers().iter().zip(expected) {
            assert_abs_diff_eq!(found, expected, epsilon = 1e-6);
        }
    }

    #[test]
    #[rustfmt::skip]
    #[allow(clippy::unreadable_literal)] // as torch prints them
    fn each_change_is_torchvisions() {
        let cases = [
            (Change::Brightness(1.4), [
                0.0, 0.882, 0.35, 0.322, 1.0, 0.672, 0.504, 1.0, 0.854,
                0.826, 0.294, 1.0, 1.0, 0.476, 1.0, 1.0, 0.798, 0.266]),
            (Change::Contrast(0.6), [
                0.2181243, 0.5961244, 0.3681243, 0.3561243, 0.7341244, 0.5061243, 0.4341244, 0.8121244, 0.5841243,
                0.5721243, 0.3441243, 0.7221243, 0.6501244, 0.4221243, 0.8001243, 0.7881243, 0.5601243, 0.3321243]),
            (Change::Contrast(1.7), [
                0.0, 0.6892824, 0.04328246, 0.009282482, 1.0, 0.4342824, 0.2302825, 1.0, 0.6552825,
                0.6212825, 0.0, 1.0, 0.8422825, 0.1962825, 1.0, 1.0, 0.5872825, 0.0]),
            (Change::Saturation(0.3), [
                0.20538, 0.7547379, 0.4553625, 0.4353639, 0.5697128, 0.6047484, 0.31338, 0.862738, 0.5633625,
                0.5433639, 0.3747128, 0.7127483, 0.42138, 0.6677379, 0.6713625, 0.6513639, 0.4827128, 0.5177484]),
            (Change::Saturation(1.8), [
                0.0, 0.4874423, 0.01529997, 0.0, 1.0, 0.3374304, 0.41328, 1.0, 0.6633,
                0.6432983, 0.02175678, 0.9854304, 1.0, 0.0, 1.0, 1.0, 0.6697567, 0.0]),
            (Change::Hue(0.2), [
                0.5040002, 0.3400001, 0.7540002, 0.7340002, 0.86, 0.19, 0.0, 0.99, 0.25,
                0.23, 0.6300002, 0.84, 0.72, 0.8299997, 0.97, 0.95, 0.21, 0.6799997]),
            (Change::Hue(-0.4), [
                0.6479999, 0.99, 0.8979999, 0.8779999, 0.21, 0.84, 0.72, 0.3400001, 0.97,
                0.95, 0.8299999, 0.19, 0.0, 0.8900003, 0.25, 0.23, 0.86, 0.7400002]),
        ];
        for (change, expected) in cases {
            let mut picture = picture(3);
            change.apply(&mut picture);
            assert_close(&picture, &expected);
        }
    }

    #[test]
    fn a_grey_picture_has_contrast_but_no_colour() {
        let mut grey = picture(1);
        Change::Saturation(0.3).apply(&mut grey);
        Change::Hue(0.2).apply(&mut grey);
        assert_eq!(grey, picture(1));
        Change::Contrast(0.6).apply(&mut grey);
        // F.adjust_contrast(p[:1], 0.6)
        assert_close(&grey, &[0.163_333_3, 0.541_333_4, 0.313_333_3, 0.301_333_4, 0.679_333_4, 0.451_333_3]);
    }

    #[test]
    fn grey_is_torchvisions() {
        // F.rgb_to_grayscale(p)
        let expected = [0.2934, 0.808_197, 0.543_375, 0.523_377, 0.445_304, 0.658_211_9];
        assert_close(&grayscale(picture(3)), &expected);
        assert_eq!(grayscale(picture(1)), picture(1));
        assert_eq!(grayscale(rgb(picture(1))).shape(), [1, 2, 3]);
        assert_eq!(rgb(picture(1)).numbers(), picture(1).numbers().repeat(3));
    }

    #[test]
    fn a_colour_comes_back_from_its_hue() {
        for i in 0..11 * 11 * 11_u16 {
            let rgb = [i % 11, i / 11 % 11, i / 121].map(|number| f32::from(number) / 10.0);
            for (found, expected) in rgb_of(hsv(rgb)).into_iter().zip(rgb) {
                assert_abs_diff_eq!(found, expected, epsilon = 1e-6);
            }
        }
        assert_eq!(rgb_of([1.0, 1.0, 0.5]).map(f32::to_bits), [0.5, 0.0, 0.0].map(f32::to_bits));
    }

    #[test]
    fn every_order_occurs_and_factors_fill_their_ranges() {
        let jitter = ColorJitter { brightness: 0.25, contrast: 0.5, saturation: 2.0, hue: 0.125 };
        let mut orders = [0; 4 * 4 * 4 * 4];
        // The least and the most of each factor.
        let mut seen = [(f32::INFINITY, f32::NEG_INFINITY); 4];
        for item in 0..2400 {
            let order = jitter.changes(Stream::new(1, item)).unwrap().into_iter().fold(0, |order, change| {
                let (kind, factor) = match change {
                    Change::Brightness(factor) => (0, factor),
                    Change::Contrast(factor) => (1, factor),
                    Change::Saturation(factor) => (2, factor),
                    Change::Hue(turn) => (3, turn),
                };
                let (least, most) = seen[kind];
                seen[kind] = (least.min(factor), most.max(factor));
                order * 4 + kind
            });
            orders[order] += 1;
        }
        // 24 orders, a hundred of each expected with a standard deviation of 10.
        let orders: Vec<_> = orders.into_iter().filter(|&count| count > 0).collect();
        assert_eq!(orders.len(), 24);
        assert!(orders.iter().all(|count| (50..150).contains(count)), "{orders:?}");
        let ranges = [(0.75, 1.25), (0.5, 1.5), (0.0, 3.0), (-0.125, 0.125)];
        for ((least, most), (start, end)) in seen.into_iter().zip(ranges) {
            let near = (end - start) / 100.0;
            assert!(start <= least && least < start + near, "{least} from {start}");
            assert!(end - near < most && most <= end, "{most} to {end}");
        }
    }

    #[test]
    fn no_amount_is_no_change() {
        assert_eq!(ColorJitter::default().apply(picture(3), Stream::new(0, 0)), Ok(picture(3)));
        let jitter = ColorJitter { hue: 0.5, ..ColorJitter::default() };
        assert_eq!(jitter.changes(Stream::new(0, 0)).unwrap().len(), 1);
    }
}
