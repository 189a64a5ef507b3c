//! Adding a line to the caller's own file.

use std::{fs::File, io::Write, os::fd::OwnedFd};

use rustix::{
    fs::{self, AtFlags, FileType, FlockOperation, Mode, OFlags},
    io::Errno,
};

use super::entry::{Line, Verb};
use crate::{
    Changed, Limits, Memory, MemoryError,
    tree::{Absent, Folder},
};

/// The folder of what is the memory's own, in the root.
pub(crate) const OWN: &str = ".clawlets";
/// The folder of the log in it.
pub(crate) const LOG: &str = "log";
/// How many names are tried that others took before the caller came.
const NAMES: u32 = 8;
const MODE: Mode = Mode::from_raw_mode(0o640);
const APPEND: OFlags = OFlags::WRONLY
    .union(OFlags::APPEND)
    .union(OFlags::CREATE)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::NONBLOCK)
    .union(OFlags::CLOEXEC);

impl Memory {
    /// Writes down a change that was made.
    pub(crate) fn note(&self, verb: Verb, changed: &Changed) -> Result<(), MemoryError> {
        let line = Line {
            t: (self.session.now)(),
            verb,
            path: changed.path.clone(),
            sha256: changed.sha256,
            before: changed.before,
            bytes: changed.bytes,
            origin: self.session.origin.clone(),
        };
        let mut text = serde_json::to_string(&line).expect("a line has only text keys");
        text.push('\n');
        let folder = self.log_folder(Absent::IsMade)?.ok_or(Errno::NOENT);
        let folder = folder.map_err(|errno| MemoryError::kernel("opened", LOG, errno))?;
        let uid = self.session.caller.uid();
        let failed = |errno| MemoryError::kernel("written", folder.place(&uid.to_string()), errno);
        for number in 0..NAMES {
            let name = if number == 0 { format!("{uid}.jsonl") } else { format!("{uid}.{number}.jsonl") };
            if let Some(file) = own_file(&folder, &name, uid).map_err(failed)? {
                return add(&folder, &name, file, text.as_bytes()).map_err(failed);
            }
        }
        Err(failed(Errno::EXIST))
    }

    /// The folder of the log; none if there is no log.
    pub(crate) fn log_folder(&self, absent: Absent) -> Result<Option<Folder>, MemoryError> {
        let path = crate::MemoryPath::parse("log").expect("it is a name");
        let mut folder = self.root.again()?;
        for name in [OWN, LOG] {
            if absent == Absent::IsMade {
                folder.make(name)?;
            }
            match folder.enter(name, &path)? {
                Some(next) => folder = next,
                None => return Ok(None),
            }
        }
        Ok(Some(folder))
    }
}

/// The file of that name, if it is the caller's own: one that somebody else put there is not written to.
fn own_file(folder: &Folder, name: &str, uid: u32) -> Result<Option<OwnedFd>, Errno> {
    let fd = match fs::openat(folder, name, APPEND, MODE) {
        Ok(fd) => fd,
        Err(Errno::ACCESS | Errno::PERM | Errno::LOOP | Errno::ISDIR | Errno::NXIO) => return Ok(None),
        Err(errno) => return Err(errno),
    };
    let stat = fs::fstat(&fd)?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile || stat.st_uid != uid {
        return Ok(None);
    }
    if stat.st_mode & 0o7777 != MODE.as_raw_mode() {
        fs::fchmod(&fd, MODE)?;
    }
    Ok(Some(fd))
}

/// Adds a line in one call, so that lines never mix, and begins a new file when this one is long.
fn add(folder: &Folder, name: &str, file: OwnedFd, line: &[u8]) -> Result<(), Errno> {
    // The same user may write from several machines, where appending alone is not enough. Everybody who may read the file
    // may lock it too, so it is not waited for.
    let is_alone = fs::flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok();
    let mut file = File::from(file);
    file.write_all(line).map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
    let stat = fs::fstat(&file)?;
    let is_full = u64::try_from(stat.st_size).unwrap_or(0) > Limits::LOG_FILE;
    if is_full && is_alone && fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?.st_ino == stat.st_ino {
        fs::renameat(folder, name, folder, format!("{name}.1"))?;
    }
    Ok(())
}
