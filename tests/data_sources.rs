//! Where images come from: files as they should be, and what is wrong with others.

use cnn::data::cifar10::{self, Cifar10};
use cnn::data::{Dataset, Error, Source};
use cnn::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The bytes of CIFAR-10 images: the first has label `first`, and red, green and blue of its own; and so on.
fn records(labels: &[u8]) -> Vec<u8> {
    let record = |&label: &u8| {
        let plane = move |channel| (0..200_u8).cycle().take(1024).map(move |pixel| pixel + channel + label);
        let planes = (0..3_u8).flat_map(plane);
        [label].into_iter().chain(planes)
    };
    labels.iter().flat_map(record).collect()
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let file = folder.join(name);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, bytes).unwrap();
    file
}

#[test]
fn cifar10_is_read_in_the_order_of_its_files() {
    let folder = tempfile::tempdir().unwrap();
    for number in 1..=5 {
        write(folder.path(), &format!("data_batch_{number}.bin"), &records(&[number, number + 1]));
    }
    write(folder.path(), "test_batch.bin", &records(&[9]));
    let (train, test) = cifar10::load(folder.path()).unwrap();
    assert_eq!((train.len(), test.len()), (10, 1));
    let labels: Vec<_> = (0..10).map(|index| train.get(index).unwrap().1).collect();
    assert_eq!(labels, [1, 2, 2, 3, 3, 4, 4, 5, 5, 6]);
    let (picture, label) = test.get(0).unwrap();
    assert_eq!((picture.shape(), label), ([3, 32, 32], 9));
    for (channel, of_plane) in [9.0, 10.0, 11.0].into_iter().enumerate() {
        assert_eq!(picture.plane(channel)[..2], [of_plane / 255.0, (of_plane + 1.0) / 255.0]);
        // The last of 1024 is number 1023 - 5·200.
        assert_eq!(picture.plane(channel)[1023..], [(of_plane + 23.0) / 255.0]);
    }
    assert!(train.name(3).ends_with("data_batch_2.bin, image 1"), "{}", train.name(3));
}

#[test]
fn a_damaged_cifar10_file_is_an_error_that_says_where() {
    let folder = tempfile::tempdir().unwrap();
    let whole = records(&[0, 9]);
    for (cut, expected) in [(0, 3073), (1, 3073), (3072, 3073), (3074, 6146), (6145, 6146)] {
        let file = write(folder.path(), "cut.bin", &whole[..cut]);
        let error = Cifar10::read([&file]).unwrap_err();
        assert!(
            matches!(&error, Error::Truncated { file: found, offset, expected: whole }
                if *found == file && *offset == cut as u64 && *whole == expected),
            "{error:?}"
        );
    }
    let good = write(folder.path(), "good.bin", &whole);
    let wrong = write(folder.path(), "wrong.bin", &records(&[3, 10]));
    let error = Cifar10::read([good, wrong.clone()]).unwrap_err();
    assert!(
        matches!(&error, Error::Label { file, offset: 3073, found: 10, .. } if *file == wrong),
        "{error:?}"
    );
    let message = error.to_string();
    assert!(
        message.ends_with("wrong.bin: label 10 at byte 3073 is not below 10, the number of classes"),
        "{message}"
    );
    let error = cifar10::load(folder.path()).unwrap_err();
    assert!(matches!(&error, Error::Read { file, .. } if file.ends_with("data_batch_1.bin")), "{error:?}");
}

#[test]
fn a_data_set_and_what_is_shared_are_sources() {
    let images = vec![Image([[[0.0, 0.25]]]), Image([[[0.5, 0.75]]])];
    let shared: Arc<dyn Source> = Arc::new(Dataset::new(images, vec![4, 7]).unwrap());
    assert_eq!((Source::len(&shared), Source::name(&shared, 1).as_str()), (2, "item 1"));
    let (picture, label) = Source::get(&shared, 1).unwrap();
    assert_eq!((picture.shape(), picture.numbers(), label), ([1, 1, 2], &[0.5, 0.75][..], 7));
    // A network has no images of two channels, but a data set may.
    let two_channels = Dataset::new(Image::<2, 1, 1>::zeros(1), vec![0]).unwrap();
    assert!(matches!(two_channels.get(0), Err(Error::Item { item, .. }) if item == "item 0"));
}

#[cfg(feature = "image")]
mod image_folder {
    use super::*;
    use cnn::data::ImageFolder;
    use image::{DynamicImage, GrayImage, ImageFormat, Luma, Rgb, RgbImage, Rgba, RgbaImage};
    use std::io::Cursor;

    fn encoded(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image.into().write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn png(rgb: [u8; 3]) -> Vec<u8> {
        encoded(RgbImage::from_pixel(2, 1, Rgb(rgb)), ImageFormat::Png)
    }

    #[test]
    fn classes_and_images_come_in_the_order_of_their_names() {
        let root = tempfile::tempdir().unwrap();
        let names = [
            "b/2.PNG",
            "b/1.jpeg",
            "b/notes.txt",
            "b/sub/0.png",
            "b/sub.x/0.png",
            "b/sub/deep/0.png",
            "B/x.png",
            "a b/y.jpg",
            "not_a_class.png",
        ];
        for name in names {
            write(root.path(), name, &png([1, 2, 3]));
        }
        let folder = ImageFolder::open(root.path()).unwrap();
        assert_eq!(folder.classes(), ["B", "a b", "b"]);
        let found: Vec<_> = (0..folder.len())
            .map(|index| {
                let file = folder.file(index).strip_prefix(root.path()).unwrap();
                (file.to_str().unwrap().replace('\\', "/"), folder.get(index).unwrap().1)
            })
            .collect();
        // What torchvision 0.29.2 has in ImageFolder(root).samples for the same files.
        let expected = [
            ("B/x.png", 0),
            ("a b/y.jpg", 1),
            ("b/1.jpeg", 2),
            ("b/2.PNG", 2),
            ("b/sub/0.png", 2),
            ("b/sub.x/0.png", 2),
            ("b/sub/deep/0.png", 2),
        ];
        assert_eq!(found, expected.map(|(file, class)| (file.to_owned(), class)));
    }

    #[test]
    fn every_kind_of_png_becomes_three_channels() {
        let root = tempfile::tempdir().unwrap();
        let kinds = [
            encoded(GrayImage::from_pixel(3, 2, Luma([51])), ImageFormat::Png),
            encoded(RgbImage::from_fn(3, 2, |x, y| Rgb([51 * x as u8, 51 * y as u8, 255])), ImageFormat::Png),
            // What is transparent is dropped, as Pillow's convert("RGB") does.
            encoded(RgbaImage::from_pixel(3, 2, Rgba([102, 51, 0, 9])), ImageFormat::Png),
            encoded(
                DynamicImage::ImageLuma16(image::ImageBuffer::from_pixel(3, 2, Luma([0x3333]))),
                ImageFormat::Png,
            ),
        ];
        for (number, bytes) in kinds.iter().enumerate() {
            write(root.path(), &format!("class/{number}.png"), bytes);
        }
        let folder = ImageFolder::open(root.path()).unwrap();
        let pictures: Vec<_> = (0..4).map(|index| folder.get(index).unwrap().0).collect();
        assert!(pictures.iter().all(|picture| picture.shape() == [3, 2, 3]));
        assert_eq!(pictures[0].numbers(), [0.2; 18]);
        assert_eq!(pictures[1].plane(0), [0.0, 0.2, 0.4, 0.0, 0.2, 0.4]);
        assert_eq!(pictures[1].plane(1), [0.0, 0.0, 0.0, 0.2, 0.2, 0.2]);
        assert_eq!(pictures[1].plane(2), [1.0; 6]);
        assert_eq!(pictures[2].numbers(), [[0.4; 6], [0.2; 6], [0.0; 6]].concat());
        assert_eq!(pictures[3].numbers(), [0.2; 18]);
    }

    #[test]
    fn a_jpeg_is_near_what_it_was_made_of_whatever_its_name() {
        let root = tempfile::tempdir().unwrap();
        let bytes = encoded(RgbImage::from_pixel(16, 8, Rgb([200, 100, 50])), ImageFormat::Jpeg);
        write(root.path(), "class/jpeg.png", &bytes);
        let (picture, _) = ImageFolder::open(root.path()).unwrap().get(0).unwrap();
        assert_eq!(picture.shape(), [3, 8, 16]);
        for (channel, expected) in [200.0, 100.0, 50.0].into_iter().enumerate() {
            assert!(picture.plane(channel).iter().all(|number| (number * 255.0 - expected).abs() < 4.0));
        }
    }

    #[test]
    fn what_cannot_be_decoded_is_named() {
        let root = tempfile::tempdir().unwrap();
        let bytes = png([1, 2, 3]);
        let file = write(root.path(), "class/cut.png", &bytes[..bytes.len() / 2]);
        let text = write(root.path(), "class/text.jpg", b"no image at all");
        let folder = ImageFolder::open(root.path()).unwrap();
        for (index, file) in [file, text].iter().enumerate() {
            let error = folder.get(index).unwrap_err();
            assert!(matches!(error, Error::Item { .. }), "{error:?}");
            assert!(error.to_string().starts_with(&format!("{}: ", file.display())), "{error}");
            assert!(std::error::Error::source(&error).is_some());
            fs::remove_file(file).unwrap();
            assert!(matches!(folder.get(index), Err(Error::Read { file: found, .. }) if found == *file));
        }
    }

    #[test]
    fn a_folder_without_classes_or_images_is_an_error() {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), "1.png", &png([1, 2, 3]));
        let error = ImageFolder::open(root.path()).unwrap_err();
        assert!(
            error.to_string().ends_with("the folder is empty, expected a folder for each class"),
            "{error}"
        );
        let class = root.path().join("cat");
        fs::create_dir(&class).unwrap();
        let error = ImageFolder::open(root.path()).unwrap_err();
        assert!(matches!(&error, Error::Empty { folder, .. } if *folder == class), "{error:?}");
        let error = ImageFolder::open(root.path().join("nowhere")).unwrap_err();
        assert!(matches!(&error, Error::Read { file, .. } if file.ends_with("nowhere")), "{error:?}");
    }
}
