//! `clawlets release keygen`.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use clap::{Args, ValueHint};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Form, Printer};
use clawlets_release::signature::PublicKey;
use clawlets_secrets::Generator;
use jiff::Timestamp;
use serde::Serialize;

use super::fault::of_key;

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
        if self.out == self.r#pub {
            return Err(Fault::new(FaultCode::UsageArguments, "both keys would be in the same file")
                .hint("give --out and --pub a file each"));
        }
        let made = Generator::MinisignKey.generate("minisign secret key", Timestamp::now());
        let failed = |why: &dyn std::error::Error| {
            Fault::new(FaultCode::ReleaseKey, "failed to make a key").because(why)
        };
        let made = made.map_err(|error| failed(&error))?;
        let public = PublicKey::parse(made.public.as_deref().unwrap_or_default());
        let public = public.map_err(|error| of_key("that was made", &error))?;
        write_new(&self.out, made.value.expose().as_bytes(), 0o600)?;
        write_new(&self.r#pub, public.to_file().as_bytes(), 0o644)?;
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
    if path.symlink_metadata().is_err() { Ok(()) } else { Err(is_there(path)) }
}

fn is_there(path: &Path) -> Fault {
    Fault::new(FaultCode::ReleaseExists, format!("{} is there already", path.display()))
        .hint("a key that is overwritten is lost; choose another name")
}

/// Makes a file that nobody else has made meanwhile. It is written in its own place, so that a key never lies in a temporary
/// file that stays when somebody kills the program.
fn write_new(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Fault> {
    let failed = |error: &io::Error| {
        Fault::new(FaultCode::Io, format!("failed to write {}", path.display())).because(error)
    };
    path.parent().map_or(Ok(()), fs::create_dir_all).map_err(|error| failed(&error))?;
    let made = OpenOptions::new().write(true).create_new(true).mode(mode).open(path);
    let mut file = made.map_err(|error| {
        if error.kind() == io::ErrorKind::AlreadyExists { is_there(path) } else { failed(&error) }
    })?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|error| {
        // Half of a key is none.
        let _ = fs::remove_file(path);
        failed(&error)
    })
}
