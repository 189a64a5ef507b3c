//! Why secrets are not opened.

use std::{io, path::PathBuf};

use clawlets_model::SecretName;
use clawlets_release::value::StorePath;
use clawlets_secrets::{AgeKeyError, sops::SopsError};
use thiserror::Error;

use crate::secrets::InstallError;

/// Why secrets are not opened. Those in use stay in use.
#[derive(Debug, Error)]
pub enum ActivateError {
    /// The system has no bundle, and none was installed by hand.
    #[error("no secrets bundle belongs to {system}, and none was installed by hand")]
    NoBundle {
        /// The system.
        system: StorePath,
    },
    /// The shelf of bundles cannot be used.
    #[error("failed to use the folder of secrets bundles")]
    Shelf(#[source] InstallError),
    /// The host's key cannot be read.
    #[error("failed to read the host's key {}", path.display())]
    KeyUnreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Others may read the host's key.
    #[error("the host's key {} may be read by other users", path.display())]
    KeyExposed {
        /// The file.
        path: PathBuf,
    },
    /// The file holds no key.
    #[error("{} holds no age key", path.display())]
    NoKey {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: AgeKeyError,
    },
    /// A file of the bundle cannot be read.
    #[error("failed to read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A secret cannot be decrypted.
    #[error("failed to decrypt the secret {secret}")]
    Closed {
        /// Which.
        secret: SecretName,
        /// Why.
        #[source]
        source: SopsError,
    },
    /// A file holds no value under its own name.
    #[error("{secret}.yaml holds no value with the key {secret}")]
    NoValue {
        /// Which.
        secret: SecretName,
    },
    /// A secret is for somebody whom this host does not know.
    #[error("the secret {secret} is for the {kind} {name}, whom this host does not know")]
    UnknownOwner {
        /// Which.
        secret: SecretName,
        /// `user` or `group`.
        kind: &'static str,
        /// Who.
        name: String,
    },
    /// Secrets would lie on a disk.
    #[error("{} is not in memory, and secrets may lie nowhere else", path.display())]
    NotMemory {
        /// The folder.
        path: PathBuf,
    },
    /// A file cannot be written.
    #[error("failed to write {}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}
