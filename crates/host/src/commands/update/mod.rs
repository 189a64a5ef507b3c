//! `clawlets-host update`.

mod apply;
mod fetch;
mod orders;
mod run;
mod shown;
mod signals;
mod status;
mod verify_state;

use clap::Subcommand;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};

pub(super) use self::signals::terminated;
use crate::{config::Config, program::ConfigFlag};

/// This host's releases.
#[derive(Debug, Subcommand)]
pub(crate) enum Update {
    Fetch(fetch::Fetch),
    Apply(apply::Apply),
    Run(run::Run),
    Status(status::Status),
    Pause(orders::Pause),
    Resume(orders::Resume),
    Pin(orders::Pin),
    Skip(orders::Skip),
    VerifyState(verify_state::VerifyState),
}

/// Does what `update apply` does.
pub(super) fn apply(printer: &Printer, config: &Config) -> Result<ExitCode, Fault> {
    apply::Apply.run(printer, config)
}

/// Does what `update run` does.
pub(super) fn follow(printer: &Printer, config: &Config) -> Result<ExitCode, Fault> {
    run::Run.run(printer, config)
}

impl Update {
    pub(crate) fn run(self, printer: &Printer, config: &ConfigFlag) -> Result<ExitCode, Fault> {
        let config = config.load()?;
        match self {
            Self::Fetch(fetch) => fetch.run(printer, &config),
            Self::Apply(apply) => apply.run(printer, &config),
            Self::Run(run) => run.run(printer, &config),
            Self::Status(status) => status.run(printer, &config),
            Self::Pause(pause) => pause.run(printer, &config),
            Self::Resume(resume) => resume.run(printer, &config),
            Self::Pin(pin) => pin.run(printer, &config),
            Self::Skip(skip) => skip.run(printer, &config),
            Self::VerifyState(verify_state) => verify_state.run(printer, &config),
        }
    }
}
