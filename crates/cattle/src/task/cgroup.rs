//! A control group for the task: it cannot take the memory that the supervisor needs to report.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

const MOUNT: &str = "/sys/fs/cgroup";
/// The name of the task's group.
const TASK: &str = "task";
/// What the task must leave to the kernel and the supervisor, in bytes.
const RESERVE: u64 = 48 * 1024 * 1024;
/// The least that a task gets, in bytes.
const LEAST: u64 = 16 * 1024 * 1024;
/// How many processes and threads a task may have.
const MAX_PIDS: u64 = 4096;

/// A version 2 control group. It is removed when it is dropped, once it is empty.
#[derive(Debug)]
pub struct Cgroup {
    path: PathBuf,
}

impl Cgroup {
    /// Makes a group beside the supervisor's, limited to what this machine's memory allows.
    ///
    /// # Errors
    /// When there is no writable version 2 hierarchy with the controllers `memory` and `pids`.
    pub fn create() -> io::Result<Self> {
        let base = own_group()?;
        let controllers = fs::read_to_string(base.join("cgroup.controllers"))?;
        if !["memory", "pids"].iter().all(|name| controllers.split_whitespace().any(|found| found == *name)) {
            return Err(io::Error::other("the machine offers no memory and pids controllers"));
        }
        if base != Path::new(MOUNT) {
            // A group that has processes of its own cannot limit its children, except for the root.
            let leaf = base.join("supervisor");
            create_folder(&leaf)?;
            fs::write(leaf.join("cgroup.procs"), "0")?;
        }
        fs::write(base.join("cgroup.subtree_control"), "+memory +pids")?;
        let group = Self { path: base.join(TASK) };
        create_folder(&group.path)?;
        group.set("memory.max", memory_limit(&fs::read_to_string("/proc/meminfo")?))?;
        group.set("memory.oom.group", 1)?;
        group.set("pids.max", MAX_PIDS)?;
        Ok(group)
    }

    /// Removes the group of a task that is over, if it is still there.
    ///
    /// # Errors
    /// When somebody is still in it.
    pub fn remove_leftover() -> io::Result<()> {
        match fs::remove_dir(own_group()?.join(TASK)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    fn set(&self, file: &str, value: u64) -> io::Result<()> {
        fs::write(self.path.join(file), value.to_string())
    }

    /// Moves a process into the group. What it starts from then on is in it too.
    ///
    /// # Errors
    /// When the process is gone.
    pub fn adopt(&self, pid: i32) -> io::Result<()> {
        fs::write(self.path.join("cgroup.procs"), pid.to_string())
    }

    /// Whether the kernel ended something in the group because memory ran out.
    #[must_use]
    pub fn ran_out_of_memory(&self) -> bool {
        fs::read_to_string(self.path.join("memory.events")).is_ok_and(|events| counts_oom_kill(&events))
    }

    /// Ends everything in the group.
    pub fn kill(&self) {
        // Kernels before 5.14 have no such file; the pid namespace does the same.
        let _ = fs::write(self.path.join("cgroup.kill"), "1");
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.path);
    }
}

fn own_group() -> io::Result<PathBuf> {
    let groups = fs::read_to_string("/proc/self/cgroup")?;
    let own = groups.lines().find_map(|line| line.strip_prefix("0::/"));
    let own = own.ok_or_else(|| io::Error::other("the machine has no version 2 cgroups"))?;
    // Joining nothing would add a slash at the end.
    Ok(if own.is_empty() { PathBuf::from(MOUNT) } else { Path::new(MOUNT).join(own) })
}

fn create_folder(path: &Path) -> io::Result<()> {
    match fs::create_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        done => done,
    }
}

fn memory_limit(meminfo: &str) -> u64 {
    let total = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kibibytes: u64 = total.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0);
    (kibibytes * 1024).saturating_sub(RESERVE).max(LEAST)
}

fn counts_oom_kill(events: &str) -> bool {
    let count = events.lines().find_map(|line| line.strip_prefix("oom_kill "));
    count.and_then(|count| count.trim().parse::<u64>().ok()).is_some_and(|count| count > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_task_gets_what_the_supervisor_does_not_need() {
        assert_eq!(memory_limit("MemTotal:         262144 kB\nMemFree: 1 kB\n"), 208 * 1024 * 1024);
        assert_eq!(memory_limit("MemTotal: 1024 kB"), LEAST);
        assert_eq!(memory_limit(""), LEAST);
    }

    #[test]
    fn an_oom_kill_is_counted() {
        assert!(counts_oom_kill("low 0\noom 1\noom_kill 1\noom_group_kill 1\n"));
        assert!(!counts_oom_kill("oom 1\noom_kill 0\n"));
        assert!(!counts_oom_kill(""));
    }
}
