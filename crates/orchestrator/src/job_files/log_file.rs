//! The log of one job: records in order, without gaps, up to a bound.

use std::{
    fs::{File, OpenOptions},
    io::{Read, Seek, SeekFrom, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use clawlets_model::{
    guest::{LogRecord, LogStream},
    limits,
};

use super::error::FileError;

/// What the last record of a log that became too long says.
const TRUNCATED: &str = "truncated: the log is longer than 10 MiB; what followed was not kept";

/// A log that is being written.
#[derive(Debug)]
pub(super) struct LogFile {
    path: PathBuf,
    file: File,
    /// The sequence number that comes next.
    next: u64,
    bytes: u64,
    truncated: bool,
}

/// What became of a batch of records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Append {
    /// They are in the log, as far as they were new and the bound allowed.
    Done(Appended),
    /// They do not continue where the log ends.
    Gap {
        /// The sequence number to go on from.
        expected: u64,
    },
}

/// Where a log ends after a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Appended {
    /// The sequence number that comes next.
    pub(crate) next: u64,
    /// The log's length in bytes.
    pub(crate) bytes: u64,
}

impl LogFile {
    /// Opens or makes the log at `path`. A line that was cut off by a crash is dropped; the guest still has it.
    pub(super) fn open(path: &Path) -> Result<Self, FileError> {
        let file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .mode(0o600)
            .open(path)
            .map_err(FileError::when("open log", path))?;
        let mut log = Self { path: path.to_owned(), file, next: 0, bytes: 0, truncated: false };
        log.recover().map_err(FileError::when("read log", path))?;
        Ok(log)
    }

    fn recover(&mut self) -> std::io::Result<()> {
        let mut content = Vec::new();
        self.file.seek(SeekFrom::Start(0))?;
        Read::by_ref(&mut self.file).take(2 * limits::LOG_BYTES as u64).read_to_end(&mut content)?;
        let whole = content.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        self.file.set_len(whole as u64)?;
        self.bytes = whole as u64;
        let lines = content[..whole].split(|byte| *byte == b'\n').rfind(|line| !line.is_empty());
        if let Some(record) = lines.and_then(|line| serde_json::from_slice::<LogRecord>(line).ok()) {
            self.next = record.seq + 1;
            self.truncated = record.stream == LogStream::System && record.data == TRUNCATED;
        }
        Ok(())
    }

    pub(super) const fn end(&self) -> Appended {
        Appended { next: self.next, bytes: self.bytes }
    }

    /// Appends what is new of `records`, which count up without gaps. Records that are in the log already are skipped,
    /// so a batch whose answer was lost can be sent again.
    pub(super) fn append(&mut self, records: &[LogRecord]) -> Result<Append, FileError> {
        let Some(first) = records.first() else { return Ok(Append::Done(self.end())) };
        if self.truncated {
            // The log has its last record; the guest may go on talking to nobody.
            self.next = self.next.max(first.seq + records.len() as u64);
            return Ok(Append::Done(self.end()));
        }
        if first.seq > self.next {
            return Ok(Append::Gap { expected: self.next });
        }
        let mut lines = Vec::new();
        let mut next = self.next;
        for record in records.iter().filter(|record| record.seq >= self.next) {
            if record.seq != next {
                return Ok(Append::Gap { expected: self.next });
            }
            let start = lines.len();
            push_line(&mut lines, record);
            next += 1;
            if self.bytes + lines.len() as u64 > limits::LOG_BYTES as u64 {
                lines.truncate(start);
                let last =
                    LogRecord { data: TRUNCATED.to_owned(), stream: LogStream::System, ..record.clone() };
                push_line(&mut lines, &last);
                self.truncated = true;
                break;
            }
        }
        let written = self.file.write_all(&lines);
        if let Err(source) = written {
            // Half a batch may be in the file; reading it again finds out where it ends.
            self.truncated = false;
            self.next = 0;
            self.recover().map_err(FileError::when("read log", &self.path))?;
            return Err(FileError { action: "append to log", path: self.path.clone(), source });
        }
        self.next = next;
        self.bytes += lines.len() as u64;
        if self.truncated {
            self.next = self.next.max(first.seq + records.len() as u64);
        }
        Ok(Append::Done(self.end()))
    }

    /// Waits until everything is on the disk.
    pub(super) fn flush(&self) -> Result<(), FileError> {
        self.file.sync_data().map_err(FileError::when("flush log", &self.path))
    }
}

fn push_line(lines: &mut Vec<u8>, record: &LogRecord) {
    serde_json::to_writer(&mut *lines, record).expect("a log record has only text keys");
    lines.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use proptest::prelude::*;

    fn record(seq: u64, data: &str) -> LogRecord {
        LogRecord { seq, t: Timestamp::UNIX_EPOCH, stream: LogStream::Stdout, data: data.to_owned() }
    }

    fn batch(range: std::ops::Range<u64>) -> Vec<LogRecord> {
        range.map(|seq| record(seq, "line")).collect()
    }

    fn stored(path: &Path) -> Vec<LogRecord> {
        std::fs::read_to_string(path)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    #[test]
    fn a_batch_that_was_sent_twice_is_stored_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut log = LogFile::open(&path).unwrap();
        for range in [0..3, 0..3, 2..5, 1..2] {
            assert!(matches!(log.append(&batch(range)).unwrap(), Append::Done(_)));
        }
        assert_eq!(stored(&path).iter().map(|record| record.seq).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn a_gap_is_refused_with_the_number_to_go_on_from() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = LogFile::open(&folder.path().join("log")).unwrap();
        log.append(&batch(0..2)).unwrap();
        assert_eq!(log.append(&batch(3..4)).unwrap(), Append::Gap { expected: 2 });
        let inner = [record(2, "a"), record(4, "b")];
        assert_eq!(log.append(&inner).unwrap(), Append::Gap { expected: 2 });
    }

    #[test]
    fn a_line_that_a_crash_cut_off_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        LogFile::open(&path).unwrap().append(&batch(0..2)).unwrap();
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"seq\":2,\"t\"").unwrap();
        let mut log = LogFile::open(&path).unwrap();
        assert_eq!(log.end().next, 2);
        log.append(&batch(2..3)).unwrap();
        assert_eq!(stored(&path).len(), 3);
    }

    #[test]
    fn a_log_that_is_too_long_ends_with_one_record_that_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let mut log = LogFile::open(&path).unwrap();
        let line = "x".repeat(16 * 1024);
        let mut seq = 0;
        while seq < 700 {
            let records: Vec<LogRecord> = (seq..seq + 10).map(|seq| record(seq, &line)).collect();
            seq += 10;
            let Append::Done(end) = log.append(&records).unwrap() else { panic!("no gap was sent") };
            assert_eq!(end.next, seq);
        }
        assert!(std::fs::metadata(&path).unwrap().len() <= limits::LOG_BYTES as u64 + 256);
        let records = stored(&path);
        assert_eq!(records.iter().filter(|record| record.data == TRUNCATED).count(), 1);
        assert_eq!(records.last().unwrap().data, TRUNCATED);
        drop(log);
        let mut log = LogFile::open(&path).unwrap();
        assert!(matches!(log.append(&batch(900..901)).unwrap(), Append::Done(end) if end.next == 901));
        assert_eq!(stored(&path).len(), records.len());
    }

    proptest! {
        #[test]
        fn whatever_is_sent_the_stored_numbers_count_up_without_gaps(
            batches in proptest::collection::vec((0_u64..20, 0_u64..6), 0..20), reopen in any::<bool>(),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("log");
            let mut log = LogFile::open(&path).unwrap();
            for (start, count) in batches {
                log.append(&batch(start..start + count)).unwrap();
                if reopen {
                    log = LogFile::open(&path).unwrap();
                }
            }
            let numbers: Vec<u64> = stored(&path).iter().map(|record| record.seq).collect();
            prop_assert_eq!(numbers, (0..log.end().next).collect::<Vec<_>>());
        }
    }
}
