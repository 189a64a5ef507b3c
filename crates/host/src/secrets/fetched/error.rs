//! Why fetched secrets do not come in use.

use std::path::PathBuf;

use clawlets_aws::AwsError;
use thiserror::Error;

use crate::{bootstrap::BootError, secrets::ActivateError};

/// Why fetched secrets do not come in use. Those in use stay in use.
#[derive(Debug, Error)]
pub enum FetchError {
    /// A name in the configuration is none.
    #[error("aws_secrets: {name:?} cannot be the name of a secret")]
    Name {
        /// What stands there.
        name: String,
    },
    /// A file that says what a secret is called cannot be read.
    #[error("failed to read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Who the instance is cannot be said.
    #[error("failed to find out which instance this is")]
    Instance(#[source] Box<BootError>),
    /// AWS did not give a secret.
    #[error("failed to fetch the secret {name}")]
    Aws {
        /// Which.
        name: String,
        /// Why.
        #[source]
        source: AwsError,
    },
    /// A secret is there and cannot be the right one.
    #[error("the secret {name} {what}")]
    Unlikely {
        /// Which.
        name: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The secrets cannot be put in use.
    #[error("failed to put secrets in use")]
    Activate(#[source] ActivateError),
}

impl FetchError {
    /// Whether to try again at once may help.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Aws { source, .. } => source.is_retryable(),
            Self::Name { .. }
            | Self::Unreadable { .. }
            | Self::Instance(_)
            | Self::Unlikely { .. }
            | Self::Activate(_) => false,
        }
    }

    /// Whether what came was refused.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        matches!(self, Self::Unlikely { .. })
    }
}
