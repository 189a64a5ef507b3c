//! A project with servers, images and actions, and a list of what is to go wrong.

use std::{
    collections::{BTreeMap, VecDeque},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
};

use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    TOKEN,
    wire::{self, Act, Seen},
};

/// What goes wrong with one request.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// The request has no effect.
    Instead(Act),
    /// The request has its effect, and this is sent in place of its answer.
    AfterIts(Act),
}

#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) servers: BTreeMap<u64, Value>,
    next_id: u64,
    /// By method and path prefix, in the order in which they are to happen.
    faults: Vec<(&'static str, VecDeque<Fault>)>,
    /// How many lookups by name still see nothing of what was created.
    pub(crate) lagging_lookups: u32,
    /// What happens between two pages, one entry for each page that is read.
    pub(crate) between_pages: VecDeque<fn(&mut State)>,
    /// How often each action is still seen to run.
    pub(crate) running: u32,
    /// Actions that end badly.
    pub(crate) failing: Vec<u64>,
    pub(crate) seen: Vec<Seen>,
}

impl State {
    pub(crate) fn add(&mut self, name: &str, labels: &Value) -> Value {
        self.next_id += 1;
        let server = json!({
            "id": self.next_id, "name": name, "status": "initializing", "created": "2026-11-01T10:00:00+00:00",
            "labels": labels, "server_type": {"id": 1, "name": "cx23"}, "location": {"id": 1, "name": "nbg1"},
            "image": null, "public_net": {"ipv4": null, "ipv6": null, "floating_ips": [], "firewalls": []},
            "protection": {"delete": false, "rebuild": false}, "locked": false,
        });
        self.servers.insert(self.next_id, server.clone());
        server
    }

    fn fault(&mut self, seen: &Seen) -> Option<Fault> {
        let line = seen.line();
        let entry =
            self.faults.iter_mut().find(|(prefix, queue)| line.starts_with(prefix) && !queue.is_empty());
        entry.and_then(|(_, queue)| queue.pop_front())
    }

    fn answer(&mut self, seen: &Seen) -> Act {
        if !seen.head.to_lowercase().contains(&format!("authorization: bearer {TOKEN}")) {
            return Act::error(401, "unauthorized");
        }
        let path: Vec<&str> = seen.path().trim_start_matches("/v1/").split('/').collect();
        match (seen.method.as_str(), path.as_slice()) {
            ("POST", ["servers"]) => self.create(&seen.json()),
            ("GET", ["servers"]) => self.list(seen),
            ("GET", ["servers", id]) => self.one(id, |server| json!({"server": server})),
            ("PUT", ["servers", id]) => {
                let labels = seen.json()["labels"].clone();
                if let Some(server) = id.parse().ok().and_then(|id: u64| self.servers.get_mut(&id)) {
                    server["labels"] = labels;
                }
                self.one(id, |server| json!({"server": server}))
            }
            ("DELETE", ["servers", id]) => match id.parse().ok().and_then(|id| self.servers.remove(&id)) {
                Some(_) => Act::json(200, &json!({"action": action(9, "delete_server", "running")})),
                None => Act::error(404, "not_found"),
            },
            ("POST", ["servers", id, "actions", command]) => {
                let command = (*command).to_owned();
                self.one(id, move |_| json!({"action": action(5, &command, "running")}))
            }
            ("GET", ["actions"]) => self.actions(&seen.query("id")),
            _ => Act::error(404, "not_found"),
        }
    }

    fn create(&mut self, body: &Value) -> Act {
        let name = body["name"].as_str().unwrap();
        if self.servers.values().any(|server| server["name"] == name) {
            let details = json!({"fields": [{"name": "name"}]});
            let error = json!({"code": "uniqueness_error", "message": "name is used", "details": details});
            return Act::json(409, &json!({"error": error}));
        }
        let server = self.add(name, &body["labels"]);
        let answer = json!({
            "server": server, "action": action(1, "create_server", "running"),
            "next_actions": [action(2, "start_server", "running")], "root_password": "root-password-of-the-server",
        });
        Act::json(201, &answer)
    }

    fn one(&self, id: &str, answer: impl FnOnce(&Value) -> Value) -> Act {
        match id.parse().ok().and_then(|id: u64| self.servers.get(&id)) {
            Some(server) => Act::json(200, &answer(server)),
            None => Act::error(404, "not_found"),
        }
    }

    fn list(&mut self, seen: &Seen) -> Act {
        let name = seen.query("name").pop();
        if name.is_some() && self.lagging_lookups > 0 {
            self.lagging_lookups -= 1;
            return Act::json(200, &json!({"servers": []}));
        }
        let number =
            |name, default| seen.query(name).pop().map_or(default, |text| text.parse::<usize>().unwrap());
        let (page, per_page) = (number("page", 1), number("per_page", 25).min(50));
        let all: Vec<&Value> = self
            .servers
            .values()
            .filter(|server| name.as_ref().is_none_or(|name| server["name"] == **name))
            .collect();
        let pages = all.len().div_ceil(per_page).max(1);
        let entries: Vec<&Value> = all.iter().skip((page - 1) * per_page).take(per_page).copied().collect();
        let pagination = json!({
            "page": page, "per_page": per_page, "previous_page": (page > 1).then(|| page - 1),
            "next_page": (page < pages).then_some(page + 1), "last_page": pages, "total_entries": all.len(),
        });
        let answer = Act::json(200, &json!({"servers": entries, "meta": {"pagination": pagination}}));
        if let Some(event) = self.between_pages.pop_front() {
            event(self);
        }
        answer
    }

    fn actions(&mut self, ids: &[String]) -> Act {
        assert!(ids.len() <= 25, "{} actions in one request", ids.len());
        let still_running = self.running > 0;
        self.running = self.running.saturating_sub(1);
        let one = |id: &String| {
            let id: u64 = id.parse().unwrap();
            match (still_running, self.failing.contains(&id)) {
                (true, _) => action(id, "create_server", "running"),
                (false, true) => action(id, "create_server", "error"),
                (false, false) => action(id, "create_server", "success"),
            }
        };
        Act::json(200, &json!({"actions": ids.iter().map(one).collect::<Vec<_>>()}))
    }
}

fn action(id: u64, command: &str, status: &str) -> Value {
    let error = (status == "error").then(|| json!({"code": "action_failed", "message": "the host broke"}));
    json!({
        "id": id, "command": command, "status": status, "progress": 50, "started": "2026-11-01T10:00:00+00:00",
        "finished": null, "resources": [{"id": 1, "type": "server"}], "error": error,
    })
}

/// The project, served on a port of its own until it is dropped.
#[derive(Debug)]
pub(crate) struct FakeCloud {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    serving: JoinHandle<()>,
}

impl FakeCloud {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State::default()));
        let serving = tokio::spawn(serve(listener, Arc::clone(&state)));
        Self { address, state, serving }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// The next requests that begin so meet these faults, one after the other.
    pub(crate) fn fails(&self, prefix: &'static str, faults: impl IntoIterator<Item = Fault>) {
        self.state().faults.push((prefix, faults.into_iter().collect()));
    }

    /// The next requests that begin so get these answers and have no effect.
    pub(crate) fn answers(&self, prefix: &'static str, acts: impl IntoIterator<Item = Act>) {
        self.fails(prefix, acts.into_iter().map(Fault::Instead));
    }

    /// Method and path of every request so far, without the version.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.state().seen.iter().map(|seen| seen.line().replace(" /v1/", " ")).collect()
    }
}

impl Drop for FakeCloud {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, state: Arc<Mutex<State>>) {
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((mut stream, _)) = listener.accept().await {
        let state = Arc::clone(&state);
        connections.spawn(async move {
            while let Some(seen) = wire::read(&mut stream).await {
                let act = {
                    let mut state = state.lock().unwrap();
                    state.seen.push(seen.clone());
                    match state.fault(&seen) {
                        Some(Fault::Instead(act)) => act,
                        Some(Fault::AfterIts(act)) => {
                            state.answer(&seen);
                            act
                        }
                        None => state.answer(&seen),
                    }
                };
                if !act.play(&mut stream).await {
                    return;
                }
            }
        });
    }
}
