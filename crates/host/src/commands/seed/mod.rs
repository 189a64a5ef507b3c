//! `clawlets-host seed`.

mod common;
mod repos;
mod workspace;

use clap::Subcommand;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};

pub(super) use common::read_tools;

use crate::program::ConfigFlag;

/// What this host and its bots start out with.
#[derive(Debug, Subcommand)]
pub(crate) enum Seed {
    Repos(repos::Repos),
    Workspace(workspace::Workspace),
}

impl Seed {
    pub(crate) fn run(self, printer: &Printer, config: &ConfigFlag) -> Result<ExitCode, Fault> {
        match self {
            Self::Repos(repos) => repos.run(printer, config),
            Self::Workspace(workspace) => workspace.run(printer, config),
        }
    }
}
