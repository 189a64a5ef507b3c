//! Sizes and times that both ends of a connection must agree on.

use std::time::Duration;

/// The protocol that programs on this host speak with the orchestrator.
pub const PROTOCOL_VERSION: u32 = 1;
/// A request body on the orchestrator's socket, in bytes.
pub const REQUEST_BODY: usize = 256 * 1024;
/// A task document, in bytes.
pub const TASK_DOCUMENT: usize = 128 * 1024;
/// The inputs of one task together, decoded, in bytes.
pub const TASK_INPUTS: usize = 1024 * 1024;
/// `SOUL.md` or `config.json` of a persona, in bytes.
pub const PERSONA_FILE: usize = 16 * 1024;
/// A whole persona as an archive, in bytes.
pub const PERSONA_TOTAL: usize = 1024 * 1024;
/// User data of a server, in bytes: the provider's limit.
pub const USER_DATA: usize = 32_768;
/// The logs of one job, in bytes; then one `truncated` record.
pub const LOG_BYTES: usize = 10 * 1024 * 1024;
/// One batch of log records, in bytes.
pub const LOG_BATCH: usize = 256 * 1024;
/// The text of one log record, in bytes; longer lines are split.
pub const LOG_RECORD: usize = 16 * 1024;
/// How many artifacts one job may leave.
pub const ARTIFACT_COUNT: usize = 64;
/// All artifacts of one job together, in bytes.
pub const ARTIFACT_BYTES: u64 = 64 * 1024 * 1024;
/// The longest a guest stays silent while it runs a task.
pub const HEARTBEAT: Duration = Duration::from_secs(5);
/// How long the same boot nonce may be repeated after a lost answer.
pub const NONCE_REPEAT: Duration = Duration::from_secs(60);
/// How long a session outlives the guest's deadline, so that a last report still arrives.
pub const SESSION_GRACE: Duration = Duration::from_secs(60);
/// The port of the cattle-facing API, on the tailnet or behind a guest's relay.
pub const CATTLE_PORT: u16 = 18_337;
/// The port of the egress proxy behind a local guest's relay.
pub const EGRESS_PORT: u16 = 18_338;
