//! The IDX format of MNIST and its successors: an array of numbers with its type and its shape.
//!
//! ```text
//! byte 0  00 00        always zero
//!      2  type         08 u8, 09 i8, 0b i16, 0c i32, 0d f32, 0e f64
//!      3  D            how many dimensions there are
//!      4  D × u32      the dimensions
//!  4+4·D  elements     the last dimension varies fastest
//! ```
//!
//! All numbers are big-endian. A file may be gzipped; its first bytes tell.

use super::Error;
use flate2::read::MultiGzDecoder;
use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

/// What a gzipped file starts with.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Where the type of the elements stands.
const TYPE_OFFSET: u64 = 2;

/// Where the dimensions start.
const SHAPE_OFFSET: u64 = 4;

/// The most bytes that a vector can hold.
const LARGEST: u64 = isize::MAX as u64;

/// The type of an IDX file's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ElementType {
    /// Type `08`.
    U8,
    /// Type `09`.
    I8,
    /// Type `0b`.
    I16,
    /// Type `0c`.
    I32,
    /// Type `0d`.
    F32,
    /// Type `0e`.
    F64,
}

impl ElementType {
    fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            0x08 => Self::U8,
            0x09 => Self::I8,
            0x0b => Self::I16,
            0x0c => Self::I32,
            0x0d => Self::F32,
            0x0e => Self::F64,
            _ => return None,
        })
    }

    /// How many bytes an element takes.
    fn bytes(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::I16 => 2,
            Self::I32 | Self::F32 => 4,
            Self::F64 => 8,
        }
    }
}

impl fmt::Display for ElementType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::U8 => "u8",
            Self::I8 => "i8",
            Self::I16 => "i16",
            Self::I32 => "i32",
            Self::F32 => "f32",
            Self::F64 => "f64",
        })
    }
}

/// The elements of an IDX file, the last dimension varying fastest.
#[derive(Clone, Debug, PartialEq)]
pub enum Elements {
    /// Bytes, as pixels and labels are.
    U8(Vec<u8>),
    /// Signed bytes.
    I8(Vec<i8>),
    /// Integers of 16 bits.
    I16(Vec<i16>),
    /// Integers of 32 bits.
    I32(Vec<i32>),
    /// Floats of 32 bits.
    F32(Vec<f32>),
    /// Floats of 64 bits.
    F64(Vec<f64>),
}

impl Elements {
    fn decode(kind: ElementType, bytes: Vec<u8>) -> Self {
        match kind {
            ElementType::U8 => Self::U8(bytes),
            ElementType::I8 => Self::I8(big_endian(&bytes, i8::from_be_bytes)),
            ElementType::I16 => Self::I16(big_endian(&bytes, i16::from_be_bytes)),
            ElementType::I32 => Self::I32(big_endian(&bytes, i32::from_be_bytes)),
            ElementType::F32 => Self::F32(big_endian(&bytes, f32::from_be_bytes)),
            ElementType::F64 => Self::F64(big_endian(&bytes, f64::from_be_bytes)),
        }
    }

    /// Their type.
    #[must_use]
    pub fn element_type(&self) -> ElementType {
        match self {
            Self::U8(_) => ElementType::U8,
            Self::I8(_) => ElementType::I8,
            Self::I16(_) => ElementType::I16,
            Self::I32(_) => ElementType::I32,
            Self::F32(_) => ElementType::F32,
            Self::F64(_) => ElementType::F64,
        }
    }
}

fn big_endian<T, const BYTES: usize>(bytes: &[u8], decode: fn([u8; BYTES]) -> T) -> Vec<T> {
    bytes.as_chunks::<BYTES>().0.iter().map(|&chunk| decode(chunk)).collect()
}

/// What an IDX file holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Idx {
    file: PathBuf,
    shape: Vec<usize>,
    elements: Elements,
}

impl Idx {
    /// Reads a file, gzipped or not.
    ///
    /// Memory grows with what the file holds, not with what its header promises.
    ///
    /// # Errors
    /// If the file cannot be read, is not an IDX file, or is shorter or longer than its header says. The error names
    /// the file and the byte.
    pub fn read(file: impl AsRef<Path>) -> Result<Self, Error> {
        let file = file.as_ref();
        let opened =
            File::open(file).map_err(|source| Error::Read { file: file.to_owned(), offset: 0, source })?;
        Reader::new(file, BufReader::new(opened))?.idx()
    }

    /// Reads what a file holds, gzipped or not; `name` stands for the file in errors.
    ///
    /// ```
    /// use cnn::data::idx::{Elements, Idx};
    ///
    /// let bytes = [0, 0, 0x0b, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0x01, 0x00, 0xff, 0xff];
    /// let idx = Idx::parse("two numbers", &bytes)?;
    /// assert_eq!(idx.shape(), [1, 2]);
    /// assert_eq!(idx.elements(), &Elements::I16(vec![256, -1]));
    /// # Ok::<(), cnn::data::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn parse(name: impl AsRef<Path>, bytes: &[u8]) -> Result<Self, Error> {
        Reader::new(name.as_ref(), Cursor::new(bytes))?.idx()
    }

    /// The file that it was read from.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The dimensions, at least one.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The elements.
    #[must_use]
    pub fn elements(&self) -> &Elements {
        &self.elements
    }

    /// The elements, if they are bytes.
    ///
    /// # Errors
    /// If they are of another type.
    pub fn bytes(&self) -> Result<&[u8], Error> {
        match &self.elements {
            Elements::U8(bytes) => Ok(bytes),
            other => Err(Error::ElementType {
                file: self.file.clone(),
                offset: TYPE_OFFSET,
                expected: ElementType::U8,
                found: other.element_type(),
            }),
        }
    }

    /// Where in the file the element at `index` stands.
    pub(super) fn offset_of(&self, index: usize) -> u64 {
        let element_bytes = self.elements.element_type().bytes();
        SHAPE_OFFSET + 4 * self.shape.len() as u64 + (index * element_bytes) as u64
    }

    /// The complaint that the dimensions are not `expected`.
    pub(super) fn wrong_shape(&self, expected: String) -> Error {
        let found = self.shape.clone();
        Error::Shape { file: self.file.clone(), offset: SHAPE_OFFSET, expected, found }
    }
}

/// Reads the contents, unpacked on the way if need be, and counts their bytes.
struct Reader<'f> {
    file: &'f Path,
    contents: Box<dyn Read + 'f>,
    offset: u64,
}

impl<'f> Reader<'f> {
    fn new(file: &'f Path, mut raw: impl Read + 'f) -> Result<Self, Error> {
        let mut start = Vec::new();
        raw.by_ref().take(GZIP.len() as u64).read_to_end(&mut start).map_err(|source| Error::Read {
            file: file.to_owned(),
            offset: 0,
            source,
        })?;
        let gzipped = start == GZIP;
        let whole = Cursor::new(start).chain(raw);
        let contents: Box<dyn Read> =
            if gzipped { Box::new(MultiGzDecoder::new(whole)) } else { Box::new(whole) };
        Ok(Self { file, contents, offset: 0 })
    }

    fn idx(mut self) -> Result<Idx, Error> {
        let magic = self.array::<4>()?;
        let [zero, also_zero, code, dimensions] = magic;
        let kind = ElementType::from_code(code);
        let wrong = [zero != 0, also_zero != 0, kind.is_none(), dimensions == 0];
        let (Some(kind), None) = (kind, wrong.iter().position(|&wrong| wrong)) else {
            let offset = wrong.iter().take_while(|&&wrong| !wrong).count() as u64;
            return Err(Error::Magic { file: self.file.to_owned(), offset, found: magic });
        };
        let mut shape = Vec::with_capacity(dimensions.into());
        for _ in 0..dimensions {
            shape.push(u32::from_be_bytes(self.array()?) as usize);
        }
        let bytes = self.exactly(self.elements_bytes(&shape, kind)?)?;
        self.expect_end()?;
        Ok(Idx { file: self.file.to_owned(), shape, elements: Elements::decode(kind, bytes) })
    }

    /// How many bytes the elements take.
    fn elements_bytes(&self, shape: &[usize], kind: ElementType) -> Result<u64, Error> {
        let mut bytes = kind.bytes() as u64;
        for (axis, &dimension) in shape.iter().enumerate() {
            bytes = match bytes.checked_mul(dimension as u64) {
                Some(product) if product <= LARGEST => product,
                _ => {
                    let offset = SHAPE_OFFSET + 4 * axis as u64;
                    return Err(Error::TooLarge {
                        file: self.file.to_owned(),
                        offset,
                        shape: shape.to_vec(),
                    });
                }
            };
        }
        Ok(bytes)
    }

    fn array<const BYTES: usize>(&mut self) -> Result<[u8; BYTES], Error> {
        let bytes = self.exactly(BYTES as u64)?;
        let Ok(array) = bytes.try_into() else { unreachable!("`exactly` gives that many bytes") };
        Ok(array)
    }

    /// The next `count` bytes, into memory that grows as they come.
    fn exactly(&mut self, count: u64) -> Result<Vec<u8>, Error> {
        let expected = self.offset + count;
        let mut bytes = Vec::new();
        let result = self.contents.by_ref().take(count).read_to_end(&mut bytes);
        self.offset += bytes.len() as u64;
        match result {
            Err(source) if source.kind() != io::ErrorKind::UnexpectedEof => Err(self.cannot_read(source)),
            _ if self.offset == expected => Ok(bytes),
            _ => Err(Error::Truncated { file: self.file.to_owned(), offset: self.offset, expected }),
        }
    }

    /// Makes sure that nothing follows; this is also where gzip compares its checksum.
    fn expect_end(&mut self) -> Result<(), Error> {
        let mut byte = Vec::new();
        let read = self.contents.by_ref().take(1).read_to_end(&mut byte);
        match read {
            Ok(0) => Ok(()),
            Ok(_) => Err(Error::TrailingBytes { file: self.file.to_owned(), offset: self.offset }),
            Err(source) => Err(self.cannot_read(source)),
        }
    }

    fn cannot_read(&self, source: io::Error) -> Error {
        Error::Read { file: self.file.to_owned(), offset: self.offset, source }
    }
}
