//! What a project is to be ready for.

use serde::Serialize;

/// What is examined. A narrow scope runs no check of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// The repository itself: layout, configuration, hygiene, hooks.
    Repo,
    /// Bringing hosts to life: keys, secrets, addresses, tools.
    Bootstrap,
    /// Hosts that update themselves.
    Updates,
    /// Disposable VMs.
    Cattle,
    /// The control API: where it is, and who may ask it.
    Control,
}

impl Scope {
    /// Every scope, in the order in which they matter.
    pub const ALL: [Self; 5] = [Self::Repo, Self::Bootstrap, Self::Updates, Self::Cattle, Self::Control];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Repo => "repo",
            Self::Bootstrap => "bootstrap",
            Self::Updates => "updates",
            Self::Cattle => "cattle",
            Self::Control => "control",
        }
    }
}
