//! Actions: work that the provider does after it has answered.

use jiff::Timestamp;
use serde::Deserialize;

use super::{id::id_type, or_default};

id_type! {
    /// The id of an action.
    ActionId
}

/// Something that the provider does, or did, to a resource.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Action {
    /// Its id.
    pub id: ActionId,
    /// What it does, in the provider's words: `create_server`, `delete_server`, …
    #[serde(default, deserialize_with = "or_default")]
    pub command: String,
    /// How far it is.
    pub status: ActionStatus,
    /// Per cent done.
    #[serde(default, deserialize_with = "or_default")]
    pub progress: u8,
    /// When it ended; `None` while it runs.
    #[serde(default)]
    pub finished: Option<Timestamp>,
    /// Why it failed; only with [`ActionStatus::Failed`].
    #[serde(default)]
    pub error: Option<ActionFault>,
}

/// How far an action is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum ActionStatus {
    /// Not ended.
    #[serde(rename = "running")]
    Running,
    /// Ended well.
    #[serde(rename = "success")]
    Succeeded,
    /// Ended badly; [`Action::error`] says why.
    #[serde(rename = "error")]
    Failed,
}

/// Why an action failed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ActionFault {
    /// A word for programs.
    #[serde(default, deserialize_with = "or_default")]
    pub code: String,
    /// A sentence for people.
    #[serde(default, deserialize_with = "or_default")]
    pub message: String,
}
