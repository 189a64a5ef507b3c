//! The files of a snapshot, as this process has inherited them.

use std::{
    fs::{File, OpenOptions},
    io,
    os::fd::RawFd,
};

use nix::unistd::close;

use crate::vm::spec::SnapshotFiles;

/// A snapshot whose memory is still open for QEMU to inherit, and then only its state.
#[derive(Debug)]
pub(super) struct InheritedSnapshot {
    memory: Option<RawFd>,
    state: File,
}

impl InheritedSnapshot {
    /// Takes over the files that the daemon passed on. The numbers mean nothing else in this process, since it takes
    /// them before it opens files of its own.
    pub(super) fn take(files: SnapshotFiles) -> io::Result<Self> {
        let SnapshotFiles { memory, state } = files;
        // Opened anew, because an inherited file shares its position with every other process that has it.
        let opened = OpenOptions::new().read(true).write(true).open(format!("/proc/self/fd/{state}"))?;
        close(state)?;
        Ok(Self { memory: Some(memory), state: opened })
    }

    /// Closes the memory: QEMU has it by now, and it ends with QEMU.
    pub(super) fn release_memory(mut self) -> Self {
        if let Some(memory) = self.memory.take() {
            // Can only fail when it is closed already.
            let _ = close(memory);
        }
        self
    }

    /// Everything of the machine that is not memory.
    pub(super) fn state(&self) -> &File {
        &self.state
    }
}
