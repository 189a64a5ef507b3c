//! What an updater asks of a boot loader.

use std::{process::Command, time::Duration};

use thiserror::Error;

use super::{grub::Grub, systemd_boot::SystemdBoot};
use crate::{
    config::{Boot, Loader},
    process::{self, Unended},
};

const LIMIT: Duration = Duration::from_secs(60);

/// The boot entry of a system in a profile of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The profile's name.
    pub profile: String,
    /// The generation in it.
    pub generation: u64,
}

/// Why a boot loader did not do as it was told.
#[derive(Debug, Error)]
pub enum OneShotError {
    /// It cannot boot anything once.
    #[error("this host's boot loader boots nothing once")]
    Unable,
    /// Its program did not run.
    #[error("failed to run {program}")]
    Program {
        /// The program.
        program: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Its program refused.
    #[error("{program} failed: {said}")]
    Refused {
        /// The program.
        program: String,
        /// The last that it said.
        said: String,
    },
}

/// A boot loader that can boot an entry once. Both calls may be repeated.
pub trait BootLoader {
    /// Makes the next boot, and only that, one of this entry.
    ///
    /// # Errors
    /// [`OneShotError`].
    fn boot_once(&self, entry: &Entry) -> Result<(), OneShotError>;

    /// Takes back a boot that was to happen once, if there is one.
    ///
    /// # Errors
    /// [`OneShotError`].
    fn forget_once(&self) -> Result<(), OneShotError>;
}

/// One that can boot nothing once.
struct Plain;

impl BootLoader for Plain {
    fn boot_once(&self, _: &Entry) -> Result<(), OneShotError> {
        Err(OneShotError::Unable)
    }

    fn forget_once(&self) -> Result<(), OneShotError> {
        Ok(())
    }
}

/// The boot loader that a configuration names.
#[must_use]
pub fn of(boot: &Boot) -> Box<dyn BootLoader> {
    match boot.loader {
        Loader::None => Box::new(Plain),
        Loader::SystemdBoot => Box::new(SystemdBoot { bootctl: boot.bootctl.clone() }),
        Loader::Grub => Box::new(Grub {
            reboot: boot.grub_reboot.clone(),
            editenv: boot.grub_editenv.clone(),
            environment: boot.grub_env.clone(),
        }),
    }
}

/// Runs one of a boot loader's programs.
pub(super) fn tell(program: &[String], arguments: impl FnOnce(&mut Command)) -> Result<(), OneShotError> {
    let name = program.first().cloned().unwrap_or_default();
    let failed = |source| OneShotError::Program { program: name.clone(), source };
    let mut command = process::command(program).map_err(failed)?;
    arguments(&mut command);
    let ended = process::run(&mut command, LIMIT, || Ok(())).map_err(|unended| match unended {
        Unended::Io(source) => failed(source),
        Unended::TooSlow | Unended::Interrupted(_) => failed(std::io::ErrorKind::TimedOut.into()),
    })?;
    if ended.status.success() {
        return Ok(());
    }
    let said = ended.talk.lines().last().unwrap_or_default().to_owned();
    Err(OneShotError::Refused { program: name, said })
}
