//! `clawlets release promote`.

use clap::Args;
use clawlets_model::{Channel, ExitCode};
use clawlets_printer::{Fault, FaultCode, Printer};
use clawlets_release::{
    document::{Document, Manifest},
    signature::Signature,
    value::{ReleaseId, UtcTime},
};
use jiff::Timestamp;

use super::{
    document::{read, signature_of},
    fault::{of_document, of_signature},
    key::{PublicKeyFlags, trusted_keys, verify_by_one},
    manifest::{publish, read_bundle},
    site::SiteFlags,
};

/// Make a release of another channel out of one that is signed: the same system and secrets, under the next number there.
#[derive(Debug, Args)]
pub(super) struct Promote {
    /// The channel that it comes from.
    #[arg(long, value_name = "CHANNEL")]
    from: Channel,
    /// The channel that it goes to.
    #[arg(long, value_name = "CHANNEL")]
    to: Channel,
    /// The number of the release; the one that latest.json names if not given.
    #[arg(long, value_name = "N")]
    release_id: Option<ReleaseId>,
    #[command(flatten)]
    keys: PublicKeyFlags,
    #[command(flatten)]
    site: SiteFlags,
}

impl Promote {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let from = self.site.open(printer, &self.from)?;
        let to = self.site.open(printer, &self.to)?;
        let pointer = from.pointer()?;
        let id = match (self.release_id, &pointer) {
            (Some(id), _) => id,
            (None, Some(pointer)) => pointer.release_id,
            (None, None) => {
                let message = format!("{} has no latest.json on {}", from.host, from.channel);
                return Err(
                    Fault::new(FaultCode::ReleaseUnknown, message).hint("name the release with --release-id")
                );
            }
        };
        if pointer.is_some_and(|pointer| pointer.halted && pointer.release_id == id) {
            let message = format!("release {id} of {} is halted on {}", from.host, from.channel);
            return Err(Fault::new(FaultCode::ReleaseHalted, message));
        }
        let keys = match self.keys.given()? {
            Some(key) => vec![key],
            None => {
                let (project, host) = self.site.project(printer)?;
                trusted_keys(&project.load(printer)?, &host)?
            }
        };
        let path = from.manifest(id);
        let bytes = read(&path, Document::Manifest)?;
        let signature = read(&signature_of(&path), Document::Signature)?;
        let signature = Signature::parse(&signature).map_err(|error| of_signature(&path, &error))?;
        verify_by_one(&keys, &bytes, &signature).map_err(|error| of_signature(&path, &error))?;
        let source = Manifest::parse(&bytes).map_err(|error| of_document(&path, &error))?;
        if signature.trusted_comment() != source.name().to_string() || source.channel != self.from {
            let message = format!("{} is {}", path.display(), source.name());
            return Err(Fault::new(FaultCode::ReleaseForeign, message));
        }
        let bundle = read_bundle(&from.at(source.secrets.url.as_str()))?;
        if clawlets_release::value::Sha256Digest::of(&bundle) != source.secrets.digest {
            let message = format!("the secrets beside {} are not those of the release", path.display());
            return Err(Fault::new(FaultCode::ReleaseForeign, message));
        }
        let name = to.name(None, None)?;
        let promoted = Manifest {
            channel: name.channel,
            epoch: name.order.epoch,
            release_id: name.order.release_id,
            issued_at: UtcTime::at(Timestamp::now()),
            wave: None,
            ..source
        };
        publish(printer, &to, &promoted, &bundle)
    }
}
