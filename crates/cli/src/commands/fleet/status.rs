//! `clawlets fleet status`.

use clap::Args;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};
use clawlets_verbs::fleet;

use super::control;
use crate::fleet_file::ProjectFlag;

/// Ask the control API how the hosts are, and what became of the last deploy.
///
/// Where a source does not answer, what it said last is shown with its age, and a warning says so.
#[derive(Debug, Args)]
// The verb that it holds has the same name, and names of groups are unique.
#[group(skip)]
pub(super) struct Status {
    #[command(flatten)]
    project: ProjectFlag,
    #[command(flatten)]
    verb: fleet::Status,
}

impl Status {
    pub(super) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let client = control::client(&self.project, printer)?;
        self.verb.run(printer, &client).await
    }
}
