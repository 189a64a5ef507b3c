//! Reading the file.

use std::{
    fs::{File, Metadata},
    io::{self, Read},
    path::Path,
};

use clawlets_printer::{Fault, FaultCode};
use rustix::{
    fs::{Mode, OFlags, open},
    io::Errno,
};

/// The largest configuration that is read, in bytes: some hundred thousand hosts.
pub(crate) const LARGEST: u64 = 256 * 1024 * 1024;

/// The file as it was found.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) text: String,
    pub(super) metadata: Metadata,
}

/// Reads a regular file with text, as [`read_bytes`] does.
///
/// # Errors
/// A fault that names the file.
pub(super) fn read(path: &Path) -> Result<Found, Fault> {
    let (bytes, metadata) = read_bytes(path)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let error = io::Error::new(io::ErrorKind::InvalidData, error.utf8_error());
        Fault::new(FaultCode::Io, format!("failed to read {}", path.display())).because(&error)
    })?;
    Ok(Found { text, metadata })
}

/// Reads a regular file. A symbolic link is refused: what is written in its place would replace the link, and not what it
/// leads to.
///
/// # Errors
/// A fault that names the file.
pub(crate) fn read_bytes(path: &Path) -> Result<(Vec<u8>, Metadata), Fault> {
    let failed = |error: &io::Error| {
        Fault::new(FaultCode::Io, format!("failed to read {}", path.display())).because(error)
    };
    // Without O_NONBLOCK a pipe in its place would keep us waiting.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file = match open(path, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(Errno::LOOP) => return Err(not_a_file(path, "a symbolic link")),
        Err(error) => return Err(failed(&error.into())),
    };
    let metadata = file.metadata().map_err(|error| failed(&error))?;
    if !metadata.is_file() {
        return Err(not_a_file(path, "no regular file"));
    }
    let mut bytes = Vec::new();
    (&file).take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| failed(&error))?;
    if bytes.len() as u64 > LARGEST {
        return Err(too_large(path));
    }
    Ok((bytes, metadata))
}

/// What is said of a file that holds more than [`LARGEST`].
pub(crate) fn too_large(path: &Path) -> Fault {
    not_a_file(path, "larger than 256 MiB")
}

fn not_a_file(path: &Path, what: &str) -> Fault {
    Fault::new(FaultCode::FleetNotAFile, format!("{} is {what}", path.display()))
        .hint("put the file itself in its place")
}
