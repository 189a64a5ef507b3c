//! Who acts, and who wrote a file: as the kernel says, never as somebody claims.

use std::fmt;

use nix::unistd::{Gid, Group, Uid, User};
use rustix::{fs::Stat, process};
use serde::{Deserialize, Serialize};

/// Who runs this process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    uid: u32,
    groups: Vec<u32>,
}

impl Caller {
    /// The user and the groups that the kernel holds for this process.
    #[must_use]
    pub fn of_this_process() -> Self {
        let mut groups: Vec<u32> =
            process::getgroups().unwrap_or_default().into_iter().map(|group| group.as_raw()).collect();
        groups.push(process::getegid().as_raw());
        Self { uid: process::geteuid().as_raw(), groups }
    }

    /// The user.
    #[must_use]
    pub const fn uid(&self) -> u32 {
        self.uid
    }

    /// Whether it is root, or in the group of the host's operators.
    pub(crate) fn is_human(&self, operators: &str) -> bool {
        let group = || Group::from_name(operators).ok().flatten();
        self.uid == 0 || group().is_some_and(|group| self.groups.contains(&group.gid.as_raw()))
    }
}

/// Who owns a file, and who else may write to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Owner {
    /// The user.
    pub uid: u32,
    /// The user's name on this machine, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether others than the owner may write to the file.
    #[serde(skip)]
    pub(crate) shares: bool,
}

impl Owner {
    pub(crate) fn of(stat: &Stat) -> Self {
        Self { shares: stat.st_mode & 0o022 != 0, ..Self::user(stat.st_uid) }
    }

    /// A user of this machine.
    #[must_use]
    pub fn user(uid: u32) -> Self {
        let user = User::from_uid(Uid::from_raw(uid)).ok().flatten();
        Self { uid, name: user.map(|user| user.name), shares: false }
    }

    /// Whether it is root or an operator of the host, and nobody else may write.
    pub(crate) fn is_human_alone(&self, operators: &str) -> bool {
        !self.shares && (self.uid == 0 || is_member(self.uid, operators))
    }
}

/// Whether a user is in a group by this machine's list of users.
fn is_member(uid: u32, group: &str) -> bool {
    let Some(user) = User::from_uid(Uid::from_raw(uid)).ok().flatten() else { return false };
    let Some(group) = Group::from_name(group).ok().flatten() else { return false };
    user.gid == group.gid || group.mem.contains(&user.name)
}

/// The number of a group of this machine.
pub(crate) fn group_id(name: &str) -> Option<Gid> {
    Group::from_name(name).ok().flatten().map(|group| group.gid)
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => f.write_str(name)?,
            None => write!(f, "user {}", self.uid)?,
        }
        if self.shares { f.write_str(" with others") } else { Ok(()) }
    }
}
