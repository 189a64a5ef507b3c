//! One decision.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where a request came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Face {
    /// Over HTTP.
    Http,
    /// As an event of a Lambda function.
    Lambda,
    /// From somebody at the server itself.
    Direct,
    /// From a chat at Discord.
    Discord,
    /// From a chat at Telegram.
    Telegram,
}

/// What a line speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// What was decided, before anything was done about it.
    Decision,
    /// What came of a decision that allowed something.
    Outcome,
}

/// What was decided, or how it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// It is allowed.
    Allow,
    /// It is refused.
    Deny,
    /// The same was asked before, and is answered as it was then.
    Replay,
    /// It was done.
    Done,
    /// It was tried and failed.
    Failed,
}

/// One decision or what came of it. Every text in it was checked before: it is a known name, an id or a code, never what
/// somebody sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// Decision or outcome.
    pub kind: Kind,
    /// Who asked, by their credential, such as `human`, `instance:web-1` or `discord:1234`; `nobody` without one.
    pub actor: String,
    /// On whose behalf, where that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<String>,
    /// Where it came in.
    pub face: Face,
    /// What was asked for; `unknown` where it was no request.
    pub action: String,
    /// The host that it is about, or `all`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The image that was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// What was decided.
    pub decision: Decision,
    /// The code of a refusal or failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The deploy that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deploy: Option<String>,
}
