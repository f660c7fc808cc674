//! Pipelines: what they make of a picture, what follows from the seed, and every argument that cannot be.

use cnn::data::transform::{ColorJitter, Error, Key};
use cnn::data::{Picture, Transform};
use cnn::prelude::*;

const KEY: Key = Key { seed: 1, epoch: 2, item: 3 };

/// A picture of numbers that differ.
fn picture(channels: usize, height: usize, width: usize) -> Picture {
    let len = channels * height * width;
    Picture::new(channels, height, width, (0..len).map(|i| i as f32 / len as f32).collect()).unwrap()
}

fn item(item: u64) -> Key {
    Key { item, ..KEY }
}

/// A pipeline with every random transform.
fn everything() -> Transform {
    Transform::new()
        .random_crop(12, 12, 2)
        .random_resized_crop(8, 8, 0.2..=1.0, 0.75..=4.0 / 3.0)
        .random_horizontal_flip(0.5)
        .color_jitter(ColorJitter { brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 })
}

#[test]
fn bytes_become_planes_of_numbers_from_0_to_1() {
    let picture = Picture::from_pixels(3, 1, 2, &[0, 51, 102, 153, 204, 255]).unwrap();
    assert_eq!(picture.numbers(), [0.0, 0.6, 0.2, 0.8, 0.4, 1.0]);
    assert_eq!(picture, Picture::from_planes(3, 1, 2, &[0, 153, 51, 204, 102, 255]).unwrap());
    assert_eq!(picture.plane(1), [0.2, 0.8]);
    for (channels, height, width, len) in
        [(2, 1, 1, 2), (0, 1, 1, 0), (1, 0, 5, 0), (3, 2, 2, 11), (1, usize::MAX, 2, 2), (4, 1, 1, 4)]
    {
        let error = Error::Picture { shape: [channels, height, width], found: len };
        assert_eq!(Picture::from_pixels(channels, height, width, &vec![0; len]), Err(error.clone()));
        assert_eq!(Picture::from_planes(channels, height, width, &vec![0; len]), Err(error.clone()));
        assert_eq!(Picture::new(channels, height, width, vec![0.0; len]), Err(error));
    }
}

#[test]
fn a_flip_is_an_involution() {
    let flip = Transform::new().random_horizontal_flip(1.0);
    let once = flip.apply(picture(3, 4, 5), KEY).unwrap();
    for (row, flipped) in picture(3, 4, 5).numbers().chunks(5).zip(once.numbers().chunks(5)) {
        assert!(row.iter().eq(flipped.iter().rev()));
    }
    assert_eq!(flip.apply(once, KEY).unwrap(), picture(3, 4, 5));
}

#[test]
fn a_flip_happens_as_often_as_it_should() {
    for (p, expected) in [(0.0, 0..=0), (0.3, 250..=350), (1.0, 1000..=1000)] {
        let flip = Transform::new().random_horizontal_flip(p);
        let flipped = |&i: &u64| flip.apply(picture(1, 1, 2), item(i)).unwrap() != picture(1, 1, 2);
        let count = (0..1000).filter(flipped).count();
        assert!(expected.contains(&count), "{count} for {p}");
    }
}

#[test]
fn normalising_is_by_channel() {
    let normalize = Transform::new().normalize(&[0.5, 0.25, 0.0], &[0.5, 0.25, 2.0]);
    let picture = Picture::new(3, 1, 2, vec![0.0, 1.0, 0.5, 0.75, 1.0, 0.5]).unwrap();
    assert_eq!(normalize.apply(picture, KEY).unwrap().numbers(), [-1.0, 1.0, 1.0, 2.0, 0.5, 0.25]);
}

#[test]
fn chance_follows_from_seed_epoch_and_item() {
    let apply = |key| everything().apply(picture(3, 16, 16), key).unwrap();
    let first = apply(KEY);
    assert_eq!(first, apply(KEY));
    for other in [Key { seed: 2, ..KEY }, Key { epoch: 3, ..KEY }, Key { item: 4, ..KEY }] {
        assert_ne!(first, apply(other), "{other:?}");
    }
    // Keys whose numbers are exchanged are other keys.
    assert_ne!(first, apply(Key { seed: 3, epoch: 2, item: 1 }));
}

#[test]
fn a_pipeline_is_its_steps_in_their_order() {
    let (a, b) = (Transform::new().resize(4, 4), Transform::new().center_crop(2, 2));
    let both = a.clone().then(b.clone());
    assert_eq!(both, Transform::new().resize(4, 4).center_crop(2, 2));
    let one_by_one = b.apply(a.apply(picture(3, 6, 6), KEY).unwrap(), KEY).unwrap();
    assert_eq!(both.apply(picture(3, 6, 6), KEY).unwrap(), one_by_one);
    assert_eq!(Transform::new().apply(picture(1, 2, 2), KEY).unwrap(), picture(1, 2, 2));
    // A step that is added at the end leaves the chance of those before it as it was.
    let longer = everything().normalize(&[0.0; 3], &[1.0; 3]);
    assert_eq!(
        longer.apply(picture(3, 16, 16), KEY).unwrap(),
        everything().apply(picture(3, 16, 16), KEY).unwrap()
    );
    // Two of a kind have a chance of their own.
    let twice = Transform::new().random_horizontal_flip(0.5).random_horizontal_flip(0.5);
    let changed = |&i: &u64| twice.apply(picture(1, 1, 2), item(i)).unwrap() != picture(1, 1, 2);
    assert!((400..600).contains(&(0..1000).filter(changed).count()));
}

#[test]
fn what_comes_out_must_be_what_the_network_takes() {
    let mut image = Image::<3, 4, 4>::zeros(1);
    picture(3, 4, 4).write_to(&mut image[0]).unwrap();
    assert_eq!(Image::as_numbers(&image), picture(3, 4, 4).numbers());
    let message =
        |picture: Picture, image: &mut Image<3, 4, 4>| picture.write_to(image).unwrap_err().to_string();
    assert_eq!(
        message(picture(1, 4, 4), &mut image[0]),
        "the picture is 1×4×4, expected 3×4×4; the transform `rgb` gives it three channels"
    );
    assert_eq!(
        message(picture(3, 5, 4), &mut image[0]),
        "the picture is 3×5×4, expected 3×4×4; a crop or `resize` gives it that size"
    );
    let error = picture(3, 4, 4).write_to(&mut Image::<1, 4, 4>::zeros(1)[0]).unwrap_err();
    assert!(error.to_string().ends_with("the transform `grayscale` gives it one channel"), "{error}");
    let error = picture(1, 4, 4).write_to(&mut Vector([0.0; 16])).unwrap_err();
    assert_eq!(error.to_string(), "the picture is 1×4×4, expected 16");
    // What was there stays.
    assert_eq!(Image::as_numbers(&image), picture(3, 4, 4).numbers());
}

#[test]
#[allow(clippy::reversed_empty_ranges)] // that is the mistake
fn an_argument_that_cannot_be_is_an_error() {
    let new = Transform::new;
    let jitter = |brightness, hue| new().color_jitter(ColorJitter { brightness, hue, ..Default::default() });
    let cases = [
        (new().resize(0, 4), "resize: height must be from 1 to 65535, found 0"),
        (new().resize(4, 65_536), "resize: width must be from 1 to 65535, found 65536"),
        (new().resize_shorter(0), "resize_shorter: size must be from 1 to 65535, found 0"),
        (new().center_crop(1, 0), "center_crop: width must be from 1 to 65535, found 0"),
        (new().center_crop(9, 2), "center_crop: a picture of 6×6 has no part of 9×2"),
        (new().random_crop(6, 9, 1), "random_crop: a picture of 8×8 has no part of 6×9"),
        (
            new().random_crop(6, 6, usize::MAX),
            "random_crop: padding must be at most 65535, found 18446744073709551615",
        ),
        (
            new().random_resized_crop(0, 4, 0.1..=1.0, 0.5..=2.0),
            "random_resized_crop: height must be from 1 to 65535, found 0",
        ),
        (
            new().random_resized_crop(4, 4, 1.0..=0.1, 0.5..=2.0),
            "random_resized_crop: scale must be above 0 and its end not below its start, found 1.0..=0.1",
        ),
        (
            new().random_resized_crop(4, 4, 0.1..=1.0, 0.0..=2.0),
            "random_resized_crop: ratio must be above 0 and its end not below its start, found 0.0..=2.0",
        ),
        (new().random_horizontal_flip(1.5), "random_horizontal_flip: p must be from 0 to 1, found 1.5"),
        (new().random_horizontal_flip(f32::NAN), "random_horizontal_flip: p must be from 0 to 1, found NaN"),
        (jitter(-0.1, 0.0), "color_jitter: brightness must be at least 0, found -0.1"),
        (jitter(0.1, 0.6), "color_jitter: hue must be from 0 to 0.5, found 0.6"),
        (jitter(f32::INFINITY, 0.0), "color_jitter: brightness must be at least 0, found inf"),
        (new().normalize(&[0.0; 3], &[1.0, 0.0, 1.0]), "normalize: std must be above 0, found 0"),
        (new().normalize(&[0.0; 3], &[1.0]), "normalize: std must be as many numbers as mean, found 1"),
        (new().normalize(&[0.0], &[1.0]), "normalize: the picture's channels are 3, expected 1"),
    ];
    for (transform, expected) in cases {
        assert_eq!(transform.apply(picture(3, 6, 6), KEY).unwrap_err().to_string(), expected);
    }
}
