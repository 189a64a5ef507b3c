//! Reading a whole request body with bounds.

use std::time::Duration;

use axum::body::{Body, Bytes};
use http_body_util::{BodyExt, LengthLimitError, Limited};

/// Why a body was not read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BodyFault {
    /// It is larger than allowed.
    #[error("the body is larger than {0} bytes")]
    TooLarge(usize),
    /// It did not arrive in time.
    #[error("the body did not arrive in time")]
    TooSlow,
    /// The other side left, or broke the protocol.
    #[error("the body ended early")]
    Broken,
}

/// Reads a body of at most `limit` bytes within `patience`.
///
/// # Errors
/// [`BodyFault`]. A length that is announced and too large is refused before anything is read.
pub(crate) async fn read_body(body: Body, limit: usize, patience: Duration) -> Result<Bytes, BodyFault> {
    use axum::body::HttpBody;
    if body.size_hint().lower() > limit as u64 {
        return Err(BodyFault::TooLarge(limit));
    }
    let collected = tokio::time::timeout(patience, Limited::new(body, limit).collect());
    match collected.await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.downcast_ref::<LengthLimitError>().is_some() => {
            Err(BodyFault::TooLarge(limit))
        }
        Ok(Err(_)) => Err(BodyFault::Broken),
        Err(_) => Err(BodyFault::TooSlow),
    }
}
