//! Reading requests strictly.

use std::time::Duration;

use axum::body::Body;
use clawlets_model::{
    document::{self, DocumentError},
    limits,
    socket::ApiErrorCode,
};
use serde::{Deserialize, de::DeserializeOwned};

use super::answer::Fault;
use crate::http::read_body;

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a body says of the protocol that it is written in.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    protocol_version: Option<serde_json::Value>,
}

/// Reads a request of type `T`: unknown keys are faults, and so is another protocol version.
pub(super) async fn read<T: DeserializeOwned>(body: Body) -> Result<T, Fault> {
    let bytes = read_body(body, limits::REQUEST_BODY, PATIENCE).await?;
    // The version comes first: a body of another version may well have other keys.
    if let Ok(Version { protocol_version: Some(version) }) = serde_json::from_slice(&bytes)
        && version != limits::PROTOCOL_VERSION
    {
        let ours = limits::PROTOCOL_VERSION;
        let message = format!("protocolVersion {version} is not spoken here, expected {ours}");
        return Err(Fault::new(ApiErrorCode::ProtocolVersion, message));
    }
    document::from_json(&bytes).map_err(|error| describe(&error))
}

/// A fault in a document, with the key that was probably meant.
pub(super) fn describe(error: &DocumentError) -> Fault {
    let suggestion =
        error.suggestion.as_ref().map(|key| format!("; did you mean {key:?}?")).unwrap_or_default();
    Fault::bad_request(format!("{error}{suggestion}"))
}
