//! Processes of this machine.

use std::{fs, os::unix::fs::MetadataExt, path::Path};

/// The ids of processes whose command line mentions a path, that work in it, or whose standard input is in it, as QEMU's
/// is, which sees no other file of it. Dead ones that nobody has reaped yet
/// mention nothing.
pub(crate) fn processes_mentioning(path: &Path) -> Vec<u32> {
    let wanted = path.to_string_lossy();
    let entries = fs::read_dir("/proc").expect("/proc is mounted").filter_map(Result::ok);
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| {
        let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let folder = fs::read_link(format!("/proc/{pid}/cwd")).unwrap_or_default();
        let input = fs::read_link(format!("/proc/{pid}/fd/0")).unwrap_or_default();
        String::from_utf8_lossy(&command).contains(&*wanted)
            || folder.starts_with(path)
            || input.starts_with(path)
    })
    .collect()
}

/// Whether this process may do what only root may.
pub(crate) fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}
