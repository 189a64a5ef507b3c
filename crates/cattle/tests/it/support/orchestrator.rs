//! An orchestrator that keeps the rules of the protocol, until a test's script says otherwise.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use clawlets_model::guest::{GuestOrders, LogRecord, LogStream, SHA256_HEADER, TaskResult};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Job, Reply, Request, Server, eventually};

pub(crate) const TOKEN: &str = "token-that-nobody-may-see-0123456789abcdefg";
pub(crate) const SESSION: &str = "session-that-nobody-may-see-0123456789";
/// The value of the secret variable `SECRET_API_KEY`.
pub(crate) const SECRET: &str = "sk-hunter2-that-nobody-may-see";

/// What the orchestrator has seen and what it says.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) requests: Vec<Request>,
    pub(crate) records: Vec<LogRecord>,
    pub(crate) artifacts: BTreeMap<String, Vec<u8>>,
    pub(crate) result: Option<TaskResult>,
    pub(crate) cancel: bool,
    over_at: Option<Instant>,
    archive: Vec<u8>,
}

impl State {
    /// The machine has that many seconds from now.
    pub(crate) fn live_for(&mut self, seconds: u64) {
        self.over_at = Some(Instant::now() + Duration::from_secs(seconds));
    }

    fn remaining(&self) -> u64 {
        let left = self.over_at.map_or(Duration::ZERO, |at| at.saturating_duration_since(Instant::now()));
        left.as_millis().div_ceil(1000).try_into().unwrap()
    }

    /// How many requests went to a path.
    pub(crate) fn calls(&self, path: &str) -> usize {
        self.requests.iter().filter(|request| request.path == path).count()
    }

    /// The task's output on one stream.
    pub(crate) fn lines(&self, stream: LogStream) -> Vec<&str> {
        self.records
            .iter()
            .filter(|record| record.stream == stream)
            .map(|record| record.data.as_str())
            .collect()
    }
}

/// An orchestrator with one job.
pub(crate) struct Orchestrator {
    pub(crate) server: Server,
    state: Arc<Mutex<State>>,
}

impl Orchestrator {
    pub(crate) fn start(job: &Job) -> Self {
        Self::scripted(job, |_, _| None)
    }

    /// One whose script may answer in its stead.
    pub(crate) fn scripted(
        job: &Job,
        script: impl Fn(&Request, &mut State) -> Option<Reply> + Send + Sync + 'static,
    ) -> Self {
        Self::with_archive(job.archive(), script)
    }

    /// One whose work archive is anything.
    pub(crate) fn with_archive(
        archive: Vec<u8>,
        script: impl Fn(&Request, &mut State) -> Option<Reply> + Send + Sync + 'static,
    ) -> Self {
        let mut state = State { archive, ..State::default() };
        state.live_for(600);
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        let server = Server::start(move |request| {
            let mut state = shared.lock().unwrap();
            state.requests.push(request.clone());
            script(request, &mut state).unwrap_or_else(|| answer(request, &mut state))
        });
        Self { server, state }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Waits until a line of output has arrived.
    #[track_caller]
    pub(crate) fn wait_for_line(&self, line: &str) {
        eventually(line, || self.state().records.iter().any(|record| record.data == line));
    }
}

fn answer(request: &Request, state: &mut State) -> Reply {
    let bearer = if request.path == "/v1/cattle/env" { TOKEN } else { SESSION };
    if request.header("authorization") != format!("Bearer {bearer}") {
        return Reply::json(401, r#"{"error":{"code":"unauthorized","message":"who are you"}}"#);
    }
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/v1/cattle/env") => {
            let env = json!({ "SECRET_API_KEY": SECRET, "EMPTY": "" });
            let body = json!({ "ok": true, "env": env, "session": SESSION, "remaining": state.remaining() });
            Reply::json(200, &body.to_string())
        }
        ("GET", "/v1/cattle/work") => Reply::Answer(200, state.archive.clone()),
        ("POST", "/v1/cattle/heartbeat") => orders(state),
        ("POST", "/v1/cattle/logs") => logs(request, state),
        ("PUT", path) => artifact(path, request, state),
        ("POST", "/v1/cattle/result") => {
            state.result = Some(serde_json::from_slice(&request.body).unwrap());
            Reply::json(200, "{}")
        }
        _ => Reply::json(404, "{}"),
    }
}

fn orders(state: &State) -> Reply {
    let next = state.records.len() as u64;
    let orders = GuestOrders { next, remaining: state.remaining(), cancel: state.cancel };
    Reply::json(200, &serde_json::to_string(&orders).unwrap())
}

fn logs(request: &Request, state: &mut State) -> Reply {
    let records = request.body.split(|b| *b == b'\n').filter(|line| !line.is_empty());
    let records: Vec<LogRecord> = records.map(|line| serde_json::from_slice(line).unwrap()).collect();
    let next = state.records.len() as u64;
    let consecutive = records.iter().map(|record| record.seq).eq(next..next + records.len() as u64);
    if !consecutive {
        return Reply::json(409, &format!("{{\"expected\":{next}}}"));
    }
    state.records.extend(records);
    orders(state)
}

fn artifact(path: &str, request: &Request, state: &mut State) -> Reply {
    let name = path.strip_prefix("/v1/cattle/artifacts/").unwrap();
    assert_eq!(request.header(SHA256_HEADER), hex::encode(Sha256::digest(&request.body)), "{name}");
    state.artifacts.insert(name.to_owned(), request.body.clone());
    Reply::json(200, "{}")
}
