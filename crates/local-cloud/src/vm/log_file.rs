//! A log of bounded size: the newest output, in a file and the one before it.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::PathBuf,
};

/// A file that is set aside as `<name>.1` when it is full, so that both together never exceed twice the limit.
#[derive(Debug)]
pub(crate) struct LogFile {
    path: PathBuf,
    file: File,
    written: usize,
    limit: usize,
}

impl LogFile {
    /// Begins an empty log; `limit` is in bytes.
    pub(crate) fn create(path: PathBuf, limit: usize) -> io::Result<Self> {
        let file = File::create(&path)?;
        Ok(Self { path, file, written: 0, limit })
    }

    /// Appends bytes.
    pub(crate) fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            if self.written == self.limit {
                fs::rename(&self.path, self.path.with_added_extension("1"))?;
                self.file = File::create(&self.path)?;
                self.written = 0;
            }
            let (now, later) = bytes.split_at(bytes.len().min(self.limit - self.written));
            self.file.write_all(now)?;
            self.written += now.len();
            bytes = later;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endless_output_keeps_its_end_and_stays_within_the_limit() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("console.log");
        let mut log = LogFile::create(path.clone(), 10).unwrap();
        for line in ["one\n", "a longer line than fits\n", "end\n"] {
            log.write(line.as_bytes()).unwrap();
        }
        let older = fs::read_to_string(path.with_added_extension("1")).unwrap();
        let newer = fs::read_to_string(&path).unwrap();
        assert_eq!((older.as_str(), newer.as_str()), ("an fits\nen", "d\n"));
    }
}
