//! `clawlets release keygen`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Form, Printer};
use clawlets_release::signature::PublicKey;
use clawlets_secrets::{Generator, project::write_atomic};
use jiff::Timestamp;
use serde::Serialize;

use super::fault::{of_key, of_write};

/// Make a key pair that signs releases.
///
/// The secret key has no password, since it is meant for CI: store it as a secret there and keep no other copy. Hosts are
/// told of the public key with 'clawlets host set --self-update-public-key'.
#[derive(Debug, Args)]
pub(super) struct Keygen {
    /// The file for the secret key.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    out: PathBuf,
    /// The file for the public key.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    r#pub: PathBuf,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Document {
    public_key: String,
}

impl Keygen {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        for path in [&self.out, &self.r#pub] {
            must_be_new(path)?;
        }
        let made = Generator::MinisignKey.generate("minisign secret key", Timestamp::now());
        let failed = |why: &dyn std::error::Error| {
            Fault::new(FaultCode::ReleaseKey, "failed to make a key").because(why)
        };
        let made = made.map_err(|error| failed(&error))?;
        let public = PublicKey::parse(made.public.as_deref().unwrap_or_default());
        let public = public.map_err(|error| of_key("that was made", &error))?;
        write_atomic(&self.out, made.value.expose().as_bytes(), 0o600).map_err(|error| of_write(&error))?;
        write_atomic(&self.r#pub, public.to_file().as_bytes(), 0o644).map_err(|error| of_write(&error))?;
        match printer.form() {
            Form::Json => printer.json(&Document { public_key: public.to_string() }),
            Form::Text => {
                printer.data(public.to_string());
                printer.note(format!("Wrote {} and {}.", self.out.display(), self.r#pub.display()));
            }
        }
        Ok(ExitCode::Ok)
    }
}

fn must_be_new(path: &Path) -> Result<(), Fault> {
    if path.symlink_metadata().is_err() {
        return Ok(());
    }
    Err(Fault::new(FaultCode::ReleaseExists, format!("{} is there already", path.display()))
        .hint("a key that is overwritten is lost; choose another name"))
}
