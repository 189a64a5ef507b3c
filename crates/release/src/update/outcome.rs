//! Why a host runs what it runs: the last result, in one word and in one sentence.

use std::fmt;

use clawlets_model::ExitCode;

use super::{Failure, Held, Trouble};
use crate::value::{Order, UtcTime};

/// The last result. `status` shows it, and a program that was asked to update ends with its exit code.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Outcome {
    /// It never looked for a release.
    Never,
    /// It runs the release that the pointer names.
    UpToDate(Order),
    /// It has applied a release.
    Applied(Order),
    /// It works on one.
    UnderWay(Order),
    /// No mirror answers as it should.
    Unreachable,
    /// What the mirrors serve is refused.
    Refused {
        /// The stable code of the refusal.
        code: String,
        /// The refusal in words.
        message: String,
    },
    /// Somebody on this host decided against it.
    Held(Held),
    /// The release is halted by whoever published it.
    Halted(Order),
    /// This host's turn comes later; without a time when the schedule has none for it.
    Waiting {
        /// The release.
        order: Order,
        /// When it comes.
        until: Option<UtcTime>,
    },
    /// It was tried and left, and is tried again later.
    BackingOff {
        /// The release.
        order: Order,
        /// When.
        until: UtcTime,
    },
    /// Something on this host or on the way to it does not work.
    Trouble {
        /// The release.
        order: Order,
        /// What.
        trouble: Trouble,
    },
    /// A live switch is not safe, and this host may not reboot by itself.
    NeedsReboot {
        /// The release.
        order: Order,
        /// What speaks against a live switch.
        inhibitors: Vec<String>,
    },
    /// Another host reboots.
    WaitingForRebootLock(Order),
    /// The updater was stopped before anything was changed.
    Stopped(Order),
    /// The host went back to what it ran before, and will try again.
    RolledBack {
        /// The release.
        order: Order,
        /// Why.
        failure: Failure,
    },
    /// The release was left for good: only a higher one is tried.
    Denied(Order),
}

impl Outcome {
    /// The result in one word, for programs.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::UpToDate(_) => "up-to-date",
            Self::Applied(_) => "applied",
            Self::UnderWay(_) => "under-way",
            Self::Unreachable => "unreachable",
            Self::Refused { .. } => "refused",
            Self::Held(_) => "held",
            Self::Halted(_) => "halted",
            Self::Waiting { .. } => "waiting",
            Self::BackingOff { .. } => "backing-off",
            Self::Trouble { .. } => "trouble",
            Self::NeedsReboot { .. } => "needs-reboot",
            Self::WaitingForRebootLock(_) => "waiting-for-reboot-lock",
            Self::Stopped(_) => "stopped",
            Self::RolledBack { .. } => "rolled-back",
            Self::Denied(_) => "denied",
        }
    }

    /// How a program ends that was asked to update and came to this.
    #[must_use]
    pub const fn exit(&self) -> ExitCode {
        match self {
            Self::Never
            | Self::UpToDate(_)
            | Self::Applied(_)
            | Self::UnderWay(_)
            | Self::Waiting { .. }
            | Self::BackingOff { .. } => ExitCode::Ok,
            Self::Unreachable => ExitCode::Unreachable,
            Self::Refused { .. }
            | Self::Held(_)
            | Self::Halted(_)
            | Self::NeedsReboot { .. }
            | Self::Denied(_) => ExitCode::Refused,
            Self::Trouble { trouble, .. } => match trouble {
                Trouble::Network | Trouble::DiskFull | Trouble::ReadOnly | Trouble::NotCached => {
                    ExitCode::Unreachable
                }
                Trouble::Untrusted | Trouble::Unsuitable | Trouble::Secrets => ExitCode::Refused,
                Trouble::Killed | Trouble::Other => ExitCode::Failed,
            },
            Self::WaitingForRebootLock(_) => ExitCode::Busy,
            Self::Stopped(_) => ExitCode::Interrupted,
            Self::RolledBack { .. } => ExitCode::Failed,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Never => f.write_str("this host has not looked for a release yet"),
            Self::UpToDate(order) => write!(f, "this host runs the newest release, {order}"),
            Self::Applied(order) => write!(f, "release {order} was applied"),
            Self::UnderWay(order) => write!(f, "release {order} is being applied"),
            Self::Unreachable => f.write_str("no mirror answers as it should"),
            Self::Refused { message, .. } => f.write_str(message),
            Self::Held(held) => held.fmt(f),
            Self::Halted(order) => write!(f, "release {order} is halted by whoever published it"),
            Self::Waiting { order, until: Some(until) } => {
                write!(f, "the turn of this host for release {order} comes at {until}")
            }
            Self::Waiting { order, until: None } => {
                write!(f, "the schedule of release {order} does not reach this host")
            }
            Self::BackingOff { order, until } => {
                write!(f, "release {order} failed here and is tried again at {until}")
            }
            Self::Trouble { order, trouble } => write!(f, "release {order} cannot be prepared: {trouble}"),
            Self::NeedsReboot { order, inhibitors } => {
                write!(f, "release {order} needs a reboot ({}), and this host may not", inhibitors.join(", "))
            }
            Self::WaitingForRebootLock(order) => write!(f, "release {order} waits for another host's reboot"),
            Self::Stopped(order) => write!(f, "the updater was stopped before release {order} was applied"),
            Self::RolledBack { order, failure } => write!(f, "release {order} was left: {failure}"),
            Self::Denied(order) => write!(f, "release {order} failed here {} times", super::MOST_FAILURES),
        }
    }
}
