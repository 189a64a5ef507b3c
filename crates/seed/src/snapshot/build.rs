//! Packing.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use tar::{EntryType, Header};

use super::{SnapshotError, part::is_content};
use crate::repos::RepoName;

/// How hard it is compressed. Packs of git hardly get smaller.
const LEVEL: i32 = 3;

/// What was packed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Packed {
    /// How many repositories.
    pub repositories: usize,
    /// How many files.
    pub files: u64,
    /// How large they are together, in bytes.
    pub bytes: u64,
}

/// Packs repositories of a folder. The same repositories give the same bytes, whoever packs them, when and in which order
/// they are named.
///
/// # Errors
/// [`SnapshotError`] when one is no repository of its own, or something cannot be read or written.
pub fn build(root: &Path, names: &[RepoName], out: impl Write) -> Result<Packed, SnapshotError> {
    let io = |source| SnapshotError::Io { tried: "write", path: PathBuf::from("the snapshot"), source };
    let mut names: Vec<&RepoName> = names.iter().collect();
    names.sort_unstable();
    names.dedup();
    let encoder = zstd::Encoder::new(out, LEVEL).map_err(io)?;
    let mut archive = tar::Builder::new(encoder);
    let mut packed = Packed::default();
    for name in names {
        let folder = root.join(name.as_str()).join(".git");
        let unfit = |why| SnapshotError::Unfit { name: name.clone(), why };
        if !folder.symlink_metadata().is_ok_and(|found| found.is_dir()) {
            return Err(unfit("it is no repository, or one that is kept elsewhere"));
        }
        if folder.join("objects/info/alternates").exists() {
            return Err(unfit("it borrows from another repository"));
        }
        let mut paths = Vec::new();
        collect(&folder, Path::new(""), &mut paths)?;
        paths.sort_unstable();
        for path in paths {
            let from = folder.join(&path);
            let bytes = add(&mut archive, &from, &Path::new(name.as_str()).join(".git").join(&path))?;
            packed.files += 1;
            packed.bytes += bytes;
        }
        packed.repositories += 1;
    }
    let encoder = archive.into_inner().map_err(io)?;
    encoder.finish().and_then(|mut out| out.flush()).map_err(io)?;
    Ok(packed)
}

/// The files of a repository that are packed.
fn collect(folder: &Path, below: &Path, found: &mut Vec<PathBuf>) -> Result<(), SnapshotError> {
    let here = folder.join(below);
    let failed = |source| SnapshotError::Io { tried: "read", path: here.clone(), source };
    for entry in fs::read_dir(&here).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = below.join(entry.file_name());
        let kind = entry.file_type().map_err(failed)?;
        if kind.is_dir()
            && (below != Path::new("") || ["objects", "refs"].iter().any(|name| path == Path::new(name)))
        {
            collect(folder, &path, found)?;
        } else if kind.is_file() && is_content(&path) && !is_passing(&path) {
            found.push(path);
        }
    }
    Ok(())
}

/// Whether a file is there only while git works.
fn is_passing(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.ends_with(".lock") || name.starts_with("tmp_")
}

fn add(
    archive: &mut tar::Builder<zstd::Encoder<'_, impl Write>>,
    from: &Path,
    to: &Path,
) -> Result<u64, SnapshotError> {
    let failed = |source: io::Error| SnapshotError::Io { tried: "pack", path: from.to_owned(), source };
    let file = File::open(from).map_err(failed)?;
    let size = file.metadata().map_err(failed)?.len();
    let mut header = Header::new_gnu();
    header.set_entry_type(EntryType::Regular);
    header.set_size(size);
    header.set_mode(0o644);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    archive.append_data(&mut header, to, file).map_err(failed)?;
    Ok(size)
}
