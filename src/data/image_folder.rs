//! A folder of images by class, as torchvision's `ImageFolder` reads it.

use super::{Error, Picture, Source};
use image::ImageReader;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// How the names of images end, in small or capital letters.
const EXTENSIONS: [&str; 3] = ["jpg", "jpeg", "png"];

/// Images in folders that are called after their classes: `root/cat/1.jpg`, `root/dog/more/2.png`.
///
/// Classes are numbered in the order of their names, and images come in the order of class, folder and name, as in
/// torchvision. An image is decoded each time it is asked for, always to three channels; a
/// [`grayscale`](super::Transform::grayscale) gets one from them. Needs the feature `image`.
///
/// PNG files give torchvision's bytes. JPEG decoders differ in how they round, so bytes of theirs may differ by a few.
///
/// ```
/// use cnn::data::{ImageFolder, Loader, Transform};
/// use cnn::prelude::*;
/// # let root = tempfile::tempdir()?;
/// # for class in ["dog", "cat"] {
/// #     std::fs::create_dir(root.path().join(class))?;
/// #     image::RgbImage::new(40, 30).save(root.path().join(class).join("1.png")).map_err(std::io::Error::other)?;
/// # }
///
/// let folder = ImageFolder::open(root.path())?;
/// assert_eq!(folder.classes(), ["cat", "dog"]);
/// let transform = Transform::new().random_resized_crop(24, 24, 0.08..=1.0, 0.75..=4.0 / 3.0);
/// let loader = Loader::<Image<3, 24, 24>>::new(folder, transform, 32).shuffled(42);
/// let mut epoch = loader.epoch(0);
/// while let Some((images, labels)) = epoch.next_batch()? {
///     println!("{} images, the first shows class {}", images.len(), labels[0]);
/// }
/// # Ok::<(), cnn::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ImageFolder {
    classes: Vec<String>,
    /// Each with the number of its class.
    images: Vec<(PathBuf, usize)>,
}

impl ImageFolder {
    /// Lists the images below `root`; links are followed, and what is no image by its name is passed over.
    ///
    /// # Errors
    /// If a folder cannot be read, there is no class, or a class has no image.
    pub fn open(root: impl AsRef<Path>) -> Result<Self, Error> {
        let root = root.as_ref();
        let mut folders = list(root, 1)?;
        folders.retain(|entry| entry.file_type().is_dir());
        folders.sort_by(|a, b| a.file_name().cmp(b.file_name()));
        if folders.is_empty() {
            return Err(Error::Empty { folder: root.to_owned(), expected: "a folder for each class" });
        }
        let mut images = Vec::new();
        for (class, folder) in folders.iter().enumerate() {
            let before = images.len();
            images.extend(images_below(folder.path())?.into_iter().map(|file| (file, class)));
            if images.len() == before {
                let expected = "images that end in .jpg, .jpeg or .png";
                return Err(Error::Empty { folder: folder.path().to_owned(), expected });
            }
        }
        let classes =
            folders.iter().map(|folder| folder.file_name().to_string_lossy().into_owned()).collect();
        Ok(Self { classes, images })
    }

    /// What the classes are called, by their numbers.
    #[must_use]
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// The file of an item.
    ///
    /// # Panics
    /// If there is no such item.
    #[must_use]
    pub fn file(&self, index: usize) -> &Path {
        &self.images[index].0
    }
}

/// What is in a folder, down to a depth.
fn list(folder: &Path, depth: usize) -> Result<Vec<DirEntry>, Error> {
    let entries = WalkDir::new(folder).min_depth(1).max_depth(depth).follow_links(true);
    entries.into_iter().collect::<Result<_, _>>().map_err(|error| {
        let file = error.path().unwrap_or(folder).to_owned();
        Error::Read { file, offset: 0, source: error.into() }
    })
}

/// The images of a class in the order of folder and name.
fn images_below(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let is_image = |entry: &DirEntry| {
        let extension = entry.path().extension().and_then(OsStr::to_str);
        let known = |extension: &str| EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known));
        entry.file_type().is_file() && extension.is_some_and(known)
    };
    let entries = list(folder, usize::MAX)?;
    let mut images: Vec<_> = entries.into_iter().filter(is_image).map(DirEntry::into_path).collect();
    // By the characters of the folders' paths, as Python compares them; paths compare part by part.
    let key = |path: &PathBuf| {
        [path.parent().map(Path::as_os_str), path.file_name()].map(|part| part.map(OsStr::to_owned))
    };
    images.sort_by_cached_key(key);
    Ok(images)
}

impl Source for ImageFolder {
    fn len(&self) -> usize {
        self.images.len()
    }

    fn get(&self, index: usize) -> Result<(Picture, usize), Error> {
        let (file, class) = &self.images[index];
        let cannot_read = |source| Error::Read { file: file.clone(), offset: 0, source };
        // The contents tell what it is, not the name: there are many PNG files called .jpg.
        let reader =
            ImageReader::open(file).and_then(ImageReader::with_guessed_format).map_err(cannot_read)?;
        let decoded = reader.decode().map_err(|source| Error::item(self.name(index), source))?.into_rgb8();
        let (height, width) = (decoded.height() as usize, decoded.width() as usize);
        let picture = Picture::from_pixels(3, height, width, decoded.as_raw())
            .map_err(|error| Error::item(self.name(index), error))?;
        Ok((picture, *class))
    }

    fn name(&self, index: usize) -> String {
        self.file(index).display().to_string()
    }
}
