//! Releases as good and as bad as they come.

use clawlets_release::{
    update::Target,
    value::{Epoch, Order, ReleaseId, Sha256Digest, StorePath},
};

/// What is wrong with a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quality {
    Good,
    /// A new kernel: it must be booted.
    NeedsBoot,
    /// A required local check fails.
    Unhealthy,
    /// A required check of the network fails.
    CutsOff,
    /// A required local check works one time and fails the next.
    Flaps,
    /// A check never answers.
    Hangs,
    /// The switch takes the machine down.
    Panics,
    /// The switch ends the updater.
    EndsUpdater,
    /// The switch script fails.
    SwitchFails,
    /// The kernel finds no root.
    DoesNotBoot,
    /// A booted one whose check fails.
    BootsUnhealthy,
    /// It has no updater of its own.
    LacksUpdater,
}

impl Quality {
    pub(super) const ALL: [Self; 12] = [
        Self::Good,
        Self::NeedsBoot,
        Self::Unhealthy,
        Self::CutsOff,
        Self::Flaps,
        Self::Hangs,
        Self::Panics,
        Self::EndsUpdater,
        Self::SwitchFails,
        Self::DoesNotBoot,
        Self::BootsUnhealthy,
        Self::LacksUpdater,
    ];

    pub(super) const fn needs_boot(self) -> bool {
        matches!(self, Self::NeedsBoot | Self::DoesNotBoot | Self::BootsUnhealthy)
    }

    /// Whether it may ever become the last good system.
    pub(super) const fn may_be_good(self) -> bool {
        matches!(self, Self::Good | Self::NeedsBoot | Self::Flaps | Self::EndsUpdater)
    }
}

#[derive(Debug, Clone)]
pub(super) struct Release {
    pub(super) target: Target,
    pub(super) quality: Quality,
}

impl Release {
    pub(super) fn new(number: u64, quality: Quality) -> Self {
        let order = Order { epoch: Epoch::default(), release_id: ReleaseId::new(number).unwrap() };
        let manifest_sha256 = Sha256Digest::of(&number.to_le_bytes());
        let secrets = Sha256Digest::of(format!("secrets of {number}").as_bytes());
        let target = Target { order, manifest_sha256, toplevel: system(number), secrets, probation: 120 };
        Self { target, quality }
    }
}

/// The system of a release; number 0 is the one that the host was installed with.
pub(super) fn system(number: u64) -> StorePath {
    StorePath::parse(&format!("/nix/store/{number:032}-system")).unwrap()
}
