//! Room on a disk, and memory.

use std::{fs, path::Path};

/// Whether a file system has so many MiB for programs that are not root's.
#[must_use]
pub fn has_room(folder: &Path, mib: u64) -> bool {
    rustix::fs::statvfs(folder).is_ok_and(|found| {
        let free = found.f_bavail.saturating_mul(found.f_frsize);
        free >> 20 >= mib
    })
}

/// Whether so many MiB of memory are available, by the kernel's count.
pub(super) fn has_memory(meminfo: &Path, mib: u64) -> bool {
    let Ok(text) = fs::read_to_string(meminfo) else { return false };
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"));
    let kib = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kib.is_some_and(|kib| kib >> 10 >= mib)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_what_the_kernel_says_is_available() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), "MemTotal:  9999999 kB\nMemAvailable:   102400 kB\n").unwrap();
        assert!(has_memory(file.path(), 100));
        assert!(!has_memory(file.path(), 101));
        fs::write(file.path(), "MemTotal: 9999999 kB\n").unwrap();
        assert!(!has_memory(file.path(), 1), "what is not known is not there");
    }

    #[test]
    fn a_disk_that_is_not_there_has_no_room() {
        assert!(has_room(Path::new("/"), 0));
        assert!(!has_room(Path::new("/nowhere"), 0));
        assert!(!has_room(Path::new("/"), u64::MAX >> 20));
    }
}
