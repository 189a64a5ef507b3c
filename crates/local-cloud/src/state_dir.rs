//! Where things are below a state directory, and how files there are written.
//!
//! ```text
//! local.json               connection document, 0600
//! local/                   0700
//!   address                where the daemon listened last, so that the next one is found there too
//!   daemon.lock            held by the daemon; contains its process id
//!   token                  bearer token, 0600, the same across restarts
//!   state.sqlite           the project: servers, actions, images, keys, …
//!   servers/<id>/          one guest: its lock, specification, sockets and logs
//! ```

use std::{
    fs::{self, File, OpenOptions},
    io::Write,
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
        for dir in [self.local(), self.servers()] {
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
        let servers = self.servers();
        let entries = match fs::read_dir(&servers) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(Error::File { action: "list", path: servers, source }),
        };
        let mut ids = Vec::new();
        for entry in entries {
            let entry = entry.map_err(Error::file("list", &servers))?;
            ids.extend(entry.file_name().to_str().and_then(|name| name.parse::<u64>().ok()));
        }
        ids.sort_unstable();
        Ok(ids.into_iter().map(|id| self.guest(id)).collect())
    }

    fn local(&self) -> PathBuf {
        self.root.join("local")
    }

    fn servers(&self) -> PathBuf {
        self.local().join("servers")
    }
}

/// Replaces `path` by a file that holds `bytes` and that only its owner may read. Readers see the old file or the
/// new one, also after a power cut, never a part of it.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new()
        .prefix(".new-")
        .permissions(fs::Permissions::from_mode(0o600))
        .tempfile_in(dir)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    File::open(dir)?.sync_all()
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
