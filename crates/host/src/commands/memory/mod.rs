//! `clawlets-host memory`.

mod init;

use clap::Subcommand;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};

/// The memory that the bots of a fleet share.
#[derive(Debug, Subcommand)]
pub(crate) enum Memory {
    Init(init::Init),
}

impl Memory {
    pub(crate) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        match self {
            Self::Init(init) => init.run(printer),
        }
    }
}
