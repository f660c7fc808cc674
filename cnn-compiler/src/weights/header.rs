//! The header of a safetensors file: eight bytes for its length, then JSON. The numbers behind it are not read.

use super::Stored;
use crate::diagnostics::Message;
use safetensors::tensor::Metadata;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// The longest header that safetensors allows, in bytes.
const LONGEST: u64 = 100_000_000;

/// Why a file has no header that can be read.
#[derive(Debug)]
pub(super) enum Error {
    /// The operating system cannot read it.
    Io(io::Error),
    /// It is something else than a file.
    NoFile,
    /// It is no whole safetensors file.
    Damaged { bytes: u64, why: String },
}

impl Error {
    /// What is wrong with the file that a program calls `file`, found at `tried`.
    pub(super) fn message(&self, file: &str, tried: &Path) -> Message {
        match self {
            Self::Io(error) => Message::new(format_args!("`{}` cannot be read: {error}", tried.display()))
                .help("a path starts at the folder of the package, where its Cargo.toml is"),
            Self::NoFile => Message::new(format_args!("`{file}` is no file")),
            Self::Damaged { bytes, why } => {
                Message::new(format_args!("`{file}` is not a whole safetensors file ({bytes} bytes): {why}"))
                    .help("in PyTorch, `safetensors.torch.save_file(model.state_dict(), path)` writes one")
            }
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// What a file holds, and how many bytes it has.
pub(super) fn read(file: &Path) -> Result<(Stored, u64), Error> {
    let metadata = fs::metadata(file)?;
    if !metadata.is_file() {
        return Err(Error::NoFile);
    }
    let bytes = metadata.len();
    Ok((parse(&mut File::open(file)?, bytes)?, bytes))
}

/// What a file of `bytes` bytes holds. Takes no more memory than a few times its header, however wrong that is.
pub(super) fn parse(file: &mut impl Read, bytes: u64) -> Result<Stored, Error> {
    let damaged = |why: &dyn fmt::Display| Error::Damaged { bytes, why: why.to_string() };
    let Some(rest) = bytes.checked_sub(8) else { return Err(damaged(&"it has no length of a header")) };
    let mut len = [0; 8];
    file.read_exact(&mut len)?;
    let len = u64::from_le_bytes(len);
    if len > rest.min(LONGEST) {
        return Err(damaged(&format_args!("its header is said to have {len} bytes")));
    }
    let mut header = vec![0; len as usize];
    file.read_exact(&mut header)?;
    // This looks at shapes, types and offsets too: without gaps, as long as the shapes say, and without overflow.
    let header: Metadata = serde_json::from_slice(&header).map_err(|error| damaged(&error))?;
    if header.data_len() as u64 != rest - len {
        return Err(damaged(&format_args!(
            "its tensors have {} bytes, and {} are there",
            header.data_len(),
            rest - len
        )));
    }
    Ok(header.tensors().into_iter().map(|(key, info)| (key, info.clone())).collect())
}
