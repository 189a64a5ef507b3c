//! What the program in a VM and the orchestrator say to each other.
//!
//! The guest reads these answers tolerantly (unknown fields are ignored, since the orchestrator may be newer); the
//! orchestrator reads requests strictly.

use std::{collections::BTreeMap, fmt};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{EnvVarName, JobId, ModelName, PersonaName, Reason, Status, ident::InvalidName};

/// The header that carries the [`BootNonce`] when the one-time token is redeemed.
pub const NONCE_HEADER: &str = "clawlets-boot-nonce";

/// The header of `PUT /v1/cattle/artifacts/{name}` that carries the sha256 of the body, as 64 lower-case hex digits.
pub const SHA256_HEADER: &str = "clawlets-sha256";

/// 128 random bits that a guest draws once, after it has become somebody. 32 lower-case hex digits.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct BootNonce([u8; 16]);

impl BootNonce {
    /// A nonce from fresh random bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Reads 32 lower-case hex digits.
    ///
    /// # Errors
    /// [`InvalidName`] on anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let mut bytes = [0; 16];
        let lower = text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        match hex::decode_to_slice(text, &mut bytes) {
            Ok(()) if lower => Ok(Self(bytes)),
            Ok(()) | Err(_) => Err(InvalidName::new("boot nonce", text, "32 lower-case hex digits")),
        }
    }

    /// The bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for BootNonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for BootNonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The answer to `GET /v1/cattle/env`. It holds secrets: it is neither printed nor logged, hence no `Debug`.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct EnvAnswer {
    /// Always true; faults have an HTTP status of their own.
    pub ok: bool,
    /// Variables for the task's runner, secrets included.
    pub env: BTreeMap<EnvVarName, String>,
    /// The bearer token of every later call.
    pub session: String,
    /// Seconds until the guest must be off.
    pub remaining: u64,
}

/// `order.json` in the archive of `GET /v1/cattle/work`, beside `task.json`, `persona/…` and `inputs/…`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkOrder {
    /// The job that this VM was made for.
    pub job_id: JobId,
    /// The persona to play.
    pub persona: PersonaName,
    /// The model to think with, for agent tasks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelName>,
    /// Where that model is reached, if not at its provider's usual address. OpenAI-style, without trailing slash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_base_url: Option<String>,
    /// The command line that runs agent tasks; empty: the built-in `chat` runner.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runner: Vec<String>,
    /// The HTTP proxy through which the guest may leave, as `http://address:port`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub egress_proxy: Option<String>,
    /// Whether the VM powers itself off when the work is reported.
    pub auto_shutdown: bool,
}

/// The names inside the archive of `GET /v1/cattle/work`.
pub mod work_archive {
    /// The [`super::WorkOrder`].
    pub const ORDER: &str = "order.json";
    /// The task document.
    pub const TASK: &str = "task.json";
    /// The folder of the persona's files.
    pub const PERSONA: &str = "persona";
    /// The folder of the task's inputs.
    pub const INPUTS: &str = "inputs";
}

/// What a guest is doing, in a heartbeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum GuestPhase {
    /// It has its environment and fetches its work.
    Ready,
    /// The task runs.
    Running,
    /// The task ended; logs and artifacts are being sent.
    Reporting,
}

/// `POST /v1/cattle/heartbeat`, at least every 5 s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Heartbeat {
    /// What the guest is doing.
    pub phase: GuestPhase,
}

/// The answer to a heartbeat and to a batch of log records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GuestOrders {
    /// The sequence number of the next log record that the orchestrator expects.
    pub next: u64,
    /// Seconds until the guest must be off.
    pub remaining: u64,
    /// Whether the task must be stopped now.
    pub cancel: bool,
}

/// 409 to a batch of log records that does not continue where the last one ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LogGap {
    /// The sequence number to go on from.
    pub expected: u64,
}

/// Where a log record comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogStream {
    /// The task's standard output.
    Stdout,
    /// The task's standard error.
    Stderr,
    /// The program in the VM, or the orchestrator.
    System,
}

impl LogStream {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
            Self::System => "system",
        }
    }
}

/// One log record: one line of output, or a piece of a very long one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogRecord {
    /// Counts from 0 without gaps.
    pub seq: u64,
    /// When it was written, by the writer's clock.
    pub t: Timestamp,
    /// Where it comes from.
    pub stream: LogStream,
    /// The text, without the line's end.
    pub data: String,
}

/// `POST /v1/cattle/result`: how the task ended. It ends the session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TaskResult {
    /// `done`, `failed` or `canceled`.
    pub status: Status,
    /// Why.
    pub reason: Reason,
    /// The program's exit code; none when it was ended by a signal or never started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// The signal that ended the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<i32>,
    /// What went wrong, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The agent's answer, or the end of a command's standard output; 16 KiB at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// How long the task ran, in milliseconds.
    pub duration_ms: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_reads_back_and_is_strict() {
        let nonce = BootNonce::new([0xab; 16]);
        assert_eq!(BootNonce::parse(&nonce.to_string()).unwrap(), nonce);
        for bad in ["", "ab", &"AB".repeat(16), &"zz".repeat(16), &"ab".repeat(17)] {
            assert!(BootNonce::parse(bad).is_err(), "{bad}");
        }
    }
}
