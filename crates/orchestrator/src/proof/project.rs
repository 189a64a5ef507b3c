//! The provider's project: servers, actions, and what the provider saw.

use std::{collections::BTreeMap, time::Duration};

use clawlets_model::boot::Boot;
use jiff::Timestamp;
use serde_json::{Value, json};

/// How long the provider takes to make a server, and to delete one.
const ACTION: Duration = Duration::from_secs(1);
/// How far a list lags behind.
const LAG: Duration = Duration::from_secs(3);

/// A server.
#[derive(Debug, Clone)]
pub(super) struct Machine {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) labels: BTreeMap<String, String>,
    pub(super) created: Timestamp,
    pub(super) boot: Option<Boot>,
    pub(super) is_off: bool,
    gone_at: Option<Timestamp>,
}

/// A project and everything that ever was in it.
#[derive(Debug, Default)]
pub(super) struct Project {
    machines: BTreeMap<u64, Machine>,
    actions: BTreeMap<u64, Timestamp>,
    /// Until when lists lag behind.
    pub(super) lags_until: Option<Timestamp>,
    /// How many servers there may be at once.
    cap: usize,
    /// What must never happen and did.
    pub(super) breaches: Vec<String>,
    /// How many servers were made on request.
    pub(super) births: usize,
}

/// A request as the provider reads it.
pub(super) struct Asked<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a [&'a str],
    pub(super) query: &'a [(String, String)],
    pub(super) body: &'a [u8],
}

impl Machine {
    fn exists(&self, at: Timestamp) -> bool {
        self.gone_at.is_none_or(|gone| gone > at)
    }

    /// Whether it runs, from the provider's point of view.
    pub(super) fn runs(&self, now: Timestamp) -> bool {
        self.exists(now) && !self.is_off && now >= self.created + ACTION
    }

    pub(super) fn label(&self, key: &str) -> &str {
        self.labels.get(key).map_or("", String::as_str)
    }

    fn json(&self, now: Timestamp) -> Value {
        let status = match () {
            () if self.gone_at.is_some() => "deleting",
            () if self.is_off => "off",
            () if now < self.created + ACTION => "initializing",
            () => "running",
        };
        json!({
            "id": self.id, "name": self.name, "status": status, "created": self.created.to_string(),
            "labels": self.labels, "server_type": { "name": "cx23" }, "location": { "name": "nbg1" },
            "image": { "id": 1 }, "public_net": { "ipv4": { "ip": "203.0.113.7" } }, "locked": false,
            "protection": { "delete": false },
        })
    }
}

impl Project {
    pub(super) fn new(cap: usize) -> Self {
        Self { cap, ..Self::default() }
    }

    /// The servers that exist.
    pub(super) fn live(&self, now: Timestamp) -> impl Iterator<Item = &Machine> {
        self.machines.values().filter(move |machine| machine.exists(now))
    }

    pub(super) fn power_off(&mut self, id: u64) {
        if let Some(machine) = self.machines.get_mut(&id) {
            machine.is_off = true;
        }
    }

    /// A server that somebody else made.
    pub(super) fn add(
        &mut self,
        name: &str,
        orchestrator: &str,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> u64 {
        let labels = [
            ("managed-by", "clawlets"),
            ("cattle", "true"),
            ("orchestrator", orchestrator),
            ("expires-at", &expires_at.as_second().to_string()),
        ];
        let labels = labels.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
        self.insert(name.to_owned(), labels, None, now)
    }

    /// Somebody else's oldest server goes and another one comes, as others do while one reads a list.
    pub(super) fn shuffle(&mut self, orchestrator: &str, now: Timestamp) {
        let oldest = self.live(now).find(|machine| machine.label("orchestrator") == orchestrator).cloned();
        if let Some(oldest) = oldest {
            self.machines.remove(&oldest.id);
            self.insert(format!("{}-again", oldest.name), oldest.labels, None, now);
        }
    }

    fn insert(
        &mut self,
        name: String,
        labels: BTreeMap<String, String>,
        boot: Option<Boot>,
        now: Timestamp,
    ) -> u64 {
        let id = 1_000 + self.machines.keys().last().copied().unwrap_or(0).max(1);
        let machine = Machine { id, name, labels, created: now, boot, is_off: false, gone_at: None };
        self.machines.insert(id, machine);
        id
    }

    fn action(&mut self, command: &str, now: Timestamp) -> Value {
        let id = 1 + self.actions.len() as u64;
        self.actions.insert(id, now + ACTION);
        action_json(id, command, false)
    }

    /// Does what is asked, as the vendor documents it.
    pub(super) fn answer(&mut self, asked: &Asked<'_>, now: Timestamp) -> (u16, Value) {
        match (asked.method, asked.path) {
            ("POST", ["servers"]) => self.create(asked.body, now),
            ("GET", ["servers"]) => self.list(asked, now),
            ("GET", ["servers", id]) => match self.find(id, now) {
                Some(machine) => (200, json!({ "server": machine.json(now) })),
                None => not_found(),
            },
            ("DELETE", ["servers", id]) => {
                let Some(id) = self.find(id, now).map(|machine| machine.id) else { return not_found() };
                let action = self.action("delete_server", now);
                if let Some(machine) = self.machines.get_mut(&id) {
                    machine.gone_at.get_or_insert(now + ACTION);
                }
                (200, json!({ "action": action }))
            }
            ("GET", ["actions"]) => {
                let ids = asked.query.iter().filter(|(key, _)| key == "id");
                let ids = ids.filter_map(|(_, id)| id.parse::<u64>().ok());
                let known = |id| self.actions.get(&id).map(|done| action_json(id, "act", now >= *done));
                let actions: Vec<Value> = ids.filter_map(known).collect();
                (200, json!({ "meta": meta(1, 1, actions.len()), "actions": actions }))
            }
            ("GET", ["server_types" | "pricing" | "locations"]) => (
                200,
                json!({ "server_types": [], "locations": [], "meta": meta(1, 1, 0),
                    "pricing": { "currency": "EUR", "primary_ips": [] } }),
            ),
            _ => not_found(),
        }
    }

    fn find(&self, id: &str, now: Timestamp) -> Option<&Machine> {
        self.machines.get(&id.parse().ok()?).filter(|machine| machine.exists(now))
    }

    fn create(&mut self, body: &[u8], now: Timestamp) -> (u16, Value) {
        let body: Value = serde_json::from_slice(body).unwrap();
        let name = body["name"].as_str().unwrap().to_owned();
        if self.live(now).any(|machine| machine.name == name) {
            let details = json!({ "fields": [{ "name": "name" }] });
            let error = json!({ "code": "uniqueness_error", "message": "name is taken", "details": details });
            return (409, json!({ "error": error }));
        }
        let labels: BTreeMap<String, String> = serde_json::from_value(body["labels"].clone()).unwrap();
        let boot = Boot::from_user_data(body["user_data"].as_str().unwrap()).unwrap();
        self.births += 1;
        let id = self.insert(name, labels, Some(boot), now);
        self.check(id, now);
        let (create, start) = (self.action("create_server", now), self.action("start_server", now));
        let server = self.machines[&id].json(now);
        (201, json!({ "server": server, "action": create, "next_actions": [start], "root_password": null }))
    }

    /// What must hold whenever a server was made.
    fn check(&mut self, id: u64, now: Timestamp) {
        let made = &self.machines[&id];
        let expires_at = made.label("expires-at").parse().ok().and_then(|at| Timestamp::from_second(at).ok());
        let siblings = self.live(now).filter(|other| other.label("job-id") == made.label("job-id")).count();
        let live = self.live(now).count();
        let name = &made.name;
        let mut breaches = Vec::new();
        if expires_at.is_none() {
            breaches.push(format!("{name} was asked for without an expiry"));
        }
        if siblings > 1 {
            breaches.push(format!("the job of {name} has {siblings} VMs at once"));
        }
        if live > self.cap {
            breaches.push(format!("{live} VMs exist, {} may", self.cap));
        }
        self.breaches.append(&mut breaches);
    }

    fn list(&self, asked: &Asked<'_>, now: Timestamp) -> (u16, Value) {
        let parameter =
            |name: &str| asked.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let seen_at = if self.lags_until.is_some_and(|until| now < until) { now - LAG } else { now };
        let is_meant = |machine: &&Machine| {
            machine.created <= seen_at
                && machine.exists(seen_at)
                && parameter("name").is_none_or(|name| machine.name == name)
        };
        let meant: Vec<&Machine> = self.machines.values().filter(is_meant).collect();
        let number =
            |name, default: usize| parameter(name).and_then(|text| text.parse().ok()).unwrap_or(default);
        let (page, per_page) = (number("page", 1).max(1), number("per_page", 25).clamp(1, 50));
        let last = meant.len().div_ceil(per_page).max(1);
        let shown = meant.iter().skip((page - 1) * per_page).take(per_page);
        let shown: Vec<Value> = shown.map(|machine| machine.json(now)).collect();
        (200, json!({ "servers": shown, "meta": meta(page, last, meant.len()) }))
    }
}

fn not_found() -> (u16, Value) {
    (404, json!({ "error": { "code": "not_found", "message": "not found", "details": {} } }))
}

fn meta(page: usize, last: usize, total: usize) -> Value {
    let next = (page < last).then_some(page + 1);
    json!({ "pagination": {
        "page": page, "per_page": 50, "previous_page": null, "next_page": next, "last_page": last,
        "total_entries": total,
    } })
}

fn action_json(id: u64, command: &str, is_done: bool) -> Value {
    json!({
        "id": id, "command": command, "status": if is_done { "success" } else { "running" },
        "progress": if is_done { 100 } else { 0 }, "started": "2026-01-01T00:00:00Z",
        "finished": is_done.then_some("2026-01-01T00:00:01Z"), "resources": [], "error": null,
    })
}
