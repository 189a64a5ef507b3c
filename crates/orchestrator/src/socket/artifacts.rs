//! The files that tasks left.

use axum::{
    Extension, Json,
    body::Body,
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use clawlets_model::{limits, socket::ArtifactsAnswer};
use tokio_util::io::ReaderStream;

use super::{answer::Fault, routes::Api};
use crate::identity::Caller;

pub(super) async fn list(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Json<ArtifactsAnswer>, Fault> {
    let job = api.job(&caller, &id).await?;
    let artifacts = api.shared.store.artifacts(job.id).await?;
    Ok(Json(ArtifactsAnswer { protocol_version: limits::PROTOCOL_VERSION, artifacts }))
}

pub(super) async fn bytes(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    Path((id, name)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let job = api.job(&caller, &id).await?;
    let artifacts = api.shared.store.artifacts(job.id).await?;
    let artifact = artifacts.into_iter().find(|artifact| artifact.name.as_str() == name);
    let artifact =
        artifact.ok_or_else(|| Fault::not_found(&format!("artifact {name:?} of job {}", job.id)))?;
    let (files, sha256) = (api.shared.files.artifacts.clone(), artifact.sha256.clone());
    let opened = tokio::task::spawn_blocking(move || files.read(job.id, &sha256)).await;
    let file = opened.map_err(|error| Fault::internal(&error))?.map_err(|error| Fault::internal(&error))?;
    let mut response = Body::from_stream(ReaderStream::new(tokio::fs::File::from_std(file))).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(artifact.size));
    if let Ok(etag) = HeaderValue::from_str(&format!("\"{}\"", artifact.sha256)) {
        headers.insert(header::ETAG, etag);
    }
    Ok(response)
}
