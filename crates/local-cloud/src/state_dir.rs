//! Where things are below a state directory, and how files there are written.
//!
//! ```text
//! local.json               connection document, 0600
//! local/                   0700
//!   address                where the daemon listened last, so that the next one is found there too
//!   containment.json       how the daemon contains its guests
//!   daemon.lock            held by the daemon; contains its process id
//!   token                  bearer token, 0600, the same across restarts
//!   state.sqlite           the project: servers, actions, images, keys, …
//!   servers/<id>/          one guest: its lock, specification, sockets and logs
//!   templates/<n>/         a template while it is being made
//!   pool/<n>/              a rehearsed guest that is nobody yet; becomes servers/<id> when it is claimed
//!   fresh/<n>/             the same, of a guest that has never run
//! ```

use std::{
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use crate::{error::Error, vm::GuestDir};

/// The paths below one state directory.
#[derive(Clone, Debug)]
pub(crate) struct StateDir {
    root: PathBuf,
}

impl StateDir {
    pub(crate) fn new(root: &Path) -> Self {
        Self { root: root.to_path_buf() }
    }

    /// Makes the directories, private to their owner. A state directory that every user may write to is refused: they
    /// could put another connection document in the place of ours.
    pub(crate) fn create(&self) -> Result<(), Error> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.root)
            .map_err(Error::file("create", &self.root))?;
        let mode = fs::metadata(&self.root).map_err(Error::file("look at", &self.root))?.permissions().mode();
        if mode & 0o002 != 0 {
            return Err(Error::Exposed { state_dir: self.root.clone() });
        }
        for dir in [self.local(), self.servers(), self.templates(), self.pool(), self.fresh()] {
            if !dir.is_dir() {
                fs::DirBuilder::new().mode(0o700).create(&dir).map_err(Error::file("create", &dir))?;
            }
            fs::set_permissions(&dir, fs::Permissions::from_mode(0o700))
                .map_err(Error::file("protect", &dir))?;
        }
        Ok(())
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn connection(&self) -> PathBuf {
        self.root.join("local.json")
    }

    pub(crate) fn daemon_lock(&self) -> PathBuf {
        self.local().join("daemon.lock")
    }

    pub(crate) fn address(&self) -> PathBuf {
        self.local().join("address")
    }

    pub(crate) fn containment(&self) -> PathBuf {
        self.local().join("containment.json")
    }

    pub(crate) fn token(&self) -> PathBuf {
        self.local().join("token")
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.local().join("state.sqlite")
    }

    pub(crate) fn guest(&self, server_id: u64) -> GuestDir {
        GuestDir::new(self.servers().join(server_id.to_string()), server_id)
    }

    /// Every guest directory, in the order of the server ids. Entries whose name is not a server id are left out.
    pub(crate) fn guests(&self) -> Result<Vec<GuestDir>, Error> {
        Ok(numbered(&self.servers())?.into_iter().map(|id| self.guest(id)).collect())
    }

    /// Every directory of a guest that is nobody's: templates being made, and entries of the pool.
    pub(crate) fn nobodies(&self) -> Result<Vec<GuestDir>, Error> {
        let mut found = Vec::new();
        for folder in [self.templates(), self.pool(), self.fresh()] {
            let numbers = numbered(&folder)?;
            found.extend(numbers.into_iter().map(|n| GuestDir::new(folder.join(n.to_string()), NOBODY)));
        }
        Ok(found)
    }

    pub(crate) fn templates(&self) -> PathBuf {
        self.local().join("templates")
    }

    pub(crate) fn pool(&self) -> PathBuf {
        self.local().join("pool")
    }

    pub(crate) fn fresh(&self) -> PathBuf {
        self.local().join("fresh")
    }

    fn local(&self) -> PathBuf {
        self.root.join("local")
    }

    fn servers(&self) -> PathBuf {
        self.local().join("servers")
    }
}

/// The server id of a guest that is no server's.
pub(crate) const NOBODY: u64 = 0;

/// The numbers among the names in a folder, in order. One that does not exist, or is no folder, holds none.
fn numbered(folder: &Path) -> Result<Vec<u64>, Error> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        Err(source) => return Err(Error::File { action: "list", path: folder.to_path_buf(), source }),
    };
    let mut numbers = Vec::new();
    for entry in entries {
        let entry = entry.map_err(Error::file("list", folder))?;
        numbers.extend(entry.file_name().to_str().and_then(|name| name.parse::<u64>().ok()));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// Replaces `path` by a file that holds `bytes` and that only its owner may read. Readers see the old file or the
/// new one, also after a power cut, never a part of it.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let file = new_private(path, bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    File::open(parent(path))?.sync_all()
}

/// Like [`write_private`], for what is worth nothing after a power cut: readers see the old file or the new one as long
/// as the machine is up.
pub(crate) fn replace_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let file = new_private(path, bytes)?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

fn new_private(path: &Path, bytes: &[u8]) -> std::io::Result<tempfile::NamedTempFile> {
    let mut file = tempfile::Builder::new()
        .prefix(".new-")
        .permissions(fs::Permissions::from_mode(0o600))
        .tempfile_in(parent(path))?;
    file.write_all(bytes)?;
    Ok(file)
}

/// The folder that a file is in; a bare name is in the current one.
fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Opens a file for reading and writing that only its owner may read, and makes it if it is missing.
pub(crate) fn open_private(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_and_files_are_private_to_their_owner() {
        let dir = tempfile::tempdir().unwrap();
        let state = StateDir::new(&dir.path().join("state"));
        state.create().unwrap();
        state.create().unwrap();
        write_private(&state.token(), b"first").unwrap();
        write_private(&state.token(), b"second").unwrap();
        assert_eq!(fs::read(state.token()).unwrap(), b"second");
        for (path, mode) in [(state.local(), 0o40700), (state.servers(), 0o40700), (state.token(), 0o100_600)]
        {
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode(), mode, "{}", path.display());
        }
    }

    #[test]
    fn a_directory_that_everybody_may_write_to_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o1777)).unwrap();
        let state = StateDir::new(dir.path());
        assert!(matches!(state.create(), Err(Error::Exposed { .. })));
        assert!(!state.local().exists());
    }

    #[test]
    fn guests_are_the_directories_that_are_named_by_a_server_id() {
        let dir = tempfile::tempdir().unwrap();
        let state = StateDir::new(dir.path());
        assert!(state.guests().unwrap().is_empty());
        state.create().unwrap();
        for name in ["20", "3", "lost+found", "-1"] {
            fs::create_dir(state.servers().join(name)).unwrap();
        }
        let ids: Vec<u64> = state.guests().unwrap().iter().map(GuestDir::server_id).collect();
        assert_eq!(ids, [3, 20]);
    }
}
