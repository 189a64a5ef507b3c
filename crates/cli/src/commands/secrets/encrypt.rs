//! `clawlets secrets encrypt`.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use clawlets_model::{ExitCode, Secret};
use clawlets_printer::{Fault, FaultCode, Form, Printer};
use clawlets_secrets::{
    AgeRecipient,
    project::{read_text, write_atomic},
    sops::{SopsError, Tree, seal},
};
use jiff::Timestamp;
use serde::Serialize;

use super::fault::{of_file, of_sops};

/// Encrypt a YAML file as 'sops' would, and print it or write it.
#[derive(Debug, Args)]
pub(super) struct Encrypt {
    /// The file with the values.
    #[arg(value_hint = ValueHint::FilePath)]
    file: PathBuf,
    /// Who can read it, as an age recipient; may be given several times.
    #[arg(long, value_name = "AGE1…", required = true)]
    recipient: Vec<AgeRecipient>,
    /// Write here instead of standard output; nothing that is there is replaced.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    out: Option<PathBuf>,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Document {
    path: Option<String>,
    recipients: Vec<String>,
    encrypted: String,
}

impl Encrypt {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let text = read_text(&self.file).map(Secret::new).map_err(|error| of_file(&error))?;
        let fault = |error: SopsError| of_sops(&self.file, &error);
        let tree = Tree::from_yaml(text.expose()).map_err(|error| fault(error.into()))?;
        let encrypted = seal(&tree, &self.recipient, Timestamp::now()).map_err(fault)?;
        if let Some(out) = &self.out {
            if out.symlink_metadata().is_ok() {
                return Err(Fault::new(
                    FaultCode::SecretsExists,
                    format!("{} exists already", out.display()),
                )
                .hint("choose another name, or remove it first"));
            }
            write_atomic(out, encrypted.as_bytes(), 0o644).map_err(|error| of_file(&error))?;
        }
        match (printer.form(), &self.out) {
            (Form::Json, out) => printer.json(&Document {
                path: out.as_ref().map(|out| out.display().to_string()),
                recipients: self.recipient.iter().map(ToString::to_string).collect(),
                encrypted,
            }),
            (Form::Text, Some(out)) => {
                printer.data(out.display().to_string());
                printer.note(format!(
                    "{} is still readable; remove it when you need it no more.",
                    self.file.display()
                ));
            }
            (Form::Text, None) => printer.raw(encrypted.as_bytes()),
        }
        Ok(ExitCode::Ok)
    }
}
