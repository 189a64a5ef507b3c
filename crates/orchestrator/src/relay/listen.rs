//! A unix socket that only the daemon's own user and root can reach.

use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::{Path, PathBuf},
};

use thiserror::Error;
use tokio::net::UnixListener;

/// Why there is no socket for relays.
#[derive(Debug, Error)]
#[error("failed to listen for relays on {}", path.display())]
pub struct RelayError {
    /// The socket.
    pub path: PathBuf,
    /// Why.
    #[source]
    pub source: io::Error,
}

/// Listens on a socket `name` in `folder`, which is made if it is missing and closed to everybody else. A socket that
/// an earlier run left behind is replaced: the store's lock has shown that this is the only daemon.
///
/// # Errors
/// [`RelayError`].
pub(crate) fn listen(folder: &Path, name: &str) -> Result<(UnixListener, PathBuf), RelayError> {
    let path = folder.join(name);
    let failed = |source| RelayError { path: path.clone(), source };
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(failed)?;
    match fs::remove_file(&path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    let listener = UnixListener::bind(&path).map_err(failed)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).map_err(failed)?;
    Ok((listener, path))
}
