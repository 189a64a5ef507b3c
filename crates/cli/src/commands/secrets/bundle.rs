//! `clawlets secrets bundle`.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Form, Printer, count};
use clawlets_secrets::{Bundle, BundleError, project::write_atomic};
use serde::Serialize;

use super::{
    fault::{of_file, of_sops},
    place::{HostsFlag, Keys, PlaceFlags},
};

/// Pack a host's encrypted secrets into one file; the same secrets give the same bytes everywhere.
#[derive(Debug, Args)]
pub(super) struct MakeBundle {
    /// The file to write.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    out: PathBuf,
    #[command(flatten)]
    host: HostsFlag,
    #[command(flatten)]
    place: PlaceFlags,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Document<'a> {
    path: String,
    sha256: &'a str,
    size: usize,
    files: &'a [String],
}

impl MakeBundle {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let place = self.place.open(printer, Keys::Welcome)?;
        let host = self.host.one(&place)?;
        let folder = place.vault.layout.host_folder(&host);
        let bundle = Bundle::of_folder(&folder).map_err(|error| of_bundle(&error))?;
        write_atomic(&self.out, &bundle.bytes, 0o644).map_err(|error| of_file(&error))?;
        match printer.form() {
            Form::Json => printer.json(&Document {
                path: self.out.display().to_string(),
                sha256: &bundle.sha256,
                size: bundle.bytes.len(),
                files: &bundle.names,
            }),
            Form::Text => {
                printer.data(&bundle.sha256);
                let files = count(bundle.names.len(), "file");
                printer.note(format!("Packed {files} of {host} into {}.", self.out.display()));
            }
        }
        Ok(ExitCode::Ok)
    }
}

pub(in crate::commands) fn of_bundle(error: &BundleError) -> Fault {
    match error {
        BundleError::Read { source, .. } => Fault::new(FaultCode::Io, error.to_string()).because(source),
        BundleError::Foreign { .. } => Fault::new(FaultCode::SecretsUnreadable, error.to_string())
            .hint("move it elsewhere; whatever is in the folder would travel to the host"),
        BundleError::NotSealed { path, source } => of_sops(path, source),
        BundleError::Write(source) => Fault::new(FaultCode::Io, error.to_string()).because(source),
    }
}
