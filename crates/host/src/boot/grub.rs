//! GRUB.

use std::path::PathBuf;

use super::loader::{BootLoader, Entry, OneShotError, tell};

/// GRUB, through `grub-reboot` and `grub-editenv`.
#[derive(Debug)]
pub(super) struct Grub {
    pub(super) reboot: Vec<String>,
    pub(super) editenv: Vec<String>,
    pub(super) environment: PathBuf,
}

impl BootLoader for Grub {
    fn boot_once(&self, entry: &Entry) -> Result<(), OneShotError> {
        // NixOS gives each profile a submenu of this title, the newest generation first.
        let place = format!("NixOS - Profile '{}'>0", entry.profile);
        tell(&self.reboot, |command| {
            command.arg(&place);
        })?;
        // That program ends well also when it could write nothing. This one does not.
        tell(&self.editenv, |command| {
            command.arg(&self.environment).arg("set").arg(format!("next_entry={place}"));
        })
    }

    fn forget_once(&self) -> Result<(), OneShotError> {
        tell(&self.editenv, |command| {
            command.arg(&self.environment).args(["unset", "next_entry"]);
        })
    }
}
