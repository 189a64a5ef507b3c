//! `clawlets config schema`.

use clap::Args;
use clawlets_fleet::Fleet;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};

/// Print the JSON Schema of the configuration, for editors.
///
/// A project has it beside its configuration: `clawlets config schema > fleet/clawlets.schema.json` brings it to this
/// release, and `"$schema": "./clawlets.schema.json"` in the configuration names it.
#[derive(Debug, Args)]
pub(super) struct Schema {}

impl Schema {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        printer.json(&Fleet::json_schema());
        Ok(ExitCode::Ok)
    }
}
