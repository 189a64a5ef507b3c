//! `clawlets-host secrets`.

mod install;

use clap::Subcommand;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};

use crate::program::ConfigFlag;

/// The secrets of this host.
#[derive(Debug, Subcommand)]
pub(crate) enum Secrets {
    Install(install::Install),
}

impl Secrets {
    pub(crate) fn run(self, printer: &Printer, config: &ConfigFlag) -> Result<ExitCode, Fault> {
        match self {
            Self::Install(install) => install.run(printer, config),
        }
    }
}
