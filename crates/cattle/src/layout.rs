//! Every path that the supervisor reads or writes.

use std::path::{Path, PathBuf};

use clawlets_model::boot::BOOT_FILE;

/// The paths, all below one root so that a rehearsal can run in a folder of its own.
#[derive(Debug, Clone)]
pub struct Layout {
    root: PathBuf,
}

impl Layout {
    /// The layout below a root; `/` in a real machine.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    fn below(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }

    /// Where cloud-init leaves what the machine was told at its birth.
    #[must_use]
    pub fn boot_file(&self) -> PathBuf {
        self.below(BOOT_FILE)
    }

    /// The kernel modules to load as PID 1: absolute paths, one a line, in the order of loading.
    #[must_use]
    pub fn modules(&self) -> PathBuf {
        self.below("/etc/clawlets/modules")
    }

    /// The file that tells this machine from all others.
    #[must_use]
    pub fn machine_id(&self) -> PathBuf {
        self.below("/etc/machine-id")
    }

    /// The users of this machine.
    #[must_use]
    pub fn passwd(&self) -> PathBuf {
        self.below("/etc/passwd")
    }

    /// The folder that everything below lies in.
    #[must_use]
    pub fn state(&self) -> PathBuf {
        self.below("/var/lib/clawlets/cattle")
    }

    /// The persona as it was received.
    #[must_use]
    pub fn persona(&self) -> PathBuf {
        self.state().join("persona")
    }

    /// The task document.
    #[must_use]
    pub fn task(&self) -> PathBuf {
        self.state().join("task.json")
    }

    /// The message of an agent task.
    #[must_use]
    pub fn message(&self) -> PathBuf {
        self.state().join("message.txt")
    }

    /// Where the task works and leaves its artifacts.
    #[must_use]
    pub fn workspace(&self) -> PathBuf {
        self.state().join("workspace")
    }

    /// The root itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }
}
