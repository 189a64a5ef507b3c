//! `clawlets config unset`.

use clap::Args;
use clawlets_fleet::JsonPath;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};

use crate::fleet_file::{EditFlags, of_change};

/// Take one value out of the configuration, so that its default holds.
#[derive(Debug, Args)]
pub(super) struct Unset {
    /// Its path, such as `hosts.web-1.agentModelPrimary`.
    #[arg(value_name = "PATH")]
    path: JsonPath,
    #[command(flatten)]
    edit: EditFlags,
}

impl Unset {
    pub(super) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let path = &self.path;
        let change = self.edit.edit(printer, |text| text.remove(path).map_err(|error| of_change(&error)));
        Ok(change.await?.report(printer, &format!("{path} is taken out.")))
    }
}
