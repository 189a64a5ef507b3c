//! Answers to guests.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use clawlets_model::guest::LogGap;
use serde_json::json;

use crate::http::BodyFault;

/// Why a guest's call was refused. What guests are told about credentials is always the same, so that nothing is to be
/// learned from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// No credential, a wrong one, or one from the wrong place.
    Unauthorized,
    /// The job has ended: nothing more is wanted.
    Over,
    /// Too many wrong guesses.
    TooManyGuesses,
    /// The request makes no sense.
    Malformed(String),
    /// Larger than it may be.
    TooLarge(String),
    /// It contradicts what was said before.
    Conflict(String),
    /// Log records are missing in between.
    Gap(LogGap),
    /// There is no such call.
    NotFound,
    /// It cannot be done now, but may be later.
    Later,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, code, message) = match self {
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "unauthorized", "not authorized".to_owned()),
            Self::Over => (StatusCode::GONE, "over", "the job has ended".to_owned()),
            Self::TooManyGuesses => {
                (StatusCode::TOO_MANY_REQUESTS, "too_many_guesses", "too many wrong guesses".to_owned())
            }
            Self::Malformed(message) => (StatusCode::BAD_REQUEST, "bad_request", message),
            Self::TooLarge(message) => (StatusCode::PAYLOAD_TOO_LARGE, "too_large", message),
            Self::Conflict(message) => (StatusCode::CONFLICT, "conflict", message),
            Self::Gap(gap) => return no_store((StatusCode::CONFLICT, Json(gap)).into_response()),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found", "there is no such call".to_owned()),
            Self::Later => (StatusCode::SERVICE_UNAVAILABLE, "later", "try again in a moment".to_owned()),
        };
        let body = json!({ "ok": false, "error": { "code": code, "message": message } });
        no_store((status, Json(body)).into_response())
    }
}

impl From<BodyFault> for Refusal {
    fn from(fault: BodyFault) -> Self {
        match fault {
            BodyFault::TooLarge(_) => Self::TooLarge(fault.to_string()),
            BodyFault::TooSlow | BodyFault::Broken => Self::Malformed(fault.to_string()),
        }
    }
}

/// Marks an answer as one that nobody may keep.
pub(super) fn no_store(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
