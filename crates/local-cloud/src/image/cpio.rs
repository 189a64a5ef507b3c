//! Archives in the format that the kernel reads its initial file system from (`newc`), the same bytes for the same
//! entries: owned by root, without times, numbered in order.

/// One entry; the path has no leading slash.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub(super) path: String,
    pub(super) content: Content,
}

/// What an entry is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Content {
    /// A folder with its permission bits.
    Folder(u32),
    /// A file with its permission bits.
    File(u32, Vec<u8>),
    /// A symbolic link and where it leads.
    Link(String),
    /// A character device with its permission bits, major and minor number.
    Device(u32, u32, u32),
}

const FOLDER: u32 = 0o040_000;
const FILE: u32 = 0o100_000;
const LINK: u32 = 0o120_000;
const DEVICE: u32 = 0o020_000;
const TRAILER: &str = "TRAILER!!!";

/// The archive of entries, in the order of their paths, so that folders come before what is in them.
pub(super) fn archive(mut entries: Vec<Entry>) -> Vec<u8> {
    entries.sort();
    let mut bytes = Vec::new();
    for (number, entry) in entries.iter().enumerate() {
        let (mode, links, device, data): (u32, u32, (u32, u32), &[u8]) = match &entry.content {
            Content::Folder(mode) => (FOLDER | mode, 2, (0, 0), &[]),
            Content::File(mode, data) => (FILE | mode, 1, (0, 0), data),
            Content::Link(target) => (LINK | 0o777, 1, (0, 0), target.as_bytes()),
            Content::Device(mode, major, minor) => (DEVICE | mode, 1, (*major, *minor), &[]),
        };
        append(&mut bytes, number + 1, mode, links, device, &entry.path, data);
    }
    append(&mut bytes, 0, 0, 1, (0, 0), TRAILER, &[]);
    bytes
}

fn append(
    bytes: &mut Vec<u8>,
    inode: usize,
    mode: u32,
    links: u32,
    (major, minor): (u32, u32),
    path: &str,
    data: &[u8],
) {
    let size = data.len();
    let name_length = path.len() + 1;
    // Magic; inode, mode, user, group, links, time, size, device of the file system, device, length of the name, sum.
    let header = format!(
        "070701{inode:08X}{mode:08X}{0:08X}{0:08X}{links:08X}{0:08X}{size:08X}{0:08X}{0:08X}{major:08X}{minor:08X}\
         {name_length:08X}{0:08X}",
        0
    );
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend_from_slice(path.as_bytes());
    bytes.push(0);
    pad(bytes);
    bytes.extend_from_slice(data);
    pad(bytes);
}

/// Headers and data begin at multiples of four.
fn pad(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.len().next_multiple_of(4), 0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        io::Write,
        os::unix::fs::PermissionsExt,
        process::{Command, Stdio},
    };

    fn entries() -> Vec<Entry> {
        let entry = |path: &str, content| Entry { path: path.to_owned(), content };
        vec![
            entry("bin/tool", Content::File(0o755, b"#!/bin/sh\n".to_vec())),
            entry("bin", Content::Folder(0o755)),
            entry("bin/link", Content::Link("tool".to_owned())),
            entry("odd", Content::File(0o600, b"12345".to_vec())),
        ]
    }

    #[test]
    fn the_order_of_the_entries_does_not_matter() {
        let mut reversed = entries();
        reversed.reverse();
        assert_eq!(archive(entries()), archive(reversed));
    }

    #[test]
    fn another_program_can_unpack_it() {
        let dir = tempfile::tempdir().unwrap();
        let mut unpack = Command::new("busybox");
        unpack.args(["cpio", "-id"]).current_dir(dir.path()).stdin(Stdio::piped());
        let mut unpack = unpack.stderr(Stdio::null()).spawn().unwrap();
        unpack.stdin.take().unwrap().write_all(&archive(entries())).unwrap();
        assert!(unpack.wait().unwrap().success());
        assert_eq!(std::fs::read(dir.path().join("bin/link")).unwrap(), b"#!/bin/sh\n");
        assert_eq!(std::fs::read(dir.path().join("odd")).unwrap(), b"12345");
        let mode = std::fs::metadata(dir.path().join("bin/tool")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o755);
    }
}
