//! What every test starts.

mod daemon;
mod guest;
mod http;
mod provider;
mod tailscale;
mod wait;

pub(crate) use daemon::{Daemon, Site};
pub(crate) use guest::Guest;
pub(crate) use http::{Connection, Response};
pub(crate) use provider::{Birth, Mishap, Provider};
pub(crate) use tailscale::{CLIENT_SECRET, Tailscale};
pub(crate) use wait::{until, until_within};

use serde_json::{Value, json};

/// A command task as it is enqueued.
pub(crate) fn spawn_request(more: Value) -> Value {
    let mut request = json!({
        "protocolVersion": 1,
        "kind": "cattle.spawn",
        "payload": {
            "persona": "rex",
            "task": { "schemaVersion": 1, "taskId": "greet", "type": "command", "argv": ["echo", "hi"] },
            "ttl": "10m",
        },
    });
    merge(&mut request, more);
    request
}

/// An agent task as it is enqueued.
pub(crate) fn agent_request(more: Value) -> Value {
    let mut request = spawn_request(json!({}));
    request["payload"]["task"] =
        json!({ "schemaVersion": 1, "taskId": "think", "type": "agent", "message": "hi" });
    merge(&mut request, more);
    request
}

/// The result of a task that went well.
pub(crate) fn finished() -> Value {
    json!({ "status": "done", "reason": "finished", "exitCode": 0, "output": "hi", "durationMs": 5 })
}

fn merge(into: &mut Value, more: Value) {
    match (into, more) {
        (Value::Object(into), Value::Object(more)) => {
            for (key, value) in more {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, more) => *into = more,
    }
}
