//! `clawlets-host secrets`.

mod activate;
mod fetch;
mod install;

use clap::Subcommand;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};

use crate::program::ConfigFlag;

/// The secrets of this host.
#[derive(Debug, Subcommand)]
pub(crate) enum Secrets {
    Activate(activate::Activate),
    Fetch(fetch::Fetch),
    Install(install::Install),
}

impl Secrets {
    pub(crate) fn run(self, printer: &Printer, config: &ConfigFlag) -> Result<ExitCode, Fault> {
        match self {
            Self::Activate(activate) => activate.run(printer, config),
            Self::Fetch(fetch) => fetch.run(printer, config),
            Self::Install(install) => install.run(printer, config),
        }
    }
}
