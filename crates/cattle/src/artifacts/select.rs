//! Which files of a workspace are artifacts.

use std::{
    fs::File,
    io,
    os::fd::{AsFd, OwnedFd},
    path::Path,
};

use clawlets_model::{ArtifactName, limits};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use rustix::fs::{Dir, FileType, Mode, OFlags, ResolveFlags, fstat, openat2};

/// The deepest folder that is looked into: names have no more segments than this.
const MAX_DEPTH: usize = 8;
/// How many files and folders are looked at.
const MAX_VISITED: usize = 50_000;
/// How many files that were left behind are named.
const MAX_NAMED: usize = 20;

/// The artifacts of a workspace, opened.
#[derive(Debug, Default)]
pub struct Selection {
    /// Files to send, with their size in bytes, in the order of their names.
    pub files: Vec<(ArtifactName, File, u64)>,
    /// What matched and is left behind, and why, in words.
    pub skipped: Vec<String>,
}

/// Opens the regular files below a workspace that match a glob.
///
/// `*` does not match a slash, `**` does. Beyond 64 files or 64 MiB together, and where a name is not an artifact's or
/// the file is not a regular one, a file is skipped and named. So is a glob that makes no sense: the others count.
///
/// # Errors
/// When the workspace itself cannot be opened.
pub fn select(workspace: &Path, globs: &[String]) -> Result<Selection, io::Error> {
    let mut selection = Selection::default();
    if globs.is_empty() {
        return Ok(selection);
    }
    let globs = compile(globs, &mut selection.skipped)?;
    let root = rustix::fs::open(workspace, FOLDER, Mode::empty())?;
    let mut candidates = Vec::new();
    let walk_was_cut = walk(&root, "", &mut 0, &mut candidates)?;
    candidates.retain(|(name, _)| globs.is_match(name));
    candidates.sort_by(|(left, _), (right, _)| left.cmp(right));
    let mut skipped = 0;
    let mut total = 0;
    for (name, kind) in candidates {
        match pick(&root, &name, kind, selection.files.len(), &mut total) {
            Ok(file) => selection.files.push(file),
            Err(why) => {
                skipped += 1;
                if skipped <= MAX_NAMED {
                    let shown: String = name.chars().flat_map(char::escape_default).take(100).collect();
                    selection.skipped.push(format!("{shown}: {why}"));
                }
            }
        }
    }
    if skipped > MAX_NAMED {
        selection.skipped.push(format!("and {} more", skipped - MAX_NAMED));
    }
    if walk_was_cut {
        selection
            .skipped
            .push(format!("the workspace holds more than {MAX_VISITED} files: the rest was not looked at"));
    }
    Ok(selection)
}

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);
const BENEATH: ResolveFlags = ResolveFlags::BENEATH
    .union(ResolveFlags::NO_SYMLINKS)
    .union(ResolveFlags::NO_MAGICLINKS)
    .union(ResolveFlags::NO_XDEV);

fn compile(globs: &[String], skipped: &mut Vec<String>) -> Result<GlobSet, io::Error> {
    let mut set = GlobSetBuilder::new();
    for glob in globs {
        let glob = glob.strip_prefix("./").unwrap_or(glob);
        match GlobBuilder::new(glob).literal_separator(true).build() {
            Ok(glob) => {
                set.add(glob);
            }
            Err(error) => skipped.push(error.to_string()),
        }
    }
    set.build().map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))
}

/// Collects what lies below a folder. Says whether it stopped early.
fn walk(
    folder: impl AsFd,
    prefix: &str,
    visited: &mut usize,
    found: &mut Vec<(String, FileType)>,
) -> Result<bool, io::Error> {
    for entry in Dir::read_from(&folder)? {
        let entry = entry?;
        // Names that are not UTF-8 are no artifact names; the loss shows in the message.
        let name = entry.file_name().to_string_lossy();
        if name == "." || name == ".." {
            continue;
        }
        *visited += 1;
        if *visited > MAX_VISITED {
            return Ok(true);
        }
        let path = format!("{prefix}{name}");
        let kind = match entry.file_type() {
            FileType::Unknown => kind_of(&folder, entry.file_name()),
            known @ (FileType::RegularFile
            | FileType::Directory
            | FileType::Symlink
            | FileType::Fifo
            | FileType::Socket
            | FileType::CharacterDevice
            | FileType::BlockDevice) => known,
        };
        if kind == FileType::Directory {
            // A folder that cannot be entered hides nothing that could be sent.
            if path.split('/').count() < MAX_DEPTH
                && let Ok(inner) = openat2(&folder, entry.file_name(), FOLDER, Mode::empty(), BENEATH)
                && walk(&inner, &format!("{path}/"), visited, found)?
            {
                return Ok(true);
            }
        } else {
            found.push((path, kind));
        }
    }
    Ok(false)
}

fn kind_of(folder: impl AsFd, name: &std::ffi::CStr) -> FileType {
    let flags = rustix::fs::AtFlags::SYMLINK_NOFOLLOW;
    let stat = rustix::fs::statat(folder, name, flags);
    stat.map_or(FileType::Unknown, |stat| FileType::from_raw_mode(stat.st_mode))
}

fn pick(
    root: &OwnedFd,
    name: &str,
    kind: FileType,
    count: usize,
    total: &mut u64,
) -> Result<(ArtifactName, File, u64), &'static str> {
    let artifact =
        ArtifactName::parse(name).map_err(|_| "its name has other characters than letters, digits, . _ -")?;
    if kind != FileType::RegularFile {
        return Err("not a regular file");
    }
    if count >= limits::ARTIFACT_COUNT {
        return Err("more than 64 files");
    }
    // A file may have been replaced since it was listed: opening a pipe must not wait, and what is open is looked at again.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let fd = openat2(root, name, flags, Mode::empty(), BENEATH).map_err(|_| "cannot be opened")?;
    let stat = fstat(&fd).map_err(|_| "cannot be opened")?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err("not a regular file");
    }
    let size = u64::try_from(stat.st_size).map_err(|_| "cannot be opened")?;
    if size > limits::ARTIFACT_BYTES - *total {
        return Err("more than 64 MiB together");
    }
    *total += size;
    Ok((artifact, File::from(fd), size))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::symlink};

    fn names(selection: &Selection) -> Vec<&str> {
        selection.files.iter().map(|(name, _, _)| name.as_str()).collect()
    }

    fn globs(globs: &[&str]) -> Vec<String> {
        globs.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn globs_choose_regular_files() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path();
        fs::create_dir_all(dir.join("out/deep")).unwrap();
        for name in ["a.txt", "b.md", "out/c.txt", "out/deep/d.txt"] {
            fs::write(dir.join(name), name).unwrap();
        }
        for (glob, expected) in [
            ("*.txt", vec!["a.txt"]),
            ("./b.md", vec!["b.md"]),
            ("out/*", vec!["out/c.txt"]),
            ("**/*.txt", vec!["a.txt", "out/c.txt", "out/deep/d.txt"]),
            ("nothing", vec![]),
        ] {
            let selection = select(dir, &globs(&[glob])).unwrap();
            assert_eq!(names(&selection), expected, "{glob}");
            assert!(selection.skipped.is_empty());
        }
    }

    #[test]
    fn a_glob_that_makes_no_sense_is_named_and_the_others_count() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("a.txt"), "a").unwrap();
        let selection = select(home.path(), &globs(&["a[b", "*.txt"])).unwrap();
        assert_eq!(names(&selection), ["a.txt"]);
        assert!(
            selection.skipped.len() == 1 && selection.skipped[0].contains("'a[b'"),
            "{:?}",
            selection.skipped
        );
    }

    #[test]
    fn links_and_odd_names_are_named_and_left_behind() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("workspace");
        fs::create_dir(&dir).unwrap();
        fs::write(home.path().join("outside"), "secret").unwrap();
        symlink(home.path().join("outside"), dir.join("file-link")).unwrap();
        symlink(home.path(), dir.join("folder-link")).unwrap();
        symlink("good", dir.join("inner-link")).unwrap();
        fs::write(dir.join("good"), "x").unwrap();
        fs::write(dir.join("a b"), "x").unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, dir.join("pipe"), Mode::RUSR).unwrap();
        let selection = select(&dir, &globs(&["**"])).unwrap();
        assert_eq!(names(&selection), ["good"]);
        let skipped = selection.skipped.join("\n");
        for name in ["a b: its name", "file-link: not", "folder-link: not", "inner-link: not", "pipe: not"] {
            assert!(skipped.contains(name), "{name} in {skipped}");
        }
    }

    #[test]
    fn too_many_and_too_much_is_left_behind() {
        let home = tempfile::tempdir().unwrap();
        for n in 0..70 {
            fs::write(home.path().join(format!("{n:03}")), "x").unwrap();
        }
        let selection = select(home.path(), &globs(&["*"])).unwrap();
        assert_eq!((selection.files.len(), selection.skipped.len()), (64, 6));

        for name in ["0-big", "1-big"] {
            File::create(home.path().join(name)).unwrap().set_len(40 << 20).unwrap();
        }
        let selection = select(home.path(), &globs(&["*-big"])).unwrap();
        assert_eq!((names(&selection), selection.skipped.len()), (vec!["0-big"], 1));
    }
}
