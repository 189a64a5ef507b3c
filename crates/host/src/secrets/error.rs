//! Why a bundle is not installed.

use std::{io, path::PathBuf};

use clawlets_model::SecretName;
use clawlets_release::{bundle::BundleFault, value::Sha256Digest};
use clawlets_secrets::sops::SopsError;
use thiserror::Error;

/// Why a bundle is not installed. Nothing was changed.
#[derive(Debug, Error)]
pub enum InstallError {
    /// It is not the bundle that was announced.
    #[error("the bundle has SHA-256 {found}, and {expected} was announced")]
    OtherBytes {
        /// What was announced.
        expected: Sha256Digest,
        /// What came.
        found: Sha256Digest,
    },
    /// It holds what no bundle may hold.
    #[error("the bundle cannot be unpacked")]
    Bundle(#[from] BundleFault),
    /// One of its files is not encrypted.
    #[error("{secret}.yaml is not encrypted, or not whole")]
    NotSealed {
        /// Which.
        secret: SecretName,
        /// What is wrong with it.
        #[source]
        source: SopsError,
    },
    /// One of its files is no text.
    #[error("{secret}.yaml is no text")]
    NotText {
        /// Which.
        secret: SecretName,
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
