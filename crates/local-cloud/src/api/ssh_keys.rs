//! `/ssh_keys`: public keys that new servers can be given.

use axum::{
    Router,
    extract::{Path, State},
    response::Response,
    routing::get,
};
use serde_json::{Value, json};

use super::{
    envelope::{created, found, no_content, page},
    fields::Fields,
    params::Params,
    problem::Problem,
    shared::Shared,
};
use crate::cloud::{Failure, SshKey, fingerprint, rfc3339};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/ssh_keys", get(list).post(create))
        .route("/ssh_keys/{id}", get(one).put(update).delete(remove))
}

fn view(key: &SshKey) -> Value {
    json!({
        "id": key.id,
        "name": key.name,
        "fingerprint": key.fingerprint,
        "public_key": key.public_key,
        "labels": key.labels,
        "created": rfc3339(key.created),
    })
}

async fn list(State(shared): State<Shared>, params: Params) -> Result<Response, Problem> {
    let selected = params.label_selector()?;
    let project = shared.cloud.project();
    let rows = project
        .ssh_keys
        .iter()
        .filter(|key| params.allows("name", &key.name) && params.allows("fingerprint", &key.fingerprint))
        .filter(|key| selected(&key.labels))
        .map(view)
        .collect();
    page("ssh_keys", rows, &["id", "name", "created"], &params)
}

async fn one(State(shared): State<Shared>, Path(id): Path<u64>) -> Result<Response, Problem> {
    let project = shared.cloud.project();
    let key = project.ssh_keys.get(id).ok_or_else(|| Failure::no_id("ssh_key", id))?;
    Ok(found(&json!({ "ssh_key": view(key) })))
}

async fn create(State(shared): State<Shared>, mut fields: Fields) -> Result<Response, Problem> {
    let name = fields.required_text("name");
    let public_key = fields.required_text("public_key").trim().to_owned();
    let labels = fields.labels().unwrap_or_default();
    let fingerprint = fingerprint(&public_key);
    if fingerprint.is_none() && !public_key.is_empty() {
        fields.refuse("public_key", "must be a public key in the format of OpenSSH");
    }
    fields.finish()?;
    let key = shared.cloud.create_ssh_key(name, public_key, fingerprint.unwrap_or_default(), labels)?;
    Ok(created(&json!({ "ssh_key": view(&key) })))
}

async fn update(
    State(shared): State<Shared>,
    Path(id): Path<u64>,
    mut fields: Fields,
) -> Result<Response, Problem> {
    let (name, labels) = (fields.text("name"), fields.labels());
    fields.finish()?;
    Ok(found(&json!({ "ssh_key": view(&shared.cloud.update_ssh_key(id, name, labels)?) })))
}

async fn remove(State(shared): State<Shared>, Path(id): Path<u64>) -> Result<Response, Problem> {
    shared.cloud.delete_ssh_key(id)?;
    Ok(no_content())
}
