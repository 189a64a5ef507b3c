//! What the control API answers, to whoever reads it.
//!
//! Answers are read tolerantly: a newer server may say more. Requests are the server's to judge.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ExitCode;

/// What `{"action":"status"}` is answered with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusAnswer {
    /// Always true: a refusal is an [`ErrorAnswer`].
    pub ok: bool,
    /// The hosts that are declared, and those that were found.
    pub instances: Vec<InstanceView>,
    /// The time of the oldest of what the answer is made of.
    pub as_of: Timestamp,
    /// Whether a source did not answer, so that what is said of it is from before, or unknown.
    #[serde(default, skip_serializing_if = "is_false")]
    pub stale: bool,
    /// How old the oldest part is, in seconds; only where the answer is stale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_seconds: Option<u64>,
    /// The sources that did not answer, each with why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unavailable: Vec<String>,
    /// The last deploy and what became of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deploy: Option<DeployView>,
}

fn is_false(value: &bool) -> bool {
    !value
}

/// One host, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InstanceView {
    /// Its name in the registry, or at the provider where it is not in there.
    pub name: String,
    /// Its id at the provider; null when there is no such machine.
    #[serde(default)]
    pub id: Option<String>,
    /// What the provider says of it, `missing` when it says that there is none, `unknown` when it says nothing.
    pub state: String,
    /// The image that it runs.
    #[serde(default)]
    pub ami: Option<String>,
    /// Its public address.
    #[serde(default)]
    pub ip: Option<String>,
    /// The release that it runs, by its own account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// How it is, by its own account: `healthy`, `unhealthy`, or the word for where its update stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<String>,
}

/// What a deploy that was accepted is answered with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeployAnswer {
    /// Always true: a refusal is an [`ErrorAnswer`].
    pub ok: bool,
    /// What was begun, in one sentence.
    pub message: String,
    /// The id of this deploy. It stands in the name of the workflow's run, and ends with the head of the audit log.
    pub request_id: String,
    /// The run that was started, once it is found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunView>,
}

/// A run of the workflow that deploys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RunView {
    /// Its number at GitHub.
    pub id: u64,
    /// Where it stands, in GitHub's words: `queued`, `in_progress`, `completed`.
    pub status: String,
    /// How it ended, in GitHub's words: `success`, `failure`, `cancelled`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conclusion: Option<String>,
    /// Where people look at it.
    pub url: String,
}

/// A deploy and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeployView {
    /// Its id, once it has one.
    pub request_id: String,
    /// What it deploys: a host, or `all`.
    pub target: String,
    /// Who asked for it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Where it stands.
    pub state: DeployState,
    /// Its run, once it is found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunView>,
}

/// Where a deploy stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeployState {
    /// It was accepted, and GitHub is being asked.
    Dispatching,
    /// GitHub took it, and its run is not seen yet.
    Dispatched,
    /// Its run waits for a machine.
    Queued,
    /// Its run is under way.
    InProgress,
    /// Its run ended well.
    Succeeded,
    /// Its run did not end well.
    Failed,
    /// Somebody ended its run.
    Cancelled,
    /// GitHub took it, and no run came of it.
    Missing,
    /// GitHub did not take it.
    Refused,
    /// Nobody knows how it ended: its lease is over.
    Expired,
    /// A state that this program does not know.
    #[serde(other)]
    Unknown,
}

impl DeployState {
    /// Whether nothing more will come of it.
    #[must_use]
    pub const fn is_final(self) -> bool {
        match self {
            Self::Dispatching | Self::Dispatched | Self::Queued | Self::InProgress | Self::Unknown => false,
            Self::Succeeded
            | Self::Failed
            | Self::Cancelled
            | Self::Missing
            | Self::Refused
            | Self::Expired => true,
        }
    }

    /// The state as a word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dispatching => "dispatching",
            Self::Dispatched => "dispatched",
            Self::Queued => "queued",
            Self::InProgress => "in_progress",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Missing => "missing",
            Self::Refused => "refused",
            Self::Expired => "expired",
            Self::Unknown => "unknown",
        }
    }
}

/// What every request that is refused or fails is answered with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ErrorAnswer {
    /// Always false.
    pub ok: bool,
    /// What happened, in one sentence. It never holds a token.
    pub error: String,
    /// The stable code.
    pub code: ControlErrorCode,
}

macro_rules! error_codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal, $status:literal, $exit:ident;)+) => {
        /// Why a request was refused or failed. Its text never changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum ControlErrorCode {
            $($(#[$doc])* #[serde(rename = $text)] $variant,)+
            /// A code that this program does not know.
            #[serde(other)]
            Unknown,
        }

        impl ControlErrorCode {
            /// Every code that is known.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code as text.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ Self::Unknown => "unknown" }
            }

            /// The HTTP status that it comes with.
            #[must_use]
            pub const fn http_status(self) -> u16 {
                match self { $(Self::$variant => $status,)+ Self::Unknown => 500 }
            }

            /// How a program ends that is answered with it.
            #[must_use]
            pub const fn exit_code(self) -> ExitCode {
                match self { $(Self::$variant => ExitCode::$exit,)+ Self::Unknown => ExitCode::Failed }
            }
        }
    };
}

error_codes! {
    /// The body is no request: no JSON object, an unknown key, a value of another kind, or too large.
    Malformed = "malformed", 400, Usage;
    /// There is no such action.
    UnknownAction = "unknown_action", 400, Usage;
    /// The target is missing, or is no host of the registry.
    UnknownTarget = "unknown_target", 400, Usage;
    /// The image is no id of one, or the target has no images.
    BadImage = "bad_image", 400, Usage;
    /// There is no token, or a wrong one.
    Unauthorized = "unauthorized", 401, Refused;
    /// The caller is not whom the token belongs to, or is not in the registry.
    CallerRefused = "caller_refused", 403, Refused;
    /// A bot deploys itself.
    SelfDeploy = "self_deploy", 403, Refused;
    /// A bot deploys all.
    AllByBot = "all_by_bot", 403, Refused;
    /// A bot names an image.
    ImageByBot = "image_by_bot", 403, Refused;
    /// The image is not the account's own, or was not made by the pipeline.
    ImageRefused = "image_refused", 403, Refused;
    /// A bot deployed the target a short while ago.
    TooSoon = "too_soon", 403, Refused;
    /// The chat user is not on the list of those who may.
    UserRefused = "user_refused", 403, Refused;
    /// There is no such page.
    NotFound = "not_found", 404, NotFound;
    /// The page takes another method.
    MethodNotAllowed = "method_not_allowed", 405, Usage;
    /// A deploy is under way.
    DeployRunning = "deploy_running", 409, Conflict;
    /// The idempotency key was used for something else.
    KeyReused = "key_reused", 409, Conflict;
    /// Too many requests.
    TooManyRequests = "too_many_requests", 429, Busy;
    /// Something failed that is nobody's fault outside.
    Internal = "internal", 500, Failed;
    /// An upstream refused or failed.
    Upstream = "upstream", 502, Unreachable;
    /// The audit log cannot be written, or was changed by somebody.
    AuditClosed = "audit_closed", 503, Unreachable;
    /// The state cannot be read or written.
    StateUnavailable = "state_unavailable", 503, Unreachable;
    /// An upstream did not answer in time.
    UpstreamTimeout = "upstream_timeout", 504, Unreachable;
}

impl ErrorAnswer {
    /// An answer with this code.
    #[must_use]
    pub fn new(code: ControlErrorCode, error: impl Into<String>) -> Self {
        Self { ok: false, error: error.into(), code }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_tomorrow_is_read_as_unknown() {
        let answer: ErrorAnswer =
            serde_json::from_str(r#"{"ok":false,"error":"x","code":"of_tomorrow"}"#).unwrap();
        assert_eq!(answer.code, ControlErrorCode::Unknown);
        for code in ControlErrorCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        }
    }

    #[test]
    fn a_fresh_answer_says_nothing_of_age() {
        let answer = StatusAnswer {
            ok: true,
            instances: vec![],
            as_of: Timestamp::UNIX_EPOCH,
            stale: false,
            age_seconds: None,
            unavailable: vec![],
            deploy: None,
        };
        let text = serde_json::to_string(&answer).unwrap();
        assert_eq!(text, r#"{"ok":true,"instances":[],"asOf":"1970-01-01T00:00:00Z"}"#);
    }
}
