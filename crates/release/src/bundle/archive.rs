//! The archive: POSIX ustar, read block by block.

use std::collections::BTreeMap;

use clawlets_model::SecretName;

use super::{BundleFault, frame};

const BLOCK: usize = 512;

/// What a bundle holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bundle {
    files: BTreeMap<SecretName, Vec<u8>>,
}

/// One file of a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BundleFile<'a> {
    /// The secret that it holds; the file is called the same with `.yaml`.
    pub secret: &'a SecretName,
    /// Its bytes: a SOPS file.
    pub bytes: &'a [u8],
}

impl Bundle {
    /// How many files a bundle may hold.
    pub const LARGEST: usize = 256;

    /// Reads a bundle of at most 1 MiB, which unpacks to at most 4 MiB.
    ///
    /// # Errors
    /// [`BundleFault`] when it is too large, damaged, or holds anything but regular files with plain names.
    pub fn parse(bytes: &[u8]) -> Result<Self, BundleFault> {
        Self::of_archive(&frame::unpack(bytes)?)
    }

    /// The files, by name.
    pub fn files(&self) -> impl ExactSizeIterator<Item = BundleFile<'_>> {
        self.files.iter().map(|(secret, bytes)| BundleFile { secret, bytes })
    }

    fn of_archive(archive: &[u8]) -> Result<Self, BundleFault> {
        let mut files = BTreeMap::new();
        let mut rest = archive;
        loop {
            let header: &[u8; BLOCK] = take(&mut rest).ok_or(BundleFault::Archive("it has no end"))?;
            if header.iter().all(|byte| *byte == 0) {
                break;
            }
            if files.len() == Self::LARGEST {
                return Err(BundleFault::TooMany { limit: Self::LARGEST });
            }
            let (secret, size) = read_header(header)?;
            let padded = size.next_multiple_of(BLOCK);
            if rest.len() < padded {
                return Err(BundleFault::Archive("a file is cut off"));
            }
            let (file, behind) = rest.split_at(padded);
            rest = behind;
            let name = secret.to_string();
            if files.insert(secret, file[..size].to_vec()).is_some() {
                return Err(BundleFault::Twice { name });
            }
        }
        if rest.iter().any(|byte| *byte != 0) {
            return Err(BundleFault::Archive("there is something behind its end"));
        }
        Ok(Self { files })
    }
}

fn take<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8; BLOCK]> {
    let (block, behind) = rest.split_first_chunk::<BLOCK>()?;
    *rest = behind;
    Some(block)
}

/// The name and size of a regular file.
fn read_header(header: &[u8; BLOCK]) -> Result<(SecretName, usize), BundleFault> {
    let damaged = BundleFault::Archive;
    let field = |from: usize, to: usize| &header[from..to];
    let sum = octal(field(148, 156)).ok_or(damaged("a header has no checksum"))?;
    let spaces = 8 * u64::from(b' ');
    let found = header.iter().map(|byte| u64::from(*byte)).sum::<u64>() + spaces
        - field(148, 156).iter().map(|byte| u64::from(*byte)).sum::<u64>();
    if sum != found {
        return Err(damaged("a header's checksum does not fit"));
    }
    if field(257, 265) != b"ustar\x0000" {
        return Err(damaged("it is not of the form ustar"));
    }
    let shown = text(field(0, 100));
    if let Some(kind) = foreign_kind(header[156]) {
        return Err(BundleFault::Kind { name: shown, kind });
    }
    let has_prefix = field(345, 500).iter().any(|byte| *byte != 0);
    let name = (!has_prefix).then(|| secret_name(field(0, 100))).flatten();
    let name = name.ok_or(BundleFault::Name { name: shown })?;
    let size = octal(field(124, 136)).and_then(|size| usize::try_from(size).ok());
    let size = size.filter(|size| *size <= frame::LARGEST_ARCHIVE).ok_or(damaged("a file has no size"))?;
    Ok((name, size))
}

/// A name ends at its first NUL, and nothing but NUL stands behind that.
fn secret_name(field: &[u8]) -> Option<SecretName> {
    let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
    let (name, padding) = field.split_at(end);
    let name = std::str::from_utf8(name).ok()?.strip_suffix(".yaml")?;
    let is_padded = padding.iter().all(|byte| *byte == 0);
    SecretName::parse(name).ok().filter(|_| is_padded)
}

fn text(field: &[u8]) -> String {
    let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
    String::from_utf8_lossy(&field[..end]).chars().take(80).collect()
}

/// Digits, then a space or NUL.
fn octal(field: &[u8]) -> Option<u64> {
    let end = field.iter().position(|byte| matches!(byte, 0 | b' ')).unwrap_or(field.len());
    let (digits, padding) = field.split_at(end);
    if digits.is_empty() || !padding.iter().all(|byte| matches!(byte, 0 | b' ')) {
        return None;
    }
    digits.iter().try_fold(0u64, |number, digit| match digit {
        b'0'..=b'7' => number.checked_mul(8)?.checked_add(u64::from(digit - b'0')),
        _ => None,
    })
}

/// What an entry is, unless it is a regular file.
const fn foreign_kind(flag: u8) -> Option<&'static str> {
    match flag {
        b'0' | 0 => None,
        b'1' => Some("a hard link"),
        b'2' => Some("a symbolic link"),
        b'3' | b'4' => Some("a device"),
        b'5' => Some("a folder"),
        b'6' => Some("a pipe"),
        b'x' | b'g' | b'L' | b'K' => Some("an extended header"),
        _ => Some("of an unknown kind"),
    }
}
