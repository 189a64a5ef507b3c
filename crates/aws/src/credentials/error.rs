//! Why there are no credentials.

use std::{io, path::PathBuf};

use clawlets_upstream::InvalidBaseUrl;
use thiserror::Error;

use crate::{AwsError, MetadataError};

/// Why there are no credentials. Nothing here holds a part of any.
#[derive(Debug, Error)]
pub enum CredentialsError {
    /// A part is empty, or holds white space, line breaks or letters beyond ASCII.
    #[error("the access key is incomplete or has characters that no key has")]
    Unusable,
    /// A variable is there without the one that belongs to it.
    #[error("{present} is set and {missing} is not")]
    Half {
        /// The one that is set.
        present: &'static str,
        /// The one that is not.
        missing: &'static str,
    },
    /// Nothing says where credentials come from.
    #[error(
        "neither a variable nor a profile says who calls AWS, and this machine is said to be no instance of it"
    )]
    None,
    /// A variable that names the metadata service is wrong.
    #[error("AWS_EC2_METADATA_SERVICE_ENDPOINT cannot be used")]
    MetadataEndpoint(#[source] InvalidBaseUrl),
    /// A file cannot be read.
    #[error("failed to read {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// There is no such profile.
    #[error("there is no profile {profile:?} in {}", path.display())]
    NoProfile {
        /// Its name.
        profile: String,
        /// The file of credentials.
        path: PathBuf,
    },
    /// The profile takes its keys from elsewhere.
    #[error("profile {profile:?} has no access key of its own ({setting} is not followed)")]
    Indirect {
        /// Its name.
        profile: String,
        /// What it has instead.
        setting: &'static str,
    },
    /// The profile is incomplete.
    #[error("profile {profile:?} has no {missing}")]
    Incomplete {
        /// Its name.
        profile: String,
        /// What it lacks.
        missing: &'static str,
    },
    /// The token service refused or cannot be reached.
    #[error("the token service gave no session for the role")]
    WebIdentity(#[source] Box<AwsError>),
    /// The instance says nothing.
    #[error("the instance's metadata gave no credentials")]
    Metadata(#[source] MetadataError),
}

impl CredentialsError {
    /// Whether the same question may well be answered later.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::WebIdentity(source) => source.is_retryable(),
            Self::Metadata(source) => source.is_retryable(),
            Self::Unusable
            | Self::Half { .. }
            | Self::None
            | Self::MetadataEndpoint(_)
            | Self::File { .. }
            | Self::NoProfile { .. }
            | Self::Indirect { .. }
            | Self::Incomplete { .. } => false,
        }
    }
}
