//! A workspace, whose owner may be hostile: every step goes through an open folder, and no link is followed.

use std::{
    fs::File,
    io::{self, Read, Write},
    os::fd::OwnedFd,
    path::{Component, Path},
};

use rustix::fs::{
    AtFlags, CWD, Gid, Mode, OFlags, Uid, fchmod, fchown, fstat, mkdirat, openat, renameat, unlinkat,
};
use rustix::io::Errno;

/// How large a file of the bot may be that is compared, in bytes. A larger one is not what was given.
const MAX_FILE: u64 = 16 << 20;
/// What a file is called until it is whole.
const UNFINISHED: &str = ".clawlets-new";

/// What lies at a path.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    File(Vec<u8>),
    /// A link, a folder, a device, or more than was ever given.
    Foreign,
}

/// An open workspace.
#[derive(Debug)]
pub(super) struct Folder {
    root: OwnedFd,
    owner: (u32, u32),
}

const IN: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

impl Folder {
    /// Opens a workspace that is there.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let root = openat(CWD, path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
        let stat = fstat(&root)?;
        Ok(Self { root, owner: (stat.st_uid, stat.st_gid) })
    }

    /// What lies at a path.
    pub(super) fn look(&self, path: &Path) -> io::Result<Found> {
        let Some((folder, name)) = self.walk(path, |_, _| Err(Errno::NOENT))? else {
            return Ok(Found::Nothing);
        };
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = match openat(&folder, name, flags, Mode::empty()) {
            Ok(file) => File::from(file),
            Err(Errno::NOENT) => return Ok(Found::Nothing),
            Err(Errno::LOOP | Errno::NXIO | Errno::ACCESS) => return Ok(Found::Foreign),
            Err(error) => return Err(error.into()),
        };
        let found = file.metadata()?;
        if !found.is_file() || found.len() > MAX_FILE {
            return Ok(Found::Foreign);
        }
        let mut bytes = Vec::new();
        file.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
        Ok(if bytes.len() as u64 > MAX_FILE { Found::Foreign } else { Found::File(bytes) })
    }

    /// Puts a file at a path, in one step; a link that lies there is replaced and not followed.
    pub(super) fn put(&self, path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
        let walked = self.walk(path, |folder, name| {
            mkdirat(folder, name, Mode::from_raw_mode(0o755))?;
            let made = openat(folder, name, IN, Mode::empty())?;
            self.give(&made)
        })?;
        let (folder, name) = walked.ok_or(Errno::NOENT)?;
        // What one left that was killed is in the way.
        let _ = unlinkat(&folder, UNFINISHED, AtFlags::empty());
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = openat(&folder, UNFINISHED, flags, Mode::from_raw_mode(0o600))?;
        let write = || {
            let mut file = File::from(file.try_clone()?);
            file.write_all(bytes)?;
            fchmod(&file, Mode::from_raw_mode(mode))?;
            self.give(&file)?;
            file.sync_all()?;
            renameat(&folder, UNFINISHED, &folder, name)?;
            Ok(())
        };
        let outcome: io::Result<()> = write();
        if outcome.is_err() {
            let _ = unlinkat(&folder, UNFINISHED, AtFlags::empty());
        }
        outcome
    }

    /// Removes a file.
    pub(super) fn remove(&self, path: &Path) -> io::Result<()> {
        if let Some((folder, name)) = self.walk(path, |_, _| Err(Errno::NOENT))? {
            unlinkat(&folder, name, AtFlags::empty())?;
        }
        Ok(())
    }

    /// The folder in which a path ends, and the last name; none when a folder on the way is not there, or is none.
    fn walk<'p>(
        &self,
        path: &'p Path,
        missing: impl Fn(&OwnedFd, &Path) -> Result<(), Errno>,
    ) -> io::Result<Option<(OwnedFd, &'p Path)>> {
        let mut names = Vec::new();
        for component in path.components() {
            match component {
                Component::Normal(name) => names.push(Path::new(name)),
                Component::Prefix(_) | Component::RootDir | Component::CurDir | Component::ParentDir => {
                    return Err(io::Error::other("a path in a workspace has plain names only"));
                }
            }
        }
        let Some(last) = names.pop() else { return Ok(None) };
        let mut folder = self.root.try_clone()?;
        for name in names {
            let next = match openat(&folder, name, IN, Mode::empty()) {
                Err(Errno::NOENT) => match missing(&folder, name) {
                    Ok(()) => openat(&folder, name, IN, Mode::empty()),
                    Err(error) => Err(error),
                },
                next => next,
            };
            folder = match next {
                Ok(next) => next,
                Err(Errno::NOENT | Errno::LOOP | Errno::NOTDIR) => return Ok(None),
                Err(error) => return Err(error.into()),
            };
        }
        Ok(Some((folder, last)))
    }

    /// Gives what was made to the workspace's owner.
    fn give(&self, made: &impl std::os::fd::AsFd) -> Result<(), Errno> {
        let stat = fstat(made)?;
        if (stat.st_uid, stat.st_gid) == self.owner {
            return Ok(());
        }
        fchown(made, Some(Uid::from_raw(self.owner.0)), Some(Gid::from_raw(self.owner.1)))
    }
}
