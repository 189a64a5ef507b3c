//! `clawlets-host update verify-state`.

use clap::Args;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Form, Printer, count};
use serde::Serialize;

use crate::{config::Config, fault::of_update, updater::verify};

/// Look whether records, systems, roots and secrets fit together. Nothing is changed.
#[derive(Debug, Args)]
pub(crate) struct VerifyState;

/// What `--json` prints.
#[derive(Serialize)]
struct Findings {
    findings: Vec<String>,
}

impl VerifyState {
    pub(crate) fn run(self, printer: &Printer, config: &Config) -> Result<ExitCode, Fault> {
        let found = verify(config).map_err(|error| of_update(&error))?;
        let findings: Vec<_> = found.iter().map(ToString::to_string).collect();
        let number = findings.len();
        match printer.form() {
            Form::Json => printer.json(&Findings { findings }),
            Form::Text => findings.iter().for_each(|finding| printer.data(finding)),
        }
        if number == 0 {
            return Ok(ExitCode::Ok);
        }
        let what = format!("{} on this host", count(number, "contradiction"));
        Err(Fault::new(FaultCode::UpdateSuspect, what))
    }
}
