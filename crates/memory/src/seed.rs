//! How a fresh memory begins.

use std::{
    fs,
    path::{Path, PathBuf},
};

use nix::unistd::Gid;
use rustix::{
    fs::{FileType, Mode, fchmod, fchown, fstat},
    io::Errno,
};
use serde::{Deserialize, Serialize};

use crate::{
    Expect, Limits, Memory, MemoryError, MemoryPath, Owner, Verb,
    journal::{LOG, OWN},
    people::group_id,
    tree::{Absent, Folder, OpenFile},
};

/// The folders of every memory.
const FOLDERS: [&str; 3] = ["daily", "discord", "github"];
const FOLDER_MODE: u32 = 0o2770;
/// In the log's folder everybody makes a file of their own, and nobody removes another one's.
const LOG_MODE: u32 = 0o3770;
const PROTECTED_FILE: u32 = 0o640;
const PROTECTED_FOLDER: u32 = 0o2750;

/// Something that was done, or found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SeedStep {
    /// A file was written.
    Wrote(MemoryPath),
    /// A file was there already, and was left as it is.
    Kept(MemoryPath),
    /// Something in the seed is none of the memory's files: its name, or what it is.
    Skipped(String),
    /// A folder or protected file got the group and the rights that it must have.
    Mended(String),
    /// A protected file was written by somebody who may not. It is left for a human to look at.
    Foreign {
        /// The file.
        path: MemoryPath,
        /// Who could have written it.
        writer: Owner,
    },
}

/// What a memory begins with.
#[derive(Debug, Clone)]
pub struct Beginning {
    /// The folder of files that a fresh memory holds; nothing is copied if it does not exist.
    pub seed: PathBuf,
    /// The group that shares the memory; it is left alone if this is empty.
    pub group: String,
}

impl Memory {
    /// Brings a memory into the form that it must have: its folders, their rights and group, and the files of the seed
    /// that are not there yet. What anybody wrote is never touched. Doing it again does nothing.
    ///
    /// # Errors
    /// What the file system says; [`MemoryError::Io`] also when the group does not exist.
    pub fn begin(&self, beginning: &Beginning) -> Result<Vec<SeedStep>, MemoryError> {
        let mut steps = Vec::new();
        let group = group(&beginning.group)?;
        let root = self.root.again()?;
        mend(&root, "", FOLDER_MODE, group, &mut steps)?;
        for name in FOLDERS {
            let path = MemoryPath::parse(name)?;
            let folder = self.root.at(&path, Absent::IsMade)?;
            let folder = folder.ok_or_else(|| MemoryError::Missing(path.clone()))?;
            mend(&folder, name, FOLDER_MODE, group, &mut steps)?;
        }
        if let Some(log) = self.log_folder(Absent::IsMade)? {
            mend(&log, &format!("{OWN}/{LOG}"), LOG_MODE, group, &mut steps)?;
        }
        let mut files = Vec::new();
        collect(&beginning.seed, None, &mut files, &mut steps)?;
        for (path, source) in files {
            self.plant(path, &source, &mut steps)?;
        }
        for path in self.session.policy.protected.clone() {
            self.guard(&path, group, &mut steps)?;
        }
        Ok(steps)
    }

    /// Writes a file of the seed where there is nothing.
    fn plant(&self, path: MemoryPath, source: &Path, steps: &mut Vec<SeedStep>) -> Result<(), MemoryError> {
        let folder = self.root.of_file(&path, Absent::Stays)?;
        if folder.is_some_and(|folder| folder.stat(path.name()).is_ok_and(|stat| stat.is_some())) {
            steps.push(SeedStep::Kept(path));
            return Ok(());
        }
        let content = fs::read(source).map_err(|error| MemoryError::io("read", source, &error))?;
        match self.put(&path, &content, Expect::Nothing, Verb::Seed) {
            Ok(_) => steps.push(SeedStep::Wrote(path)),
            // Somebody was faster.
            Err(MemoryError::Changed { .. }) => steps.push(SeedStep::Kept(path)),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Gives a protected file or folder the rights by which the file system keeps others from writing to it.
    fn guard(
        &self,
        path: &MemoryPath,
        group: Option<Gid>,
        steps: &mut Vec<SeedStep>,
    ) -> Result<(), MemoryError> {
        let Some(parent) = self.root.of_file(path, Absent::Stays)? else { return Ok(()) };
        let Some(stat) = parent.stat(path.name())? else { return Ok(()) };
        let owner = Owner::of(&stat);
        let is_folder = FileType::from_raw_mode(stat.st_mode) == FileType::Directory;
        let is_own = owner.uid == 0 || owner.uid == self.session.caller.uid();
        if is_folder {
            let Some(folder) = self.root.at(path, Absent::Stays)? else { return Ok(()) };
            return match is_own {
                true => mend(&folder, path.as_str(), PROTECTED_FOLDER, group, steps),
                false => {
                    steps.push(SeedStep::Foreign { path: path.clone(), writer: owner });
                    Ok(())
                }
            };
        }
        let Some(file) = OpenFile::open(&parent, path)? else { return Ok(()) };
        if let Some(writer) = self.foreign_writer(path, &file) {
            steps.push(SeedStep::Foreign { path: path.clone(), writer });
        } else if file.stat().st_mode & 0o7777 != PROTECTED_FILE && is_own {
            let failed = |errno| MemoryError::kernel("given its rights", parent.place(path.name()), errno);
            file.set_mode(PROTECTED_FILE).map_err(failed)?;
            steps.push(SeedStep::Mended(path.to_string()));
        }
        Ok(())
    }
}

fn group(name: &str) -> Result<Option<Gid>, MemoryError> {
    if name.is_empty() {
        return Ok(None);
    }
    match group_id(name) {
        Some(group) => Ok(Some(group)),
        None => Err(MemoryError::kernel("found as a group", name, Errno::NOENT)),
    }
}

/// Gives a folder its group and rights, where it has others.
fn mend(
    folder: &Folder,
    name: &str,
    mode: u32,
    group: Option<Gid>,
    steps: &mut Vec<SeedStep>,
) -> Result<(), MemoryError> {
    let failed = |errno| MemoryError::kernel("given its rights", folder.place(name), errno);
    let stat = fstat(folder).map_err(failed)?;
    let has_group = group.is_none_or(|group| group.as_raw() == stat.st_gid);
    if has_group && stat.st_mode & 0o7777 == mode {
        return Ok(());
    }
    if let Some(group) = group.filter(|_| !has_group) {
        fchown(folder, None, Some(rustix::fs::Gid::from_raw(group.as_raw()))).map_err(failed)?;
    }
    fchmod(folder, Mode::from_raw_mode(mode)).map_err(failed)?;
    steps.push(SeedStep::Mended(if name.is_empty() { ".".to_owned() } else { name.to_owned() }));
    Ok(())
}

/// The files of a folder that the host's owner keeps, with the paths that they get.
fn collect(
    folder: &Path,
    at: Option<&MemoryPath>,
    files: &mut Vec<(MemoryPath, PathBuf)>,
    steps: &mut Vec<SeedStep>,
) -> Result<(), MemoryError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && at.is_none() => return Ok(()),
        Err(error) => return Err(MemoryError::io("listed", folder, &error)),
    };
    let mut sources: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    sources.sort_unstable();
    for source in sources {
        let name = source.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let path = at.map_or_else(|| MemoryPath::parse(name), |at| at.join(name));
        let found = fs::metadata(&source).ok();
        match (path, found) {
            (Ok(path), Some(found)) if found.is_dir() => collect(&source, Some(&path), files, steps)?,
            (Ok(path), Some(found)) if found.is_file() && found.len() <= Limits::FILE => {
                files.push((path, source));
            }
            (Ok(_) | Err(_), _) => steps.push(SeedStep::Skipped(source.display().to_string())),
        }
    }
    Ok(())
}
