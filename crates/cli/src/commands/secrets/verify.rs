//! `clawlets secrets verify`.

use clap::Args;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Form, Printer, count};
use clawlets_secrets::plan::verify;
use serde::Serialize;

use super::{
    fault::of_file,
    place::{Keys, PlaceFlags},
};

/// Check every secret: whether it is there, can be decrypted, is unchanged, is for the right readers, and is needed.
#[derive(Debug, Args)]
pub(super) struct Verify {
    #[command(flatten)]
    place: PlaceFlags,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Document {
    ok: bool,
    findings: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    id: &'static str,
    severity: &'static str,
    message: String,
    fix: String,
}

impl Verify {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let place = self.place.open(printer, Keys::Needed)?;
        let findings = verify(&place.vault, &place.plan).map_err(|error| of_file(&error))?;
        let errors = findings.iter().filter(|finding| finding.kind.is_error()).count();
        match printer.form() {
            Form::Json => {
                let rows = findings.into_iter().map(|finding| Row {
                    id: finding.kind.id(),
                    severity: if finding.kind.is_error() { "error" } else { "warning" },
                    message: finding.message,
                    fix: finding.fix,
                });
                printer.json(&Document { ok: errors == 0, findings: rows.collect() });
            }
            Form::Text => {
                for finding in &findings {
                    let severity = if finding.kind.is_error() { "error" } else { "warning" };
                    printer.data(format!("{severity}: {}\n  fix: {}", finding.message, finding.fix));
                }
                if findings.is_empty() {
                    printer.note("Every secret is there, unchanged, and for the right readers.");
                }
            }
        }
        match (errors, printer.form()) {
            (0, _) => Ok(ExitCode::Ok),
            (_, Form::Json) => Ok(FaultCode::SecretsIncomplete.exit()),
            (_, Form::Text) => {
                Err(Fault::new(FaultCode::SecretsIncomplete, format!("found {}", count(errors, "fault"))))
            }
        }
    }
}
