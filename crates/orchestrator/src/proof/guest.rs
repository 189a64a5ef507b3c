//! What a VM does, seen from outside: it redeems its token, works, and reports; or it does not.

use axum::{Extension, Router, body::Body};
use clawlets_model::guest::NONCE_HEADER;
use http_body_util::BodyExt as _;
use hyper::{Request, header};
use jiff::Timestamp;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::guest::Peer;

/// What becomes of the VMs of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// It does its work.
    Works,
    /// It never calls.
    NeverCalls,
    /// Its task never ends by itself; asked to stop, it does.
    NeverEnds,
    /// It powers off in the middle of its work.
    PowersOff,
}

/// How far a guest has come. What it knows survives a daemon, since it is another machine.
#[derive(Debug, Clone)]
pub(super) struct Guest {
    manner: Manner,
    token: String,
    session: String,
    pub(super) stage: Stage,
    since: Timestamp,
}

/// How far a guest has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// It has not redeemed its token.
    Boots,
    /// It has its session.
    Ready,
    /// The task runs.
    Runs,
    /// The task ended in this way, and that is not told yet.
    Reports(bool),
    /// It is off.
    Off,
}

impl Guest {
    pub(super) fn new(manner: Manner, token: &str, now: Timestamp) -> Self {
        Self { manner, token: token.to_owned(), session: String::new(), stage: Stage::Boots, since: now }
    }

    /// Does one thing, if it is time for it.
    pub(super) async fn act(&mut self, server_id: u64, daemon: &Router, now: Timestamp) {
        let for_seconds = now.as_second() - self.since.as_second();
        match (self.stage, self.manner) {
            (Stage::Off, _) | (Stage::Boots, Manner::NeverCalls) => {}
            (Stage::Boots, _) if for_seconds < 1 => {}
            (Stage::Boots, _) => {
                let (status, body) = self.call(server_id, daemon, "GET", "env", Value::Null).await;
                match status {
                    200 => {
                        self.session = body["session"].as_str().unwrap().to_owned();
                        self.go(Stage::Ready, now);
                    }
                    401 | 403 | 410 => self.go(Stage::Off, now),
                    _ => {}
                }
            }
            (Stage::Ready, _) => match self.beat(server_id, daemon, "running").await {
                Some(_) => self.go(Stage::Runs, now),
                None => self.go(Stage::Off, now),
            },
            (Stage::Runs, Manner::PowersOff) if for_seconds >= 2 => self.go(Stage::Off, now),
            (Stage::Runs, Manner::Works) if for_seconds >= 3 => {
                match self.beat(server_id, daemon, "reporting").await {
                    Some(_) => self.go(Stage::Reports(true), now),
                    None => self.go(Stage::Off, now),
                }
            }
            (Stage::Runs, _) => match self.beat(server_id, daemon, "running").await {
                Some(true) => self.go(Stage::Reports(false), now),
                Some(false) => {}
                None => self.go(Stage::Off, now),
            },
            (Stage::Reports(well), _) => {
                let result = match well {
                    true => json!({ "status": "done", "reason": "finished", "exitCode": 0, "durationMs": 5 }),
                    false => json!({ "status": "canceled", "reason": "canceled", "durationMs": 5 }),
                };
                let (status, _) = self.call(server_id, daemon, "POST", "result", result).await;
                if status != 503 {
                    self.go(Stage::Off, now);
                }
            }
        }
    }

    fn go(&mut self, stage: Stage, now: Timestamp) {
        self.stage = stage;
        self.since = now;
    }

    /// Whether it is to stop; `None` when nobody wants it any more.
    async fn beat(&self, server_id: u64, daemon: &Router, phase: &str) -> Option<bool> {
        let beat = json!({ "phase": phase });
        let (status, body) = self.call(server_id, daemon, "POST", "heartbeat", beat).await;
        match status {
            200 => body["cancel"].as_bool(),
            503 => Some(false),
            _ => None,
        }
    }

    async fn call(
        &self,
        server_id: u64,
        daemon: &Router,
        method: &str,
        what: &str,
        body: Value,
    ) -> (u16, Value) {
        let credential = if what == "env" { &self.token } else { &self.session };
        let request = Request::builder()
            .method(method)
            .uri(format!("/v1/cattle/{what}"))
            .header(header::AUTHORIZATION, format!("Bearer {credential}"))
            .header(NONCE_HEADER, hex::encode([7; 16]))
            .body(if body.is_null() { Body::empty() } else { Body::from(body.to_string()) })
            .unwrap();
        let daemon = daemon.clone().layer(Extension(Peer::Relay { server_id }));
        let response = daemon.oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }
}
