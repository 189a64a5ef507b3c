//! `clawlets-host tools`.

mod render;

use clap::Subcommand;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};

use crate::program::ConfigFlag;

/// What is installed on this host, for its bots to know.
#[derive(Debug, Subcommand)]
pub(crate) enum Tools {
    Render(render::Render),
}

impl Tools {
    pub(crate) fn run(self, printer: &Printer, config: &ConfigFlag) -> Result<ExitCode, Fault> {
        match self {
            Self::Render(render) => render.run(printer, config),
        }
    }
}
