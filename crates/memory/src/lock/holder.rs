//! Who holds a lock, as this machine's kernel says.

use std::{fmt, fs, os::unix::fs::MetadataExt};

use rustix::fs::{Stat, major, minor};
use serde::Serialize;

use crate::Owner;

/// A process of this machine that holds a lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Holder {
    /// The process.
    pub pid: u32,
    /// The name of its program, where the caller may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
    /// Whose process it is, where the caller may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<Owner>,
}

impl Holder {
    /// Who holds the lock on the file with this status. A process on another machine is not known here.
    pub(crate) fn of(stat: &Stat) -> Option<Self> {
        let device = format!("{:02x}:{:02x}", major(stat.st_dev), minor(stat.st_dev));
        let pid = pid_in(&fs::read_to_string("/proc/locks").ok()?, &device, stat.st_ino)?;
        let program = fs::read_to_string(format!("/proc/{pid}/comm")).ok();
        let user = fs::metadata(format!("/proc/{pid}")).ok();
        Some(Self {
            pid,
            program: program.map(|name| name.trim().to_owned()),
            user: user.map(|process| Owner::user(process.uid())),
        })
    }
}

/// The holder in the kernel's list. Those who wait have an arrow in their line.
fn pid_in(locks: &str, device: &str, inode: u64) -> Option<u32> {
    locks.lines().find_map(|line| {
        let [_, "FLOCK", _, _, pid, file, ..] = line.split_whitespace().collect::<Vec<_>>()[..] else {
            return None;
        };
        let (on, number) = file.rsplit_once(':')?;
        let is_it = on == device && number.parse() == Ok(inode);
        // Zero stands for a process of another world.
        pid.parse().ok().filter(|pid| is_it && *pid > 0)
    })
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {}", self.pid)?;
        let program = self.program.clone();
        let user = self.user.as_ref().map(|user| format!("of {user}"));
        let known: Vec<String> = program.into_iter().chain(user).collect();
        if known.is_empty() { Ok(()) } else { write!(f, " ({})", known.join(" ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_holder_is_the_one_on_that_file_and_not_one_who_waits() {
        let locks = "1: POSIX  ADVISORY  WRITE 11 fe:00:77 0 EOF\n\
                     2: FLOCK  ADVISORY  WRITE 22 fe:00:78 0 EOF\n\
                     3: FLOCK  ADVISORY  WRITE 33 fe:00:77 0 EOF\n\
                     3: -> FLOCK  ADVISORY  WRITE 44 fe:00:77 0 EOF\n";
        assert_eq!(pid_in(locks, "fe:00", 77), Some(33));
        assert_eq!(pid_in(locks, "fe:01", 77), None);
        assert_eq!(pid_in("nonsense\n\n1: FLOCK\n", "fe:00", 77), None);
    }
}
