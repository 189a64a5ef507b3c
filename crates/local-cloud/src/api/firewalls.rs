//! `/firewalls`.

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
    firewall_fields::{rules, targets},
    params::Params,
    problem::Problem,
    shared::Shared,
};
use crate::cloud::{Failure, Firewall, FirewallChange, FirewallTarget, Project, rfc3339};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/firewalls", get(list).post(create))
        .route("/firewalls/{id}", get(one).put(update).delete(remove))
        .route("/firewalls/{id}/actions/apply_to_resources", post(apply))
        .route("/firewalls/{id}/actions/remove_from_resources", post(unapply))
        .route("/firewalls/{id}/actions/set_rules", post(set_rules))
}

fn view(project: &Project, firewall: &Firewall) -> Value {
    let rules: Vec<Value> = firewall
        .rules
        .iter()
        .map(|rule| {
            json!({
                "direction": rule.direction.as_str(),
                "protocol": rule.protocol.as_str(),
                "port": rule.port,
                "source_ips": rule.source_ips,
                "destination_ips": rule.destination_ips,
                "description": rule.description,
            })
        })
        .collect();
    json!({
        "id": firewall.id,
        "name": firewall.name,
        "labels": firewall.labels,
        "created": rfc3339(firewall.created),
        "rules": rules,
        "applied_to": firewall.applied_to.iter().map(|target| target_view(project, target)).collect::<Vec<_>>(),
    })
}

fn target_view(project: &Project, target: &FirewallTarget) -> Value {
    match target {
        FirewallTarget::Server(id) => json!({ "type": "server", "server": { "id": id } }),
        FirewallTarget::LabelSelector(selector) => {
            let matching: Vec<Value> = project
                .servers()
                .filter(|server| selector.matches(&server.labels))
                .map(|server| json!({ "type": "server", "server": { "id": server.id } }))
                .collect();
            json!({
                "type": "label_selector",
                "label_selector": { "selector": selector.to_string() },
                "applied_to_resources": matching,
            })
        }
    }
}

async fn list(State(shared): State<Shared>, params: Params) -> Result<Response, Problem> {
    let selected = params.label_selector()?;
    let project = shared.cloud.project();
    let rows = project
        .firewalls
        .iter()
        .filter(|firewall| params.allows("name", &firewall.name) && selected(&firewall.labels))
        .map(|firewall| view(&project, firewall))
        .collect();
    page("firewalls", rows, &["id", "name", "created"], &params)
}

async fn one(State(shared): State<Shared>, Path(id): Path<u64>) -> Result<Response, Problem> {
    let project = shared.cloud.project();
    let firewall = project.firewalls.get(id).ok_or_else(|| Failure::no_id("firewall", id))?;
    Ok(found(&json!({ "firewall": view(&project, firewall) })))
}

async fn create(State(shared): State<Shared>, mut fields: Fields) -> Result<Response, Problem> {
    let name = fields.required_text("name");
    let labels = fields.labels().unwrap_or_default();
    let (rules, targets) = (rules(&mut fields), targets(&mut fields, "apply_to"));
    fields.finish()?;
    let (firewall, done) = shared.cloud.create_firewall(name, labels, rules, targets)?;
    let project = shared.cloud.project();
    Ok(created(&json!({ "firewall": view(&project, &firewall), "actions": actions::views(&done) })))
}

async fn update(
    State(shared): State<Shared>,
    Path(id): Path<u64>,
    mut fields: Fields,
) -> Result<Response, Problem> {
    let (name, labels) = (fields.text("name"), fields.labels());
    fields.finish()?;
    let firewall = shared.cloud.update_firewall(id, name, labels)?;
    Ok(found(&json!({ "firewall": view(&shared.cloud.project(), &firewall) })))
}

async fn remove(State(shared): State<Shared>, Path(id): Path<u64>) -> Result<Response, Problem> {
    shared.cloud.delete_firewall(id)?;
    Ok(no_content())
}

async fn apply(
    State(shared): State<Shared>,
    Path(id): Path<u64>,
    mut fields: Fields,
) -> Result<Response, Problem> {
    let targets = targets(&mut fields, "apply_to");
    change(&shared, id, fields, FirewallChange::Apply(targets))
}

async fn unapply(
    State(shared): State<Shared>,
    Path(id): Path<u64>,
    mut fields: Fields,
) -> Result<Response, Problem> {
    let targets = targets(&mut fields, "remove_from");
    change(&shared, id, fields, FirewallChange::Remove(targets))
}

async fn set_rules(
    State(shared): State<Shared>,
    Path(id): Path<u64>,
    mut fields: Fields,
) -> Result<Response, Problem> {
    let rules = rules(&mut fields);
    change(&shared, id, fields, FirewallChange::SetRules(rules))
}

fn change(shared: &Shared, id: u64, fields: Fields, change: FirewallChange) -> Result<Response, Problem> {
    fields.finish()?;
    let done = shared.cloud.change_firewall(id, change)?;
    Ok(created(&json!({ "actions": actions::views(&done) })))
}
