//! `clawlets fleet tfvars`.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Printer};

use super::variables::variables;
use crate::fleet_file::ProjectFlag;

/// Write the variables of the OpenTofu module from the declaration.
///
/// `clawlets fleet apply` hands them over by itself. For runs by hand: 'tofu apply -var-file=FILE'.
#[derive(Debug, Args)]
pub(super) struct Tfvars {
    #[command(flatten)]
    project: ProjectFlag,
    /// The file to write. Its name ends in .tfvars.json [default: standard output].
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    out: Option<PathBuf>,
}

impl Tfvars {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let fleet = self.project.find(printer)?.load(printer)?;
        let variables = variables(&fleet)?;
        let Some(path) = &self.out else {
            printer.json(&variables);
            return Ok(ExitCode::Ok);
        };
        let mut text = serde_json::to_string_pretty(&variables).expect("variables have text keys");
        text.push('\n');
        std::fs::write(path, text).map_err(|error| {
            Fault::new(FaultCode::Io, format!("failed to write {}", path.display())).because(&error)
        })?;
        printer.note(format!("{} written.", path.display()));
        Ok(ExitCode::Ok)
    }
}
