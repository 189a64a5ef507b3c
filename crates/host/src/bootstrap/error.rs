//! Why a phase of a boot is not done.

use std::{io, path::PathBuf, time::Duration};

use clawlets_aws::{AwsError, CredentialsError, InvalidValue, MetadataError, SetupError};
use clawlets_instance_bundle::{ContentFault, Refusal};
use clawlets_release::signature::KeyFault;
use clawlets_upstream::InvalidBaseUrl;
use thiserror::Error;

use super::machine::{FailureKind, Phase};
use crate::secrets::{FetchError, InstallError};

/// Why a phase of a boot is not done.
#[derive(Debug, Error)]
pub enum BootError {
    /// The program is told to end.
    #[error("the boot was interrupted; the next run goes on with it")]
    Interrupted,
    /// Another boot runs.
    #[error("another boot is at work on this host")]
    Busy,
    /// The phase took too long.
    #[error("{} was not done within {after:?}", phase.as_str())]
    Late {
        /// Which.
        phase: Phase,
        /// How long it may take.
        after: Duration,
        /// What was wrong last.
        #[source]
        last: Option<Box<Self>>,
    },
    /// A file of this host cannot be used.
    #[error("failed to {action} {}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file says what cannot be.
    #[error("{}: {message}", path.display())]
    Said {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// Nobody says in which bucket the bundle lies.
    #[error("no file and no key of the configuration names the bucket of the bundle")]
    NoBucket,
    /// The region, the bucket or the prefix is none.
    #[error("what this instance was told about AWS cannot be used")]
    Value(#[source] InvalidValue),
    /// The endpoint is none.
    #[error("the endpoint of AWS cannot be used")]
    Endpoint(#[source] InvalidBaseUrl),
    /// The metadata service does not say.
    #[error("failed to find out the region of this instance")]
    Metadata(#[source] MetadataError),
    /// There are no credentials.
    #[error("failed to find credentials of AWS")]
    Credentials(#[source] CredentialsError),
    /// There is no client.
    #[error("failed to set up a client of AWS")]
    Setup(#[source] SetupError),
    /// A key in the configuration is none.
    #[error("bootstrap.public_keys: {text:?} is no public key of minisign")]
    Key {
        /// What stands there.
        text: String,
        /// What is wrong with it.
        #[source]
        source: KeyFault,
    },
    /// AWS did not do what it was asked.
    #[error("failed to fetch the bundle")]
    Aws(#[source] AwsError),
    /// The bundle is not believed.
    #[error("the bundle is refused")]
    Refused(#[source] Refusal),
    /// A file of the bundle is not the one that its manifest names.
    #[error("{file} of the bundle has not the hash that the manifest names")]
    OtherBytes {
        /// Which.
        file: &'static str,
    },
    /// The bundle's secrets hold what must not travel.
    #[error("the secrets of the bundle are refused")]
    Content(#[source] ContentFault),
    /// The bundle's secrets cannot be installed.
    #[error("failed to install the secrets of the bundle")]
    Install(#[source] InstallError),
    /// The secrets cannot be put in use.
    #[error("failed to put secrets in use")]
    Secrets(#[source] FetchError),
    /// A program did not do its part.
    #[error("'{command}' failed: {said}")]
    Command {
        /// Which.
        command: String,
        /// What it said last, or how it ended.
        said: String,
        /// Whether to run it again makes no sense.
        is_final: bool,
    },
    /// A gateway is not ready.
    #[error("the gateway of {bot} is not ready")]
    Gateway {
        /// Whose.
        bot: String,
    },
}

impl BootError {
    /// Whether to try the phase again at once may help.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Aws(error) => error.is_retryable(),
            Self::Metadata(error) => error.is_retryable(),
            Self::Secrets(error) => error.may_pass(),
            Self::Command { is_final, .. } => !is_final,
            Self::Gateway { .. } => true,
            Self::Interrupted
            | Self::Busy
            | Self::Late { .. }
            | Self::File { .. }
            | Self::Said { .. }
            | Self::NoBucket
            | Self::Value(_)
            | Self::Endpoint(_)
            | Self::Credentials(_)
            | Self::Setup(_)
            | Self::Key { .. }
            | Self::Refused(_)
            | Self::OtherBytes { .. }
            | Self::Content(_)
            | Self::Install(_) => false,
        }
    }

    /// Whether it may be that somebody is storing a new bundle at this moment.
    #[must_use]
    pub const fn may_be_a_mixture(&self) -> bool {
        matches!(self, Self::Refused(Refusal::Signature(_)) | Self::OtherBytes { .. })
    }

    /// Whether what came was refused, so that the same would be refused again.
    #[must_use]
    pub fn kind(&self) -> FailureKind {
        match self {
            Self::Refused(_) | Self::OtherBytes { .. } | Self::Content(_) | Self::Install(_) => {
                FailureKind::Refused
            }
            Self::Secrets(error) if error.is_refusal() => FailureKind::Refused,
            Self::Late { last: Some(last), .. } => last.kind(),
            Self::Interrupted
            | Self::Busy
            | Self::Late { .. }
            | Self::File { .. }
            | Self::Said { .. }
            | Self::NoBucket
            | Self::Value(_)
            | Self::Endpoint(_)
            | Self::Metadata(_)
            | Self::Credentials(_)
            | Self::Setup(_)
            | Self::Key { .. }
            | Self::Aws(_)
            | Self::Secrets(_)
            | Self::Command { .. }
            | Self::Gateway { .. } => FailureKind::Later,
        }
    }
}
