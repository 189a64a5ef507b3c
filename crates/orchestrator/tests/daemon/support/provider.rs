//! A provider that behaves like Hetzner's API, as far as the daemon uses it, without any VM.

use std::{
    collections::{BTreeMap, VecDeque},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, mpsc},
    thread::JoinHandle,
};

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use clawlets_model::boot::Boot;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::wait::until;

/// The token that opens the provider's API.
pub(crate) const TOKEN: &str = "provider-token-0123456789";

/// A running provider.
pub(crate) struct Provider {
    pub(crate) address: SocketAddr,
    state: Arc<Mutex<Project>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// A VM that was asked for: what it would know at its birth.
#[derive(Debug, Clone)]
pub(crate) struct Birth {
    pub(crate) server_id: u64,
    pub(crate) name: String,
    pub(crate) boot: Boot,
    /// What was asked for.
    pub(crate) body: Value,
}

/// What the provider does with the next calls of one kind, one each; afterwards they go well again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mishap {
    /// The call is refused, and nothing happens.
    Refused(u16, &'static str),
    /// The call has its effect, and the answer is an error all the same.
    LostAnswer,
    /// The call has its effect, and what follows from it fails with this code.
    Fails(&'static str),
    /// The call has its effect, and the answer takes as long as anybody waits for it.
    Hangs,
}

#[derive(Default)]
struct Project {
    servers: BTreeMap<u64, Value>,
    births: Vec<Birth>,
    actions: u64,
    relays: Vec<Value>,
    firewalls: Vec<Value>,
    /// Actions that end badly, with the code.
    failing: BTreeMap<u64, &'static str>,
    /// What was asked for in vain.
    refused: Vec<Value>,
    /// Method and path of every request.
    requests: Vec<String>,
    on_create: VecDeque<Mishap>,
    on_delete: VecDeque<Mishap>,
    /// What must not happen and did.
    breaches: Vec<String>,
    /// The most servers that ever existed at once.
    most_at_once: usize,
}

type Shared = State<Arc<Mutex<Project>>>;

fn lock(state: &Arc<Mutex<Project>>) -> MutexGuard<'_, Project> {
    state.lock().unwrap()
}

impl Provider {
    pub(crate) fn start() -> Self {
        let state = Arc::new(Mutex::new(Project::default()));
        let (stop, stopped) = oneshot::channel::<()>();
        let (ready, address) = mpsc::channel();
        let router = router(Arc::clone(&state));
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                ready.send(listener.local_addr().unwrap()).unwrap();
                tokio::select! {
                    served = async { axum::serve(listener, router).await } => served.unwrap(),
                    _ = stopped => {}
                }
            });
        });
        let address = address.recv().unwrap();
        Self { address, state, stop: Some(stop), thread: Some(thread) }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The n-th VM that was asked for, from 0; waits until it was.
    pub(crate) fn birth(&self, n: usize) -> Birth {
        until("a VM is asked for", || lock(&self.state).births.get(n).cloned())
    }

    pub(crate) fn births(&self) -> usize {
        lock(&self.state).births.len()
    }

    pub(crate) fn servers(&self) -> Vec<Value> {
        lock(&self.state).servers.values().cloned().collect()
    }

    /// Waits until no VM is left.
    pub(crate) fn wait_until_empty(&self) {
        until("every VM is deleted", || lock(&self.state).servers.is_empty().then_some(()));
    }

    pub(crate) fn relays(&self) -> Vec<Value> {
        lock(&self.state).relays.clone()
    }

    /// Method and path of every request so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        lock(&self.state).requests.clone()
    }

    /// What was asked for and refused.
    pub(crate) fn refused(&self) -> Vec<Value> {
        lock(&self.state).refused.clone()
    }

    pub(crate) fn firewalls(&self) -> Vec<Value> {
        lock(&self.state).firewalls.clone()
    }

    /// A firewall that is there already.
    pub(crate) fn add_firewall(&self, firewall: Value) {
        lock(&self.state).firewalls.push(firewall);
    }

    pub(crate) fn set_status(&self, server_id: u64, status: &str) {
        lock(&self.state).servers.get_mut(&server_id).unwrap()["status"] = json!(status);
    }

    /// As [`Provider::set_status`], for a server that may be gone.
    pub(crate) fn set_status_if_there(&self, server_id: u64, status: &str) {
        if let Some(server) = lock(&self.state).servers.get_mut(&server_id) {
            server["status"] = json!(status);
        }
    }

    pub(crate) fn has(&self, server_id: u64) -> bool {
        lock(&self.state).servers.contains_key(&server_id)
    }

    /// Two servers of one job at once, each time that happened.
    pub(crate) fn breaches(&self) -> Vec<String> {
        lock(&self.state).breaches.clone()
    }

    /// The most servers that ever existed at once.
    pub(crate) fn most_at_once(&self) -> usize {
        lock(&self.state).most_at_once
    }

    pub(crate) fn remove(&self, server_id: u64) {
        lock(&self.state).servers.remove(&server_id);
    }

    pub(crate) fn on_create(&self, mishap: Mishap) {
        lock(&self.state).on_create.push_back(mishap);
    }

    pub(crate) fn on_delete(&self, mishap: Mishap) {
        lock(&self.state).on_delete.push_back(mishap);
    }

    /// A server that somebody else made.
    pub(crate) fn add_server(&self, id: u64, name: &str, labels: &Value, created: &str) {
        let mut server = server(id, name, labels);
        server["created"] = json!(created);
        server["status"] = json!("running");
        lock(&self.state).servers.insert(id, server);
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn router(state: Arc<Mutex<Project>>) -> Router {
    Router::new()
        .route("/v1/servers", get(list).post(create))
        .route("/v1/servers/{id}", get(show).put(update).delete(delete))
        .route("/v1/actions", get(actions))
        .route("/v1/server_types", get(async || Json(server_types())))
        .route("/v1/pricing", get(async || Json(pricing())))
        .route("/v1/firewalls", get(firewalls).post(create_firewall))
        .route("/v1/firewalls/{id}/actions/set_rules", post(set_rules))
        .route("/_local/relays", post(relay))
        .route("/_local/servers/{id}/console", get(console))
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&state), note))
        .with_state(state)
}

fn server(id: u64, name: &str, labels: &Value) -> Value {
    json!({
        "id": id, "name": name, "status": "initializing", "created": jiff::Timestamp::now().to_string(),
        "labels": labels, "server_type": { "name": "cx23" }, "location": { "name": "nbg1" },
        "image": { "id": 1 }, "public_net": { "ipv4": { "ip": "203.0.113.7" } }, "locked": false, "protection": { "delete": false },
    })
}

fn action(project: &mut Project, command: &str) -> Value {
    project.actions += 1;
    json!({
        "id": project.actions, "command": command, "status": "success", "progress": 100,
        "started": "2026-01-01T00:00:00Z", "finished": "2026-01-01T00:00:01Z", "resources": [], "error": null,
    })
}

fn fault(status: u16, code: &str) -> Response {
    let body = json!({ "error": { "code": code, "message": code, "details": {} } });
    (StatusCode::from_u16(status).unwrap(), Json(body)).into_response()
}

async fn create(State(state): Shared, Json(body): Json<Value>) -> Response {
    let mishap = lock(&state).on_create.pop_front();
    if let Some(Mishap::Refused(status, code)) = mishap {
        lock(&state).refused.push(body);
        return fault(status, code);
    }
    let answer = make(&state, &body, &mishap);
    if mishap == Some(Mishap::Hangs) {
        std::future::pending::<()>().await;
    }
    answer
}

fn make(state: &Arc<Mutex<Project>>, body: &Value, mishap: &Option<Mishap>) -> Response {
    let mut project = lock(state);
    let name = body["name"].as_str().unwrap().to_owned();
    if project.servers.values().any(|server| server["name"] == name.as_str()) {
        return fault(409, "uniqueness_error");
    }
    let id = 1000 + project.births.len() as u64;
    let job = &body["labels"]["job-id"];
    if let Some(other) =
        project.servers.values().find(|server| !job.is_null() && server["labels"]["job-id"] == *job)
    {
        let breach = format!("{name} was made while {} existed, both for job {job}", other["name"]);
        project.breaches.push(breach);
    }
    let mut made = server(id, &name, &body["labels"]);
    made["server_type"] = json!({ "name": body["server_type"] });
    made["location"] = json!({ "name": body["location"] });
    let answer = made.clone();
    made["status"] = json!("running");
    project.servers.insert(id, made);
    project.most_at_once = project.most_at_once.max(project.servers.len());
    let boot = Boot::from_user_data(body["user_data"].as_str().unwrap()).unwrap();
    project.births.push(Birth { server_id: id, name, boot, body: body.clone() });
    if *mishap == Some(Mishap::LostAnswer) {
        return fault(504, "timeout");
    }
    let (create, start) = (action(&mut project, "create_server"), action(&mut project, "start_server"));
    if let Some(Mishap::Fails(code)) = mishap {
        let failing = create["id"].as_u64().unwrap();
        project.failing.insert(failing, code);
    }
    let body = json!({ "server": answer, "action": create, "next_actions": [start], "root_password": null });
    (StatusCode::CREATED, Json(body)).into_response()
}

async fn list(State(state): Shared, Query(query): Query<BTreeMap<String, String>>) -> Json<Value> {
    let project = lock(&state);
    let by_name = |server: &&Value| query.get("name").is_none_or(|name| server["name"] == name.as_str());
    let servers: Vec<&Value> = project.servers.values().filter(by_name).collect();
    let total = servers.len();
    let pagination = json!({
        "page": 1, "per_page": 50, "previous_page": null, "next_page": null, "last_page": 1, "total_entries": total,
    });
    Json(json!({ "servers": servers, "meta": { "pagination": pagination } }))
}

async fn show(State(state): Shared, Path(id): Path<u64>) -> Response {
    match lock(&state).servers.get(&id) {
        Some(server) => Json(json!({ "server": server })).into_response(),
        None => fault(404, "not_found"),
    }
}

async fn update(State(state): Shared, Path(id): Path<u64>, Json(body): Json<Value>) -> Response {
    match lock(&state).servers.get_mut(&id) {
        Some(server) => {
            server["labels"] = body["labels"].clone();
            Json(json!({ "server": server })).into_response()
        }
        None => fault(404, "not_found"),
    }
}

async fn delete(State(state): Shared, Path(id): Path<u64>) -> Response {
    let mut project = lock(&state);
    match project.on_delete.pop_front() {
        Some(Mishap::Refused(status, code)) => return fault(status, code),
        Some(Mishap::LostAnswer | Mishap::Hangs | Mishap::Fails(_)) | None => {}
    }
    if project.servers.remove(&id).is_none() {
        return fault(404, "not_found");
    }
    let action = action(&mut project, "delete_server");
    Json(json!({ "action": action })).into_response()
}

async fn actions(State(state): Shared, Query(query): Query<Vec<(String, String)>>) -> Json<Value> {
    let failing = lock(&state).failing.clone();
    let done = |id: u64| {
        let error = failing.get(&id).map(|code| json!({ "code": code, "message": code }));
        json!({
            "id": id, "command": "done", "status": if error.is_some() { "error" } else { "success" },
            "progress": 100, "started": "2026-01-01T00:00:00Z", "finished": "2026-01-01T00:00:01Z",
            "resources": [], "error": error,
        })
    };
    let ids = query.iter().filter(|(name, _)| name == "id").filter_map(|(_, value)| value.parse().ok());
    let actions: Vec<Value> = ids.map(done).collect();
    let pagination = json!({
        "page": 1, "per_page": 50, "previous_page": null, "next_page": null, "last_page": 1,
        "total_entries": actions.len(),
    });
    Json(json!({ "actions": actions, "meta": { "pagination": pagination } }))
}

fn one_page(kind: &str, entries: &[Value]) -> Value {
    let pagination = json!({
        "page": 1, "per_page": 50, "previous_page": null, "next_page": null, "last_page": 1,
        "total_entries": entries.len(),
    });
    json!({ kind: entries, "meta": { "pagination": pagination } })
}

fn price(location: &str, hourly: &str, monthly: &str) -> Value {
    let amount = |net: &str| json!({ "net": net, "gross": net });
    json!({ "location": location, "price_hourly": amount(hourly), "price_monthly": amount(monthly) })
}

/// `cx23` everywhere, `cpx22`, which is dearer, everywhere, `cx11`, which is on its way out, in Nuremberg only.
fn server_types() -> Value {
    let kind = |id: u64, name: &str, hourly: &str, monthly: &str, locations: &[&str], deprecation: Value| {
        let prices: Vec<Value> = locations.iter().map(|at| price(at, hourly, monthly)).collect();
        let at = |name: &&str| json!({ "id": 1, "name": name, "deprecation": deprecation });
        json!({
            "id": id, "name": name, "cores": 2, "memory": 4.0, "disk": 40, "architecture": "x86",
            "prices": prices, "locations": locations.iter().map(at).collect::<Vec<_>>(),
        })
    };
    let leaving = json!({ "announced": "2026-01-01T00:00:00Z", "unavailable_after": "2099-01-01T00:00:00Z" });
    let types = [
        kind(1, "cx23", "0.0060", "3.4900", &["nbg1", "fsn1"], Value::Null),
        kind(2, "cpx22", "0.0110", "6.4900", &["nbg1", "fsn1"], Value::Null),
        kind(3, "cx11", "0.0050", "2.9900", &["nbg1"], leaving),
    ];
    one_page("server_types", &types)
}

fn pricing() -> Value {
    let prices = ["nbg1", "fsn1"].map(|at| price(at, "0.0010", "0.5000"));
    let ipv4 = json!({ "type": "ipv4", "prices": prices });
    json!({ "pricing": { "currency": "EUR", "primary_ips": [ipv4] } })
}

async fn relay(State(state): Shared, Json(body): Json<Value>) -> Response {
    lock(&state).relays.push(body);
    (StatusCode::CREATED, Json(json!({}))).into_response()
}

async fn note(
    State(state): Shared,
    request: axum::extract::Request,
    next: axum::middleware::Next,
) -> Response {
    lock(&state).requests.push(format!("{} {}", request.method(), request.uri().path()));
    next.run(request).await
}

async fn firewalls(State(state): Shared) -> Json<Value> {
    Json(one_page("firewalls", &lock(&state).firewalls))
}

async fn create_firewall(State(state): Shared, Json(mut body): Json<Value>) -> Response {
    let mut project = lock(&state);
    if project.firewalls.iter().any(|known| known["name"] == body["name"]) {
        return fault(409, "uniqueness_error");
    }
    body["id"] = json!(500 + project.firewalls.len());
    project.firewalls.push(body.clone());
    (StatusCode::CREATED, Json(json!({ "firewall": body, "actions": [] }))).into_response()
}

async fn set_rules(State(state): Shared, Path(id): Path<u64>, Json(body): Json<Value>) -> Response {
    let mut project = lock(&state);
    match project.firewalls.iter_mut().find(|one| one["id"] == id) {
        Some(firewall) => {
            firewall["rules"] = body["rules"].clone();
            (StatusCode::CREATED, Json(json!({ "actions": [] }))).into_response()
        }
        None => fault(404, "not_found"),
    }
}

/// Every server's console says the same.
async fn console(
    State(state): Shared,
    Path(id): Path<u64>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Response {
    if !lock(&state).servers.contains_key(&id) {
        return fault(404, "not_found");
    }
    let (said, from) = ("Linux boots\n", query["from"].parse::<usize>().unwrap());
    let console = json!({ "from": from, "next": said.len(), "text": &said[from..] });
    Json(json!({ "console": console })).into_response()
}
