//! `clawlets fleet deploy`.

use clap::Args;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};
use clawlets_verbs::fleet;

use super::control;
use crate::fleet_file::ProjectFlag;

/// Ask the control API to replace a host, or all of them.
///
/// With --wait, a deploy that does not end well fails this; interrupted, it ends with exit code 10 and the deploy goes on.
#[derive(Debug, Args)]
// The verb that it holds has the same name, and names of groups are unique.
#[group(skip)]
pub(super) struct Deploy {
    #[command(flatten)]
    project: ProjectFlag,
    #[command(flatten)]
    verb: fleet::Deploy,
}

impl Deploy {
    pub(super) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let client = control::client(&self.project, printer)?;
        self.verb.run(printer, &client, None).await
    }
}
