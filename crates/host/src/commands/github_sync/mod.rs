//! `clawlets-host github-sync`.

mod run;

use clap::Subcommand;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};

use crate::program::ConfigFlag;

/// Open pull requests and issues, as documents of the shared memory.
#[derive(Debug, Subcommand)]
pub(crate) enum GithubSync {
    Run(run::Run),
}

impl GithubSync {
    pub(crate) fn run(self, printer: &Printer, config: &ConfigFlag) -> Result<ExitCode, Fault> {
        match self {
            Self::Run(run) => run.run(printer, config),
        }
    }
}
