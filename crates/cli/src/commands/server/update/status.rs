//! `clawlets server update status`.

use clap::Args;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};

use super::far_end::FarEnd;

/// Say which release a host runs, and why it is not the newest.
#[derive(Debug, Args)]
pub(in crate::commands::server) struct Status {
    #[command(flatten)]
    far_end: FarEnd,
}

impl Status {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        self.far_end.update("status", printer)
    }
}
