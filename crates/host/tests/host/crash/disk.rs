//! What of a program's writing is on the disk when the power goes: what it said with `fsync`, and of all else any part.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use super::trace::Call;

/// What a name leads to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Content {
    Nothing,
    File(String),
    Link(String),
    Folder,
}

/// A change of a folder that is not known to be on the disk.
#[derive(Debug, Clone)]
enum Pending {
    Made { path: PathBuf },
    Renamed { from: PathBuf, to: PathBuf, before: Content },
    Removed { path: PathBuf, before: Content },
}

/// A folder, as the calls of a program leave it.
#[derive(Debug, Clone)]
pub(super) struct Disk {
    folder: PathBuf,
    /// The folder as it was before.
    kept: PathBuf,
    changed: BTreeMap<PathBuf, Content>,
    pending: Vec<Pending>,
    /// Files whose bytes are not known to be on the disk.
    dirty: BTreeSet<PathBuf>,
    programs: usize,
}

impl Disk {
    /// A folder of which a copy from before is kept.
    pub(super) fn new(folder: &Path, kept: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            kept: kept.to_owned(),
            changed: BTreeMap::new(),
            pending: Vec::new(),
            dirty: BTreeSet::new(),
            programs: 0,
        }
    }

    /// After one more call.
    pub(super) fn hears(&mut self, call: &Call) {
        if call.starts_program {
            self.programs += 1;
        }
        if !call.is_done || !call.is_of(&self.folder) {
            return;
        }
        let path = call.path();
        match call.name.as_str() {
            "openat" if self.content(&path) == Content::Nothing => {
                self.made(path, Content::File(String::new()));
            }
            "mkdir" | "mkdirat" => self.made(path, Content::Folder),
            "symlink" | "symlinkat" => self.made(path, Content::Link(call.arguments[0].clone())),
            "write" => {
                let path = PathBuf::from(&call.arguments[0]);
                if let Content::File(text) =
                    self.changed.entry(path.clone()).or_insert(Content::File(String::new()))
                {
                    text.push_str(&call.arguments[1]);
                }
                self.dirty.insert(path);
            }
            "fsync" => {
                self.dirty.remove(&path);
                self.pending.retain(|pending| pending.folder() != Some(&path));
            }
            "rename" | "renameat" | "renameat2" => self.renamed(PathBuf::from(&call.arguments[0]), path),
            "unlink" | "unlinkat" | "rmdir" => {
                let before = self.content(&path);
                self.changed.insert(path.clone(), Content::Nothing);
                self.dirty.remove(&path);
                self.pending.push(Pending::Removed { path, before });
            }
            _ => {}
        }
    }

    fn made(&mut self, path: PathBuf, content: Content) {
        self.changed.insert(path.clone(), content);
        self.pending.push(Pending::Made { path });
    }

    fn renamed(&mut self, from: PathBuf, to: PathBuf) {
        let (content, before) = (self.content(&from), self.content(&to));
        let below: Vec<_> = self.changed.keys().filter(|path| path.starts_with(&from)).cloned().collect();
        for path in below {
            let moved = self.changed.remove(&path).unwrap_or(Content::Nothing);
            let rest = path.strip_prefix(&from).unwrap();
            self.changed.insert(if rest.as_os_str().is_empty() { to.clone() } else { to.join(rest) }, moved);
        }
        self.changed.insert(to.clone(), content);
        self.changed.insert(from.clone(), Content::Nothing);
        if self.dirty.remove(&from) {
            self.dirty.insert(to.clone());
        }
        self.pending.push(Pending::Renamed { from, to, before });
    }

    fn content(&self, path: &Path) -> Content {
        self.changed.get(path).cloned().unwrap_or_else(|| {
            let path = self.kept.join(path.strip_prefix(&self.folder).unwrap());
            match fs::symlink_metadata(&path) {
                Err(_) => Content::Nothing,
                Ok(found) if found.is_symlink() => {
                    Content::Link(fs::read_link(path).unwrap().display().to_string())
                }
                Ok(found) if found.is_dir() => Content::Folder,
                Ok(_) => Content::File(fs::read_to_string(path).unwrap_or_default()),
            }
        })
    }

    /// The text of a file of the folder; empty when it is not there.
    pub(super) fn text(&self, name: &str) -> String {
        match self.content(&self.folder.join(name)) {
            Content::File(text) => text,
            Content::Nothing | Content::Link(_) | Content::Folder => String::new(),
        }
    }

    /// What somebody would miss that the power could take. A lock that is gone is made again, and what was removed and is
    /// there again is removed again.
    pub(super) fn may_lose(&self) -> Vec<PathBuf> {
        let is_missed = |path: &&PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name != "lock" && !name.starts_with(".new-")
        };
        let made = self.pending.iter().filter_map(|pending| match pending {
            Pending::Made { path } => Some(path),
            Pending::Renamed { to, .. } => Some(to),
            Pending::Removed { .. } => None,
        });
        made.chain(&self.dirty).filter(is_missed).cloned().collect()
    }

    /// Whether the power could take something back.
    pub(super) fn is_at_risk(&self) -> bool {
        !self.pending.is_empty() || !self.dirty.is_empty()
    }

    /// What tells this moment from others: which programs were started, and what was written. When that was does not count,
    /// nor do the names of files that nobody reads yet, nor what is only read by people or can be fetched again.
    pub(super) fn gist(&self) -> Gist {
        let is_aside = |part: &str| ["status.json", "mirrors", "mirrors.json", "manifests"].contains(&part);
        let of = |path: &Path, content: &Content| {
            let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
            if *content == Content::Nothing || parts.iter().any(|part| is_aside(part)) {
                return None;
            }
            let content = match content {
                Content::File(text) => Content::File(without_times(text)),
                Content::Nothing | Content::Link(_) | Content::Folder => content.clone(),
            };
            match parts.iter().position(|part| part.starts_with(".new-")) {
                Some(at) => Some((path.iter().take(at).collect(), Content::Nothing)),
                None => Some((path.to_owned(), content)),
            }
        };
        let written = self.changed.iter().filter_map(|(path, content)| of(path, content)).collect();
        Gist { programs: self.programs, written }
    }

    /// Takes back, in the folder itself, everything that may not be on the disk.
    pub(super) fn lose(&self) {
        for path in &self.dirty {
            if path.exists() {
                fs::write(path, "").unwrap();
            }
        }
        for pending in self.pending.iter().rev() {
            match pending {
                Pending::Made { path } => remove(path),
                Pending::Renamed { from, to, before } => {
                    if to.symlink_metadata().is_ok() {
                        fs::rename(to, from).unwrap();
                    }
                    put(to, before);
                }
                Pending::Removed { path, before } => put(path, before),
            }
        }
    }
}

/// What tells one moment from another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Gist {
    programs: usize,
    written: BTreeSet<(PathBuf, Content)>,
}

impl Pending {
    /// The folder that would have to be synced.
    fn folder(&self) -> Option<&Path> {
        match self {
            Self::Made { path } | Self::Removed { path, .. } => path.parent(),
            Self::Renamed { to, .. } => to.parent(),
        }
    }
}

fn remove(path: &Path) {
    match fs::symlink_metadata(path) {
        Err(_) => {}
        Ok(found) if found.is_dir() => fs::remove_dir_all(path).unwrap(),
        Ok(_) => fs::remove_file(path).unwrap(),
    }
}

fn put(path: &Path, content: &Content) {
    match content {
        Content::Nothing => {}
        Content::File(text) => fs::write(path, text).unwrap(),
        Content::Link(target) => symlink(target, path).unwrap(),
        Content::Folder => fs::create_dir_all(path).unwrap(),
    }
}

/// The lines of a document that do not say when something was.
fn without_times(text: &str) -> String {
    let says_when = |line: &&str| {
        ["At\"", "since\"", "wall\"", "provenAt\"", "deadline\"", "notBefore\"", "at\"", "began\""]
            .iter()
            .any(|key| line.split(':').next().is_some_and(|name| name.trim_end().ends_with(key)))
    };
    text.lines().filter(|line| !says_when(line)).collect::<Vec<_>>().join("\n")
}
