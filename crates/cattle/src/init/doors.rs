//! Doors of the kernel that no task needs and that have led to the rest of a machine before.

use std::{fs, io, path::Path};

use super::InitError;

/// Settings of the kernel, and what they are set to. Those that only ever go one way stay so for root too.
const DOORS: [(&str, &str); 7] = [
    // In a user namespace everybody is root over parts of the kernel that nobody else may touch.
    ("proc/sys/user/max_user_namespaces", "0"),
    ("proc/sys/kernel/modules_disabled", "1"),
    ("proc/sys/kernel/kexec_load_disabled", "1"),
    ("proc/sys/kernel/sysrq", "0"),
    ("proc/sys/kernel/kptr_restrict", "2"),
    ("proc/sys/kernel/dmesg_restrict", "1"),
    ("proc/sys/vm/unprivileged_userfaultfd", "0"),
];

/// Closes them. Every driver must have been loaded. A kernel that was built without such a door has nothing to close.
pub(super) fn close(root: &Path) -> Result<(), InitError> {
    for (name, value) in DOORS {
        let path = root.join(name);
        match fs::write(&path, value) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                return Err(InitError::Protect { path, source });
            }
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_door_that_the_kernel_does_not_have_is_no_obstacle() {
        let root = tempfile::tempdir().unwrap();
        let kernel = root.path().join("proc/sys/kernel");
        fs::create_dir_all(&kernel).unwrap();
        fs::write(kernel.join("sysrq"), "438").unwrap();
        close(root.path()).unwrap();
        assert_eq!(fs::read_to_string(kernel.join("sysrq")).unwrap(), "0");
        fs::remove_file(kernel.join("sysrq")).unwrap();
        fs::create_dir(kernel.join("sysrq")).unwrap();
        assert!(matches!(close(root.path()), Err(InitError::Protect { .. })));
    }
}
