//! The machine around a project, as the caller tells of it.

use std::path::PathBuf;

use clawlets_secrets::AgeIdentity;
use jiff::Timestamp;

/// What the doctor must be told, since it reads neither the environment nor anybody's home by itself.
///
/// Answers may take time; each that waits for a network has a deadline of its own, of a few seconds.
pub trait Machine {
    /// Finds a program on the operator's path.
    fn program(&self, name: &str) -> Option<PathBuf>;

    /// Whether a variable such as `HCLOUD_TOKEN` has a value, in the environment or in `.clawlets/env`.
    fn setting(&self, name: &str) -> Presence;

    /// Why `.clawlets/env` cannot be used. None when it can, or is not there.
    fn settings_trouble(&self) -> Option<Trouble>;

    /// The operator's keys to the secrets.
    ///
    /// # Errors
    /// Why a file of keys cannot be used.
    fn keys(&self) -> Result<Vec<AgeIdentity>, Trouble>;

    /// The orchestrator's socket.
    fn socket(&self) -> PathBuf;

    /// The operator's home, for paths that begin with `~/`.
    fn home(&self) -> Option<PathBuf>;

    /// The time.
    fn now(&self) -> Timestamp;

    /// Whether the system image of local VMs was built on this machine.
    fn has_local_image(&self) -> Answer;

    /// Whether the cloud at this base URL (none: the vendor's) has an image of this name or id.
    fn has_cloud_image(&self, endpoint: Option<&str>, image: &str) -> Answer;

    /// Whether tokens may be sent to a control API of this URL.
    fn may_send_tokens_to(&self, url: &str) -> Answer;

    /// Whether a control API answers at this URL.
    fn control_answers(&self, url: &str) -> Answer;

    /// Whether the audit log of a control API on this machine holds.
    fn audit_log_holds(&self) -> Answer;

    /// Whether the operator wants it to end: whatever waits, ends then.
    fn is_interrupted(&self) -> bool;
}

/// Whether something has a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It has.
    Set,
    /// What it has stands for a value that is still to come, such as `CHANGE_ME`.
    Placeholder,
    /// It has not, or an empty one.
    Unset,
}

/// What came of a question to somebody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is so.
    Yes,
    /// It is not, for this reason.
    No(String),
    /// Nobody could say, for this reason: there is no network, or no answer in time.
    Unknown(String),
}

/// Something that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Why, without any secret in it.
    pub cause: String,
    /// What to do about it.
    pub remedy: String,
}
