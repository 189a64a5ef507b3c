//! `clawlets release verify`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use clawlets_model::{ExitCode, HostName};
use clawlets_printer::{Fault, FaultCode, Form, Printer};
use clawlets_release::{
    document::{Document, Pointer},
    signature::{PublicKey, Signature},
};
use jiff::Timestamp;
use serde::Serialize;

use super::{
    document::{Kind, read, signature_of},
    fault::of_signature,
    key::{PublicKeyFlags, trusted_keys, verify_by_one},
};
use crate::fleet_file::{HostFlag, ProjectFlag};

/// Check the signature of a manifest or a pointer, and what it says.
///
/// Without --public-key-file it must be for the host, and signed with one of the keys that the host trusts:
/// hosts.HOST.selfUpdate.publicKeys, or previousPublicKeys before their end.
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// The document; its signature is FILE.minisig.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    r#in: PathBuf,
    #[command(flatten)]
    keys: PublicKeyFlags,
    /// Look at the signature alone, and not at what the document says.
    #[arg(long)]
    signature_only: bool,
    #[command(flatten)]
    host: HostFlag,
    #[command(flatten)]
    project: ProjectFlag,
}

/// What `--json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Verified {
    key_id: String,
    /// `host/channel/epoch/releaseId`, as the signature says it.
    release: String,
}

impl Verify {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let path = &self.r#in;
        let (keys, host) = match self.keys.given()? {
            Some(key) => (vec![key], None),
            None => {
                let project = self.project.find(printer)?;
                let host = self.host.resolve(&project.text()?)?;
                (trusted_keys(&project.load(printer)?, &host)?, Some(host))
            }
        };
        let bytes = read(path, Document::Manifest)?;
        let (key, release) = signed_by(path, &bytes, &keys)?;
        if !self.signature_only {
            self.check_content(&bytes, &release, host.as_ref())?;
        }
        let key_id = key.id().to_string();
        match printer.form() {
            Form::Json => printer.json(&Verified { key_id, release }),
            Form::Text => printer.note(format!("{} is {release}, signed by key {key_id}.", path.display())),
        }
        Ok(ExitCode::Ok)
    }

    fn check_content(&self, bytes: &[u8], release: &str, host: Option<&HostName>) -> Result<(), Fault> {
        let path = &self.r#in;
        let kind = Kind::parse(path, bytes)?;
        let addressee = kind.name().host;
        if let Some(host) = host.filter(|host| **host != addressee) {
            let message = format!("{} is for host {addressee}, and not for {host}", path.display());
            return Err(Fault::new(FaultCode::ReleaseForeign, message));
        }
        let name = kind.name().to_string();
        if name != release {
            let message = format!("{} is {name}, and its signature speaks of {release:?}", path.display());
            return Err(Fault::new(FaultCode::ReleaseForeign, message));
        }
        match kind {
            Kind::Pointer(pointer) => must_count(path, &pointer),
            Kind::Manifest(_) => Ok(()),
        }
    }
}

/// Makes sure that a pointer has not reached its end.
pub(super) fn must_count(path: &Path, pointer: &Pointer) -> Result<(), Fault> {
    if pointer.expires_at.timestamp() > Timestamp::now() {
        return Ok(());
    }
    let message = format!("{} expired at {}", path.display(), pointer.expires_at);
    Err(Fault::new(FaultCode::ReleaseExpired, message)
        .hint("'clawlets release pointer write' writes a new one"))
}

/// Makes sure that one of these keys signed a document. What its signature says that it is.
pub(super) fn verified(path: &Path, bytes: &[u8], keys: &[PublicKey]) -> Result<String, Fault> {
    signed_by(path, bytes, keys).map(|(_, release)| release)
}

fn signed_by<'k>(path: &Path, bytes: &[u8], keys: &'k [PublicKey]) -> Result<(&'k PublicKey, String), Fault> {
    let beside = signature_of(path);
    if !beside.exists() {
        return Err(Fault::new(FaultCode::ReleaseUnsigned, format!("{} is not signed", path.display()))
            .hint(format!("its signature is expected in {}", beside.display())));
    }
    let signature = read(&beside, Document::Signature)?;
    let signature = Signature::parse(&signature).map_err(|error| of_signature(path, &error))?;
    let key = verify_by_one(keys, bytes, &signature).map_err(|error| of_signature(path, &error))?;
    Ok((key, signature.trusted_comment().to_owned()))
}
