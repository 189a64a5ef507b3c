//! The logs of all jobs: appended by guests, followed by people.

use std::{
    collections::HashMap,
    fs::File,
    io::{BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use clawlets_model::{JobId, guest::LogRecord};
use tokio::sync::watch;

use super::{
    error::FileError,
    log_file::{Append, LogFile},
};

/// How much of a log is read at once, in bytes.
const CHUNK: u64 = 256 * 1024;

/// The logs of all jobs.
#[derive(Debug, Clone)]
pub(crate) struct Logs {
    folder: PathBuf,
    open: Arc<Mutex<HashMap<JobId, OpenLog>>>,
}

/// A log that is being written, and how long it is.
#[derive(Debug, Clone)]
struct OpenLog {
    file: Arc<Mutex<LogFile>>,
    length: watch::Sender<u64>,
}

/// A place in a log from which it is read on.
#[derive(Debug)]
pub(crate) struct LogTail {
    path: PathBuf,
    offset: u64,
    length: Option<watch::Receiver<u64>>,
}

impl Logs {
    /// The logs in `folder`, which is made if it is missing.
    ///
    /// # Errors
    /// [`FileError`] when the folder cannot be made.
    pub(crate) fn open(folder: &Path) -> Result<Self, FileError> {
        super::snapshots::private_folder(folder)?;
        Ok(Self { folder: folder.to_owned(), open: Arc::default() })
    }

    fn path(&self, job: JobId) -> PathBuf {
        self.folder.join(format!("{job}.ndjson"))
    }

    fn open_log(&self, job: JobId) -> Result<OpenLog, FileError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(log) = open.get(&job) {
            return Ok(log.clone());
        }
        let file = LogFile::open(&self.path(job))?;
        let length = watch::Sender::new(file.end().bytes);
        let log = OpenLog { file: Arc::new(Mutex::new(file)), length };
        open.insert(job, log.clone());
        Ok(log)
    }

    /// Appends a batch. Blocks on the disk.
    ///
    /// # Errors
    /// [`FileError`]; the log is as if the batch had not been sent, or as if a part of it had.
    pub(crate) fn append(&self, job: JobId, records: &[LogRecord]) -> Result<Append, FileError> {
        let log = self.open_log(job)?;
        let appended = log.file.lock().unwrap_or_else(PoisonError::into_inner).append(records)?;
        if let Append::Done(end) = &appended {
            log.length.send_replace(end.bytes);
        }
        Ok(appended)
    }

    /// The sequence number that the log expects next. Blocks on the disk.
    ///
    /// # Errors
    /// [`FileError`].
    pub(crate) fn next(&self, job: JobId) -> Result<u64, FileError> {
        Ok(self.open_log(job)?.file.lock().unwrap_or_else(PoisonError::into_inner).end().next)
    }

    /// Waits until what the log has is on the disk. Blocks on it.
    ///
    /// # Errors
    /// [`FileError`].
    pub(crate) fn flush(&self, job: JobId) -> Result<(), FileError> {
        let log = self.open.lock().unwrap_or_else(PoisonError::into_inner).get(&job).cloned();
        match log {
            Some(log) => log.file.lock().unwrap_or_else(PoisonError::into_inner).flush(),
            None => Ok(()),
        }
    }

    /// Flushes the log to the disk and lets go of it: the job ended. Who follows it learns that nothing comes any more.
    /// Blocks on the disk.
    ///
    /// # Errors
    /// [`FileError`].
    pub(crate) fn close(&self, job: JobId) -> Result<(), FileError> {
        let log = self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&job);
        match log {
            Some(log) => log.file.lock().unwrap_or_else(PoisonError::into_inner).flush(),
            None => Ok(()),
        }
    }

    /// The log of a job that ended, from its beginning.
    #[must_use]
    pub(crate) fn tail(&self, job: JobId) -> LogTail {
        LogTail { path: self.path(job), offset: 0, length: None }
    }

    /// The log of a job that may still say something, from its beginning. Look whether the job has ended **after** this
    /// call, and then [`Logs::close`] it, or [`LogTail::grown`] waits for ever.
    ///
    /// # Errors
    /// [`FileError`].
    pub(crate) fn follow(&self, job: JobId) -> Result<LogTail, FileError> {
        let length = self.open_log(job)?.length.subscribe();
        Ok(LogTail { path: self.path(job), offset: 0, length: Some(length) })
    }

    /// Deletes the log of a job.
    ///
    /// # Errors
    /// [`FileError`]; a log that is not there is not an error.
    pub(crate) fn remove(&self, job: JobId) -> Result<(), FileError> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&job);
        super::snapshots::remove_file(&self.path(job))
    }

    /// The jobs that have a log.
    ///
    /// # Errors
    /// [`FileError`] when the folder cannot be read.
    pub(crate) fn jobs(&self) -> Result<Vec<JobId>, FileError> {
        super::snapshots::job_names(&self.folder, ".ndjson")
    }
}

impl LogTail {
    /// The next records, at most a few hundred; empty at the end of what is there. Blocks on the disk.
    ///
    /// # Errors
    /// [`FileError`].
    pub(crate) fn read(&mut self) -> Result<Vec<LogRecord>, FileError> {
        let failed = |source| FileError { action: "read log", path: self.path.clone(), source };
        if let Some(length) = &mut self.length {
            // Marks the length as seen before reading, so that what is appended meanwhile wakes `grown`.
            length.borrow_and_update();
        }
        let mut file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(error)),
        };
        file.seek(SeekFrom::Start(self.offset)).map_err(failed)?;
        let mut reader = BufReader::new(file.take(CHUNK));
        let mut records = Vec::new();
        let mut line = Vec::new();
        loop {
            line.clear();
            let length = reader.read_until(b'\n', &mut line).map_err(failed)?;
            if line.last() != Some(&b'\n') {
                return Ok(records);
            }
            self.offset += length as u64;
            match serde_json::from_slice(&line) {
                Ok(record) => records.push(record),
                Err(error) => {
                    tracing::warn!(path = %self.path.display(), %error, "a log has a line that is no record");
                }
            }
        }
    }

    /// Waits until there may be more to read. `false` when nothing will come any more.
    pub(crate) async fn grown(&mut self) -> bool {
        match &mut self.length {
            Some(length) => length.changed().await.is_ok(),
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clawlets_model::guest::LogStream;
    use jiff::Timestamp;

    fn record(seq: u64) -> LogRecord {
        LogRecord { seq, t: Timestamp::UNIX_EPOCH, stream: LogStream::Stdout, data: format!("line {seq}") }
    }

    #[tokio::test]
    async fn a_follower_sees_every_record_and_then_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let logs = Logs::open(&folder.path().join("logs")).unwrap();
        let job = JobId::from_parts(1, 1);
        let mut tail = logs.follow(job).unwrap();
        let follower = tokio::spawn(async move {
            let mut seen = Vec::new();
            loop {
                let records = tail.read().unwrap();
                let is_end = records.is_empty();
                seen.extend(records.into_iter().map(|record| record.seq));
                if is_end && !tail.grown().await {
                    seen.extend(tail.read().unwrap().into_iter().map(|record| record.seq));
                    return seen;
                }
            }
        });
        for seq in 0..50 {
            logs.append(job, &[record(seq)]).unwrap();
            tokio::task::yield_now().await;
        }
        logs.close(job).unwrap();
        assert_eq!(follower.await.unwrap(), (0..50).collect::<Vec<_>>());
    }

    #[test]
    fn a_log_outlives_the_daemon_and_can_be_removed() {
        let folder = tempfile::tempdir().unwrap();
        let job = JobId::from_parts(1, 1);
        Logs::open(folder.path()).unwrap().append(job, &[record(0), record(1)]).unwrap();
        let logs = Logs::open(folder.path()).unwrap();
        assert_eq!(logs.next(job).unwrap(), 2);
        assert_eq!(logs.jobs().unwrap(), [job]);
        logs.remove(job).unwrap();
        assert!(logs.jobs().unwrap().is_empty());
        assert!(logs.tail(job).read().unwrap().is_empty());
    }
}
