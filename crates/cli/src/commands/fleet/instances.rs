//! `clawlets fleet instances`.

use clap::Args;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Form, Printer, Table};

use super::registry::of_fleet;
use crate::fleet_file::ProjectFlag;

/// Show the registry of the hosts at AWS, as infrastructure code reads it.
#[derive(Debug, Args)]
pub(super) struct Instances {
    #[command(flatten)]
    project: ProjectFlag,
}

impl Instances {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let fleet = self.project.find(printer)?.load(printer)?;
        let registry = of_fleet(&fleet);
        match printer.form() {
            Form::Json => printer.json(&registry),
            Form::Text if registry.is_empty() => printer.note("No host runs at AWS."),
            Form::Text => {
                let mut table = Table::new(["INSTANCE", "HOST", "TYPE", "PREFIX", "DISCORD TOKEN"]);
                for (name, entry) in &registry {
                    table.row([name.to_string()].into_iter().chain(entry.cells()));
                }
                printer.table(&table);
            }
        }
        Ok(ExitCode::Ok)
    }
}
