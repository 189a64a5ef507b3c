//! The time of this host: of the clock on its wall, and since it booted.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clawlets_release::update::{BootId, Moment};
use jiff::Timestamp;

use crate::config::Paths;

/// Where the time comes from.
#[derive(Debug, Clone)]
pub struct Clock {
    boot_id: PathBuf,
    uptime: PathBuf,
    wall: Option<PathBuf>,
}

impl Clock {
    /// A clock that reads the boot from one file, the time since then from another, and the time of day from a third one
    /// where there is one, all as the kernel writes them.
    #[must_use]
    pub fn of(paths: &Paths) -> Self {
        let Paths { boot_id, uptime, wall_clock, .. } = paths.clone();
        Self { boot_id, uptime, wall: wall_clock }
    }

    /// Now.
    ///
    /// # Errors
    /// When one of the files cannot be read, or holds something else.
    pub fn now(&self) -> io::Result<Moment> {
        let boot = BootId::parse(fs::read_to_string(&self.boot_id)?.trim());
        let boot = boot.map_err(|_| wrong(&self.boot_id))?;
        let text = fs::read_to_string(&self.uptime)?;
        let seconds = text.split(['.', ' ', '\n']).next().and_then(|seconds| seconds.parse().ok());
        let uptime = seconds.ok_or_else(|| wrong(&self.uptime))?;
        Ok(Moment { boot, uptime, wall: self.wall()? })
    }

    fn wall(&self) -> io::Result<Timestamp> {
        let Some(path) = &self.wall else { return Ok(Timestamp::now()) };
        let seconds = fs::read_to_string(path)?.trim().parse().ok();
        let time = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
        time.ok_or_else(|| wrong(path))
    }
}

fn wrong(path: &Path) -> io::Error {
    io::Error::other(format!("{} holds no time", path.display()))
}
