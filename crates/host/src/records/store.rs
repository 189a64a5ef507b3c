//! The files of the updater.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use clawlets_release::{document::DocumentFault, trust::Seen, update::State, value::StorePath};
use serde::{Serialize, de::DeserializeOwned};

use super::{Orders, RecordsError, Report, atomic};

/// The file that holds room on the disk, and how much, in bytes: for a state, an order to switch, and what that says.
const RESERVE: &str = "reserve";
const ROOM: u64 = 256 << 10;

/// Held while an updater runs. It ends with the process, however that ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// The state as it was found.
#[derive(Debug)]
pub struct Loaded {
    /// The state, with the floor of both places.
    pub state: State,
    /// What was lost or damaged, in sentences.
    pub losses: Vec<String>,
}

/// The files of the updater.
#[derive(Debug, Clone)]
pub struct Records {
    folder: PathBuf,
    floor: PathBuf,
}

impl Records {
    /// The records in a folder, with the second place of the floor elsewhere.
    #[must_use]
    pub fn new(folder: &Path, floor: &Path) -> Self {
        Self { folder: folder.to_owned(), floor: floor.to_owned() }
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The orders of whoever operates this host.
    #[must_use]
    pub fn orders(&self) -> Orders {
        Orders::of(self.folder.join("orders"))
    }

    /// Takes the lock that one updater has.
    ///
    /// # Errors
    /// [`RecordsError::Busy`] while another one has it.
    pub fn lock(&self) -> Result<Lock, RecordsError> {
        let path = self.folder.join("lock");
        let open = || {
            atomic::make_folder(&self.folder)?;
            File::options().create(true).truncate(false).write(true).open(&path)
        };
        let file = open().map_err(|source| RecordsError::Write { path: path.clone(), source })?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(RecordsError::Busy),
            Err(TryLockError::Error(source)) => Err(RecordsError::Write { path, source }),
        }
    }

    /// The state. Where there is none, it is that of a host whose last good system is `default`. A damaged one is looked
    /// over as if it were lost; the floor is what either place knows.
    ///
    /// # Errors
    /// [`RecordsError`] when a file cannot be read, is of a newer program, or both places of the floor contradict each
    /// other.
    pub fn load(
        &self,
        default: impl FnOnce() -> Result<StorePath, RecordsError>,
    ) -> Result<Loaded, RecordsError> {
        let mut losses = Vec::new();
        let path = self.state_path();
        let state = match read(&path)?.map(|bytes| State::parse(&bytes)) {
            Some(Ok(state)) => state,
            Some(Err(source @ DocumentFault::UnknownSchema { .. })) => {
                return Err(RecordsError::Newer { path, source: Box::new(source) });
            }
            Some(Err(fault)) => {
                losses.push(format!(
                    "{} is damaged and begun anew: {}",
                    path.display(),
                    clawlets_model::cause::chain(&fault)
                ));
                State::new(default()?)
            }
            None => State::new(default()?),
        };
        let floor: Option<Seen> = match read(&self.floor)?.map(|bytes| serde_json::from_slice(&bytes)) {
            Some(Ok(floor)) => Some(floor),
            Some(Err(_)) => {
                losses.push(format!("{} is damaged", self.floor.display()));
                None
            }
            None => None,
        };
        let seen =
            Seen::join(state.seen, floor).map_err(|conflict| RecordsError::Floor(Box::new(conflict)))?;
        Ok(Loaded { state: state.with_floor(seen), losses })
    }

    /// Both places of the floor as they are, the state's first.
    ///
    /// # Errors
    /// When one is there and cannot be read.
    pub fn floors(&self) -> Result<[Option<Seen>; 2], RecordsError> {
        let state = read(&self.state_path())?.and_then(|bytes| State::parse(&bytes).ok());
        let floor = read(&self.floor)?.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        Ok([state.and_then(|state| state.seen), floor])
    }

    /// Saves the floor, then the state. When this ends well, both are on the disk.
    ///
    /// # Errors
    /// [`RecordsError::Write`].
    pub fn save(&self, state: &State) -> Result<(), RecordsError> {
        if let Some(seen) = state.seen {
            self.write(&self.floor, &seen)?;
        }
        let path = self.state_path();
        atomic::replace(&path, &state.to_bytes()).map_err(|source| RecordsError::Write { path, source })
    }

    /// Writes the status for whoever looks at it without this program.
    ///
    /// # Errors
    /// [`RecordsError::Write`].
    pub fn write_status(&self, report: &Report) -> Result<(), RecordsError> {
        self.write(&self.folder.join("status.json"), report)
    }

    /// What was wrong with mirrors when they were last asked.
    #[must_use]
    pub fn mirror_reports(&self) -> Vec<String> {
        self.remembered("mirrors.json").unwrap_or_default()
    }

    /// Notes what is wrong with mirrors.
    ///
    /// # Errors
    /// [`RecordsError::Write`].
    pub fn note_mirrors(&self, reports: &[String]) -> Result<(), RecordsError> {
        if self.mirror_reports() == reports {
            return Ok(());
        }
        self.write(&self.folder.join("mirrors.json"), &reports)
    }

    /// What was said about the last release that could not be prepared; empty if nothing was.
    #[must_use]
    pub fn trouble_report(&self) -> String {
        self.remembered("trouble.json").unwrap_or_default()
    }

    /// Notes what was said about a release that cannot be prepared.
    ///
    /// # Errors
    /// [`RecordsError::Write`].
    pub fn note_trouble(&self, said: &str) -> Result<(), RecordsError> {
        if self.trouble_report() == said {
            return Ok(());
        }
        self.write(&self.folder.join("trouble.json"), &said)
    }

    /// Sets room on the disk aside, so that a host can go back from a release that fills it.
    ///
    /// # Errors
    /// [`RecordsError::Write`].
    pub fn set_room_aside(&self) -> Result<(), RecordsError> {
        let path = self.folder.join(RESERVE);
        if fs::metadata(&path).is_ok_and(|found| found.len() == ROOM) {
            return Ok(());
        }
        let bytes = vec![0; usize::try_from(ROOM).unwrap_or_default()];
        atomic::replace(&path, &bytes).map_err(|source| RecordsError::Write { path, source })
    }

    /// Gives that room up: it is needed now.
    pub fn give_room_up(&self) {
        // What is not there takes no room, and what stays is no reason not to go back.
        let _ = fs::remove_file(self.folder.join(RESERVE));
    }

    fn state_path(&self) -> PathBuf {
        self.folder.join("state.json")
    }

    fn remembered<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_slice(&fs::read(self.folder.join(name)).ok()?).ok()
    }

    fn write(&self, path: &Path, value: &impl Serialize) -> Result<(), RecordsError> {
        let mut bytes = serde_json::to_vec_pretty(value).expect("records have only text keys");
        bytes.push(b'\n');
        atomic::replace(path, &bytes).map_err(|source| RecordsError::Write { path: path.to_owned(), source })
    }
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, RecordsError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(RecordsError::Read { path: path.to_owned(), source }),
    }
}

#[cfg(test)]
mod tests {
    use clawlets_release::value::Sha256Digest;

    use super::{super::read_order, *};

    fn system() -> StorePath {
        StorePath::parse(&format!("/nix/store/{}-system", "0".repeat(32))).unwrap()
    }

    fn seen(order: &str, manifest: &str) -> Seen {
        let manifest_sha256 = Sha256Digest::of(manifest.as_bytes());
        Seen { order: read_order(order, None).unwrap(), manifest_sha256, issued_at: None }
    }

    fn records(folder: &tempfile::TempDir) -> Records {
        Records::new(&folder.path().join("state"), &folder.path().join("elsewhere/floor.json"))
    }

    fn load(records: &Records) -> Loaded {
        records.load(|| Ok(system())).unwrap()
    }

    #[test]
    fn the_floor_outlives_the_loss_and_the_damage_of_either_place() {
        for (lost, damage) in [
            ("state/state.json", None),
            ("elsewhere/floor.json", None),
            ("state/state.json", Some("{")),
            ("elsewhere/floor.json", Some("\0")),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let records = records(&folder);
            records.save(&State::new(system()).with_floor(Some(seen("0/7", "a")))).unwrap();
            let path = folder.path().join(lost);
            match damage {
                Some(damage) => fs::write(path, damage).unwrap(),
                None => fs::remove_file(path).unwrap(),
            }
            let loaded = load(&records);
            assert_eq!(loaded.state.seen, Some(seen("0/7", "a")), "{lost}");
            assert_eq!(loaded.losses.len(), usize::from(damage.is_some()), "{:?}", loaded.losses);
        }
    }

    #[test]
    fn two_floors_that_cannot_both_be_true_stop_everything() {
        let folder = tempfile::tempdir().unwrap();
        let records = records(&folder);
        records.save(&State::new(system()).with_floor(Some(seen("0/7", "a")))).unwrap();
        records.write(&records.floor, &seen("0/7", "b")).unwrap();
        assert!(matches!(records.load(|| Ok(system())), Err(RecordsError::Floor(_))));
    }

    #[test]
    fn a_state_of_a_newer_program_is_not_thrown_away() {
        let folder = tempfile::tempdir().unwrap();
        let records = records(&folder);
        let text = String::from_utf8(State::new(system()).to_bytes()).unwrap();
        let newer = text.replacen("\"schemaVersion\": 1", "\"schemaVersion\": 2", 1);
        atomic::replace(&records.state_path(), newer.as_bytes()).unwrap();
        assert!(matches!(records.load(|| Ok(system())), Err(RecordsError::Newer { .. })));
    }

    #[test]
    fn one_updater_has_the_lock_until_it_ends() {
        let folder = tempfile::tempdir().unwrap();
        let records = records(&folder);
        let lock = records.lock().unwrap();
        assert!(matches!(records.lock(), Err(RecordsError::Busy)));
        drop(lock);
        assert!(records.lock().is_ok());
    }
}
