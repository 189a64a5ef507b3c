//! The lives that are lived: one for each way in which a job can go.

use serde_json::{Value, json};

use super::guest::{Manner, Stage};

/// One way in which a job can go when nothing goes wrong.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scenario {
    pub(super) name: &'static str,
    pub(super) manner: Manner,
    /// How far the guest is when somebody cancels, if anybody does.
    pub(super) canceled_at: Option<Stage>,
    ttl: &'static str,
    auto_shutdown: bool,
    is_reaping: bool,
    /// The status and the reason that the job ends with.
    pub(super) ends: (&'static str, &'static str),
}

const SPAWN: Scenario = Scenario {
    name: "done",
    manner: Manner::Works,
    canceled_at: None,
    ttl: "10m",
    auto_shutdown: true,
    is_reaping: false,
    ends: ("done", "finished"),
};

/// All of them. Together they walk every step of the state machine, which a test makes sure of.
pub(super) const ALL: [Scenario; 8] = [
    SPAWN,
    Scenario {
        name: "canceled while it boots",
        manner: Manner::NeverCalls,
        canceled_at: Some(Stage::Boots),
        ends: ("canceled", "canceled"),
        ..SPAWN
    },
    Scenario {
        name: "canceled while it runs",
        manner: Manner::NeverEnds,
        canceled_at: Some(Stage::Runs),
        ends: ("canceled", "canceled"),
        ..SPAWN
    },
    Scenario { name: "never boots", manner: Manner::NeverCalls, ends: ("failed", "boot-failed"), ..SPAWN },
    Scenario { name: "ttl", manner: Manner::NeverEnds, ttl: "60s", ends: ("failed", "ttl"), ..SPAWN },
    Scenario { name: "powers off", manner: Manner::PowersOff, ends: ("failed", "lost"), ..SPAWN },
    Scenario { name: "kept", auto_shutdown: false, ttl: "60s", ..SPAWN },
    Scenario { name: "reaping", is_reaping: true, ..SPAWN },
];

impl Scenario {
    /// What is enqueued.
    pub(super) fn request(&self) -> Value {
        let (kind, payload) = if self.is_reaping {
            ("cattle.reap", json!({ "dryRun": false }))
        } else {
            let task = json!({ "schemaVersion": 1, "taskId": "t", "type": "command", "argv": ["true"] });
            let auto_shutdown = self.auto_shutdown;
            (
                "cattle.spawn",
                json!({ "persona": "rex", "task": task, "ttl": self.ttl, "autoShutdown": auto_shutdown }),
            )
        };
        json!({
            "protocolVersion": 1, "kind": kind, "payload": payload, "idempotencyKey": "once",
            "maxAttempts": 2, "whenFull": "queue",
        })
    }
}
