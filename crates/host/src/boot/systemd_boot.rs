//! systemd-boot.

use super::loader::{BootLoader, Entry, OneShotError, tell};

/// systemd-boot, through `bootctl`.
#[derive(Debug)]
pub(super) struct SystemdBoot {
    pub(super) bootctl: Vec<String>,
}

impl BootLoader for SystemdBoot {
    fn boot_once(&self, entry: &Entry) -> Result<(), OneShotError> {
        // NixOS names the entries of profiles so.
        let id = format!("nixos-{}-generation-{}.conf", entry.profile, entry.generation);
        tell(&self.bootctl, |command| {
            command.args(["set-oneshot", &id]);
        })
    }

    fn forget_once(&self) -> Result<(), OneShotError> {
        tell(&self.bootctl, |command| {
            command.args(["set-oneshot", ""]);
        })
    }
}
