//! What can go wrong with a guest.

use std::{io, path::PathBuf};

/// Why a guest could not be started, asked or ended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GuestError {
    /// A file of the guest could not be used.
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
    /// The specification cannot be read.
    #[error("failed to read the guest specification {}", path.display())]
    Specification {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// The guest runs already.
    #[error("server {server_id} has a running guest already")]
    AlreadyRunning {
        /// The server.
        server_id: u64,
    },
    /// The shim command of the configuration is empty.
    #[error("the configuration names no shim command")]
    NoShimCommand,
    /// The shim could not be started.
    #[error("failed to start the shim '{program}'")]
    ShimStart {
        /// The program that was tried.
        program: String,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// The shim or QEMU gave up before the guest ran.
    #[error("failed to boot the guest of server {server_id}: {reason}")]
    Boot {
        /// The server.
        server_id: u64,
        /// What the shim or QEMU said.
        reason: String,
    },
    /// The guest did not run, or did not end, in time.
    #[error("the guest of server {server_id} did not {what} within {seconds} s")]
    Deadline {
        /// The server.
        server_id: u64,
        /// What was waited for, as a verb.
        what: &'static str,
        /// How long.
        seconds: u64,
    },
    /// The guest had ended, or ended while it was asked.
    #[error("the guest of server {server_id} is not running")]
    Ended {
        /// The server.
        server_id: u64,
    },
    /// The shim's control socket gave no usable answer.
    #[error("failed to ask the shim of server {server_id}: {reason}")]
    Control {
        /// The server.
        server_id: u64,
        /// What happened.
        reason: String,
    },
}

impl GuestError {
    pub(crate) fn file(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { action, path, source }
    }
}
