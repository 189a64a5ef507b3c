//! An open memory.

use std::{os::fd::AsFd, path::Path, time::Duration};

use jiff::Timestamp;
use rustix::fs;

use crate::{
    Caller, MemoryError, MemoryPath, Owner, Policy, Pulse, Version,
    digest::Digest,
    limits::Limits,
    lock,
    tree::{Absent, Folder, OpenFile},
};

/// Who works with the memory, under which rules, and for how long it waits for others.
#[derive(Debug, Clone)]
pub struct Session {
    /// Who.
    pub caller: Caller,
    /// The rules.
    pub policy: Policy,
    /// How long a file that others hold is waited for.
    pub wait: Duration,
    /// What the log says where a change came from, such as the name of the host. Nobody checks it.
    pub origin: Option<String>,
    /// The time now.
    pub now: fn() -> Timestamp,
    /// Who watches.
    pub pulse: Pulse,
}

/// An open memory. Every call may block for as long as its file system does.
#[derive(Debug)]
pub struct Memory {
    pub(crate) root: Folder,
    pub(crate) session: Session,
}

impl Memory {
    /// Opens the memory at `root`, which must exist.
    ///
    /// # Errors
    /// [`MemoryError::NoRoot`], and [`MemoryError::NotMounted`] if the policy says that something must be mounted there.
    pub fn open(root: &Path, session: Session) -> Result<Self, MemoryError> {
        let folder = Folder::root(root)?;
        session.pulse.beat();
        if session.policy.mounted && !is_mount_point(&folder) {
            return Err(MemoryError::NotMounted(root.to_owned()));
        }
        Ok(Self { root: folder, session })
    }

    /// What a file holds. Nothing is created for it.
    ///
    /// # Errors
    /// [`MemoryError::Missing`]; [`MemoryError::Busy`] when a writer takes longer than the session waits;
    /// [`MemoryError::Foreign`] when only humans change it and somebody else could have; and what the file system says.
    pub fn read(&self, path: &MemoryPath) -> Result<Version, MemoryError> {
        let folder = self.folder_of(path)?;
        let _lock = lock::shared(&folder, path, self.session.wait, &self.session.pulse)?;
        let found = self.version(&folder, path)?.ok_or_else(|| MemoryError::Missing(path.clone()))?;
        match found.foreign {
            Some(writer) if !self.is_human() => Err(MemoryError::Foreign { path: path.clone(), writer }),
            Some(_) | None => Ok(found),
        }
    }

    /// The folder of a file that should be there.
    pub(crate) fn folder_of(&self, path: &MemoryPath) -> Result<Folder, MemoryError> {
        self.root.of_file(path, Absent::Stays)?.ok_or_else(|| MemoryError::Missing(path.clone()))
    }

    /// What a file in its folder holds at this moment, for everybody; none if there is no such file.
    pub(crate) fn version(&self, folder: &Folder, path: &MemoryPath) -> Result<Option<Version>, MemoryError> {
        let Some(mut file) = OpenFile::open(folder, path)? else { return Ok(None) };
        self.session.pulse.beat();
        let foreign = self.foreign_writer(path, &file);
        let content = file.content(Limits::FILE, &self.session.pulse)?;
        Ok(Some(Version { digest: Digest::of(&content), content, foreign }))
    }

    /// Who could have written a protected file and is no human. A bot cannot give a file away, so what belongs to a human,
    /// with no right to write for others, was written by one.
    pub(crate) fn foreign_writer(&self, path: &MemoryPath, file: &OpenFile) -> Option<Owner> {
        let policy = &self.session.policy;
        let owner = || Some(Owner::of(file.stat()));
        policy.protects(path).then(owner).flatten().filter(|owner| !owner.is_human_alone(&policy.operators))
    }

    pub(crate) fn is_human(&self) -> bool {
        self.session.caller.is_human(&self.session.policy.operators)
    }
}

/// Whether something is mounted on a folder: what is around it lies on another device, or there is nothing around it.
fn is_mount_point(folder: &Folder) -> bool {
    let here = fs::fstat(folder.as_fd());
    let around = fs::statat(folder, "..", fs::AtFlags::empty());
    match (here, around) {
        (Ok(here), Ok(around)) => here.st_dev != around.st_dev || here.st_ino == around.st_ino,
        (Ok(_) | Err(_), Ok(_) | Err(_)) => false,
    }
}
