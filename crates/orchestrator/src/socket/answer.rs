//! Answers, good and bad.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use clawlets_cloud::CloudError;
use clawlets_jobs::{ApplyError, EnqueueError, Refused, StoreError};
use clawlets_model::{
    cause::chain,
    limits,
    socket::{ApiError, ApiErrorCode, ErrorAnswer},
};

use crate::{guest::ConsoleError, http::BodyFault, reaper::SweepError, spawn::SpawnRefusal};

/// Why a call was refused or failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    code: ApiErrorCode,
    message: String,
}

impl Fault {
    pub(super) fn new(code: ApiErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(ApiErrorCode::BadRequest, message)
    }

    pub(super) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(ApiErrorCode::Forbidden, message)
    }

    pub(super) fn conflict(message: impl Into<String>) -> Self {
        Self::new(ApiErrorCode::Conflict, message)
    }

    /// There is no such thing, or it is somebody else's; the two cannot be told apart.
    pub(super) fn not_found(what: &str) -> Self {
        Self::new(ApiErrorCode::NotFound, format!("there is no {what}"))
    }

    /// A fault of the daemon's own. The caller learns that, the log learns which.
    pub(super) fn internal(error: &dyn std::error::Error) -> Self {
        tracing::error!(error = chain(error), "a call failed");
        Self::new(ApiErrorCode::Internal, "the orchestrator failed; its log says why")
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let error = ApiError { code: self.code, message: self.message };
        let answer = ErrorAnswer { protocol_version: limits::PROTOCOL_VERSION, error };
        (status, Json(answer)).into_response()
    }
}

impl From<BodyFault> for Fault {
    fn from(fault: BodyFault) -> Self {
        let code = match fault {
            BodyFault::TooLarge(_) => ApiErrorCode::TooLarge,
            BodyFault::TooSlow | BodyFault::Broken => ApiErrorCode::BadRequest,
        };
        Self::new(code, fault.to_string())
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::internal(&error)
    }
}

impl From<ApplyError> for Fault {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the enum may grow, and what it grows by is a fault of ours"
    )]
    fn from(error: ApplyError) -> Self {
        match error {
            ApplyError::Unknown(_) => Self::not_found("such job"),
            ApplyError::Refused(Refused::InThePast(_)) => Self::bad_request(error.to_string()),
            ApplyError::Refused(Refused::OverBudget(_)) => {
                Self::new(ApiErrorCode::Capacity, error.to_string())
            }
            ApplyError::Refused(refused) => Self::conflict(refused.to_string()),
            error => Self::internal(&error),
        }
    }
}

impl From<EnqueueError> for Fault {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the enum may grow, and what it grows by is a fault of ours"
    )]
    fn from(error: EnqueueError) -> Self {
        match error {
            EnqueueError::Conflict { .. } => Self::conflict(error.to_string()),
            EnqueueError::QueueFull { .. } | EnqueueError::NoRoom(_) => {
                Self::new(ApiErrorCode::Capacity, error.to_string())
            }
            error => Self::internal(&error),
        }
    }
}

impl From<SpawnRefusal> for Fault {
    fn from(refusal: SpawnRefusal) -> Self {
        let code = match &refusal {
            SpawnRefusal::Document(_)
            | SpawnRefusal::Persona(_)
            | SpawnRefusal::Ttl(_)
            | SpawnRefusal::NoTtl => ApiErrorCode::BadRequest,
            SpawnRefusal::Forbidden(_) => ApiErrorCode::Forbidden,
            SpawnRefusal::Unconfigured(_) => ApiErrorCode::Unconfigured,
        };
        Self::new(code, refusal.to_string())
    }
}

impl From<CloudError> for Fault {
    fn from(error: CloudError) -> Self {
        Self::new(ApiErrorCode::Provider, chain(&error))
    }
}

impl From<ConsoleError> for Fault {
    fn from(error: ConsoleError) -> Self {
        let code = match &error {
            ConsoleError::NotKept => ApiErrorCode::Unconfigured,
            ConsoleError::Unknown => ApiErrorCode::NotFound,
            ConsoleError::Reach(_)
            | ConsoleError::Endpoint
            | ConsoleError::Transport(_)
            | ConsoleError::Refused(_) => ApiErrorCode::Provider,
        };
        Self::new(code, chain(&error))
    }
}

impl From<SweepError> for Fault {
    fn from(error: SweepError) -> Self {
        match error {
            SweepError::Cloud(error) => error.into(),
            SweepError::Store(error) => error.into(),
        }
    }
}
