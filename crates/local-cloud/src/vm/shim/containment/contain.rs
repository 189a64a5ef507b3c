//! The containment of one QEMU.

use std::{
    fs,
    os::{fd::OwnedFd, unix::fs::MetadataExt},
    path::{Path, PathBuf},
    process::Command,
};

use clawlets_sys::{Jail, JailedUser};
use rustix::process::getpid;

use super::{
    bounds::Bounds,
    bubblewrap,
    group::{GroupRoom, GuestGroup},
    own_user::{UserLease, may_become},
    root,
    view::View,
};
use crate::vm::{
    shim::ShimError,
    spec::{Accelerator, BootFiles, Machine},
};

/// All that QEMU has of its environment: where programs are, so that it is found by its name.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin:/run/current-system/sw/bin";
const KVM: &str = "/dev/kvm";

/// The containment of one QEMU, prepared before it is started. It must live as long as QEMU does.
#[derive(Debug)]
pub(in crate::vm) struct Containment {
    means: Means,
    bounds: Bounds,
    group: Option<GuestGroup>,
}

#[derive(Debug)]
enum Means {
    /// Root's: a user that nobody else is.
    OwnUser { lease: UserLease, gid: u32, root: OwnedFd },
    /// Everybody else's.
    Bubblewrap { program: PathBuf, view: View },
}

impl Containment {
    /// Prepares the containment of a guest in the current folder, as strong as this process's user can have it. A guest
    /// that boots says from what; one that is restored from a snapshot needs no files.
    ///
    /// No second thread may exist yet, since namespaces belong to threads. The guest's network namespace must have been
    /// entered.
    ///
    /// # Errors
    /// [`ShimError`] when QEMU cannot be contained: it is not run uncontained.
    pub(in crate::vm) fn prepare(machine: &Machine, boot: Option<&BootFiles>) -> Result<Self, ShimError> {
        let settings = &machine.containment;
        let view = View::new(machine, boot);
        let bounds = Bounds::of(machine);
        let number = getpid().as_raw_nonzero().get().unsigned_abs();
        let group = match &machine.group {
            Some(room) => Some(
                GroupRoom::at(room.clone())
                    .guest(number, bounds)
                    .map_err(ShimError::containment("make the guest's control group"))?,
            ),
            None => None,
        };
        let means = if may_become(settings.users) {
            let lease = UserLease::take(settings.users, &settings.user_locks, number)?;
            let gid = group_of(machine.accelerator, lease.uid());
            Means::OwnUser { lease, gid, root: root::build(&view)? }
        } else {
            Means::Bubblewrap { program: find(&settings.bubblewrap)?, view }
        };
        Ok(Self { means, bounds, group })
    }

    /// A command that runs the same program with the same arguments, contained, and ends it when this thread ends. Of
    /// `command` nothing but program and arguments is taken over: standard streams and inherited descriptors are set on
    /// what comes back. They survive the containment under their numbers.
    ///
    /// # Errors
    /// [`ShimError`] when there are no file descriptors left.
    pub(in crate::vm) fn wrap(&self, command: &Command) -> Result<Command, ShimError> {
        let failed = ShimError::containment("prepare QEMU's containment");
        let group = self.group.as_ref().map(GuestGroup::door).transpose();
        let mut jail = Jail { limits: self.bounds.resources(), ..Jail::default() };
        let mut wrapped = match &self.means {
            Means::OwnUser { lease, gid, root } => {
                jail.user = Some(JailedUser { uid: lease.uid(), gid: *gid });
                match group.and_then(|group| Ok((group, root.try_clone()?))) {
                    Ok((group, root)) => {
                        jail.group = group;
                        jail.root = Some(root);
                    }
                    Err(error) => return Err(failed(error)),
                }
                Command::new(command.get_program())
            }
            Means::Bubblewrap { program, view } => {
                jail.group = group.map_err(failed)?;
                let mut wrapped = Command::new(program);
                wrapped.args(bubblewrap::arguments(view)).arg(command.get_program());
                wrapped
            }
        };
        wrapped.args(command.get_args()).env_clear().env("PATH", PATH);
        clawlets_sys::jail(&mut wrapped, jail);
        clawlets_sys::die_with_parent(&mut wrapped);
        Ok(wrapped)
    }
}

/// Where a program is. Not left to its start: that fails in the same way when it is QEMU that is missing.
fn find(program: &Path) -> Result<PathBuf, ShimError> {
    let mut places = PATH.split(':').map(|folder| Path::new(folder).join(program));
    places
        .find(|place| place.is_file())
        .ok_or_else(|| ShimError::NoBubblewrap { program: program.to_path_buf() })
}

/// The group of a guest's user: a number that is nobody else's either, or the one that may use the processor's
/// virtualisation.
fn group_of(accelerator: Accelerator, uid: u32) -> u32 {
    match accelerator {
        Accelerator::Kvm => fs::metadata(KVM).map_or(uid, |device| device.gid()),
        Accelerator::Tcg => uid,
    }
}
