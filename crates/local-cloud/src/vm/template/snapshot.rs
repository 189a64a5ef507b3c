//! The two files of a template.

use std::{
    io,
    os::fd::{AsFd, AsRawFd, OwnedFd},
    sync::Arc,
};

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, fstat, ftruncate, memfd_create};

use crate::vm::spec::SnapshotFiles;

/// Files without a name, in memory. Blank ones are for a template to write to; sealed ones cannot be written to by
/// anybody any more, whoever may open them.
#[derive(Clone, Debug)]
pub(super) struct Snapshot {
    memory: Arc<OwnedFd>,
    state: Arc<OwnedFd>,
}

impl Snapshot {
    /// Files for a guest with this much memory.
    pub(super) fn blank(memory_mib: u32) -> io::Result<Self> {
        let make = |name: &str| memfd_create(name, MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING);
        let (memory, state) = (make("clawlets-template-memory")?, make("clawlets-template-state")?);
        ftruncate(&memory, u64::from(memory_mib) * 1024 * 1024)?;
        Ok(Self { memory: Arc::new(memory), state: Arc::new(state) })
    }

    /// Makes both files unchangeable. Fails as long as anybody has the memory mapped to write to it.
    pub(super) fn seal(&self) -> io::Result<()> {
        let seals = SealFlags::WRITE | SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL;
        for file in [&self.memory, &self.state] {
            fcntl_add_seals(file.as_fd(), seals)?;
        }
        Ok(())
    }

    /// How the files are called in a process that inherits them.
    pub(super) fn names(&self) -> SnapshotFiles {
        SnapshotFiles { memory: self.memory.as_raw_fd(), state: self.state.as_raw_fd() }
    }

    /// The files, to be inherited.
    pub(super) fn files(&self) -> Vec<Arc<OwnedFd>> {
        vec![Arc::clone(&self.memory), Arc::clone(&self.state)]
    }

    /// What the files take of this machine's memory, in bytes.
    pub(super) fn size(&self) -> u64 {
        [&self.memory, &self.state]
            .iter()
            .filter_map(|file| fstat(file.as_fd()).ok())
            .map(|found| found.st_blocks.unsigned_abs() * 512)
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::io::{Errno, pwrite};

    #[test]
    fn a_sealed_snapshot_is_written_to_by_nobody() {
        let snapshot = Snapshot::blank(1).unwrap();
        pwrite(&*snapshot.memory, b"guest", 4096).unwrap();
        pwrite(&*snapshot.state, b"machine", 0).unwrap();
        snapshot.seal().unwrap();
        for file in [&snapshot.memory, &snapshot.state] {
            // Not even through a file that is opened to be written to, as QEMU opens its memory.
            let path = format!("/proc/self/fd/{}", file.as_raw_fd());
            let opened = std::fs::OpenOptions::new().read(true).write(true).open(path).unwrap();
            assert_eq!(pwrite(&opened, b"poison", 0), Err(Errno::PERM));
            assert_eq!(ftruncate(&opened, 0), Err(Errno::PERM));
        }
        assert!(snapshot.size() >= 8192);
    }
}
