//! The time of this host: of the clock on its wall, and since it booted.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clawlets_release::update::{BootId, Moment};
use jiff::Timestamp;

/// Where the time comes from.
#[derive(Debug, Clone)]
pub struct Clock {
    boot_id: PathBuf,
    uptime: PathBuf,
}

impl Clock {
    /// A clock that reads the boot from one file and the time since then from another, as the kernel writes them.
    #[must_use]
    pub fn new(boot_id: &Path, uptime: &Path) -> Self {
        Self { boot_id: boot_id.to_owned(), uptime: uptime.to_owned() }
    }

    /// Now.
    ///
    /// # Errors
    /// When one of the files cannot be read, or holds something else.
    pub fn now(&self) -> io::Result<Moment> {
        let wrong = |path: &Path| io::Error::other(format!("{} holds no time", path.display()));
        let boot = BootId::parse(fs::read_to_string(&self.boot_id)?.trim());
        let boot = boot.map_err(|_| wrong(&self.boot_id))?;
        let text = fs::read_to_string(&self.uptime)?;
        let seconds = text.split(['.', ' ', '\n']).next().and_then(|seconds| seconds.parse().ok());
        let uptime = seconds.ok_or_else(|| wrong(&self.uptime))?;
        Ok(Moment { boot, uptime, wall: Timestamp::now() })
    }
}
