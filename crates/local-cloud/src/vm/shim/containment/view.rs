//! What QEMU sees in the place of the machine's files.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::vm::spec::{Accelerator, BootFiles, Machine};

/// Where QEMU finds the guest's kernel.
pub(in crate::vm) const KERNEL: &str = "/boot/kernel";
/// Where QEMU finds the guest's initial file system.
pub(in crate::vm) const INITRAMFS: &str = "/boot/initramfs";

/// Programs, libraries and the firmware that comes with QEMU; the second one on NixOS.
const FOLDERS: [&str; 2] = ["/usr", "/nix/store"];
/// On most systems links into `/usr`.
const FOLDERS_OR_LINKS: [&str; 6] = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];
/// Without it the dynamic linker finds libraries in the usual folders only.
const LINKER_CACHE: &str = "/etc/ld.so.cache";
const DEVICES: [&str; 2] = ["/dev/null", "/dev/urandom"];
const KVM: &str = "/dev/kvm";

/// What QEMU sees. Besides, there is a `/proc` that shows nobody else's processes. Nothing can be written.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct View {
    /// Folders, shown where they are.
    pub(super) folders: Vec<PathBuf>,
    /// Symbolic links, and where they lead.
    pub(super) links: Vec<(PathBuf, PathBuf)>,
    /// Files, and where they are shown.
    pub(super) files: Vec<(PathBuf, PathBuf)>,
    /// Devices that may be used, shown where they are.
    pub(super) devices: Vec<PathBuf>,
}

impl View {
    /// What the QEMU of a machine needs, and what a guest boots from, if it boots.
    pub(super) fn new(machine: &Machine, boot: Option<&BootFiles>) -> Self {
        let mut view = Self::default();
        view.folders.extend(FOLDERS.iter().map(PathBuf::from).filter(|path| path.is_dir()));
        for path in FOLDERS_OR_LINKS.iter().map(PathBuf::from) {
            match fs::read_link(&path) {
                Ok(target) => view.links.push((path, target)),
                Err(_) if path.is_dir() => view.folders.push(path),
                Err(_) => {}
            }
        }
        if Path::new(LINKER_CACHE).is_file() {
            view.files.push((LINKER_CACHE.into(), LINKER_CACHE.into()));
        }
        let qemu = &machine.qemu;
        if qemu.is_absolute() && !view.folders.iter().any(|folder| qemu.starts_with(folder)) {
            view.files.push((qemu.clone(), qemu.clone()));
        }
        if let Some(boot) = boot {
            view.files.push((boot.kernel.clone(), KERNEL.into()));
            view.files.push((boot.initramfs.clone(), INITRAMFS.into()));
        }
        view.devices.extend(DEVICES.iter().map(PathBuf::from));
        match machine.accelerator {
            Accelerator::Kvm => view.devices.push(KVM.into()),
            Accelerator::Tcg => {}
        }
        view
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vm::spec::GuestSpec;

    #[test]
    fn only_programs_libraries_and_the_guests_own_files_are_seen() {
        let mut spec = GuestSpec::example();
        spec.machine.qemu = "/opt/qemu/bin/qemu-system-x86_64".into();
        let view = View::new(&spec.machine, Some(&spec.boot));
        assert!(view.files.contains(&("/cache/vmlinux".into(), KERNEL.into())), "{view:?}");
        assert!(view.files.iter().any(|(_, shown)| *shown == spec.machine.qemu), "{view:?}");
        let shown = view.folders.iter().chain(view.links.iter().map(|(path, _)| path));
        for path in shown.chain(view.files.iter().map(|(_, shown)| shown)) {
            for hidden in ["/home", "/root", "/tmp", "/var", "/run", "/etc/passwd", "/sys"] {
                assert!(!path.starts_with(hidden), "{path:?}");
            }
        }
        assert_eq!(view.devices, [PathBuf::from("/dev/null"), "/dev/urandom".into()]);
    }

    #[test]
    fn the_processors_virtualisation_is_seen_only_by_who_uses_it() {
        let mut machine = GuestSpec::example().machine;
        machine.accelerator = Accelerator::Kvm;
        assert!(View::new(&machine, None).devices.contains(&KVM.into()));
    }
}
