//! Entries that hold no file, but what the next one is called.

use std::{
    ffi::OsStr,
    io::{self, Read},
    os::unix::ffi::OsStrExt,
    path::PathBuf,
};

use tar::{Entry, PaxExtensions};

/// The most that such an entry holds, in bytes. Whoever reads archives otherwise holds all of it in memory, and a few
/// bytes of a snapshot unpack to as much as somebody likes.
const MOST: u64 = 64 << 10;

/// What an entry is about.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum About {
    /// Itself.
    Itself,
    /// The next one, whose path this is.
    Next(PathBuf),
    /// The next one, or all of them, but nothing that counts here.
    Nothing,
}

/// Why such an entry is not taken.
#[derive(Debug)]
pub(super) enum Unusable {
    Damaged(io::Error),
    Refused(&'static str),
}

/// Reads an entry, if it is about the next one.
pub(super) fn read(entry: &mut Entry<'_, impl Read>) -> Result<About, Unusable> {
    let kind = entry.header().entry_type();
    if kind.is_gnu_longname() {
        let name = content(entry)?;
        let name = name.strip_suffix(&[0]).unwrap_or(&name);
        Ok(About::Next(OsStr::from_bytes(name).into()))
    } else if kind.is_pax_local_extensions() {
        of_extensions(&content(entry)?)
    } else if kind.is_gnu_longlink() || kind.is_pax_global_extensions() {
        // Where a link leads, and the words of whoever packed it.
        Ok(About::Nothing)
    } else {
        Ok(About::Itself)
    }
}

fn content(entry: &mut Entry<'_, impl Read>) -> Result<Vec<u8>, Unusable> {
    if entry.size() > MOST {
        return Err(Unusable::Refused("has a name that is too long"));
    }
    let mut content = Vec::new();
    entry.read_to_end(&mut content).map_err(Unusable::Damaged)?;
    Ok(content)
}

fn of_extensions(content: &[u8]) -> Result<About, Unusable> {
    let mut about = About::Nothing;
    for extension in PaxExtensions::new(content) {
        let extension = extension.map_err(Unusable::Damaged)?;
        match extension.key_bytes() {
            b"path" => about = About::Next(OsStr::from_bytes(extension.value_bytes()).into()),
            // The header would say something else, and two readers would see two archives.
            b"size" => return Err(Unusable::Refused("says twice how large a file is")),
            _ => {}
        }
    }
    Ok(about)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_path_is_taken_and_a_second_size_is_not() {
        let named = of_extensions(b"15 path=a/b.md\n14 mtime=1.50\n").unwrap();
        assert_eq!(named, About::Next("a/b.md".into()));
        assert_eq!(of_extensions(b"14 mtime=1.50\n").unwrap(), About::Nothing);
        assert!(matches!(of_extensions(b"10 size=5\n"), Err(Unusable::Refused(_))));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(content in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = of_extensions(&content);
        }
    }
}
