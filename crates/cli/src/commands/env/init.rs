//! `clawlets env init`.

use std::path::PathBuf;

use clap::Args;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Form, Printer};
use serde::Serialize;

use crate::{env_file::write_new, fleet_file::ProjectFlag};

/// Make `.clawlets/env` with every key and no values. One that is there is never touched.
#[derive(Debug, Args)]
pub(super) struct Init {
    #[command(flatten)]
    project: ProjectFlag,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Document {
    path: PathBuf,
}

impl Init {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let path = write_new(&self.project.find(printer)?.runtime())?;
        match printer.form() {
            Form::Json => printer.json(&Document { path }),
            Form::Text => {
                printer.data(path.display().to_string());
                printer.note(
                    "'clawlets env set KEY' fills in what you use; 'clawlets env show' tells what is set.",
                );
            }
        }
        Ok(ExitCode::Ok)
    }
}
