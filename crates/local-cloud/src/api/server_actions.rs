//! `/servers/{id}/actions/…`: what can be done to a server.

use axum::{
    Extension, Router,
    extract::{Path, State},
    response::Response,
    routing::post,
};
use serde_json::{Value, json};

use super::{
    actions, envelope::created, fields::Fields, images, problem::Problem, server_order, servers::password,
    shared::Shared,
};
use crate::{
    cloud::{ActionCommand, Failure, PowerSwitch, ProtectionChange, Started},
    fault::Verdict,
};

pub(super) fn routes() -> Router<Shared> {
    let switches = [
        ("poweron", PowerSwitch::On),
        ("poweroff", PowerSwitch::Off),
        ("shutdown", PowerSwitch::Shutdown),
        ("reboot", PowerSwitch::Reboot),
        ("reset", PowerSwitch::Reset),
    ];
    let router = switches.into_iter().fold(Router::new(), |router, (name, switch)| {
        let pressed = async move |state, verdict, path| press(state, verdict, path, switch).await;
        router.route(&format!("/servers/{{id}}/actions/{name}"), post(pressed))
    });
    router
        .route("/servers/{id}/actions/rebuild", post(rebuild))
        .route("/servers/{id}/actions/create_image", post(create_image))
        .route("/servers/{id}/actions/enable_rescue", post(enable_rescue))
        .route("/servers/{id}/actions/disable_rescue", post(disable_rescue))
        .route("/servers/{id}/actions/change_protection", post(change_protection))
}

async fn press(
    State(shared): State<Shared>,
    Extension(verdict): Extension<Verdict>,
    Path(id): Path<u64>,
    switch: PowerSwitch,
) -> Result<Response, Problem> {
    Ok(begun(&shared.cloud.switch(id, switch, verdict.fate)?, json!({})))
}

async fn rebuild(
    State(shared): State<Shared>,
    Extension(verdict): Extension<Verdict>,
    Path(id): Path<u64>,
    mut fields: Fields,
) -> Result<Response, Problem> {
    let image = server_order::image(&mut fields, &shared.cloud.project());
    let user_data = server_order::user_data(&mut fields);
    fields.finish()?;
    let image = image.ok_or_else(|| Failure::field("image", "Missing data for required field."))?;
    let started = shared.cloud.rebuild(id, image, user_data, verdict.fate)?;
    Ok(begun(&started, json!({ "root_password": null })))
}

async fn create_image(
    State(shared): State<Shared>,
    Extension(verdict): Extension<Verdict>,
    Path(id): Path<u64>,
    mut fields: Fields,
) -> Result<Response, Problem> {
    let (description, labels) = (fields.text("description"), fields.labels().unwrap_or_default());
    if fields.text("type").is_some_and(|kind| kind != "snapshot") {
        fields.refuse("type", "must be snapshot: there are no backups on this cloud");
    }
    fields.finish()?;
    let (started, image) = shared.cloud.create_image(id, description, labels, verdict.fate)?;
    Ok(begun(&started, json!({ "image": images::view(&image) })))
}

async fn enable_rescue(
    State(shared): State<Shared>,
    Extension(verdict): Extension<Verdict>,
    Path(id): Path<u64>,
) -> Result<Response, Problem> {
    let started = shared.cloud.mark_for_rescue(id, ActionCommand::EnableRescue, verdict.fate)?;
    Ok(begun(&started, json!({ "root_password": password() })))
}

async fn disable_rescue(
    State(shared): State<Shared>,
    Extension(verdict): Extension<Verdict>,
    Path(id): Path<u64>,
) -> Result<Response, Problem> {
    Ok(begun(&shared.cloud.mark_for_rescue(id, ActionCommand::DisableRescue, verdict.fate)?, json!({})))
}

async fn change_protection(
    State(shared): State<Shared>,
    Extension(verdict): Extension<Verdict>,
    Path(id): Path<u64>,
    mut fields: Fields,
) -> Result<Response, Problem> {
    let change = ProtectionChange { delete: fields.flag("delete"), rebuild: fields.flag("rebuild") };
    fields.finish()?;
    Ok(begun(&shared.cloud.protect_server(id, change, verdict.fate)?, json!({})))
}

/// The action that has begun, and what else the answer to it says.
fn begun(started: &Started, mut body: Value) -> Response {
    body["action"] = actions::view(&started.action);
    created(&body)
}
