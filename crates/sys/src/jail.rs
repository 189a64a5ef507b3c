//! What a child process gives up before it executes its program.

use std::{
    io,
    os::{
        fd::{AsFd, OwnedFd},
        unix::process::CommandExt,
    },
    process::Command,
};

use rustix::{
    io::Errno,
    mount::{UnmountFlags, unmount},
    process::{Resource, Rlimit, fchdir, pivot_root, setrlimit},
    thread::{
        CapabilitySet, CapabilitySets, Gid, Uid, UnshareFlags, clear_ambient_capability_set,
        remove_capability_from_bounding_set, set_capabilities, set_no_new_privs, set_thread_groups,
        set_thread_res_gid, set_thread_res_uid, unshare_unsafe,
    },
};

/// What a child process gives up. Each part may be missing.
#[derive(Debug, Default)]
pub struct Jail {
    /// The `cgroup.procs` file of a version 2 control group, open for writing. The process moves into that group first,
    /// so that nothing of it is ever outside.
    pub group: Option<OwnedFd>,
    /// A mount point that becomes the process's root folder, in a mount namespace of its own in which nothing else
    /// exists. Files that it has open already stay usable.
    pub root: Option<OwnedFd>,
    /// Resource limits, soft and hard at once.
    pub limits: Vec<(Resource, u64)>,
    /// Another user, without a supplementary group. With it go all capabilities, also those that a program with file
    /// capabilities would bring (the bounding set), and the way to get any by executing something.
    pub user: Option<JailedUser>,
}

/// Who a jailed process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JailedUser {
    /// The user id: real, effective and saved.
    pub uid: u32,
    /// The group id: real, effective and saved.
    pub gid: u32,
}

/// Makes the process that `command` starts give up what `jail` says, in the order of its fields, before it executes its
/// program. `spawn` fails when any of it does not succeed. The descriptors in `jail` live as long as `command`.
///
/// A change of user clears the parent-death signal, so call [`crate::die_with_parent`] after this.
pub fn jail(command: &mut Command, jail: Jail) {
    let enter = move || enter(&jail);
    #[expect(unsafe_code, reason = "a closure that runs between fork and exec is unsafe by nature")]
    // SAFETY: between fork and exec only async-signal-safe work is allowed. `enter` makes system calls with constants and
    // with what was prepared before the fork; it allocates nothing (errors are plain numbers) and takes no lock. The
    // calls that change identity and namespaces act on the calling thread, which is the only one after a fork.
    unsafe {
        command.pre_exec(enter);
    }
}

fn enter(jail: &Jail) -> io::Result<()> {
    if let Some(group) = &jail.group {
        rustix::io::write(group, b"0")?;
    }
    if let Some(root) = &jail.root {
        change_root(root)?;
    }
    for (resource, value) in &jail.limits {
        setrlimit(*resource, Rlimit { current: Some(*value), maximum: Some(*value) })?;
    }
    if let Some(user) = jail.user {
        become_user(user)?;
    }
    Ok(())
}

fn change_root(root: &OwnedFd) -> Result<(), Errno> {
    // Entered before the namespace is: a current folder moves into a new one, a descriptor stays in the old one.
    fchdir(root.as_fd())?;
    #[expect(unsafe_code, reason = "unsharing the table of open files could surprise other threads")]
    // SAFETY: the table of open files is not among the flags, and a process that was just forked has one thread.
    unsafe { unshare_unsafe(UnshareFlags::NEWNS) }?;
    // The old root is put on top of the new one, from where it is taken away: no folder is needed for it.
    pivot_root(c".", c".")?;
    unmount(c".", UnmountFlags::DETACH)?;
    rustix::process::chdir(c"/")
}

fn become_user(user: JailedUser) -> Result<(), Errno> {
    // Only who still has the right to may take from the bounding set, so this comes first.
    for number in 0..u64::BITS {
        let capability = CapabilitySet::from_bits_retain(1 << number);
        match remove_capability_from_bounding_set(capability) {
            Ok(()) => {}
            // The kernel knows no capability of this number, nor of a higher one.
            Err(Errno::INVAL) => break,
            Err(errno) => return Err(errno),
        }
    }
    let (uid, gid) = (Uid::from_raw(user.uid), Gid::from_raw(user.gid));
    set_thread_groups(&[])?;
    set_thread_res_gid(gid, gid, gid)?;
    set_thread_res_uid(uid, uid, uid)?;
    clear_ambient_capability_set()?;
    let none = CapabilitySet::empty();
    set_capabilities(None, CapabilitySets { effective: none, permitted: none, inheritable: none })?;
    set_no_new_privs(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Output;

    fn run(script: &str, given_up: Jail) -> Output {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        jail(&mut command, given_up);
        crate::die_with_parent(&mut command);
        command.output().expect("the shell starts")
    }

    fn text(output: &Output) -> String {
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    #[test]
    fn limits_hold_and_cannot_be_raised_again() {
        let limits = vec![(Resource::Nofile, 20), (Resource::Core, 0)];
        let given_up = Jail { limits, ..Jail::default() };
        let script =
            "grep -E '^Max (open files|core)' /proc/self/limits; ulimit -n 21 2>/dev/null || echo no";
        let said = text(&run(script, given_up));
        let words: Vec<&str> = said.split_whitespace().collect();
        assert!(said.contains("Max core file size        0                    0"), "{said}");
        assert!(words.windows(2).any(|pair| pair == ["20", "20"]), "{said}");
        // Root may raise its limits, anybody else may not.
        assert!(rustix::process::geteuid().is_root() || said.ends_with("no\n"), "{said}");
    }

    #[test]
    fn another_user_has_no_group_no_capability_and_no_way_to_get_one() {
        if !rustix::process::geteuid().is_root() {
            return;
        }
        let user = Some(JailedUser { uid: 1_999_999_999, gid: 1_999_999_998 });
        let script = "grep -E '^(Uid|Gid|Groups|Cap|NoNewPrivs)' /proc/self/status";
        let said = text(&run(script, Jail { user, ..Jail::default() }));
        let mut expected = "Uid:\t1999999999\t1999999999\t1999999999\t1999999999\n\
                            Gid:\t1999999998\t1999999998\t1999999998\t1999999998\nGroups:\t \n"
            .to_owned();
        for set in ["Inh", "Prm", "Eff", "Bnd", "Amb"] {
            expected += &format!("Cap{set}:\t0000000000000000\n");
        }
        assert_eq!(said, expected + "NoNewPrivs:\t1\n");
    }

    #[test]
    fn a_failure_keeps_the_program_from_starting() {
        let no_mount_point = std::fs::File::open("/proc/self/status").expect("it exists").into();
        let mut command = Command::new("/bin/true");
        jail(&mut command, Jail { root: Some(no_mount_point), ..Jail::default() });
        assert!(command.spawn().is_err());
    }
}
