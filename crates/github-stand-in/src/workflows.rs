//! Workflows that are started by a call, and their runs. Nothing runs: a test says how a run goes.

use std::collections::VecDeque;

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};

use crate::{
    routes::{bearer, fault},
    state::{Known, lock},
};

/// One call that started a workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispatch {
    /// The repository, as `owner/name`.
    pub repository: String,
    /// The file of the workflow.
    pub workflow: String,
    /// The branch or tag.
    pub git_ref: String,
    /// The inputs.
    pub inputs: Value,
    /// What opened the API.
    pub token: String,
}

/// What happens to the next start of a workflow, in place of what ought to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DispatchMishap {
    /// It is refused with this status, and nothing starts.
    Refused(u16),
    /// It is taken, and nothing starts.
    NoRun,
    /// It is taken and starts, and nobody is told.
    TakenInSilence,
    /// It hangs, and nothing starts.
    Hangs,
}

#[derive(Debug, Default)]
pub(crate) struct Workflows {
    pub(crate) dispatches: Vec<Dispatch>,
    pub(crate) mishaps: VecDeque<DispatchMishap>,
    pub(crate) runs: Vec<Run>,
}

/// A run and how it goes.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    id: u64,
    title: String,
    repository: String,
    pub(crate) status: String,
    pub(crate) conclusion: Option<String>,
}

pub(crate) fn routes() -> Router<Known> {
    Router::new()
        .route("/repos/{owner}/{repo}/actions/workflows/{file}/dispatches", post(dispatch))
        .route("/repos/{owner}/{repo}/actions/workflows/{file}/runs", get(runs))
        .route("/repos/{owner}/{repo}/actions/runs/{id}", get(run))
}

impl Run {
    fn answer(&self) -> Value {
        json!({
            "id": self.id,
            "name": "fleet-deploy",
            "display_title": self.title,
            "event": "workflow_dispatch",
            "status": self.status,
            "conclusion": self.conclusion,
            "html_url": format!("https://github.com/{}/actions/runs/{}", self.repository, self.id),
            "created_at": "2026-11-21T10:00:00Z",
        })
    }
}

fn is_known(state: &Known, headers: &HeaderMap) -> Option<String> {
    let token = bearer(headers)?;
    let mut state = lock(state);
    let now = jiff::Timestamp::now().as_second();
    let is_personal = state.personal.as_deref() == Some(token);
    let is_good = is_personal
        || state
            .good(token, now)
            .is_some_and(|minted| minted.permissions.get("actions").is_some_and(|a| a == "write"));
    is_good.then(|| token.to_owned())
}

async fn dispatch(
    State(state): State<Known>,
    Path((owner, repo, file)): Path<(String, String, String)>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    let Some(token) = is_known(&state, &headers) else { return fault(401, "Bad credentials") };
    let (Some(git_ref), Some(_)) = (body["ref"].as_str(), body["inputs"].as_object()) else {
        return fault(422, "Invalid request");
    };
    let mishap = lock(&state).workflows.mishaps.pop_front();
    match mishap {
        Some(DispatchMishap::Refused(status)) => return fault(status, "it is not to be"),
        Some(DispatchMishap::Hangs) => return std::future::pending().await,
        Some(DispatchMishap::NoRun | DispatchMishap::TakenInSilence) | None => {}
    }
    {
        let workflows = &mut lock(&state).workflows;
        let repository = format!("{owner}/{repo}");
        let inputs = body["inputs"].clone();
        if mishap != Some(DispatchMishap::NoRun) {
            let text = |name: &str| inputs[name].as_str().unwrap_or_default().to_owned();
            workflows.runs.push(Run {
                id: 7_000 + workflows.runs.len() as u64,
                title: format!("fleet-deploy {} {}", text("target"), text("request_id")),
                repository: repository.clone(),
                status: "queued".to_owned(),
                conclusion: None,
            });
        }
        let git_ref = git_ref.to_owned();
        workflows.dispatches.push(Dispatch { repository, workflow: file, git_ref, inputs, token });
    }
    if mishap == Some(DispatchMishap::TakenInSilence) {
        return std::future::pending().await;
    }
    StatusCode::NO_CONTENT.into_response()
}

async fn runs(State(state): State<Known>, headers: HeaderMap) -> Response {
    if is_known(&state, &headers).is_none() {
        return fault(401, "Bad credentials");
    }
    let runs: Vec<Value> = lock(&state).workflows.runs.iter().rev().take(30).map(Run::answer).collect();
    Json(json!({ "total_count": runs.len(), "workflow_runs": runs })).into_response()
}

async fn run(
    State(state): State<Known>,
    Path((_, _, id)): Path<(String, String, u64)>,
    headers: HeaderMap,
) -> Response {
    if is_known(&state, &headers).is_none() {
        return fault(401, "Bad credentials");
    }
    let found = lock(&state).workflows.runs.iter().find(|run| run.id == id).map(Run::answer);
    found.map_or_else(|| fault(404, "Not Found"), |run| Json(run).into_response())
}
