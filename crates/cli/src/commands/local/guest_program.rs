//! The static program that becomes the guests' PID 1.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use clawlets_printer::{Fault, FaultCode};
use clawlets_verbs::environment::CLAWLETS_GUEST;

use super::config::this_program;

/// The names that it has beside this program, the first that exists counts.
const BESIDE: [&str; 2] = ["guest/clawlets-cattle", "clawlets-cattle"];
/// How much of the file is looked at: the header and the program headers of any sane executable.
const LOOK: u64 = 64 * 1024;
/// The program header that asks for a loader, which a guest does not have.
const PT_INTERP: u32 = 3;

/// Finds the guest program.
///
/// # Errors
/// A fault when there is none, or it is not a static executable.
pub(super) fn find() -> Result<PathBuf, Fault> {
    let path = match std::env::var_os(CLAWLETS_GUEST.name).filter(|path| !path.is_empty()) {
        Some(path) => PathBuf::from(path),
        None => beside(&this_program()?)?,
    };
    match is_static_elf(&path) {
        Ok(true) => Ok(path),
        Ok(false) => Err(Fault::new(
            FaultCode::LocalImage,
            format!("{} is not a static executable, so it cannot run in a guest", path.display()),
        )
        .hint("'make guest' builds it; CLAWLETS_GUEST names it")),
        Err(error) => {
            Err(Fault::new(FaultCode::Io, format!("failed to read {}", path.display())).because(&error))
        }
    }
}

fn beside(program: &Path) -> Result<PathBuf, Fault> {
    let folder = program.parent().unwrap_or(Path::new("/"));
    let found = BESIDE.iter().map(|name| folder.join(name)).find(|path| path.is_file());
    found.ok_or_else(|| {
        let message = format!("the guest program clawlets-cattle is not beside {}", program.display());
        Fault::new(FaultCode::LocalMissingTool, message)
            .hint("'make guest' builds it; CLAWLETS_GUEST names it")
    })
}

/// Whether a file is a 64-bit ELF executable that asks for no loader.
fn is_static_elf(path: &Path) -> io::Result<bool> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LOOK).read_to_end(&mut bytes)?;
    Ok(asks_for_a_loader(&bytes) == Some(false))
}

/// Looks through the program headers; none when this is no little-endian 64-bit ELF file.
fn asks_for_a_loader(bytes: &[u8]) -> Option<bool> {
    if !bytes.starts_with(b"\x7fELF\x02\x01") {
        return None;
    }
    let number = |at: usize, length: usize| {
        let mut whole = [0; 8];
        whole[..length].copy_from_slice(bytes.get(at..at.checked_add(length)?)?);
        usize::try_from(u64::from_le_bytes(whole)).ok()
    };
    let (table, size, count) = (number(32, 8)?, number(54, 2)?, number(56, 2)?);
    for at in 0..count {
        let kind = number(table.checked_add(at.checked_mul(size)?)?, 4)?;
        if kind == PT_INTERP as usize {
            return Some(true);
        }
    }
    Some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An ELF header with one program header of this type behind it.
    fn elf(kind: u32) -> Vec<u8> {
        let mut bytes = vec![0; 64 + 56];
        bytes[..6].copy_from_slice(b"\x7fELF\x02\x01");
        bytes[32] = 64;
        bytes[54] = 56;
        bytes[56] = 1;
        bytes[64..68].copy_from_slice(&kind.to_le_bytes());
        bytes
    }

    #[test]
    fn only_an_executable_without_a_loader_is_static() {
        assert_eq!(asks_for_a_loader(&elf(1)), Some(false));
        assert_eq!(asks_for_a_loader(&elf(PT_INTERP)), Some(true));
        assert_eq!(asks_for_a_loader(b"#!/bin/sh\n"), None);
    }

    #[test]
    fn a_header_that_lies_is_no_executable() {
        let mut cut = elf(1);
        cut.truncate(66);
        let mut far = elf(1);
        far[32..40].copy_from_slice(&u64::MAX.to_le_bytes());
        for bytes in [cut, far, b"\x7fELF\x02\x01".to_vec()] {
            assert_eq!(asks_for_a_loader(&bytes), None);
        }
    }

    #[test]
    fn the_running_test_asks_for_a_loader() {
        let test = std::env::current_exe().unwrap();
        assert!(!is_static_elf(&test).unwrap());
    }
}
