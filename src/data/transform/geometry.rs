//! Transforms that move pixels: crops, flips and resizing.

use super::Error;
use crate::data::Picture;
use cnn_runtime::random::Stream;
use fast_image_resize as fir;
use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::F32;
use std::ops::RangeInclusive;

/// A part of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    top: usize,
    left: usize,
    height: usize,
    width: usize,
}

/// The longest side that a picture may be given, in pixels.
const LONGEST: usize = 65_535;

/// Holds an argument that counts pixels against what it may be.
fn check_pixels(
    transform: &'static str,
    argument: &'static str,
    expected: &'static str,
    allowed: RangeInclusive<usize>,
    found: usize,
) -> Result<(), Error> {
    if allowed.contains(&found) {
        return Ok(());
    }
    Err(Error::Argument { transform, argument, expected, found: found.to_string() })
}

fn check_size(transform: &'static str, height: usize, width: usize) -> Result<(), Error> {
    [("height", height), ("width", width)].into_iter().try_for_each(|(argument, found)| {
        check_pixels(transform, argument, "from 1 to 65535", 1..=LONGEST, found)
    })
}

pub(super) fn resize(
    transform: &'static str,
    picture: &Picture,
    height: usize,
    width: usize,
) -> Result<Picture, Error> {
    check_size(transform, height, width)?;
    let [_, from_height, from_width] = picture.shape();
    check_size(transform, from_height, from_width)?;
    if [from_height, from_width] == [height, width] {
        return Ok(picture.clone());
    }
    let options =
        fir::ResizeOptions::new().resize_alg(fir::ResizeAlg::Convolution(fir::FilterType::Bilinear));
    let mut resizer = fir::Resizer::new();
    Ok(picture.map_planes(height, width, |from, to| {
        let (from, to) = (bytemuck::cast_slice(from), bytemuck::cast_slice_mut(to));
        // Of one type of pixels: `Resizer::resize`, which takes them all, is a minute's work for the compiler.
        let from = TypedImageRef::<F32>::from_buffer(from_width as u32, from_height as u32, from);
        let to = TypedImage::<F32>::from_buffer(width as u32, height as u32, to);
        let (Ok(from), Ok(mut to)) = (from, to) else { unreachable!("a number for each pixel") };
        if let Err(error) = resizer.resize_typed(&from, &mut to, &options) {
            unreachable!("images of at least one pixel: {error}");
        }
    }))
}

pub(super) fn resize_shorter(picture: &Picture, size: usize) -> Result<Picture, Error> {
    let transform = "resize_shorter";
    check_pixels(transform, "size", "from 1 to 65535", 1..=LONGEST, size)?;
    let [_, height, width] = picture.shape();
    let longer = size * height.max(width) / height.min(width);
    let (height, width) = if width <= height { (longer, size) } else { (size, longer) };
    resize(transform, picture, height, width)
}

pub(super) fn center_crop(picture: &Picture, height: usize, width: usize) -> Result<Picture, Error> {
    let transform = "center_crop";
    let [below, beside] = room(transform, height, width, picture, 0)?;
    let [top, left] = [below, beside].map(|room| rounded(room as f64 / 2.0));
    Ok(crop(picture, Part { top, left, height, width }, 0))
}

/// The nearest number of pixels; the even one of two, as Python rounds.
#[allow(clippy::cast_sign_loss)] // what is below 0 becomes 0
fn rounded(number: f64) -> usize {
    number.round_ties_even() as usize
}

/// How many rows and columns are left beside a part of a picture with padding.
fn room(
    transform: &'static str,
    height: usize,
    width: usize,
    picture: &Picture,
    padding: usize,
) -> Result<[usize; 2], Error> {
    check_size(transform, height, width)?;
    check_pixels(transform, "padding", "at most 65535", 0..=LONGEST, padding)?;
    let [_, from_height, from_width] = picture.shape();
    let found = [from_height + 2 * padding, from_width + 2 * padding];
    let (Some(below), Some(beside)) = (found[0].checked_sub(height), found[1].checked_sub(width)) else {
        return Err(Error::TooSmall { transform, expected: [height, width], found });
    };
    Ok([below, beside])
}

pub(super) fn random_crop(
    picture: &Picture,
    height: usize,
    width: usize,
    padding: usize,
    stream: Stream,
) -> Result<Picture, Error> {
    let [below, beside] = room("random_crop", height, width, picture, padding)?;
    let (top, left) = (stream.below(0, below + 1), stream.below(1, beside + 1));
    Ok(crop(picture, Part { top, left, height, width }, padding))
}

/// A part of a picture with `padding` zeros on each side.
fn crop(picture: &Picture, part: Part, padding: usize) -> Picture {
    let [_, from_height, from_width] = picture.shape();
    // The rows and columns that are not padding: where they are in the part, and where in the picture.
    let inside = |start: usize, len: usize, from_len: usize| {
        let first = padding.saturating_sub(start).min(len);
        let last = (padding + from_len).saturating_sub(start).clamp(first, len);
        (first..last, (start + first).saturating_sub(padding).min(from_len))
    };
    let (rows, first_row) = inside(part.top, part.height, from_height);
    let (columns, first_column) = inside(part.left, part.width, from_width);
    picture.map_planes(part.height, part.width, |from, to| {
        let to_rows = to.chunks_exact_mut(part.width).skip(rows.start).take(rows.len());
        for (to, from) in to_rows.zip(from.chunks_exact(from_width).skip(first_row)) {
            to[columns.clone()].copy_from_slice(&from[first_column..][..columns.len()]);
        }
    })
}

pub(super) fn random_resized_crop(
    picture: &Picture,
    height: usize,
    width: usize,
    (scale, ratio): (&RangeInclusive<f64>, &RangeInclusive<f64>),
    stream: Stream,
) -> Result<Picture, Error> {
    let transform = "random_resized_crop";
    for (argument, range) in [("scale", scale), ("ratio", ratio)] {
        let (start, end) = (*range.start(), *range.end());
        if !(0.0 < start && start <= end && end.is_finite()) {
            let (expected, found) = ("above 0 and its end not below its start", format!("{range:?}"));
            return Err(Error::Argument { transform, argument, expected, found });
        }
    }
    let [_, from_height, from_width] = picture.shape();
    let part = random_part(from_height, from_width, scale, ratio, stream);
    resize(transform, &crop(picture, part, 0), height, width)
}

/// Where `RandomResizedCrop` cuts, by torchvision's `make_params`.
fn random_part(
    height: usize,
    width: usize,
    scale: &RangeInclusive<f64>,
    ratio: &RangeInclusive<f64>,
    stream: Stream,
) -> Part {
    let between = |index, start: f64, end: f64| start + (end - start) * f64::from(stream.uniform(index));
    for attempt in 0..10 {
        let first = 4 * attempt;
        let area = (height * width) as f64 * between(first, *scale.start(), *scale.end());
        let aspect = between(first + 1, ratio.start().ln(), ratio.end().ln()).exp();
        let part_width = rounded((area * aspect).sqrt());
        let part_height = rounded((area / aspect).sqrt());
        if (1..=height).contains(&part_height) && (1..=width).contains(&part_width) {
            let top = stream.below(first + 2, height - part_height + 1);
            let left = stream.below(first + 3, width - part_width + 1);
            return Part { top, left, height: part_height, width: part_width };
        }
    }
    middle(height, width, ratio)
}

/// The largest part in the middle that has a ratio within the bounds.
fn middle(height: usize, width: usize, ratio: &RangeInclusive<f64>) -> Part {
    let found = width as f64 / height as f64;
    let (part_height, part_width) = if found < *ratio.start() {
        (rounded(width as f64 / ratio.start()).clamp(1, height), width)
    } else if found > *ratio.end() {
        (height, rounded(height as f64 * ratio.end()).clamp(1, width))
    } else {
        (height, width)
    };
    let (top, left) = ((height - part_height) / 2, (width - part_width) / 2);
    Part { top, left, height: part_height, width: part_width }
}

pub(super) fn random_horizontal_flip(mut picture: Picture, p: f32, stream: Stream) -> Result<Picture, Error> {
    if !(0.0..=1.0).contains(&p) {
        let (transform, argument, expected) = ("random_horizontal_flip", "p", "from 0 to 1");
        return Err(Error::Argument { transform, argument, expected, found: p.to_string() });
    }
    if stream.uniform(0) < p {
        let width = picture.shape()[2];
        picture.numbers_mut().chunks_exact_mut(width).for_each(<[f32]>::reverse);
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
    /// p = torch.tensor([[[(y*17 + x*29)*37 % 101 / 100 for x in range(7)] for y in range(5)]])
    /// F.resize(p, [3, 4]).flatten().tolist()   # torchvision.transforms.v2.functional
    /// ```
    fn picture(height: usize, width: usize) -> Picture {
        let numbers = (0..height * width).map(|i| (i / width * 17 + i % width * 29) * 37 % 101);
        Picture::new(1, height, width, numbers.map(|number| number as f32 / 100.0).collect()).unwrap()
    }

    #[test]
    #[rustfmt::skip]
    #[allow(clippy::unreadable_literal)] // as torch prints them
    fn resizing_is_torchvisions() {
        let cases: [(_, _, &[f32]); 3] = [
            (3, 4, &[
                0.3804762, 0.4797714, 0.5077714, 0.5666667, 0.4052381, 0.522489,
                0.5908889, 0.5059259, 0.6429932, 0.5389143, 0.4284, 0.465034]),
            (2, 10, &[
                0.23, 0.425, 0.5584091, 0.4852273, 0.4418864, 0.5133182, 0.6673865, 0.4335228, 0.5095454, 0.7045455,
                0.69, 0.50625, 0.4215909, 0.6055, 0.5805227, 0.5234091, 0.4571136, 0.4803409, 0.4829091, 0.4759091]),
            // The first two rows.
            (6, 9, &[
                0.0, 0.42, 0.4611111, 0.3900001, 0.88, 0.5844445, 0.2888888, 0.3300001, 0.75,
                0.1725, 0.5925, 0.6336111, 0.3941666, 0.295, 0.5886111, 0.4613888, 0.5025001, 0.9225]),
        ];
        for (height, width, expected) in cases {
            let resized = resize("resize", &picture(5, 7), height, width).unwrap();
            assert_eq!(resized.shape(), [1, height, width]);
            for (found, expected) in resized.numbers().iter().zip(expected) {
                assert_abs_diff_eq!(found, expected, epsilon = 1e-6);
            }
        }
    }

    #[test]
    fn channels_are_resized_apart() {
        let (a, b) = (picture(5, 7), picture(7, 5));
        let numbers = [a.numbers(), b.numbers(), a.numbers()].concat();
        let both = Picture::new(3, 5, 7, numbers).unwrap();
        let resized = resize("resize", &both, 4, 4).unwrap();
        let b = Picture::new(1, 5, 7, b.numbers().to_vec()).unwrap();
        for (channel, alone) in [&a, &b, &a].into_iter().enumerate() {
            assert_eq!(resized.plane(channel), resize("resize", alone, 4, 4).unwrap().numbers());
        }
    }

    #[test]
    fn the_shorter_side_is_what_is_asked_for() {
        // F.resize(p, [256]).shape
        for ((height, width), expected) in
            [((375, 500), [1, 256, 341]), ((500, 333), [1, 384, 256]), ((9, 9), [1, 256, 256])]
        {
            assert_eq!(resize_shorter(&picture(height, width), 256).unwrap().shape(), expected);
        }
    }

    /// A part of a picture with zeros around it, number by number.
    fn padded_and_indexed(picture: &Picture, part: Part, padding: usize) -> Vec<f32> {
        let [_, height, width] = picture.shape();
        let mut padded = vec![vec![0.0; width + 2 * padding]; height + 2 * padding];
        for y in 0..height {
            for x in 0..width {
                padded[y + padding][x + padding] = picture.numbers()[y * width + x];
            }
        }
        let rows = padded[part.top..][..part.height].iter();
        rows.flat_map(|row| row[part.left..][..part.width].to_vec()).collect()
    }

    #[test]
    fn a_crop_is_a_part_of_the_padded_picture() {
        let picture = picture(3, 4);
        for padding in 0..4 {
            let (padded_height, padded_width) = (3 + 2 * padding, 4 + 2 * padding);
            for (top, left) in
                (0..padded_height).flat_map(|top| (0..padded_width).map(move |left| (top, left)))
            {
                for (height, width) in [(1, 1), (2, 3), (padded_height - top, padded_width - left)] {
                    if top + height <= padded_height && left + width <= padded_width {
                        let part = Part { top, left, height, width };
                        let expected = padded_and_indexed(&picture, part, padding);
                        assert_eq!(crop(&picture, part, padding).numbers(), expected, "{part:?}, {padding}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_random_crop_is_equally_likely_everywhere() {
        let picture = Picture::new(1, 2, 2, vec![1.0, 2.0, 3.0, 4.0]).unwrap();
        let mut seen = std::collections::BTreeMap::new();
        for item in 0..900 {
            let crop = random_crop(&picture, 2, 2, 1, Stream::new(5, item)).unwrap();
            let numbers: Vec<_> = crop.numbers().iter().map(|&number| rounded(number.into())).collect();
            *seen.entry(numbers).or_insert(0) += 1;
        }
        // Nine places, a hundred of each expected with a standard deviation of 10.
        assert_eq!(seen.len(), 9);
        assert!(seen.values().all(|count| (50..150).contains(count)), "{seen:?}");
        assert!(seen.contains_key([0, 0, 0, 1].as_slice()) && seen.contains_key([4, 0, 0, 0].as_slice()));
    }

    #[test]
    fn the_middle_is_torchvisions() {
        // F._geometry._center_crop_compute_crop_anchor(3, 3, height, width)
        for ((height, width), (top, left)) in [((4, 6), (0, 2)), ((5, 8), (1, 2)), ((10, 3), (4, 0))] {
            let part = Part { top, left, height: 3, width: 3 };
            let picture = picture(height, width);
            assert_eq!(center_crop(&picture, 3, 3).unwrap(), crop(&picture, part, 0));
        }
    }

    #[test]
    fn random_parts_have_the_areas_and_ratios_asked_for() {
        let (scale, ratio) = (0.08..=1.0, 0.75..=4.0 / 3.0);
        let (mut areas, mut ratios) = (Vec::new(), Vec::new());
        for item in 0..2000 {
            let part = random_part(3000, 4000, &scale, &ratio, Stream::new(1, item));
            assert!(part.top + part.height <= 3000 && part.left + part.width <= 4000, "{part:?}");
            areas.push((part.height * part.width) as f64 / 12e6);
            ratios.push((part.width as f64 / part.height as f64).ln());
        }
        assert!(areas.iter().all(|area| (0.0795..=1.0).contains(area)));
        assert!(ratios.iter().all(|ratio| ratio.abs() < (4.0_f64 / 3.0).ln() + 1e-3));
        let mean = |numbers: &[f64]| numbers.iter().sum::<f64>() / numbers.len() as f64;
        // torchvision 0.29.2: 20,000 calls of RandomResizedCrop.make_params on a picture of 3000×4000.
        assert_abs_diff_eq!(mean(&areas), 0.4338, epsilon = 0.02);
        assert_abs_diff_eq!(mean(&ratios), 0.0317, epsilon = 0.015);
    }

    #[test]
    fn a_part_that_never_fits_is_the_middle() {
        let scale = 1.0..=1.0;
        let part = |height, width| random_part(height, width, &scale, &(0.75..=4.0 / 3.0), Stream::new(0, 0));
        // torchvision's fallback: round(100 · 4/3) columns or round(100 / 0.75) rows.
        assert_eq!(part(100, 1000), Part { top: 0, left: 433, height: 100, width: 133 });
        assert_eq!(part(1000, 100), Part { top: 433, left: 0, height: 133, width: 100 });
        let whole = random_part(100, 110, &(2.0..=2.0), &(0.75..=4.0 / 3.0), Stream::new(0, 0));
        assert_eq!(whole, Part { top: 0, left: 0, height: 100, width: 110 });
    }
}
