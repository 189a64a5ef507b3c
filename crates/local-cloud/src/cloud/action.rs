//! Actions: what a change of the project is doing, and how it ended.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::document::Document;

/// One change that takes time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Action {
    pub(crate) id: u64,
    pub(crate) command: ActionCommand,
    pub(crate) status: ActionStatus,
    pub(crate) started: Timestamp,
    pub(crate) finished: Option<Timestamp>,
    pub(crate) resources: Vec<Resource>,
    pub(crate) error: Option<ActionError>,
}

/// What an action does, in the vendor's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ActionCommand {
    /// Makes a server.
    CreateServer,
    /// Switches a server on.
    StartServer,
    /// Pulls the plug.
    StopServer,
    /// Presses the power button.
    ShutdownServer,
    /// Restarts the guest, as if politely.
    RebootServer,
    /// Presses the reset button.
    ResetServer,
    /// Starts over with another image.
    RebuildServer,
    /// Removes a server.
    DeleteServer,
    /// Makes a snapshot.
    CreateImage,
    /// Marks a server for the rescue system.
    EnableRescue,
    /// Takes that mark away.
    DisableRescue,
    /// Changes what must not be done to a resource.
    ChangeProtection,
    /// Applies a firewall to a resource.
    ApplyFirewall,
    /// Takes a firewall away from a resource.
    RemoveFirewall,
    /// Replaces a firewall's rules.
    SetFirewallRules,
}

/// Whether an action is under way, and how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ActionStatus {
    /// Under way.
    Running,
    /// Done.
    Success,
    /// Given up.
    Error,
}

/// Something that an action changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Resource {
    pub(crate) id: u64,
    #[serde(rename = "type")]
    pub(crate) kind: ResourceKind,
}

/// Kinds of things that actions change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ResourceKind {
    /// A server.
    Server,
    /// An image.
    Image,
    /// A firewall.
    Firewall,
}

/// Why an action was given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ActionError {
    pub(crate) code: String,
    pub(crate) message: String,
}

impl Action {
    /// An action that has just begun.
    pub(crate) fn begin(id: u64, command: ActionCommand, resources: Vec<Resource>, now: Timestamp) -> Self {
        Self {
            id,
            command,
            status: ActionStatus::Running,
            started: now,
            finished: None,
            resources,
            error: None,
        }
    }

    /// The same action, ended.
    pub(crate) fn end(mut self, outcome: Result<(), ActionError>, now: Timestamp) -> Self {
        self.status = if outcome.is_ok() { ActionStatus::Success } else { ActionStatus::Error };
        self.error = outcome.err();
        self.finished = Some(now);
        self
    }

    /// Per cent of the work that is done. Nobody knows the middle.
    pub(crate) fn progress(&self) -> u8 {
        match self.status {
            ActionStatus::Running => 0,
            ActionStatus::Success | ActionStatus::Error => 100,
        }
    }

    pub(crate) fn is_running(&self) -> bool {
        self.status == ActionStatus::Running
    }

    pub(crate) fn concerns(&self, kind: ResourceKind, id: u64) -> bool {
        self.resources.contains(&Resource { id, kind })
    }
}

impl ActionCommand {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::CreateServer => "create_server",
            Self::StartServer => "start_server",
            Self::StopServer => "stop_server",
            Self::ShutdownServer => "shutdown_server",
            Self::RebootServer => "reboot_server",
            Self::ResetServer => "reset_server",
            Self::RebuildServer => "rebuild_server",
            Self::DeleteServer => "delete_server",
            Self::CreateImage => "create_image",
            Self::EnableRescue => "enable_rescue",
            Self::DisableRescue => "disable_rescue",
            Self::ChangeProtection => "change_protection",
            Self::ApplyFirewall => "apply_firewall",
            Self::RemoveFirewall => "remove_firewall",
            Self::SetFirewallRules => "set_firewall_rules",
        }
    }
}

impl ActionStatus {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Success => "success",
            Self::Error => "error",
        }
    }
}

impl ResourceKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Image => "image",
            Self::Firewall => "firewall",
        }
    }
}

impl ActionError {
    /// The code of an action that could not be done for a reason that only its message tells.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self { code: "action_failed".to_owned(), message: message.into() }
    }
}

impl Document for Action {
    const KIND: &'static str = "action";

    fn id(&self) -> u64 {
        self.id
    }
}
