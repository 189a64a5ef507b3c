//! What was read, page by page: one file for each list, one line for each page.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use clawlets_github::{Etag, PageUrl};
use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The version of the form.
const VERSION: u32 = 1;
/// The longest line, in bytes. A page of a hundred entries takes about 30 KiB.
const MAX_LINE: u64 = 4 << 20;

/// The first line.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Head {
    version: u32,
    /// When the list was read.
    pub(super) read_at: Timestamp,
}

/// One page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct KeptPage<T> {
    /// Where it is.
    pub(super) url: PageUrl,
    /// The mark that it had.
    pub(super) etag: Option<Etag>,
    /// Where the next one is.
    pub(super) next: Option<PageUrl>,
    /// Whether another entry would have gone to a page that was not there yet.
    pub(super) is_full: bool,
    /// Its entries.
    pub(super) items: Vec<T>,
}

/// The pages of a list that was read before, one after the other.
#[derive(Debug)]
pub(super) struct KeptPages {
    file: BufReader<File>,
    pub(super) head: Head,
}

impl KeptPages {
    /// None if the list was never read, or by a program with another form.
    pub(super) fn open(path: &Path) -> io::Result<Option<Self>> {
        let mut file = match File::open(path) {
            Ok(file) => BufReader::new(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let head: Option<Head> = line(&mut file)?.and_then(|line| serde_json::from_slice(&line).ok());
        Ok(head.filter(|head| head.version == VERSION).map(|head| Self { file, head }))
    }

    /// The next page. A page that is damaged is none, and ends the list.
    pub(super) fn next<T: DeserializeOwned>(&mut self) -> io::Result<Option<KeptPage<T>>> {
        Ok(line(&mut self.file)?.and_then(|line| serde_json::from_slice(&line).ok()))
    }

    /// The places of all pages, the last one first.
    pub(super) fn backwards(mut self) -> io::Result<Backwards> {
        let mut places = Vec::new();
        loop {
            let place = self.file.stream_position()?;
            match line(&mut self.file)? {
                Some(_) => places.push(place),
                None => return Ok(Backwards { file: self.file, places }),
            }
        }
    }
}

/// The pages of a list from its end to its beginning.
#[derive(Debug)]
pub(super) struct Backwards {
    file: BufReader<File>,
    places: Vec<u64>,
}

impl Backwards {
    pub(super) fn next<T: DeserializeOwned>(&mut self) -> io::Result<Option<KeptPage<T>>> {
        let Some(place) = self.places.pop() else { return Ok(None) };
        self.file.seek(SeekFrom::Start(place))?;
        let line = line(&mut self.file)?.unwrap_or_default();
        serde_json::from_slice(&line).map(Some).map_err(io::Error::from)
    }
}

fn line(file: &mut BufReader<File>) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    file.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)?;
    Ok((line.pop() == Some(b'\n')).then_some(line))
}

/// A list that is being read. It takes the place of the one before when it is whole.
#[derive(Debug)]
pub(super) struct NewPages {
    file: BufWriter<File>,
    unfinished: PathBuf,
    path: PathBuf,
}

impl NewPages {
    pub(super) fn begin(path: &Path, now: Timestamp) -> io::Result<Self> {
        let folder = path.parent().ok_or_else(|| io::Error::other("a file lies in a folder"))?;
        fs::create_dir_all(folder)?;
        // Always of this name, so that what one left that was killed is written over.
        let unfinished = path.with_extension("new");
        let mut file = BufWriter::new(File::create(&unfinished)?);
        serde_json::to_writer(&mut file, &Head { version: VERSION, read_at: now })?;
        file.write_all(b"\n")?;
        Ok(Self { file, unfinished, path: path.to_owned() })
    }

    pub(super) fn push<T: Serialize>(&mut self, page: &KeptPage<T>) -> io::Result<()> {
        serde_json::to_writer(&mut self.file, page)?;
        self.file.write_all(b"\n")
    }

    pub(super) fn finish(self) -> io::Result<()> {
        self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        fs::rename(&self.unfinished, &self.path)
    }
}
