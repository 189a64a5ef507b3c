//! Documents to answer with. Their times lie in the past, so that what is shown of them does not change.

use clawlets_model::{
    JobId, JobKind, PersonaName, Phase, Reason, Requester, Status, VmState,
    limits::PROTOCOL_VERSION,
    socket::{CattleView, JobView},
};
use jiff::Timestamp;
use serde_json::{Value, json};

/// The id of [`job`].
pub const JOB: &str = "01KAH5Z0000000000000000001";
/// The name of the VM of [`job`].
pub const SERVER: &str = "cattle-rex-0123456789ab-1";

/// A job of persona `rex`, as it stands in a phase.
///
/// # Panics
/// Never: its names are valid.
#[must_use]
pub fn job(phase: Phase, outcome: Option<(Status, Reason)>) -> JobView {
    let waiting = matches!(phase, Phase::Queued | Phase::Reserving | Phase::Creating);
    let running = if phase == Phase::Queued { Status::Queued } else { Status::Running };
    let vm = match phase {
        Phase::Queued | Phase::Reserving => VmState::None,
        Phase::Creating
        | Phase::Booting
        | Phase::Ready
        | Phase::Running
        | Phase::Reporting
        | Phase::Ended => VmState::Live,
        Phase::Deleting => VmState::Deleting,
        Phase::Gone => VmState::Gone,
    };
    JobView {
        job_id: JobId::parse(JOB).expect("the example id is a ULID"),
        requester: Requester::operator(),
        kind: JobKind::CattleSpawn,
        status: outcome.map_or(running, |(status, _)| status),
        phase,
        reason: outcome.map(|(_, reason)| reason),
        message: None,
        exit_code: outcome.and_then(|(_, reason)| match reason {
            Reason::Finished => Some(0),
            Reason::Nonzero => Some(3),
            Reason::Timeout
            | Reason::Ttl
            | Reason::Oom
            | Reason::Lost
            | Reason::Canceled
            | Reason::Incident
            | Reason::Capacity
            | Reason::BootFailed
            | Reason::Error => None,
        }),
        persona: PersonaName::parse("rex").ok(),
        task_id: Some("hash-it".to_owned()),
        model: None,
        attempt: 1,
        lease_epoch: 1,
        vm,
        server_id: (!waiting).then_some(42),
        server_name: (!waiting).then(|| SERVER.to_owned()),
        position: None,
        cancel_requested: false,
        created_at: time(0),
        run_at: time(0),
        started_at: (phase != Phase::Queued).then(|| time(1)),
        ended_at: outcome.map(|_| time(21)),
        expires_at: (!waiting).then(|| time(600)),
    }
}

/// The answer to a question about one job.
#[must_use]
pub fn job_answer(job: &JobView) -> Value {
    json!({ "protocolVersion": PROTOCOL_VERSION, "job": job })
}

/// The answer to an enqueue that made [`job`].
#[must_use]
pub fn enqueued() -> Value {
    json!({ "protocolVersion": PROTOCOL_VERSION, "jobId": JOB, "deduped": false })
}

/// The answer to a question about the result of [`job`].
#[must_use]
pub fn result(status: Status, reason: Reason) -> Value {
    let exit_code = if reason == Reason::Finished { json!(0) } else { json!(3) };
    json!({
        "protocolVersion": PROTOCOL_VERSION, "jobId": JOB, "status": status, "reason": reason, "message": null,
        "exitCode": exit_code, "signal": null, "output": "ba7816bf  abc.txt\n", "durationMs": 1234,
        "artifacts": [ artifact() ],
    })
}

/// The content of the file that [`artifact`] describes.
pub const ARTIFACT: &[u8] = b"abc";

/// The file `out/abc.txt`.
#[must_use]
pub fn artifact() -> Value {
    json!({
        "name": "out/abc.txt", "size": ARTIFACT.len(),
        "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    })
}

/// The answer to a question about artifacts.
#[must_use]
pub fn artifacts() -> Value {
    json!({ "protocolVersion": PROTOCOL_VERSION, "artifacts": [ artifact() ] })
}

/// One log record.
#[must_use]
pub fn record(seq: u64, stream: &str, data: &str) -> Value {
    json!({ "seq": seq, "t": time(10 + i64::try_from(seq).unwrap_or(0)), "stream": stream, "data": data })
}

/// A VM of [`job`].
#[must_use]
pub fn vm() -> CattleView {
    CattleView {
        server_id: 42,
        name: SERVER.to_owned(),
        status: "running".to_owned(),
        job_id: JobId::parse(JOB).ok(),
        requester: Some("operator".to_owned()),
        persona: Some("rex".to_owned()),
        task_id: Some("hash-it".to_owned()),
        created_at: Some(time(0)),
        expires_at: Some(time(600)),
        age_seconds: Some(75),
        remaining_seconds: Some(525),
        cost_eur: Some(0.0065),
    }
}

/// The answer to a question about VMs.
#[must_use]
pub fn cattle(vms: &[CattleView]) -> Value {
    json!({ "protocolVersion": PROTOCOL_VERSION, "cattle": vms })
}

fn time(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_763_200_000 + seconds).unwrap_or(Timestamp::UNIX_EPOCH)
}
