//! `clawlets release sign`.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Form, Printer};
use clawlets_release::document::Document;
use clawlets_secrets::project::write_atomic;
use serde::Serialize;

use super::{
    document::{Kind, read, signature_of},
    fault::of_write,
    key::PrivateKeyFlags,
};

/// Sign a manifest or a pointer. The signature lies beside it, as FILE.minisig.
#[derive(Debug, Args)]
pub(super) struct Sign {
    /// The document.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    r#in: PathBuf,
    #[command(flatten)]
    key: PrivateKeyFlags,
}

/// What `--json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Signed {
    signature: String,
    key_id: String,
    release: String,
}

impl Sign {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let bytes = read(&self.r#in, Document::Manifest)?;
        let release = Kind::parse(&self.r#in, &bytes)?.name().to_string();
        let key = self.key.read(printer)?;
        let path = signature_of(&self.r#in);
        let signature = key.sign(&bytes, &release);
        write_atomic(&path, signature.as_bytes(), 0o644).map_err(|error| of_write(&error))?;
        let key_id = key.public().id().to_string();
        match printer.form() {
            Form::Json => printer.json(&Signed { signature: path.display().to_string(), key_id, release }),
            Form::Text => printer.note(format!("Signed {release} with key {key_id}: {}.", path.display())),
        }
        Ok(ExitCode::Ok)
    }
}
