//! The socket itself.

use std::{
    fs, io,
    os::unix::{
        fs::{FileTypeExt, PermissionsExt},
        net::{UnixListener, UnixStream},
    },
    path::{Path, PathBuf},
};

use nix::unistd::Group;
use thiserror::Error;

/// Who may open the socket: its owner and its group.
const MODE: u32 = 0o660;

/// A socket that is listened on.
#[derive(Debug)]
pub(crate) struct Listening {
    /// The listener.
    pub(crate) listener: UnixListener,
    /// The socket's file, if this program made it; removed on an orderly end.
    pub(crate) path: Option<PathBuf>,
}

/// Why there is no socket.
#[derive(Debug, Error)]
pub enum SocketError {
    /// Everybody may write to its folder, so anybody could put another socket into its place.
    #[error("the folder {} of the socket can be written by everybody", .0.display())]
    OpenFolder(PathBuf),
    /// Another program listens on it.
    #[error("another program listens on {}", .0.display())]
    InUse(PathBuf),
    /// Something else stands in its place.
    #[error("{} exists and is not a socket", .0.display())]
    NotASocket(PathBuf),
    /// The group is not there.
    #[error("there is no group {0:?}")]
    NoGroup(String),
    /// A file operation failed.
    #[error("failed to {action} {}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> SocketError {
    let path = path.to_owned();
    move |source| SocketError::Io { action, path, source }
}

/// Listens on `path`, for the owner and `group` only. A socket on which nobody listens is replaced. The socket appears
/// under its name only when its mode and group are right.
///
/// # Errors
/// [`SocketError`].
pub(crate) fn listen(path: &Path, group: Option<&str>) -> Result<Listening, SocketError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    };
    fs::create_dir_all(folder).map_err(failed("make folder", folder))?;
    let mode = fs::metadata(folder).map_err(failed("look at", folder))?.permissions().mode();
    if mode & 0o002 != 0 {
        return Err(SocketError::OpenFolder(folder.to_owned()));
    }
    check_place(path)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = folder.join(name);
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed("remove", &new)(error)),
        Ok(()) | Err(_) => {}
    }
    let listener = UnixListener::bind(&new).map_err(failed("listen on", &new))?;
    fs::set_permissions(&new, fs::Permissions::from_mode(MODE)).map_err(failed("set the mode of", &new))?;
    if let Some(name) = group {
        let group =
            Group::from_name(name).map_err(|error| failed("look up the group of", path)(error.into()))?;
        let group = group.ok_or_else(|| SocketError::NoGroup(name.to_owned()))?;
        let chown = std::os::unix::fs::chown(&new, None, Some(group.gid.as_raw()));
        chown.map_err(failed("set the group of", &new))?;
    }
    fs::rename(&new, path).map_err(failed("put in place", path))?;
    listener.set_nonblocking(true).map_err(failed("listen on", path))?;
    Ok(Listening { listener, path: Some(path.to_owned()) })
}

fn check_place(path: &Path) -> Result<(), SocketError> {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed("look at", path)(error)),
    };
    if !metadata.file_type().is_socket() {
        return Err(SocketError::NotASocket(path.to_owned()));
    }
    match UnixStream::connect(path) {
        Ok(_) => Err(SocketError::InUse(path.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(()),
        Err(error) => Err(failed("connect to", path)(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stale_socket_is_replaced_and_a_live_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sub/clf.sock");
        let first = listen(&path, None).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, MODE);
        assert!(matches!(listen(&path, None), Err(SocketError::InUse(_))));
        drop(first);
        let second = listen(&path, None).unwrap();
        UnixStream::connect(&path).unwrap();
        drop(second);
    }

    #[test]
    fn a_folder_that_everybody_can_write_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o1777)).unwrap();
        assert!(matches!(listen(&folder.path().join("s"), None), Err(SocketError::OpenFolder(_))));
    }

    #[test]
    fn a_file_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s");
        fs::write(&path, "precious").unwrap();
        assert!(matches!(listen(&path, None), Err(SocketError::NotASocket(_))));
        assert!(matches!(
            listen(&folder.path().join("t"), Some("no-such-group")),
            Err(SocketError::NoGroup(_))
        ));
    }
}
