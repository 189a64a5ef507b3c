//! Control groups (version 2): bounds on everything that belongs to a guest, together.
//!
//! They need a part of the machine's tree that was given to the daemon, as systemd does for a unit with `Delegate=yes`.
//! The daemon moves itself into a group `daemon` there, since a group that has processes cannot bound others, and
//! each guest gets a group beside it.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::fd::OwnedFd,
    path::{Path, PathBuf},
};

use super::bounds::Bounds;

/// Where the tree is mounted.
const TREE: &str = "/sys/fs/cgroup";
/// What is used when it can be had; without the first two a group would not be worth it.
const CONTROLLERS: [&str; 4] = ["memory", "pids", "cpu", "io"];
/// The group that the daemon itself is in.
const DAEMON: &str = "daemon";
/// What the name of a guest's group begins with.
const GUEST: &str = "guest-";
/// How low a guest ranks for disks: the default of others is 100.
const DISK_WEIGHT: &str = "50";

/// The part of the tree in which the daemon may make groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GroupRoom {
    path: PathBuf,
}

impl GroupRoom {
    /// Claims the group that this process is in.
    ///
    /// # Errors
    /// A sentence that says why there is no such room; nothing has changed then.
    pub(crate) fn claim() -> Result<Self, String> {
        let own = fs::read_to_string("/proc/self/cgroup").map_err(|error| error.to_string())?;
        let own = own.lines().find_map(|line| line.strip_prefix("0::/"));
        let own = own.ok_or("this machine has no version 2 control groups")?;
        Self::claim_in(Path::new(TREE), own)
    }

    fn claim_in(tree: &Path, own: &str) -> Result<Self, String> {
        // A daemon that was started by one before it is in that one's group already.
        let own = own.strip_suffix(DAEMON).map_or(own, |parent| parent.trim_end_matches('/'));
        let path = if own.is_empty() { tree.to_path_buf() } else { tree.join(own) };
        let offered = fs::read_to_string(path.join("cgroup.controllers")).unwrap_or_default();
        let offered: Vec<&str> = CONTROLLERS
            .into_iter()
            .filter(|name| offered.split_whitespace().any(|found| found == *name))
            .collect();
        if !offered.starts_with(&CONTROLLERS[..2]) {
            return Err(format!("the control group {} has no memory and pids controllers", path.display()));
        }
        let room = Self { path };
        room.settle(&offered).map_err(|error| {
            let path = room.path.display();
            format!(
                "the control group {path} is not this process's to divide (Delegate=yes gives it): {error}"
            )
        })?;
        room.remove_left_behind();
        Ok(room)
    }

    fn settle(&self, controllers: &[&str]) -> io::Result<()> {
        let daemon = self.path.join(DAEMON);
        make_folder(&daemon)?;
        let enable: Vec<String> = controllers.iter().map(|name| format!("+{name}")).collect();
        let settled = fs::write(daemon.join("cgroup.procs"), "0")
            .and_then(|()| fs::write(self.path.join("cgroup.subtree_control"), enable.join(" ")));
        if settled.is_err() {
            // Others are in this group too. Back to them, so that all is as it was.
            let _ = fs::write(self.path.join("cgroup.procs"), "0");
            let _ = fs::remove_dir(&daemon);
        }
        settled
    }

    /// Removes the groups of guests that ended without their shims' help. Groups with processes stay.
    fn remove_left_behind(&self) {
        for entry in fs::read_dir(&self.path).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(GUEST) {
                let _ = fs::remove_dir(entry.path());
            }
        }
    }

    /// Where the room is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// A room that the daemon has claimed.
    pub(super) fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// Makes a group with these bounds for one guest, named by a number that no other living guest has.
    pub(super) fn guest(&self, number: u32, bounds: Bounds) -> io::Result<GuestGroup> {
        let group = GuestGroup { path: self.path.join(format!("{GUEST}{number}")) };
        make_folder(&group.path)?;
        for (file, value) in bounds.group() {
            match write_existing(&group.path.join(file), &value) {
                // Not every kernel counts swap, and not every machine has the cpu controller.
                Err(error) if error.kind() == io::ErrorKind::NotFound && !file.starts_with("memory.max") => {}
                done => done?,
            }
        }
        let _ = write_existing(&group.path.join("io.weight"), DISK_WEIGHT);
        Ok(group)
    }
}

/// The group of one guest. Dropping it ends what is in it and removes it.
#[derive(Debug)]
pub(super) struct GuestGroup {
    path: PathBuf,
}

impl GuestGroup {
    /// The file through which a process moves itself into the group.
    pub(super) fn door(&self) -> io::Result<OwnedFd> {
        Ok(OpenOptions::new().write(true).open(self.path.join("cgroup.procs"))?.into())
    }
}

impl Drop for GuestGroup {
    fn drop(&mut self) {
        // Kernels before 5.14 cannot; the guest's parent has ended it already.
        let _ = write_existing(&self.path.join("cgroup.kill"), "1");
        // It fails as long as a killed process is not gone; the next daemon removes it then.
        let _ = fs::remove_dir(&self.path);
    }
}

fn make_folder(path: &Path) -> io::Result<()> {
    match fs::create_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        done => done,
    }
}

/// Writes to a file that the kernel made. Unlike `fs::write` it makes none.
fn write_existing(path: &Path, text: &str) -> io::Result<()> {
    let mut file: File = OpenOptions::new().write(true).open(path)?;
    io::Write::write_all(&mut file, text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vm::spec::GuestSpec;

    /// Folders and files as the kernel would make them.
    fn tree(controllers: &str) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let own = dir.path().join("system.slice/cloud.service");
        fs::create_dir_all(&own).unwrap();
        for name in ["cgroup.procs", "cgroup.subtree_control"] {
            fs::write(own.join(name), "").unwrap();
        }
        fs::write(own.join("cgroup.controllers"), controllers).unwrap();
        dir
    }

    #[test]
    fn a_delegated_group_is_divided_between_the_daemon_and_guests() {
        let dir = tree("cpuset cpu io memory hugetlb pids\n");
        let own = dir.path().join("system.slice/cloud.service");
        for process_is_in in ["system.slice/cloud.service", "system.slice/cloud.service/daemon"] {
            let room = GroupRoom::claim_in(dir.path(), process_is_in).unwrap();
            assert_eq!(room.path(), own);
        }
        assert_eq!(fs::read_to_string(own.join("daemon/cgroup.procs")).unwrap(), "0");
        assert_eq!(fs::read_to_string(own.join("cgroup.subtree_control")).unwrap(), "+memory +pids +cpu +io");

        let bounds = Bounds::of(&GuestSpec::example().machine);
        let room = GroupRoom::at(own.clone());
        let guest = own.join("guest-7");
        fs::create_dir(&guest).unwrap();
        for (file, _) in bounds.group() {
            fs::write(guest.join(file), "max").unwrap();
        }
        let _group = room.guest(7, bounds).unwrap();
        for (file, value) in bounds.group() {
            assert!(fs::read_to_string(guest.join(file)).unwrap().starts_with(&value), "{file}");
        }
    }

    #[test]
    fn a_group_without_the_controllers_that_matter_is_no_room_and_stays_as_it_is() {
        for controllers in ["", "hugetlb\n", "memory cpu\n"] {
            let dir = tree(controllers);
            let why = GroupRoom::claim_in(dir.path(), "system.slice/cloud.service").unwrap_err();
            assert!(why.contains("no memory and pids controllers"), "{why}");
            assert!(!dir.path().join("system.slice/cloud.service/daemon").exists());
        }
    }

    #[test]
    fn what_guests_left_behind_is_removed() {
        let dir = tree("memory pids\n");
        let own = dir.path().join("system.slice/cloud.service");
        fs::create_dir(own.join("guest-3")).unwrap();
        GroupRoom::claim_in(dir.path(), "system.slice/cloud.service").unwrap();
        assert!(!own.join("guest-3").exists() && own.join("daemon").exists());
    }
}
