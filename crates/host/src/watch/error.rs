//! Why a watch cannot be kept.

use std::{io, net::SocketAddr, path::PathBuf};

use thiserror::Error;

/// Why a watch cannot be kept.
#[derive(Debug, Error)]
pub enum WatchError {
    /// Another process keeps it.
    #[error("another watch is kept on this host")]
    Busy,
    /// A file of the watch cannot be written.
    #[error("failed to write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The status cannot be served at an address.
    #[error("failed to serve the status at {address}")]
    Serve {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The time since boot cannot be told.
    #[error("failed to tell the time since boot")]
    Clock(#[source] io::Error),
}
