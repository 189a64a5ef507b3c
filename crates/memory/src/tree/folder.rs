//! A folder of the memory that is held open.

use std::{
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    path::{Path, PathBuf},
};

use rustix::{
    fs::{self, AtFlags, Dir, FileType, Mode, OFlags, Stat},
    io::Errno,
};

use crate::{MemoryError, MemoryPath};

/// What becomes of a folder that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Absent {
    /// Nothing is there, then.
    Stays,
    /// It is made.
    IsMade,
}

/// A folder that is held open, and where it was found.
#[derive(Debug)]
pub(crate) struct Folder {
    fd: OwnedFd,
    place: PathBuf,
}

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
/// The rights of folders: the group shares them, and what is made in them belongs to it.
const FOLDER_MODE: u32 = 0o2770;

impl Folder {
    /// The memory's root. It alone may be named by a symbolic link, since its owner names it.
    pub(crate) fn root(path: &Path) -> Result<Self, MemoryError> {
        match fs::open(path, FOLDER, Mode::empty()) {
            Ok(fd) => Ok(Self { fd, place: path.to_owned() }),
            Err(Errno::NOENT | Errno::NOTDIR) => Err(MemoryError::NoRoot(path.to_owned())),
            Err(errno) => Err(MemoryError::kernel("opened", path, errno)),
        }
    }

    /// Another handle of this folder.
    pub(crate) fn again(&self) -> Result<Self, MemoryError> {
        let fd = self.fd.try_clone().map_err(|error| MemoryError::io("opened", &self.place, &error))?;
        Ok(Self { fd, place: self.place.clone() })
    }

    /// Where a name in it was found, for messages.
    pub(crate) fn place(&self, name: &str) -> PathBuf {
        self.place.join(name)
    }

    /// The folder that a file lies in; none if a part of the way is not there.
    pub(crate) fn of_file(&self, path: &MemoryPath, absent: Absent) -> Result<Option<Self>, MemoryError> {
        self.walk(path, path.folders(), absent)
    }

    /// The folder at a path; none if a part of the way is not there.
    pub(crate) fn at(&self, path: &MemoryPath, absent: Absent) -> Result<Option<Self>, MemoryError> {
        self.walk(path, path.folders().chain([path.name()]), absent)
    }

    fn walk<'a>(
        &self,
        path: &MemoryPath,
        names: impl Iterator<Item = &'a str>,
        absent: Absent,
    ) -> Result<Option<Self>, MemoryError> {
        let mut folder = self.again()?;
        for name in names {
            if absent == Absent::IsMade {
                folder.make(name)?;
            }
            match folder.enter(name, path)? {
                Some(next) => folder = next,
                None => return Ok(None),
            }
        }
        Ok(Some(folder))
    }

    /// A folder in this one; none if there is nothing of that name.
    pub(crate) fn enter(&self, name: &str, path: &MemoryPath) -> Result<Option<Self>, MemoryError> {
        match fs::openat(&self.fd, name, FOLDER | OFlags::NOFOLLOW, Mode::empty()) {
            Ok(fd) => Ok(Some(Self { fd, place: self.place(name) })),
            Err(Errno::NOENT) => Ok(None),
            Err(errno @ (Errno::NOTDIR | Errno::LOOP)) => Err(self.in_the_way(name, path, errno)),
            Err(errno) => Err(MemoryError::kernel("opened", self.place(name), errno)),
        }
    }

    /// Makes a folder in this one, unless something of that name is there.
    pub(crate) fn make(&self, name: &str) -> Result<(), MemoryError> {
        // The set-group-ID bit comes from this folder: a sandbox may forbid to ask for it.
        match fs::mkdirat(&self.fd, name, Mode::from_raw_mode(FOLDER_MODE & 0o777)) {
            Ok(()) => {}
            Err(Errno::EXIST) => return Ok(()),
            Err(errno) => return Err(MemoryError::kernel("made", self.place(name), errno)),
        }
        let made = fs::openat(&self.fd, name, FOLDER | OFlags::NOFOLLOW, Mode::empty());
        if let Ok(made) = made
            && fs::fstat(&made).is_ok_and(|stat| stat.st_mode & 0o7777 != FOLDER_MODE)
        {
            // A umask was in the way, or the folder around it is no shared one. It works without for its maker.
            let _ = fs::fchmod(&made, Mode::from_raw_mode(FOLDER_MODE));
        }
        Ok(())
    }

    /// Why something cannot be entered or opened as a file.
    pub(crate) fn in_the_way(&self, name: &str, path: &MemoryPath, errno: Errno) -> MemoryError {
        match self.stat(name).map(|stat| stat.map(|stat| FileType::from_raw_mode(stat.st_mode))) {
            Ok(Some(FileType::Symlink)) => MemoryError::Link { path: path.clone(), link: name.to_owned() },
            Ok(Some(other)) => {
                let kind = if other == FileType::RegularFile {
                    "below a file, which holds nothing"
                } else {
                    kind(other)
                };
                MemoryError::NotAFile { path: path.clone(), kind }
            }
            Ok(None) | Err(_) => MemoryError::kernel("opened", self.place(name), errno),
        }
    }

    /// What the kernel says about a name; none if there is nothing. A symbolic link is not followed.
    pub(crate) fn stat(&self, name: &str) -> Result<Option<Stat>, MemoryError> {
        match fs::statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(stat)),
            Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(MemoryError::kernel("looked at", self.place(name), errno)),
        }
    }

    /// The names in it, sorted, and what each one is, as far as the folder itself says.
    pub(crate) fn names(&self) -> Result<Vec<String>, MemoryError> {
        let failed = |errno| MemoryError::kernel("listed", &self.place, errno);
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.fd).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if let Ok(name) = entry.file_name().to_str()
                && !matches!(name, "." | "..")
            {
                names.push(name.to_owned());
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    /// Waits until the names in it are on disk.
    pub(crate) fn sync(&self) -> Result<(), MemoryError> {
        fs::fsync(&self.fd).map_err(|errno| MemoryError::kernel("written", &self.place, errno))
    }
}

/// What something is that is no regular file.
pub(crate) fn kind(kind: FileType) -> &'static str {
    match kind {
        FileType::Directory => "a folder",
        FileType::Symlink => "a symbolic link",
        FileType::Fifo => "a named pipe",
        FileType::Socket => "a socket",
        FileType::CharacterDevice | FileType::BlockDevice => "a device",
        FileType::RegularFile => "a file",
        FileType::Unknown => "of an unknown kind",
    }
}

impl AsFd for Folder {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}
