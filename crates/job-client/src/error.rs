//! Why a call on the socket did not succeed.

use std::{io, path::PathBuf, time::Duration};

use clawlets_model::{ArtifactName, socket::ApiError, socket::ApiErrorCode, socket::JobView};
use thiserror::Error;

/// Why a call on the socket did not succeed.
#[derive(Debug, Error)]
pub enum ClientError {
    /// Nobody listens on the socket, or there is none.
    #[error("failed to connect to {}", path.display())]
    Unreachable {
        /// The socket.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The caller may not open the socket.
    #[error("not allowed to open {}", path.display())]
    Denied {
        /// The socket.
        path: PathBuf,
        /// The kernel's answer.
        #[source]
        source: io::Error,
    },
    /// The connection ended before the answer was complete.
    #[error("the connection to {} was lost", path.display())]
    Lost {
        /// The socket.
        path: PathBuf,
        /// How it ended, if it did not simply end.
        #[source]
        source: Option<hyper::Error>,
    },
    /// The orchestrator did not answer in time.
    #[error("{} did not answer within {} s", path.display(), within.as_secs())]
    Silent {
        /// The socket.
        path: PathBuf,
        /// The time that it had.
        within: Duration,
    },
    /// What came back is not the orchestrator's protocol.
    #[error("the answer of {} is not the orchestrator's: {what}", path.display())]
    Protocol {
        /// The socket.
        path: PathBuf,
        /// What is wrong with the answer.
        what: String,
    },
    /// The request is larger than the orchestrator takes; it was not sent.
    #[error("the request is {size} bytes, {most} at most")]
    TooLarge {
        /// Its size in bytes.
        size: usize,
        /// The most bytes that a request may have.
        most: usize,
    },
    /// The orchestrator refused the call, or failed.
    #[error("{}", .0.message)]
    Api(ApiError),
    /// An artifact's bytes are not those that the orchestrator announced.
    #[error("artifact {name} is damaged: {what}")]
    Damaged {
        /// The artifact.
        name: ArtifactName,
        /// What does not match.
        what: String,
    },
    /// What was received could not be written down.
    #[error("failed to write what was received")]
    Write(#[source] io::Error),
    /// The time to wait was over before the job got there. It goes on.
    #[error("job {} is still {} after {} s", last.job_id, last.phase, within.as_secs())]
    StillRunning {
        /// The job as it was seen last.
        last: Box<JobView>,
        /// The time that was waited.
        within: Duration,
    },
}

impl ClientError {
    /// Whether the same call may succeed a moment later, because the orchestrator is being restarted.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Lost { .. } | Self::Silent { .. } => true,
            Self::Api(error) => error.code == ApiErrorCode::Stopping,
            Self::Denied { .. }
            | Self::Protocol { .. }
            | Self::TooLarge { .. }
            | Self::Damaged { .. }
            | Self::Write(_)
            | Self::StillRunning { .. } => false,
        }
    }
}
