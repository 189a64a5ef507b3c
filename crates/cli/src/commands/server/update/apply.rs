//! `clawlets server update apply`.

use clap::Args;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};

use super::far_end::FarEnd;

/// Let a host look for a release now, and apply it.
///
/// Ends as the host does: with 0 when it runs what it should.
#[derive(Debug, Args)]
pub(in crate::commands::server) struct Apply {
    #[command(flatten)]
    far_end: FarEnd,
}

impl Apply {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        self.far_end.update("apply", printer)
    }
}
