//! Errors as the vendor's API writes them.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::{Value, json};

use super::envelope::answer;
use crate::cloud::Failure;

/// An error answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    pub(super) code: String,
    pub(super) message: String,
    pub(super) details: Box<Value>,
}

impl Problem {
    fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), message: message.into(), details: Box::new(json!({})) }
    }

    pub(super) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "unable to authenticate")
    }

    pub(super) fn rate_limited() -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limit_exceeded", "limit of requests per hour reached")
    }

    pub(super) fn no_such_path(path: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("no such endpoint: {path}"))
    }

    pub(super) fn not_json(reason: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "json_error", reason)
    }

    pub(super) fn too_large(limit: usize) -> Self {
        let message = format!("the request body is longer than {limit} bytes");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "invalid_input", message)
    }

    /// An error that only a fault explains.
    pub(super) fn fabricated(status: u16, code: &str) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let message = status.canonical_reason().unwrap_or("error").to_lowercase();
        Self::new(status, code, message)
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        let message = failure.to_string();
        let new = |status, code| Self::new(status, code, message);
        match failure {
            Failure::NotFound { .. } => new(StatusCode::NOT_FOUND, "not_found"),
            Failure::InvalidInput { fields } => {
                let fields: Vec<Value> = fields
                    .iter()
                    .map(|field| json!({ "name": field.name, "messages": [field.message] }))
                    .collect();
                let details = json!({ "fields": fields });
                Self { details: Box::new(details), ..new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_input") }
            }
            Failure::NotUnique { field } => {
                let details = json!({ "fields": [{ "name": field }] });
                Self { details: Box::new(details), ..new(StatusCode::CONFLICT, "uniqueness_error") }
            }
            Failure::Locked => new(StatusCode::LOCKED, "locked"),
            Failure::Protected { .. } => new(StatusCode::LOCKED, "protected"),
            Failure::Conflict { .. } => new(StatusCode::CONFLICT, "conflict"),
            Failure::InUse { .. } => new(StatusCode::UNPROCESSABLE_ENTITY, "resource_in_use"),
            Failure::LimitExceeded { limit } => {
                let details = json!({ "limits": [{ "name": format!("{limit}_limit") }] });
                Self { details: Box::new(details), ..new(StatusCode::FORBIDDEN, "resource_limit_exceeded") }
            }
            Failure::Store(error) => {
                tracing::error!(%error, "failed to write the state");
                new(StatusCode::INTERNAL_SERVER_ERROR, "server_error")
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self { status, code, message, details } = self;
        answer(status, &json!({ "error": { "code": code, "message": message, "details": details } }))
    }
}
