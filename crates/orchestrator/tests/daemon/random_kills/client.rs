//! Whoever enqueues jobs: they ask again until they have an answer, and now and then change their mind.

use std::{
    os::unix::net::UnixStream,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{chance::Chance, guests::ask};
use crate::support::{Daemon, Provider, Site, agent_request, spawn_request};

/// The pause between two things that a client does.
const PAUSE: Duration = Duration::from_millis(15);

pub(super) struct Client {
    chance: Chance,
    /// How many jobs there are to be.
    wanted: usize,
    /// The ids of the jobs that were accepted, by their number.
    pub(super) jobs: Vec<String>,
}

impl Client {
    pub(super) fn new(seed: u64, wanted: usize) -> Self {
        Self { chance: Chance::new(seed, "client"), wanted, jobs: Vec::new() }
    }

    /// Enqueues and cancels for a while.
    pub(super) fn act_for(&mut self, span: Duration, site: &Site) {
        let until = Instant::now() + span;
        let socket = site.path("run/clf.sock");
        while Instant::now() < until {
            if let Ok(stream) = UnixStream::connect(&socket) {
                self.act(stream);
            }
            self.wait(PAUSE.min(until.saturating_duration_since(Instant::now())));
        }
    }

    pub(super) fn wait(&self, span: Duration) {
        thread::sleep(span);
    }

    fn act(&mut self, stream: UnixStream) {
        match self.chance.below(6) {
            0 | 1 if self.jobs.len() < self.wanted => {
                let body = self.request(self.jobs.len());
                if let Some((200, answer)) = ask(stream, "POST", "/v1/jobs/enqueue", &[], &body) {
                    self.jobs.push(answer["jobId"].as_str().unwrap().to_owned());
                }
            }
            2 if !self.jobs.is_empty() && self.chance.below(8) == 0 => {
                let job = &self.jobs[self.chance.below(self.jobs.len())];
                ask(stream, "POST", &format!("/v1/jobs/{job}/cancel"), &[], &json!({}));
            }
            _ => {}
        }
    }

    /// The n-th job. Its key makes it one job, however often it is asked for.
    fn request(&self, number: usize) -> Value {
        let more = json!({ "idempotencyKey": format!("k-{number}"), "whenFull": "queue", "maxAttempts": 10 });
        if number.is_multiple_of(2) { agent_request(more) } else { spawn_request(more) }
    }

    /// Enqueues what is missing and waits until every job has ended and no VM is left. Whether that came to be in time.
    pub(super) fn settle(&mut self, daemon: &Daemon, provider: &Provider, deadline: Instant) -> bool {
        while self.jobs.len() < self.wanted {
            let job = daemon.enqueue(&self.request(self.jobs.len()));
            self.jobs.push(job);
        }
        loop {
            if self.unsettled(daemon).is_null() && provider.servers().is_empty() {
                return true;
            }
            if Instant::now() > deadline {
                return false;
            }
            self.wait(Duration::from_millis(200));
        }
    }

    /// A job that is not over, if there is one.
    pub(super) fn unsettled(&self, daemon: &Daemon) -> Value {
        let mut connection = daemon.connect();
        let mut jobs = self
            .jobs
            .iter()
            .map(|id| connection.call("GET", &format!("/v1/jobs/{id}"), &[], b"").ok().json()["job"].take());
        let is_over = |job: &Value| {
            ["done", "failed", "canceled"].contains(&job["status"].as_str().unwrap_or_default())
                && ["gone", "none"].contains(&job["vm"].as_str().unwrap_or_default())
        };
        jobs.find(|job| !is_over(job)).unwrap_or_default()
    }
}
