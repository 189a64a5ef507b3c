//! `clawlets-host github-token`.

mod mint;
mod orders;

use clap::Subcommand;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};

use crate::program::ConfigFlag;

/// Short-lived tokens of a GitHub App, for this host and its bots.
#[derive(Debug, Subcommand)]
pub(crate) enum GithubToken {
    Mint(mint::Mint),
}

impl GithubToken {
    pub(crate) fn run(self, printer: &Printer, config: &ConfigFlag) -> Result<ExitCode, Fault> {
        match self {
            Self::Mint(mint) => mint.run(printer, config),
        }
    }
}
