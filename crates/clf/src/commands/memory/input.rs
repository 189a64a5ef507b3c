//! What is to be written. It is all here before anything of the memory is touched, so that nobody waits for its source.

use std::{
    ffi::OsStr,
    io::{self, Read},
    os::unix::ffi::OsStrExt,
};

use clawlets_memory::Limits;
use clawlets_printer::{Fault, FaultCode};

/// The text of the command line, or, without one or with `-`, standard input, byte for byte.
pub(super) fn content(text: Option<&OsStr>) -> Result<Vec<u8>, Fault> {
    match text {
        Some(text) if text != "-" => Ok(text.as_bytes().to_vec()),
        Some(_) | None => standard_input(),
    }
}

pub(super) fn standard_input() -> Result<Vec<u8>, Fault> {
    let mut content = Vec::new();
    let read = io::stdin().lock().take(Limits::FILE + 1).read_to_end(&mut content);
    read.map_err(|error| Fault::new(FaultCode::Io, "failed to read standard input").because(&error))?;
    if content.len() as u64 > Limits::FILE {
        let message = format!("standard input has more than {} bytes", Limits::FILE);
        return Err(Fault::new(FaultCode::MemoryTooLarge, message));
    }
    Ok(content)
}
