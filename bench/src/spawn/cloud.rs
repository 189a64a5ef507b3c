//! The local cloud's API, as far as a measurement needs it.

use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::timeline::Mark;
use crate::site::Site;

/// How long something may take to happen.
const PATIENCE: Duration = Duration::from_secs(120);
/// The pause between two looks at what takes long.
const PAUSE: Duration = Duration::from_millis(20);

/// The local cloud of a site.
pub(super) struct LocalCloud {
    agent: ureq::Agent,
    endpoint: String,
    token: String,
    servers: PathBuf,
    /// The daemon's process.
    pub(super) process: u32,
}

/// What is kept ready.
pub(super) struct Ready {
    /// How many guests there should be.
    pub(super) size: u64,
    /// How many there are.
    pub(super) parked: u64,
    /// How many there are that have never run.
    pub(super) fresh: u64,
    /// How many templates can be copied.
    pub(super) templates: usize,
}

/// How a guest came to be, by the local cloud's own account.
#[derive(Debug, Clone, Default)]
pub(super) struct Account {
    /// `cold`, `clone` or `pool`.
    pub(super) way: Option<String>,
    /// When the order was accepted, in microseconds of the machine's monotonic clock.
    pub(super) accepted: i64,
    /// When it passed which phase.
    pub(super) marks: Vec<Mark>,
}

impl LocalCloud {
    /// The cloud of a site that runs.
    ///
    /// # Panics
    /// When it does not say where it is.
    pub(super) fn of(site: &Site) -> Self {
        let status = site.world.clawlets(&["local", "status", "--json"]).json();
        let text = |key: &str| status[key].as_str().expect("a cloud that runs says where").to_owned();
        Self {
            agent: ureq::Agent::new_with_defaults(),
            endpoint: text("endpoint"),
            token: text("token"),
            servers: site.world.path("state/local/servers"),
            process: u32::try_from(status["pid"].as_u64().unwrap_or(0)).expect("a process id is small"),
        }
    }

    fn get(&self, url: &str) -> Option<Value> {
        let answer = self.agent.get(url).header("Authorization", format!("Bearer {}", self.token)).call();
        answer.ok()?.body_mut().read_json().ok()
    }

    /// How many servers there are.
    fn servers(&self) -> usize {
        let list = self.get(&format!("{}/servers", self.endpoint)).expect("the local cloud answers");
        list["servers"].as_array().map_or(0, Vec::len)
    }

    /// Waits until no server is left.
    ///
    /// # Panics
    /// When some are left after two minutes.
    pub(super) async fn is_empty(&self) {
        let begun = Instant::now();
        while self.servers() > 0 {
            assert!(begun.elapsed() < PATIENCE, "servers remain");
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Waits until what is kept ready is as it should be.
    ///
    /// # Panics
    /// When it is not within two minutes.
    pub(super) async fn until(&self, is_right: impl Fn(&Ready) -> bool, what: &str) {
        let begun = Instant::now();
        loop {
            let document =
                self.get(&format!("{}/_local/pool", self.root())).expect("the local cloud tells of its pool");
            let pool = &document["pool"];
            let count = |key: &str| pool[key].as_u64().unwrap_or(0);
            let templates = pool["templates"].as_array().into_iter().flatten();
            let templates = templates.filter(|template| template["progress"]["state"] == "ready").count();
            if is_right(&Ready {
                size: count("size"),
                parked: count("parked"),
                fresh: count("fresh"),
                templates,
            }) {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "waited in vain: {what}: {pool}");
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Where the API begins that only the local cloud has.
    fn root(&self) -> &str {
        self.endpoint.trim_end_matches("/v1")
    }

    /// How a guest came to be; nothing when the local cloud does not say so.
    pub(super) fn account(&self, server: u64) -> Account {
        self.get(&format!("{}/_local/servers/{server}/timeline", self.root()))
            .map_or_else(Account::default, |document| Account::read(&document))
    }

    /// Deletes a server and gives the time until the deletion was done.
    ///
    /// # Panics
    /// When it is not.
    pub(super) fn destroy(&self, server: u64) -> Duration {
        let begun = Instant::now();
        let url = format!("{}/servers/{server}", self.endpoint);
        let answer = self.agent.delete(&url).header("Authorization", format!("Bearer {}", self.token)).call();
        let mut answer = answer.expect("a server can be deleted");
        let answer: Value = answer.body_mut().read_json().expect("an answer is JSON");
        let action = format!("{}/actions/{}", self.endpoint, answer["action"]["id"]);
        loop {
            let state = self.get(&action).expect("an action can be asked for");
            match state["action"]["status"].as_str() {
                Some("running") => assert!(begun.elapsed() < PATIENCE, "a deletion does not end"),
                Some("success") => return begun.elapsed(),
                other => panic!("a deletion ended as {other:?}"),
            }
        }
    }

    /// The process that minds a guest.
    pub(super) fn shim(&self, server: u64) -> Option<u32> {
        let lock = self.servers.join(server.to_string()).join("lock");
        fs::read_to_string(lock).ok()?.trim().parse().ok()
    }

    /// The folder of a guest, as its processes' command lines name it.
    pub(super) fn folder(&self, server: u64) -> String {
        format!("{}/", self.servers.join(server.to_string()).display())
    }
}

impl Account {
    fn read(document: &Value) -> Self {
        let timeline = &document["timeline"];
        let phases = timeline["phases"].as_array().into_iter().flatten();
        Self {
            way: timeline["origin"].as_str().map(str::to_owned),
            accepted: timeline["accepted"].as_i64().unwrap_or(0),
            marks: phases.filter_map(|mark| serde_json::from_value(mark.clone()).ok()).collect(),
        }
    }
}
