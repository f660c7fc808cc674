//! Files that are whole or not there at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Puts a file in its place in one go: writes a new one beside it, and moves it there once the disk has it.
pub(crate) fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    // Through a symbolic link, so that the link stays one.
    let file = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let folder = match file.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let mut new = temporary(&folder)?;
    new.write_all(bytes)?;
    new.as_file().sync_all()?;
    new.persist(&file).map_err(|error| error.error)?;
    // A power cut before this reaches the disk leaves the old file, and that is whole too: no reason to fail.
    let _ = File::open(&folder).and_then(|folder| folder.sync_all());
    Ok(())
}

/// A file with the permissions of any new file, which goes away unless it is moved to its place.
fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.prefix(".").suffix(".tmp").tempfile_in(folder)
}
