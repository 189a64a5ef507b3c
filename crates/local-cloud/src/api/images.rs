//! `/images`: what servers can be made from.

use axum::{
    Router,
    extract::{Path, State},
    response::Response,
    routing::{get, post},
};
use serde_json::{Value, json};

use super::{
    actions,
    envelope::{created, found, no_content, page},
    fields::Fields,
    params::Params,
    problem::Problem,
    shared::Shared,
};
use crate::cloud::{Failure, Image, ProtectionChange, rfc3339};

/// Guests run on this machine's kind of processor only.
pub(super) const ARCHITECTURE: &str = "x86";

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/images", get(list))
        .route("/images/{id}", get(one).put(update).delete(remove))
        .route("/images/{id}/actions/change_protection", post(protect))
}

/// How an image looks.
pub(super) fn view(image: &Image) -> Value {
    let gigabytes = image.size as f64 / f64::from(1 << 30);
    json!({
        "id": image.id,
        "type": image.kind.as_str(),
        "status": "available",
        "name": image.name,
        "description": image.description,
        "image_size": gigabytes,
        "disk_size": 1,
        "created": rfc3339(image.created),
        "created_from": image.created_from.as_ref().map(|from| json!({ "id": from.id, "name": from.name })),
        "bound_to": null,
        "os_flavor": "debian",
        "os_version": image.os_version,
        "rapid_deploy": true,
        "architecture": ARCHITECTURE,
        "protection": { "delete": image.protection.delete },
        "deprecated": image.deprecated.map(rfc3339),
        "deleted": null,
        "labels": image.labels,
    })
}

async fn list(State(shared): State<Shared>, params: Params) -> Result<Response, Problem> {
    let selected = params.label_selector()?;
    // Like the vendor, say so only if asked; who asks for an image by name gets the one that can be ordered.
    let is_shown =
        |image: &Image| image.deprecated.is_none() || params.one("include_deprecated") == Some("true");
    let project = shared.cloud.project();
    let rows = project
        .images
        .iter()
        .filter(|image| is_shown(image) && selected(&image.labels))
        .filter(|image| params.allows("name", image.name.as_deref().unwrap_or_default()))
        .filter(|image| params.allows("type", image.kind.as_str()) && params.allows("status", "available"))
        .filter(|_| params.allows("architecture", ARCHITECTURE) && params.one("bound_to").is_none())
        .map(view)
        .collect();
    page("images", rows, &["id", "name", "created"], &params)
}

async fn one(State(shared): State<Shared>, Path(id): Path<u64>) -> Result<Response, Problem> {
    let project = shared.cloud.project();
    let image = project.images.get(id).ok_or_else(|| Failure::no_id("image", id))?;
    Ok(found(&json!({ "image": view(image) })))
}

async fn update(
    State(shared): State<Shared>,
    Path(id): Path<u64>,
    mut fields: Fields,
) -> Result<Response, Problem> {
    let (description, labels) = (fields.text("description"), fields.labels());
    if fields.text("type").is_some_and(|kind| kind != "snapshot") {
        fields.refuse("type", "must be snapshot");
    }
    fields.finish()?;
    Ok(found(&json!({ "image": view(&shared.cloud.update_image(id, description, labels)?) })))
}

async fn remove(State(shared): State<Shared>, Path(id): Path<u64>) -> Result<Response, Problem> {
    shared.cloud.delete_image(id)?;
    Ok(no_content())
}

async fn protect(
    State(shared): State<Shared>,
    Path(id): Path<u64>,
    mut fields: Fields,
) -> Result<Response, Problem> {
    let delete = fields.flag("delete");
    fields.finish()?;
    let action = shared.cloud.protect_image(id, ProtectionChange { delete, rebuild: None })?;
    Ok(created(&json!({ "action": actions::view(&action) })))
}
