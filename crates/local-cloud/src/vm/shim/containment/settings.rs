//! What the owner of a local cloud decides about the containment of its guests.

use std::{ops::Range, path::PathBuf};

use serde::{Deserialize, Serialize};

/// How QEMU is contained on this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainmentSettings {
    /// The users that guests of root's local clouds run as.
    pub users: UserRange,
    /// The folder of the locks that say which of the users are taken. All local clouds of a machine that share users must
    /// share it.
    pub user_locks: PathBuf,
    /// The bubblewrap program that contains guests of everybody else's local clouds.
    pub bubblewrap: PathBuf,
}

/// Consecutive user ids, of which each running guest has one for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRange {
    base: u32,
    count: u32,
}

impl UserRange {
    /// The first id that is not a person's or a system service's on any usual machine.
    const LEAST: u32 = 65_536;
    /// The first id that the kernel or programs take for a negative number or for "no change".
    const END: u32 = 1 << 31;

    /// `count` ids from `base` on; `None` when there is none among them, or one below 65,536 or above 2,147,483,647.
    #[must_use]
    pub const fn new(base: u32, count: u32) -> Option<Self> {
        match base.checked_add(count) {
            Some(end) if base >= Self::LEAST && end <= Self::END && count > 0 => Some(Self { base, count }),
            Some(_) | None => None,
        }
    }

    /// The ids.
    #[must_use]
    pub const fn ids(self) -> Range<u32> {
        self.base..self.base + self.count
    }
}

impl Default for ContainmentSettings {
    /// 4,096 users from 1,900,000,000 on, which neither containers of systemd nor subordinate users reach, with their
    /// locks in `/run/clawlets/users`, and `bwrap` where programs usually are.
    fn default() -> Self {
        Self {
            users: UserRange { base: 1_900_000_000, count: 4096 },
            user_locks: PathBuf::from("/run/clawlets/users"),
            bubblewrap: PathBuf::from("bwrap"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_holds_only_ids_that_nobody_else_can_have() {
        for (base, count, fits) in [
            (65_536, 1, true),
            (1_900_000_000, 4096, true),
            ((1 << 31) - 1, 1, true),
            (0, 10, false),
            (1000, 1, false),
            (65_536, 0, false),
            ((1 << 31) - 1, 2, false),
            (u32::MAX, 2, false),
        ] {
            assert_eq!(UserRange::new(base, count).is_some(), fits, "{base} {count}");
        }
        assert!(ContainmentSettings::default().users.ids().contains(&1_900_004_095));
    }
}
