//! Why a machine cannot be made habitable.

use std::{io, path::PathBuf};

use thiserror::Error;

/// Why a machine cannot be made habitable.
#[derive(Debug, Error)]
pub enum InitError {
    /// This process may not rearrange the machine that it runs on.
    #[error("this is not the first process of a machine")]
    NotFirst,
    /// A file system cannot be mounted.
    #[error("failed to mount {} on {}", kind, path.display())]
    Mount {
        /// Its type.
        kind: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A folder, or a setting of the kernel, cannot be closed to tasks.
    #[error("failed to close {} to tasks", path.display())]
    Protect {
        /// The folder or setting.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A driver cannot be loaded.
    #[error("failed to load the kernel module {}", path.display())]
    Module {
        /// Its file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The network cannot be configured.
    #[error("failed to configure the network: {step}")]
    Network {
        /// What did not work.
        step: &'static str,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}
