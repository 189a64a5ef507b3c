//! What the log and a file itself say about who changed it.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
};

use jiff::Timestamp;
use rustix::fs::{self, FileType, Mode, OFlags, Stat};
use serde::{Deserialize, Serialize};

use super::entry::{Entry, Line};
use crate::{
    Digest, Limits, Memory, MemoryError, MemoryPath, Owner,
    tree::{Absent, Folder, OpenFile},
};

const READ: OFlags = OFlags::RDONLY.union(OFlags::NOFOLLOW).union(OFlags::NONBLOCK).union(OFlags::CLOEXEC);

/// What is known about the changes of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct History {
    /// What the file is now; none if it does not exist.
    pub now: Option<Now>,
    /// Whether the version that is there now is in the log. One that is not was written without this program, or by
    /// somebody who noted something else.
    pub is_logged: bool,
    /// The log's lines about it, newest first.
    pub entries: Vec<Entry>,
}

/// A file as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Now {
    /// What it holds.
    pub sha256: Digest,
    /// Its size, in bytes.
    pub bytes: u64,
    /// When it was last written, as the file system says.
    pub modified: Timestamp,
    /// Whose it is. A file is replaced as a whole, so this is who wrote it last.
    pub owner: Owner,
}

impl Memory {
    /// Who changed a file, newest first, at most `limit` lines.
    ///
    /// # Errors
    /// [`MemoryError::Missing`] when neither the file nor a line about it exists; and what the file system says.
    pub fn log(&self, path: &MemoryPath, limit: usize) -> Result<History, MemoryError> {
        let now = self.now(path)?;
        let mut entries = self.entries(path)?;
        if now.is_none() && entries.is_empty() {
            return Err(MemoryError::Missing(path.clone()));
        }
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
        let is_by_its_owner =
            |now: &Now, entry: &Entry| entry.sha256 == now.sha256 && entry.who.uid == now.owner.uid;
        let is_logged =
            now.as_ref().is_none_or(|now| entries.iter().any(|entry| is_by_its_owner(now, entry)));
        entries.truncate(limit);
        Ok(History { now, is_logged, entries })
    }

    fn now(&self, path: &MemoryPath) -> Result<Option<Now>, MemoryError> {
        let Some(folder) = self.root.of_file(path, Absent::Stays)? else { return Ok(None) };
        let Some(mut file) = OpenFile::open(&folder, path)? else { return Ok(None) };
        let (bytes, owner) = (file.size(), Owner::of(file.stat()));
        let modified = modified(file.stat());
        let sha256 = Digest::of(&file.content(Limits::FILE, &self.session.pulse)?);
        Ok(Some(Now { sha256, bytes, modified, owner: Owner { shares: false, ..owner } }))
    }

    /// All lines about a file.
    fn entries(&self, path: &MemoryPath) -> Result<Vec<Entry>, MemoryError> {
        let Some(folder) = self.log_folder(Absent::Stays)? else { return Ok(Vec::new()) };
        let mut entries = Vec::new();
        let is_log = |name: &String| name.ends_with(".jsonl") || name.ends_with(".jsonl.1");
        for name in folder.names()?.into_iter().filter(is_log).take(Limits::LOG_FILES) {
            self.session.pulse.beat();
            // One that cannot be read says nothing.
            let Some((file, stat)) = open(&folder, &name) else { continue };
            let who = Owner::user(stat.st_uid);
            let reader = BufReader::new(file.take(2 * Limits::LOG_FILE));
            for line in reader.split(b'\n').map_while(Result::ok) {
                let Ok(line) = serde_json::from_slice::<Line>(&line) else { continue };
                if line.path == *path {
                    entries.push(Entry {
                        at: line.t,
                        who: who.clone(),
                        verb: line.verb,
                        path: line.path,
                        sha256: line.sha256,
                        before: line.before,
                        bytes: line.bytes,
                        origin: line.origin,
                    });
                }
            }
        }
        Ok(entries)
    }
}

/// A file of the log, unless it is something else.
fn open(folder: &Folder, name: &str) -> Option<(File, Stat)> {
    let fd = fs::openat(folder, name, READ, Mode::empty()).ok()?;
    let stat = fs::fstat(&fd).ok()?;
    (FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile).then(|| (File::from(fd), stat))
}

/// When a file was last written.
pub(crate) fn modified(stat: &Stat) -> Timestamp {
    let nanos = i32::try_from(stat.st_mtime_nsec).unwrap_or(0);
    Timestamp::new(stat.st_mtime, nanos).unwrap_or(Timestamp::UNIX_EPOCH)
}
