//! The calls of both APIs, for the reference. A test holds them against the routes.

use clawlets_model::{
    guest::{EnvAnswer, GuestOrders, Heartbeat, LogRecord, TaskResult},
    socket::{
        ArtifactsAnswer, CattleAnswer, CattleChange, ConsoleAnswer, EnqueueAnswer, EnqueueRequest,
        EventsAnswer, ExtendRequest, JobAnswer, JobsAnswer, ReapAnswer, ReapRequest, ResultAnswer,
    },
};

use super::table::Shape;

/// One call.
pub(super) struct Call {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) who: &'static str,
    pub(super) meaning: &'static str,
    pub(super) request: Option<fn() -> Shape>,
    pub(super) answer: Answer,
}

/// What a call answers with.
pub(super) enum Answer {
    /// One JSON document.
    Document(fn() -> Shape),
    /// Something else, in words.
    Other(&'static str),
}

const fn call(
    method: &'static str,
    path: &'static str,
    who: &'static str,
    meaning: &'static str,
    request: Option<fn() -> Shape>,
    answer: Answer,
) -> Call {
    Call { method, path, who, meaning, request, answer }
}

const EVERYBODY: &str = "everybody";
const OWNER: &str = "bots (their own jobs), operators";
const OPERATORS: &str = "operators";

/// The calls of the orchestrator's socket.
pub(super) const SOCKET: &[Call] = &[
    call("GET", "/healthz", EVERYBODY, "Whether the daemon lives.", None, Answer::Other("`{\"ok\": true}`")),
    call("GET", "/metrics", OPERATORS, "Counters and gauges.", None, Answer::Other("Prometheus text")),
    call(
        "POST",
        "/v1/jobs/enqueue",
        "bots, operators",
        "Takes a job. The same requester and key with the same content give the same job, in whatever state it is; with other content the answer is 409.",
        Some(Shape::of::<EnqueueRequest>),
        Answer::Document(Shape::of::<EnqueueAnswer>),
    ),
    call(
        "GET",
        "/v1/jobs",
        OWNER,
        "Jobs, newest first. Query: `requester`, `status`, `kind`, `limit` (50, 500 at most), `cursor`.",
        None,
        Answer::Document(Shape::of::<JobsAnswer>),
    ),
    call("GET", "/v1/jobs/{id}", OWNER, "One job.", None, Answer::Document(Shape::of::<JobAnswer>)),
    call(
        "GET",
        "/v1/jobs/{id}/result",
        OWNER,
        "How a job ended; 409 while it has not.",
        None,
        Answer::Document(Shape::of::<ResultAnswer>),
    ),
    call(
        "POST",
        "/v1/jobs/{id}/cancel",
        OWNER,
        "Cancels a job; 409 when it has ended.",
        None,
        Answer::Document(Shape::of::<JobAnswer>),
    ),
    call(
        "GET",
        "/v1/jobs/{id}/events",
        OWNER,
        "A job's history.",
        None,
        Answer::Document(Shape::of::<EventsAnswer>),
    ),
    call(
        "GET",
        "/v1/jobs/{id}/logs",
        OWNER,
        "A job's log, also when its VM is gone. Query: `from` (sequence number), `since` (a duration or a time), `follow=1`.",
        None,
        Answer::Other(
            "JSON lines of log records; with `follow=1` server-sent events that end with `event: end`",
        ),
    ),
    call(
        "GET",
        "/v1/jobs/{id}/artifacts",
        OWNER,
        "The files that a task left.",
        None,
        Answer::Document(Shape::of::<ArtifactsAnswer>),
    ),
    call("GET", "/v1/jobs/{id}/artifacts/{*name}", OWNER, "One of them.", None, Answer::Other("its bytes")),
    call("GET", "/v1/cattle", OPERATORS, "Live VMs.", None, Answer::Document(Shape::of::<CattleAnswer>)),
    call(
        "GET",
        "/v1/cattle/leaks",
        OPERATORS,
        "VMs of this orchestrator that no job owns.",
        None,
        Answer::Document(Shape::of::<CattleAnswer>),
    ),
    call(
        "POST",
        "/v1/cattle/reap",
        OPERATORS,
        "Looks at the provider now and deletes what must go.",
        Some(Shape::of::<ReapRequest>),
        Answer::Document(Shape::of::<ReapAnswer>),
    ),
    call(
        "DELETE",
        "/v1/cattle/{id}",
        OPERATORS,
        "Destroys a VM.",
        None,
        Answer::Document(Shape::of::<CattleChange>),
    ),
    call(
        "GET",
        "/v1/cattle/{id}/console",
        OPERATORS,
        "What a VM wrote to its serial port, from byte `from` on. Only the local cloud keeps that.",
        None,
        Answer::Document(Shape::of::<ConsoleAnswer>),
    ),
    call(
        "POST",
        "/v1/cattle/{id}/extend",
        OPERATORS,
        "Lets a VM live longer.",
        Some(Shape::of::<ExtendRequest>),
        Answer::Document(Shape::of::<CattleChange>),
    ),
];

const SESSION: &str = "a guest, with its session";

/// The calls of guests.
pub(super) const GUEST: &[Call] = &[
    call(
        "GET",
        "/v1/cattle/env",
        "a guest, with its one-time token",
        "Redeems the token. The header `Clawlets-Boot-Nonce` holds 32 hex digits; the same nonce may be repeated for 60 s.",
        None,
        Answer::Document(Shape::of::<EnvAnswer>),
    ),
    call(
        "GET",
        "/v1/cattle/work",
        SESSION,
        "The task, the persona and the inputs.",
        None,
        Answer::Other("a tar archive of `order.json`, `task.json`, `persona/…` and `inputs/…`"),
    ),
    call(
        "POST",
        "/v1/cattle/heartbeat",
        SESSION,
        "At least every 5 s.",
        Some(Shape::of::<Heartbeat>),
        Answer::Document(Shape::of::<GuestOrders>),
    ),
    call(
        "POST",
        "/v1/cattle/logs",
        SESSION,
        "Log records as JSON lines, 256 KiB at most. A gap is 409 with `{\"expected\": N}`.",
        Some(Shape::of::<LogRecord>),
        Answer::Document(Shape::of::<GuestOrders>),
    ),
    call(
        "PUT",
        "/v1/cattle/artifacts/{*name}",
        SESSION,
        "One file. The header `clawlets-sha256` holds the SHA-256 of its content.",
        None,
        Answer::Other("nothing"),
    ),
    call(
        "POST",
        "/v1/cattle/result",
        SESSION,
        "How the task ended. The same result again is 200, another 409. It ends the session.",
        Some(Shape::of::<TaskResult>),
        Answer::Other("nothing"),
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The calls that a source file routes, as `METHOD path`.
    fn routed(source: &str) -> Vec<String> {
        let mut found: Vec<_> = source
            .split(".route(\"")
            .skip(1)
            .filter_map(|rest| {
                let (path, rest) = rest.split_once("\", ")?;
                let (method, _) = rest.split_once('(')?;
                Some(format!("{} {path}", method.to_uppercase()))
            })
            .collect();
        found.sort();
        found
    }

    fn told(calls: &[Call]) -> Vec<String> {
        let mut told: Vec<_> = calls.iter().map(|call| format!("{} {}", call.method, call.path)).collect();
        told.sort();
        told
    }

    #[test]
    fn the_reference_names_every_call_and_no_other() {
        assert_eq!(told(SOCKET), routed(include_str!("../socket/routes.rs")));
        assert_eq!(told(GUEST), routed(include_str!("../guest/state.rs")));
    }
}
