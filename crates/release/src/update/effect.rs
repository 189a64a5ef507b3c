//! What an updater is asked to do. Every effect is idempotent.

use super::{Good, State, Target, Way};
use crate::value::{Order, Sha256Digest};

/// Something to do. Those that say so have an answer; a step never asks for two of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Ask all mirrors for the pointer, and choose. Answered by `Pointer` or `Nothing`.
    Fetch,
    /// Ask for the manifest of the pointer that was chosen. Answered by `Offer` or `Nothing`.
    FetchManifest {
        /// The place of the release.
        order: Order,
        /// Its manifest, if the pointer names it.
        manifest_sha256: Option<Sha256Digest>,
    },
    /// Bring all parts into the store, from the host's own caches with their signatures; check that the system has a
    /// switch script and an updater; hold it with a root. Answered by `Realised`.
    Realise(Target),
    /// Fetch, verify and unpack the secrets to a folder of their own, and note that they belong to this system.
    /// Answered by `Staged`.
    StageSecrets(Target),
    /// See whether something speaks against a live switch. Answered by `Inhibitors`.
    ReadInhibitors(Target),
    /// Ask for the lock on reboots. Answered by `RebootLock`.
    TakeRebootLock,
    /// Give that lock back. No answer; it is also given back when this host does not hold it.
    ReleaseRebootLock,
    /// Switch the running system, and leave the default boot entry alone. It goes on when the updater is ended by it; asked
    /// again, it is waited for. Answered by `Switched`.
    Switch(Target),
    /// Make the next boot, and only that, one of the release, and reboot. Answered by `NotBooted`, or by a reboot.
    BootOnce(Target),
    /// Run the health checks until there is a verdict. Answered by `Health`.
    Watch(Target),
    /// Hold the release with a root, make it the profile and the default boot entry, in this order. Answered by
    /// `Committed`.
    Commit(Target),
    /// Make the last good system the profile and the default boot entry again, take back a boot that was to happen once,
    /// and switch or reboot to it. Answered by `WentBack`, or by a reboot.
    GoBack {
        /// What to go back to.
        good: Good,
        /// How.
        way: Way,
    },
    /// Remove roots, secrets and manifests of all releases but the last good one and that before. Left out when the new
    /// state could not be saved: the old one may still want them. No answer.
    Prune,
    /// End the program. No answer.
    Stop,
}

impl Effect {
    /// Whether it has an answer.
    #[must_use]
    pub const fn has_answer(&self) -> bool {
        match self {
            Self::Fetch
            | Self::FetchManifest { .. }
            | Self::Realise(_)
            | Self::StageSecrets(_)
            | Self::ReadInhibitors(_)
            | Self::TakeRebootLock
            | Self::Switch(_)
            | Self::BootOnce(_)
            | Self::Watch(_)
            | Self::Commit(_)
            | Self::GoBack { .. } => true,
            Self::ReleaseRebootLock | Self::Prune | Self::Stop => false,
        }
    }
}

/// How the new state is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Save {
    /// Nothing changed.
    Nothing,
    /// It must be on disk before the first effect. If it cannot be, the updater ends without any effect.
    First,
    /// It should be on disk; if it cannot be, the effects happen all the same. Going back must not wait for room on a
    /// full disk.
    IfPossible,
}

/// What follows from an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The new state.
    pub state: State,
    /// How it is saved.
    pub save: Save,
    /// What to do then, in this order.
    pub effects: Vec<Effect>,
}
