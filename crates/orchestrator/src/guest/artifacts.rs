//! `PUT /v1/cattle/artifacts/{name}`: a file that the task left.

use std::time::Duration;

use axum::{
    Extension, Json,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use clawlets_jobs::{Artifact, ArtifactCaps, ArtifactError};
use clawlets_model::{ArtifactName, JobId, Scrubber, cause::chain, guest::SHA256_HEADER, limits};
use http_body_util::BodyExt;
use serde_json::json;

use super::{
    answer::{Refusal, no_store},
    peer::Peer,
    state::Guests,
};
use crate::job_files::{FileError, Incoming};

/// How long one file may take to arrive.
const PATIENCE: Duration = Duration::from_secs(180);
/// How much is gathered before it is written, in bytes.
const PIECE: usize = 256 * 1024;
/// How much of what was written is looked at again with what follows, in bytes: longer than a token that is known by its
/// looks.
const TAIL: usize = 1024;

pub(super) async fn put(
    State(guests): State<Guests>,
    Extension(peer): Extension<Peer>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let guest = guests.guest(&peer, &headers).await?;
    let job = guest.job.id;
    let name = ArtifactName::parse(&name).map_err(|error| Refusal::Malformed(error.to_string()))?;
    let sha256 = announced_hash(&headers)?;
    if announced_size(&headers).is_some_and(|size| size > limits::ARTIFACT_BYTES) {
        return Err(too_large());
    }
    let scrubber = guests.scrubber(&guest.job).await?;
    let received = tokio::time::timeout(PATIENCE, receive(&guests, job, body, &scrubber)).await;
    let incoming =
        received.unwrap_or_else(|_| Err(Refusal::Malformed("the file did not arrive in time".to_owned())))?;
    if incoming.sha256() != hex::encode(sha256) {
        return Err(Refusal::Malformed(format!("the content does not fit its {SHA256_HEADER}")));
    }
    let size = incoming.size();
    // The content is on the disk before its name is: a crash between the two leaves a file that nobody names.
    blocking(job, move || incoming.keep()).await?;
    let artifact = Artifact { name, size, sha256 };
    let added = guests.shared.store.add_artifact(job, guest.attempt, artifact, ArtifactCaps::default()).await;
    match added {
        Ok(()) => Ok(no_store(Json(json!({ "ok": true })).into_response())),
        Err(error @ ArtifactError::Exists(_)) => Err(Refusal::Conflict(error.to_string())),
        Err(error @ (ArtifactError::TooMany(_) | ArtifactError::TooLarge { .. })) => {
            Err(Refusal::TooLarge(error.to_string()))
        }
        Err(ArtifactError::Refused(_) | ArtifactError::Unknown(_)) => Err(Refusal::Over),
        Err(error) => {
            tracing::error!(job_id = %job, error = %chain(&error), "an artifact cannot be recorded");
            Err(Refusal::Later)
        }
    }
}

/// Receives a body into a file, piece by piece. A file that holds a secret of the job's is refused: to take the secret
/// out of it would make it another file.
async fn receive(
    guests: &Guests,
    job: JobId,
    mut body: Body,
    scrubber: &Scrubber,
) -> Result<Incoming, Refusal> {
    let artifacts = guests.shared.files.artifacts.clone();
    let mut incoming = blocking(job, move || artifacts.receive(job)).await?;
    let mut piece = Vec::new();
    // The end of what was written, in which a secret may begin.
    let mut tail = Vec::new();
    let mut size = 0;
    loop {
        let frame = body.frame().await;
        let is_end = frame.is_none();
        if let Some(frame) = frame {
            let frame = frame.map_err(|_| Refusal::Malformed("the file ended early".to_owned()))?;
            if let Ok(bytes) = frame.into_data() {
                size += bytes.len() as u64;
                piece.extend_from_slice(&bytes);
            }
        }
        if size > limits::ARTIFACT_BYTES {
            return Err(too_large());
        }
        if piece.len() >= PIECE || is_end {
            let full = std::mem::take(&mut piece);
            tail.extend_from_slice(&full);
            if scrubber.finds(&tail) {
                tracing::warn!(job_id = %job, "an artifact holds a secret and is refused");
                return Err(Refusal::Malformed("the file holds a secret of the job".to_owned()));
            }
            tail.drain(..tail.len().saturating_sub(TAIL.max(scrubber.longest())));
            incoming = blocking(job, move || incoming.write(&full).map(|()| incoming)).await?;
        }
        if is_end {
            return Ok(incoming);
        }
    }
}

async fn blocking<T: Send + 'static>(
    job: JobId,
    work: impl FnOnce() -> Result<T, FileError> + Send + 'static,
) -> Result<T, Refusal> {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => {
            tracing::error!(job_id = %job, error = %chain(&error), "an artifact cannot be kept");
            Err(Refusal::Later)
        }
        Err(_) => Err(Refusal::Later),
    }
}

fn announced_hash(headers: &HeaderMap) -> Result<[u8; 32], Refusal> {
    let text = headers.get(SHA256_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut hash = [0; 32];
    let is_lower = !text.bytes().any(|b| b.is_ascii_uppercase());
    match hex::decode_to_slice(text, &mut hash) {
        Ok(()) if is_lower => Ok(hash),
        Ok(()) | Err(_) => Err(Refusal::Malformed(format!(
            "expected the header {SHA256_HEADER} with 64 lower-case hex digits"
        ))),
    }
}

fn announced_size(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large() -> Refusal {
    Refusal::TooLarge(format!(
        "the artifacts of a job may have at most {} bytes together",
        limits::ARTIFACT_BYTES
    ))
}
