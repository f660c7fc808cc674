//! What can be wrong with a data set.

use super::idx::ElementType;
use super::transform;
use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// A file that does not hold what it should. Offsets count the bytes of the file, of its unpacked contents if it is gzipped.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The operating system or gzip's own checks stopped the reading.
    Read {
        /// The file.
        file: PathBuf,
        /// How many bytes were read before that.
        offset: u64,
        /// Why.
        source: io::Error,
    },
    /// The first four bytes are not those of an IDX file.
    Magic {
        /// The file.
        file: PathBuf,
        /// The first byte that is wrong.
        offset: u64,
        /// The four bytes.
        found: [u8; 4],
    },
    /// The elements are of another type than the use that is made of them needs.
    ElementType {
        /// The file.
        file: PathBuf,
        /// Where the type stands.
        offset: u64,
        /// What is needed.
        expected: ElementType,
        /// What the file says.
        found: ElementType,
    },
    /// The dimensions are not those that the use that is made of them needs.
    Shape {
        /// The file.
        file: PathBuf,
        /// Where the dimensions stand.
        offset: u64,
        /// What is needed, in words: `(N, 28, 28)`.
        expected: String,
        /// What the file says.
        found: Vec<usize>,
    },
    /// The product of the dimensions is more than a computer can address.
    TooLarge {
        /// The file.
        file: PathBuf,
        /// Where the dimension stands that made it too much.
        offset: u64,
        /// The dimensions.
        shape: Vec<usize>,
    },
    /// The file ends before all that it promises has come.
    Truncated {
        /// The file.
        file: PathBuf,
        /// Where it ends.
        offset: u64,
        /// Where its header says that it ends; where the header itself would end if that is cut.
        expected: u64,
    },
    /// The file goes on behind the last element.
    TrailingBytes {
        /// The file.
        file: PathBuf,
        /// Where it should end.
        offset: u64,
    },
    /// There are not as many labels as images.
    Count {
        /// The file of images, if they come from one.
        images_file: Option<PathBuf>,
        /// The file of labels, if they come from one.
        labels_file: Option<PathBuf>,
        /// How many images there are.
        images: usize,
        /// How many labels there are.
        labels: usize,
    },
    /// A label names a class that does not exist.
    Label {
        /// The file.
        file: PathBuf,
        /// Where the label stands.
        offset: u64,
        /// The label.
        found: u8,
        /// How many classes there are.
        classes: usize,
    },
    /// A folder holds a file neither gzipped nor plain.
    Missing {
        /// The gzipped file.
        gzipped: PathBuf,
        /// The plain file.
        plain: PathBuf,
    },
    /// A folder does not hold what it should.
    Empty {
        /// The folder.
        folder: PathBuf,
        /// What it should hold.
        expected: &'static str,
    },
    /// A source could not give an item: its file is no image, say.
    Item {
        /// The item, as the source calls it: its file, or its index.
        item: String,
        /// Why.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// An item could not be transformed into what the network takes.
    Transform {
        /// The item, as the source calls it.
        item: String,
        /// Why.
        source: transform::Error,
    },
    /// A loader's threads could not be started.
    Thread {
        /// Why.
        source: io::Error,
    },
}

impl Error {
    /// That an item could not be given, and why: what a [`Source`](super::Source) answers. `item` is its
    /// [`name`](super::Source::name).
    ///
    /// ```
    /// use cnn::data::Error;
    ///
    /// let error = Error::item("page 7", "the ink has faded");
    /// assert_eq!(error.to_string(), "page 7: the ink has faded");
    /// ```
    pub fn item(item: impl Into<String>, why: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Item { item: item.into(), source: why.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read { file, offset, source } => {
                write!(f, "{}: cannot read on at byte {offset}: {source}", file.display())
            }
            Self::Magic { file, offset, found } => write!(
                f,
                "{}: not an IDX file: it starts with {found:02x?}, wrong at byte {offset}; \
                 expected 00 00, one of 08 09 0b 0c 0d 0e, and the number of dimensions",
                file.display()
            ),
            Self::ElementType { file, offset, expected, found } => {
                write!(
                    f,
                    "{}: elements of type {found} at byte {offset}, expected {expected}",
                    file.display()
                )
            }
            Self::Shape { file, offset, expected, found } => {
                write!(f, "{}: dimensions {found:?} at byte {offset}, expected {expected}", file.display())
            }
            Self::TooLarge { file, offset, shape } => write!(
                f,
                "{}: the dimensions {shape:?} make more elements than can exist, at byte {offset}",
                file.display()
            ),
            Self::Truncated { file, offset, expected } => {
                write!(f, "{}: ends at byte {offset}, expected {expected} bytes", file.display())
            }
            Self::TrailingBytes { file, offset } => {
                write!(f, "{}: goes on at byte {offset}, where its header says that it ends", file.display())
            }
            Self::Count { images_file, labels_file, images, labels } => {
                write!(f, "{images} images")?;
                if let Some(file) = images_file {
                    write!(f, " in {}", file.display())?;
                }
                write!(f, " but {labels} labels")?;
                labels_file.as_ref().map_or(Ok(()), |file| write!(f, " in {}", file.display()))
            }
            Self::Label { file, offset, found, classes } => write!(
                f,
                "{}: label {found} at byte {offset} is not below {classes}, the number of classes",
                file.display()
            ),
            Self::Missing { gzipped, plain } => {
                write!(f, "found neither {} nor {}", gzipped.display(), plain.display())
            }
            Self::Empty { folder, expected } => {
                write!(f, "{}: the folder is empty, expected {expected}", folder.display())
            }
            Self::Item { item, source } => write!(f, "{item}: {source}"),
            Self::Transform { item, source } => write!(f, "{item}: {source}"),
            Self::Thread { source } => write!(f, "cannot start a thread to load data: {source}"),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Read { source, .. } | Self::Thread { source } => Some(source),
            Self::Item { source, .. } => Some(&**source),
            Self::Transform { source, .. } => Some(source),
            _ => None,
        }
    }
}
