//! Data sets: files as they should be, every way in which they can be cut or damaged, and batches of them.

use cnn::data::idx::{ElementType, Elements, Idx};
use cnn::data::{Batches, Dataset, Error, fashion_mnist};
use cnn::prelude::*;
use flate2::{Compression, write::GzEncoder};
use std::fs;
use std::io::Write;
use std::path::Path;

/// The bytes of an IDX file.
fn idx_bytes(code: u8, shape: &[u32], elements: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, code, shape.len() as u8];
    bytes.extend(shape.iter().flat_map(|dimension| dimension.to_be_bytes()));
    bytes.extend(elements);
    bytes
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Two images of 2×3 pixels.
fn two_images() -> Vec<u8> {
    idx_bytes(0x08, &[2, 2, 3], &[0, 51, 102, 153, 204, 255, 5, 4, 3, 2, 1, 0])
}

#[test]
fn every_type_of_element_is_read() {
    let cases = [
        (0x08, vec![0, 255], Elements::U8(vec![0, 255])),
        (0x09, vec![127, 255], Elements::I8(vec![127, -1])),
        (0x0b, vec![1, 2, 0xff, 0xfe], Elements::I16(vec![258, -2])),
        (0x0c, vec![0, 1, 0, 0, 0x80, 0, 0, 0], Elements::I32(vec![65536, i32::MIN])),
        (
            0x0d,
            [1.5_f32, -0.0].iter().flat_map(|x| x.to_be_bytes()).collect(),
            Elements::F32(vec![1.5, -0.0]),
        ),
        (
            0x0e,
            [1e300, -2.0].iter().flat_map(|x: &f64| x.to_be_bytes()).collect(),
            Elements::F64(vec![1e300, -2.0]),
        ),
    ];
    for (code, elements, expected) in cases {
        let bytes = idx_bytes(code, &[2], &elements);
        assert_eq!(Idx::parse("plain", &bytes).unwrap().elements(), &expected);
        assert_eq!(Idx::parse("gzipped", &gzipped(&bytes)).unwrap().elements(), &expected);
    }
}

#[test]
fn any_number_of_dimensions_is_read() {
    for count in 1..=255 {
        let shape = vec![1; count];
        let idx = Idx::parse("x", &idx_bytes(0x08, &shape, &[7])).unwrap();
        assert_eq!(idx.shape(), vec![1; count]);
        assert_eq!(idx.bytes().unwrap(), [7]);
    }
    assert_eq!(Idx::parse("x", &idx_bytes(0x0d, &[3, 0, 5], &[])).unwrap().shape(), [3, 0, 5]);
}

#[test]
fn a_file_cut_anywhere_is_an_error_that_says_where() {
    let bytes = two_images();
    for end in 0..bytes.len() {
        match Idx::parse("cut", &bytes[..end]) {
            Err(Error::Truncated { file, offset, expected }) => {
                assert_eq!((file.as_path(), offset), (Path::new("cut"), end as u64));
                assert!(expected > offset && expected <= bytes.len() as u64);
            }
            other => panic!("cut at {end}: {other:?}"),
        }
    }
    let bytes = gzipped(&bytes);
    for end in 0..bytes.len() {
        let error = Idx::parse("cut", &bytes[..end]).expect_err("a gzipped file that is cut");
        assert!(matches!(error, Error::Truncated { .. } | Error::Read { .. }), "cut at {end}: {error:?}");
        assert!(error.to_string().starts_with("cut: "), "{error}");
    }
}

#[test]
fn a_file_that_goes_on_is_an_error_that_says_where() {
    let mut bytes = two_images();
    let end = bytes.len() as u64;
    bytes.push(0);
    for bytes in [bytes.clone(), gzipped(&bytes)] {
        let error = Idx::parse("long", &bytes).unwrap_err();
        assert!(matches!(error, Error::TrailingBytes { offset, .. } if offset == end), "{error:?}");
        assert_eq!(error.to_string(), "long: goes on at byte 28, where its header says that it ends");
    }
    let garbage_behind = [gzipped(&two_images()), b"garbage".to_vec()].concat();
    assert!(Idx::parse("long", &garbage_behind).is_err());
    let two_members = [gzipped(&two_images()), gzipped(&two_images())].concat();
    assert!(matches!(Idx::parse("long", &two_members), Err(Error::TrailingBytes { offset: 28, .. })));
}

#[test]
fn a_wrong_magic_is_an_error_that_says_which_byte() {
    for (position, wrong) in [(0, 1), (1, 0xff), (2, 0x00), (2, 0x0a), (2, 0x0f), (3, 0)] {
        let mut bytes = two_images();
        bytes[position] = wrong;
        let error = Idx::parse("magic", &bytes).unwrap_err();
        assert!(matches!(error, Error::Magic { offset, .. } if offset == position as u64), "{error:?}");
    }
    let error = Idx::parse("image.png", b"\x89PNG\r\n\x1a\n").unwrap_err();
    assert_eq!(
        error.to_string(),
        "image.png: not an IDX file: it starts with [89, 50, 4e, 47], wrong at byte 0; \
         expected 00 00, one of 08 09 0b 0c 0d 0e, and the number of dimensions"
    );
}

#[test]
fn a_damaged_gzip_file_is_an_error_or_gives_the_same_numbers() {
    let expected = Idx::parse("x", &two_images()).unwrap();
    let whole = gzipped(&two_images());
    for position in 0..whole.len() {
        for bit in 0..8 {
            let mut damaged = whole.clone();
            damaged[position] ^= 1 << bit;
            if let Ok(idx) = Idx::parse("x", &damaged) {
                assert_eq!(idx, expected, "bit {bit} of byte {position}");
            }
        }
    }
}

#[test]
fn absurd_dimensions_take_no_memory() {
    let error = Idx::parse("huge", &idx_bytes(0x08, &[2, u32::MAX, u32::MAX, 9], &[])).unwrap_err();
    assert!(matches!(error, Error::TooLarge { offset: 12, .. }), "{error:?}");
    // 2^62 bytes can be addressed, but are not there.
    let error = Idx::parse("huge", &idx_bytes(0x0e, &[1 << 31, 1 << 28], &[1, 2, 3])).unwrap_err();
    assert!(
        matches!(error, Error::Truncated { offset: 15, expected, .. } if expected == 12 + (1 << 62)),
        "{error:?}"
    );
    let error = Idx::parse("huge", &gzipped(&idx_bytes(0x08, &[u32::MAX, 1 << 30], &[]))).unwrap_err();
    assert!(matches!(error, Error::Truncated { offset: 12, .. }), "{error:?}");
}

#[test]
fn bytes_are_not_taken_from_other_types() {
    let idx = Idx::parse("labels", &idx_bytes(0x0c, &[1], &[0, 0, 0, 1])).unwrap();
    let error = idx.bytes().unwrap_err();
    assert!(matches!(error, Error::ElementType { expected: ElementType::U8, found: ElementType::I32, .. }));
    assert_eq!(error.to_string(), "labels: elements of type i32 at byte 2, expected u8");
}

/// Writes files of images and labels and reads them as a data set of three classes.
fn read<I: Sample>(images: &[u8], labels: &[u8]) -> Result<Dataset<I>, Error> {
    let folder = tempfile::tempdir().unwrap();
    let (images_file, labels_file) = (folder.path().join("images"), folder.path().join("labels.gz"));
    fs::write(&images_file, images).unwrap();
    fs::write(&labels_file, labels).unwrap();
    Dataset::read_idx(&images_file, &labels_file, 3)
}

#[test]
fn pixels_are_scaled_and_labels_kept() {
    let dataset: Dataset<Image<1, 2, 3>> = read(&two_images(), &idx_bytes(8, &[2], &[2, 0])).unwrap();
    assert_eq!(dataset.images()[0], Image([[[0.0, 0.2, 0.4], [0.6, 0.8, 1.0]]]));
    assert_eq!(dataset.labels(), [2, 0]);
    let flat = idx_bytes(8, &[2, 6], &[255; 12]);
    let dataset: Dataset<Vector<6>> = read(&flat, &idx_bytes(8, &[2], &[0, 1])).unwrap();
    assert_eq!(dataset.images(), [Vector([1.0; 6]); 2]);
    let channels = idx_bytes(8, &[1, 3, 1, 2], &[255; 6]);
    assert!(read::<Image<3, 1, 2>>(&channels, &idx_bytes(8, &[1], &[0])).is_ok());
}

#[test]
fn files_that_do_not_belong_together_are_errors() {
    let labels = idx_bytes(8, &[2], &[2, 0]);
    let error = read::<Image<1, 3, 2>>(&two_images(), &labels).unwrap_err();
    assert!(error.to_string().ends_with("dimensions [2, 2, 3] at byte 4, expected (N, 3, 2)"), "{error}");
    let error = read::<Image<3, 2, 3>>(&two_images(), &labels).unwrap_err();
    assert!(error.to_string().ends_with("expected (N, 3, 2, 3)"), "{error}");
    let error = read::<Image<1, 2, 3>>(&two_images(), &idx_bytes(8, &[3], &[0; 3])).unwrap_err();
    assert!(matches!(error, Error::Count { images: 2, labels: 3, images_file: Some(_), .. }), "{error:?}");
    let error = read::<Image<1, 2, 3>>(&two_images(), &idx_bytes(8, &[2], &[2, 3])).unwrap_err();
    assert!(
        error.to_string().ends_with("label 3 at byte 9 is not below 3, the number of classes"),
        "{error}"
    );
    let error = read::<Image<1, 2, 3>>(&two_images(), &idx_bytes(8, &[2, 1], &[0; 2])).unwrap_err();
    assert!(error.to_string().ends_with("dimensions [2, 1] at byte 4, expected (N)"), "{error}");
    let error = Dataset::new(vec![Vector([0.0])], vec![]).unwrap_err();
    assert_eq!(error.to_string(), "1 images but 0 labels");
}

fn fashion_mnist_folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/data/fashion-mnist"))
}

#[test]
fn the_subset_is_balanced_and_read_right() {
    let (train, test) = fashion_mnist::load(fashion_mnist_folder()).unwrap();
    for (dataset, of_each) in [(&train, 1000), (&test, 200)] {
        assert_eq!(dataset.len(), 10 * of_each);
        let mut of_class = [0; 10];
        for &label in dataset.labels() {
            of_class[usize::from(label)] += 1;
        }
        assert_eq!(of_class, [of_each; 10]);
        let pixels = Image::as_numbers(dataset.images());
        assert!(pixels.iter().all(|pixel| (0.0..=1.0).contains(pixel)));
        assert!(pixels.contains(&0.0) && pixels.contains(&1.0));
    }
    // Read off the full files by Python, `contents[16:16 + 784]` and `labels[8:18]`.
    assert_eq!(train.labels()[..10], [9, 0, 7, 1, 9, 0, 4, 0, 1, 3]);
    assert_eq!(test.labels()[..10], [6, 9, 3, 9, 6, 4, 6, 8, 2, 2]);
    let byte_sum = |image: &Image<1, 28, 28>| {
        (image.0.as_flattened().as_flattened().iter().map(|&pixel| f64::from(pixel)).sum::<f64>() * 255.0)
            .round()
    };
    assert_eq!(
        [&train, &test].map(|dataset| byte_sum(&dataset.images()[0]).to_bits()),
        [81_631.0, 34_785.0].map(f64::to_bits)
    );
}

#[test]
fn a_missing_file_is_named() {
    let error = fashion_mnist::load("nowhere").unwrap_err();
    let message = error.to_string().replace('\\', "/");
    assert_eq!(
        message,
        "found neither nowhere/train-images-idx3-ubyte.gz nor nowhere/train-images-idx3-ubyte"
    );
    let error = Idx::read("nowhere/at-all").unwrap_err();
    assert!(matches!(error, Error::Read { offset: 0, .. }));
    assert!(std::error::Error::source(&error).is_some());
}

/// Item `n` is the number n with label n.
fn numbered(count: u8) -> Dataset<Vector<1>> {
    Dataset::new((0..count).map(|n| Vector([f32::from(n)])).collect(), (0..count).collect()).unwrap()
}

/// The labels of each batch of an epoch; images must go with them.
fn labels_of(mut epoch: cnn::data::Epoch<'_, '_, Vector<1>>) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    while let Some((images, labels)) = epoch.next_batch() {
        assert_eq!(images.len(), labels.len());
        assert!(images.iter().zip(labels).all(|(image, &label)| *image == Vector([f32::from(label)])));
        all.push(labels.to_vec());
    }
    all
}

#[test]
fn an_epoch_has_every_image_once() {
    let dataset = numbered(23);
    let mut batches = Batches::new(&dataset, 5).shuffled(1);
    assert_eq!(batches.count(), 5);
    for number in 0..4 {
        let epoch = labels_of(batches.epoch(number));
        assert_eq!(epoch.iter().map(Vec::len).collect::<Vec<_>>(), [5, 5, 5, 5, 3]);
        let mut labels = epoch.concat();
        assert!(!labels.is_sorted());
        labels.sort_unstable();
        assert_eq!(labels, dataset.labels());
    }
}

#[test]
fn the_order_follows_from_seed_and_epoch_alone() {
    let dataset = numbered(50);
    let order = |seed, epoch| labels_of(Batches::new(&dataset, 8).shuffled(seed).epoch(epoch));
    let mut batches = Batches::new(&dataset, 8).shuffled(3);
    let in_turn: Vec<_> = (0..5).map(|epoch| labels_of(batches.epoch(epoch))).collect();
    for (epoch, seen) in in_turn.iter().enumerate() {
        assert_eq!(seen, &order(3, epoch as u64), "a later run that starts at epoch {epoch}");
        assert_ne!(seen, &order(4, epoch as u64));
        assert!(in_turn[..epoch].iter().all(|earlier| earlier != seen));
    }
    assert_eq!(labels_of(Batches::new(&dataset, 8).epoch(9)).concat(), dataset.labels());
}

#[test]
fn batches_reuse_their_memory() {
    let dataset = numbered(20);
    let mut batches = Batches::new(&dataset, 6).shuffled(0);
    let mut places = Vec::new();
    for epoch in 0..3 {
        let mut epoch = batches.epoch(epoch);
        while let Some((images, labels)) = epoch.next_batch() {
            places.push((images.as_ptr(), labels.as_ptr()));
        }
    }
    places.dedup();
    assert_eq!(places.len(), 1);
}

#[test]
fn batches_of_any_size_are_possible() {
    let dataset = numbered(3);
    assert_eq!(labels_of(Batches::new(&dataset, 0).epoch(0)), [[0], [1], [2]]);
    assert_eq!(labels_of(Batches::new(&dataset, usize::MAX).epoch(0)), [[0, 1, 2]]);
    let empty = numbered(0);
    let mut batches = Batches::new(&empty, 4).shuffled(0);
    assert_eq!(batches.count(), 0);
    assert!(batches.epoch(0).next_batch().is_none());
}

#[test]
fn large_images_never_pass_the_stack() {
    // 12 MB an image, on a test's stack of 2 MB.
    let dataset = Dataset::new(Image::<3, 1024, 1024>::zeros(2), vec![0, 1]).unwrap();
    let mut batches = Batches::new(&dataset, 2).shuffled(0);
    let mut epoch = batches.epoch(0);
    assert_eq!(epoch.next_batch().map(|(images, _)| images.len()), Some(2));
    assert_eq!(dataset.clone().len(), 2);
}
