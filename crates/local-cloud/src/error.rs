//! What can go wrong around the daemon: the one error type of `serve`, `status` and `down`.

use std::{io, path::PathBuf};

use crate::{config::NotLoopback, image::ImageError, vm::GuestError};

/// Why the local cloud could not do what its owner asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address to listen on would be reachable from elsewhere.
    #[error(transparent)]
    NotLoopback(#[from] NotLoopback),
    /// Another daemon serves this state directory.
    #[error("the local cloud in {} is already served by process {pid}", state_dir.display())]
    AlreadyServed {
        /// The state directory.
        state_dir: PathBuf,
        /// The process that holds it; 0 when it has not written its id yet.
        pid: u32,
    },
    /// No daemon serves this state directory.
    #[error("no local cloud is running in {}", state_dir.display())]
    NotRunning {
        /// The state directory.
        state_dir: PathBuf,
    },
    /// The daemon did not end in time.
    #[error("the local cloud (process {pid}) did not end within {seconds} s")]
    StillRunning {
        /// The process that still runs.
        pid: u32,
        /// How long it was given.
        seconds: u64,
    },
    /// Every user of the machine may write to the state directory.
    #[error("every user of this machine may write to {}", state_dir.display())]
    Exposed {
        /// The state directory.
        state_dir: PathBuf,
    },
    /// A file or directory could not be read or written.
    #[error("failed to {action} {}", path.display())]
    File {
        /// What was tried, as a verb.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// A file holds something else than what was written there.
    #[error("failed to read {}: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The state could not be opened or written.
    #[error("failed to use the state in {}", path.display())]
    Store {
        /// The database file.
        path: PathBuf,
        /// Why it failed.
        #[source]
        source: rusqlite::Error,
    },
    /// The daemon cannot listen.
    #[error("failed to listen on {address}")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// The operating system gave no random bytes.
    #[error("failed to draw random bytes")]
    Random(#[source] getrandom::Error),
    /// A guest could not be started, asked or ended.
    #[error(transparent)]
    Guest(#[from] GuestError),
    /// An image could not be read.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// The daemon answered a request of ours with an error, or not at all.
    #[error("failed to ask the local cloud at {endpoint}: {reason}")]
    Refused {
        /// The base URL.
        endpoint: String,
        /// What came back.
        reason: String,
    },
}

impl Error {
    /// A [`Error::File`] in a form that fits `map_err`.
    pub(crate) fn file(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { action, path, source }
    }
}
