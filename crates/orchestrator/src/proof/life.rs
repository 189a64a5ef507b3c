//! One life of the daemon: from its start on the store that is there, to its death or to the end of all work.

use std::{fs, path::Path, sync::Arc, time::Duration};

use axum::{Extension, Router, body::Body};
use clawlets_cloud::{Cloud, Hetzner, HetznerConfig, Jitter};
use clawlets_jobs::{Store, StoreOptions};
use clawlets_model::Secret;
use http_body_util::BodyExt as _;
use hyper::Request;
use jiff::SignedDuration;
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt as _;

use super::{
    guest::{Guest, Stage},
    scenario::Scenario,
    world::World,
};
use crate::{
    config::{self, Config, Overrides},
    daemon::{Clock, Shared, look_after_jobs},
    guest::{Guests, Joining, Reach},
    identity::Caller,
    job_files::JobFiles,
    socket::Api,
};

/// How often people and guests do something.
const TICK: Duration = Duration::from_millis(250);
/// How long all work may take, in virtual time.
const PATIENCE: Duration = Duration::from_secs(2 * 60 * 60);
/// How long nobody runs after a death.
pub(super) const GAP: Duration = Duration::from_secs(1);

/// A folder with a configuration and everything that it names. It survives the daemon.
pub(super) struct Site {
    folder: TempDir,
    pub(super) id: &'static str,
    /// How far this machine's clock is ahead of the truth.
    pub(super) skew: SignedDuration,
}

/// A running daemon, without its sockets.
pub(super) struct Daemon {
    pub(super) shared: Arc<Shared>,
    api: Router,
    guests: Router,
}

/// Somebody who enqueues a job, and asks again until there is an answer.
#[derive(Debug, Default)]
pub(super) struct Client {
    pub(super) job: Option<String>,
    has_canceled: bool,
}

/// How a life ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    /// In the middle of it.
    Died,
    /// With nothing left to do.
    Settled,
    /// With something left to do that nobody did for hours.
    Stuck,
}

impl Site {
    pub(super) fn new(id: &'static str, cap: usize) -> Self {
        let memory = Path::new("/dev/shm");
        let builder = || {
            let mut builder = tempfile::Builder::new();
            builder.prefix("clf-proof-");
            builder
        };
        let folder = builder().tempdir_in(memory).or_else(|_| builder().tempdir()).unwrap();
        let path = folder.path();
        fs::create_dir_all(path.join("personas/rex")).unwrap();
        fs::write(path.join("personas/rex/SOUL.md"), "You are rex.").unwrap();
        let persona = r#"{"schemaVersion":1,"model":{"primary":"zai/glm-4.7"}}"#;
        fs::write(path.join("personas/rex/config.json"), persona).unwrap();
        fs::write(path.join("token"), "token").unwrap();
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        fs::set_permissions(path.join("token"), private).unwrap();
        let config = format!(
            r#"
id = "{id}"
socket = "clf.sock"
socket_group = ""
store = "store/state.sqlite"
personas = "personas"

[provider]
kind = "local"
endpoint = "http://127.0.0.1:1/v1"
token_file = "token"

[cattle]
max_instances = {cap}
boot_timeout = "20s"
silence = "5s"
lost_after = "30s"

[reaper]
interval = "10s"
unowned_grace = "30s"
foreign_grace = "60s"
"#
        );
        fs::write(path.join("orchestrator.toml"), config).unwrap();
        Self { folder, id, skew: SignedDuration::ZERO }
    }

    pub(super) fn store(&self) -> std::path::PathBuf {
        self.folder.path().join("store")
    }

    fn config(&self) -> Config {
        config::load(&self.folder.path().join("orchestrator.toml"), &Overrides::default()).unwrap()
    }
}

impl Daemon {
    /// Starts a daemon on whatever its store holds, as the program would.
    pub(super) async fn start(site: &Site, world: &Arc<World>) -> Self {
        let config = Arc::new(site.config());
        let store = Store::open_attended(&StoreOptions::new(&config.store), Arc::clone(world) as _).unwrap();
        let files = JobFiles::open(&site.store()).unwrap();
        let endpoint = clawlets_cloud::endpoint("http://127.0.0.1:1/v1").unwrap();
        let mut client = HetznerConfig::new(endpoint, Secret::from("token"));
        client.jitter = Jitter::seeded(7);
        let cloud: Arc<dyn Cloud> = Arc::new(Hetzner::in_memory(client, Arc::clone(world) as _).unwrap());
        let reach = Reach::Tailnet { address: ([100, 64, 0, 1], 18_337).into(), join: Joining::Never };
        let (truth, skew) = (Arc::clone(world), site.skew);
        let clock = Clock::told(move || truth.now() + skew);
        let shared = Arc::new(Shared::new(clock, config, store, files, cloud, reach).unwrap());
        shared.store.expire_leases(shared.now()).await.unwrap();
        let stop = CancellationToken::new();
        look_after_jobs(&shared, &TaskTracker::new(), &stop).unwrap();
        let metrics = PrometheusBuilder::new().build_recorder().handle();
        let api = Api::new(Arc::clone(&shared), metrics, stop).router();
        let guests = Guests::new(Arc::clone(&shared)).router();
        Self { shared, api, guests }
    }

    /// A call of an operator.
    pub(super) async fn call(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let request = Request::builder().method(method).uri(path).body(body).unwrap();
        let response = self.api.clone().layer(Extension(Caller::Operator)).oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    pub(super) async fn job(&self, id: &str) -> Value {
        self.call("GET", &format!("/v1/jobs/{id}"), Value::Null).await.1["job"].take()
    }

    /// How often the job's history tells of its end.
    pub(super) async fn ends(&self, id: &str) -> usize {
        let (_, answer) = self.call("GET", &format!("/v1/jobs/{id}/events"), Value::Null).await;
        let events = answer["events"].as_array().cloned().unwrap_or_default();
        events.iter().filter(|event| event["event"] == "ended").count()
    }

    /// Lets every guest of this daemon's VMs do what it would do by now.
    pub(super) async fn guests_act(&self, site: &Site, world: &World, scenario: &Scenario) {
        let now = world.now();
        let running: Vec<(u64, Option<String>)> = {
            let state = world.lock();
            let ours = state.project.live(now).filter(|machine| machine.label("orchestrator") == site.id);
            let token = |boot: &clawlets_model::boot::Boot| boot.token.expose().clone();
            ours.filter(|machine| machine.runs(now))
                .map(|machine| (machine.id, machine.boot.as_ref().map(token)))
                .collect()
        };
        for (id, token) in running {
            let Some(token) = token else { continue };
            let known = world.lock().guests.get(&id).cloned();
            let mut guest = known.unwrap_or_else(|| Guest::new(scenario.manner, &token, now));
            guest.act(id, &self.guests, now).await;
            let mut state = world.lock();
            if guest.stage == Stage::Off {
                state.project.power_off(id);
            }
            state.guests.insert(id, guest);
        }
    }
}

impl Client {
    /// Enqueues, cancels when it is time to, and says whether nothing is left to do.
    pub(super) async fn act(
        &mut self,
        daemon: &Daemon,
        site: &Site,
        world: &World,
        scenario: &Scenario,
    ) -> bool {
        let Some(id) = &self.job else {
            let (status, answer) = daemon.call("POST", "/v1/jobs/enqueue", scenario.request()).await;
            if status == 200 {
                self.job = answer["jobId"].as_str().map(str::to_owned);
            }
            return false;
        };
        let wants_to = scenario
            .canceled_at
            .is_some_and(|stage| world.lock().guests.values().any(|guest| guest.stage == stage));
        if wants_to && !self.has_canceled {
            let (status, _) = daemon.call("POST", &format!("/v1/jobs/{id}/cancel"), json!({})).await;
            self.has_canceled = status < 500;
        }
        let job = daemon.job(id).await;
        let is_final = matches!(job["status"].as_str(), Some("done" | "failed" | "canceled"));
        let has_no_vm = matches!(job["vm"].as_str(), Some("none" | "gone"));
        is_final && has_no_vm && !vm_exists(world, site)
    }
}

/// Whether a VM of this orchestrator exists.
pub(super) fn vm_exists(world: &World, site: &Site) -> bool {
    let now = world.now();
    world.lock().project.live(now).any(|machine| machine.label("orchestrator") == site.id)
}

/// Runs `work` in virtual time until it is through, or the daemon dies.
pub(super) fn in_virtual_time<T>(world: &Arc<World>, work: impl Future<Output = T>) -> Option<T> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    runtime.block_on(async {
        world.begin();
        let clock = Arc::clone(world);
        let clock = tokio::spawn(async move { clock.keep_the_clock().await });
        let outcome = tokio::select! {
            biased;
            () = world.died.notified() => None,
            outcome = work => Some(outcome),
        };
        world.end(GAP);
        clock.abort();
        outcome
    })
}

/// Lives until the job and its VM are gone, or until it dies.
pub(super) fn live(
    world: &Arc<World>,
    site: &Site,
    client: &mut Client,
    scenario: &Scenario,
) -> (End, Value, usize) {
    let lived = in_virtual_time(world, async {
        let daemon = Daemon::start(site, world).await;
        let begun = tokio::time::Instant::now();
        loop {
            if client.act(&daemon, site, world, scenario).await {
                let id = client.job.clone().unwrap_or_default();
                return (End::Settled, daemon.job(&id).await, daemon.ends(&id).await);
            }
            daemon.guests_act(site, world, scenario).await;
            if begun.elapsed() > PATIENCE {
                let id = client.job.clone().unwrap_or_default();
                return (End::Stuck, daemon.job(&id).await, 0);
            }
            tokio::time::sleep(TICK).await;
        }
    });
    lived.unwrap_or((End::Died, Value::Null, 0))
}
