//! The part of Hetzner Cloud's API that shows servers, on loopback.

use std::{
    sync::{Arc, Mutex, mpsc},
    thread::JoinHandle,
};

use axum::{
    Json, Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::oneshot;

/// A server: its number, its name, and its labels.
type Server = (u64, &'static str, &'static [(&'static str, &'static str)]);

/// A project with servers. Dropping it ends it.
pub(crate) struct Hetzner {
    pub(crate) endpoint: String,
    project: Arc<Project>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

struct Project {
    token: String,
    servers: Vec<Server>,
    /// What everything is answered with, in the place of an answer.
    outage: Mutex<Option<u16>>,
}

#[derive(Deserialize)]
struct Question {
    label_selector: Option<String>,
}

impl Hetzner {
    pub(crate) fn start(token: &str, servers: &[Server]) -> Self {
        let project =
            Project { token: token.to_owned(), servers: servers.to_vec(), outage: Mutex::default() };
        let project = Arc::new(project);
        let known = Arc::clone(&project);
        let (ready, endpoint) = mpsc::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            let executor = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            executor.block_on(async move {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                ready.send(format!("http://{}/v1", listener.local_addr().unwrap())).unwrap();
                let router = Router::new().route("/v1/servers", get(servers_of)).with_state(known);
                tokio::select! {
                    _ = async { axum::serve(listener, router).await } => {}
                    _ = stopped => {}
                }
            });
        });
        Self { endpoint: endpoint.recv().unwrap(), project, stop: Some(stop), thread: Some(thread) }
    }

    /// From now on everything is answered with this status.
    pub(crate) fn be_out_of_order(&self, status: u16) {
        *self.project.outage.lock().unwrap() = Some(status);
    }
}

async fn servers_of(
    State(project): State<Arc<Project>>,
    Query(question): Query<Question>,
    headers: HeaderMap,
) -> Response {
    let outage = *project.outage.lock().unwrap();
    let is_known =
        headers.get("authorization").is_some_and(|value| *value == *format!("Bearer {}", project.token));
    let status = outage.or((!is_known).then_some(401));
    if let Some(status) = status {
        let error = json!({ "error": { "code": "unavailable", "message": "it is not to be" } });
        return (StatusCode::from_u16(status).unwrap(), Json(error)).into_response();
    }
    let selector = question.label_selector.unwrap_or_default();
    let found = project.servers.iter().filter(|server| is_selected(&selector, server.2));
    let servers: Vec<Value> = found.map(shown).collect();
    let page = json!({ "page": 1, "per_page": 50, "previous_page": null, "next_page": null, "last_page": 1,
        "total_entries": servers.len() });
    Json(json!({ "servers": servers, "meta": { "pagination": page } })).into_response()
}

/// The provider's rules for `key=value`, `!key` and the comma.
fn is_selected(selector: &str, labels: &[(&str, &str)]) -> bool {
    selector.split(',').filter(|term| !term.is_empty()).all(|term| match term.split_once('=') {
        Some((key, value)) => labels.contains(&(key, value)),
        None => labels.iter().all(|(key, _)| Some(*key) != term.strip_prefix('!')),
    })
}

fn shown((id, name, labels): &Server) -> Value {
    let labels: serde_json::Map<String, Value> =
        labels.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect();
    json!({
        "id": id, "name": name, "status": "running", "created": "2026-11-21T10:00:00+00:00", "labels": labels,
        "server_type": { "name": "cx43" }, "image": { "id": 7000 + id, "type": "snapshot" },
        "public_net": { "ipv4": { "ip": format!("203.0.113.{id}") } },
    })
}

impl Drop for Hetzner {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
