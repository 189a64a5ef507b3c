//! The chain in a file.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufReader, Seek, SeekFrom, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use thiserror::Error;

use crate::{BrokenChain, Entry, Head, verify};

/// Why nothing was logged. Whoever must log before they act does not act then.
#[derive(Debug, Error)]
pub enum AuditError {
    /// The file cannot be opened, read or written: the disk may be full.
    #[error("failed to {action} the audit log {}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It is no file of lines.
    #[error("the audit log {} is no regular file", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// Its chain is broken.
    #[error("the audit log {} was changed", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// Where.
        #[source]
        source: BrokenChain,
    },
    /// It does not hold a line that was published.
    #[error("the audit log {} lacks the line {mark}, which was published: it was cut off or replaced", path.display())]
    Replaced {
        /// The file.
        path: PathBuf,
        /// The mark of the line.
        mark: String,
    },
}

/// A log in a file that only this program appends to, one process at a time.
#[derive(Debug)]
pub struct FileLog {
    path: PathBuf,
    seen: Option<Seen>,
}

/// The file as it was after the last look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seen {
    head: Head,
    stamp: Stamp,
}

/// What changes when somebody writes to a file, or puts another in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    length: u64,
    changed: (i64, i64),
}

impl FileLog {
    /// The log at this path. Nothing is opened before something is appended.
    #[must_use]
    pub const fn new(path: PathBuf) -> Self {
        Self { path, seen: None }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends entries, and gives the head behind each. When it returns, all of them are on the disk; when it fails, the
    /// log is as it was, or its end is cut off, which the next look at it finds. `published` is the mark of a line that
    /// must be in it.
    ///
    /// The file is read from its beginning the first time, and whenever it is not as this log left it.
    ///
    /// # Errors
    /// [`AuditError`].
    pub fn append(&mut self, entries: &[Entry], published: Option<&str>) -> Result<Vec<Head>, AuditError> {
        let mut file = self.open()?;
        let mut head = self.current(&file, published)?;
        let mut text = String::new();
        let heads = entries.iter().map(|entry| {
            let (line, next) = head.append(entry);
            text.push_str(&line);
            head = next;
            next
        });
        let heads: Vec<Head> = heads.collect();
        self.seen = None;
        let before = file.metadata().map_err(|error| self.failed("look at", error))?.len();
        let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_data());
        if let Err(error) = written {
            // Half a line would break the chain for good. If it cannot be taken back either, the next look says so.
            let _ = file.set_len(before).and_then(|()| file.sync_data());
            return Err(self.failed("write to", error));
        }
        let stamp = self.stamp(&file)?;
        self.seen = Some(Seen { head, stamp });
        Ok(heads)
    }

    /// Looks at the whole log, and gives its head.
    ///
    /// # Errors
    /// [`AuditError`].
    pub fn verify(&mut self, published: Option<&str>) -> Result<Head, AuditError> {
        let file = self.open()?;
        self.seen = None;
        self.current(&file, published)
    }

    fn open(&self) -> Result<File, AuditError> {
        let failed = |error| self.failed("open", error);
        match std::fs::metadata(&self.path) {
            // Opening a pipe would wait for a reader, and reading a device may never end.
            Ok(found) if !found.is_file() => return Err(AuditError::NotAFile { path: self.path.clone() }),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
        }
        let file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(&self.path);
        let file = file.map_err(failed)?;
        file.lock().map_err(|error| self.failed("lock", error))?;
        Ok(file)
    }

    /// The head of the file as it is now.
    fn current(&mut self, file: &File, published: Option<&str>) -> Result<Head, AuditError> {
        let stamp = self.stamp(file)?;
        if let Some(seen) = self.seen.filter(|seen| seen.stamp == stamp) {
            return Ok(seen.head);
        }
        let mut reader = BufReader::with_capacity(64 * 1024, file);
        reader.seek(SeekFrom::Start(0)).map_err(|error| self.failed("read", error))?;
        let marks: Vec<String> = published.map(str::to_owned).into_iter().collect();
        let verified = verify(reader, &marks)
            .map_err(|source| AuditError::Broken { path: self.path.clone(), source })?;
        if let Some(mark) = verified.absent.into_iter().next() {
            return Err(AuditError::Replaced { path: self.path.clone(), mark });
        }
        self.seen = Some(Seen { head: verified.head, stamp });
        Ok(verified.head)
    }

    fn stamp(&self, file: &File) -> Result<Stamp, AuditError> {
        let metadata = file.metadata().map_err(|error| self.failed("look at", error))?;
        Ok(Stamp {
            device: metadata.dev(),
            inode: metadata.ino(),
            length: metadata.len(),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        })
    }

    fn failed(&self, action: &'static str, source: io::Error) -> AuditError {
        AuditError::Io { action, path: self.path.clone(), source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Decision, Face, Kind};

    fn entry() -> Entry {
        Entry {
            at: jiff::Timestamp::UNIX_EPOCH,
            kind: Kind::Decision,
            actor: "human".to_owned(),
            caller: None,
            face: Face::Http,
            action: "deploy".to_owned(),
            target: None,
            image: None,
            decision: Decision::Deny,
            code: Some("unknown_target".to_owned()),
            deploy: None,
        }
    }

    fn log() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.jsonl");
        (folder, path)
    }

    #[test]
    fn a_second_process_goes_on_where_the_first_was() {
        let (_folder, path) = log();
        let (mut one, mut two) = (FileLog::new(path.clone()), FileLog::new(path.clone()));
        for _ in 0..3 {
            one.append(&[entry(), entry()], None).unwrap();
            two.append(&[entry()], None).unwrap();
        }
        let head = FileLog::new(path.clone()).verify(None).unwrap();
        assert_eq!(head.seq, 9);
        assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_log_that_was_changed_takes_nothing_more() {
        let (_folder, path) = log();
        let mut log = FileLog::new(path.clone());
        log.append(&[entry(), entry()], None).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replacen("unknown_target", "unknown_victim", 1)).unwrap();
        let error = log.append(&[entry()], None).unwrap_err();
        assert!(matches!(error, AuditError::Broken { .. }), "{error}");
        std::fs::write(&path, &text).unwrap();
        log.append(&[entry()], None).unwrap();
    }

    #[test]
    fn a_log_that_was_begun_anew_lacks_what_was_published() {
        let (_folder, path) = log();
        let mut log = FileLog::new(path.clone());
        let mark = log.append(&[entry()], None).unwrap()[0].mark();
        log.append(&[entry()], Some(&mark)).unwrap();
        std::fs::remove_file(&path).unwrap();
        let error = log.append(&[entry()], Some(&mark)).unwrap_err();
        assert!(matches!(error, AuditError::Replaced { .. }), "{error}");
    }

    #[test]
    fn what_is_no_file_is_no_log() {
        for path in ["/dev/full", "/"] {
            let error = FileLog::new(path.into()).append(&[entry()], None).unwrap_err();
            assert!(matches!(error, AuditError::NotAFile { .. }), "{error}");
        }
    }
}
