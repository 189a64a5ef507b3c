//! A file of the memory that is held open for reading.

use std::{fs::File, io::Read, path::PathBuf};

use rustix::{
    fs::{self, FileType, Mode, OFlags, Stat},
    io::Errno,
};

use super::{Folder, folder::kind};
use crate::{Limits, MemoryError, MemoryPath, Pulse};

/// A regular file, open for reading. What it holds does not change while it is open: writers put another one in its
/// place.
#[derive(Debug)]
pub(crate) struct OpenFile {
    file: File,
    stat: Stat,
    path: MemoryPath,
    place: PathBuf,
}

/// Neither a symbolic link nor a pipe without a writer makes anybody wait or leave the memory.
const READ: OFlags = OFlags::RDONLY
    .union(OFlags::NOFOLLOW)
    .union(OFlags::NONBLOCK)
    .union(OFlags::NOCTTY)
    .union(OFlags::CLOEXEC);

impl OpenFile {
    /// Opens the file of a path in its folder; none if there is nothing.
    pub(crate) fn open(folder: &Folder, path: &MemoryPath) -> Result<Option<Self>, MemoryError> {
        let name = path.name();
        let fd = match fs::openat(folder, name, READ, Mode::empty()) {
            Ok(fd) => fd,
            Err(Errno::NOENT) => return Ok(None),
            Err(errno @ (Errno::LOOP | Errno::NXIO | Errno::NODEV)) => {
                return Err(folder.in_the_way(name, path, errno));
            }
            Err(errno) => return Err(MemoryError::kernel("opened", folder.place(name), errno)),
        };
        let place = folder.place(name);
        let stat = fs::fstat(&fd).map_err(|errno| MemoryError::kernel("looked at", &place, errno))?;
        let what = FileType::from_raw_mode(stat.st_mode);
        if what != FileType::RegularFile {
            return Err(MemoryError::NotAFile { path: path.clone(), kind: kind(what) });
        }
        Ok(Some(Self { file: File::from(fd), stat, path: path.clone(), place }))
    }

    /// What the kernel says about it.
    pub(crate) const fn stat(&self) -> &Stat {
        &self.stat
    }

    /// Its size, in bytes.
    pub(crate) fn size(&self) -> u64 {
        u64::try_from(self.stat.st_size).unwrap_or(0)
    }

    /// Changes its rights.
    pub(crate) fn set_mode(&self, mode: u32) -> Result<(), Errno> {
        fs::fchmod(&self.file, Mode::from_raw_mode(mode))
    }

    /// All that it holds, if it is no more than `limit` bytes.
    pub(crate) fn content(&mut self, limit: u64, pulse: &Pulse) -> Result<Vec<u8>, MemoryError> {
        let too_large = MemoryError::TooLarge { path: self.path.clone(), limit };
        if self.size() > limit {
            return Err(too_large);
        }
        let mut content = Vec::with_capacity(usize::try_from(self.size()).unwrap_or(0));
        loop {
            let read = (&mut self.file).take(Limits::STEP as u64).read_to_end(&mut content);
            let read = read.map_err(|error| MemoryError::io("read", &self.place, &error))?;
            pulse.beat();
            if content.len() as u64 > limit {
                return Err(too_large);
            }
            if read == 0 {
                return Ok(content);
            }
        }
    }
}
