//! What programs on this host and the orchestrator say to each other on its socket.
//!
//! Requests are read strictly, answers tolerantly. Every answer carries `protocolVersion`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    ArtifactName, ExitCode, JobId, JobKind, ModelName, PersonaName, Phase, Reason, Requester, Status, Ttl,
    VmState,
};

/// `POST /v1/jobs/enqueue`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct EnqueueRequest {
    /// The version of the protocol, 1.
    pub protocol_version: u32,
    /// On whose behalf; who calls, when it is not given. Only operators may name somebody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requester: Option<Requester>,
    /// The same key with the same content gives the same job, for 30 days beyond the job's life. 1 to 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
    /// What to do.
    pub kind: JobKind,
    /// [`SpawnPayload`] or [`ReapPayload`], by kind.
    pub payload: serde_json::Value,
    /// Not before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_at: Option<Timestamp>,
    /// Higher first, 0 by default, -100 to 100; operators only above 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<i32>,
    /// How many VMs may be tried before the job fails, 1 to 10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_attempts: Option<u32>,
    /// What to do when the caps leave no room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when_full: Option<WhenFull>,
}

/// What to do with a job when the caps leave no room for its VM.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WhenFull {
    /// Refuse it with `capacity`.
    #[default]
    Refuse,
    /// Let it wait in line.
    Queue,
}

/// The payload of `cattle.spawn`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SpawnPayload {
    /// The persona's name in the orchestrator's persona folder, or of the one given inline.
    pub persona: PersonaName,
    /// Operators only: the persona's files as text by path, instead of those in the orchestrator's folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persona_files: Option<BTreeMap<ArtifactName, String>>,
    /// The task document.
    pub task: serde_json::Value,
    /// How long the VM may live; the configured default when it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl: Option<Ttl>,
    /// The model to think with; else the persona's, else the host's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelName>,
    /// Operators only: another image, by name or id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Operators only: another server type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_type: Option<String>,
    /// Operators only: another location.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Operators only: whether the VM goes away when the work is reported. `false` keeps it until its TTL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_shutdown: Option<bool>,
    /// Operators only: whether the VM gets a short-lived GitHub token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with_github_token: Option<bool>,
}

impl SpawnPayload {
    /// The first field given that only operators may set, by its name on the wire.
    #[must_use]
    pub fn operator_only_field(&self) -> Option<&'static str> {
        let given = [
            ("personaFiles", self.persona_files.is_some()),
            ("image", self.image.is_some()),
            ("serverType", self.server_type.is_some()),
            ("location", self.location.is_some()),
            ("autoShutdown", self.auto_shutdown.is_some()),
            ("withGithubToken", self.with_github_token.is_some()),
        ];
        given.into_iter().find_map(|(name, given)| given.then_some(name))
    }
}

/// The payload of `cattle.reap`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ReapPayload {
    /// Only say what would be deleted.
    #[serde(default)]
    pub dry_run: bool,
}

/// The answer to an enqueue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EnqueueAnswer {
    /// The version of the protocol, 1.
    pub protocol_version: u32,
    /// The job, new or old.
    pub job_id: JobId,
    /// Whether the job existed already.
    pub deduped: bool,
}

/// A job as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobView {
    /// Its id.
    pub job_id: JobId,
    /// On whose behalf it runs.
    pub requester: Requester,
    /// What it does.
    pub kind: JobKind,
    /// Where it stands.
    pub status: Status,
    /// Where it stands, in detail.
    pub phase: Phase,
    /// Why it ended as it did.
    pub reason: Option<Reason>,
    /// What went wrong, in a sentence.
    pub message: Option<String>,
    /// The task's exit code.
    pub exit_code: Option<i32>,
    /// The persona that the VM plays.
    pub persona: Option<PersonaName>,
    /// The task's own name.
    pub task_id: Option<String>,
    /// The model that the VM thinks with.
    pub model: Option<ModelName>,
    /// How many VMs were tried.
    pub attempt: u32,
    /// How often a worker took the job.
    pub lease_epoch: u64,
    /// The VM.
    pub vm: VmState,
    /// The VM's id at the provider.
    pub server_id: Option<u64>,
    /// The VM's name.
    pub server_name: Option<String>,
    /// Its place in line while it waits for capacity, from 1.
    pub position: Option<u64>,
    /// Whether somebody asked to cancel it.
    pub cancel_requested: bool,
    /// When it was enqueued.
    pub created_at: Timestamp,
    /// Not before this time.
    pub run_at: Timestamp,
    /// When a worker first took it.
    pub started_at: Option<Timestamp>,
    /// When its result was decided.
    pub ended_at: Option<Timestamp>,
    /// When its VM must be gone.
    pub expires_at: Option<Timestamp>,
}

/// `GET /v1/jobs/{id}` and `POST …/cancel`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobAnswer {
    /// The version of the protocol, 1.
    pub protocol_version: u32,
    /// The job.
    pub job: JobView,
}

/// `GET /v1/jobs`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobsAnswer {
    /// The version of the protocol, 1.
    pub protocol_version: u32,
    /// Newest first.
    pub jobs: Vec<JobView>,
    /// Where the next page begins, if there is one.
    pub next_cursor: Option<String>,
}

/// One line of a job's history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct JobEvent {
    /// Counts from 0 within the job.
    pub seq: u64,
    /// When.
    pub t: Timestamp,
    /// What happened, in a word such as `enqueued`, `claimed`, `created`, `redeemed`, `incident`, `ended`.
    pub event: String,
    /// More about it; never a secret.
    pub detail: Option<String>,
}

/// `GET /v1/jobs/{id}/events`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventsAnswer {
    /// The version of the protocol, 1.
    pub protocol_version: u32,
    /// Oldest first.
    pub events: Vec<JobEvent>,
}

/// `GET /v1/jobs/{id}/result`. 409 while the job has not ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResultAnswer {
    /// The version of the protocol, 1.
    pub protocol_version: u32,
    /// The job.
    pub job_id: JobId,
    /// How it ended.
    pub status: Status,
    /// Why.
    pub reason: Option<Reason>,
    /// What went wrong, in a sentence.
    pub message: Option<String>,
    /// The task's exit code.
    pub exit_code: Option<i32>,
    /// The signal that ended the task.
    pub signal: Option<i32>,
    /// The agent's answer, or the end of a command's standard output.
    pub output: Option<String>,
    /// How long the task ran, in milliseconds.
    pub duration_ms: Option<u64>,
    /// The files that it left.
    pub artifacts: Vec<ArtifactView>,
}

/// A file that a task left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ArtifactView {
    /// Its path under the task's workspace.
    pub name: ArtifactName,
    /// Its size in bytes.
    pub size: u64,
    /// The SHA-256 of its content, in hex.
    pub sha256: String,
}

/// `GET /v1/jobs/{id}/artifacts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ArtifactsAnswer {
    /// The version of the protocol, 1.
    pub protocol_version: u32,
    /// By name.
    pub artifacts: Vec<ArtifactView>,
}

/// A live VM of this orchestrator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CattleView {
    /// Its id at the provider.
    pub server_id: u64,
    /// Its name.
    pub name: String,
    /// The provider's word for its state.
    pub status: String,
    /// The job that it was made for.
    pub job_id: Option<JobId>,
    /// On whose behalf.
    pub requester: Option<String>,
    /// The persona that it plays.
    pub persona: Option<String>,
    /// The task's label.
    pub task_id: Option<String>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it must be gone.
    pub expires_at: Option<Timestamp>,
    /// Seconds since it was created.
    pub age_seconds: Option<i64>,
    /// Seconds until it must be gone; negative when it is overdue.
    pub remaining_seconds: Option<i64>,
    /// What it has cost so far, in euros before tax, hours rounded up.
    pub cost_eur: Option<f64>,
}

/// `GET /v1/cattle` and `GET /v1/cattle/leaks`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CattleAnswer {
    /// The version of the protocol, 1.
    pub protocol_version: u32,
    /// By age, oldest first.
    pub cattle: Vec<CattleView>,
}

/// `POST /v1/cattle/{id}/extend`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ExtendRequest {
    /// The version of the protocol, 1.
    pub protocol_version: u32,
    /// The new time to live, counted from now.
    pub ttl: Ttl,
}

/// `DELETE /v1/cattle/{id}` and `POST …/extend`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CattleChange {
    /// The version of the protocol, 1.
    pub protocol_version: u32,
    /// The VM.
    pub server_id: u64,
    /// Its name.
    pub name: String,
    /// When it must be gone; none once its deletion was asked for.
    pub expires_at: Option<Timestamp>,
}

/// `GET /v1/cattle/{id}/console`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConsoleAnswer {
    /// The version of the protocol, 1.
    pub protocol_version: u32,
    /// The VM.
    pub server_id: u64,
    /// Its name.
    pub name: String,
    /// Where the text begins, in bytes.
    pub from: u64,
    /// Where the next part begins.
    pub next: u64,
    /// What the VM wrote to its serial port.
    pub text: String,
}

/// `POST /v1/cattle/reap`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ReapRequest {
    /// The version of the protocol, 1.
    pub protocol_version: u32,
    /// Only say what would be deleted.
    #[serde(default)]
    pub dry_run: bool,
}

/// The answer to a reap.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReapAnswer {
    /// The version of the protocol, 1.
    pub protocol_version: u32,
    /// Whether nothing was really deleted.
    pub dry_run: bool,
    /// What was, or would be, deleted and why.
    pub reaped: Vec<Reaped>,
}

/// One VM that the reaper chose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reaped {
    /// Its id at the provider.
    pub server_id: u64,
    /// Its name.
    pub name: String,
    /// `expired`, `off` or `unowned`.
    pub why: String,
}

/// The answer when a call was refused or failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ErrorAnswer {
    /// The version of the protocol, 1.
    pub protocol_version: u32,
    /// What went wrong.
    pub error: ApiError,
}

/// What went wrong with a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ApiError {
    /// The kind of fault.
    pub code: ApiErrorCode,
    /// A sentence for people.
    pub message: String,
}

/// The kinds of fault that the orchestrator answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApiErrorCode {
    /// The request is malformed or breaks a rule of its format.
    BadRequest,
    /// The protocol version is not spoken here.
    ProtocolVersion,
    /// The caller may not do this.
    Forbidden,
    /// There is no such thing, or it belongs to somebody else.
    NotFound,
    /// It contradicts what exists, or comes too late.
    Conflict,
    /// The reference fits several things.
    Ambiguous,
    /// The body is too large.
    TooLarge,
    /// A cap leaves no room.
    Capacity,
    /// A secret or a setting that the job needs is missing.
    Unconfigured,
    /// The provider failed.
    Provider,
    /// The daemon is stopping.
    Stopping,
    /// A fault of the daemon itself.
    Internal,
    /// A code of a newer daemon.
    #[serde(other)]
    Unknown,
}

impl ApiErrorCode {
    /// Its HTTP status.
    #[must_use]
    pub const fn http_status(self) -> u16 {
        match self {
            Self::BadRequest | Self::ProtocolVersion => 400,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict | Self::Ambiguous => 409,
            Self::TooLarge => 413,
            Self::Unconfigured => 422,
            Self::Capacity => 429,
            Self::Provider => 502,
            Self::Stopping => 503,
            Self::Internal | Self::Unknown => 500,
        }
    }

    /// How a program ends that meets it.
    #[must_use]
    pub const fn exit_code(self) -> ExitCode {
        match self {
            Self::BadRequest | Self::ProtocolVersion | Self::TooLarge | Self::Ambiguous => ExitCode::Usage,
            Self::Forbidden | Self::Capacity | Self::Unconfigured => ExitCode::Refused,
            Self::NotFound => ExitCode::NotFound,
            Self::Conflict => ExitCode::Conflict,
            Self::Stopping => ExitCode::Busy,
            Self::Provider => ExitCode::Unreachable,
            Self::Internal | Self::Unknown => ExitCode::Failed,
        }
    }
}
