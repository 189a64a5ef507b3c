//! What can go wrong while a release is applied, and what is held against the release.

use std::fmt;

use crate::document::Reach;

/// An effect that could not be carried out. It says nothing about the release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// The network, or what is behind it.
    Network,
    /// No room.
    DiskFull,
    /// A file system that cannot be written.
    ReadOnly,
    /// The program that did it was killed, by the kernel or by somebody.
    Killed,
    /// A path is in none of the host's caches.
    NotCached,
    /// A cache served a path whose bytes or signature are wrong.
    Untrusted,
    /// The system has no switch script, or no updater of its own.
    Unsuitable,
    /// The secrets are not those that the manifest names, or cannot be unpacked.
    Secrets,
    /// Something else.
    Other,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Network => "the network does not work",
            Self::DiskFull => "the disk is full",
            Self::ReadOnly => "a file system cannot be written",
            Self::Killed => "the program was killed",
            Self::NotCached => "a part of the system is in none of the host's caches",
            Self::Untrusted => "a cache serves a part of the system with wrong bytes or a wrong signature",
            Self::Unsuitable => "the system has no switch script or no updater",
            Self::Secrets => "the secrets are not those of the release",
            Self::Other => "it failed",
        })
    }
}

/// Why a release that ran on trial was left.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// A required check failed.
    Check {
        /// Whether that says something about this host alone.
        reach: Reach,
        /// Which.
        what: String,
    },
    /// The switch failed.
    Switch(Trouble),
    /// It did not end, or was not proven, in time.
    TimedOut,
    /// The machine went down without a word while it ran.
    PowerLost,
    /// The machine booted what it ran before instead.
    DidNotBoot,
    /// It could not be made the default, or be booted once.
    Commit(Trouble),
    /// Somebody rebooted the host, or ended the updater for too long.
    Interrupted,
}

/// What a failure counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// It is held against the release.
    Release,
    /// It is not, unless it happens again and again: a release that ends the updater is told so from one that is
    /// unlucky.
    Chance,
    /// It never is.
    Nothing,
}

impl Failure {
    pub(super) const fn weight(&self) -> Weight {
        match self {
            Self::Check { reach: Reach::Local, .. }
            | Self::Switch(
                Trouble::Unsuitable
                | Trouble::Other
                | Trouble::Killed
                | Trouble::NotCached
                | Trouble::Untrusted
                | Trouble::Secrets,
            )
            | Self::TimedOut
            | Self::PowerLost
            | Self::DidNotBoot => Weight::Release,
            Self::Interrupted => Weight::Chance,
            Self::Check { reach: Reach::Network, .. }
            | Self::Switch(Trouble::Network | Trouble::DiskFull | Trouble::ReadOnly)
            | Self::Commit(_) => Weight::Nothing,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Check { what, .. } => write!(f, "the required check {what:?} failed"),
            Self::Switch(trouble) => write!(f, "the switch failed: {trouble}"),
            Self::TimedOut => f.write_str("it was not proven in time"),
            Self::PowerLost => f.write_str("the machine went down while it ran"),
            Self::DidNotBoot => f.write_str("the machine did not boot it"),
            Self::Commit(trouble) => write!(f, "it could not be made the default: {trouble}"),
            Self::Interrupted => f.write_str("the host was rebooted, or the updater was stopped"),
        }
    }
}
