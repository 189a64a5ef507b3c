//! What a template depends on.

use std::{
    fmt, fs,
    os::unix::{ffi::OsStrExt, fs::MetadataExt},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use crate::vm::{qemu, spec::GuestSpec};

/// Where a program that is named without a folder is looked for.
const PROGRAM_FOLDERS: [&str; 4] = ["/usr/local/bin", "/usr/bin", "/usr/local/sbin", "/bin"];

/// A digest of everything that a template and its copies must agree on: the emulator, the kernel, the initial file system
/// with the guest program in it, and the arguments that make the machine.
///
/// Files count by what identifies their content to the kernel: device, inode, size and the moments of their last changes.
/// Templates do not outlive the daemon, so the content itself need not be read.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::vm) struct TemplateKey([u8; 32]);

impl TemplateKey {
    pub(in crate::vm) fn of(spec: &GuestSpec) -> Self {
        let mut all = Sha256::new();
        for file in [&program(&spec.machine.qemu), &spec.boot.kernel, &spec.boot.initramfs] {
            let text = fs::metadata(file).map_or_else(
                |_| "missing".to_owned(),
                |found| {
                    let changed = (found.mtime(), found.mtime_nsec(), found.ctime(), found.ctime_nsec());
                    format!("{} {} {} {changed:?}", found.dev(), found.ino(), found.size())
                },
            );
            part(&mut all, file.as_os_str().as_bytes());
            part(&mut all, text.as_bytes());
        }
        for argument in qemu::identity(spec) {
            part(&mut all, argument.as_bytes());
        }
        Self(all.finalize().into())
    }
}

/// Adds bytes so that no two lists of parts look the same.
fn part(all: &mut Sha256, bytes: &[u8]) {
    all.update(bytes.len().to_le_bytes());
    all.update(bytes);
}

fn program(name: &Path) -> PathBuf {
    if name.components().count() > 1 {
        return name.to_path_buf();
    }
    let places = PROGRAM_FOLDERS.iter().map(|folder| Path::new(folder).join(name));
    places.into_iter().find(|path| path.is_file()).unwrap_or_else(|| name.to_path_buf())
}

impl fmt::Display for TemplateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0[..8]))
    }
}

impl fmt::Debug for TemplateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TemplateKey({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_changes_with_every_file_and_argument_and_not_with_the_server() {
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str| {
            let path = dir.path().join(name);
            fs::write(&path, name).unwrap();
            path
        };
        let mut spec = GuestSpec::example();
        spec.boot.kernel = file("vmlinux");
        spec.boot.initramfs = file("initramfs");
        spec.machine.qemu = file("qemu");
        let key = TemplateKey::of(&spec);
        let other_server = GuestSpec { server_id: 9, user_data: "u".to_owned(), ..spec.clone() };
        assert_eq!(TemplateKey::of(&other_server), key);

        let mut keys = vec![key];
        for path in [&spec.boot.kernel, &spec.boot.initramfs, &spec.machine.qemu] {
            // Of the same length, as a rebuilt program may well be.
            let new = path.with_extension("new");
            fs::write(&new, path.file_name().unwrap().as_bytes()).unwrap();
            fs::rename(&new, path).unwrap();
            keys.push(TemplateKey::of(&spec));
        }
        let mut bigger = spec.clone();
        bigger.machine.memory_mib = 512;
        let mut told = spec;
        told.boot.command_line = "debug".to_owned();
        keys.extend([TemplateKey::of(&bigger), TemplateKey::of(&told)]);
        for (at, key) in keys.iter().enumerate() {
            assert!(!keys[..at].contains(key), "change {at} made no difference");
        }
    }
}
