//! Where an update stands.

use super::{BootId, Failure, Target};
use crate::value::{Order, Sha256Digest};

/// How a release is brought to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// By switching the running system.
    Live,
    /// By booting it once.
    Boot,
}

/// How the updater was last heard of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Parting {
    /// It runs, or ended without a word.
    Silent,
    /// It was told to end, as it is when somebody reboots the host.
    Told,
}

/// A release that runs on trial.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    /// Which.
    pub target: Target,
    /// How it is brought to run.
    pub way: Way,
    /// The boot in which this phase began.
    pub boot: BootId,
    /// From when on a healthy release counts as proven, in seconds since that boot.
    pub proven_at: u64,
    /// When this phase is given up, in seconds since that boot.
    pub deadline: u64,
    /// How the updater was last heard of.
    pub parting: Parting,
}

/// Where an update stands.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Phase {
    /// Nothing is under way.
    Idle,
    /// A pointer was verified; its manifest is being fetched.
    Fetched {
        /// The place of the release.
        order: Order,
        /// Its manifest, if the pointer names it.
        manifest_sha256: Option<Sha256Digest>,
    },
    /// The release was verified; its parts are being fetched.
    Verified(Target),
    /// All parts are in the store; its secrets are being unpacked.
    Realised(Target),
    /// Its secrets are ready; the host is asked whether a live switch is safe.
    SecretsStaged(Target),
    /// It is being switched to.
    Testing(Run),
    /// It runs, and must work for a while.
    Probation(Run),
    /// A live switch is not safe; the lock on reboots is being asked for.
    RebootPending(Target),
    /// The host reboots into it, once.
    BootingNew(Run),
    /// The host has booted into it, and it must work for a while.
    BootProbation(Run),
    /// It worked, and becomes the system that boots by default.
    Committing(Run),
    /// It did not work, and the host goes back.
    RollingBack {
        /// What is being left.
        run: Run,
        /// Why.
        why: Failure,
    },
    /// The host went back, and will try once more.
    RolledBack(Target),
    /// The host went back, and will not try again.
    Denied(Target),
}

impl Phase {
    /// The phase's name, as status and messages call it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Fetched { .. } => "fetched",
            Self::Verified(_) => "verified",
            Self::Realised(_) => "realised",
            Self::SecretsStaged(_) => "secrets_staged",
            Self::Testing(_) => "testing",
            Self::Probation(_) => "probation",
            Self::RebootPending(_) => "reboot_pending",
            Self::BootingNew(_) => "booting_new",
            Self::BootProbation(_) => "boot_probation",
            Self::Committing(_) => "committing",
            Self::RollingBack { .. } => "rolling_back",
            Self::RolledBack(_) => "rolled_back",
            Self::Denied(_) => "denied",
        }
    }

    /// Whether nothing is under way.
    #[must_use]
    pub const fn is_resting(&self) -> bool {
        matches!(self, Self::Idle | Self::RolledBack(_) | Self::Denied(_))
    }

    /// The release that this phase is about.
    #[must_use]
    pub const fn target(&self) -> Option<&Target> {
        match self {
            Self::Idle | Self::Fetched { .. } => None,
            Self::Verified(target)
            | Self::Realised(target)
            | Self::SecretsStaged(target)
            | Self::RebootPending(target)
            | Self::RolledBack(target)
            | Self::Denied(target) => Some(target),
            Self::Testing(_)
            | Self::Probation(_)
            | Self::BootingNew(_)
            | Self::BootProbation(_)
            | Self::Committing(_)
            | Self::RollingBack { .. } => match self.run() {
                Some(run) => Some(&run.target),
                None => None,
            },
        }
    }

    /// The run on trial, once an attempt has begun.
    #[must_use]
    pub const fn run(&self) -> Option<&Run> {
        match self {
            Self::Testing(run)
            | Self::Probation(run)
            | Self::BootingNew(run)
            | Self::BootProbation(run)
            | Self::Committing(run)
            | Self::RollingBack { run, .. } => Some(run),
            Self::Idle
            | Self::Fetched { .. }
            | Self::Verified(_)
            | Self::Realised(_)
            | Self::SecretsStaged(_)
            | Self::RebootPending(_)
            | Self::RolledBack(_)
            | Self::Denied(_) => None,
        }
    }
}
