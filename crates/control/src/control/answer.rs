//! An answer as bytes.

use clawlets_model::control::{ControlErrorCode, ErrorAnswer};
use serde::Serialize;

use super::Done;
use crate::refusal::Refusal;

/// A status and a JSON document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// After how many seconds to come back, where that is known.
    pub retry_after: Option<u64>,
    /// The document.
    pub body: Vec<u8>,
}

impl Answer {
    /// An answer that is no refusal.
    #[must_use]
    pub fn ok(document: &impl Serialize) -> Self {
        Self { status: 200, retry_after: None, body: bytes(document) }
    }

    /// What a request came to.
    #[must_use]
    pub fn of(outcome: &Result<Done, Refusal>) -> Self {
        match outcome {
            Ok(Done::Status(answer)) => Self::ok(answer),
            Ok(Done::Deploy(answer)) => Self::ok(answer),
            Err(refusal) => Self::refusal(refusal),
        }
    }

    /// A refusal.
    #[must_use]
    pub fn refusal(refusal: &Refusal) -> Self {
        Self {
            status: refusal.code().http_status(),
            retry_after: refusal
                .retry_after()
                .map(|span| span.as_secs() + u64::from(span.subsec_nanos() > 0)),
            body: bytes(&refusal.answer()),
        }
    }

    /// A refusal that needs no more than its code says.
    #[must_use]
    pub fn error(code: ControlErrorCode, words: &str) -> Self {
        Self { status: code.http_status(), retry_after: None, body: bytes(&ErrorAnswer::new(code, words)) }
    }
}

fn bytes(document: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(document).expect("an answer has only text keys")
}
